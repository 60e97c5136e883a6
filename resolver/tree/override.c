/* Sets are places in one tree of rules, so that two are equal only when they are one. A node's set
 * is the most specific of those of the edges into it; when it changes, its own edges follow. */
#include "resolver/tree/override.h"

#include "resolver/tree/rules.h"
#include "resolver/tree/solver.h"

static struct cpm_rules rules_of(struct cpm_solver *s)
{
    return (struct cpm_rules){.arena = &s->work, .names = s->names, .path = s->opts->path};
}

int cpm_overrides_load(struct cpm_solver *s, struct cpm_str raw)
{
    struct cpm_rules rules = rules_of(s);
    struct cpm_error err = CPM_ERROR_INIT;

    if (cpm_rules_read(&rules, raw, &s->overrides, &err) < 0)
        return cpm_solver_fail(s, err.code, "%s", err.text);
    return 0;
}

/* Edges. */

struct asking {
    struct cpm_solver *s;
    const struct cpm_edge *e;
};

/* npm takes an empty wish for none: then it judges by what the last rule made of it, and so changes
 * its mind each time it looks. */
static bool speaks(void *data, const struct cpm_override *rule)
{
    const struct asking *ask = data;
    const struct cpm_edge *e = ask->e;
    const struct cpm_name *wish = e->want->spec->len ? e->want->spec : cpm_edge_spec(ask->s, e);

    return cpm_rule_speaks_of(rule, cpm_edge_parse(ask->s, e, wish, NULL));
}

static const struct cpm_override *rule_for(struct cpm_solver *s, const struct cpm_override *set,
                                           const struct cpm_edge *e)
{
    struct asking ask = {s, e};

    return cpm_rules_find(set, e->want->name, speaks, &ask);
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

/* The NAME of "$NAME". */
static struct cpm_str reference_of(const struct cpm_override *rule)
{
    return cpm_str_sub(cpm_name_str(rule->value), 1, CPM_NPOS);
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
    const struct cpm_name *spec;
    struct cpm_str ref;

    if (!cpm_override_applies(rule, e->want->name) || cpm_str_is(cpm_name_str(rule->value), "*"))
        return e->want->spec;
    if (rule->value->text[0] != '$')
        return rule->value;
    ref = reference_of(rule);
    spec = cpm_rule_wish(top_manifest(e->from), ref, false);
    if (!spec && e->from)
        spec = cpm_rule_wish(e->from->pkg->manifest, ref, false);
    if (!spec) /* npm ends here */
        spec = cpm_rule_wish(s->root->pkg->manifest, ref, true);
    if (!spec)
        cpm_solver_fail(s, CPM_EUNKNOWN, "unable to resolve reference '%s'", rule->value->text);
    return spec ? spec : e->want->spec;
}

const struct cpm_name *cpm_override_reference(struct cpm_solver *s, const struct cpm_edge *e)
{
    const struct cpm_override *rule = e->overrides;

    if (!rule || !cpm_override_applies(rule, e->want->name) || rule->value->text[0] != '$')
        return NULL;
    return cpm_rule_wish(s->root->pkg->manifest, reference_of(rule), false) ? rule->value : NULL;
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
    struct cpm_rule_walk walk = {.set = s->overrides};
    const struct cpm_override *rule;

    while ((rule = cpm_rules_next(&walk)))
        if (rule->name == m->name && (takes(rule->key_spec, m) || takes(rule->value, m)))
            return rule;
    return s->overrides;
}

bool cpm_overrides_equal(const struct cpm_override *a, const struct cpm_override *b)
{
    return a == b;
}

static const struct cpm_override *most_specific(struct cpm_solver *s, const struct cpm_override *a,
                                                const struct cpm_override *b)
{
    struct cpm_rules rules = rules_of(s);

    return cpm_rules_more_specific(&rules, a, b);
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
