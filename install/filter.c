/* npm's filterSet (arborist's Diff): from the nodes that the filter names, in the ideal and in the
 * actual tree, along the edges of both trees at once, so that what a workspace needed before is
 * looked at as well as what it needs now. A package is asked for when one of its two nodes is in
 * the set, and the package around it is asked for too. */
#include "install/filter.h"

#include "base/path.h"
#include "look/graph.h"

/* One of the two trees. Its graph has a node for each entry, in the same order. */
struct side {
    struct cpm_graph graph;
    struct cpm_map at; /* nodes by location */
    bool *in;          /* a node: it is in the set */
    bool *stray;       /* … is below one of the set, and extraneous */
};

struct step {
    struct side *side;
    struct cpm_graph_node *node;
};

struct filtering {
    const struct cpm_filter_input *in;
    struct side ideal, actual;
    struct step *steps; /* a node comes once */
    size_t step_count;
    struct cpm_filtered *out;
    bool *is_old;            /* an entry of the answer: it is the actual tree's */
    struct cpm_map wanted;   /* what links that are asked for lead to */
    struct cpm_map linked;   /* what links of the answer lead to */
    struct cpm_map standing; /* locations of the answer */
};

static struct cpm_graph_workspace *list_workspaces(const struct cpm_filter_input *in)
{
    const struct cpm_workspaces *all = in->workspaces;
    struct cpm_graph_workspace *v =
        CPM_NEW_ARRAY(in->arena, struct cpm_graph_workspace, all->count + 1);

    for (size_t i = 0; i < all->count; i++) {
        const char *location = cpm_arena_str(in->arena, all->v[i].location).ptr;

        v[i].name = cpm_name_str(all->v[i].name);
        v[i].path = cpm_path_resolve(in->arena, in->path, location);
    }
    return v;
}

static void build_graph(const struct cpm_filter_input *in, const struct cpm_lock *lock,
                        struct cpm_graph *out)
{
    const struct cpm_graph_input input = {.path = in->path,
                                          .lock = lock,
                                          .workspaces = list_workspaces(in),
                                          .workspace_count = in->workspaces->count,
                                          .legacy_peer_deps = in->filter->legacy_peer_deps};

    cpm_graph_build(in->arena, &input, out);
}

/* What is not put on disk has edges all the same: others may stand only for its sake. */
static void open_side(struct side *side, const struct cpm_filter_input *in,
                      const struct cpm_lock *lock)
{
    struct cpm_lock all = *lock;

    all.entries = CPM_NEW_ARRAY(in->arena, struct cpm_lock_entry, lock->count + 1);
    side->in = CPM_NEW_ARRAY(in->arena, bool, lock->count + 1);
    side->stray = CPM_NEW_ARRAY(in->arena, bool, lock->count + 1);
    if (!lock->count)
        return;
    memcpy(all.entries, lock->entries, lock->count * sizeof(*all.entries));
    for (size_t i = 0; i < all.count; i++)
        all.entries[i].inert = false;
    build_graph(in, &all, &side->graph);
    for (size_t i = 0; i < side->graph.count; i++)
        cpm_map_set(&side->at, side->graph.nodes[i].entry->location, &side->graph.nodes[i]);
}

static void close_side(struct side *side)
{
    cpm_graph_release(&side->graph);
    cpm_map_release(&side->at);
}

static void add(struct filtering *f, struct side *side, struct cpm_graph_node *node)
{
    size_t i = cpm_graph_index(&side->graph, node);

    if (side->in[i])
        return;
    side->in[i] = true;
    f->steps[f->step_count++] = (struct step){side, node};
}

static void add_named(struct filtering *f, struct side *side)
{
    const struct cpm_filter *filter = f->in->filter;
    const struct cpm_graph_node *root = side->graph.root;

    for (size_t i = 0; i < filter->count; i++) {
        const char *location =
            cpm_arena_printf(f->in->arena, "node_modules/%.*s", CPM_STR_ARG(filter->workspaces[i]));
        struct cpm_graph_node *node = cpm_map_get(&side->at, cpm_str(location));

        if (node)
            add(f, side, node);
    }
    for (size_t i = 0; filter->root && root && i < root->edge_count; i++)
        if (root->edges[i].to && root->edges[i].type != CPM_GRAPH_WORKSPACE)
            add(f, side, root->edges[i].to);
}

