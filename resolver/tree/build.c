/* The main loop: the shallowest waiting node is visited, its problem edges are fetched (all of them
 * before any is placed) and placed in order of name, and whoever that leaves unsatisfied waits
 * again.
 *
 * npm keeps, for a package in a virtual root, who brought its peer set in; the copies that are
 * placed do not have that, so that a node always asks on its own behalf. */
#include "base/collate.h"
#include "base/mem.h"
#include "resolver/tree/override.h"
#include "resolver/tree/place.h"
#include "resolver/tree/solver.h"

#include <stdalign.h>
#include <stdlib.h>

enum { MOMENT = 8 << 10, FEW_TASKS = 24 }; /* bytes, edges: that do for most */

struct task {
    struct cpm_edge *edge;
    struct cpm_node *dep;
};

void cpm_queue_node(struct cpm_solver *s, struct cpm_node *n)
{
    if (!n->queued)
        cpm_queue_push(&s->queue, n, cpm_node_depth(s, n), n->location);
}

static bool is_bundled(struct cpm_solver *s, const struct cpm_edge *e)
{
    const struct cpm_manifest *m = e->from->pkg->manifest;

    if (!m || !m->bundle_count || cpm_node_is_ours(s, e->from))
        return false;
    for (uint32_t i = 0; i < m->bundle_count; i++)
        if (m->bundle[i] == e->want->name)
            return true;
    return false;
}

bool cpm_edge_is_problem(struct cpm_solver *s, struct cpm_edge *e)
{
    bool peer_optional = e->type == CPM_EDGE_PEER_OPTIONAL;

    if (s->bundles && is_bundled(s, e))
        return false;
    if (!e->to)
        return !peer_optional || e->explicit_request;
    if (e->to->load_failure || cpm_node_in_shrinkwrap(e->to))
        return false;
    if (!cpm_edge_valid(s, e))
        return !peer_optional || s->opts->save || s->requested;
    if (cpm_node_is_workspace(s, e->to))
        return false;
    return e->explicit_request || cpm_solver_updates(s, e->want->name) ||
           cpm_node_is_vulnerable(s, e->to);
}

/* The first node below, level by level, that would do. */
static struct cpm_node *find_hoistable(struct cpm_solver *s, struct cpm_edge *e)
{
    struct cpm_node *start = cpm_node_above(e->from) ? cpm_node_above(e->from) : e->from;
    struct cpm_node *found = NULL;
    struct cpm_nodes level = {0};

    if (s->root == e->from->root && !cpm_solver_name(s, e->want->name)->first_node)
        return NULL;
    cpm_nodes_add(&level, start);
    for (size_t i = 0; !found && i < level.n; i++) {
        struct cpm_node *n = level.v[i];

        if (i > 0 && n->name == e->want->name && !cpm_node_in_dep_bundle(s, n) &&
            cpm_edge_accepts(s, e, n))
            found = n;
        for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
            cpm_nodes_add(&level, k);
    }
    cpm_nodes_release(&level);
    return found;
}

/* Guard (d): where npm would crash, the virtual root's own child stands in for what was pushed out
 * of it while its peers were loaded. */
static struct cpm_node *substitute(struct cpm_solver *s, struct cpm_edge *e, struct cpm_node *vr,
                                   struct cpm_node *dep)
{
    struct cpm_node *other;

    if (!dep || dep->parent || !s->substitute || !vr)
        return dep;
    other = cpm_node_child(s, vr, e->want->fold);
    return other && cpm_edge_accepts(s, e, other) ? other : dep;
}

static struct cpm_node *dep_for(struct cpm_solver *s, struct cpm_edge *e)
{
    bool peer = cpm_edge_is_peer(e);
    struct cpm_node *vr = peer ? cpm_virtual_root(s, e->from, true) : e->from->latest_virtual, *dep;
    struct cpm_edge *wish = vr && (peer || cpm_node_child(s, vr, e->want->fold))
                                ? cpm_edge_find(s, vr, e->want->fold)
                                : NULL;
    bool refetch = e->explicit_request || cpm_solver_updates(s, e->want->name) ||
                   (e->to && cpm_node_is_vulnerable(s, e->to));

    if (wish && wish->to && cpm_edge_valid(s, wish) && cpm_edge_accepts(s, e, wish->to))
        return wish->to;
    if (e->type == CPM_EDGE_PEER_OPTIONAL && !refetch && (dep = find_hoistable(s, e)))
        return dep;
    dep = cpm_node_from_edge(s, e, peer ? vr : NULL);
    return substitute(s, e, e->from->latest_virtual, dep);
}

static int by_name(const void *a, const void *b)
{
    const struct task *x = a, *y = b;

    return cpm_collate(cpm_name_str(x->edge->want->name), cpm_name_str(y->edge->want->name));
}

/* Mostly they stand in order: package.json lists them so. */
static void sort_tasks(struct task *tasks, size_t count)
{
    if (count > FEW_TASKS) {
        qsort(tasks, count, sizeof(*tasks), by_name);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct task task = tasks[i];
        size_t at = i;

        for (; at > 0 && by_name(&tasks[at - 1], &task) > 0; at--)
            tasks[at] = tasks[at - 1];
        tasks[at] = task;
    }
}

/* With something still to come the other edges are looked at all the same, to name what they need.
 */
