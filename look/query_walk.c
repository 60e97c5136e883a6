/* "a b": npm climbs from each b until one of its ways passes below an a. The same is found once for
 * all by going down: what stands directly below an a, and all that is below that.
 *
 * Below a node is what its edges lead to; for a link its target; and tops that lie in its folder.
 * Directly below counts a top only where a link in the node's own node_modules leads to it. */
#include "look/query_private.h"

struct walk {
    struct cpm_query *q;
    struct cpm_graph *g;
    bool *from;        /* by node, links followed */
    bool *links_below; /* … by target: a link to it lies in the node_modules of one of `from` that
                          is also its resolve parent */
    bool *below;
    const struct cpm_graph_node **tops; /* that lie in the folder of another node */
    size_t top_count;
};

static size_t index_of(const struct walk *w, const struct cpm_graph_node *node)
{
    return cpm_graph_index(w->g, node);
}

static bool is_from(const struct walk *w, const struct cpm_graph_node *node)
{
    return w->from[index_of(w, node)];
}

static void mark(struct walk *w, const struct cpm_query_set *from)
{
    w->from = CPM_NEW_ARRAY(w->q->arena, bool, w->g->count + 1);
    w->links_below = CPM_NEW_ARRAY(w->q->arena, bool, w->g->count + 1);
    for (size_t i = 0; i < from->count; i++)
        if (!cpm_query_is_missing(from->v[i]))
            w->from[index_of(w, from->v[i]->target)] = true;
    for (size_t i = 0; i < w->g->count; i++) {
        const struct cpm_graph_node *link = &w->g->nodes[i], *target = link->target;
        if (target != link && !target->parent && target->fs_parent &&
            target->fs_parent == link->parent && is_from(w, link->parent))
            w->links_below[index_of(w, target)] = true;
    }
}

static bool is_child(const struct walk *w, const struct cpm_graph_node *node)
{
    if (!cpm_query_is_missing(node) && w->links_below[index_of(w, node)])
        return true;
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (is_from(w, node->edges_in[i]->from))
            return true;
    return false;
}

static void push(struct walk *w, size_t *stack, size_t *depth, const struct cpm_graph_node *node)
{
    size_t index = index_of(w, node);
    if (w->below[index])
        return;
    w->below[index] = true;
    stack[(*depth)++] = index;
}

static void find_tops(struct walk *w)
{
    w->tops = CPM_NEW_ARRAY(w->q->arena, const struct cpm_graph_node *, w->g->count + 1);
    for (size_t i = 0; i < w->g->count; i++)
        if (!w->g->nodes[i].parent && w->g->nodes[i].fs_parent)
            w->tops[w->top_count++] = &w->g->nodes[i];
}

static void mark_below(struct walk *w)
{
    size_t *stack = CPM_NEW_ARRAY(w->q->arena, size_t, w->g->count + 1), depth = 0;
    w->below = CPM_NEW_ARRAY(w->q->arena, bool, w->g->count + 1);
    find_tops(w);
    for (size_t i = 0; i < w->g->count; i++)
        if (is_child(w, &w->g->nodes[i]))
            push(w, stack, &depth, &w->g->nodes[i]);
    while (depth) {
        const struct cpm_graph_node *node = &w->g->nodes[stack[--depth]];
        for (size_t k = 0; k < node->edge_count; k++)
            if (node->edges[k].to)
                push(w, stack, &depth, node->edges[k].to);
        if (node->target != node)
            push(w, stack, &depth, node->target);
        for (size_t i = 0; i < w->top_count; i++)
            if (w->tops[i]->fs_parent == node)
                push(w, stack, &depth, w->tops[i]);
    }
}

static bool is_below(const struct walk *w, const struct cpm_graph_node *node)
{
    if (!cpm_query_is_missing(node))
        return w->below[index_of(w, node)];
    const struct cpm_graph_node *from = node->edges_in[0]->from;
    return is_from(w, from) || w->below[index_of(w, from)];
}

static struct cpm_query_set parents_of(struct cpm_query *q, const struct cpm_query_set *set)
{
    struct cpm_query_set parents = {.count = 0};
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < set->v[i]->edge_in_count; k++)
            cpm_query_add(q, &parents, set->v[i]->edges_in[k]->from);
    return parents;
}

static bool has(const struct cpm_query_set *set, const struct cpm_graph_node *node)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->v[i] == node)
            return true;
    return false;
}

struct cpm_query_set cpm_query_combine(struct cpm_query *q, struct cpm_str combinator,
                                       const struct cpm_query_set *from,
                                       const struct cpm_query_set *next)
{
    struct walk w = {.q = q, .g = q->graph};
    struct cpm_query_set out = {.count = 0};
    bool child = cpm_str_is(combinator, ">"), beside = cpm_str_is(combinator, "~");
    if (!child && !beside && !cpm_str_is(combinator, " "))
        return *next; /* npm knows no other, and lets them pass */
    struct cpm_query_set start = beside ? parents_of(q, from) : *from;
    mark(&w, &start);
    if (!child && !beside)
        mark_below(&w);
    for (size_t i = 0; i < next->count; i++) {
        const struct cpm_graph_node *node = next->v[i];
        if (beside  ? !has(from, node) && is_child(&w, node)
            : child ? is_child(&w, node)
                    : is_below(&w, node))
            cpm_query_add(q, &out, node);
    }
    return out;
}
