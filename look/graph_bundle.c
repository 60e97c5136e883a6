/* A package is bundled when its parent is, when its parent names it, or when one that is bundled in
 * its parent wants it. The way so far is kept, so that a circle ends: what is on it is not asked
 * again. */
#include "look/graph_bundle.h"

static bool names(const struct cpm_manifest *m, struct cpm_str name)
{
    for (uint32_t i = 0; i < m->bundle_count; i++)
        if (cpm_str_eq(cpm_name_str(m->bundle[i]), name))
            return true;
    return false;
}

static const struct cpm_graph_node *find(const struct cpm_graph *tree,
                                         const struct cpm_graph_node *node, bool *on_way)
{
    size_t at = cpm_graph_index(tree, node);
    const struct cpm_graph_node *parent = node->parent, *found;
    if (on_way[at])
        return NULL;
    on_way[at] = true;
    if (!parent)
        return NULL;
    if ((found = find(tree, parent, on_way)))
        return found;
    if (names(parent->manifest, node->name))
        return parent;
    for (size_t i = 0; i < node->edge_in_count; i++)
        if (find(tree, node->edges_in[i]->from, on_way) == parent)
            return parent;
    return NULL;
}

const struct cpm_graph_node *cpm_graph_bundler(struct cpm_graph *tree,
                                               const struct cpm_graph_node *node)
{
    const struct cpm_graph_node *above = node->parent;
    while (above && !above->manifest->bundle_count)
        above = above->parent;
    if (!above) /* the common case, and the cheap one: only a parent can be the bundler */
        return NULL;
    return find(tree, node, CPM_NEW_ARRAY(tree->arena, bool, tree->count + 1));
}
