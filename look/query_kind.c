/* npm asks for each node whether any way to it is of a kind. The same is found once for all: what
 * an edge of the kind leads to, and all that can be reached from there. */
#include "look/query_private.h"

enum kind { DEV, OPTIONAL, PEER };

static bool node_is(const struct cpm_graph_node *node, enum kind kind)
{
    return kind == DEV ? node->dev : kind == OPTIONAL ? node->optional : node->peer;
}

static bool edge_is(const struct cpm_graph_edge *edge, enum kind kind)
{
    static const enum cpm_graph_edge_type types[] = {
        [DEV] = CPM_GRAPH_DEV, [OPTIONAL] = CPM_GRAPH_OPTIONAL, [PEER] = CPM_GRAPH_PEER};
    return edge->type == types[kind] || node_is(edge->from, kind);
}

/* A flag for each node of the graph: some way to it is of the kind. */
static const bool *ways_of(struct cpm_query *q, enum kind kind)
{
    struct cpm_graph *g = q->graph;
    bool *flags = CPM_NEW_ARRAY(q->arena, bool, g->count + 1);
    size_t *stack = CPM_NEW_ARRAY(q->arena, size_t, g->count + 1), depth = 0;
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < g->nodes[i].edge_in_count && !flags[i]; k++)
            if (edge_is(g->nodes[i].edges_in[k], kind)) {
                flags[i] = true;
                stack[depth++] = i;
            }
    while (depth) {
        const struct cpm_graph_node *node = &g->nodes[stack[--depth]];
        for (size_t k = 0; k < node->edge_count; k++) {
            const struct cpm_graph_node *to = node->edges[k].to;
            if (!to || flags[cpm_graph_index(g, to)])
                continue;
            flags[cpm_graph_index(g, to)] = true;
            stack[depth++] = cpm_graph_index(g, to);
        }
    }
    return flags;
}

static void add_kind(struct cpm_query *q, enum kind kind, const struct cpm_query_set *in,
                     struct cpm_query_set *out)
{
    const bool *flags = ways_of(q, kind);
    for (size_t i = 0; i < in->count; i++) {
        const struct cpm_graph_node *node = in->v[i];
        if (node_is(node, kind) ||
            (!cpm_query_is_missing(node) && flags[cpm_graph_index(q->graph, node)]))
            cpm_query_add(q, out, node);
    }
}

static bool brings_along(const struct cpm_graph_node *owner, struct cpm_str name)
{
    for (uint32_t i = 0; i < owner->manifest->bundle_count; i++)
        if (cpm_str_eq(cpm_name_str(owner->manifest->bundle[i]), name))
            return true;
    return false;
}

/* npm's getBundler: who brings the node along. Each node is entered once. */
static const struct cpm_graph_node *bundler_of(const struct cpm_query *q,
                                               const struct cpm_graph_node *node, bool *entered)
{
    const struct cpm_graph_node *parent = node->parent, *found;
    if (cpm_query_is_missing(node) || entered[cpm_graph_index(q->graph, node)])
        return NULL;
    entered[cpm_graph_index(q->graph, node)] = true;
    if (!parent)
        return NULL;
    found = bundler_of(q, parent, entered);
    if (found || brings_along(parent, node->name))
        return found ? found : parent;
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (bundler_of(q, node->edges_in[i]->from, entered) == parent)
            return parent;
    return NULL;
}

static bool brings_any(const struct cpm_graph *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->nodes[i].manifest->bundle_count)
            return true;
    return false;
}

bool cpm_query_is_bundled(const struct cpm_query *q, const struct cpm_graph_node *node)
{
    if (!brings_any(q->graph))
        return false;
    return bundler_of(q, node, CPM_NEW_ARRAY(q->arena, bool, q->graph->count + 1));
}

int cpm_query_kind(struct cpm_query *q, struct cpm_str name, const struct cpm_query_set *in,
                   struct cpm_query_set *out, struct cpm_error *err)
{
    static const char *const ways[] = {[DEV] = "dev", [OPTIONAL] = "optional", [PEER] = "peer"};
    bool prod = cpm_str_is(name, "prod"), workspace = cpm_str_is(name, "workspace");
    for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++)
        if (cpm_str_is(name, ways[k])) {
            add_kind(q, (enum kind)k, in, out);
            return 0;
        }
    if (!prod && !workspace && !cpm_str_is(name, "bundled"))
        return cpm_error_set(err, CPM_EQUERYNODEPTYPE,
                             "`.%.*s` is not a supported dependency type.", CPM_STR_ARG(name));
    for (size_t i = 0; i < in->count; i++) {
        const struct cpm_graph_node *node = in->v[i];
        if (prod ? !node->dev : workspace ? node->workspace : cpm_query_is_bundled(q, node))
            cpm_query_add(q, out, node);
    }
    return 0;
}
