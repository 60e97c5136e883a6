/* npm's rule sets: a place in the tree of rules, which a node has from the edges into it. The most
 * specific of them counts; of two beside each other what they have in common, unless they
 * contradict each other. They spread from the root, as far as they say something new. */
#include "look/graph_overrides.h"

#include "base/grow.h"
#include "base/json.h"
#include "semver/spec.h"

struct cpm_graph_override {
    const struct cpm_graph_override *parent; /* NULL: the root, which is no rule itself */
    struct cpm_str name, key, key_spec, value;
    const struct cpm_range *key_range; /* NULL: the key names no versions */
    struct cpm_graph_override *first, *last, *next;
};

/* Reading. */

static void read_rules(struct cpm_arena *arena, struct cpm_graph_override *set,
                       const struct cpm_json *object);

static void read_rule(struct cpm_arena *arena, struct cpm_graph_override *set,
                      const struct cpm_json *v)
{
    struct cpm_graph_override *rule = CPM_NEW(arena, struct cpm_graph_override);
    size_t at;

    rule->parent = set;
    rule->key = cpm_arena_str(arena, cpm_json_key(v));
    at = cpm_str_rchr(rule->key, '@');
    rule->name = at == CPM_NPOS || at == 0 ? rule->key : cpm_str_sub(rule->key, 0, at);
    rule->key_spec = cpm_str_sub(rule->key, rule->name.len + 1, CPM_NPOS);
    if (rule->key_spec.len == 0)
        rule->key_spec = CPM_STR("*");
    rule->key_range = cpm_range_parse(arena, rule->key_spec, CPM_SEMVER_LOOSE);
    if (cpm_json_is(v, CPM_JSON_OBJECT))
        read_rules(arena, rule, v);
    else if (cpm_json_str(v).len)
        rule->value = cpm_arena_str(arena, cpm_json_str(v));
    else
        rule->value = CPM_STR("*");
    if (!rule->value.len)
        rule->value = rule->key_spec;
    if (set->last)
        set->last->next = rule;
    else
        set->first = rule;
    set->last = rule;
}

static void read_rules(struct cpm_arena *arena, struct cpm_graph_override *set,
                       const struct cpm_json *object)
{
    CPM_JSON_EACH (object, v) {
        if (!cpm_str_is(cpm_json_key(v), "."))
            read_rule(arena, set, v);
        else
            set->value = cpm_json_str(v).len ? cpm_arena_str(arena, cpm_json_str(v)) : CPM_STR("*");
    }
}

