/* Packages that bring others in their tarball: what lies in their node_modules, or what their
 * npm-shrinkwrap.json says. For a lock alone (opts->complete) it becomes part of the tree each time
 * the package is visited, before its wishes are looked at. Where packages are unpacked
 * (opts->unpacks) it is seen only then, so it joins the tree that stands: nothing is fetched for it
 * any more, and what only it had shadowed goes. */
#include "resolver/tree/solver.h"

#include <stdlib.h>

static bool holds_others(const struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg->manifest;

    return n->parent && !n->target && n->resolved.len && !n->inert &&
           (n->has_shrinkwrap || (m && m->bundle_count));
}

bool cpm_contents_wanted(struct cpm_solver *s, struct cpm_node *n)
{
    return s->opts->complete && s->source->contents && holds_others(n);
}

/* The node that a location of the package's own tree lies in; NULL: it is not there. */
static struct cpm_node *owner_of(const struct cpm_map *nodes, struct cpm_str location)
{
    size_t folder = location.len - cpm_location_name(location).len;
    size_t tail = strlen("node_modules/");

    if (cpm_location_is_top(location))
        return NULL;
    folder -= tail;
    return cpm_map_get(nodes, cpm_str_n(location.ptr, folder ? folder - 1 : 0));
}

static void add_entry(struct cpm_solver *s, struct cpm_map *nodes, const struct cpm_lock_entry *e)
{
    struct cpm_node *owner = owner_of(nodes, e->location), *kid;
    struct cpm_pkg *pkg;

    if (!owner || !e->manifest)
        return;
    pkg = cpm_pkg_new(s, e->manifest);
    pkg->resolved = e->resolved;
    pkg->integrity = e->integrity;
    kid = cpm_node_new(s, cpm_names_get(s->names, cpm_location_name(e->location)), pkg);
    cpm_node_attach(s, kid, owner);
    cpm_node_load_edges(s, kid);
    cpm_map_set(nodes, e->location, kid);
}

static void add_all(struct cpm_solver *s, struct cpm_node *n, const struct cpm_lock *inside)
{
    struct cpm_map nodes = CPM_MAP_INIT;
    size_t before;

    cpm_map_set(&nodes, CPM_STR(""), n);
    do { /* owners may stand behind what they own */
        before = nodes.count;
        for (size_t i = 0; i < inside->count; i++)
            if (inside->entries[i].location.len && !inside->entries[i].link &&
                !cpm_map_get(&nodes, inside->entries[i].location))
                add_entry(s, &nodes, &inside->entries[i]);
    } while (nodes.count > before);
    cpm_map_release(&nodes);
}

/* npm reads a bundle as a tree of its own and moves that over: its edges stand by then, and get
 * their rules as they come. What a shrinkwrap lists it puts right below the package. */
static void add_inside(struct cpm_solver *s, struct cpm_node *n, const struct cpm_lock *inside)
{
    struct cpm_node *apart = n->has_shrinkwrap ? n : cpm_node_new(s, n->name, n->pkg), *next;

    add_all(s, apart, inside);
    if (apart == n)
        return;
    for (struct cpm_node *k = apart->first_kid; k; k = next) {
        next = k->next_kid;
        cpm_node_attach(s, k, n);
    }
}

bool cpm_contents_load(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_tree_tarball tarball = {n->pkg->manifest, n->resolved, n->integrity};
    const struct cpm_lock *inside = NULL;
    struct cpm_error err = CPM_ERROR_INIT;
    int code = s->source->contents(s->source->data, &tarball, &inside, &err);

    if (code == CPM_EAGAIN) {
        cpm_need_contents(s, &tarball);
        return false;
    }
    if (code < 0)
        cpm_solver_fail(s, code, "%s", err.text);
    else if (inside)
        add_inside(s, n, inside);
    if (inside)
        cpm_flags_flow(s, n);
    return true;
}

/* Once the tree stands. */

static bool is_missing_bundled(struct cpm_solver *s, struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg->manifest;

    for (uint32_t i = 0; m && i < m->bundle_count; i++) {
        const struct cpm_node *kid = cpm_node_child(s, n, cpm_solver_fold(s, m->bundle[i]));

        if (!kid || !kid->entry)
            return true;
    }
    return false;
}

/* What a lock has already listed is taken to be what is inside; what was placed there for a peer
 * gives way, on disk too. What only bundled packages need
 * counts as bundled, wherever it is from: it is not unpacked, so nobody looks into it. */
static bool is_to_join(struct cpm_solver *s, struct cpm_node *n, bool shrinkwrapped)
{
    return holds_others(n) && n->has_shrinkwrap == shrinkwrapped && !cpm_node_is_omitted(s, n) &&
           !cpm_node_in_dep_bundle(s, n) &&
           (shrinkwrapped ? !n->first_kid : is_missing_bundled(s, n));
}

static int by_depth(const void *a, const void *b)
{
    const struct cpm_node *x = *(struct cpm_node *const *)a, *y = *(struct cpm_node *const *)b;
    unsigned depths[2] = {0, 0};

    for (; x->parent; x = x->parent)
        depths[0]++;
    for (; y->parent; y = y->parent)
        depths[1]++;
    return (depths[0] > depths[1]) - (depths[0] < depths[1]);
}

static void need(struct cpm_nodes *set, struct cpm_node *n, uint32_t gen)
{
    if (n->mark[0] == gen)
        return;
    n->mark[0] = gen;
    cpm_nodes_add(set, n);
}

