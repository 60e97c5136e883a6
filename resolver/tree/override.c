/* Sets are places in one tree of rules, so that two are equal only when they are one. A node's set
 * is the most specific of those of the edges into it; when it changes, its own edges follow. */
#include "resolver/tree/override.h"

#include "base/jsonread.h"
#include "resolver/tree/solver.h"

#define DEPTH_MAX 32 /* rules inside rules */

struct cpm_override {
    const struct cpm_override *parent; /* NULL: the root, which is no rule itself */
    const struct cpm_name *name, *key, *key_spec, *value;
    const struct cpm_range *key_range; /* NULL: the key spec is none */
    struct cpm_override *first, *last, *next;
    bool any; /* the key spec is "*" */
};

/* Reading. */

static int read_rules(struct cpm_solver *s, struct cpm_jsonread *r, struct cpm_override *set,
                      unsigned depth);

static int set_key(struct cpm_solver *s, struct cpm_override *rule, struct cpm_str key)
{
    struct cpm_spec spec;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str text;

    if (cpm_spec_parse(&s->work, key, s->opts->path, &spec, &err) < 0)
        return cpm_solver_fail(s, err.code, "%s", err.text);
    if (!spec.name.len)
        return cpm_solver_fail(s, CPM_EOVERRIDE, "override without name: '%.*s'", CPM_STR_ARG(key));
    text = spec.save.len ? spec.save : spec.fetch.len ? spec.fetch : spec.raw_spec;
    rule->key = cpm_names_get(s->names, key);
    rule->name = cpm_names_get(s->names, spec.name);
    rule->key_spec = cpm_names_get(s->names, text);
    rule->key_range = spec.range;
    rule->any = cpm_str_is(text, "*");
    return 0;
}

static int read_rule(struct cpm_solver *s, struct cpm_jsonread *r, struct cpm_override *parent,
                     struct cpm_str key, unsigned depth)
{
    struct cpm_override *rule = CPM_NEW(&s->work, struct cpm_override);
    struct cpm_str value = CPM_STR_NONE;

    rule->parent = parent;
    if (set_key(s, rule, key) < 0)
        return s->status;
    if (cpm_jsonread_peek(r) == CPM_JSON_OBJECT) {
        if (read_rules(s, r, rule, depth + 1) < 0)
            return s->status;
    } else if (cpm_jsonread_str(r, &value)) {
        rule->value = cpm_names_get(s->names, value.len ? value : CPM_STR("*"));
    }
    if (!rule->value)
        rule->value = rule->key_spec;
    if (parent->last)
        parent->last->next = rule;
    else
        parent->first = rule;
    parent->last = rule;
    return 0;
}

static int read_rules(struct cpm_solver *s, struct cpm_jsonread *r, struct cpm_override *set,
                      unsigned depth)
{
    struct cpm_str key, value;

    if (depth > DEPTH_MAX)
        return cpm_solver_fail(s, CPM_EOVERRIDE, "overrides nest deeper than %d", DEPTH_MAX);
    if (!cpm_jsonread_object(r)) {
        cpm_jsonread_skip(r);
        return 0;
    }
    while (cpm_jsonread_key(r, &key)) {
        if (cpm_str_is(key, ".")) {
            if (cpm_jsonread_str(r, &value))
                set->value = cpm_names_get(s->names, value.len ? value : CPM_STR("*"));
        } else if (read_rule(s, r, set, key, depth) < 0) {
            return s->status;
        }
    }
    return 0;
}

int cpm_overrides_load(struct cpm_solver *s, struct cpm_str raw)
{
    struct cpm_override *root = CPM_NEW(&s->work, struct cpm_override);
    struct cpm_jsonread r;

    if (!raw.len)
        return 0;
    cpm_jsonread_init(&r, raw, "overrides", &s->work);
    if (read_rules(s, &r, root, 0) < 0)
        return s->status;
    if (root->first)
        s->overrides = root;
    return 0;
}

/* The visible rules of a set, nearest first: its own, itself, those beside it, its parent … */

struct visible {
    const struct cpm_override *set;  /* whose rules come now */
    const struct cpm_override *rule; /* the current one, or NULL */
    bool self;                       /* the set itself was given */
};

static const struct cpm_override *next_visible(struct visible *v)
{
    while (v->set) {
        if (!v->self) {
            v->rule = v->rule ? v->rule->next : v->set->first;
            if (v->rule)
                return v->rule;
            v->self = true;
            if (v->set->parent)
                return v->set;
        }
        v->set = v->set->parent;
        v->rule = NULL;
        v->self = false;
    }
    return NULL;
}

static const struct cpm_override *visible_by_key(const struct cpm_override *set,
                                                 const struct cpm_name *key)
{
    struct visible v = {.set = set};
    const struct cpm_override *rule;

    while ((rule = next_visible(&v)))
        if (rule->key == key)
            return rule;
    return NULL;
}

/* Edges. */

