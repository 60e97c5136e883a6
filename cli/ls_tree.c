/* Parents come from locations alone: what stands before the last "/node_modules/NAME". An edge goes
 * to the first child of its name on the way up, as node's resolution finds it. */
#include "cli/ls_tree.h"

#include "base/path.h"
#include "cli/ls_overrides.h"

static struct cpm_ls_node *node_at(const struct cpm_map *index, struct cpm_str location)
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

static struct cpm_ls_node *nearest_above(const struct cpm_map *index, struct cpm_str location)
{
    if (cpm_str_starts(location, ".."))
        return NULL;
    while (location.len) {
        size_t slash = cpm_str_rchr(location, '/');
        location.len = slash == CPM_NPOS ? 0 : slash;
        struct cpm_ls_node *found = node_at(index, location);
        if (found)
            return found;
    }
    return NULL;
}

static const char *make_id(struct cpm_ls_tree *t, const struct cpm_ls_node *n)
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

static void make_nodes(struct cpm_ls_tree *t, const struct cpm_lock *lock, struct cpm_map *index)
{
    t->nodes = CPM_NEW_ARRAY(t->arena, struct cpm_ls_node, lock->count + 1);
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *e = &lock->entries[i];
        if (e->inert)
            continue;
        struct cpm_ls_node *n = &t->nodes[t->count++];
        const char *location = cpm_arena_str(t->arena, e->location).ptr;
        *n = (struct cpm_ls_node){.entry = e, .target = n, .extraneous = true};
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

static void join_nodes(struct cpm_ls_tree *t, const struct cpm_map *index)
{
    static const struct cpm_manifest nothing;
    for (size_t i = 0; i < t->count; i++) {
        struct cpm_ls_node *n = &t->nodes[i];
        struct cpm_str owner;
        if (n->entry->link) {
            struct cpm_ls_node *target = node_at(index, n->entry->resolved);
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

static struct cpm_ls_node *resolve(struct cpm_ls_node *from, struct cpm_str name)
{
    for (struct cpm_ls_node *n = from; n; n = n->parent ? n->parent : n->fs_parent) {
        struct cpm_ls_node *found = cpm_map_get(&n->kids, name);
        if (found)
            return found;
    }
    return NULL;
}

/* A later kind of dependency takes the place of an earlier one of the same name, but no
 * workspace's.
 */
static void add_edge(struct cpm_ls_tree *t, struct cpm_ls_node *n, struct cpm_ls_edge edge)
{
    size_t at = 0;
    while (at < n->edge_count && !cpm_str_eq(n->edges[at].name, edge.name))
        at++;
    if (at < n->edge_count && n->edges[at].type == CPM_LS_WORKSPACE)
        return;
    edge.from = n;
    edge.to = resolve(n, edge.name);
    edge.spec = cpm_ls_override_spec(t, &edge);
    n->edges[at] = edge;
    n->edge_count += at == n->edge_count;
}

static void add_group(struct cpm_ls_tree *t, struct cpm_ls_node *n, enum cpm_dep_group group,
                      enum cpm_ls_edge_type type)
{
    const struct cpm_deps *deps = &n->manifest->deps[group];
    for (uint32_t i = 0; i < deps->n; i++) {
        enum cpm_ls_edge_type kind = type;
        if (group == CPM_DEPS_PEER) {
            if (deps->v[i].optional_peer != (type == CPM_LS_PEER_OPTIONAL))
                continue;
        }
        add_edge(t, n,
                 (struct cpm_ls_edge){.name = cpm_name_str(deps->v[i].name),
                                      .raw = cpm_name_str(deps->v[i].spec),
                                      .type = kind});
    }
}

/* Global tops are wanted as whatever they are. */
static void add_global_edges(struct cpm_ls_tree *t, struct cpm_ls_node *root)
{
    root->edges = CPM_NEW_ARRAY(t->arena, struct cpm_ls_edge, root->kids.count + 1);
    CPM_MAP_EACH (&root->kids, e) {
        const struct cpm_ls_node *kid = e->value;
        const char *spec =
            kid->entry->link ? cpm_arena_printf(t->arena, "file:%s", kid->real) : "*";
        add_edge(t, root,
                 (struct cpm_ls_edge){.name = e->key, .raw = cpm_str(spec), .type = CPM_LS_PROD});
    }
}

static void add_edges(struct cpm_ls_tree *t, struct cpm_ls_node *n,
                      const struct cpm_ls_tree_input *in)
{
    size_t max = 1 + (n->is_root ? in->workspace_count : 0);
    bool top = !n->parent;
    if (n->target != n)
        return;
    for (size_t g = 0; g < CPM_DEPS_COUNT; g++)
        max += n->manifest->deps[g].n;
    n->edges = CPM_NEW_ARRAY(t->arena, struct cpm_ls_edge, max);
    for (size_t i = 0; n->is_root && i < in->workspace_count; i++) {
        const char *spec = cpm_arena_printf(t->arena, "file:%s", in->workspaces[i].path);
        add_edge(t, n,
                 (struct cpm_ls_edge){.name = in->workspaces[i].name,
                                      .raw = cpm_str(spec),
                                      .type = CPM_LS_WORKSPACE});
    }
    add_group(t, n, CPM_DEPS_PEER, CPM_LS_PEER);
    add_group(t, n, CPM_DEPS_PEER, CPM_LS_PEER_OPTIONAL);
    add_group(t, n, CPM_DEPS_PROD, CPM_LS_PROD);
    add_group(t, n, CPM_DEPS_OPTIONAL, CPM_LS_OPTIONAL);
    if (top)
        add_group(t, n, CPM_DEPS_DEV, CPM_LS_DEV);
}

static void clear_extraneous(struct cpm_ls_node *n)
{
    for (; n && n->extraneous; n = n->parent ? n->parent : n->fs_parent)
        n->extraneous = false;
}

/* What can be reached from the root is wanted; an optional peer does not make its target wanted. */
static void mark_wanted(struct cpm_ls_tree *t)
{
    struct cpm_ls_node **queue = CPM_NEW_ARRAY(t->arena, struct cpm_ls_node *, t->count * 2 + 1);
    size_t n = 0;
    t->root->extraneous = false;
    queue[n++] = t->root;
    while (n > 0) {
        struct cpm_ls_node *node = queue[--n];
        clear_extraneous(node->parent ? node->parent : node->fs_parent);
        if (node->target != node && node->target->extraneous) {
            node->target->extraneous = false;
            queue[n++] = node->target;
        }
        for (size_t i = 0; i < node->edge_count; i++) {
            struct cpm_ls_node *to = node->edges[i].to;
            if (!to || !to->extraneous || node->edges[i].type == CPM_LS_PEER_OPTIONAL)
                continue;
            to->extraneous = false;
            queue[n++] = to;
        }
    }
}

static void mark_workspaces(struct cpm_ls_tree *t)
{
    for (size_t i = 0; i < t->root->edge_count; i++) {
        struct cpm_ls_edge *e = &t->root->edges[i];
        if (e->type != CPM_LS_WORKSPACE || !e->to)
            continue;
        e->to->workspace = true;
        e->to->target->workspace = true;
    }
}

void cpm_ls_tree_build(struct cpm_arena *arena, const struct cpm_ls_tree_input *in,
                       struct cpm_ls_tree *out)
{
    struct cpm_map index = CPM_MAP_INIT;
    *out = (struct cpm_ls_tree){.arena = arena, .path = in->path, .global = in->global};
    make_nodes(out, in->lock, &index);
    join_nodes(out, &index);
    cpm_ls_overrides_read(out);
    for (size_t i = 0; i < out->count; i++)
        if (out->global && out->nodes[i].is_root)
            add_global_edges(out, &out->nodes[i]);
        else
            add_edges(out, &out->nodes[i], in);
    mark_wanted(out);
    mark_workspaces(out);
    cpm_map_release(&index);
}

void cpm_ls_tree_release(struct cpm_ls_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        cpm_map_release(&tree->nodes[i].kids);
}
