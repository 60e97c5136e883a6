/* A git repository as a folder at the commit that a spec means. The packer of git dependencies
 * calls it on a worker. */
#ifndef CPM_INSTALL_GIT_CLONE_H
#define CPM_INSTALL_GIT_CLONE_H

#include "install/git/tool.h"
#include "semver/spec.h"

/* Checks the spec's commit out into `folder`, which is empty. *sha: the whole commit, in git's
 * arena. Errors: CPM_EGIT, CPM_ETARGET (no tag in the range), CPM_EGITCHECKOUT. */
int cpm_git_clone(const struct cpm_git_tool *git, const struct cpm_spec *spec, const char *folder,
                  struct cpm_str *sha, struct cpm_error *err);
/* What the lock records for the spec once its commit is known: npm's `resolved`. */
struct cpm_str cpm_git_resolved(struct cpm_arena *arena, const struct cpm_spec *spec,
                                struct cpm_str sha);

#endif
