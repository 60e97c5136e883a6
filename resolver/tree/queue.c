/* A binary heap. Ties need no rule: two nodes of one path are never both in the tree, and what left
 * it is skipped when popped. */
#include "resolver/tree/queue.h"

#include "base/collate.h"
#include "base/mem.h"
#include "resolver/tree/node.h"

#define PREFIX "node_modules/"

static bool before(const struct cpm_queue_item *a, const struct cpm_queue_item *b)
{
    if (a->depth != b->depth)
        return a->depth < b->depth;
    if (a->inside && b->inside && a->head != b->head)
        return a->head < b->head;
    return cpm_collate(a->path, b->path) < 0;
}

static struct cpm_queue_item make_item(struct cpm_node *node, unsigned depth, struct cpm_str path)
{
    struct cpm_queue_item item = {.node = node, .path = path, .depth = depth};

    item.inside = cpm_str_starts(path, PREFIX);
    if (item.inside)
        item.head = cpm_collate_head(cpm_str_sub(path, strlen(PREFIX), CPM_NPOS));
    return item;
}

void cpm_queue_push(struct cpm_queue *q, struct cpm_node *node, unsigned depth, struct cpm_str path)
{
    struct cpm_queue_item item;
    size_t i;

    if (node->queued)
        return;
    node->queued = true;
    if (q->n == q->cap) {
        q->cap = q->cap ? q->cap * 2 : 64;
        q->v = cpm_realloc(q->v, q->cap, sizeof(*q->v));
    }
    item = make_item(node, depth, path);
    for (i = q->n++; i > 0 && before(&item, &q->v[(i - 1) / 2]); i = (i - 1) / 2)
        q->v[i] = q->v[(i - 1) / 2];
    q->v[i] = item;
}

struct cpm_node *cpm_queue_pop(struct cpm_queue *q)
{
    struct cpm_node *top;
    struct cpm_queue_item last;
    size_t i = 0, kid;

    if (!q->n)
        return NULL;
    top = q->v[0].node;
    top->queued = false;
    last = q->v[--q->n];
    while ((kid = 2 * i + 1) < q->n) {
        if (kid + 1 < q->n && before(&q->v[kid + 1], &q->v[kid]))
            kid++;
        if (!before(&q->v[kid], &last))
            break;
        q->v[i] = q->v[kid];
        i = kid;
    }
    if (q->n)
        q->v[i] = last;
    return top;
}

void cpm_queue_release(struct cpm_queue *q)
{
    cpm_free(q->v);
    *q = (struct cpm_queue){NULL, 0, 0};
}
