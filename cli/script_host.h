/* What the machine and the configuration give to scripts: the options that every command which runs
 * scripts (run, test, install, ci …) hands to install/script.h. And the words for one that failed.
 */
#ifndef CPM_CLI_SCRIPT_HOST_H
#define CPM_CLI_SCRIPT_HOST_H

#include "cli/cli.h"
#include "install/script.h"

/* Shell, environment (npm's: npm_config_*, npm_command, NODE, npm_execpath, COLOR …) and where
 * node-gyp is; in the arena of the run. */
void cpm_script_host_options(struct cpm_cli *cli, struct cpm_script_options *out);
/* Prints "> name@version event", "> command" where npm prints it: on stdout, on stderr with --json,
 * not at all when silent. Everything printed so far is flushed, so that the script may write. */
void cpm_script_host_banner(struct cpm_cli *cli, const struct cpm_script *script);
/* The lines of npm's report: code, path, command failed, command, then what the script wrote if
 * that was captured. `extra` (may be NULL) stands behind the path: "workspace x@1\nlocation …". */
void cpm_script_host_report(struct cpm_cli *cli, const struct cpm_script_job *job,
                            const char *extra);
/* Runs one script with its banner (when `inherit`: the terminal is its own) and reports its
 * failure. CPM_ELIFECYCLE: it failed, which is told; *exit_code is its own. */
int cpm_script_host_run(struct cpm_cli *cli, const struct cpm_script_options *opts,
                        const struct cpm_script *script, bool inherit, int *exit_code,
                        struct cpm_error *err);
/* Dies of the signal that killed the script, as npm does, so that a shell above sees the same. */
void cpm_script_host_die(struct cpm_cli *cli, int sig);

#endif
