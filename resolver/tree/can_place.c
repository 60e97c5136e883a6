/* Guard (c): peers that want each other are checked once per (edge, target, deepest target) inside
 * one outermost check, an unfinished check counting as no objection; npm walks every simple path,
 * whose number is factorial. */
#include "resolver/tree/can_place.h"

#include "resolver/tree/solver.h"

static enum cpm_verdict check_peers(struct cpm_solver *s, struct cpm_can *can,
                                    enum cpm_verdict state);
static void check(struct cpm_solver *s, struct cpm_can *can);

const char *cpm_verdict_name(enum cpm_verdict verdict)
{
    static const char *const names[] = {"", "CONFLICT", "OK", "REPLACE", "KEEP"};

    return names[verdict];
}

static const struct cpm_can *outermost(const struct cpm_can *can)
{
    while (can->parent)
        can = can->parent;
    return can;
}

static struct cpm_node *deepest(struct cpm_solver *s, const struct cpm_can *can)
{
    struct cpm_node *start = can->parent ? deepest(s, can->parent) : can->edge->from;

    return cpm_deepest_target(s, start, can->edge->want->fold);
}

static bool may_replace(struct cpm_solver *s, struct cpm_can *can)
{
    return cpm_node_can_replace(s, can->dep, can->current, NULL);
}

/* Who is below the target, uses what the name leads to now, and would not like the new one? */
static bool needed_below(struct cpm_solver *s, const struct cpm_can *can, struct cpm_node *seen)
{
    const struct cpm_name *fold = can->edge->want->fold;
    struct cpm_nodes few = {0};
    bool needed = false, walked = can->target->root == s->root &&
                                  cpm_solver_name(s, fold)->edge_count > CPM_FEW_NODES &&
                                  cpm_node_walk_few(can->target, CPM_FEW_NODES, &few);

    for (size_t i = 0; walked && !needed && i < few.n; i++) {
        struct cpm_edge *e = cpm_edge_find(s, few.v[i], fold);

        needed = e && e->to == seen && cpm_edge_valid(s, e) && !cpm_edge_accepts(s, e, can->dep);
    }
    for (struct cpm_edge *e = walked ? NULL : seen->first_in; !needed && e; e = e->next_in)
        needed = cpm_node_within(e->from, can->target) && cpm_edge_valid(s, e) &&
                 !cpm_edge_accepts(s, e, can->dep);
    cpm_nodes_release(&few);
    return needed;
}

/* Nothing stands here: what the name leads to now may be needed from below. */
static enum cpm_verdict check_empty(struct cpm_solver *s, struct cpm_can *can)
{
    struct cpm_node *seen = NULL;

    if (can->target != outermost(can)->edge->from)
        seen = cpm_node_resolve(s, can->target, can->edge->want->fold);
    if (seen && needed_below(s, can, seen))
        return CPM_CONFLICT;
    return check_peers(s, can, CPM_OK_HERE);
}

/* Walks out from the entry node over its peers: does the new set suit them wherever it has one of
 * their names? */
static bool new_set_suits(struct cpm_solver *s, struct cpm_node *entry, struct cpm_node *set)
{
    struct cpm_nodes walk = {0};
    uint32_t gen = ++s->generation;
    bool suits = true;

    entry->mark[2] = gen;
    cpm_nodes_add(&walk, entry);
    for (size_t i = 0; suits && i < walk.n; i++) {
        struct cpm_node *n = walk.v[i];

        for (uint32_t k = 0; suits && k < n->edge_count; k++) {
            struct cpm_edge *e = &n->edges[k];
            struct cpm_node *next;

            if (!cpm_edge_is_peer(e) || !cpm_edge_valid(s, e))
                continue;
            next = cpm_node_child(s, set, e->want->fold);
            if (next) {
                suits = cpm_edge_accepts(s, e, next);
            } else if (e->to && e->to->mark[2] != gen) {
                e->to->mark[2] = gen;
                cpm_nodes_add(&walk, e->to);
            }
        }
    }
    cpm_nodes_release(&walk);
    return suits;
}

/* Could the set that this edge brings in give way, by being replaced or by going deeper? */
static bool set_gives_way(struct cpm_solver *s, struct cpm_can *can,
                          const struct cpm_entry_set *entry)
{
    struct cpm_node *node = entry->edge->to, *set = can->dep->parent;
    struct cpm_node *next = set ? cpm_node_child(s, set, node->fold) : NULL;

    if (next ? cpm_node_can_replace(s, next, node, set) : set && new_set_suits(s, node, set))
        return true;
    for (size_t i = 0; i < entry->peers.n; i++) {
        struct cpm_node *low = cpm_deepest_target(s, entry->edge->from, entry->peers.v[i]->fold);

        if (cpm_node_within(can->target, low))
            return false;
    }
    return true;
}

static bool all_sets_give_way(struct cpm_solver *s, struct cpm_can *can)
{
    const struct cpm_edge *outer = outermost(can)->edge;
    struct cpm_entry_sets sets;
    bool ok = true;

    cpm_entry_sets(s, can->current, &sets);
    for (size_t i = 0; i < sets.n; i++) {
        if (sets.v[i].edge == can->edge || sets.v[i].edge == outer)
            continue;
        /* npm crashes here, see guard (d). */
        if (!can->dep->parent && !s->substitute)
            s->crashed = true;
        if (!set_gives_way(s, can, &sets.v[i]))
            ok = false;
    }
    cpm_entry_sets_release(&sets);
    return ok;
}

