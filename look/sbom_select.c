/* npm asks its query language for ":root *" and the like. A descendant is what an edge, a link or
 * the folder above leads to from one of the set, so the set grows until a round adds nothing. */
#include "look/sbom.h"

#include "base/collate.h"
#include "base/map.h"

#include <stdlib.h>

struct selection {
    struct cpm_sbom *sbom;
    const struct cpm_graph *graph;
    bool *picked; /* one a node, like every set here */
};

static bool *new_set(const struct cpm_graph *g)
{
    return CPM_NEW_ARRAY(g->arena, bool, g->count + 1);
}

static const struct cpm_graph_node *above(const struct cpm_graph_node *n)
{
    return n->parent ? n->parent : n->fs_parent;
}

static bool has(const struct cpm_graph *g, const bool *set, const struct cpm_graph_node *n)
{
    return n && set[cpm_graph_index(g, n)];
}

/* npm's hasParent: wanted by one of the set, or the target of a link that lies right below it. */
static bool *children(const struct cpm_graph *g, const bool *set)
{
    bool *parents = new_set(g), *found = new_set(g);
    for (size_t i = 0; i < g->count; i++)
        if (set[i])
            parents[cpm_graph_index(g, g->nodes[i].target)] = true;
    for (size_t i = 0; i < g->count; i++) {
        const struct cpm_graph_node *n = &g->nodes[i], *to = n->target;
        for (size_t k = 0; k < n->edge_in_count; k++)
            found[i] |= has(g, parents, n->edges_in[k]->from);
        if (to != n && !to->parent && n->parent == above(to) && has(g, parents, n->parent))
            found[cpm_graph_index(g, to)] = true;
    }
    return found;
}

/* npm's hasAscendant. */
static bool *descendants(const struct cpm_graph *g, const bool *set)
{
    bool *found = children(g, set);
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < g->count; i++) {
            const struct cpm_graph_node *n = &g->nodes[i];
            bool *target = &found[cpm_graph_index(g, n->target)];
            bool old = found[i], old_target = *target;
            found[i] |= !n->parent && has(g, found, n->fs_parent);
            for (size_t k = 0; k < n->edge_in_count && !found[i]; k++)
                found[i] = has(g, found, n->edges_in[k]->from);
            *target |= found[i];
            grew |= found[i] != old || *target != old_target;
        }
    }
    return found;
}

static bool is_kind(const struct cpm_graph_node *n, const char *kind)
{
    return strcmp(kind, "dev") == 0 ? n->dev : strcmp(kind, "peer") == 0 ? n->peer : n->optional;
}

static bool edge_is_kind(const struct cpm_graph_edge *e, const char *kind)
{
    return e->type == (strcmp(kind, "dev") == 0    ? CPM_GRAPH_DEV
                       : strcmp(kind, "peer") == 0 ? CPM_GRAPH_PEER
                                                   : CPM_GRAPH_OPTIONAL);
}

/* What :not(.KIND) takes away: what is of that kind, is wanted as such, or by something that is. */
static bool *of_kind(const struct cpm_graph *g, const char *kind)
{
    bool *wanted = new_set(g), *found = new_set(g);
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < g->count; i++)
            for (size_t k = 0; k < g->nodes[i].edge_in_count && !wanted[i]; k++) {
                const struct cpm_graph_edge *e = g->nodes[i].edges_in[k];
                wanted[i] =
                    edge_is_kind(e, kind) || is_kind(e->from, kind) || has(g, wanted, e->from);
                grew |= wanted[i];
            }
    }
    for (size_t i = 0; i < g->count; i++)
        found[i] = wanted[i] || is_kind(&g->nodes[i], kind);
    return found;
}

static void drop_omitted(const struct selection *s, bool *set)
{
    for (const char *const *omit = s->sbom->omit; omit && *omit; omit++) {
        const bool *gone = of_kind(s->graph, *omit);
        for (size_t i = 0; i < s->graph->count; i++)
            set[i] = set[i] && !gone[i];
    }
}

static void pick(struct selection *s, const bool *set)
{
    for (size_t i = 0; i < s->graph->count; i++)
        s->picked[i] |= set[i];
}

static void pick_below(struct selection *s, const bool *set)
{
    bool *below = descendants(s->graph, set);
    drop_omitted(s, below);
    pick(s, below);
}

