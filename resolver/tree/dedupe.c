/* Removing what the levels above make needless. */
#include "base/collate.h"
#include "resolver/tree/override.h"
#include "resolver/tree/solver.h"

#include <stdlib.h>

static bool better(struct cpm_solver *s, struct cpm_node *other, struct cpm_node *n,
                   bool explicit_request)
{
    int order;

    if (s->opts->prefer_dedupe || explicit_request)
        return true;
    if (!other->pkg->parsed_ok || !n->pkg->parsed_ok)
        return false;
    order = cpm_version_cmp(&other->pkg->parsed, &n->pkg->parsed);
    return order == 0 || (order > 0 && !cpm_node_overridden(s, n));
}

/* Would everyone who needs this node be as well off with what stands above it? */
static bool can_dedupe(struct cpm_solver *s, struct cpm_node *n, bool explicit_request)
{
    struct cpm_node *above = cpm_node_above(n), *other;

    if (!above || !cpm_node_above(above))
        return false;
    if (cpm_node_in_dep_bundle(s, n) || cpm_node_in_shrinkwrap(n))
        return false;
    if (!n->first_in)
        return true;
    other = cpm_node_resolve(s, cpm_node_above(above), n->fold);
    if (!other)
        return false;
    if (cpm_node_matches(other, n))
        return true;
    return cpm_node_can_replace(s, other, n, NULL) && better(s, other, n, explicit_request);
}

static void remove_with_own(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_nodes set = {0};

    cpm_nodes_add(&set, n);
    cpm_gather(s, &set, cpm_pass_valid_elsewhere, n);
    for (size_t i = 0; i < set.n; i++)
        cpm_node_detach(s, set.v[i]);
    cpm_nodes_release(&set);
}

static int by_location(const void *a, const void *b)
{
    const struct cpm_node *x = *(struct cpm_node *const *)a, *y = *(struct cpm_node *const *)b;

    return cpm_collate(x->location, y->location);
}

static void prune_kids(struct cpm_solver *s, struct cpm_node *n, bool explicit_request)
{
    struct cpm_nodes kids = {0};

    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        cpm_nodes_add(&kids, k);
    if (kids.n)
        qsort(kids.v, kids.n, sizeof(*kids.v), by_location);
    for (size_t i = 0; i < kids.n; i++)
        if (kids.v[i]->parent == n)
            cpm_prune_dedupable(s, kids.v[i], true, explicit_request);
    cpm_nodes_release(&kids);
}

/* Without this look the whole tree would be sorted for nothing most of the time. */
static bool any_dedupable(struct cpm_solver *s, struct cpm_node *top, bool explicit_request)
{
    struct cpm_nodes all = {0};
    bool any = false;

    cpm_node_walk(top, &all);
    for (size_t i = 0; !any && i < all.n; i++)
        any = can_dedupe(s, all.v[i], explicit_request);
    cpm_nodes_release(&all);
    return any;
}

static void descend_into(struct cpm_solver *s, struct cpm_node *n, bool explicit_request)
{
    struct cpm_nodes tops = {0};

    prune_kids(s, n, explicit_request);
    for (struct cpm_node *k = n->first_fs_kid; k; k = k->next_fs_kid)
        cpm_nodes_add(&tops, k);
    if (tops.n)
        qsort(tops.v, tops.n, sizeof(*tops.v), by_location);
    for (size_t i = 0; i < tops.n; i++)
        prune_kids(s, tops.v[i], explicit_request);
    cpm_nodes_release(&tops);
}

void cpm_prune_dedupable(struct cpm_solver *s, struct cpm_node *n, bool descend,
                         bool explicit_request)
{
    if (can_dedupe(s, n, explicit_request))
        remove_with_own(s, n);
    else if (descend && (n->first_kid || n->first_fs_kid) && any_dedupable(s, n, explicit_request))
        descend_into(s, n, explicit_request);
}
