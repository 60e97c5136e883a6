/* Workspaces in the order in which they depend on each other. The command run uses it for
 * --topological and --parallel. */
#ifndef CPM_CLI_RUN_ORDER_H
#define CPM_CLI_RUN_ORDER_H

#include "cli/workspace_filter.h"
#include "install/script.h"

/* One workspace of a run. */
struct cpm_run_workspace {
    const char *name;
    struct cpm_script_package package;
    size_t *after; /* indexes of those that it depends on, all smaller than its own */
    size_t after_count;
};

/* Reads the packages and puts them in order: what others depend on first, else as picked. In a
 * circle the one that was picked first comes first, and waits for nobody of it. To be released.
 * Errors: those of cpm_script_package_read. */
int cpm_run_order(struct cpm_cli *cli, const struct cpm_workspace_pick *picks, size_t count,
                  struct cpm_run_workspace **out, struct cpm_error *err);
void cpm_run_order_release(struct cpm_run_workspace *all, size_t count);

#endif
