/* Nodes that wait for a visit: the shallowest comes first, then npm's order of paths. A node is in
 * it once. */
#ifndef CPM_RESOLVER_TREE_QUEUE_H
#define CPM_RESOLVER_TREE_QUEUE_H

#include "base/str.h"

struct cpm_node;

struct cpm_queue_item {
    struct cpm_node *node;
    struct cpm_str path; /* as when it was pushed: a node keeps its place or leaves the tree */
    unsigned depth;
    bool inside;   /* the path begins with node_modules/, as most do */
    uint64_t head; /* the sort key of what follows that */
};

struct cpm_queue {
    struct cpm_queue_item *v; /* a binary heap */
    size_t n, cap;
};

void cpm_queue_push(struct cpm_queue *q, struct cpm_node *node, unsigned depth,
                    struct cpm_str path);
struct cpm_node *cpm_queue_pop(struct cpm_queue *q);
void cpm_queue_release(struct cpm_queue *q);

#endif
