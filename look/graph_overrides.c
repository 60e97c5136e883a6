/* npm's rule sets: a place in the tree of rules, which a node has from the edges into it. The most
 * specific of them counts; of two beside each other what they have in common, unless they
 * contradict each other. They spread from the root, as far as they say something new. */
#include "look/graph_overrides.h"

#include "resolver/tree/rules.h"

static struct cpm_rules rules_of(const struct cpm_graph *t)
{
    return (struct cpm_rules){.arena = t->arena, .names = t->names, .path = t->path};
}

/* What the solver refuses stands in no tree that npm made: it is passed over. */
static const struct cpm_override *read_overrides(const struct cpm_graph *t)
{
    struct cpm_rules rules = rules_of(t);
    const struct cpm_override *root = NULL;
    struct cpm_error err = CPM_ERROR_INIT;

    if (!t->global)
        cpm_rules_read(&rules, t->root->manifest->raw[CPM_RAW_OVERRIDES], &root, &err);
    return root;
}

struct asking {
    const struct cpm_graph *t;
    const struct cpm_graph_edge *e;
};

static bool speaks(void *data, const struct cpm_override *rule)
{
    const struct asking *ask = data;
    const struct cpm_graph_edge *e = ask->e;
    struct cpm_spec spec;

    if (cpm_spec_resolve(ask->t->arena, e->name, e->raw, e->from->path, &spec, NULL) < 0)
        return true;
    return cpm_rule_speaks_of(rule, &spec);
}

static const struct cpm_override *
rule_for(const struct cpm_graph *t, const struct cpm_override *set, const struct cpm_graph_edge *e)
{
    struct asking ask = {t, e};

    return cpm_rules_find(set, cpm_names_get(t->names, e->name), speaks, &ask);
}

/* Spreading: as npm does, down to the end of one edge before the next is looked at. A set only
 * becomes more specific or more common, so that this ends. */

static void look_at(const struct cpm_graph *t, struct cpm_graph_edge *e);

static void give(const struct cpm_graph *t, struct cpm_graph_node *n,
                 const struct cpm_override *set)
{
    struct cpm_rules rules = rules_of(t);
    const struct cpm_override *best =
        n->rules ? cpm_rules_more_specific(&rules, n->rules, set) : set;

    if (!best || best == n->rules || n->rule_changes++ > CPM_GRAPH_RULE_CHANGES)
        return;
    n->rules = best;
    if (n->target != n)
        give(t, n->target, best);
    for (size_t i = 0; i < n->edge_count; i++)
        look_at(t, &n->edges[i]);
}

/* "$name" is the root's own spec for name, or else what the requirer itself has for it. */
static struct cpm_str follow_reference(const struct cpm_graph *t, const struct cpm_graph_node *from,
                                       struct cpm_str value)
{
    struct cpm_str name = cpm_str_sub(value, 1, CPM_NPOS);
    const struct cpm_name *spec;

    if (!cpm_str_starts(value, "$"))
        return value;
    spec = cpm_rule_wish(t->root->manifest, name, false);
    if (!spec)
        spec = cpm_rule_wish(from->manifest, name, false);
    if (!spec) /* npm ends here */
        spec = cpm_rule_wish(t->root->manifest, name, true);
    return spec ? cpm_name_str(spec) : value;
}

static bool names(const struct cpm_override *rule, struct cpm_str name)
{
    return rule->parent && cpm_str_eq(cpm_name_str(rule->name), name);
}

/* The next of its name on the way up. */
static struct cpm_graph_node *above(const struct cpm_graph_node *n)
{
    const struct cpm_graph_node *owner = n->parent;
    struct cpm_graph_node *found = NULL;

    while (owner && !found) {
        owner = owner->parent ? owner->parent : owner->fs_parent;
        found = owner ? cpm_map_get(&owner->kids, n->name) : NULL;
    }
    return found;
}

static void look_at(const struct cpm_graph *t, struct cpm_graph_edge *e)
{
    const struct cpm_override *rule = rule_for(t, e->from->rules, e);
    bool applies = names(rule, e->name) && !cpm_str_is(cpm_name_str(rule->value), "*");
    struct cpm_graph_node *to = e->to;

    e->rule = rule;
    e->spec = applies ? follow_reference(t, e->from, cpm_name_str(rule->value)) : e->raw;
    while (to && !to->arrived)
        to = above(to);
    if (to)
        give(t, to, rule);
}

/* npm makes the nodes in the order of the lock, and each asks those who are there what they say of
 * it: a rule that somebody had before it came is none of its rules; but who stands above it in the
 * tree was taken for it until then, and keeps what was said. */
static void arrive(const struct cpm_graph *t, struct cpm_graph_node *n)
{
    n->arrived = true;
    for (size_t i = 0; i < n->edge_in_count; i++)
        if (n->edges_in[i]->from->rules)
            look_at(t, n->edges_in[i]);
}

static bool is_overridden(const struct cpm_graph_node *n)
{
    struct cpm_str version = cpm_name_str(n->manifest->version);

    if (!n->rules || !names(n->rules, n->name))
        return false;
    for (size_t i = 0; i < n->edge_in_count; i++) {
        const struct cpm_override *rule = n->edges_in[i]->rule;

        if (rule && names(rule, n->name) && cpm_str_eq(cpm_name_str(rule->value), version) &&
            rule != n->edges_in[i]->from->rules)
            return true;
    }
    return false;
}

void cpm_graph_overrides_apply(struct cpm_graph *tree)
{
    const struct cpm_override *root = read_overrides(tree);

    if (!root)
        return;
    give(tree, tree->root, root);
    for (size_t i = 0; i < tree->count; i++)
        arrive(tree, &tree->nodes[i]);
    for (size_t i = 0; i < tree->count; i++)
        tree->nodes[i].overridden = is_overridden(&tree->nodes[i]);
}

struct cpm_str cpm_graph_rule_key(const struct cpm_graph_edge *e)
{
    return e->rule && e->rule->parent ? cpm_name_str(e->rule->key_spec) : CPM_STR_NONE;
}

bool cpm_graph_rules_conflict(const struct cpm_graph *tree, const struct cpm_override *a,
                              const struct cpm_override *b)
{
    struct cpm_rules rules = rules_of(tree);

    return !cpm_rules_more_specific(&rules, a, b);
}
