/* Configuration -> options of the install flow: what install, ci, uninstall and update have in
 * common, and the words they print. The commands fill mode and specs; everything else comes from
 * npm's keys. */
#ifndef CPM_CLI_FLOW_OPTIONS_H
#define CPM_CLI_FLOW_OPTIONS_H

#include "cli/cli.h"
#include "install/flow.h"

/* Fills opts from the configuration. Errors: CPM_ECONFIG, CPM_EINVALIDAUTH, CPM_EINVALIDTAGNAME …
 */
int cpm_flow_options_fill(struct cpm_cli *cli, struct cpm_flow_options *opts,
                          struct cpm_error *err);

/* The same for another folder than the project's: no workspaces, never global. */
int cpm_flow_options_fill_at(struct cpm_cli *cli, const char *folder, struct cpm_flow_options *opts,
                             struct cpm_error *err);

/* The same for the global folder, whether --global was given or not. */
int cpm_flow_options_fill_global(struct cpm_cli *cli, struct cpm_flow_options *opts,
                                 struct cpm_error *err);

/* Fills in what waits for node's version: the flow asks for it once the project was read. */
void cpm_flow_options_late(struct cpm_cli *cli, struct cpm_flow_options *opts);

/* Runs the flow with progress and warnings, and says nothing of what it did. A failure that was
 * reported already is 0 with *exit_code set. Frees opts->names. */
int cpm_flow_command_quiet(struct cpm_cli *cli, struct cpm_flow_options *opts,
                           struct cpm_flow_result *result, int *exit_code, struct cpm_error *err);
/* npm's workspaces-update: the root's lock and node_modules follow what changed in these
 * workspaces; package.json only with --save. Nothing to do for no names, and where it is switched
 * off. */
int cpm_workspaces_update(struct cpm_cli *cli, const char *const *names, int *exit_code,
                          struct cpm_error *err);
/* Runs the flow with progress and prints npm's summary (or its JSON). The command's whole body. */
int cpm_flow_command(struct cpm_cli *cli, struct cpm_flow_options *opts, int *exit_code,
                     struct cpm_error *err);

#endif
