/* Parents come from locations alone: what stands before the last "/node_modules/NAME". An edge goes
 * to the first child of its name on the way up, as node's resolution finds it. */
#include "look/graph.h"

#include "base/path.h"
#include "look/graph_overrides.h"

static struct cpm_graph_node *node_at(const struct cpm_map *index, struct cpm_str location)
{
    return cpm_map_get(index, location);
}

/* The folder's location that owns the node_modules; CPM_STR_NONE for tops. */
static bool owner_of(struct cpm_str location, struct cpm_str *owner)
{
    struct cpm_str name = cpm_location_name(location);
    struct cpm_str dir = cpm_str_n(location.ptr, location.len - name.len);
    if (cpm_location_is_top(location) || location.len == 0)
        return false;
    size_t cut = sizeof("node_modules/") - 1;
    *owner = cpm_str_n(dir.ptr, dir.len > cut ? dir.len - cut - 1 : 0);
    return true;
}

static struct cpm_graph_node *nearest_above(const struct cpm_map *index, struct cpm_str location)
{
    if (cpm_str_starts(location, ".."))
        return NULL;
    while (location.len) {
        size_t slash = cpm_str_rchr(location, '/');
        location.len = slash == CPM_NPOS ? 0 : slash;
        struct cpm_graph_node *found = node_at(index, location);
        if (found)
            return found;
    }
    return NULL;
}

static const char *make_id(struct cpm_graph *t, const struct cpm_graph_node *n)
{
    struct cpm_str own = cpm_name_str(n->manifest->name);
    struct cpm_str version = cpm_name_str(n->manifest->version);
    const struct cpm_name *alias = n->entry->name;
    if (n->is_root)
        return cpm_arena_printf(t->arena, "%.*s@%.*s", CPM_STR_ARG(own.len ? own : n->name),
                                CPM_STR_ARG(version));
    if (!own.len && alias)
        own = cpm_name_str(alias);
    if (own.len && !cpm_str_eq(own, n->name))
        return cpm_arena_printf(t->arena, "%.*s@npm:%.*s@%.*s", CPM_STR_ARG(n->name),
                                CPM_STR_ARG(own), CPM_STR_ARG(version));
    return cpm_arena_printf(t->arena, "%.*s@%.*s", CPM_STR_ARG(n->name), CPM_STR_ARG(version));
}

static void make_nodes(struct cpm_graph *t, const struct cpm_lock *lock, struct cpm_map *index)
{
    t->nodes = CPM_NEW_ARRAY(t->arena, struct cpm_graph_node, lock->count + 1);
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *e = &lock->entries[i];
        if (e->inert)
            continue;
        struct cpm_graph_node *n = &t->nodes[t->count++];
        const char *location = cpm_arena_str(t->arena, e->location).ptr;
        *n = (struct cpm_graph_node){.entry = e, .target = n};
        n->is_root = e->location.len == 0;
        n->path = n->is_root ? t->path : cpm_path_resolve(t->arena, t->path, location);
        n->real = n->path;
        n->name = n->is_root ? cpm_path_basename(cpm_str(t->path)) : cpm_location_name(e->location);
        cpm_map_init(&n->kids);
        cpm_map_set(index, e->location, n);
        if (n->is_root)
            t->root = n;
    }
}

static void join_nodes(struct cpm_graph *t, const struct cpm_map *index)
{
    static const struct cpm_manifest nothing;
    for (size_t i = 0; i < t->count; i++) {
        struct cpm_graph_node *n = &t->nodes[i];
        struct cpm_str owner;
        if (n->entry->link) {
            struct cpm_graph_node *target = node_at(index, n->entry->resolved);
            n->target = target ? target : n;
            n->real = n->target->path;
        }
        n->manifest = n->target->entry->manifest ? n->target->entry->manifest : &nothing;
        n->id = make_id(t, n);
        if (owner_of(n->entry->location, &owner)) {
            n->parent = node_at(index, owner);
            if (n->parent)
                cpm_map_set(&n->parent->kids, n->name, n);
        } else {
            n->fs_parent = nearest_above(index, n->entry->location);
        }
    }
}

static struct cpm_graph_node *resolve(struct cpm_graph_node *from, struct cpm_str name)
{
    for (struct cpm_graph_node *n = from; n; n = n->parent ? n->parent : n->fs_parent) {
        struct cpm_graph_node *found = cpm_map_get(&n->kids, name);
        if (found)
            return found;
    }
    return NULL;
}

static struct cpm_str accepted(const struct cpm_manifest *m, struct cpm_str name)
{
    const struct cpm_deps *deps = &m->deps[CPM_DEPS_ACCEPT];
    for (uint32_t i = 0; i < deps->n; i++)
        if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
            return deps->v[i].spec->len ? cpm_name_str(deps->v[i].spec) : CPM_STR("*");
    return CPM_STR_NONE;
}

