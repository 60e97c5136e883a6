/* npm's PlaceDep: one package put where an edge needs it, with those of its peers that its place
 * does not have yet. */
#ifndef CPM_RESOLVER_TREE_PLACE_H
#define CPM_RESOLVER_TREE_PLACE_H

#include "resolver/tree/can_place.h"

struct cpm_placing {
    /* in */
    struct cpm_edge *edge;
    struct cpm_node *dep;       /* in its virtual root; it is copied, not moved */
    struct cpm_placing *parent; /* of the package whose peer this is, or NULL */
    bool explicit_request;
    /* out */
    struct cpm_node *placed; /* NULL: nothing was */
    struct cpm_can *can;     /* the place; NULL: there was none */
    struct cpm_can *can_alone;
    struct cpm_node *before; /* what the edge led to */
    struct cpm_placing *first_peer, *last_peer, *next_peer;
    struct cpm_nodes again; /* nodes to visit again; released by the caller */
};

/* A failure (ERESOLVE) is in s->status. */
void cpm_placing_run(struct cpm_solver *s, struct cpm_placing *p);
/* The outermost placing's wish is the project's own. */
bool cpm_placing_is_mine(struct cpm_solver *s, struct cpm_placing *p);

#endif
