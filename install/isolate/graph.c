/* Edges are npm's, in its order (peers, optional peers, dependencies, optional ones, development's;
 * of one name the last group counts and comes last), because the order decides the key. */
#include "install/isolate/graph.h"

#include "base/mem.h"
#include "install/plan.h"

enum edge_type { PEER, PEER_OPTIONAL, PROD, OPTIONAL, DEV };

struct edge {
    struct cpm_str name;
    enum edge_type type;
};

struct edges {
    struct edge *v;
    size_t n;
};

struct cpm_iso_node *cpm_iso_target(struct cpm_iso_node *node)
{
    return node && node->entry->link ? node->target : node;
}

struct cpm_str cpm_iso_package_name(const struct cpm_iso_node *node)
{
    const struct cpm_manifest *m = node->entry->manifest;

    if (m && m->name)
        return cpm_name_str(m->name);
    return node->entry->name ? cpm_name_str(node->entry->name)
                             : cpm_location_name(node->entry->location);
}

struct cpm_str cpm_iso_link_name(const struct cpm_iso_node *top)
{
    const struct cpm_manifest *m = top->entry->manifest;

    return top->asked.len && !(m && m->name) ? top->asked : cpm_iso_package_name(top);
}

static bool omits(const struct cpm_isolate *in, const char *group)
{
    for (const char *const *o = in->omit; o && *o; o++)
        if (strcmp(*o, group) == 0)
            return true;
    return false;
}

static bool lists(const struct cpm_deps *deps, struct cpm_str name)
{
    for (uint32_t i = 0; i < deps->n; i++)
        if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
            return true;
    return false;
}

bool cpm_iso_declared(const struct cpm_iso_graph *g, struct cpm_str name)
{
    static const char *const groups[] = {[CPM_DEPS_PROD] = "",
                                         [CPM_DEPS_DEV] = "dev",
                                         [CPM_DEPS_OPTIONAL] = "optional",
                                         [CPM_DEPS_PEER] = "peer"};
    const struct cpm_manifest *m = g->root->entry->manifest;

    for (int group = CPM_DEPS_PROD; m && group <= CPM_DEPS_PEER; group++)
        if (lists(&m->deps[group], name) && !omits(g->in, groups[group]))
            return true;
    return false;
}

static void add_edge(struct edges *edges, struct cpm_str name, enum edge_type type)
{
    size_t kept = 0;

    for (size_t i = 0; i < edges->n; i++)
        if (!cpm_str_eq(edges->v[i].name, name))
            edges->v[kept++] = edges->v[i];
    edges->v[kept] = (struct edge){name, type};
    edges->n = kept + 1;
}

static void add_group(struct edges *edges, const struct cpm_deps *deps, enum edge_type type)
{
    for (uint32_t i = 0; i < deps->n; i++) {
        enum edge_type own = type;

        if (type <= PEER_OPTIONAL && deps->v[i].optional_peer != (type == PEER_OPTIONAL))
            continue;
        add_edge(edges, cpm_name_str(deps->v[i].name), own);
    }
}

/* Room for every name; to be freed. */
static struct edges edges_of(const struct cpm_iso_graph *g, const struct cpm_iso_node *node)
{
    const struct cpm_manifest *m = node->entry->manifest;
    struct edges edges = {0};
    size_t room = 1;

    for (int i = 0; m && i <= CPM_DEPS_PEER; i++)
        room += m->deps[i].n;
    edges.v = cpm_calloc(room, sizeof(*edges.v));
    if (!m)
        return edges;
    if (!g->in->legacy_peer_deps) {
        add_group(&edges, &m->deps[CPM_DEPS_PEER], PEER);
        add_group(&edges, &m->deps[CPM_DEPS_PEER], PEER_OPTIONAL);
    }
    add_group(&edges, &m->deps[CPM_DEPS_PROD], PROD);
    add_group(&edges, &m->deps[CPM_DEPS_OPTIONAL], OPTIONAL);
    if (node->top)
        add_group(&edges, &m->deps[CPM_DEPS_DEV], DEV);
    return edges;
}

static struct cpm_iso_node *child(const struct cpm_iso_graph *g, struct cpm_str location,
                                  struct cpm_str name)
{
    struct cpm_buf path = CPM_BUF_INIT(1 << 16);
    struct cpm_iso_node *found;

    cpm_buf_addf(&path, "%.*s%snode_modules/%.*s", CPM_STR_ARG(location), location.len ? "/" : "",
                 CPM_STR_ARG(name));
    found = cpm_map_get(&g->at, cpm_buf_str(&path));
    cpm_buf_release(&path);
    return found;
}

