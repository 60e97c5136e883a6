/* One package gets a new version: npm's libnpmversion. The command fills it, once a folder. */
#ifndef CPM_CLI_VERSION_BUMP_H
#define CPM_CLI_VERSION_BUMP_H

#include "cli/cli.h"

struct cpm_version_bump {
    struct cpm_cli *cli;
    const char *folder; /* absolute */
    const char *wanted; /* "minor", "1.2.3", "from-git" … */
    bool git;           /* commit and tag, where the folder is a checkout */
    /* out */
    const char *version;
    int exit_code; /* of what failed and is told already: CPM_ELIFECYCLE, CPM_EGIT */
};

/* Errors: those of package.json; CPM_EUNKNOWN with npm's words ("Version not changed", …);
 * CPM_ELIFECYCLE and CPM_EGIT, told already. */
int cpm_version_bump(struct cpm_version_bump *bump, struct cpm_error *err);

#endif