/* A later kind of dependency takes the place of an earlier one of the same name, but no
 * workspace's.
 */
static void add_edge(struct cpm_graph_node *n, struct cpm_graph_edge edge)
{
    size_t at = 0;
    while (at < n->edge_count && !cpm_str_eq(n->edges[at].name, edge.name))
        at++;
    if (at < n->edge_count && n->edges[at].type == CPM_GRAPH_WORKSPACE)
        return;
    edge.from = n;
    edge.to = resolve(n, edge.name);
    edge.spec = edge.raw;
    edge.accept = accepted(n->manifest, edge.name);
    n->edges[at] = edge;
    n->edge_count += at == n->edge_count;
}

static void add_group(struct cpm_graph_node *n, enum cpm_dep_group group,
                      enum cpm_graph_edge_type type)
{
    const struct cpm_deps *deps = &n->manifest->deps[group];
    for (uint32_t i = 0; i < deps->n; i++) {
        enum cpm_graph_edge_type kind = type;
        if (group == CPM_DEPS_PEER) {
            if (deps->v[i].optional_peer != (type == CPM_GRAPH_PEER_OPTIONAL))
                continue;
        }
        add_edge(n, (struct cpm_graph_edge){.name = cpm_name_str(deps->v[i].name),
                                            .raw = cpm_name_str(deps->v[i].spec),
                                            .type = kind});
    }
}

/* Global tops are wanted as whatever they are. */
static void add_global_edges(struct cpm_graph *t, struct cpm_graph_node *root)
{
    root->edges = CPM_NEW_ARRAY(t->arena, struct cpm_graph_edge, root->kids.count + 1);
    CPM_MAP_EACH (&root->kids, e) {
        const struct cpm_graph_node *kid = e->value;
        const char *spec =
            kid->entry->link ? cpm_arena_printf(t->arena, "file:%s", kid->real) : "*";
        add_edge(root, (struct cpm_graph_edge){
                           .name = e->key, .raw = cpm_str(spec), .type = CPM_GRAPH_PROD});
    }
}

static void add_edges(struct cpm_graph *t, struct cpm_graph_node *n,
                      const struct cpm_graph_input *in)
{
    size_t max = 1 + (n->is_root ? in->workspace_count : 0);
    bool top = !n->parent;
    if (n->target != n)
        return;
    for (size_t g = 0; g < CPM_DEPS_COUNT; g++)
        max += n->manifest->deps[g].n;
    n->edges = CPM_NEW_ARRAY(t->arena, struct cpm_graph_edge, max);
    for (size_t i = 0; n->is_root && i < in->workspace_count; i++) {
        const char *spec = cpm_arena_printf(t->arena, "file:%s", in->workspaces[i].path);
        add_edge(n, (struct cpm_graph_edge){.name = in->workspaces[i].name,
                                            .raw = cpm_str(spec),
                                            .type = CPM_GRAPH_WORKSPACE});
    }
    if (!in->legacy_peer_deps) {
        add_group(n, CPM_DEPS_PEER, CPM_GRAPH_PEER);
        add_group(n, CPM_DEPS_PEER, CPM_GRAPH_PEER_OPTIONAL);
    }
    add_group(n, CPM_DEPS_PROD, CPM_GRAPH_PROD);
    add_group(n, CPM_DEPS_OPTIONAL, CPM_GRAPH_OPTIONAL);
    if (top)
        add_group(n, CPM_DEPS_DEV, CPM_GRAPH_DEV);
}

static void mark_workspaces(struct cpm_graph *t)
{
    for (size_t i = 0; i < t->root->edge_count; i++) {
        struct cpm_graph_edge *e = &t->root->edges[i];
        if (e->type != CPM_GRAPH_WORKSPACE || !e->to)
            continue;
        e->to->workspace = true;
        e->to->target->workspace = true;
    }
}

void cpm_graph_build(struct cpm_arena *arena, const struct cpm_graph_input *in,
                     struct cpm_graph *out)
{
    struct cpm_map index = CPM_MAP_INIT;
    *out = (struct cpm_graph){
        .arena = arena, .names = cpm_names_new(), .path = in->path, .global = in->global};
    make_nodes(out, in->lock, &index);
    join_nodes(out, &index);
    for (size_t i = 0; i < out->count; i++)
        if (out->global && out->nodes[i].is_root)
            add_global_edges(out, &out->nodes[i]);
        else
            add_edges(out, &out->nodes[i], in);
    cpm_graph_edges_in(out);
    cpm_graph_overrides_apply(out);
    mark_workspaces(out);
    cpm_graph_flags(out);
    cpm_map_release(&index);
}

void cpm_graph_release(struct cpm_graph *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        cpm_map_release(&tree->nodes[i].kids);
    cpm_names_free(tree->names);
}
