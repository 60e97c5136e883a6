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

static bool has_name(const char *const *names, size_t count, struct cpm_str name)
{
    for (size_t i = 0; i < count; i++)
        if (cpm_str_is(name, names[i]))
            return true;
    return false;
}

bool *cpm_graph_of_workspaces(struct cpm_graph *tree, const char *const *names, size_t count,
                              bool with_root)
{
    struct set s = set_new(tree);
    for (size_t i = 0; i < tree->root->edge_count; i++) {
        const struct cpm_graph_edge *e = &tree->root->edges[i];
        if (e->to && (e->type == CPM_EDGE_WORKSPACE ? has_name(names, count, e->name) : with_root))
            add(&s, e->type == CPM_EDGE_WORKSPACE ? e->to->target : e->to);
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
