/* Explanations as npm prints them with --json: an array, each in full. */
#ifndef CPM_CLI_EXPLAIN_JSON_H
#define CPM_CLI_EXPLAIN_JSON_H

#include "cli/cli.h"
#include "resolver/tree/explained.h"

/* Error: CPM_ETOOBIG where written out they would be more than can be read. */
int cpm_explain_print_json(struct cpm_cli *cli, const struct cpm_explained_node *const *nodes,
                           size_t count, struct cpm_error *err);

#endif
