#include "resolver/tree/rules.h"

#include "base/json.h"
#include "base/jsonread.h"

#define DEPTH_MAX 32 /* rules inside rules */

/* Reading. */

static int read_rules(const struct cpm_rules *in, struct cpm_jsonread *r, struct cpm_override *set,
                      unsigned depth, struct cpm_error *err);

static const struct cpm_name *value_of(const struct cpm_rules *in, struct cpm_str text)
{
    return cpm_names_get(in->names, text.len ? text : CPM_STR("*"));
}

static int set_key(const struct cpm_rules *in, struct cpm_override *rule, struct cpm_str key,
                   struct cpm_error *err)
{
    struct cpm_spec spec;
    struct cpm_str text;
    int rc = cpm_spec_parse(in->arena, key, in->path, &spec, err);

    if (rc < 0)
        return rc;
    if (!spec.name.len)
        return cpm_error_set(err, CPM_EOVERRIDE, "override without name: '%.*s'", CPM_STR_ARG(key));
    text = spec.save.len ? spec.save : spec.fetch.len ? spec.fetch : spec.raw_spec;
    rule->key = cpm_names_get(in->names, key);
    rule->name = cpm_names_get(in->names, spec.name);
    rule->key_spec = cpm_names_get(in->names, text);
    rule->key_range = spec.range;
    rule->any = cpm_str_is(text, "*");
    return 0;
}

static int read_rule(const struct cpm_rules *in, struct cpm_jsonread *r, struct cpm_override *rule,
                     unsigned depth, struct cpm_error *err)
{
    struct cpm_str value;
    int rc = 0;

    if (cpm_jsonread_peek(r) == CPM_JSON_OBJECT)
        rc = read_rules(in, r, rule, depth + 1, err);
    else if (cpm_jsonread_str(r, &value))
        rule->value = value_of(in, value);
    if (!rule->value)
        rule->value = rule->key_spec;
    return rc;
}

static struct cpm_override *add_rule(const struct cpm_rules *in, struct cpm_override *parent)
{
    struct cpm_override *rule = CPM_NEW(in->arena, struct cpm_override);

    rule->parent = parent;
    if (parent->last)
        parent->last->next = rule;
    else
        parent->first = rule;
    parent->last = rule;
    return rule;
}

static int read_rules(const struct cpm_rules *in, struct cpm_jsonread *r, struct cpm_override *set,
                      unsigned depth, struct cpm_error *err)
{
    struct cpm_str key, value;
    int rc = 0;

    if (depth > DEPTH_MAX)
        return cpm_error_set(err, CPM_EOVERRIDE, "overrides nest deeper than %d", DEPTH_MAX);
    if (!cpm_jsonread_object(r)) {
        cpm_jsonread_skip(r);
        return 0;
    }
    while (rc == 0 && cpm_jsonread_key(r, &key)) {
        if (!cpm_str_is(key, ".")) {
            struct cpm_override *rule = add_rule(in, set);

            rc = set_key(in, rule, key, err);
            if (rc == 0)
                rc = read_rule(in, r, rule, depth, err);
        } else if (cpm_jsonread_str(r, &value)) {
            set->value = value_of(in, value);
        }
    }
    return rc;
}

int cpm_rules_read(const struct cpm_rules *in, struct cpm_str raw, const struct cpm_override **root,
                   struct cpm_error *err)
{
    struct cpm_override *rules = CPM_NEW(in->arena, struct cpm_override);
    struct cpm_jsonread r;
    int rc;

    *root = NULL;
    if (!raw.len)
        return 0;
    cpm_jsonread_init(&r, raw, "overrides", in->arena);
    rc = read_rules(in, &r, rules, 0, err);
    if (rc == 0 && rules->first)
        *root = rules;
    return rc;
}

/* Asking. */

const struct cpm_override *cpm_rules_next(struct cpm_rule_walk *walk)
{
    while (walk->set) {
        if (!walk->self) {
            walk->rule = walk->rule ? walk->rule->next : walk->set->first;
            if (walk->rule)
                return walk->rule;
            walk->self = true;
            if (walk->set->parent)
                return walk->set;
        }
        walk->set = walk->set->parent;
        walk->rule = NULL;
        walk->self = false;
    }
    return NULL;
}

