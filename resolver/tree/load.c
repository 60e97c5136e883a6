/* The lock's tree: every entry is a node at its location, links lead to their targets, and edges
 * resolve as they come. Nothing is judged here; what does not fit package.json is found by the
 * build. */
#include "base/digest.h"
#include "base/path.h"
#include "resolver/tree/solver.h"

#include <stdlib.h>

static const struct cpm_name *folder_name(struct cpm_solver *s, struct cpm_str location)
{
    return cpm_names_get(s->names, cpm_location_name(cpm_str(cpm_path_resolve(
                                       &s->work, s->opts->path,
                                       cpm_arena_strndup(&s->work, location.ptr, location.len)))));
}

/* Relative paths become absolute: their base is the lock's folder. */
static struct cpm_str absolute_file(struct cpm_solver *s, struct cpm_str resolved)
{
    if (!cpm_str_starts(resolved, "file:"))
        return resolved;
    return cpm_str(cpm_arena_printf(
        &s->work, "file:%s",
        cpm_path_resolve(&s->work, s->opts->path,
                         cpm_arena_strndup(&s->work, resolved.ptr + 5, resolved.len - 5))));
}

static const struct cpm_manifest *workspace_at(struct cpm_solver *s, struct cpm_str location)
{
    for (size_t i = 0; i < s->in->workspace_count; i++)
        if (cpm_str_eq(s->in->workspaces[i].location, location))
            return s->in->workspaces[i].manifest;
    return NULL;
}

static struct cpm_node *node_of(struct cpm_solver *s, const struct cpm_lock_entry *e)
{
    static const struct cpm_manifest empty;
    const struct cpm_manifest *m = s->in->lock_is_actual && cpm_location_is_top(e->location)
                                       ? workspace_at(s, e->location)
                                       : NULL;
    struct cpm_pkg *pkg = cpm_pkg_new(s, m ? m : e->manifest ? e->manifest : &empty);
    struct cpm_node *n;

    pkg->resolved = absolute_file(s, e->resolved);
    pkg->integrity = e->integrity;
    n = cpm_node_new(s, folder_name(s, e->location), pkg);
    n->entry = e;
    return n;
}

/* The node whose node_modules a location lies in; NULL: it is a top (or its owner is missing). */
static struct cpm_node *owner_of(const struct cpm_map *nodes, struct cpm_str location)
{
    struct cpm_str name = cpm_location_name(location);
    size_t before = location.len - name.len; /* "…node_modules/" */
    size_t tail = strlen("node_modules/");
    struct cpm_node *owner;

    if (cpm_location_is_top(location))
        return NULL;
    before -= tail;
    owner = cpm_map_get(nodes, cpm_str_n(location.ptr, before ? before - 1 : 0));
    return owner && !owner->target ? owner : NULL;
}

static void put(struct cpm_solver *s, struct cpm_map *nodes, struct cpm_node *n,
                struct cpm_str location)
{
    struct cpm_node *owner = owner_of(nodes, location);

    if (owner) {
        cpm_node_attach(s, n, owner);
    } else {
        n->path = cpm_str(cpm_path_resolve(
            &s->work, s->opts->path, cpm_arena_strndup(&s->work, location.ptr, location.len)));
        cpm_node_attach_top(s, n);
    }
}

/* A folder's package.json is read anew: the user may have changed it. True: it was; what cannot be
 * read stays as the lock has it. */
static bool refresh_target(struct cpm_solver *s, struct cpm_node *target)
{
    const struct cpm_manifest *m;
    struct cpm_tree_manifest found = {0};
    struct cpm_spec spec = {.type = CPM_SPEC_DIRECTORY};
    struct cpm_pkg *pkg;
    int code = 0;

    if (target->parent || target == s->root)
        return false;
    m = workspace_at(s, target->location);
    if (!m) {
        spec.fetch = target->path;
        spec.raw = spec.raw_spec =
            cpm_str(cpm_arena_printf(&s->work, "file:%.*s", CPM_STR_ARG(target->path)));
        code = cpm_folder_manifest(s, target->name, &spec, &found);
        m = found.manifest;
    }
    s->pending |= code == CPM_EAGAIN;
    if (code < 0 || !m)
        return false;
    pkg = cpm_pkg_new(s, m);
    pkg->resolved = pkg->integrity = CPM_STR_NONE;
    target->pkg = pkg;
    target->resolved = target->integrity = CPM_STR_NONE;
    return true;
}

/* The owner first; locks that no program wrote may list it later. */
static void put_with_owner(struct cpm_solver *s, struct cpm_map *nodes, struct cpm_node *n)
{
    struct cpm_node *owner = owner_of(nodes, n->entry->location);

    if (n->root == s->root)
        return;
    if (owner)
        put_with_owner(s, nodes, owner);
    put(s, nodes, n, n->entry->location);
    if (cpm_solver_shows_order(s)) /* whose edge comes first */
        cpm_node_load_edges(s, n);
}

