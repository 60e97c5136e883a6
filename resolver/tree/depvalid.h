/* npm's depValid: does a node satisfy one spec of a requirer? */
#ifndef CPM_RESOLVER_TREE_DEPVALID_H
#define CPM_RESOLVER_TREE_DEPVALID_H

#include "resolver/tree/node.h"

bool cpm_dep_valid(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *child,
                   const struct cpm_name *spec);
/* The folder that a requirer's relative specs start from: its own; for one that came from a tarball
 * file, that file's; for an overridden edge, the project's. */
struct cpm_str cpm_edge_where(struct cpm_solver *s, const struct cpm_edge *e);

#endif
