/* What `cpm run` says without a script's name, and when the name is not there. */
#ifndef CPM_CLI_RUN_LIST_H
#define CPM_CLI_RUN_LIST_H

#include "cli/cli.h"
#include "install/script.h"

/* Appends npm's listing, with colours when asked; false when there is nothing to list. */
bool cpm_run_list_text(const struct cpm_script_package *package, bool color, struct cpm_buf *out);
/* "a:echo a" lines, "WORKSPACE:a:echo a" in a workspace (else NULL). */
bool cpm_run_list_parseable(const struct cpm_script_package *package, const char *workspace,
                            struct cpm_buf *out);
/* npm's error with the likely commands, scripts and bins; `workspace` (an id) or NULL. */
int cpm_run_missing(const struct cpm_script_package *package, const char *event,
                    const char *workspace, struct cpm_error *err);

#endif
