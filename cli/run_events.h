/* Which scripts an event is in a package: pre, the event itself, post. The commands run, test,
 * start … fill it; cmd_run.c runs them one after the other, run_parallel.c several workspaces at
 * once. */
#ifndef CPM_CLI_RUN_EVENTS_H
#define CPM_CLI_RUN_EVENTS_H

#include "cli/cli.h"
#include "cli/run_order.h"
#include "install/script.h"

#define CPM_RUN_EVENTS 3

struct cpm_run_event {
    struct cpm_cli *cli;
    const char *event;
    const char *const *args; /* for the event itself */
    size_t arg_count;
};

/* False when the package has no such script. Scripts that need not be in package.json are put into
 * its document first. */
bool cpm_run_has(const struct cpm_run_event *e, const struct cpm_script_package *package);
/* Fills `out` as far as scripts are there, and gives how many. */
size_t cpm_run_collect(const struct cpm_run_event *e, const struct cpm_script_package *package,
                       struct cpm_script out[CPM_RUN_EVENTS]);

/* Runs the event in workspaces that stand in order, several at once. What fails is reported, the
 * others go on, but for those that depend on it. *exit_code: of the last failure. */
int cpm_run_parallel(const struct cpm_run_event *e, const struct cpm_script_options *opts,
                     const struct cpm_run_workspace *all, size_t count, int *exit_code,
                     struct cpm_error *err);

#endif