/* The location whose node_modules is looked into next; false above the root. */
static bool go_up(struct cpm_str *location)
{
    struct cpm_str name = cpm_location_name(*location);
    size_t at;

    if (!location->len || cpm_str_starts(*location, ".."))
        return false;
    if (!cpm_location_is_top(*location)) {
        at = location->len - name.len - strlen("node_modules/");
        location->len = at ? at - 1 : 0;
        return true;
    }
    at = cpm_str_rchr(*location, '/');
    location->len = at == CPM_NPOS ? 0 : at;
    return true;
}

static struct cpm_iso_node *resolve(const struct cpm_iso_graph *g, const struct cpm_iso_node *from,
                                    struct cpm_str name)
{
    struct cpm_str location = from->entry->location;

    do {
        struct cpm_iso_node *found = child(g, location, name);

        if (found)
            return found;
    } while (go_up(&location));
    return NULL;
}

static bool bundles(const struct cpm_iso_node *node, struct cpm_str name)
{
    const struct cpm_manifest *m = node->entry->manifest;

    for (uint32_t i = 0; m && i < m->bundle_count; i++)
        if (cpm_str_eq(cpm_name_str(m->bundle[i]), name))
            return true;
    return false;
}

static bool is_omitted(const struct cpm_iso_graph *g, enum edge_type type)
{
    return (type == DEV && omits(g->in, "dev")) ||
           ((type == OPTIONAL || type == PEER_OPTIONAL) && omits(g->in, "optional")) ||
           ((type == PEER || type == PEER_OPTIONAL) && omits(g->in, "peer"));
}

/* The neighbours of a node, by kind: packages, folders, optional packages. */
struct beside {
    struct cpm_iso_node **v[3];
    size_t n[3];
};
enum { PACKAGES, FOLDERS, OPTIONALS };

static void stand_beside(struct beside *b, int kind, struct cpm_iso_node *node)
{
    b->v[kind][b->n[kind]++] = node;
}

static struct cpm_iso_node *as_package(const struct cpm_iso_graph *g, struct cpm_iso_node *top)
{
    if (!top->package) {
        top->package = CPM_NEW(g->in->arena, struct cpm_iso_node);
        *top->package = (struct cpm_iso_node){.entry = top->entry, .unlaid = true};
    }
    return top->package;
}

static void add_neighbour(const struct cpm_iso_graph *g, const struct cpm_iso_node *node,
                          const struct edge *edge, struct beside *b)
{
    struct cpm_iso_node *to = resolve(g, node, edge->name), *target = cpm_iso_target(to);
    bool optional = edge->type == OPTIONAL || edge->type == PEER_OPTIONAL;

    if (!target || bundles(node, edge->name) || (node->top && is_omitted(g, edge->type)))
        return;
    if (to->entry->link && !optional)
        stand_beside(b, FOLDERS, target);
    else if (!target->entry->inert)
        stand_beside(b, optional ? OPTIONALS : PACKAGES,
                     to->entry->link ? as_package(g, target) : target);
}

static bool is_beside(const struct beside *b, const struct cpm_iso_node *node)
{
    for (int kind = 0; kind < 3; kind++)
        for (size_t i = 0; i < b->n[kind]; i++)
            if (b->v[kind][i] == node || b->v[kind][i] == node->package)
                return true;
    return false;
}

/* Peers that are no edges: those that nobody is made to install, where somebody else has them. */
static void add_found_peers(const struct cpm_iso_graph *g, const struct cpm_iso_node *node,
                            struct beside *b)
{
    const struct cpm_manifest *m = node->entry->manifest;
    struct cpm_arena scratch = CPM_ARENA_INIT;
    struct cpm_jsonread r;
    struct cpm_str name;

    for (uint32_t i = 0; m && g->in->legacy_peer_deps && i < m->deps[CPM_DEPS_PEER].n; i++) {
        struct cpm_iso_node *found =
            cpm_iso_target(resolve(g, node, cpm_name_str(m->deps[CPM_DEPS_PEER].v[i].name)));

        if (found && found != node && !found->entry->inert && !is_beside(b, found))
            stand_beside(b, found->top ? FOLDERS : PACKAGES, found);
    }
    if (m && m->raw[CPM_RAW_PEER_META].len) {
        cpm_jsonread_init(&r, m->raw[CPM_RAW_PEER_META], "peerDependenciesMeta", &scratch);
        if (cpm_jsonread_object(&r))
            while (cpm_jsonread_key(&r, &name)) {
                struct cpm_str meta = cpm_jsonread_raw(&r);
                struct cpm_iso_node *to = resolve(g, node, name);

                if (to && to != node && !to->entry->link && !to->entry->inert &&
                    cpm_str_find(meta, "true") != CPM_NPOS && !is_beside(b, to))
                    stand_beside(b, OPTIONALS, to);
            }
    }
    cpm_arena_release(&scratch);
}

