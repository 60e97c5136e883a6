/* npm's explanation of nodes of a graph: who wants them, up to the root. Made for `cpm explain`,
 * which words it (resolver/tree/explained.h) or prints it as JSON. */
#ifndef CPM_LOOK_EXPLAIN_H
#define CPM_LOOK_EXPLAIN_H

#include "look/graph.h"
#include "resolver/tree/explained.h"

struct cpm_explain {
    struct cpm_graph *graph;
    struct cpm_explained_node **nodes;  /* what was explained so far, by index of the node */
    struct cpm_explained_edge ***edges; /* … and by node and place of its edge */
};

void cpm_explain_init(struct cpm_explain *x, struct cpm_graph *graph);
/* In the graph's arena; the node is `asked`. What was explained for one node is used again for the
 * next, as npm does it, so the order of the calls shows in the result. */
const struct cpm_explained_node *cpm_explain_node(struct cpm_explain *x,
                                                  const struct cpm_graph_node *node);

#endif
