/* package.json's `overrides` on a tree that stands: what each edge asks for after them. Filled by
 * graph.c once the edges are there; asked by graph_valid.c. */
#ifndef CPM_LOOK_GRAPH_OVERRIDES_H
#define CPM_LOOK_GRAPH_OVERRIDES_H

#include "look/graph.h"

/* How often the rules of one node may change: more than npm's trees need. */
enum { CPM_GRAPH_RULE_CHANGES = 64 };

/* Sets spec and rule of all edges, rules and overridden of all nodes. */
void cpm_graph_overrides_apply(struct cpm_graph *tree);
/* The versions that the edge's rule speaks of ("*": all); "" without one. */
struct cpm_str cpm_graph_rule_key(const struct cpm_graph_edge *e);
/* Two sets of rules ask for versions of something that have none in common. */
bool cpm_graph_rules_conflict(const struct cpm_graph *tree, const struct cpm_override *a,
                              const struct cpm_override *b);

#endif
