/* The steps of a placement, in npm's order: find the place (the shallowest before the first
 * conflict), then keep, link or put there, then prune what became needless, then the peers. */
#include "resolver/tree/place.h"

#include "resolver/tree/conflict.h"
#include "resolver/tree/solver.h"

enum { REPLACE_LIMIT = 10 }; /* guard (a) */
/* guard (e); growth: of placements, by versions of packages that are in use */
enum { CALM_PLACEMENTS = 5000, GROWTH = 50, NESTED_GROWTH = 100 };
enum { ROUND_LIMIT = 50, PLACEMENTS_MAX = 300000 };

static const struct cpm_placing *outermost(const struct cpm_placing *p)
{
    while (p->parent)
        p = p->parent;
    return p;
}

static struct cpm_node *start_of(struct cpm_solver *s, const struct cpm_placing *p)
{
    struct cpm_node *from = p->parent ? start_of(s, p->parent) : p->edge->from;

    return cpm_deepest_target(s, from, p->edge->want->fold);
}

static bool has_entry_of_ours(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_entry_sets sets;
    bool ours = false;

    cpm_entry_sets(s, n, &sets);
    for (size_t i = 0; i < sets.n; i++)
        ours |= cpm_node_is_ours(s, sets.v[i].edge->from);
    cpm_entry_sets_release(&sets);
    return ours;
}

bool cpm_placing_is_mine(struct cpm_solver *s, struct cpm_placing *p)
{
    const struct cpm_edge *edge = outermost(p)->edge;
    bool peers = false;

    if (cpm_node_is_ours(s, edge->from))
        return true;
    if (!cpm_edge_is_peer(edge))
        return false;
    for (struct cpm_edge *e = edge->from->first_in; e; e = e->next_in) {
        if (cpm_edge_is_peer(e))
            peers = true;
        else if (cpm_node_is_ours(s, e->from))
            return true;
    }
    return peers && has_entry_of_ours(s, edge->from);
}

/* Finding the place. */

static struct cpm_can *try_at(struct cpm_solver *s, struct cpm_placing *p, struct cpm_node *target)
{
    struct cpm_can *can = CPM_NEW(&s->moment, struct cpm_can);

    can->dep = p->dep;
    can->target = target;
    can->edge = p->edge;
    can->parent = p->parent ? p->parent->can : NULL;
    can->prefer_dedupe = s->opts->prefer_dedupe;
    can->explicit_request = p->explicit_request;
    cpm_can_place(s, can);
    return can;
}

static bool stop_here(struct cpm_solver *s, const struct cpm_placing *p, struct cpm_node *target)
{
    struct cpm_node *above = cpm_node_above(target);

    return p->dep->pkg->failure || s->strategy == CPM_NESTED ||
           (s->strategy == CPM_SHALLOW && above && above == above->root);
}

static void find_place(struct cpm_solver *s, struct cpm_placing *p)
{
    for (struct cpm_node *t = start_of(s, p); t; t = cpm_node_above(t)) {
        struct cpm_edge *wish = cpm_edge_find(s, t, p->edge->want->fold);
        struct cpm_can *can;

        if (!cpm_node_is_top(s, t) && wish && cpm_edge_is_peer(wish))
            continue;
        can = try_at(s, p, t);
        if (can->alone != CPM_CONFLICT)
            p->can_alone = can;
        if (can->with_peers == CPM_CONFLICT)
            return;
        p->can = can;
        if (stop_here(s, p, t))
            return;
    }
}

/* No place with all peers: an error, or the place where at least it itself fits. */
static bool accept_conflict(struct cpm_solver *s, struct cpm_placing *p)
{
    if (!s->opts->force && (s->opts->strict_peer_deps || cpm_placing_is_mine(s, p))) {
        cpm_conflict_could_not(s, p);
        return false;
    }
    if (!p->can_alone)
        cpm_conflict_override(s, p, p->edge, p->dep);
    p->can = p->can_alone;
    return p->can != NULL;
}

static void trace(struct cpm_solver *s, const struct cpm_placing *p)
{
    struct cpm_node *target = p->can->target, *from = p->edge->from;
    struct cpm_str at = target->root == s->root ? target->location : CPM_STR_NONE;
    const struct cpm_name *spec = cpm_edge_spec(s, p->edge);
    const char *id = from->location.ptr ? from->location.ptr : "";

    if (!s->opts->trace)
        return;
    if (from->pkg->name && from->pkg->version)
        id = cpm_arena_printf(&s->work, "%s@%s", from->pkg->name->text, from->pkg->version->text);
    cpm_solver_trace(s, cpm_str(cpm_arena_printf(s->keep, "%s %s@%.*s %s for: %s want: %s",
                                                 at.len ? at.ptr : "ROOT", p->dep->name->text,
                                                 CPM_STR_ARG(cpm_node_version(p->dep)),
                                                 cpm_verdict_name(p->can->with_peers), id,
                                                 spec->len ? spec->text : "*")));
}

