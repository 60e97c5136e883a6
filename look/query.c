/* A selector is run from left to right over a set of nodes: each part filters what the part before
 * left; behind a combinator a part filters all nodes, and the combinator then joins both sides. */
#include "look/query.h"

#include "base/collate.h"
#include "base/glob.h"
#include "base/path.h"
#include "look/query_private.h"
#include "semver/spec.h"

#include <stdlib.h>

#define STEPS_MAX 1000000000 /* a nested :has takes the number of nodes to a power */

struct run {
    struct cpm_query *q;
    const struct cpm_query_frame *frame;
    struct cpm_error *err;
};

static int run_list(struct cpm_query *q, const struct cpm_query_frame *frame,
                    const struct cpm_selector *list, struct cpm_query_set *out,
                    struct cpm_error *err);

typedef bool test_fn(struct run *r, const struct cpm_graph_node *node);

static bool is_empty(struct run *r, const struct cpm_graph_node *node)
{
    (void)r;
    return node->edge_count == 0;
}

static bool is_extraneous(struct run *r, const struct cpm_graph_node *node)
{
    (void)r;
    return node->extraneous;
}

static bool is_invalid(struct run *r, const struct cpm_graph_node *node)
{
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (cpm_graph_edge_is_invalid(r->q->graph, node->edges_in[i]))
            return true;
    return false;
}

static bool is_link(struct run *r, const struct cpm_graph_node *node)
{
    (void)r;
    return cpm_query_is_missing(node) || node->entry->link || (!node->parent && !node->is_root);
}

static bool is_overridden(struct run *r, const struct cpm_graph_node *node)
{
    (void)r;
    return node->overridden;
}

static bool is_private(struct run *r, const struct cpm_graph_node *node)
{
    return cpm_json_truthy(cpm_json_get(cpm_query_package(r->q, node), CPM_STR("private")));
}

static bool is_root(struct run *r, const struct cpm_graph_node *node)
{
    return node == r->frame->root;
}

static bool is_scope(struct run *r, const struct cpm_graph_node *node)
{
    return node == r->frame->scope;
}

static bool is_deduped(struct run *r, const struct cpm_graph_node *node)
{
    (void)r;
    return node->target->edge_in_count > 1;
}

static bool is_named(struct cpm_str name, const struct cpm_graph_node *node)
{
    return cpm_str_eq(name, node->name) || cpm_str_eq(name, cpm_name_str(node->manifest->name));
}

static void add_missing(struct run *r, const struct cpm_graph_edge *edge, struct cpm_query_set *out)
{
    static const struct cpm_manifest nothing;
    struct cpm_arena *arena = r->q->arena;
    struct cpm_query_missing *missing = CPM_NEW(arena, struct cpm_query_missing);
    struct cpm_graph_node *node = &missing->node;
    missing->package = cpm_json_new_object();
    cpm_json_set_str(missing->package, "name", edge->name);
    cpm_json_set_str(missing->package, "version", edge->spec);
    cpm_ptrs_add(arena, &r->q->missing, missing);
    node->manifest = &nothing;
    node->name = edge->name;
    node->target = node;
    node->edges_in = CPM_NEW_ARRAY(arena, struct cpm_graph_edge *, 1);
    node->edges_in[0] = (struct cpm_graph_edge *)edge;
    node->edge_in_count = 1;
    node->extraneous = node->dev = node->optional = node->dev_optional = node->peer = true;
    cpm_query_add(r->q, out, node);
}

/* Whatever was picked before: npm looks at the whole tree. */
static int run_missing(struct run *r, const struct cpm_selector_part *part,
                       const struct cpm_query_set *in, struct cpm_query_set *out)
{
    (void)part;
    (void)in;
    for (size_t i = 0; i < r->frame->all->count; i++) {
        const struct cpm_graph_node *node = r->frame->all->v[i];
        for (size_t k = 0; k < node->edge_count; k++)
            if (cpm_graph_edge_is_missing(&node->edges[k]))
                add_missing(r, &node->edges[k], out);
    }
    return 0;
}

static int run_is(struct run *r, const struct cpm_selector_part *part,
                  const struct cpm_query_set *in, struct cpm_query_set *out)
{
    struct cpm_query_frame inner = {.start = in, .all = r->frame->all};
    return run_list(r->q, &inner, part->args, out, r->err);
}

