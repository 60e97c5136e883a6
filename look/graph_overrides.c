/* A tree is judged, not built. A rule of the top level counts for every edge of its name (and of
 * its versions, where the key names some). A nested rule counts where what stands there is what the
 * rule says and not what the requirer wants: which requirer it is for is not asked. */
#include "look/graph_overrides.h"

#include "base/grow.h"
#include "base/json.h"
#include "semver/spec.h"

struct rules {
    struct cpm_graph *tree;
    struct cpm_graph_override *v;
    size_t count, cap;
};

/* "a@^1" and "@s/a@1" name a and @s/a. */
static struct cpm_str name_of_key(struct cpm_str key)
{
    size_t at = cpm_str_rchr(key, '@');
    return at == CPM_NPOS || at == 0 ? key : cpm_str_sub(key, 0, at);
}

/* "$name" is the root's own spec for name. */
static struct cpm_str follow_reference(const struct cpm_graph *t, struct cpm_str value)
{
    if (!cpm_str_starts(value, "$"))
        return value;
    struct cpm_str name = cpm_str_sub(value, 1, value.len);
    for (size_t g = 0; g < CPM_DEPS_PEER; g++) {
        const struct cpm_deps *deps = &t->root->manifest->deps[g];
        for (uint32_t i = 0; i < deps->n; i++)
            if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
                return cpm_name_str(deps->v[i].spec);
    }
    return value;
}

static const struct cpm_range *versions_of_key(struct cpm_arena *arena, struct cpm_str key)
{
    struct cpm_str name = name_of_key(key);
    return name.len == key.len
               ? NULL
               : cpm_range_parse(arena, cpm_str_sub(key, name.len + 1, key.len), CPM_SEMVER_LOOSE);
}

static void add_rule(struct rules *r, struct cpm_graph_override rule)
{
    struct cpm_arena *arena = r->tree->arena;
    r->v = cpm_arena_grow(arena, r->v, r->count, &r->cap, sizeof(*r->v));
    rule.name = cpm_arena_str(arena, rule.name);
    rule.value = follow_reference(r->tree, cpm_arena_str(arena, rule.value));
    r->v[r->count++] = rule;
}

/* `above`: the rule whose object this is; its name is "" at the top. */
static void read_rules(struct rules *r, struct cpm_graph_override above,
                       const struct cpm_json *object)
{
    CPM_JSON_EACH (object, v) {
        struct cpm_str key = cpm_json_key(v);
        struct cpm_graph_override rule = {.name = name_of_key(key), .nested = above.name.len > 0};
        if (cpm_str_is(key, "."))
            rule = above;
        else
            rule.versions = versions_of_key(r->tree->arena, key);
        rule.value = cpm_json_str(v);
        if (cpm_json_is(v, CPM_JSON_STRING))
            add_rule(r, rule);
        else if (cpm_json_is(v, CPM_JSON_OBJECT))
            read_rules(r, rule, v);
    }
}

void cpm_graph_overrides_read(struct cpm_graph *tree)
{
    struct cpm_str raw = tree->root->manifest->raw[CPM_RAW_OVERRIDES];
    struct rules r = {.tree = tree};
    struct cpm_json *doc = NULL;
    if (!raw.len || cpm_json_parse(raw, "overrides", CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return;
    read_rules(&r, (struct cpm_graph_override){0}, doc);
    cpm_json_free(doc);
    tree->overrides = r.v;
    tree->override_count = r.count;
}

/* npm asks the versions only of ranges: a tag or a folder is overridden by any key. */
static bool is_for_edge(const struct cpm_graph *t, const struct cpm_graph_override *rule,
                        const struct cpm_graph_edge *edge)
{
    struct cpm_spec spec;
    const struct cpm_spec *said = &spec;
    if (!cpm_str_eq(rule->name, edge->name))
        return false;
    if (!rule->versions ||
        cpm_spec_resolve(t->arena, edge->name, edge->raw, edge->from->path, &spec, NULL) < 0)
        return true;
    if (said->type == CPM_SPEC_ALIAS && said->sub)
        said = said->sub;
    return !said->range || cpm_range_intersects(said->range, rule->versions, CPM_SEMVER_LOOSE);
}

static struct cpm_str top_rule(const struct cpm_graph_override *rule,
                               const struct cpm_graph_edge *edge)
{
    if (!rule->value.len || cpm_str_is(rule->value, "*"))
        return edge->raw;
    edge->to->overridden |= cpm_str_eq(rule->value, cpm_name_str(edge->to->manifest->version));
    return rule->value;
}

struct cpm_str cpm_graph_override_spec(struct cpm_graph *tree, const struct cpm_graph_edge *edge)
{
    if (!edge->to || edge->type == CPM_GRAPH_WORKSPACE)
        return edge->raw;
    for (size_t i = 0; i < tree->override_count; i++) {
        const struct cpm_graph_override *rule = &tree->overrides[i];
        if (!is_for_edge(tree, rule, edge))
            continue;
        if (!rule->nested)
            return top_rule(rule, edge);
        if (!cpm_graph_node_satisfies(tree, edge->to, rule->value, tree->path))
            continue;
        edge->to->overridden |= cpm_str_eq(rule->value, cpm_name_str(edge->to->manifest->version));
        if (!cpm_graph_node_satisfies(tree, edge->to, edge->raw, edge->from->path))
            return rule->value;
    }
    return edge->raw;
}