/* Guard (a): two versions that push each other out of a place for ever. */
static bool replaced_too_often(struct cpm_solver *s, const struct cpm_placing *p,
                               const struct cpm_node *old)
{
    struct cpm_str key = cpm_str(cpm_arena_printf(
        &s->work, "%.*s\n%s\n%.*s\n%.*s", CPM_STR_ARG(p->can->target->location), p->dep->name->text,
        CPM_STR_ARG(cpm_node_version(old)), CPM_STR_ARG(cpm_node_version(p->dep))));
    uintptr_t count = (uintptr_t)cpm_map_get(&s->replaced, key) + 1;

    cpm_map_set(&s->replaced, key, (void *)count);
    return count > REPLACE_LIMIT && (cpm_edge_is_peer(p->edge) || p->edge->explicit_request);
}

/* The older one stays. What the user asked for stands there then, as often as it came. */
static void stop_replacing(struct cpm_solver *s, struct cpm_placing *p)
{
    if (cpm_edge_is_peer(p->edge))
        cpm_conflict_override(s, p, p->edge, p->dep);
    p->edge->explicit_request = false;
}

/* Guard (e): whatever else goes round, or grows, for ever. Trees that end do not come near these
 * numbers, and place each of their packages a few times at most. */
static bool goes_round(struct cpm_solver *s, const struct cpm_placing *p)
{
    struct cpm_str key;
    uintptr_t count;

    if (++s->placements <= CALM_PLACEMENTS)
        return false;
    if (s->placements > s->loaded_count * (s->strategy == CPM_NESTED ? NESTED_GROWTH : GROWTH)) {
        cpm_solver_fail(s, CPM_ERESOLVE,
                        "unable to resolve dependency tree: %zu packages want each other in so "
                        "many versions that the tree grows without end",
                        s->loaded_count);
        return true;
    }
    if (s->placements <= CALM_PLACEMENTS + 2 * s->node_count)
        return false;
    if (s->placements > PLACEMENTS_MAX) {
        cpm_solver_fail(s, CPM_ETOOBIG, "the tree is larger than %d packages", PLACEMENTS_MAX);
        return true;
    }
    key = cpm_str(cpm_arena_printf(&s->work, "%.*s\n%s", CPM_STR_ARG(p->can->target->location),
                                   p->dep->name->text));
    count = (uintptr_t)cpm_map_get(&s->replaced, key) + 1;
    cpm_map_set(&s->replaced, key, (void *)count);
    if (count <= ROUND_LIMIT)
        return false;
    cpm_solver_fail(s, CPM_ERESOLVE,
                    "unable to resolve dependency tree: the peers of '%s' (%.*s) push each other "
                    "out for ever",
                    p->dep->name->text, CPM_STR_ARG(p->can->target->location));
    return true;
}

/* Replacing. */

static bool pass_all_elsewhere(struct cpm_solver *s, struct cpm_edge *e, const void *data)
{
    (void)s;
    return e->to != data;
}

static bool pass_unconflicted_elsewhere(struct cpm_solver *s, struct cpm_edge *e, const void *data)
{
    (void)s;
    return e->to != data && !e->peer_conflicted;
}

static bool pass_valid_apart(struct cpm_solver *s, struct cpm_edge *e, const void *data)
{
    return e->from != data && e->to != data && cpm_edge_valid(s, e);
}

static void add_gathered(struct cpm_solver *s, struct cpm_node *start, cpm_edge_filter *pass,
                         struct cpm_nodes *out)
{
    struct cpm_nodes set = {0};

    cpm_nodes_add(&set, start);
    cpm_gather(s, &set, pass, start);
    for (size_t i = 0; i < set.n; i++)
        cpm_nodes_add(out, set.v[i]);
    cpm_nodes_release(&set);
}

/* What the old version needed and the new one does not. */
static void old_deps(struct cpm_solver *s, struct cpm_node *old, struct cpm_node *placed,
                     struct cpm_nodes *out)
{
    for (uint32_t i = 0; i < old->edge_count; i++) {
        struct cpm_edge *e = &old->edges[i];

        if (e->to && !cpm_edge_find(s, placed, e->want->fold))
            add_gathered(s, e->to, pass_all_elsewhere, out);
    }
}

