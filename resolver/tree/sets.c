/* Sets of nodes that npm's rules speak of. Membership is a number on the node: gather uses mark 0,
 * a union of peers mark 1, one peer set mark 2, so that they may be made inside one another. */
#include "resolver/tree/override.h"
#include "resolver/tree/solver.h"

#include "base/mem.h"

bool cpm_pass_valid_elsewhere(struct cpm_solver *s, struct cpm_edge *e, const void *data)
{
    return e->to != data && cpm_edge_valid(s, e);
}

static void grow_set(struct cpm_solver *s, struct cpm_nodes *set, cpm_edge_filter *pass,
                     const void *data, uint32_t gen)
{
    for (size_t i = 0; i < set->n; i++) {
        struct cpm_node *n = set->v[i];

        for (uint32_t k = 0; k < n->edge_count; k++) {
            struct cpm_edge *e = &n->edges[k];

            if (e->to && e->to->mark[0] != gen && pass(s, e, data)) {
                e->to->mark[0] = gen;
                cpm_nodes_add(set, e->to);
            }
        }
    }
}

static bool needed_outside(struct cpm_solver *s, struct cpm_node *n, cpm_edge_filter *pass,
                           const void *data, uint32_t gen)
{
    for (struct cpm_edge *e = n->first_in; e; e = e->next_in)
        if (e->from->mark[0] != gen && pass(s, e, data))
            return true;
    return false;
}

/* A node that someone outside needs is outside itself, and so are those that it needs. */
static void shrink_set(struct cpm_solver *s, const struct cpm_nodes *set, cpm_edge_filter *pass,
                       const void *data, uint32_t gen)
{
    struct cpm_nodes gone = {0};

    for (size_t i = 0; i < set->n; i++)
        if (needed_outside(s, set->v[i], pass, data, gen))
            cpm_nodes_add(&gone, set->v[i]);
    for (size_t i = 0; i < gone.n; i++)
        gone.v[i]->mark[0] = 0;
    for (size_t i = 0; i < gone.n; i++) {
        struct cpm_node *n = gone.v[i];

        for (uint32_t k = 0; k < n->edge_count; k++) {
            struct cpm_edge *e = &n->edges[k];

            if (e->to && e->to->mark[0] == gen && pass(s, e, data)) {
                e->to->mark[0] = 0;
                cpm_nodes_add(&gone, e->to);
            }
        }
    }
    cpm_nodes_release(&gone);
}

void cpm_gather(struct cpm_solver *s, struct cpm_nodes *set, cpm_edge_filter *pass,
                const void *data)
{
    uint32_t gen = ++s->generation;
    size_t kept = 0;

    for (size_t i = 0; i < set->n; i++) {
        if (set->v[i]->mark[0] == gen)
            continue;
        set->v[i]->mark[0] = gen;
        set->v[kept++] = set->v[i];
    }
    set->n = kept;
    grow_set(s, set, pass, data, gen);
    shrink_set(s, set, pass, data, gen);
    kept = 0;
    for (size_t i = 0; i < set->n; i++)
        if (set->v[i]->mark[0] == gen)
            set->v[kept++] = set->v[i];
    set->n = kept;
}

static void add_marked(struct cpm_nodes *list, struct cpm_node *n, int slot, uint32_t gen)
{
    if (n->mark[slot] == gen)
        return;
    n->mark[slot] = gen;
    cpm_nodes_add(list, n);
}

/* The closure over valid outgoing peer edges; with `both`, over incoming ones too. */
static void peer_closure(struct cpm_solver *s, struct cpm_node *start, int slot, bool both,
                         struct cpm_nodes *out)
{
    uint32_t gen = ++s->generation;

    add_marked(out, start, slot, gen);
    for (size_t i = 0; i < out->n; i++) {
        struct cpm_node *n = out->v[i];

        for (uint32_t k = 0; k < n->edge_count; k++) {
            struct cpm_edge *e = &n->edges[k];

            if (e->to && cpm_edge_is_peer(e) && cpm_edge_valid(s, e))
                add_marked(out, e->to, slot, gen);
        }
        for (struct cpm_edge *e = n->first_in; both && e; e = e->next_in)
            if (cpm_edge_is_peer(e) && cpm_edge_valid(s, e))
                add_marked(out, e->from, slot, gen);
    }
}

