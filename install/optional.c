#include "install/optional.h"

#include "look/graph.h"

/* npm's optional set in two steps, on the tree's edges: up from the package as long as an edge is
 * no optional one, then down to all that these reach, less what somebody else needs. */

struct leaving {
    struct cpm_graph graph;
    bool *set;   /* a node: it cannot do without the package */
    bool *going; /* … or only such nodes need it */
};

static struct cpm_graph_node *find(struct cpm_graph *graph, struct cpm_str location)
{
    for (size_t i = 0; i < graph->count; i++)
        if (cpm_str_eq(graph->nodes[i].entry->location, location))
            return &graph->nodes[i];
    return NULL;
}

static bool *flag(const struct leaving *l, bool *flags, const struct cpm_graph_node *node)
{
    return &flags[cpm_graph_index(&l->graph, node)];
}

static void go_up(struct leaving *l, const struct cpm_graph_node *node)
{
    if (*flag(l, l->set, node))
        return;
    *flag(l, l->set, node) = true;
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (!cpm_graph_edge_is_optional(node->edges_in[i]))
            go_up(l, node->edges_in[i]->from);
}

static bool counts(const struct leaving *l, const struct cpm_graph_edge *edge)
{
    return edge->to && !*flag(l, l->set, edge->to) && !edge->from->entry->inert;
}

static void go_down(struct leaving *l, const struct cpm_graph_node *node)
{
    if (*flag(l, l->going, node))
        return;
    *flag(l, l->going, node) = true;
    for (size_t i = 0; i < node->edge_count; i++)
        if (counts(l, &node->edges[i]))
            go_down(l, node->edges[i].to);
}

static bool is_needed_elsewhere(const struct leaving *l, const struct cpm_graph_node *node)
{
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (counts(l, node->edges_in[i]) && !*flag(l, l->going, node->edges_in[i]->from))
            return true;
    return false;
}

static void keep_what_is_needed(struct leaving *l)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (size_t i = 0; i < l->graph.count; i++)
            if (l->going[i] && is_needed_elsewhere(l, &l->graph.nodes[i])) {
                l->going[i] = false;
                changed = true;
            }
    }
}

static void leave_out(struct cpm_lock *tree, struct cpm_str base)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct cpm_str at = tree->entries[i].location;

        if (cpm_str_eq(at, base) || (at.len > base.len && at.ptr[base.len] == '/' &&
                                     cpm_str_eq(cpm_str_sub(at, 0, base.len), base)))
            tree->entries[i].inert = true;
    }
}

/* In the linked layout the package itself is left out, and the links to it. */
static void leave_out_linked(struct cpm_lock *tree, struct cpm_str base)
{
    for (size_t i = 0; i < tree->count; i++)
        if (cpm_str_eq(tree->entries[i].location, base) ||
            (tree->entries[i].link && cpm_str_eq(tree->entries[i].resolved, base)))
            tree->entries[i].inert = true;
}

static bool is_linked(const struct cpm_lock *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        if (cpm_location_is_container(tree->entries[i].location))
            return true;
    return false;
}

void cpm_optional_leave_out(struct cpm_lock *tree, struct cpm_str location, const char *path)
{
    const struct cpm_graph_input in = {.path = path, .lock = tree};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct leaving l = {.set = NULL};
    const struct cpm_graph_node *node;
    size_t i;

    if (is_linked(tree)) {
        leave_out_linked(tree, location);
        return;
    }
    cpm_graph_build(&arena, &in, &l.graph);
    l.set = CPM_NEW_ARRAY(&arena, bool, l.graph.count + 1);
    l.going = CPM_NEW_ARRAY(&arena, bool, l.graph.count + 1);
    if ((node = find(&l.graph, location)))
        go_up(&l, node);
    for (i = 0; i < l.graph.count; i++)
        if (l.set[i])
            go_down(&l, &l.graph.nodes[i]);
    keep_what_is_needed(&l);
    leave_out(tree, location);
    for (i = 0; i < l.graph.count; i++)
        if (l.going[i] && &l.graph.nodes[i] != l.graph.root)
            leave_out(tree, l.graph.nodes[i].entry->location);
    cpm_graph_release(&l.graph);
    cpm_arena_release(&arena);
}