static int run_not(struct run *r, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out)
{
    struct cpm_query_set found = {.count = 0};
    bool *flags = CPM_NEW_ARRAY(r->q->arena, bool, r->q->graph->count + 1);
    int rc = run_is(r, part, in, &found);
    for (size_t i = 0; i < found.count && rc == 0; i++)
        if (!cpm_query_is_missing(found.v[i]))
            flags[cpm_graph_index(r->q->graph, found.v[i])] = true;
    for (size_t i = 0; i < in->count && rc == 0; i++)
        if (cpm_query_is_missing(in->v[i]) || !flags[cpm_graph_index(r->q->graph, in->v[i])])
            cpm_query_add(r->q, out, in->v[i]);
    return rc;
}

static void free_missing(struct cpm_query *q)
{
    for (size_t i = 0; i < q->missing.count; i++)
        cpm_json_free(((const struct cpm_query_missing *)q->missing.v[i])->package);
    q->missing = (struct cpm_ptrs){.count = 0};
}

/* One node of :has, with memory of its own: only whether something was found is kept. */
static int has_one(struct run *r, const struct cpm_selector_part *part,
                   const struct cpm_graph_node *node, bool *has)
{
    struct cpm_query *q = r->q;
    struct cpm_arena scratch = CPM_ARENA_INIT, *outer = q->arena;
    struct cpm_ptrs missing = q->missing;
    struct cpm_query_set one = {.count = 0}, found = {.count = 0};
    struct cpm_query_frame inner = {
        .start = &one, .all = r->frame->all, .root = q->graph->root, .scope = node};
    q->arena = &scratch;
    q->missing = (struct cpm_ptrs){.count = 0};
    cpm_query_add(q, &one, node);
    int rc = run_list(q, &inner, part->args, &found, r->err);
    *has = found.count > 0;
    free_missing(q);
    q->arena = outer;
    q->missing = missing;
    cpm_arena_release(&scratch);
    return rc;
}

static int run_has(struct run *r, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out)
{
    int rc = 0;
    for (size_t i = 0; i < in->count && rc == 0; i++) {
        bool has;
        rc = has_one(r, part, in->v[i], &has);
        if (rc == 0 && has)
            cpm_query_add(r->q, out, in->v[i]);
    }
    return rc;
}

static int run_path(struct run *r, const struct cpm_selector_part *part,
                    const struct cpm_query_set *in, struct cpm_query_set *out)
{
    struct cpm_str text = part->args ? part->args->text : CPM_STR("undefined");
    struct cpm_glob_list patterns = {.count = 0};
    const char *pattern =
        cpm_path_resolve(r->q->arena, r->q->graph->path, cpm_arena_str(r->q->arena, text).ptr);
    cpm_glob_expand(r->q->arena, cpm_str(pattern), &patterns);
    for (size_t i = 0; i < in->count; i++) {
        const char *real = in->v[i]->real;
        bool matches = text.len == 0;
        for (size_t k = 0; k < patterns.count && !matches && real; k++)
            matches = cpm_glob_match(patterns.v[k] + 1, real + 1); /* both begin with a slash */
        if (matches)
            cpm_query_add(r->q, out, in->v[i]);
    }
    return 0;
}

static bool has_type(struct run *r, const struct cpm_graph_edge *edge, struct cpm_str type)
{
    struct cpm_spec spec;
    if (cpm_spec_resolve(r->q->arena, edge->name, edge->spec, r->q->graph->path, &spec, NULL) < 0)
        return false;
    return cpm_str_is(type, "registry") ? spec.registry
                                        : cpm_str_is(type, cpm_spec_type_name(spec.type));
}

/* npm gives what the edges lead to, once for each. */
static int run_type(struct run *r, const struct cpm_selector_part *part,
                    const struct cpm_query_set *in, struct cpm_query_set *out)
{
    if (!part->args)
        return cpm_error_set(r->err, CPM_EUNKNOWN, "`:type` pseudo-class expects a type");
    if (!part->args->first) {
        *out = *in;
        return 0;
    }
    for (size_t i = 0; i < in->count; i++)
        for (size_t k = 0; k < in->v[i]->edge_in_count; k++) {
            const struct cpm_graph_edge *edge = in->v[i]->edges_in[k];
            if (edge->to && has_type(r, edge, part->args->first->value))
                cpm_query_add(r->q, out, edge->to);
        }
    return 0;
}

