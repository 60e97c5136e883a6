/* npm's depValid over what is on disk. */
#include "look/graph_overrides.h"

#include "semver/hosted.h"
#include "semver/spec.h"

static bool version_in(const struct cpm_graph_node *node, const struct cpm_range *range)
{
    struct cpm_version version;
    return range &&
           cpm_version_parse(cpm_name_str(node->manifest->version), CPM_SEMVER_LOOSE, &version) &&
           cpm_range_satisfies(range, &version, 0);
}

static bool git_valid(const struct cpm_graph *t, const struct cpm_graph_node *node,
                      const struct cpm_spec *spec)
{
    struct cpm_spec have;
    struct cpm_hosted_options opts = {.no_committish = !cpm_spec_is_commit(spec->committish)};
    if (!node->entry->resolved.len ||
        cpm_spec_parse(t->arena, node->entry->resolved, t->path, &have, NULL) < 0)
        return false;
    if (have.hosted) {
        if (!spec->hosted ||
            !cpm_str_eq(cpm_hosted_url(t->arena, have.hosted, CPM_HOSTED_SSH, &opts),
                        cpm_hosted_url(t->arena, spec->hosted, CPM_HOSTED_SSH, &opts)))
            return false;
    } else if (!cpm_str_eq(have.fetch, spec->fetch)) {
        return false;
    }
    return !spec->git_range || version_in(node, spec->git_range);
}

/* The lock has tarball files relative to the project: "file:x.tgz". */
static bool file_valid(const struct cpm_graph *t, const struct cpm_graph_node *node,
                       const struct cpm_spec *spec)
{
    struct cpm_spec have;
    if (node->entry->link || !cpm_str_starts(node->entry->resolved, "file:") ||
        cpm_spec_parse(t->arena, node->entry->resolved, t->path, &have, NULL) < 0)
        return false;
    return cpm_str_eq(have.fetch, spec->fetch);
}

static bool spec_valid(const struct cpm_graph *t, const struct cpm_graph_node *node,
                       const struct cpm_spec *spec)
{
    switch (spec->type) {
    case CPM_SPEC_RANGE:
        return cpm_str_is(spec->fetch, "*") || version_in(node, spec->range);
    case CPM_SPEC_VERSION:
        return version_in(node, spec->range);
    case CPM_SPEC_ALIAS:
        return spec->sub && spec_valid(t, node, spec->sub);
    case CPM_SPEC_TAG:
        return cpm_str_starts(node->entry->resolved, "http");
    case CPM_SPEC_REMOTE:
        return cpm_str_eq(node->entry->resolved, spec->fetch);
    case CPM_SPEC_DIRECTORY:
    case CPM_SPEC_WORKSPACE:
        return node->entry->link && cpm_str_eq(cpm_str(node->real), spec->fetch);
    case CPM_SPEC_FILE:
        return file_valid(t, node, spec);
    case CPM_SPEC_GIT:
        return git_valid(t, node, spec);
    }
    return false;
}

bool cpm_graph_node_satisfies(const struct cpm_graph *tree, const struct cpm_graph_node *node,
                              struct cpm_str spec, const char *where)
{
    struct cpm_spec parsed;
    if (spec.len == 0 || cpm_str_is(spec, "*"))
        return true;
    if (cpm_spec_resolve(tree->arena, node->name, spec, where, &parsed, NULL) < 0)
        return false;
    return spec_valid(tree, node, &parsed);
}

static bool either(const struct cpm_graph *tree, const struct cpm_graph_edge *e,
                   struct cpm_str spec)
{
    return cpm_graph_node_satisfies(tree, e->to, spec, e->from->real) ||
           (e->accept.ptr && cpm_graph_node_satisfies(tree, e->to, e->accept, e->from->real));
}

/* Good as a version, but what holds below it was made by rules that contradict the edge's. */
static bool is_of_other_rules(const struct cpm_graph *tree, const struct cpm_graph_edge *e)
{
    return e->rule && e->to->rules && e->to->target == e->to && e->to->edge_count &&
           cpm_graph_rules_conflict(tree, e->rule, e->to->rules);
}

/* A bundle, and what a shrinkwrap lists, is as it is: rules say nothing of it. */
static bool is_as_it_came(const struct cpm_graph_node *n)
{
    bool as_it_came = n->entry->in_bundle;

    for (; n && !as_it_came; n = n->parent)
        as_it_came = n->manifest && n->manifest->has_shrinkwrap;
    return as_it_came;
}

bool cpm_graph_edge_is_invalid(const struct cpm_graph *tree, const struct cpm_graph_edge *e)
{
    bool peer = e->type == CPM_GRAPH_PEER || e->type == CPM_GRAPH_PEER_OPTIONAL;
    if (!e->to || (peer && e->to->parent == e->from && e->from->parent))
        return false; /* missing, or npm's PEER LOCAL, which is another fault */
    if (is_as_it_came(e->to))
        return !either(tree, e, e->raw) || is_of_other_rules(tree, e);
    struct cpm_str key = cpm_graph_rule_key(e);
    if (either(tree, e, e->spec))
        return is_of_other_rules(tree, e);
    /* Good by the raw spec, as long as the rule does not speak of this version. */
    return !key.len || !either(tree, e, e->raw) || either(tree, e, key) ||
           is_of_other_rules(tree, e);
}