static bool holds(const struct cpm_nodes *list, const struct cpm_node *n)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i] == n)
            return true;
    return false;
}

static bool is_entry(struct cpm_solver *s, struct cpm_edge *e)
{
    return cpm_edge_valid(s, e) && (!cpm_edge_is_peer(e) || cpm_node_is_top(s, e->from));
}

static void add_entry(struct cpm_entry_sets *out, struct cpm_edge *e, struct cpm_nodes peers,
                      bool owner)
{
    if ((out->n & (out->n - 1)) == 0)
        out->v = cpm_realloc(out->v, out->n ? out->n * 2 : 1, sizeof(*out->v));
    out->v[out->n++] = (struct cpm_entry_set){e, peers, owner};
}

/* The edges that bring `peer` in, if its peers include `node`. They share one list. */
static void add_entries(struct cpm_solver *s, struct cpm_node *peer, struct cpm_node *node,
                        struct cpm_entry_sets *out)
{
    struct cpm_nodes peers = {0};
    bool owner = true;

    for (struct cpm_edge *e = peer->first_in; e; e = e->next_in) {
        if (!is_entry(s, e))
            continue;
        if (!peers.n)
            peer_closure(s, peer, 2, false, &peers);
        if (!holds(&peers, node))
            break;
        add_entry(out, e, peers, owner);
        owner = false;
    }
    if (owner)
        cpm_nodes_release(&peers);
}

void cpm_entry_sets(struct cpm_solver *s, struct cpm_node *node, struct cpm_entry_sets *out)
{
    struct cpm_nodes all = {0};

    *out = (struct cpm_entry_sets){NULL, 0};
    peer_closure(s, node, 1, true, &all);
    for (size_t i = 0; i < all.n; i++)
        add_entries(s, all.v[i], node, out);
    cpm_nodes_release(&all);
}

void cpm_entry_sets_release(struct cpm_entry_sets *sets)
{
    for (size_t i = 0; i < sets->n; i++)
        if (sets->v[i].owner)
            cpm_nodes_release(&sets->v[i].peers);
    cpm_free(sets->v);
    *sets = (struct cpm_entry_sets){NULL, 0};
}

/* Adds who needs a node, the first last, so that it is taken first: the way to the root is short by
 * the oldest edges. False: nobody does, so that it stands apart from everything. */
static bool add_requirers(struct cpm_solver *s, struct cpm_node *n, struct cpm_nodes *stack)
{
    bool any = false;

    for (struct cpm_edge *e = n->last_in; e; e = e->prev_in)
        if (cpm_edge_valid(s, e)) {
            cpm_nodes_add(stack, e->from);
            any = true;
        }
    return any;
}

/* Everybody who needs `x`, however indirectly, up to `old`; false when that leads past `old`. They
 * are marked. */
static bool requirers_below(struct cpm_solver *s, struct cpm_node *old, struct cpm_node *x,
                            uint32_t gen, size_t *count)
{
    struct cpm_nodes stack = {0};
    bool below = true;

    cpm_nodes_add(&stack, x);
    while (below && stack.n) {
        struct cpm_node *n = stack.v[--stack.n];

        if (n == old || n->mark[0] == gen)
            continue;
        n->mark[0] = gen;
        ++*count;
        below = add_requirers(s, n, &stack);
    }
    cpm_nodes_release(&stack);
    return below;
}

/* How many of the marked ones `old` leads to; they lose the mark. */
static size_t count_reached(struct cpm_solver *s, struct cpm_node *old, uint32_t gen)
{
    struct cpm_nodes list = {0};
    size_t reached;

    cpm_nodes_add(&list, old);
    for (size_t i = 0; i < list.n; i++) {
        struct cpm_node *n = list.v[i];

        for (uint32_t k = 0; k < n->edge_count; k++) {
            struct cpm_edge *e = &n->edges[k];

            if (e->to && e->to->mark[0] == gen && cpm_edge_valid(s, e)) {
                e->to->mark[0] = 0;
                cpm_nodes_add(&list, e->to);
            }
        }
    }
    reached = list.n - 1;
    cpm_nodes_release(&list);
    return reached;
}