static int run_attr(struct run *r, const struct cpm_selector_part *part,
                    const struct cpm_query_set *in, struct cpm_query_set *out)
{
    return cpm_query_attr(r->q, part, in, out, r->err);
}

static int run_semver(struct run *r, const struct cpm_selector_part *part,
                      const struct cpm_query_set *in, struct cpm_query_set *out)
{
    return cpm_query_semver(r->q, part, in, out, r->err);
}

static int run_outdated(struct run *r, const struct cpm_selector_part *part,
                        const struct cpm_query_set *in, struct cpm_query_set *out)
{
    return cpm_query_outdated(r->q, part, in, out, r->err);
}

static int run_vuln(struct run *r, const struct cpm_selector_part *part,
                    const struct cpm_query_set *in, struct cpm_query_set *out)
{
    return cpm_query_vuln(r->q, part, in, out, r->err);
}

/* One of both: a test of a single node, or a function over the set. */
static const struct {
    const char *name;
    bool (*test)(struct run *r, const struct cpm_graph_node *node);
    int (*run)(struct run *r, const struct cpm_selector_part *part, const struct cpm_query_set *in,
               struct cpm_query_set *out);
} pseudos[] = {
    {":attr", NULL, run_attr},
    {":deduped", is_deduped, NULL},
    {":empty", is_empty, NULL},
    {":extraneous", is_extraneous, NULL},
    {":has", NULL, run_has},
    {":invalid", is_invalid, NULL},
    {":is", NULL, run_is},
    {":link", is_link, NULL},
    {":missing", NULL, run_missing},
    {":not", NULL, run_not},
    {":outdated", NULL, run_outdated},
    {":overridden", is_overridden, NULL},
    {":path", NULL, run_path},
    {":private", is_private, NULL},
    {":root", is_root, NULL},
    {":scope", is_scope, NULL},
    {":semver", NULL, run_semver},
    {":type", NULL, run_type},
    {":vuln", NULL, run_vuln},
};

static int run_pseudo(struct run *r, const struct cpm_selector_part *part,
                      const struct cpm_query_set *in, struct cpm_query_set *out)
{
    for (size_t i = 0; i < sizeof(pseudos) / sizeof(pseudos[0]); i++) {
        if (!cpm_str_is(part->value, pseudos[i].name))
            continue;
        if (pseudos[i].run)
            return pseudos[i].run(r, part, in, out);
        for (size_t k = 0; k < in->count; k++)
            if (pseudos[i].test(r, in->v[k]))
                cpm_query_add(r->q, out, in->v[k]);
        return 0;
    }
    return cpm_error_set(r->err, CPM_EQUERYNOPSEUDO, "`%.*s` is not a supported pseudo selector.",
                         CPM_STR_ARG(part->value));
}

static int run_part(struct run *r, const struct cpm_selector_part *part,
                    const struct cpm_query_set *in, struct cpm_query_set *out)
{
    static const char *const words[] = {[CPM_SELECTOR_TAG] = "tag",
                                        [CPM_SELECTOR_STRING] = "string",
                                        [CPM_SELECTOR_NESTING] = "nesting"};
    r->q->steps += in->count + 1;
    if (r->q->steps > r->q->max_steps)
        return cpm_error_set(r->err, CPM_ETOOBIG, "the selector asks for too much of this tree");
    switch (part->type) {
    case CPM_SELECTOR_PSEUDO:
        return run_pseudo(r, part, in, out);
    case CPM_SELECTOR_CLASS:
        return cpm_query_kind(r->q, part->value, in, out, r->err);
    case CPM_SELECTOR_UNIVERSAL:
        *out = *in;
        return 0;
    case CPM_SELECTOR_ID:
        for (size_t i = 0; i < in->count; i++)
            if (is_named(part->value, in->v[i]))
                cpm_query_add(r->q, out, in->v[i]);
        return 0;
    case CPM_SELECTOR_ATTRIBUTE:
        for (size_t i = 0; i < in->count; i++)
            if (cpm_query_has_attribute(r->q, &part->attribute, cpm_query_package(r->q, in->v[i])))
                cpm_query_add(r->q, out, in->v[i]);
        return 0;
    default:
        return cpm_error_set(r->err, CPM_EQUERYNOSELECTOR, "`%s` is not a supported selector.",
                             words[part->type]);
    }
}

/* The first selector of a list begins with what it filters, the others with nothing: it shows where
 * one begins with a combinator, or has no part at all. */
