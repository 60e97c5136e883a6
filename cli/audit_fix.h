/* cpm audit fix: an install that goes past vulnerable versions. */
#ifndef CPM_CLI_AUDIT_FIX_H
#define CPM_CLI_AUDIT_FIX_H

#include "cli/cli.h"
#include "look/audit.h"

/* Tells what cannot be fixed, installs what can (with --force also what package.json does not
 * allow), and prints what is left. */
int cpm_audit_fix(struct cpm_cli *cli, const struct cpm_audit *audit, int *exit_code,
                  struct cpm_error *err);

#endif
