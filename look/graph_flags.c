/* Flags begin true and are taken away along the edges: a flag that stays says that every way here
 * has that kind. A node is looked at again whenever it lost one. */
#include "look/graph.h"

struct queue {
    struct cpm_graph *t;
    struct cpm_graph_node **v;
    size_t count;
    bool *seen;
};

/* A node loses at most five flags and is met once more as a link's target. */
enum { ROOM_PER_NODE = 8 };

static struct cpm_graph_node *above(const struct cpm_graph_node *n)
{
    return n->parent ? n->parent : n->fs_parent;
}

static bool lose(bool *flag, bool loses)
{
    bool changed = *flag && loses;
    if (changed)
        *flag = false;
    return changed;
}

static void push(struct queue *q, struct cpm_graph_node *n, bool changed)
{
    if (changed)
        q->v[q->count++] = n;
}

static void pass_link(struct queue *q, const struct cpm_graph_node *link)
{
    struct cpm_graph_node *to = link->target;
    bool changed = lose(&to->dev, !link->dev);
    changed |= lose(&to->optional, !link->optional);
    changed |= lose(&to->dev_optional, !link->dev_optional);
    changed |= lose(&to->peer, !link->peer);
    changed |= lose(&to->extraneous, !link->extraneous);
    push(q, to, changed || !q->seen[cpm_graph_index(q->t, to)]);
}

/* An optional peer does not make its target wanted. */
static void pass_edge(struct queue *q, const struct cpm_graph_edge *e)
{
    struct cpm_graph_node *to = e->to, *from = e->from;
    bool optional = cpm_graph_edge_is_optional(e), dev = e->type == CPM_GRAPH_DEV;
    bool peer = e->type == CPM_GRAPH_PEER || e->type == CPM_GRAPH_PEER_OPTIONAL;
    if (!to)
        return;
    bool changed = lose(&to->extraneous, !from->extraneous && !(peer && optional));
    changed |= lose(&to->dev, !from->dev && !dev);
    changed |= lose(&to->optional, !from->optional && !optional);
    changed |= lose(&to->dev_optional,
                    !from->dev_optional && !from->dev && !from->optional && !dev && !optional);
    changed |= lose(&to->peer, !from->peer && !peer);
    push(q, to, changed);
}

static void pass_flags(struct queue *q, struct cpm_graph_node *node)
{
    q->seen[cpm_graph_index(q->t, node)] = true;
    if (!node->extraneous)
        for (struct cpm_graph_node *n = above(node); n && n->extraneous; n = above(n))
            n->extraneous = false;
    if (node->target != node) {
        pass_link(q, node);
        return;
    }
    for (size_t i = 0; i < node->edge_count; i++)
        pass_edge(q, &node->edges[i]);
}

void cpm_graph_flags_lower(struct cpm_graph *tree)
{
    struct queue q = {.t = tree};
    q.v = CPM_NEW_ARRAY(tree->arena, struct cpm_graph_node *, tree->count * ROOM_PER_NODE + 1);
    q.seen = CPM_NEW_ARRAY(tree->arena, bool, tree->count + 1);
    push(&q, tree->root, true);
    while (q.count)
        pass_flags(&q, q.v[--q.count]);
    for (size_t i = 0; i < tree->count; i++) {
        struct cpm_graph_node *n = &tree->nodes[i];
        if (q.seen[i] && n->dev_optional && (n->dev || n->optional))
            n->dev_optional = false;
    }
}

void cpm_graph_flags(struct cpm_graph *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct cpm_graph_node *n = &tree->nodes[i];
        n->extraneous = n->dev = n->optional = n->dev_optional = n->peer = !n->is_root;
    }
    cpm_graph_flags_lower(tree);
}

const struct cpm_graph_node *cpm_graph_top(const struct cpm_graph_node *node)
{
    while (node->parent)
        node = node->parent;
    return node;
}

static bool names_kind(const char *const *omit, const char *kind)
{
    for (; omit && *omit; omit++)
        if (strcmp(*omit, kind) == 0)
            return true;
    return false;
}

bool cpm_graph_node_is_omitted(const struct cpm_graph_node *node, const char *const *omit)
{
    const struct cpm_graph_node *top = cpm_graph_top(node);
    if (!omit || !*omit || (!top->is_root && !top->workspace))
        return false;
    return (node->peer && names_kind(omit, "peer")) || (node->dev && names_kind(omit, "dev")) ||
           (node->optional && names_kind(omit, "optional")) ||
           (node->dev_optional && names_kind(omit, "optional") && names_kind(omit, "dev"));
}