static int put_link(struct cpm_solver *s, struct cpm_map *nodes, const struct cpm_lock_entry *e)
{
    const char *path = cpm_path_resolve(
        &s->work, s->opts->path, cpm_arena_strndup(&s->work, e->resolved.ptr, e->resolved.len));
    const char *location = cpm_path_relative(&s->work, s->opts->path, path);
    struct cpm_node *target = cpm_map_get(nodes, cpm_str(location)), *link;
    bool refreshed;

    if (!target)
        return cpm_solver_fail(s, CPM_EMISSINGTARGET,
                               "Missing target in lock file: \"%s\" is referenced by \"%.*s\" but "
                               "does not exist.\nTo fix:\n1. rm package-lock.json\n2. npm install",
                               location, CPM_STR_ARG(e->location));
    refreshed = refresh_target(s, target);
    link = cpm_link_new(s, folder_name(s, e->location), target);
    link->entry = e;
    cpm_map_set(nodes, e->location, link);
    put(s, nodes, link, e->location);
    if (refreshed && target->wants)
        cpm_node_reload_edges(s, target);
    return 0;
}

static void load_all_edges(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i] != s->root && !all.v[i]->wants)
            cpm_node_load_edges(s, all.v[i]);
    cpm_nodes_release(&all);
}

static size_t depth_of(struct cpm_str location)
{
    size_t depth = 0, at;

    while ((at = cpm_str_find(location, "node_modules/")) != CPM_NPOS) {
        depth++;
        location = cpm_str_sub(location, at + 1, CPM_NPOS);
    }
    return depth;
}

struct placed {
    const struct cpm_lock_entry *entry;
    size_t depth;
};

/* Owners come before what they own when locations are taken by depth. */
static int by_depth(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return x->entry < y->entry ? -1 : x->entry > y->entry;
}

int cpm_load_lock(struct cpm_solver *s)
{
    const struct cpm_lock *lock = s->in->lock;
    struct placed *list = CPM_NEW_ARRAY(&s->work, struct placed, lock->count);
    struct cpm_map nodes = CPM_MAP_INIT;
    size_t n = 0;

    for (size_t i = 0; i < lock->count; i++) {
        if (lock->entries[i].location.len)
            list[n++] = (struct placed){&lock->entries[i], depth_of(lock->entries[i].location)};
        else
            s->root->entry = &lock->entries[i];
    }
    cpm_map_set(&nodes, CPM_STR(""), s->root);
    for (size_t i = 0; i < n; i++)
        if (!list[i].entry->link)
            cpm_map_set(&nodes, list[i].entry->location, node_of(s, list[i].entry));
    if (n && !cpm_solver_shows_order(s))
        qsort(list, n, sizeof(*list), by_depth);
    for (size_t i = 0; i < n; i++)
        if (!list[i].entry->link)
            put_with_owner(s, &nodes, cpm_map_get(&nodes, list[i].entry->location));
    for (size_t i = 0; i < n && !s->status; i++)
        if (list[i].entry->link)
            put_link(s, &nodes, list[i].entry);
    load_all_edges(s);
    cpm_map_release(&nodes);
    return s->status;
}

/* Locks of npm 6 and before lack what the tree needs of manifests: it is fetched, once. */

/* An alias is asked for by the name of its folder, which may be another package's. */
static bool is_another(struct cpm_solver *s, const struct cpm_node *n, const struct cpm_pkg *found)
{
    struct cpm_sri had, has;

    return cpm_sri_parse(n->integrity, &had) && cpm_sri_parse(found->integrity, &has) &&
           had.algo == has.algo &&
           strcmp(cpm_sri_text(&s->work, had.algo, had.digest[0]),
                  cpm_sri_text(&s->work, has.algo, has.digest[0])) != 0;
}

static bool inflate(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_edge edge = {.from = n};
    struct cpm_want want = {.name = n->name, .fold = n->fold};
    struct cpm_str id = n->pkg->version && !cpm_str_starts(n->resolved, "file:")
                            ? cpm_name_str(n->pkg->version)
                            : n->resolved;
    const struct cpm_spec *spec;
    const struct cpm_pkg *found;
    struct cpm_manifest *m;
    struct cpm_pkg *pkg;

    want.spec = cpm_names_get(s->names, id);
    edge.want = &want;
    spec = cpm_edge_parse(s, &edge, want.spec, NULL);
    found = spec ? cpm_pkg_fetch(s, n->name, spec) : NULL;
    if (!found || found->failure || is_another(s, n, found))
        return !spec || found;
    m = CPM_NEW(s->keep, struct cpm_manifest);
    *m = *found->manifest;
    if (spec->registry) { /* npm asks for the abbreviated document, which has none */
        m->raw[CPM_RAW_LICENSE] = CPM_STR_NONE;
        m->license_unknown = false;
    }
    pkg = cpm_pkg_new(s, m);
    pkg->resolved = n->resolved;
    n->pkg = pkg;
    return true;
}

int cpm_inflate_old_lock(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};
    bool whole = true;

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++)
        if (cpm_str_starts(all.v[i]->location, "node_modules") && !all.v[i]->target)
            whole &= inflate(s, all.v[i]);
    s->pending |= !whole;
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i] != s->root)
            cpm_node_reload_edges(s, all.v[i]);
    cpm_nodes_release(&all);
    return s->status;
}