/* The node that stands here is in the way and neither can take the other's place. */
static enum cpm_verdict check_clash(struct cpm_solver *s, struct cpm_can *can)
{
    bool peer = cpm_edge_is_peer(can->edge);

    if (can->target != deepest(s, can))
        return CPM_CONFLICT; /* it can still nest deeper */
    if (!peer && can->target == can->edge->from)
        return check_peers(s, can, CPM_REPLACE); /* it must stand here */
    if (!can->parent && !peer)
        return CPM_CONFLICT;
    return all_sets_give_way(s, can) ? check_peers(s, can, CPM_REPLACE) : CPM_CONFLICT;
}

static bool not_older(const struct cpm_node *a, const struct cpm_node *b)
{
    return a->pkg->parsed_ok && b->pkg->parsed_ok &&
           cpm_version_cmp(&a->pkg->parsed, &b->pkg->parsed) >= 0;
}

/* A fix may be older than what it replaces. */
static bool is_safer(struct cpm_solver *s, const struct cpm_can *can)
{
    return cpm_node_is_vulnerable(s, can->current) && can->dep->pkg->parsed_ok &&
           can->current->pkg->parsed_ok && !cpm_node_is_vulnerable(s, can->dep);
}

static enum cpm_verdict check_current(struct cpm_solver *s, struct cpm_can *can)
{
    bool newer = not_older(can->dep, can->current) || is_safer(s, can);
    bool satisfied = cpm_edge_accepts(s, can->edge, can->current);
    enum cpm_verdict verdict;

    if (cpm_node_matches(can->dep, can->current) && (satisfied || can->overridden))
        return can->explicit_request ? CPM_REPLACE : CPM_KEEP;
    if (newer && may_replace(s, can)) {
        verdict = check_peers(s, can, CPM_REPLACE);
        if (verdict != CPM_CONFLICT)
            return verdict;
    }
    if (satisfied && (!can->explicit_request || can->prefer_dedupe))
        return CPM_KEEP;
    if (can->prefer_dedupe && !newer && may_replace(s, can)) {
        verdict = check_peers(s, can, CPM_REPLACE);
        if (verdict != CPM_CONFLICT)
            return verdict;
    }
    return check_clash(s, can);
}

static enum cpm_verdict check_self(struct cpm_solver *s, struct cpm_can *can)
{
    struct cpm_edge *wish = can->target_edge;

    if (can->dep->pkg->failure)
        return can->current ? CPM_REPLACE : CPM_OK_HERE;
    if (wish && cpm_edge_is_peer(wish) && !cpm_node_is_top(s, can->target))
        return CPM_CONFLICT;
    if (!can->current && wish && wish != can->edge && !cpm_edge_accepts(s, wish, can->dep))
        return CPM_CONFLICT;
    return can->current ? check_current(s, can) : check_empty(s, can);
}

static bool on_path(const struct cpm_can *can, const struct cpm_node *dep)
{
    for (; can; can = can->path)
        if (can->dep == dep)
            return true;
    return false;
}

static struct cpm_can *remembered(struct cpm_solver *s, const struct cpm_can *can)
{
    struct cpm_can *old = cpm_pairs_get(can->memo, can->edge, can->target);
    struct cpm_node *low = old ? deepest(s, can) : NULL;

    while (old && deepest(s, old) != low)
        old = old->next_memo;
    return old;
}

static enum cpm_verdict check_peer(struct cpm_solver *s, struct cpm_can *can, struct cpm_edge *e)
{
    struct cpm_can *peer = CPM_NEW(&s->moment, struct cpm_can), *old;

    peer->dep = e->to;
    peer->edge = e;
    peer->target = cpm_deepest_target(s, can->target, e->to->fold);
    peer->parent = peer->path = can;
    peer->prefer_dedupe = true;
    peer->memo = can->memo;
    if ((old = remembered(s, peer)))
        return old->with_peers;
    peer->next_memo = cpm_pairs_get(peer->memo, e, peer->target);
    cpm_pairs_set(peer->memo, e, peer->target, peer);
    if (can->last_peer)
        can->last_peer->next_peer = peer;
    else
        can->first_peer = peer;
    can->last_peer = peer;
    check(s, peer);
    return peer->with_peers;
}

static enum cpm_verdict check_peers(struct cpm_solver *s, struct cpm_can *can,
                                    enum cpm_verdict state)
{
    struct cpm_node *dep = can->dep;
    bool conflict = false;

    can->alone = state;
    if (can->peers_memo)
        return can->peers_memo;
    for (uint32_t i = 0; dep->edges && dep->wants->peers && i < dep->edge_count; i++) {
        struct cpm_edge *e = &dep->edges[i];

        if (cpm_edge_is_peer(e) && e->to && !on_path(can, e->to) &&
            check_peer(s, can, e) == CPM_CONFLICT)
            conflict = true;
    }
    can->peers_memo = conflict ? CPM_CONFLICT : state;
    return can->peers_memo;
}

static void check(struct cpm_solver *s, struct cpm_can *can)
{
    can->prefer_dedupe |= cpm_edge_is_peer(can->edge);
    can->current = cpm_node_child(s, can->target, can->edge->want->fold);
    can->target_edge = cpm_edge_find(s, can->target, can->edge->want->fold);
    can->overridden = !cpm_edge_accepts(s, can->edge, can->dep);
    can->with_peers = check_self(s, can);
    if (!can->alone)
        can->alone = can->with_peers;
}

void cpm_can_place(struct cpm_solver *s, struct cpm_can *can)
{
    struct cpm_pairs memo = {0};

    can->memo = &memo;
    check(s, can);
    can->memo = NULL;
    cpm_pairs_release(&memo);
}