/* Peer sets at this level that the new version breaks: they are placed anew, deeper, unless the
 * project itself brings them in. */
static void broken_sets(struct cpm_solver *s, struct cpm_placing *p, struct cpm_node *old,
                        struct cpm_nodes *out)
{
    for (struct cpm_edge *e = old->first_in; e; e = e->next_in) {
        struct cpm_entry_sets sets;

        if (!cpm_edge_is_peer(e) || e->from->parent != old->parent || e->peer_conflicted ||
            cpm_edge_accepts(s, e, p->placed))
            continue;
        cpm_entry_sets(s, e->from, &sets);
        for (size_t i = 0; i < sets.n; i++) {
            if (cpm_node_is_ours(s, sets.v[i].edge->from))
                cpm_conflict_override(s, p, e, p->dep);
            else
                add_gathered(s, sets.v[i].edge->to, pass_unconflicted_elsewhere, out);
        }
        cpm_entry_sets_release(&sets);
    }
}

static void detach_all(struct cpm_solver *s, const struct cpm_nodes *list)
{
    for (size_t i = 0; i < list->n; i++)
        cpm_node_detach(s, list->v[i]);
}

/* What only these need, as npm says; it asks for each on its own. All that they lead to is gathered
 * below anyway, unless the way there goes through the new node, and that way counts only where the
 * new node itself serves nobody else. */
static void add_needless(struct cpm_solver *s, struct cpm_node *placed, const struct cpm_nodes *old,
                         struct cpm_nodes *out)
{
    uint32_t gen = ++s->generation;

    for (size_t i = 0; i < old->n; i++) {
        struct cpm_node *n = old->v[i];

        if (n->mark[2] == gen)
            continue;
        n->mark[2] = gen;
        if (cpm_node_only_serves(s, n, placed))
            add_gathered(s, n, cpm_pass_valid_elsewhere, out);
        else
            cpm_nodes_add(out, n);
    }
}

static void prune_replaced(struct cpm_solver *s, struct cpm_node *placed,
                           const struct cpm_nodes *old)
{
    struct cpm_nodes junk = {0};

    for (uint32_t i = 0; i < placed->edge_count; i++)
        if (placed->edges[i].to && !cpm_edge_valid(s, &placed->edges[i]))
            cpm_nodes_add(&junk, placed->edges[i].to);
    add_needless(s, placed, old, &junk);
    cpm_gather(s, &junk, pass_valid_apart, placed);
    detach_all(s, &junk);
    cpm_nodes_release(&junk);
}

static void replace(struct cpm_solver *s, struct cpm_placing *p, struct cpm_node *old)
{
    struct cpm_nodes deps = {0}, sets = {0};

    old_deps(s, old, p->placed, &deps);
    broken_sets(s, p, old, &sets);
    cpm_node_replace(s, p->placed, old);
    prune_replaced(s, p->placed, &deps);
    for (size_t i = 0; i < sets.n; i++) {
        for (struct cpm_edge *e = sets.v[i]->first_in; e; e = e->next_in)
            cpm_nodes_add(&p->again, e->from);
        cpm_node_detach(s, sets.v[i]);
    }
    cpm_nodes_release(&deps);
    cpm_nodes_release(&sets);
}

/* Putting. */

/* a1 -> b1 -> a2 -> b2 -> a1 -> … would nest for ever: a link to the earlier one ends it. */
static bool link_to_ancestor(struct cpm_solver *s, struct cpm_placing *p)
{
    for (struct cpm_node *n = p->can->target; n; n = cpm_node_above(n))
        if (!cpm_node_is_top(s, n) && cpm_node_matches(n, p->dep)) {
            p->placed = cpm_link_new(s, n->name, n);
            cpm_node_attach(s, p->placed, p->can->target);
            return true;
        }
    return false;
}

static struct cpm_node *copy_of(struct cpm_solver *s, struct cpm_node *dep)
{
    struct cpm_node *n = dep->target ? cpm_link_new(s, dep->name, dep->target)
                                     : cpm_node_new(s, dep->name, dep->pkg);

    if (!dep->target) {
        n->resolved = dep->resolved;
        n->integrity = dep->integrity;
    }
    n->overrides = dep->overrides;
    cpm_node_load_edges(s, n);
    return n;
}

static void prune_named(struct cpm_solver *s, const struct cpm_placing *p, struct cpm_node *n)
{
    struct cpm_nodes kids = {0};
    struct cpm_node *root = n->root;

    cpm_prune_dedupable(s, n, false, p->explicit_request);
    for (struct cpm_node *k = n->root == root ? n->first_kid : NULL; k; k = k->next_kid)
        cpm_nodes_add(&kids, k);
    for (size_t i = 0; i < kids.n; i++)
        if (kids.v[i]->parent == n)
            cpm_prune_dedupable(s, kids.v[i], false, p->explicit_request);
    cpm_nodes_release(&kids);
}