static void add_needed(struct filtering *f, struct side *side, const struct cpm_graph_node *node)
{
    for (size_t i = 0; node && i < node->edge_count; i++)
        if (node->edges[i].to)
            add(f, side, node->edges[i].to);
}

static void mark_strays(struct side *side, const struct cpm_graph_node *node)
{
    if (!node)
        return;
    CPM_MAP_EACH (&node->kids, e) {
        const struct cpm_graph_node *kid = e->value;

        if (kid->extraneous)
            side->stray[cpm_graph_index(&side->graph, kid)] = true;
    }
}

static void walk(struct filtering *f)
{
    for (size_t i = 0; i < f->step_count; i++) {
        struct step step = f->steps[i];
        struct cpm_graph_node *target = step.node->target;
        const struct cpm_graph_node *actual = cpm_map_get(&f->actual.at, target->entry->location);

        add_needed(f, &f->ideal, cpm_map_get(&f->ideal.at, target->entry->location));
        add_needed(f, &f->actual, actual);
        mark_strays(&f->actual, actual);
        if (target != step.node)
            add(f, step.side, target);
    }
}

static bool is_in(const struct side *side, struct cpm_str location)
{
    const struct cpm_graph_node *node = cpm_map_get(&side->at, location);
    size_t i = node ? cpm_graph_index(&side->graph, node) : 0;

    return node && (side->in[i] || side->stray[i]);
}

static bool is_asked(const struct filtering *f, const struct cpm_graph_node *node)
{
    for (; node->parent; node = node->parent) {
        struct cpm_str at = node->entry->location;

        if (!is_in(&f->ideal, at) && !is_in(&f->actual, at) &&
            !(f->in->again && cpm_map_get(f->in->again, at)))
            return false;
    }
    return true;
}

static void list_wanted(struct filtering *f)
{
    for (size_t i = 0; i < f->ideal.graph.count; i++) {
        const struct cpm_lock_entry *e = &f->in->ideal->entries[i];

        if (e->link && !e->inert && is_asked(f, &f->ideal.graph.nodes[i]))
            cpm_map_set(&f->wanted, e->resolved, f);
    }
}

/* Where the lock leaves a registry's address out (omit-lockfile-registry-resolved), the hidden lock
 * does, too. */
static struct cpm_str address_of(const struct filtering *f, const struct cpm_lock_entry *old)
{
    const struct cpm_graph_node *node = cpm_map_get(&f->ideal.at, old->location);
    const struct cpm_lock_entry *e = node ? node->entry : old;
    bool omitted = !e->link && !old->link && !e->resolved.len && e->integrity.len &&
                   cpm_str_eq(e->integrity, old->integrity);

    return omitted ? CPM_STR_NONE : old->resolved;
}

/* Takes an entry into the answer, once what it lies in is there. */
static bool take(struct filtering *f, const struct cpm_graph_node *node,
                 const struct cpm_lock_entry *entry, bool asked)
{
    struct cpm_lock *lock = &f->out->lock;

    if (node->parent && !cpm_map_get(&f->standing, node->parent->entry->location))
        return false;
    f->out->origins[lock->count] = asked ? entry : NULL;
    f->is_old[lock->count] = cpm_map_get(&f->actual.at, entry->location) == node;
    lock->entries[lock->count] = *entry;
    lock->entries[lock->count++].resolved = address_of(f, entry);
    cpm_map_set(&f->standing, entry->location, f);
    if (entry->link)
        cpm_map_set(&f->linked, entry->resolved, f);
    return true;
}

/* A folder belongs to the answer while a link leads to it. */
static bool take_folder(struct filtering *f, const struct cpm_graph_node *node, bool ideal,
                        const struct cpm_lock_entry *entry)
{
    struct cpm_str at = entry->location;
    bool asked = !at.len || cpm_map_get(&f->wanted, at);
    bool from_ideal = asked || !cpm_map_get(&f->actual.at, at);

    return (!at.len || cpm_map_get(&f->linked, at)) && ideal == from_ideal &&
           take(f, node, entry, asked);
}

static bool take_ideal(struct filtering *f, size_t i)
{
    const struct cpm_graph_node *node = &f->ideal.graph.nodes[i], *actual;
    const struct cpm_lock_entry *entry = &f->in->ideal->entries[i];

    if (entry->inert || cpm_map_get(&f->standing, entry->location))
        return false;
    if (cpm_location_is_top(entry->location))
        return take_folder(f, node, true, entry);
    if (is_asked(f, node))
        return take(f, node, entry, true);
    actual = cpm_map_get(&f->actual.at, entry->location);
    return actual && entry->link && actual->entry->link &&
           cpm_str_eq(entry->resolved, actual->entry->resolved) && take(f, node, entry, false);
}

