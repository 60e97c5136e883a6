/* The lists in which nodes and edges stand: below their parent, and by name in the ideal tree. Kept
 * by whoever moves nodes (attach.c) or makes edges (edge.c), read by everybody; node.h and solver.h
 * have the fields. */
#ifndef CPM_RESOLVER_TREE_LISTS_H
#define CPM_RESOLVER_TREE_LISTS_H

#include "resolver/tree/node.h"

/* The last child of `parent`, in its node_modules; or a folder of its own below that of `parent`.
 */
void cpm_lists_add_kid(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent);
void cpm_lists_add_folder(struct cpm_node *n, struct cpm_node *parent);
/* Out of the list that it stands in below another node, if it does. */
void cpm_lists_leave(struct cpm_solver *s, struct cpm_node *n);
/* Into the ideal tree's lists and out of them; a node with its edges. An edge may stand there
 * already, or not stand there. */
void cpm_lists_add_edge(struct cpm_solver *s, struct cpm_edge *e);
void cpm_lists_del_edge(struct cpm_solver *s, struct cpm_edge *e);
void cpm_lists_add_node(struct cpm_solver *s, struct cpm_node *n);
void cpm_lists_del_node(struct cpm_solver *s, struct cpm_node *n);

#endif