static const struct cpm_override *by_key(const struct cpm_override *set, const struct cpm_name *key)
{
    struct cpm_rule_walk walk = {.set = set};
    const struct cpm_override *rule;

    while ((rule = cpm_rules_next(&walk)))
        if (rule->key == key)
            return rule;
    return NULL;
}

const struct cpm_override *
cpm_rules_find(const struct cpm_override *set, const struct cpm_name *name,
               bool (*speaks)(void *data, const struct cpm_override *rule), void *data)
{
    struct cpm_rule_walk walk = {.set = set};
    const struct cpm_override *rule;

    while ((rule = cpm_rules_next(&walk)))
        if (rule->name == name && by_key(set, rule->key) == rule &&
            (rule->any || speaks(data, rule)))
            return rule;
    return set;
}

bool cpm_rule_speaks_of(const struct cpm_override *rule, const struct cpm_spec *asked)
{
    const struct cpm_range *range;

    if (asked && asked->type == CPM_SPEC_ALIAS)
        asked = asked->sub;
    if (!asked || (asked->type != CPM_SPEC_GIT && asked->type != CPM_SPEC_RANGE &&
                   asked->type != CPM_SPEC_VERSION))
        return true;
    range = asked->type == CPM_SPEC_GIT ? asked->git_range : asked->range;
    return range && rule->key_range && cpm_range_intersects(range, rule->key_range, 0);
}

/* Comparing. */

static bool is_above(const struct cpm_override *above, const struct cpm_override *set)
{
    while (set && set != above)
        set = set->parent;
    return set != NULL;
}

static const struct cpm_range *value_range(const struct cpm_rules *in,
                                           const struct cpm_override *rule)
{
    struct cpm_spec spec;

    if (cpm_spec_resolve(in->arena, cpm_name_str(rule->name), cpm_name_str(rule->value), in->path,
                         &spec, NULL) < 0)
        return NULL;
    return spec.type == CPM_SPEC_RANGE || spec.type == CPM_SPEC_VERSION ? spec.range : NULL;
}

static bool contradict(const struct cpm_rules *in, const struct cpm_override *a,
                       const struct cpm_override *b)
{
    const struct cpm_range *x, *y;

    if (!b || a == b || a->value->text[0] == '$' || b->value->text[0] == '$')
        return false;
    x = value_range(in, a);
    y = value_range(in, b);
    return x && y && !cpm_range_intersects(x, y, 0);
}

static bool any_contradict(const struct cpm_rules *in, const struct cpm_override *a,
                           const struct cpm_override *b)
{
    struct cpm_rule_walk walk = {.set = a};
    const struct cpm_override *rule;

    while ((rule = cpm_rules_next(&walk)))
        if (by_key(a, rule->key) == rule && contradict(in, rule, by_key(b, rule->key)))
            return true;
    return false;
}

const struct cpm_override *cpm_rules_more_specific(const struct cpm_rules *in,
                                                   const struct cpm_override *a,
                                                   const struct cpm_override *b)
{
    if (is_above(a, b))
        return b;
    if (is_above(b, a))
        return a;
    if (any_contradict(in, a, b))
        return NULL;
    while (!is_above(a, b))
        a = a->parent;
    return a;
}

/* References. */

const enum cpm_dep_group cpm_rule_groups[4] = {CPM_DEPS_DEV, CPM_DEPS_OPTIONAL, CPM_DEPS_PROD,
                                               CPM_DEPS_PEER};

const struct cpm_name *cpm_rule_wish(const struct cpm_manifest *m, struct cpm_str name,
                                     bool empty_too)
{
    for (size_t g = 0; m && g < sizeof(cpm_rule_groups) / sizeof(*cpm_rule_groups); g++) {
        const struct cpm_deps *deps = &m->deps[cpm_rule_groups[g]];

        for (uint32_t i = 0; i < deps->n; i++)
            if (cpm_str_eq(cpm_name_str(deps->v[i].name), name) &&
                (empty_too || deps->v[i].spec->len))
                return deps->v[i].spec;
    }
    return NULL;
}
