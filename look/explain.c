/* npm's memory is copied with its quirk: a node that is met again while it is being explained ends
 * in a short form, and whoever asks for it before it is done gets that short form too. */
#include "look/explain.h"

#include "base/path.h"

struct seen { /* the way here, so that cycles end */
    const struct cpm_graph_node *node;
    const struct seen *up;
};

static struct cpm_explained_node *
explain_node(struct cpm_explain *x, const struct cpm_graph_node *n, const struct seen *seen);

static struct cpm_arena *arena_of(const struct cpm_explain *x)
{
    return x->graph->arena;
}

static bool was_seen(const struct seen *seen, const struct cpm_graph_node *n)
{
    for (; seen; seen = seen->up)
        if (seen->node == n)
            return true;
    return false;
}

static bool is_bundled(const struct cpm_graph_edge *e)
{
    const struct cpm_manifest *m = e->from->manifest;

    for (uint32_t i = 0; i < m->bundle_count; i++)
        if (cpm_str_eq(cpm_name_str(m->bundle[i]), e->name))
            return true;
    return false;
}

static const char *error_of(const struct cpm_explain *x, const struct cpm_graph_edge *e)
{
    bool peer = e->type == CPM_GRAPH_PEER || e->type == CPM_GRAPH_PEER_OPTIONAL;

    if (peer && e->to->parent == e->from && e->from->parent)
        return "PEER LOCAL";
    return cpm_graph_edge_is_invalid(x->graph, e) ? "INVALID" : NULL;
}

static struct cpm_str relative_folder(const struct cpm_explain *x, const struct cpm_graph_edge *e)
{
    const char *folder = cpm_arena_str(arena_of(x), cpm_str_sub(e->spec, 5, CPM_NPOS)).ptr;

    return cpm_str(cpm_path_relative(arena_of(x), e->from->path, folder));
}

static struct cpm_explained_edge *explain_edge(struct cpm_explain *x, struct cpm_graph_edge *e,
                                               const struct seen *seen)
{
    static const char *const types[] = {"prod", "dev",          "optional",
                                        "peer", "peerOptional", "workspace"};
    size_t from = cpm_graph_index(x->graph, e->from), at = (size_t)(e - e->from->edges);
    struct cpm_explained_edge *out;

    if (!x->edges[from])
        x->edges[from] =
            CPM_NEW_ARRAY(arena_of(x), struct cpm_explained_edge *, e->from->edge_count);
    if (x->edges[from][at])
        return x->edges[from][at];
    out = CPM_NEW(arena_of(x), struct cpm_explained_edge);
    out->type = cpm_str(types[e->type]);
    out->name = e->name;
    out->spec = e->spec;
    out->raw_spec = e->raw;
    out->overridden = !cpm_str_eq(e->spec, e->raw);
    out->bundled = is_bundled(e);
    out->error = error_of(x, e);
    if (e->type == CPM_GRAPH_WORKSPACE)
        out->relative = relative_folder(x, e);
    out->from = explain_node(x, e->from, seen);
    return x->edges[from][at] = out;
}

/* Edges that the node does not satisfy do not hold it, except for the root's. */
static void add_dependents(struct cpm_explain *x, const struct cpm_graph_node *n,
                           struct cpm_explained_node *out, const struct seen *seen)
{
    const struct cpm_explained_edge **v =
        CPM_NEW_ARRAY(arena_of(x), const struct cpm_explained_edge *, n->edge_in_count);

    out->dependents = v;
    for (size_t i = 0; i < n->edge_in_count; i++)
        if (n->edges_in[i]->from->is_root || !error_of(x, n->edges_in[i]))
            v[out->dependent_count++] = explain_edge(x, n->edges_in[i], seen);
}

static struct cpm_explained_node *describe(struct cpm_explain *x, const struct cpm_graph_node *n,
                                           const struct seen *seen);

static void add_links(struct cpm_explain *x, const struct cpm_graph_node *n,
                      struct cpm_explained_node *out, const struct seen *seen)
{
    const struct cpm_graph *t = x->graph;
    const struct cpm_explained_node **v;
    size_t count = 0;

    for (size_t i = 0; i < t->count; i++)
        count += t->nodes[i].target == n && &t->nodes[i] != n;
    v = CPM_NEW_ARRAY(arena_of(x), const struct cpm_explained_node *, count);
    out->links = v;
    for (size_t i = 0; i < t->count && out->link_count < count; i++)
        if (t->nodes[i].target == n && &t->nodes[i] != n)
            v[out->link_count++] = describe(x, &t->nodes[i], seen);
}

static struct cpm_explained_node *describe(struct cpm_explain *x, const struct cpm_graph_node *n,
                                           const struct seen *seen)
{
    struct cpm_explained_node *out = CPM_NEW(arena_of(x), struct cpm_explained_node);
    struct seen here = {n, seen};
    struct cpm_str own = cpm_name_str(n->manifest->name);
    bool top = !n->parent || (x->graph->global && n->parent->is_root);

    if (n->is_root) {
        out->location = cpm_str(n->path);
        return out;
    }
    out->name = top && own.len ? own : n->name;
    out->version = cpm_name_str(n->manifest->version);
    out->nameless = out->version.len ? NULL : n->real;
    if (was_seen(seen, n))
        return out;
    out->location = n->entry->location;
    out->workspace = n->workspace;
    add_dependents(x, n, out, &here);
    if (n->target == n && !n->parent)
        add_links(x, n, out, &here);
    return out;
}

static struct cpm_explained_node *
explain_node(struct cpm_explain *x, const struct cpm_graph_node *n, const struct seen *seen)
{
    struct cpm_explained_node **known = &x->nodes[cpm_graph_index(x->graph, n)];

    if (!*known)
        *known = describe(x, n, seen);
    return *known;
}

void cpm_explain_init(struct cpm_explain *x, struct cpm_graph *graph)
{
    x->graph = graph;
    x->nodes = CPM_NEW_ARRAY(graph->arena, struct cpm_explained_node *, graph->count);
    x->edges = CPM_NEW_ARRAY(graph->arena, struct cpm_explained_edge **, graph->count);
}

const struct cpm_explained_node *cpm_explain_node(struct cpm_explain *x,
                                                  const struct cpm_graph_node *node)
{
    struct cpm_explained_node *out = explain_node(x, node, NULL);

    out->asked = true;
    out->extraneous = node->extraneous;
    if (out->extraneous)
        return out;
    out->dev = node->dev;
    out->optional = node->optional;
    out->dev_optional = node->dev_optional;
    out->peer = node->peer;
    out->bundled = node->entry->in_bundle;
    out->overridden = node->overridden;
    return out;
}