static bool rule_speaks(struct cpm_solver *s, const struct cpm_override *rule,
                        const struct cpm_edge *e)
{
    const struct cpm_spec *spec;
    const struct cpm_range *range;

    if (rule->any)
        return true;
    /* npm takes an empty wish for none: then it judges by what the last rule made of it, and so
     * changes its mind each time it looks. */
    spec = cpm_edge_parse(s, e, e->want->spec->len ? e->want->spec : cpm_edge_spec(s, e), NULL);
    if (spec && spec->type == CPM_SPEC_ALIAS)
        spec = spec->sub;
    if (!spec || (spec->type != CPM_SPEC_GIT && spec->type != CPM_SPEC_RANGE &&
                  spec->type != CPM_SPEC_VERSION))
        return true; /* a tag, file or folder says nothing that could be compared */
    range = spec->type == CPM_SPEC_GIT ? spec->git_range : spec->range;
    return range && rule->key_range && cpm_range_intersects(range, rule->key_range, 0);
}

static const struct cpm_override *rule_for(struct cpm_solver *s, const struct cpm_override *set,
                                           const struct cpm_edge *e)
{
    struct visible v = {.set = set};
    const struct cpm_override *rule;

    while ((rule = next_visible(&v)))
        if (rule->name == e->want->name && visible_by_key(set, rule->key) == rule &&
            rule_speaks(s, rule, e))
            return rule;
    return set;
}

bool cpm_edge_update_rule(struct cpm_solver *s, struct cpm_edge *e)
{
    const struct cpm_override *rule;

    if (!e->from || !e->from->overrides) {
        e->overrides = NULL;
        return false;
    }
    rule = rule_for(s, e->from->overrides, e);
    if (rule == e->overrides)
        return false;
    e->overrides = rule;
    return true;
}

bool cpm_override_applies(const struct cpm_override *set, const struct cpm_name *name)
{
    return set->parent && set->name == name && set->value->len > 0;
}

const struct cpm_name *cpm_override_key_spec(const struct cpm_override *set)
{
    return set->parent && set->key_spec->len ? set->key_spec : NULL;
}

static const struct cpm_name *spec_in(const struct cpm_manifest *m, const struct cpm_name *name,
                                      bool empty_too)
{
    static const enum cpm_dep_group order[] = {CPM_DEPS_DEV, CPM_DEPS_OPTIONAL, CPM_DEPS_PROD,
                                               CPM_DEPS_PEER};

    for (size_t g = 0; m && g < sizeof(order) / sizeof(*order); g++)
        for (uint32_t i = 0; i < m->deps[order[g]].n; i++)
            if (m->deps[order[g]].v[i].name == name &&
                (empty_too || m->deps[order[g]].v[i].spec->len))
                return m->deps[order[g]].v[i].spec;
    return NULL;
}

/* Whose wish a reference means: that of the tree which the requirer is in. While a package is tried
 * out in a virtual root, that is the package which asks for it, not the project. */
static const struct cpm_manifest *top_manifest(const struct cpm_node *from)
{
    if (!from)
        return NULL;
    return (from->source ? from->source->root : from->root)->pkg->manifest;
}

const struct cpm_name *cpm_override_spec(struct cpm_solver *s, const struct cpm_edge *e)
{
    const struct cpm_override *rule = e->overrides;
    const struct cpm_name *ref, *spec;

    if (!cpm_override_applies(rule, e->want->name) || cpm_str_is(cpm_name_str(rule->value), "*"))
        return e->want->spec;
    if (rule->value->text[0] != '$')
        return rule->value;
    ref = cpm_names_get(s->names, cpm_str_sub(cpm_name_str(rule->value), 1, CPM_NPOS));
    spec = spec_in(top_manifest(e->from), ref, false);
    if (!spec && e->from)
        spec = spec_in(e->from->pkg->manifest, ref, false);
    if (!spec) /* npm ends here */
        spec = spec_in(s->root->pkg->manifest, ref, true);
    if (!spec)
        cpm_solver_fail(s, CPM_EUNKNOWN, "unable to resolve reference '%s'", rule->value->text);
    return spec ? spec : e->want->spec;
}

/* Nodes. */

static bool takes(const struct cpm_name *range, const struct cpm_manifest *m)
{
    struct cpm_version version;

    return m->version && cpm_version_parse(cpm_name_str(m->version), 0, &version) &&
           cpm_range_holds(cpm_name_str(range), &version, 0);
}

const struct cpm_override *cpm_override_of_folder(struct cpm_solver *s,
                                                  const struct cpm_manifest *m)
{
    struct visible v = {.set = s->overrides};
    const struct cpm_override *rule;

    while (v.set && (rule = next_visible(&v)))
        if (rule->name == m->name && (takes(rule->key_spec, m) || takes(rule->value, m)))
            return rule;
    return s->overrides;
}

bool cpm_overrides_equal(const struct cpm_override *a, const struct cpm_override *b)
{
    return a == b;
}

static bool is_above(const struct cpm_override *above, const struct cpm_override *set)
{
    while (set && set != above)
        set = set->parent;
    return set != NULL;
}