static bool take_actual(struct filtering *f, size_t i)
{
    const struct cpm_graph_node *node = &f->actual.graph.nodes[i];
    const struct cpm_lock_entry *entry = &f->in->actual->entries[i];

    if (cpm_map_get(&f->standing, entry->location))
        return false;
    if (cpm_location_is_top(entry->location))
        return take_folder(f, node, false, entry);
    return !is_asked(f, node) && take(f, node, entry, false);
}

/* Folders come with the links that lead to them, and with the folders what is in them. */
static void take_all(struct filtering *f)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < f->ideal.graph.count; i++)
            more |= take_ideal(f, i);
        for (size_t i = 0; i < f->actual.graph.count; i++)
            more |= take_actual(f, i);
    }
}

static void give_flags(const struct filtering *f, struct cpm_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct cpm_graph_node *n = &graph->nodes[i];
        const struct cpm_lock_entry *e = n->entry;
        bool is_old = f->is_old[i];
        const struct cpm_graph_node *old = is_old ? cpm_map_get(&f->actual.at, e->location) : NULL;

        n->extraneous = is_old ? old->extraneous : e->extraneous;
        n->dev = is_old ? old->dev : e->dev;
        n->optional = is_old ? old->optional : e->optional;
        n->peer = is_old ? old->peer : e->peer;
        n->dev_optional = n->dev || n->optional || (is_old ? old->dev_optional : e->dev_optional);
    }
}

/* npm never sets a flag again: what nobody but a workspace that is not there would want as more
 * than a dev dependency is no dev dependency. */
static void set_flags(struct filtering *f)
{
    struct cpm_lock *lock = &f->out->lock;
    struct cpm_graph graph;

    build_graph(f->in, lock, &graph);
    give_flags(f, &graph);
    cpm_graph_flags_lower(&graph);
    for (size_t i = 0; i < graph.count; i++) {
        const struct cpm_graph_node *n = &graph.nodes[i];
        struct cpm_lock_entry *e = &lock->entries[i];

        e->extraneous = n->extraneous;
        e->dev = n->dev;
        e->optional = n->optional;
        e->peer = n->peer;
        e->dev_optional = n->dev_optional && !n->dev && !n->optional;
    }
    cpm_graph_release(&graph);
}

static void pass_over_the_rest(struct filtering *f)
{
    for (size_t i = 0; i < f->actual.graph.count; i++)
        if (!cpm_map_get(&f->standing, f->in->actual->entries[i].location) &&
            !is_asked(f, &f->actual.graph.nodes[i]))
            f->in->actual->entries[i].inert = true;
}

static void make_answer(struct filtering *f)
{
    const struct cpm_filter_input *in = f->in;
    size_t most = in->ideal->count + in->actual->count;

    f->out->lock = *in->ideal;
    f->out->lock.count = 0;
    f->out->lock.entries = CPM_NEW_ARRAY(in->arena, struct cpm_lock_entry, most + 1);
    f->out->origins = CPM_NEW_ARRAY(in->arena, const struct cpm_lock_entry *, most + 1);
    f->is_old = CPM_NEW_ARRAY(in->arena, bool, most + 1);
    list_wanted(f);
    take_all(f);
    set_flags(f);
    pass_over_the_rest(f);
}

bool cpm_filter_make(const struct cpm_filter_input *in, struct cpm_filtered *out)
{
    struct filtering f = {.in = in, .out = out};
    bool filters;

    open_side(&f.ideal, in, in->ideal);
    open_side(&f.actual, in, in->actual);
    f.steps = CPM_NEW_ARRAY(in->arena, struct step, in->ideal->count + in->actual->count + 1);
    add_named(&f, &f.ideal);
    add_named(&f, &f.actual);
    filters = f.step_count > 0;
    if (filters) {
        walk(&f);
        make_answer(&f);
    }
    cpm_map_release(&f.wanted);
    cpm_map_release(&f.linked);
    cpm_map_release(&f.standing);
    close_side(&f.ideal);
    close_side(&f.actual);
    return filters;
}
