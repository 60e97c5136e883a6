/* ERESOLVE on the terminal: npm's words, and the whole of it in a file beside npm's logs. */
#ifndef CPM_CLI_CONFLICT_REPORT_H
#define CPM_CLI_CONFLICT_REPORT_H

#include "cli/cli.h"
#include "resolver/tree/conflict.h"

/* Writes LOGS-DIR/TIME-eresolve-report.txt and says so; a file that cannot be written is a warning.
 */
void cpm_conflict_report(struct cpm_cli *cli, const struct cpm_conflict *conflict);

#endif
