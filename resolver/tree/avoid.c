/* npm audit fix: whoever leads to a vulnerable package is looked at again, and picks go past the
 * vulnerable versions. A version counts as vulnerable by its range alone. */
#include "resolver/tree/solver.h"

static const struct cpm_range *range_of(struct cpm_solver *s, const struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg ? n->pkg->manifest : NULL;
    return m && m->name && m->version ? cpm_solver_name(s, m->name)->avoid : NULL;
}

bool cpm_node_is_vulnerable(struct cpm_solver *s, const struct cpm_node *n)
{
    struct cpm_version version;
    const struct cpm_range *range = s->in->avoid_count ? range_of(s, n) : NULL;
    return range &&
           cpm_version_parse(cpm_name_str(n->pkg->manifest->version), CPM_SEMVER_LOOSE, &version) &&
           cpm_range_satisfies(range, &version, CPM_SEMVER_INCLUDE_PRERELEASE);
}

void cpm_avoid_apply(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};
    for (size_t i = 0; i < s->in->avoid_count; i++)
        cpm_solver_name(s, s->in->avoids[i].name)->avoid = s->in->avoids[i].range;
    if (s->in->avoid_count)
        cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n; i++) {
        if (!cpm_node_is_vulnerable(s, all.v[i]) || cpm_node_in_dep_bundle(s, all.v[i]))
            continue;
        for (struct cpm_edge *e = all.v[i]->first_in; e; e = e->next_in)
            cpm_queue_node(s, e->from);
    }
    cpm_nodes_release(&all);
}