static size_t fetch_problems(struct cpm_solver *s, struct cpm_node *n, struct task *tasks)
{
    size_t count = 0;

    for (uint32_t i = 0; i < n->edge_count; i++)
        if (cpm_edge_is_problem(s, &n->edges[i]))
            cpm_pkg_ask(s, &n->edges[i]);
    for (uint32_t i = 0; i < n->edge_count && !s->status; i++) {
        struct cpm_edge *e = &n->edges[i];
        bool pending = s->pending;
        struct cpm_node *dep;

        if (e->peer_conflicted || !cpm_edge_is_problem(s, e))
            continue;
        s->pending = false;
        dep = dep_for(s, e);
        s->pending |= pending;
        if (dep)
            tasks[count++] = (struct task){e, dep};
    }
    sort_tasks(tasks, count);
    return count;
}

/* After a placement. */

static void revisit_requirer(struct cpm_solver *s, struct cpm_edge *e, enum cpm_verdict verdict)
{
    struct cpm_node *n = e->from;

    if (verdict == CPM_OK_HERE && n->seen && !s->opts->save && !s->requested)
        return;
    n->seen = false;
    cpm_queue_node(s, n);
}

static void ask_for_problems(struct cpm_solver *s, struct cpm_node *n)
{
    for (uint32_t i = 0; i < n->edge_count; i++)
        if (cpm_edge_is_problem(s, &n->edges[i]))
            cpm_pkg_ask(s, &n->edges[i]);
}

static void settle_placed(struct cpm_solver *s, struct cpm_placing *p)
{
    struct cpm_node *placed = p->placed;

    if (placed->pkg->failure) {
        placed->load_failure = true;
        cpm_nodes_add(&s->failures, placed);
    }
    s->mutated = true;
    for (struct cpm_edge *e = placed->first_in; e; e = e->next_in)
        if (e != p->edge && !e->peer_conflicted && !cpm_edge_valid(s, e))
            revisit_requirer(s, e, p->can->alone);
    cpm_queue_node(s, placed);
    for (size_t i = 0; i < p->again.n; i++) {
        p->again.v[i]->seen = false;
        cpm_queue_node(s, p->again.v[i]);
    }
    ask_for_problems(s, placed);
}

static void settle(struct cpm_solver *s, struct cpm_placing *p)
{
    if (p->placed && !s->status)
        settle_placed(s, p);
    for (struct cpm_placing *k = p->first_peer; k; k = k->next_peer)
        settle(s, k);
    cpm_nodes_release(&p->again);
}

static void place(struct cpm_solver *s, const struct task *task)
{
    alignas(max_align_t) char room[MOMENT];
    struct cpm_placing p = {
        .edge = task->edge,
        .dep = task->dep,
        .explicit_request = task->edge->explicit_request,
    };

    cpm_arena_init_in(&s->moment, room, sizeof(room));
    cpm_placing_run(s, &p);
    settle(s, &p);
    cpm_arena_release(&s->moment);
}

static void note_links(struct cpm_solver *s, struct cpm_node *n)
{
    for (uint32_t i = 0; i < n->edge_count; i++)
        if (n->edges[i].to && n->edges[i].to->target)
            cpm_nodes_add(&s->links, n->edges[i].to);
}

static void visit(struct cpm_solver *s, struct cpm_node *n)
{
    struct task few[FEW_TASKS], *tasks = few;
    size_t count;

    if (n->seen || n->root != s->root || (n->has_shrinkwrap && !s->opts->complete))
        return;
    n->seen = true;
    if (cpm_contents_wanted(s, n) && !cpm_contents_load(s, n))
        s->pending = true;
    if (n->edge_count > FEW_TASKS)
        tasks = cpm_calloc(n->edge_count, sizeof(*tasks));
    count = fetch_problems(s, n, tasks);
    for (size_t i = 0; i < count && !s->status && !s->pending && !s->crashed; i++)
        place(s, &tasks[i]);
    for (size_t i = 0; i < count; i++)
        cpm_virtual_forget(s, n, tasks[i].dep);
    if (tasks != few)
        cpm_free(tasks);
    note_links(s, n);
}

/* Folders outside the project are somebody else's. */
static void queue_link_targets(struct cpm_solver *s)
{
    for (size_t i = 0; i < s->links.n; i++) {
        struct cpm_node *link = s->links.v[i], *target = link->target;

        if (link->root != s->root || !cpm_node_within(target, s->root) || !cpm_node_above(target) ||
            target->seen)
            continue;
        if (link->overrides)
            cpm_node_rules_added(s, target, link->overrides);
        cpm_queue_node(s, target);
    }
    s->links.n = 0;
}

/* What the waiting nodes lack is named too, before giving up for this round. */
static void ask_for_waiting(struct cpm_solver *s)
{
    struct cpm_node *n;

    while ((n = cpm_queue_pop(&s->queue)))
        if (n->root == s->root)
            ask_for_problems(s, n);
}

void cpm_build(struct cpm_solver *s)
{
    struct cpm_node *n;

    do {
        while (!s->status && !s->pending && !s->crashed && (n = cpm_queue_pop(&s->queue)))
            visit(s, n);
        queue_link_targets(s);
    } while (!s->status && !s->pending && !s->crashed && s->queue.n);
    if (s->pending && !s->status)
        ask_for_waiting(s);
}
