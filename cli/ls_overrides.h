/* package.json's `overrides`, as far as `ls` needs them: a flat list of name → spec, wherever in
 * the rules it stands. Read from the root; asked per edge. */
#ifndef CPM_CLI_LS_OVERRIDES_H
#define CPM_CLI_LS_OVERRIDES_H

#include "cli/ls_tree.h"

void cpm_ls_overrides_read(struct cpm_ls_tree *tree);
/* The spec that a rule puts in the place of the edge's own, where its target satisfies the rule and
 * not the edge's own; else its own. */
struct cpm_str cpm_ls_override_spec(struct cpm_ls_tree *tree, const struct cpm_ls_edge *edge);

#endif
