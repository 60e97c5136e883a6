/* npm's walk, kept step by step because its output shows the order: all edges of a package are
 * looked at before one of its children is met; what was met before becomes a copy ("deduped");
 * `invalid` gathers over the edges that lead to a package, so that a copy shows what was known when
 * it was made. */
#include "cli/ls_walk.h"

#include "base/collate.h"
#include "base/jsonread.h"

#include <stdlib.h>

struct state { /* of a node, over all edges seen so far */
    const char *invalid;
    enum cpm_graph_edge_type type;
    struct cpm_ls_item *item; /* where it is shown in full */
};

struct walker {
    struct cpm_ls_walk *w;
    struct cpm_arena *arena;
    struct state *states; /* by index of the node */
    struct cpm_ls_item *last;
    bool met_missing;
};

struct candidate {
    struct cpm_graph_node *node; /* NULL: missing */
    const struct cpm_graph_edge *edge;
    const char *id;
    size_t index;
};

static struct state *state_of(const struct walker *k, const struct cpm_graph_node *node)
{
    return &k->states[node - k->w->tree->nodes];
}

static bool is_picked(const struct cpm_ls_walk *w, const struct cpm_graph_node *to)
{
    for (const char *const *path = w->only; *path; path++)
        if (strcmp(*path, to->target->path) == 0)
            return true;
    return false;
}

static bool passes_workspaces(const struct cpm_ls_walk *w, const struct cpm_graph_edge *e)
{
    if (w->no_workspaces && e->from->is_root && e->to && e->to->workspace)
        return false;
    if (!w->only || !w->only[0])
        return true;
    if (w->with_root && e->to && !e->to->workspace)
        return true;
    return !e->from->is_root || (e->to && e->to->workspace && is_picked(w, e->to));
}

static bool has_kind(const struct cpm_graph_edge *e, const char *kind)
{
    switch (e->type) {
    case CPM_GRAPH_DEV:
        return strcmp(kind, "dev") == 0;
    case CPM_GRAPH_OPTIONAL:
        return strcmp(kind, "optional") == 0;
    case CPM_GRAPH_PEER:
        return strcmp(kind, "peer") == 0;
    case CPM_GRAPH_PEER_OPTIONAL:
        return strcmp(kind, "peer") == 0 || strcmp(kind, "optional") == 0;
    case CPM_GRAPH_PROD:
    case CPM_GRAPH_WORKSPACE:
        return false;
    }
    return false;
}

static bool passes_kinds(const struct cpm_ls_walk *w, const struct cpm_graph_edge *e)
{
    for (const char *const *kind = w->omit; kind && *kind; kind++)
        if (has_kind(e, *kind))
            return false;
    return !w->link || (e->to && e->to->entry->link);
}

static void note_invalid(struct walker *k, const struct cpm_graph_edge *e)
{
    struct state *s = state_of(k, e->to);
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_str location = e->from->entry->location;
    if (s->invalid)
        cpm_buf_addf(&text, "%s, ", s->invalid);
    cpm_json_quote(&text, e->spec.len ? e->spec : CPM_STR("*"));
    cpm_buf_add_text(&text, " from ");
    cpm_buf_add_str(&text, location.len ? location : CPM_STR("the root project"));
    s->invalid = cpm_arena_strndup(k->arena, text.ptr, text.len);
    cpm_buf_release(&text);
}

static struct candidate candidate_of(struct walker *k, const struct cpm_graph_edge *e)
{
    struct candidate c = {.node = e->to, .edge = e};
    if (!e->to) {
        c.id = cpm_arena_printf(k->arena, "%.*s@%.*s", CPM_STR_ARG(e->name), CPM_STR_ARG(e->spec));
        return c;
    }
    c.id = e->to->id;
    state_of(k, e->to)->type = e->type;
    if (cpm_graph_edge_is_invalid(k->w->tree, e))
        note_invalid(k, e);
    return c;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = cpm_collate(cpm_str(x->id), cpm_str(y->id));
    return order ? order : x->index < y->index ? -1 : 1;
}

static bool is_listed(const struct candidate *v, size_t n, const struct cpm_graph_node *node)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].node == node)
            return true;
    return false;
}

/* The wishes of a package, and what stands in its node_modules without anybody's wish. */
static size_t collect(struct walker *k, const struct cpm_ls_item *item, struct candidate **out)
{
    const struct cpm_graph_node *node = item->node, *target = node->target;
    unsigned depth = node->workspace ? 0 : item->depth;
    size_t n = 0;
    struct candidate *v =
        CPM_NEW_ARRAY(k->arena, struct candidate, target->edge_count + node->kids.count + 1);
    for (size_t i = 0; i < target->edge_count; i++) {
        const struct cpm_graph_edge *e = &target->edges[i];
        if (passes_workspaces(k->w, e) && (depth > 0 || passes_kinds(k->w, e)))
            v[n++] = candidate_of(k, e);
    }
    size_t edges = n;
    CPM_MAP_EACH (&node->kids, e) {
        struct cpm_graph_node *kid = e->value;
        if (kid->extraneous && !is_listed(v, edges, kid))
            v[n++] = (struct candidate){.node = kid, .id = kid->id};
    }
    for (size_t i = 0; i < n; i++)
        v[i].index = i;
    qsort(v, n, sizeof(*v), compare_candidates);
    *out = v;
    return n;
}