static size_t count_meta(const struct cpm_manifest *m)
{
    size_t n = 0;

    for (size_t i = 0; m && i < m->raw[CPM_RAW_PEER_META].len; i++)
        n += m->raw[CPM_RAW_PEER_META].ptr[i] == ':';
    return n;
}

static void set_deps(const struct cpm_iso_graph *g, struct cpm_iso_node *node)
{
    struct edges edges = edges_of(g, node);
    const struct cpm_manifest *m = node->entry->manifest;
    size_t room = edges.n + count_meta(m) + (m ? m->deps[CPM_DEPS_PEER].n : 0) + 1;
    struct cpm_iso_node **all = cpm_calloc(3 * room, sizeof(struct cpm_iso_node *));
    struct beside b = {.v = {all, all + room, all + 2 * room}};

    for (size_t i = 0; i < edges.n; i++)
        add_neighbour(g, node, &edges.v[i], &b);
    add_found_peers(g, node, &b);
    node->deps = CPM_NEW_ARRAY(g->in->arena, struct cpm_iso_node *, b.n[0] + b.n[1] + b.n[2] + 1);
    for (int kind = 0; kind < 3; kind++)
        for (size_t i = 0; i < b.n[kind]; i++)
            node->deps[node->dep_count++] = b.v[kind][i];
    cpm_free(all);
    cpm_free(edges.v);
}

/* Of folders that are no workspaces nothing is left out. */
static bool is_ours(const struct cpm_iso_graph *g, const struct cpm_iso_node *node)
{
    struct cpm_str holder = cpm_location_holder(node->entry->location);

    return !holder.len || g->in->is_workspace(g->in->data, holder);
}

/* What the project and its folders reach; a link's target outside has nothing of its own here. */
static void find_stored(struct cpm_iso_graph *g)
{
    struct cpm_iso_node **stack = cpm_calloc(g->count + 1, sizeof(struct cpm_iso_node *));
    size_t n = 0;

    for (size_t i = 0; i < g->count; i++)
        if (g->nodes[i].top && !g->nodes[i].entry->link && !g->nodes[i].entry->extraneous) {
            g->nodes[i].seen = true;
            stack[n++] = &g->nodes[i];
        }
    while (n) {
        struct cpm_iso_node *node = stack[--n];
        struct edges edges = edges_of(g, node);

        for (size_t i = 0; i < edges.n; i++) {
            struct cpm_iso_node *to = resolve(g, node, edges.v[i].name);

            if (!to || to->seen || to->entry->link || bundles(node, edges.v[i].name) ||
                (is_ours(g, to) && cpm_plan_omits(to->entry, g->in->omit)))
                continue;
            to->seen = true;
            to->stored = !to->entry->inert;
            stack[n++] = to;
        }
        cpm_free(edges.v);
    }
    cpm_free(stack);
}

static void find_target(const struct cpm_iso_graph *g, struct cpm_iso_node *link)
{
    if (!link->entry->link)
        return;
    link->target = cpm_map_get(&g->at, link->entry->resolved);
    if (link->target && !link->target->asked.len)
        link->target->asked = cpm_location_name(link->entry->location);
}

void cpm_iso_graph_make(const struct cpm_isolate *in, struct cpm_iso_graph *g)
{
    const struct cpm_lock *ideal = in->ideal;

    *g = (struct cpm_iso_graph){.in = in, .count = ideal->count, .at = CPM_MAP_INIT};
    g->nodes = CPM_NEW_ARRAY(in->arena, struct cpm_iso_node, ideal->count + 1);
    for (size_t i = 0; i < ideal->count; i++) {
        struct cpm_iso_node *node = &g->nodes[i];

        node->entry = &ideal->entries[i];
        node->top = !node->entry->link &&
                    (!node->entry->location.len || cpm_location_is_top(node->entry->location));
        node->workspace = node->top && in->is_workspace(in->data, node->entry->location);
        cpm_map_set(&g->at, node->entry->location, node);
    }
    g->root = cpm_map_get(&g->at, CPM_STR(""));
    for (size_t i = 0; i < g->count; i++)
        find_target(g, &g->nodes[i]);
    find_stored(g);
    for (size_t i = 0; i < g->count; i++)
        if (g->nodes[i].stored || (g->nodes[i].top && !g->nodes[i].entry->extraneous))
            set_deps(g, &g->nodes[i]);
    for (size_t i = 0; i < g->count; i++) {
        struct cpm_iso_node *node = &g->nodes[i];

        if (node->package) {
            node->package->deps = node->deps;
            node->package->dep_count = node->dep_count;
        }
    }
}