/* Duplicates below the new node that it makes needless, and needless children of those that stay.
 */
static void prune_below(struct cpm_solver *s, struct cpm_placing *p)
{
    struct cpm_node *target = p->can->target, *root = target->root;
    struct cpm_nodes named = {0}, only = {&p->placed, 1, 1};
    bool alone = cpm_solver_name(s, p->dep->name)->node_count == 1 && p->placed->root == s->root;
    struct cpm_nodes *in = alone ? &only : &named;

    if (!alone)
        cpm_nodes_named_below(s, target, p->dep->name, &named);
    for (size_t i = 0; i < in->n; i++)
        if (in->v[i]->root == root && !cpm_node_is_top(s, in->v[i]) &&
            cpm_node_within(in->v[i], target))
            prune_named(s, p, in->v[i]);
    cpm_nodes_release(&named);
}

static void place_peers(struct cpm_solver *s, struct cpm_placing *p, struct cpm_node *set)
{
    struct cpm_node *placed = p->placed;

    for (uint32_t i = 0; i < placed->edge_count && !s->status; i++) {
        struct cpm_edge *e = &placed->edges[i];
        struct cpm_placing *peer;
        struct cpm_node *dep;

        if (!cpm_edge_is_peer(e) || e->peer_conflicted || cpm_edge_valid(s, e))
            continue;
        if (!set && !s->substitute)
            s->crashed = true; /* npm crashes here, see guard (d) */
        dep = set ? cpm_node_child(s, set, e->want->fold) : NULL;
        if (!dep || !cpm_edge_accepts(s, e, dep))
            continue;
        peer = CPM_NEW(&s->moment, struct cpm_placing);
        *peer = (struct cpm_placing){
            .edge = e, .dep = dep, .parent = p, .explicit_request = p->explicit_request};
        if (p->last_peer)
            p->last_peer->next_peer = peer;
        else
            p->first_peer = peer;
        p->last_peer = peer;
        cpm_placing_run(s, peer);
    }
}

static void put(struct cpm_solver *s, struct cpm_placing *p)
{
    struct cpm_node *target = p->can->target, *set = p->dep->parent;
    struct cpm_node *old = cpm_node_child(s, target, p->edge->want->fold);

    p->placed = copy_of(s, p->dep);
    if (old)
        replace(s, p, old);
    else
        cpm_node_attach(s, p->placed, target);
    if (cpm_edge_is_peer(p->edge) && !cpm_edge_accepts(s, p->edge, p->placed))
        cpm_conflict_override(s, p, p->edge, p->dep);
    if (p->edge->to && p->edge->to != p->placed && cpm_edge_valid(s, p->edge))
        cpm_prune_dedupable(s, p->edge->to, false, p->explicit_request);
    prune_below(s, p);
    place_peers(s, p, set);
}

static void keep(struct cpm_solver *s, struct cpm_placing *p)
{
    if (cpm_edge_is_peer(p->edge) && !cpm_edge_valid(s, p->edge))
        cpm_conflict_override(s, p, p->edge, p->dep);
    cpm_prune_dedupable(s, p->can->target, true, p->explicit_request);
}

static bool nothing_to_do(struct cpm_solver *s, const struct cpm_placing *p)
{
    return p->edge->to && cpm_edge_valid(s, p->edge) && !p->explicit_request &&
           !cpm_node_is_vulnerable(s, p->edge->to) &&
           (p->parent || !cpm_solver_updates(s, p->edge->want->name));
}

void cpm_placing_run(struct cpm_solver *s, struct cpm_placing *p)
{
    enum cpm_verdict verdict;
    struct cpm_node *old;

    p->before = p->edge->to;
    if (nothing_to_do(s, p))
        return;
    find_place(s, p);
    if (s->crashed || (!p->can && !accept_conflict(s, p)))
        return;
    verdict = p->can->with_peers == CPM_CONFLICT ? p->can->alone : p->can->with_peers;
    old = cpm_node_child(s, p->can->target, p->edge->want->fold);
    if (verdict == CPM_REPLACE && old && replaced_too_often(s, p, old)) {
        stop_replacing(s, p);
        return;
    }
    if (goes_round(s, p))
        return;
    trace(s, p);
    if (verdict == CPM_KEEP)
        keep(s, p);
    else if (!link_to_ancestor(s, p))
        put(s, p);
}
