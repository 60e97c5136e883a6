/* What npm does with a cloned package before it is packed: its dependencies are installed, which
 * also runs its own scripts, `prepare` among them. */
#ifndef CPM_INSTALL_GIT_PREPARE_H
#define CPM_INSTALL_GIT_PREPARE_H

#include "install/script.h"

/* npm's rule: one of the scripts that build something, or workspaces. */
bool cpm_git_wants_preparing(const struct cpm_script_package *package);
/* Runs `install` of this same program in the package's folder. `resolved` names the clone: one that
 * is being prepared further up is left as it is. Errors: CPM_EGIT with the install's exit code. */
int cpm_git_prepare(struct cpm_arena *arena, const struct cpm_script_package *package,
                    struct cpm_str resolved, const struct cpm_script_options *opts,
                    struct cpm_error *err);

#endif