/* For a part of the workspaces only what that needs is unpacked: it is marked. 0: all of it is. */
static uint32_t mark_part(struct cpm_solver *s)
{
    struct cpm_nodes set = {0};
    uint32_t gen = ++s->generation;
    bool part = false;

    for (size_t i = 0; s->in->part && i < s->in->asked_count; i++) {
        struct cpm_node *top = cpm_requirer_at(s, s->in->asked[i]);

        if (top)
            need(&set, top, gen);
    }
    for (uint32_t i = 0; s->in->part_root && s->root->edges && i < s->root->wants->n; i++)
        if (s->root->edges[i].to && s->root->edges[i].type != CPM_EDGE_WORKSPACE)
            need(&set, s->root->edges[i].to, gen);
    for (size_t i = 0; i < set.n; i++) {
        struct cpm_node *n = set.v[i];

        part = true;
        if (n->target)
            need(&set, n->target, gen);
        for (uint32_t k = 0; n->edges && k < n->wants->n; k++)
            if (n->edges[k].to)
                need(&set, n->edges[k].to, gen);
    }
    cpm_nodes_release(&set);
    return part ? gen : 0;
}

static void list_to_join(struct cpm_solver *s, bool shrinkwrapped, struct cpm_nodes *out)
{
    struct cpm_nodes all = {0};
    uint32_t part = mark_part(s);

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++)
        if ((!part || all.v[i]->mark[0] == part) && is_to_join(s, all.v[i], shrinkwrapped))
            cpm_nodes_add(out, all.v[i]);
    cpm_nodes_release(&all);
    if (out->n)
        qsort(out->v, out->n, sizeof(*out->v), by_depth);
}

static void join(struct cpm_solver *s, const struct cpm_nodes *list)
{
    for (size_t i = 0; i < list->n && !s->status; i++)
        if (list->v[i]->root == s->root && !cpm_contents_load(s, list->v[i]))
            s->pending = true;
}

/* npm's pruneBundledMetadeps. */

static void add_shadowed(struct cpm_nodes *set, struct cpm_node *n, uint32_t gen)
{
    n->extraneous = true;
    if (n->mark[0] == gen)
        return;
    n->mark[0] = gen;
    cpm_nodes_add(set, n);
}

static void shadowed_by(struct cpm_solver *s, const struct cpm_nodes *bundlers,
                        struct cpm_nodes *set, uint32_t gen)
{
    struct cpm_node *shadow;

    for (size_t i = 0; i < bundlers->n; i++)
        for (struct cpm_node *k = bundlers->v[i]->first_kid; k; k = k->next_kid)
            if (bundlers->v[i]->parent &&
                (shadow = cpm_node_resolve(s, bundlers->v[i]->parent, k->fold)))
                add_shadowed(set, shadow, gen);
    for (size_t i = 0; i < set->n; i++)
        for (uint32_t k = 0; set->v[i]->edges && k < set->v[i]->wants->n; k++)
            if (set->v[i]->edges[k].to)
                add_shadowed(set, set->v[i]->edges[k].to, gen);
}

static bool is_needed_outside(const struct cpm_node *n, uint32_t gen)
{
    for (const struct cpm_edge *e = n->first_in; e; e = e->next_in)
        if (e->from->mark[0] != gen)
            return true;
    return false;
}

/* What stands above a bundle by a name that the bundle has was perhaps for the bundle only. */
static void prune_shadowed(struct cpm_solver *s, const struct cpm_nodes *bundlers)
{
    struct cpm_nodes set = {0};
    uint32_t gen = ++s->generation;
    bool changed = true;

    shadowed_by(s, bundlers, &set, gen);
    while (changed) {
        changed = false;
        for (size_t i = 0; i < set.n; i++)
            if (set.v[i]->mark[0] == gen && is_needed_outside(set.v[i], gen)) {
                set.v[i]->extraneous = false;
                set.v[i]->mark[0] = 0;
                changed = true;
            }
    }
    for (size_t i = 0; i < set.n; i++)
        if (set.v[i]->mark[0] == gen)
            cpm_node_detach(s, set.v[i]);
    cpm_nodes_release(&set);
}

static bool is_unfinished(struct cpm_solver *s, struct cpm_node *n)
{
    bool unmet = false;

    for (struct cpm_node *k = n->first_kid; k && !unmet; k = k->next_kid) {
        for (uint32_t i = 0; k->edges && i < k->wants->n && !unmet; i++)
            unmet = cpm_edge_is_problem(s, &k->edges[i]);
        unmet = unmet || is_unfinished(s, k);
    }
    return unmet;
}

void cpm_contents_join(struct cpm_solver *s)
{
    struct cpm_nodes bundlers = {0}, wrapped = {0};

    if (!s->opts->unpacks || !s->source->contents || s->status)
        return;
    list_to_join(s, true, &wrapped);
    join(s, &wrapped);
    if (s->strategy != CPM_LINKED) /* npm does not look into bundles then */
        list_to_join(s, false, &bundlers);
    join(s, &bundlers);
    if (!s->pending && bundlers.n)
        prune_shadowed(s, &bundlers);
    for (size_t i = 0; i < bundlers.n && !s->pending; i++)
        s->out->unfinished |= is_unfinished(s, bundlers.v[i]);
    cpm_nodes_release(&bundlers);
    cpm_nodes_release(&wrapped);
}
