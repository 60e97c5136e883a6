/* Who wants a node: a list for each, cut from one array, in the order in which npm comes to know
 * it.
 *
 * npm makes nodes one by one from the lock, links last. An edge leads to its final target as soon
 * as both ends are there. Where the target comes second it takes its edges over in a walk of the
 * tree above it: a folder before what is in its node_modules, that before workspaces. Two kinds of
 * edges come later: those of a link's target, which are made again when the link is met, and the
 * root's, when there are workspaces. */
#include "look/graph.h"

#include <stdlib.h>

struct order {
    struct cpm_graph *t;
    size_t *made;         /* when a node was made, by its index */
    size_t *out;          /* when its edges were */
    size_t *walk;         /* its place in a walk of the tree */
    size_t *first, *next; /* the walk's lists: index of the first below, of the next beside; +1 */
};

struct place {
    size_t when, walk;
    struct cpm_graph_edge *edge;
};

static bool has_workspaces(const struct cpm_graph *t)
{
    for (size_t i = 0; i < t->root->edge_count; i++)
        if (t->root->edges[i].type == CPM_GRAPH_WORKSPACE)
            return true;
    return false;
}

static void find_times(struct order *o)
{
    struct cpm_graph *t = o->t;
    size_t now = 1;

    for (size_t i = 0; i < t->count; i++)
        if (!t->nodes[i].entry->link)
            o->made[i] = o->out[i] = t->nodes[i].is_root ? 0 : now++;
    for (size_t i = 0; i < t->count; i++) {
        const struct cpm_graph_node *n = &t->nodes[i];

        if (!n->entry->link)
            continue;
        o->made[i] = o->out[i] = now++;
        if (n->target != n && !n->target->parent)
            o->out[cpm_graph_index(t, n->target)] = now++;
    }
    if (has_workspaces(t))
        o->out[cpm_graph_index(t, t->root)] = now;
}

static struct cpm_graph_node *above(const struct cpm_graph_node *n)
{
    return n->parent ? n->parent : n->fs_parent;
}

/* Backwards, and packages after workspaces, since each is put in front. */
static void join_lists(struct order *o)
{
    for (int packages = 0; packages < 2; packages++)
        for (size_t i = o->t->count; i-- > 0;) {
            const struct cpm_graph_node *n = &o->t->nodes[i], *up = above(n);
            size_t at = up ? cpm_graph_index(o->t, up) : 0;

            if (!up || (n->parent != NULL) != packages)
                continue;
            o->next[i] = o->first[at];
            o->first[at] = i + 1;
        }
}

static void walk_from(struct order *o, size_t top, size_t *place)
{
    size_t i = top;

    for (;;) {
        o->walk[i] = (*place)++;
        if (o->first[i]) {
            i = o->first[i] - 1;
            continue;
        }
        while (i != top && !o->next[i])
            i = cpm_graph_index(o->t, above(&o->t->nodes[i]));
        if (i == top)
            return;
        i = o->next[i] - 1;
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return x->walk < y->walk ? -1 : x->walk > y->walk;
}

static void sort_edges(const struct order *o, struct cpm_graph_node *n, struct place *room)
{
    size_t made = o->made[cpm_graph_index(o->t, n)];

    for (size_t i = 0; i < n->edge_in_count; i++) {
        size_t from = cpm_graph_index(o->t, n->edges_in[i]->from);

        room[i] = (struct place){.when = o->out[from] > made ? o->out[from] : made,
                                 .walk = o->walk[from],
                                 .edge = n->edges_in[i]};
    }
    qsort(room, n->edge_in_count, sizeof(*room), compare_places);
    for (size_t i = 0; i < n->edge_in_count; i++)
        n->edges_in[i] = room[i].edge;
}

static size_t collect_edges(struct cpm_graph *t)
{
    size_t total = 0;

    for (size_t i = 0; i < t->count; i++)
        for (size_t k = 0; k < t->nodes[i].edge_count; k++) {
            struct cpm_graph_node *to = t->nodes[i].edges[k].to;
            total += to != NULL;
            if (to)
                to->edge_in_count++;
        }
    struct cpm_graph_edge **next = CPM_NEW_ARRAY(t->arena, struct cpm_graph_edge *, total + 1);
    for (size_t i = 0; i < t->count; i++) {
        t->nodes[i].edges_in = next;
        next += t->nodes[i].edge_in_count;
        t->nodes[i].edge_in_count = 0;
    }
    for (size_t i = 0; i < t->count; i++)
        for (size_t k = 0; k < t->nodes[i].edge_count; k++) {
            struct cpm_graph_node *to = t->nodes[i].edges[k].to;
            if (to)
                to->edges_in[to->edge_in_count++] = &t->nodes[i].edges[k];
        }
    return total;
}

void cpm_graph_edges_in(struct cpm_graph *tree)
{
    size_t *room = CPM_NEW_ARRAY(tree->arena, size_t, tree->count * 5 + 1), place = 0;
    struct order o = {.t = tree,
                      .made = room,
                      .out = room + tree->count,
                      .walk = room + tree->count * 2,
                      .first = room + tree->count * 3,
                      .next = room + tree->count * 4};
    size_t total = collect_edges(tree);
    struct place *places = CPM_NEW_ARRAY(tree->arena, struct place, total + 1);

    find_times(&o);
    join_lists(&o);
    for (size_t i = 0; i < tree->count; i++)
        if (!above(&tree->nodes[i]))
            walk_from(&o, i, &place);
    for (size_t i = 0; i < tree->count; i++)
        sort_edges(&o, &tree->nodes[i], places);
}
