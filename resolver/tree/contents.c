/* Packages that bring others in their tarball: what lies in their node_modules, or what their
 * npm-shrinkwrap.json says, becomes part of the tree before their wishes are looked at. */
#include "resolver/tree/solver.h"

static bool is_missing_bundled(struct cpm_solver *s, struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg->manifest;

    for (uint32_t i = 0; m && i < m->bundle_count; i++)
        if (!cpm_node_child(s, n, cpm_solver_fold(s, m->bundle[i])))
            return true;
    return false;
}

bool cpm_contents_wanted(struct cpm_solver *s, struct cpm_node *n)
{
    return s->source->contents && n != s->root && !n->target && n->parent && n->resolved.len &&
           !n->inert && (n->has_shrinkwrap ? !n->first_kid : is_missing_bundled(s, n));
}

/* The node that a location of the package's own tree lies in; NULL: it is not there. */
static struct cpm_node *owner_of(const struct cpm_map *nodes, struct cpm_str location)
{
    size_t folder = location.len - cpm_location_name(location).len;
    size_t tail = strlen("node_modules/");

    if (cpm_location_is_top(location))
        return NULL;
    folder -= tail;
    return cpm_map_get(nodes, cpm_str_n(location.ptr, folder ? folder - 1 : 0));
}

static void add_entry(struct cpm_solver *s, struct cpm_map *nodes, const struct cpm_lock_entry *e)
{
    struct cpm_node *owner = owner_of(nodes, e->location), *kid;
    struct cpm_pkg *pkg;

    if (!owner || !e->manifest)
        return;
    pkg = cpm_pkg_new(s, e->manifest);
    pkg->resolved = e->resolved;
    pkg->integrity = e->integrity;
    kid = cpm_node_new(s, cpm_names_get(s->names, cpm_location_name(e->location)), pkg);
    cpm_node_attach(s, kid, owner);
    cpm_node_load_edges(s, kid);
    cpm_map_set(nodes, e->location, kid);
}

static void add_all(struct cpm_solver *s, struct cpm_node *n, const struct cpm_lock *inside)
{
    struct cpm_map nodes = CPM_MAP_INIT;
    size_t before;

    cpm_map_set(&nodes, CPM_STR(""), n);
    do { /* owners may stand behind what they own */
        before = nodes.count;
        for (size_t i = 0; i < inside->count; i++)
            if (inside->entries[i].location.len && !inside->entries[i].link &&
                !cpm_map_get(&nodes, inside->entries[i].location))
                add_entry(s, &nodes, &inside->entries[i]);
    } while (nodes.count > before);
    cpm_map_release(&nodes);
}

bool cpm_contents_load(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_tree_tarball tarball = {n->pkg->manifest, n->resolved, n->integrity};
    const struct cpm_lock *inside = NULL;
    struct cpm_error err = CPM_ERROR_INIT;
    int code = s->source->contents(s->source->data, &tarball, &inside, &err);

    if (code == CPM_EAGAIN) {
        cpm_need_contents(s, &tarball);
        return false;
    }
    if (code < 0)
        cpm_solver_fail(s, code, "%s", err.text);
    else if (inside)
        add_all(s, n, inside);
    return true;
}
