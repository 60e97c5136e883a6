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

static int by_serial(const void *a, const void *b)
{
    const struct cpm_edge *x = *(struct cpm_edge *const *)a, *y = *(struct cpm_edge *const *)b;

    return (x->serial > y->serial) - (x->serial < y->serial);
}

/* A name that many ask for mostly comes below nodes with little below them: those few are asked, in
 * the order of the list. False: they are many, or the list is short. */
static bool reload_few(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold)
{
    struct cpm_edge *edges[CPM_FEW_NODES], *e;
    struct cpm_nodes few = {0};
    size_t n = 0;
    bool whole = cpm_solver_name(s, fold)->edge_count > CPM_FEW_NODES &&
                 cpm_node_walk_few(top, CPM_FEW_NODES, &few);

    for (size_t i = 0; whole && i < few.n; i++)
        if ((e = cpm_edge_find(s, few.v[i], fold)))
            edges[n++] = e;
    if (n > 1)
        qsort(edges, n, sizeof(struct cpm_edge *), by_serial);
    for (size_t i = 0; i < n; i++)
        cpm_edge_reload(s, edges[i], true);
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
    if (s->overrides) {
        reload_in_order(s, top, top, fold);
        return;
    }
    if (top->root != s->root) {
        reload_named_small(s, top, fold);
        return;
    }
    if (reload_few(s, top, fold))
        return;
    for (struct cpm_edge *e = cpm_solver_name(s, fold)->first_edge; e; e = e->next_named)
        if (cpm_node_within(e->from, top))
            cpm_edge_reload(s, e, true);
}
