/* npm's order shows in the document, so it is kept: all edges of a package are looked at (and
 * remembered as seen) before one of them is followed; what moved up from packages without funding
 * comes behind the others. Every item is in one place, so lists move and nothing is copied. */
#include "look/fund.h"

#include "base/grow.h"
#include "lockfile/funding.h"

struct entry {
    struct cpm_str name;
    struct cpm_json *doc;
};

struct list {
    struct entry *v;
    size_t count, cap;
};

struct found {
    struct list own;
    struct list trailing; /* of dependencies that have no funding themselves */
};

struct walk {
    struct cpm_arena *arena;
    struct cpm_graph *graph;
    const bool *only;
    struct cpm_map seen;
    size_t length;
};

/* As a JavaScript object's member is set: a name keeps its place. */
static void set(struct walk *w, struct list *list, struct entry entry)
{
    for (size_t i = 0; i < list->count; i++) {
        if (cpm_str_eq(list->v[i].name, entry.name)) {
            cpm_json_free(list->v[i].doc);
            list->v[i].doc = entry.doc;
            return;
        }
    }
    list->v = cpm_arena_grow(w->arena, list->v, list->count, &list->cap, sizeof(*list->v));
    list->v[list->count++] = entry;
}

static void merge(struct walk *w, struct list *into, const struct list *from)
{
    for (size_t i = 0; i < from->count; i++)
        set(w, into, from->v[i]);
}

static struct cpm_json *to_json(const struct list *list)
{
    struct cpm_json *object = cpm_json_new_object();
    for (size_t i = 0; i < list->count; i++)
        cpm_json_set(object, list->v[i].name, list->v[i].doc);
    return object;
}

static struct cpm_json *read_funding(const struct cpm_graph_node *node)
{
    struct cpm_str raw = node->manifest->raw[CPM_RAW_FUNDING];
    struct cpm_json *doc = NULL;
    if (!raw.len || cpm_json_parse(raw, "funding", CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return NULL;
    struct cpm_json *funding = cpm_funding_normalize(doc);
    cpm_json_free(doc);
    return funding;
}

static struct cpm_str name_of(const struct cpm_graph_node *node)
{
    struct cpm_str name = cpm_name_str(node->manifest->name);
    return name.len ? name : CPM_STR("undefined");
}

/* NULL: left out, or seen before. */
static const struct cpm_graph_node *follow(struct walk *w, const struct cpm_graph_edge *edge)
{
    const struct cpm_graph_node *node = edge->to ? edge->to->target : NULL;
    if (!node || (w->only && !w->only[cpm_graph_index(w->graph, node)]))
        return NULL;
    struct cpm_str key =
        CPM_CONCAT(w->arena, name_of(node), CPM_STR("@"), cpm_name_str(node->manifest->version));
    return cpm_map_set(&w->seen, key, w) ? NULL : node;
}

static struct cpm_json *new_item(struct walk *w, const struct cpm_graph_node *node)
{
    struct cpm_json *item = cpm_json_new_object(), *funding = read_funding(node);
    if (node->manifest->version)
        cpm_json_set_str(item, "version", cpm_name_str(node->manifest->version));
    if (cpm_funding_is_valid(funding)) {
        cpm_json_set(item, CPM_STR("funding"), funding);
        w->length++;
    } else {
        cpm_json_free(funding);
    }
    return item;
}

static struct found gather(struct walk *w, const struct cpm_graph_node *node)
{
    struct found out = {.own = {.count = 0}};
    const struct cpm_graph_node **to =
        CPM_NEW_ARRAY(w->arena, const struct cpm_graph_node *, node->edge_count + 1);
    struct cpm_json **items = CPM_NEW_ARRAY(w->arena, struct cpm_json *, node->edge_count + 1);
    for (size_t i = 0; i < node->edge_count; i++) {
        to[i] = follow(w, &node->edges[i]);
        items[i] = to[i] ? new_item(w, to[i]) : NULL;
    }
    for (size_t i = 0; i < node->edge_count; i++) {
        if (!to[i])
            continue;
        struct found below = gather(w, to[i]);
        merge(w, &below.own, &below.trailing);
        if (!cpm_json_get(items[i], CPM_STR("funding"))) {
            cpm_json_free(items[i]);
            merge(w, &out.trailing, &below.own);
            continue;
        }
        if (below.own.count)
            cpm_json_set(items[i], CPM_STR("dependencies"), to_json(&below.own));
        set(w, &out.own, (struct entry){.name = name_of(to[i]), .doc = items[i]});
    }
    return out;
}

struct cpm_json *cpm_fund_tree(struct cpm_graph *graph, const bool *only)
{
    struct walk w = {.arena = graph->arena, .graph = graph, .only = only};
    const struct cpm_graph_node *root = graph->root;
    struct cpm_str name = cpm_name_str(root->manifest->name);
    struct cpm_json *doc = cpm_json_new_object(), *funding = read_funding(root);
    struct found found = gather(&w, root);
    merge(&w, &found.own, &found.trailing);
    cpm_json_set(doc, CPM_STR("length"), cpm_json_new_number((double)w.length));
    cpm_json_set_str(doc, "name", name.len ? name : root->name);
    if (root->manifest->version)
        cpm_json_set_str(doc, "version", cpm_name_str(root->manifest->version));
    if (funding)
        cpm_json_set(doc, CPM_STR("funding"), funding);
    cpm_json_set(doc, CPM_STR("dependencies"), to_json(&found.own));
    cpm_map_release(&w.seen);
    return doc;
}