/* npm selects by the name of the workspace's folder, whatever else has that name; a link to the
 * workspace is called like the package, and so is not selected where the names differ. */
static void select_workspace(const struct cpm_graph *g, const char *folder, bool *set)
{
    const struct cpm_graph_node *workspace = NULL;
    for (size_t i = 0; i < g->count && !workspace; i++)
        if (g->nodes[i].target == &g->nodes[i] && strcmp(g->nodes[i].path, folder) == 0)
            workspace = &g->nodes[i];
    for (size_t i = 0; workspace && i < g->count; i++)
        set[i] |= cpm_str_eq(g->nodes[i].name, workspace->name) ||
                  cpm_str_eq(cpm_name_str(g->nodes[i].manifest->name), workspace->name);
}

/* Those of some workspaces; else, of the root, all or what is no workspace. */
static void pick_all(struct selection *s)
{
    const struct cpm_graph *g = s->graph;
    bool *from = new_set(g);
    if (!s->sbom->no_workspaces && s->sbom->workspaces && *s->sbom->workspaces) {
        for (const char *const *folder = s->sbom->workspaces; *folder; folder++)
            select_workspace(g, *folder, from);
        pick(s, from);
        pick_below(s, from);
        return;
    }
    from[cpm_graph_index(g, g->root)] = true;
    if (s->sbom->no_workspaces) {
        from = children(g, from);
        for (size_t i = 0; i < g->count; i++)
            from[i] = from[i] && !g->nodes[i].workspace;
        bool *tops = new_set(g);
        memcpy(tops, from, g->count * sizeof(*tops));
        drop_omitted(s, tops);
        pick(s, tops);
    }
    pick_below(s, from);
    for (size_t i = 0; i < g->count; i++)
        s->picked[i] |= g->nodes[i].extraneous;
}

static void tell(struct cpm_buf *problems, struct cpm_map *told, const char *line)
{
    if (cpm_map_set(told, cpm_str(line), told))
        return;
    cpm_buf_addf(problems, "%s%s", problems->len ? "\n" : "", line);
}

static void find_problems(const struct selection *s, struct cpm_buf *problems)
{
    struct cpm_arena *arena = s->graph->arena;
    struct cpm_map told = CPM_MAP_INIT;
    for (size_t i = 0; i < s->sbom->count; i++)
        for (size_t k = 0; k < s->sbom->nodes[i]->edge_count; k++) {
            const struct cpm_graph_edge *e = &s->sbom->nodes[i]->edges[k];
            if (cpm_graph_edge_is_missing(e))
                tell(problems, &told,
                     cpm_arena_printf(arena, "missing: %.*s@%.*s, required by %s",
                                      CPM_STR_ARG(e->name), CPM_STR_ARG(e->spec), e->from->id));
            else if (cpm_graph_edge_is_invalid(s->graph, e))
                tell(problems, &told,
                     cpm_arena_printf(arena, "invalid: %s, %.*s required by %s", e->to->id,
                                      CPM_STR_ARG(e->spec.len ? e->spec : CPM_STR("*")),
                                      e->from->id));
        }
    cpm_map_release(&told);
}

static int by_location(const void *a, const void *b)
{
    const struct cpm_graph_node *x = *(const struct cpm_graph_node *const *)a;
    const struct cpm_graph_node *y = *(const struct cpm_graph_node *const *)b;
    return cpm_collate(x->entry->location, y->entry->location);
}

void cpm_sbom_select(struct cpm_sbom *sbom, struct cpm_buf *problems)
{
    struct selection s = {.sbom = sbom, .graph = sbom->graph, .picked = new_set(sbom->graph)};
    pick_all(&s);
    s.picked[cpm_graph_index(s.graph, s.graph->root)] = true;
    sbom->nodes = CPM_NEW_ARRAY(s.graph->arena, const struct cpm_graph_node *, s.graph->count + 1);
    for (size_t i = 0; i < s.graph->count; i++)
        if (s.picked[i])
            sbom->nodes[sbom->count++] = &s.graph->nodes[i];
    sbom->picked = s.picked;
    qsort(sbom->nodes, sbom->count, sizeof(*sbom->nodes), by_location);
    find_problems(&s, problems);
}
