/* Whose edges resolve again when nodes move. Called by attach.c, once the nodes stand where they
 * go. */
#ifndef CPM_RESOLVER_TREE_RELOAD_H
#define CPM_RESOLVER_TREE_RELOAD_H

#include "resolver/tree/node.h"

/* Edges never cross trees: those into and out of a moved node that do, or that found nothing so
 * far. */
void cpm_reload_crossing(struct cpm_solver *s, struct cpm_node *n);
/* A node of this name came below `top`: who looks for it there finds it now. */
void cpm_reload_named(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold);

#endif
