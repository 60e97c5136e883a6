/* The trick: a node that comes or goes in the ideal tree makes exactly the edges of its name
 * resolve again, which are listed; the small trees (virtual roots, what was cut off) are walked
 * instead. */
#include "resolver/tree/reload.h"

#include "resolver/tree/solver.h"

#include <stdlib.h>

static bool crosses(const struct cpm_edge *e)
{
    return !e->to || e->to->root != e->from->root;
}

void cpm_reload_crossing(struct cpm_solver *s, struct cpm_node *n)
{
    /* An edge that resolves again leaves the list, and overrides may make others do so. */
    for (struct cpm_edge *e = n->first_in; e;) {
        bool moved = crosses(e);

        if (moved)
            cpm_edge_reload(s, e, false);
        e = moved && e->to != n ? n->first_in : e->next_in;
    }
    for (uint32_t k = 0; k < n->edge_count; k++)
        if (crosses(&n->edges[k]))
            cpm_edge_reload(s, &n->edges[k], false);
    for (struct cpm_edge *e = n->lazy; e; e = e->next_lazy)
        if (crosses(e))
            cpm_edge_reload(s, e, false);
}

static void reload_named_small(struct cpm_solver *s, struct cpm_node *top,
                               const struct cpm_name *fold)
{
    struct cpm_nodes all = {0};

    cpm_node_walk(top, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct cpm_edge *e = cpm_edge_find(s, all.v[i], fold);

        if (e)
            cpm_edge_reload(s, e, true);
    }
    cpm_nodes_release(&all);
}

struct turn { /* an edge that leads elsewhere now */
    struct cpm_edge *edge;
    struct cpm_node *to;
};

static unsigned levels_of(const struct cpm_node *n)
{
    unsigned levels = 0;

    while ((n = cpm_node_above(n)))
        levels++;
    return levels;
}

/* The order in which npm walks a tree: owners before what they own, packages before folders, and
 * each in the order in which they came. */
static int by_walk(const void *a, const void *b)
{
    const struct cpm_node *x = ((const struct turn *)a)->edge->from;
    const struct cpm_node *y = ((const struct turn *)b)->edge->from;
    unsigned levels_x = levels_of(x), levels_y = levels_of(y);
    int deeper = (levels_x > levels_y) - (levels_x < levels_y);

    for (; levels_x > levels_y; levels_x--)
        x = cpm_node_above(x);
    for (; levels_y > levels_x; levels_y--)
        y = cpm_node_above(y);
    if (x == y)
        return deeper;
    while (cpm_node_above(x) != cpm_node_above(y)) {
        x = cpm_node_above(x);
        y = cpm_node_above(y);
    }
    if (!x->parent != !y->parent)
        return x->parent ? -1 : 1;
    return (x->serial > y->serial) - (x->serial < y->serial);
}

struct turns {
    struct turn *v, few[CPM_FEW_NODES];
    size_t n, cap;
};

static void look_again(struct cpm_solver *s, struct cpm_edge *e, struct turns *out)
{
    struct cpm_node *to = cpm_node_resolve(s, e->from, e->want->fold);

    e->state = CPM_EDGE_UNKNOWN;
    if (to == e->to)
        return;
    if (out->n == out->cap) {
        struct turn *more = cpm_calloc(out->cap * 2, sizeof(*more));

        memcpy(more, out->v, out->n * sizeof(*more));
        if (out->v != out->few)
            cpm_free(out->v);
        out->v = more;
        out->cap *= 2;
    }
    out->v[out->n++] = (struct turn){e, to};
}

/* A name that many ask for mostly comes below nodes with little below them: those few are asked.
 * False: they are many, or the list is short. */
static bool look_at_few(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold,
                        struct turns *out)
{
    struct cpm_nodes few = {0};
    struct cpm_edge *e;
    bool whole = cpm_solver_name(s, fold)->edge_count > CPM_FEW_NODES &&
                 cpm_node_walk_few(top, CPM_FEW_NODES, &few);

    for (size_t i = 0; whole && i < few.n; i++)
        if ((e = cpm_edge_find(s, few.v[i], fold)))
            look_again(s, e, out);
    cpm_nodes_release(&few);
    return whole;
}

/* With overrides the order in which edges find a node decides which rules it gets: npm's walk. An
 * edge that leads where it led before is left alone, with what it remembers. */
static void reload_in_order(struct cpm_solver *s, struct cpm_node *n, const struct cpm_node *top,
                            const struct cpm_name *fold)
{
    struct cpm_edge *e = cpm_edge_find(s, n, fold);

    if (e && ((e->to && e->to->parent == top) || cpm_node_resolve(s, n, fold) != e->to))
        cpm_edge_reload(s, e, true);
    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        reload_in_order(s, k, top, fold);
    for (struct cpm_node *k = n->first_fs_kid; k; k = k->next_fs_kid)
        reload_in_order(s, k, top, fold);
}

void cpm_reload_named(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold)
{
    struct turns turns;

    if (s->overrides) {
        reload_in_order(s, top, top, fold);
        return;
    }
    if (top->root != s->root) {
        reload_named_small(s, top, fold);
        return;
    }
    turns.v = turns.few;
    turns.n = 0;
    turns.cap = CPM_FEW_NODES;
    if (!look_at_few(s, top, fold, &turns))
        for (struct cpm_edge *e = cpm_solver_name(s, fold)->first_edge; e; e = e->next_named)
            if (cpm_node_within(e->from, top))
                look_again(s, e, &turns);
    if (turns.n > 1)
        qsort(turns.v, turns.n, sizeof(*turns.v), by_walk);
    for (size_t i = 0; i < turns.n; i++)
        cpm_edge_turn(turns.v[i].edge, turns.v[i].to);
    if (turns.v != turns.few)
        cpm_free(turns.v);
}