static const struct cpm_graph_override *read_overrides(const struct cpm_graph *tree)
{
    struct cpm_graph_override *root = CPM_NEW(tree->arena, struct cpm_graph_override);
    struct cpm_str raw = tree->root->manifest->raw[CPM_RAW_OVERRIDES];
    struct cpm_json *doc = NULL;

    if (tree->global || !raw.len ||
        cpm_json_parse(raw, "overrides", CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return NULL;
    read_rules(tree->arena, root, doc);
    cpm_json_free(doc);
    return root->first ? root : NULL;
}

/* The rules that a set sees, nearest first: its own, itself, those beside it, its parent … */

struct visible {
    const struct cpm_graph_override *set, *rule;
    bool self;
};

static const struct cpm_graph_override *next_visible(struct visible *v)
{
    for (; v->set; v->set = v->set->parent, v->rule = NULL, v->self = false) {
        if (v->self)
            continue;
        v->rule = v->rule ? v->rule->next : v->set->first;
        if (v->rule)
            return v->rule;
        v->self = true;
        if (v->set->parent)
            return v->set;
    }
    return NULL;
}

static const struct cpm_graph_override *by_key(const struct cpm_graph_override *set,
                                               struct cpm_str key)
{
    struct visible v = {.set = set};
    const struct cpm_graph_override *rule;

    while ((rule = next_visible(&v)) && !cpm_str_eq(rule->key, key))
        ;
    return rule;
}

/* npm asks the versions only of ranges: a tag or a folder is overridden by any key. */
static bool speaks_of(const struct cpm_graph *t, const struct cpm_graph_override *rule,
                      const struct cpm_graph_edge *e)
{
    struct cpm_spec spec;
    const struct cpm_spec *said = &spec;

    if (cpm_str_is(rule->key_spec, "*") ||
        cpm_spec_resolve(t->arena, e->name, e->raw, e->from->path, &spec, NULL) < 0)
        return true;
    if (said->type == CPM_SPEC_ALIAS && said->sub)
        said = said->sub;
    if (said->type == CPM_SPEC_GIT)
        return said->git_range && rule->key_range &&
               cpm_range_intersects(said->git_range, rule->key_range, CPM_SEMVER_LOOSE);
    if (said->type != CPM_SPEC_RANGE && said->type != CPM_SPEC_VERSION)
        return true;
    return said->range && rule->key_range &&
           cpm_range_intersects(said->range, rule->key_range, CPM_SEMVER_LOOSE);
}

static const struct cpm_graph_override *rule_for(const struct cpm_graph *t,
                                                 const struct cpm_graph_override *set,
                                                 const struct cpm_graph_edge *e)
{
    struct visible v = {.set = set};
    const struct cpm_graph_override *rule;

    while ((rule = next_visible(&v)))
        if (cpm_str_eq(rule->name, e->name) && by_key(set, rule->key) == rule &&
            speaks_of(t, rule, e))
            return rule;
    return set;
}

/* Of two sets the more specific one. */

static bool is_above(const struct cpm_graph_override *above, const struct cpm_graph_override *set)
{
    while (set && set != above)
        set = set->parent;
    return set != NULL;
}

static const struct cpm_range *value_range(const struct cpm_graph *t,
                                           const struct cpm_graph_override *rule)
{
    struct cpm_spec spec;

    if (cpm_str_starts(rule->value, "$") ||
        cpm_spec_resolve(t->arena, rule->name, rule->value, t->path, &spec, NULL) < 0)
        return NULL;
    return spec.type == CPM_SPEC_RANGE || spec.type == CPM_SPEC_VERSION ? spec.range : NULL;
}

static bool contradict(const struct cpm_graph *t, const struct cpm_graph_override *a,
                       const struct cpm_graph_override *b)
{
    struct visible v = {.set = a};
    const struct cpm_graph_override *rule, *other;

    while ((rule = next_visible(&v))) {
        const struct cpm_range *x, *y;

        if (by_key(a, rule->key) != rule || !(other = by_key(b, rule->key)) || other == rule)
            continue;
        x = value_range(t, rule);
        y = value_range(t, other);
        if (x && y && !cpm_range_intersects(x, y, CPM_SEMVER_LOOSE))
            return true;
    }
    return false;
}

static const struct cpm_graph_override *more_specific(const struct cpm_graph *t,
                                                      const struct cpm_graph_override *a,
                                                      const struct cpm_graph_override *b)
{
    if (is_above(a, b))
        return b;
    if (is_above(b, a) || contradict(t, a, b))
        return a;
    while (!is_above(a, b))
        a = a->parent;
    return a;
}

/* Spreading. A set only becomes more specific or more common, so that this ends. */

struct spreading {
    const struct cpm_graph *tree;
    struct cpm_graph_node **waiting;
    size_t count, cap;
};

static void give(struct spreading *s, struct cpm_graph_node *n,
                 const struct cpm_graph_override *rules)
{
    const struct cpm_graph_override *best =
        n->rules ? more_specific(s->tree, n->rules, rules) : rules;

    if (best == n->rules || n->rule_changes++ > CPM_GRAPH_RULE_CHANGES)
        return;
    n->rules = best;
    s->waiting = cpm_arena_grow(s->tree->arena, s->waiting, s->count, &s->cap,
                                sizeof(struct cpm_graph_node *));
    s->waiting[s->count++] = n;
}

/* "$name" is the root's own spec for name. */
static struct cpm_str follow_reference(const struct cpm_graph *t, struct cpm_str value)
{
    static const enum cpm_dep_group order[] = {CPM_DEPS_DEV, CPM_DEPS_OPTIONAL, CPM_DEPS_PROD,
                                               CPM_DEPS_PEER};
    struct cpm_str name = cpm_str_sub(value, 1, CPM_NPOS);

    for (size_t g = 0; cpm_str_starts(value, "$") && g < sizeof(order) / sizeof(order[0]); g++) {
        const struct cpm_deps *deps = &t->root->manifest->deps[order[g]];

        for (uint32_t i = 0; i < deps->n; i++)
            if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
                return cpm_name_str(deps->v[i].spec);
    }
    return value;
}

static void look_at(struct spreading *s, struct cpm_graph_edge *e)
{
    const struct cpm_graph_override *rule = rule_for(s->tree, e->from->rules, e);
    bool applies = rule->parent && cpm_str_eq(rule->name, e->name) && !cpm_str_is(rule->value, "*");

    e->rule = rule;
    e->spec = applies ? follow_reference(s->tree, rule->value) : e->raw;
    if (e->to)
        give(s, e->to, rule);
}

static bool is_overridden(const struct cpm_graph_node *n)
{
    struct cpm_str version = cpm_name_str(n->manifest->version);

    if (!n->rules || !n->rules->parent || !cpm_str_eq(n->rules->name, n->name))
        return false;
    for (size_t i = 0; i < n->edge_in_count; i++) {
        const struct cpm_graph_override *rule = n->edges_in[i]->rule;

        if (rule && rule->parent && cpm_str_eq(rule->name, n->name) &&
            cpm_str_eq(rule->value, version) && rule != n->edges_in[i]->from->rules)
            return true;
    }
    return false;
}

void cpm_graph_overrides_apply(struct cpm_graph *tree)
{
    const struct cpm_graph_override *root = read_overrides(tree);
    struct spreading s = {.tree = tree};

    if (!root)
        return;
    give(&s, tree->root, root);
    for (size_t i = 0; i < s.count; i++) {
        struct cpm_graph_node *n = s.waiting[i];

        if (n->target != n)
            give(&s, n->target, n->rules);
        for (size_t k = 0; k < n->edge_count; k++)
            look_at(&s, &n->edges[k]);
    }
    for (size_t i = 0; i < tree->count; i++)
        tree->nodes[i].overridden = is_overridden(&tree->nodes[i]);
}

struct cpm_str cpm_graph_rule_key(const struct cpm_graph_edge *e)
{
    return e->rule && e->rule->parent ? e->rule->key_spec : CPM_STR_NONE;
}
