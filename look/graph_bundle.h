/* Is a node inside the bundle of a package above it? Read by sbom.h. */
#ifndef CPM_LOOK_GRAPH_BUNDLE_H
#define CPM_LOOK_GRAPH_BUNDLE_H

#include "look/graph.h"

/* npm's getBundler: the package that brings the node along, or NULL. */
const struct cpm_graph_node *cpm_graph_bundler(struct cpm_graph *tree,
                                               const struct cpm_graph_node *node);

#endif