static const struct cpm_range *value_range(struct cpm_solver *s, const struct cpm_override *rule)
{
    struct cpm_spec spec;

    if (cpm_spec_resolve(&s->work, cpm_name_str(rule->name), cpm_name_str(rule->value),
                         s->opts->path, &spec, NULL) < 0)
        return NULL;
    return spec.type == CPM_SPEC_RANGE || spec.type == CPM_SPEC_VERSION ? spec.range : NULL;
}

static bool rules_clash(struct cpm_solver *s, const struct cpm_override *a,
                        const struct cpm_override *b)
{
    const struct cpm_range *x, *y;

    if (!b || a == b || a->value->text[0] == '$' || b->value->text[0] == '$')
        return false;
    x = value_range(s, a);
    y = value_range(s, b);
    return x && y && !cpm_range_intersects(x, y, 0);
}

static bool have_clashing_rules(struct cpm_solver *s, const struct cpm_override *a,
                                const struct cpm_override *b)
{
    struct visible v = {.set = a};
    const struct cpm_override *rule;

    while ((rule = next_visible(&v)))
        if (visible_by_key(a, rule->key) == rule &&
            rules_clash(s, rule, visible_by_key(b, rule->key)))
            return true;
    return false;
}

/* The more specific one, or what they have in common; NULL when they contradict each other. */
static const struct cpm_override *most_specific(struct cpm_solver *s, const struct cpm_override *a,
                                                const struct cpm_override *b)
{
    if (is_above(a, b))
        return b;
    if (is_above(b, a))
        return a;
    if (have_clashing_rules(s, a, b))
        return NULL;
    while (!is_above(a, b))
        a = a->parent;
    return a;
}

bool cpm_overrides_conflict(struct cpm_solver *s, const struct cpm_override *a,
                            const struct cpm_override *b)
{
    return !most_specific(s, a, b);
}

static bool speaks_below(struct cpm_solver *s, const struct cpm_override *set, struct cpm_node *top)
{
    struct cpm_nodes stack = {0};
    uint32_t gen = ++s->generation;
    bool found = false;

    cpm_nodes_add(&stack, top);
    while (!found && stack.n) {
        struct cpm_node *n = stack.v[--stack.n];

        n = n->target ? n->target : n;
        for (uint32_t i = 0; n->mark[2] != gen && !found && i < n->edge_count; i++) {
            struct cpm_edge *e = &n->edges[i];
            const struct cpm_override *rule;

            if (!e->from) /* the node's edges are just being made */
                continue;
            rule = rule_for(s, set, e);
            found = rule->parent && rule->name == e->want->name;
            if (e->to)
                cpm_nodes_add(&stack, e->to);
        }
        n->mark[2] = gen;
    }
    cpm_nodes_release(&stack);
    return found;
}

/* Through a link, unless it is only tried out: then what it leads to has no edges yet, and the
 * rules wait until the link's turn comes (build.c). */
static void spread(struct cpm_solver *s, struct cpm_node *n)
{
    if (n->target) {
        if (n->overrides && n->root == s->root && speaks_below(s, n->overrides, n->target))
            cpm_node_rules_added(s, n->target, n->overrides);
        return;
    }
    for (uint32_t i = 0; i < n->edge_count; i++) {
        struct cpm_edge *e = &n->edges[i];

        cpm_edge_reload(s, e, true);
        if (e->to)
            cpm_node_rules_added(s, e->to, e->overrides);
    }
}

void cpm_node_rules_added(struct cpm_solver *s, struct cpm_node *n, const struct cpm_override *set)
{
    const struct cpm_override *best;

    if (!set || n->overrides == set)
        return;
    best = n->overrides ? most_specific(s, n->overrides, set) : set;
    if (!best || best == n->overrides)
        return;
    n->overrides = best;
    spread(s, n);
}

void cpm_node_rules_removed(struct cpm_solver *s, struct cpm_node *n,
                            const struct cpm_override *set)
{
    const struct cpm_override *best = NULL;

    if (!n->overrides || n->overrides != set)
        return;
    for (struct cpm_edge *e = n->first_in; e; e = e->next_in)
        best = best && e->overrides ? most_specific(s, e->overrides, best) : e->overrides;
    if (best == n->overrides)
        return;
    n->overrides = best;
    if (best)
        spread(s, n);
}

bool cpm_node_overridden(struct cpm_solver *s, struct cpm_node *n)
{
    (void)s;
    if (!n->overrides || !cpm_override_applies(n->overrides, n->name))
        return false;
    for (struct cpm_edge *e = n->first_in; e; e = e->next_in)
        if (e->overrides && e->overrides->parent && e->overrides->name == n->name &&
            e->overrides->value == n->pkg->version && e->overrides != e->from->overrides)
            return true;
    return false;
}

int cpm_overrides_check_root(struct cpm_solver *s)
{
    for (uint32_t i = 0; s->overrides && i < s->root->edge_count; i++) {
        const struct cpm_edge *e = &s->root->edges[i];
        const struct cpm_name *spec = cpm_edge_spec(s, e);

        if (!s->status && spec != e->want->spec && spec->text[0] != '$')
            return cpm_solver_fail(s, CPM_EOVERRIDE,
                                   "Override for %s@%s conflicts with direct dependency",
                                   e->want->name->text, e->want->spec->text);
    }
    return s->status;
}
