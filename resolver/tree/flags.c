/* dev, optional, devOptional, peer, extraneous: all true at first, then cleared along the edges
 * from the root until nothing changes. */
#include "resolver/tree/solver.h"

void cpm_all_nodes(struct cpm_solver *s, struct cpm_nodes *out)
{
    cpm_node_walk(s->root, out);
    for (size_t i = 0; i < s->tops.n; i++)
        if (s->tops.v[i]->root == s->root && !s->tops.v[i]->fs_parent)
            cpm_node_walk(s->tops.v[i], out);
}

static void set_flags(struct cpm_node *n, bool value)
{
    n->dev = n->optional = n->dev_optional = n->peer = n->extraneous = value;
}

void cpm_flags_reset(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++)
        set_flags(all.v[i], true);
    cpm_nodes_release(&all);
}

void cpm_flags_clear_root(struct cpm_solver *s)
{
    set_flags(s->root, false);
}

/* Clears a flag of `to` when the condition holds; true when that changed it. */
static bool clear(bool *flag, bool condition)
{
    bool change = *flag && condition;

    if (change)
        *flag = false;
    return change;
}

static bool flow_along(const struct cpm_node *n, const struct cpm_edge *e)
{
    struct cpm_node *to = e->to;
    bool dev = e->type == CPM_EDGE_DEV, optional = cpm_edge_is_optional(e);
    bool change = false;

    change |= clear(&to->extraneous, !n->extraneous && e->type != CPM_EDGE_PEER_OPTIONAL);
    change |= clear(&to->dev, !n->dev && !dev);
    change |= clear(&to->optional, !n->optional && !optional);
    change |=
        clear(&to->dev_optional, !n->dev_optional && !n->dev && !n->optional && !dev && !optional);
    change |= clear(&to->peer, !n->peer && !cpm_edge_is_peer(e));
    return change;
}

static bool flow_through_link(const struct cpm_node *link)
{
    struct cpm_node *to = link->target;
    bool change = false;

    change |= clear(&to->dev, !link->dev);
    change |= clear(&to->optional, !link->optional);
    change |= clear(&to->dev_optional, !link->dev_optional);
    change |= clear(&to->peer, !link->peer);
    change |= clear(&to->extraneous, !link->extraneous);
    return change;
}

struct walk {
    struct cpm_nodes stack, seen;
    uint32_t gen;
};

static void push(struct walk *w, struct cpm_node *n)
{
    cpm_nodes_add(&w->stack, n);
}

static void see(struct walk *w, struct cpm_node *n)
{
    if (n->mark[1] == w->gen)
        return;
    n->mark[1] = w->gen;
    cpm_nodes_add(&w->seen, n);
}

static void step(struct walk *w, struct cpm_node *n)
{
    see(w, n);
    for (struct cpm_node *a = cpm_node_above(n); !n->extraneous && a && a->extraneous;
         a = cpm_node_above(a))
        a->extraneous = false;
    if (n->target) {
        if (flow_through_link(n) || n->target->mark[1] != w->gen)
            push(w, n->target);
        return;
    }
    for (uint32_t i = 0; i < n->edge_count; i++)
        if (n->edges[i].to && flow_along(n, &n->edges[i]))
            push(w, n->edges[i].to);
}

void cpm_flags_compute(struct cpm_solver *s)
{
    cpm_flags_clear_root(s);
    cpm_flags_flow(s, s->root);
}

void cpm_flags_flow(struct cpm_solver *s, struct cpm_node *top)
{
    struct walk w = {.gen = ++s->generation};

    push(&w, top);
    while (w.stack.n)
        step(&w, w.stack.v[--w.stack.n]);
    for (size_t i = 0; i < w.seen.n; i++)
        if (w.seen.v[i] != top && (w.seen.v[i]->dev || w.seen.v[i]->optional))
            w.seen.v[i]->dev_optional = false;
    cpm_nodes_release(&w.stack);
    cpm_nodes_release(&w.seen);
}

void cpm_prune_extraneous(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i]->extraneous && all.v[i]->parent && all.v[i]->root == s->root)
            cpm_node_detach(s, all.v[i]);
    cpm_nodes_release(&all);
}

/* What an optional package drags along when it fails: up to the optional edges that lead to it, and
 * down to what only that needs. */

struct optional_set {
    uint32_t gen;
};

static bool pass_out_of_set(struct cpm_solver *s, struct cpm_edge *e, const void *data)
{
    const struct optional_set *set = data;

    (void)s;
    return e->to->mark[1] != set->gen && !e->from->inert;
}

void cpm_optional_set_inert(struct cpm_solver *s, struct cpm_node *n)
{
    struct optional_set set = {++s->generation};
    struct cpm_nodes all = {0};

    cpm_nodes_add(&all, n);
    n->mark[1] = set.gen;
    for (size_t i = 0; i < all.n; i++)
        for (struct cpm_edge *e = all.v[i]->first_in; e; e = e->next_in)
            if (!cpm_edge_is_optional(e) && e->from->mark[1] != set.gen) {
                e->from->mark[1] = set.gen;
                cpm_nodes_add(&all, e->from);
            }
    cpm_gather(s, &all, pass_out_of_set, &set);
    for (size_t i = 0; i < all.n; i++)
        all.v[i]->inert = true;
    cpm_nodes_release(&all);
}