static bool is_asked_for(const struct walker *k, const struct cpm_graph_node *node)
{
    const struct cpm_ls_walk *w = k->w;
    if (w->spec_count == 0)
        return true;
    for (size_t i = 0; node && i < w->spec_count; i++)
        if ((!w->specs[i].name.len || cpm_str_eq(w->specs[i].name, node->name)) &&
            cpm_graph_node_satisfies(w->tree, node, w->specs[i].raw_spec, w->tree->path))
            return true;
    return false;
}

static struct cpm_ls_item *new_item(struct walker *k, const struct candidate *c)
{
    struct cpm_ls_item *item = CPM_NEW(k->arena, struct cpm_ls_item);
    item->node = c->node;
    item->id = c->id;
    item->name = cpm_arena_str(k->arena, c->node ? c->node->name : c->edge->name).ptr;
    if (k->last)
        k->last->next = item;
    k->last = item;
    return item;
}

static void fill_missing(struct walker *k, struct cpm_ls_item *item, const struct candidate *c)
{
    item->copy = true;
    item->missing = c->edge->from->id;
    item->type = c->edge->type;
    if (!k->met_missing) /* npm's copies forget it */
        item->required =
            cpm_arena_str(k->arena, c->edge->spec.len ? c->edge->spec : CPM_STR("*")).ptr;
    k->met_missing = true;
}

static void meet(struct walker *k, struct cpm_ls_item *parent, const struct candidate *c)
{
    struct cpm_ls_item *item = new_item(k, c);
    unsigned depth = parent->node->workspace ? 0 : parent->depth;
    item->parent = parent;
    item->depth = depth + 1;
    item->match = item->include = is_asked_for(k, c->node);
    if (!c->node) {
        fill_missing(k, item, c);
        return;
    }
    struct state *s = state_of(k, c->node);
    item->type = s->type;
    item->invalid = s->invalid;
    item->copy = s->item != NULL;
    if (item->copy)
        return;
    s->item = item;
    k->w->shown[k->w->shown_count++] = item;
}

static void add_problem(struct walker *k, struct cpm_ls_item *item, const char *text)
{
    item->problems[item->problem_count++] = text;
    if (item->match)
        cpm_map_set(&k->w->problems, cpm_str(text), k->w);
}

static void visit(struct walker *k, struct cpm_ls_item *item)
{
    bool optional = item->type == CPM_GRAPH_OPTIONAL || item->type == CPM_GRAPH_PEER_OPTIONAL;
    if (!item->copy) {
        item->invalid = state_of(k, item->node)->invalid;
        item->type = state_of(k, item->node)->type;
    }
    if (item->missing && !optional)
        add_problem(
            k, item,
            cpm_arena_printf(k->arena, "missing: %s, required by %s", item->id, item->missing));
    if (item->invalid)
        add_problem(k, item,
                    cpm_arena_printf(k->arena, "invalid: %s %s", item->id, item->node->path));
    if (!item->copy && item->node->extraneous && !k->w->tree->global)
        add_problem(k, item,
                    cpm_arena_printf(k->arena, "extraneous: %s %s", item->id, item->node->path));
    for (struct cpm_ls_item *p = item->parent; item->match && p; p = p->parent)
        p->include = true;
}

static void meet_children(struct walker *k, struct cpm_ls_item *item)
{
    struct candidate *v;
    if (item->copy || (item->node->workspace ? 0 : item->depth) > k->w->depth)
        return;
    size_t n = collect(k, item, &v);
    for (size_t i = 0; i < n; i++)
        meet(k, item, &v[i]);
}

static void join_items(struct cpm_ls_walk *w)
{
    for (struct cpm_ls_item *item = w->root; item; item = item->next) {
        struct cpm_ls_item *parent = item->parent;
        if (!item->include || !parent)
            continue;
        if (parent->last_kid)
            parent->last_kid->next_kid = item;
        else
            parent->first_kid = item;
        parent->last_kid = item;
    }
}

void cpm_ls_walk(struct cpm_ls_walk *w)
{
    struct walker k = {.w = w, .arena = w->tree->arena};
    struct candidate root = {.node = w->tree->root, .id = w->tree->root->id};
    k.states = CPM_NEW_ARRAY(k.arena, struct state, w->tree->count);
    w->shown = CPM_NEW_ARRAY(k.arena, struct cpm_ls_item *, w->tree->count);
    cpm_map_init(&w->problems);
    w->root = new_item(&k, &root);
    w->root->match = w->root->include = w->spec_count == 0;
    state_of(&k, w->tree->root)->item = w->root;
    w->shown[w->shown_count++] = w->root;
    for (struct cpm_ls_item *item = w->root; item; item = item->next) {
        visit(&k, item);
        meet_children(&k, item);
    }
    for (size_t i = 0; i < w->shown_count; i++)
        w->shown[i]->invalid_at_last = state_of(&k, w->shown[i]->node)->invalid != NULL;
    join_items(w);
}
