/* git, as `cpm version` uses it: in one folder, with npm's arguments and words. */
#ifndef CPM_CLI_GIT_H
#define CPM_CLI_GIT_H

#include "cli/cli.h"

struct cpm_git {
    struct cpm_cli *cli;
    const char *folder;
};

/* True when the folder is the top of a checkout. */
bool cpm_git_is(const struct cpm_git *git);
/* Runs git with NULL-ended arguments. *out (may be NULL) is what it wrote, in the run's arena.
 * CPM_ENOENT: there is no git. CPM_EGIT: it failed; *exit_code is its own, and the words of
 * npm's report are told when `report` is set. */
int cpm_git_run(const struct cpm_git *git, const char *const *args, bool report,
                struct cpm_str *out, int *exit_code, struct cpm_error *err);

#endif
