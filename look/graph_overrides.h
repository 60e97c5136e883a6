/* package.json's `overrides`, as far as `ls` needs them: a flat list of name → spec, wherever in
 * the rules it stands. Read from the root; asked per edge. */
#ifndef CPM_LOOK_GRAPH_OVERRIDES_H
#define CPM_LOOK_GRAPH_OVERRIDES_H

#include "look/graph.h"

void cpm_graph_overrides_read(struct cpm_graph *tree);
/* The spec that a rule puts in the place of the edge's own, where its target satisfies the rule and
 * not the edge's own; else its own. */
struct cpm_str cpm_graph_override_spec(struct cpm_graph *tree, const struct cpm_graph_edge *edge);

#endif