/* Is `x` in what gathering from `old` would give: needed by `old`, and by nobody who would stay
 * without it? Asked from `x` upwards, which mostly ends at the root after a few steps. */
bool cpm_node_only_serves(struct cpm_solver *s, struct cpm_node *old, struct cpm_node *x)
{
    uint32_t gen = ++s->generation;
    size_t count = 0;

    return x == old ||
           (requirers_below(s, old, x, gen, &count) && count_reached(s, old, gen) == count);
}

/* Edges into `old` that `next` would leave unsatisfied count only when they come from what would
 * stay. */
static bool leaves_none_unsatisfied(struct cpm_solver *s, struct cpm_node *next,
                                    struct cpm_node *old, struct cpm_node *set)
{
    for (struct cpm_edge *e = old->first_in; e; e = e->next_in) {
        struct cpm_node *twin = NULL;

        if (set && !cpm_node_is_top(s, old) && e->from->parent == old->parent &&
            cpm_edge_is_peer(e))
            twin = cpm_node_child(s, set, e->from->fold);
        if ((twin && twin->name == e->from->name) || cpm_edge_accepts(s, e, next))
            continue;
        if (!cpm_node_only_serves(s, old, e->from))
            return false;
    }
    return true;
}

bool cpm_node_can_replace(struct cpm_solver *s, struct cpm_node *next, struct cpm_node *old,
                          struct cpm_node *set)
{
    if (next->name != old->name || next->pkg->name != old->pkg->name)
        return false;
    if (s->overrides && old->wants && old->wants->n && !old->target &&
        !cpm_overrides_equal(next->overrides, old->overrides))
        return false;
    return leaves_none_unsatisfied(s, next, old, set);
}

struct cpm_node *cpm_deepest_target(struct cpm_solver *s, struct cpm_node *start,
                                    const struct cpm_name *fold)
{
    for (struct cpm_node *n = start;; n = cpm_node_above(n)) {
        struct cpm_edge *e;

        if (n == n->root || !cpm_node_above(n) || cpm_node_is_global_top(s, n))
            return n;
        e = cpm_edge_find(s, n, fold);
        if (!e || !cpm_edge_is_peer(e))
            return n;
    }
}

/* Each node is asked once, as in npm: also when the first time was on a way that led nowhere. */
static struct cpm_node *bundler(struct cpm_node *n, uint32_t gen)
{
    const struct cpm_manifest *m;
    struct cpm_node *found;

    if (n->asked == gen)
        return NULL;
    n->asked = gen;
    if (!n->parent)
        return NULL;
    if ((found = bundler(n->parent, gen)))
        return found;
    m = n->parent->pkg->manifest;
    for (uint32_t i = 0; m && i < m->bundle_count; i++)
        if (m->bundle[i] == n->name)
            return n->parent;
    for (struct cpm_edge *e = n->first_in; e; e = e->next_in)
        if (bundler(e->from, gen) == n->parent)
            return n->parent;
    return NULL;
}

/* A bundler is always an ancestor: without one that bundles there is nothing to look for. */
struct cpm_node *cpm_node_bundler(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_node *above = n->parent;

    if (!s->bundles)
        return NULL;
    while (above && !(above->pkg->manifest && above->pkg->manifest->bundle_count))
        above = above->parent;
    return above ? bundler(n, ++s->bundle_search) : NULL;
}

bool cpm_node_in_dep_bundle(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_node *by = cpm_node_bundler(s, n);

    return by && by != n->root;
}

bool cpm_node_in_shrinkwrap(const struct cpm_node *n)
{
    for (n = n->parent; n; n = n->parent)
        if (n->has_shrinkwrap)
            return true;
    return false;
}