static int run_one(struct run *r, const struct cpm_selector *selector, bool first,
                   struct cpm_query_set *current)
{
    struct cpm_str combinator = CPM_STR_NONE;
    bool behind = false;
    *current = first ? *r->frame->start : (struct cpm_query_set){.count = 0};
    for (const struct cpm_selector_part *part = selector->first; part; part = part->next) {
        struct cpm_query_set next = {.count = 0};
        if (part->type == CPM_SELECTOR_COMBINATOR) {
            combinator = part->value;
            behind = true;
            continue;
        }
        const struct cpm_query_set *in = part == selector->first ? r->frame->start
                                         : behind                ? r->frame->all
                                                                 : current;
        int rc = run_part(r, part, in, &next);
        if (rc < 0)
            return rc;
        *current = behind ? cpm_query_combine(r->q, combinator, current, &next) : next;
        behind = false;
    }
    return 0;
}

static int run_list(struct cpm_query *q, const struct cpm_query_frame *frame,
                    const struct cpm_selector *list, struct cpm_query_set *out,
                    struct cpm_error *err)
{
    struct run r = {.q = q, .frame = frame, .err = err};
    for (const struct cpm_selector *s = list; s; s = s->next) {
        struct cpm_query_set found;
        int rc = run_one(&r, s, s == list, &found);
        if (rc < 0)
            return rc;
        for (size_t i = 0; i < found.count; i++)
            cpm_query_add(q, out, found.v[i]);
    }
    return 0;
}

/* npm sorts what has no location as the word "undefined". */
static struct cpm_str place_of(const struct cpm_graph_node *node)
{
    return cpm_query_is_missing(node) ? CPM_STR("undefined") : node->entry->location;
}

struct sortable {
    const struct cpm_graph_node *node;
    size_t index;
};

static int by_place(const void *a, const void *b)
{
    const struct sortable *x = a, *y = b;
    int order = cpm_collate(place_of(x->node), place_of(y->node));
    return order ? order : x->index < y->index ? -1 : 1;
}

static struct cpm_query_set sort_once(struct cpm_query *q, const struct cpm_query_set *found)
{
    struct sortable *v = CPM_NEW_ARRAY(q->arena, struct sortable, found->count + 1);
    bool *seen = CPM_NEW_ARRAY(q->arena, bool, q->graph->count + 1);
    struct cpm_query_set sorted = {.count = 0};
    size_t n = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct cpm_graph_node *node = found->v[i];
        if (!cpm_query_is_missing(node)) {
            size_t index = cpm_graph_index(q->graph, node);
            if (seen[index])
                continue;
            seen[index] = true;
        }
        v[n] = (struct sortable){.node = node, .index = n};
        n++;
    }
    if (n)
        qsort(v, n, sizeof(*v), by_place);
    for (size_t i = 0; i < n; i++)
        cpm_query_add(q, &sorted, v[i].node);
    return sorted;
}

int cpm_query_run(struct cpm_query *q, const struct cpm_selector *selector, struct cpm_error *err)
{
    struct cpm_query_set all = {.count = 0}, found = {.count = 0};
    struct cpm_query_frame frame = {
        .start = &all, .all = &all, .root = q->graph->root, .scope = q->scope};
    for (size_t i = 0; i < q->graph->count; i++)
        cpm_query_add(q, &all, &q->graph->nodes[i]);
    int rc = run_list(q, &frame, selector, &found, err);
    if (rc == 0)
        q->found = sort_once(q, &found);
    return rc;
}

void cpm_query_init(struct cpm_query *q, struct cpm_graph *graph)
{
    *q = (struct cpm_query){
        .graph = graph, .scope = graph->root, .max_steps = STEPS_MAX, .arena = graph->arena};
    q->contexts = CPM_NEW_ARRAY(q->arena, struct cpm_json *, graph->count + 1);
}

void cpm_query_release(struct cpm_query *q)
{
    for (size_t i = 0; q->graph && i < q->graph->count; i++)
        cpm_json_free(q->contexts[i]);
    free_missing(q);
}

struct cpm_json *cpm_query_context(struct cpm_query *q, const struct cpm_graph_node *node)
{
    struct cpm_json **context = &q->contexts[cpm_graph_index(q->graph, node)];
    if (!*context)
        *context = cpm_json_new_object();
    return *context;
}
