/* Sets grow while they are walked: a list in order of adding beside a flag a node. */
#include "look/graph.h"

struct set {
    struct cpm_graph *t;
    bool *in;
    struct cpm_graph_node **v;
    size_t count;
};

static struct set set_new(struct cpm_graph *t)
{
    return (struct set){.t = t,
                        .in = CPM_NEW_ARRAY(t->arena, bool, t->count + 1),
                        .v = CPM_NEW_ARRAY(t->arena, struct cpm_graph_node *, t->count + 1)};
}

static void add(struct set *s, struct cpm_graph_node *node)
{
    size_t i = cpm_graph_index(s->t, node);
    if (s->in[i])
        return;
    s->in[i] = true;
    s->v[s->count++] = node;
}

bool *cpm_graph_of_workspaces(struct cpm_graph *tree, const char *const *paths, bool with_root)
{
    struct set s = set_new(tree);
    for (; *paths; paths++)
        for (size_t i = 0; i < tree->count; i++)
            if (tree->nodes[i].target == &tree->nodes[i] &&
                strcmp(tree->nodes[i].path, *paths) == 0)
                add(&s, &tree->nodes[i]);
    for (size_t i = 0; with_root && i < tree->root->edge_count; i++) {
        const struct cpm_graph_edge *e = &tree->root->edges[i];
        if (e->to && e->type != CPM_GRAPH_WORKSPACE)
            add(&s, e->to);
    }
    for (size_t i = 0; i < s.count; i++)
        for (size_t k = 0; k < s.v[i]->edge_count; k++) {
            struct cpm_graph_node *to = s.v[i]->edges[k].to;
            if (!to)
                continue;
            add(&s, to);
            add(&s, to->target);
        }
    for (size_t i = 0, end = s.count; i < end; i++)
        CPM_MAP_EACH (&s.v[i]->kids, e) {
            struct cpm_graph_node *kid = e->value;
            if (kid->extraneous)
                add(&s, kid);
        }
    return s.in;
}

bool *cpm_graph_without_workspaces(struct cpm_graph *tree)
{
    struct set s = set_new(tree);
    for (size_t i = 0, from = 0; i <= s.count; i++, from = 1) {
        const struct cpm_graph_node *n = from ? s.v[i - 1] : tree->root;
        for (size_t k = 0; k < n->edge_count; k++) {
            struct cpm_graph_node *to = n->edges[k].to;
            if (to && !to->workspace)
                add(&s, to);
        }
    }
    return s.in;
}
