/* npm's CanPlaceDep: may a package stand at a place, alone and with its peers? It only looks; the
 * answers form a tree (of a package and its peers) that the placement and a conflict's report walk.
 */
#ifndef CPM_RESOLVER_TREE_CAN_PLACE_H
#define CPM_RESOLVER_TREE_CAN_PLACE_H

#include "resolver/tree/node.h"

enum cpm_verdict { CPM_NO_VERDICT, CPM_CONFLICT, CPM_OK_HERE, CPM_REPLACE, CPM_KEEP };

struct cpm_can {
    /* in */
    struct cpm_node *dep, *target;
    struct cpm_edge *edge;
    const struct cpm_can *parent; /* of the package whose peer this is, or NULL */
    bool prefer_dedupe, explicit_request;
    /* out */
    enum cpm_verdict with_peers; /* npm's canPlace */
    enum cpm_verdict alone;      /* npm's canPlaceSelf */
    struct cpm_can *first_peer, *last_peer, *next_peer;
    /* inside */
    struct cpm_node *current; /* what stands there by that name */
    struct cpm_edge *target_edge;
    const struct cpm_can *path;  /* the checks that led here, to end cycles */
    enum cpm_verdict peers_memo; /* the first answer about the peers counts for good */
    struct cpm_pairs *memo;
    bool overridden; /* the edge is not satisfied: so decided when the peer set was loaded */
    struct cpm_can *next_memo;
};

/* Fills the out fields; memory in the arena of the moment. */
void cpm_can_place(struct cpm_solver *s, struct cpm_can *can);
const char *cpm_verdict_name(enum cpm_verdict verdict);

#endif
