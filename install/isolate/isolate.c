/* One entry a place: containers, packages in them, folders of the project, links. Two places of the
 * ideal tree with equal keys are one place here. */
#include "install/isolate/isolate.h"

#include "install/isolate/graph.h"

#define STORE "node_modules/.store/"

struct laying {
    struct cpm_isolate *in;
    struct cpm_iso_graph graph;
    struct cpm_map taken; /* locations */
    size_t room;
};

/* In this layout npm forgets that a package bundles others. */
static const struct cpm_manifest *without_bundle(struct laying *l, const struct cpm_manifest *m)
{
    struct cpm_manifest *copy;

    if (!m || !m->raw[CPM_RAW_BUNDLE].len)
        return m;
    copy = CPM_NEW(l->in->arena, struct cpm_manifest);
    *copy = *m;
    copy->raw[CPM_RAW_BUNDLE] = CPM_STR_NONE;
    copy->bundle_count = 0;
    return copy;
}

static struct cpm_lock_entry *add(struct laying *l, const char *location,
                                  const struct cpm_lock_entry *origin)
{
    struct cpm_lock *out = &l->in->layout;
    struct cpm_lock_entry *e = &out->entries[out->count];

    if (cpm_map_set(&l->taken, cpm_str(location), e))
        return NULL;
    if (origin)
        *e = *origin;
    e->location = cpm_str(location);
    e->manifest = without_bundle(l, e->manifest);
    e->dev = e->dev_optional = e->peer = e->extraneous = false;
    l->in->origins[out->count++] = origin;
    return e;
}

static const char *place_of(struct laying *l, const struct cpm_iso_node *node)
{
    struct cpm_str name = cpm_iso_package_name(node);

    return node->stored ? cpm_arena_printf(l->in->arena, STORE "%s/node_modules/%.*s", node->key,
                                           CPM_STR_ARG(name))
                        : cpm_arena_str(l->in->arena, node->entry->location).ptr;
}

static void add_link(struct laying *l, const char *modules, struct cpm_str name,
                     const struct cpm_iso_node *to)
{
    struct cpm_lock_entry *e =
        add(l, cpm_arena_printf(l->in->arena, "%s/%.*s", modules, CPM_STR_ARG(name)), NULL);

    if (!e)
        return;
    e->link = true;
    e->resolved = cpm_str(place_of(l, to));
}

/* Whoever needs something has a link to it beside itself, or in its own node_modules. */
static void add_links(struct laying *l, const struct cpm_iso_node *from, const char *modules)
{
    for (size_t i = 0; i < from->dep_count; i++) {
        const struct cpm_iso_node *to = from->deps[i];

        if (to->top) {
            if (from == l->graph.root && to->workspace &&
                !cpm_iso_declared(&l->graph, cpm_iso_package_name(to)))
                continue;
            add_link(l, modules, cpm_iso_link_name(to), to);
        } else if (to->stored) {
            add_link(l, modules, cpm_location_name(to->entry->location), to);
        }
    }
}

static void add_stored(struct laying *l, const struct cpm_iso_node *node)
{
    static const struct cpm_manifest empty;
    const char *container = cpm_arena_printf(l->in->arena, STORE "%s", node->key);
    struct cpm_lock_entry *e = add(l, container, NULL);

    if (!e)
        return;
    e->manifest = &empty;
    e = add(l, place_of(l, node), node->entry);
    if (e)
        e->name = NULL;
    add_links(l, node, cpm_arena_printf(l->in->arena, "%s/node_modules", container));
}

static void add_top(struct laying *l, const struct cpm_iso_node *node)
{
    struct cpm_str location = node->entry->location, name = cpm_iso_package_name(node);
    struct cpm_lock_entry *e = add(l, cpm_arena_str(l->in->arena, location).ptr, node->entry);

    if (e)
        e->optional = false; /* npm forgets it of folders */
    if (node != l->graph.root && cpm_iso_declared(&l->graph, name))
        add_link(l, "node_modules", name, node);
    add_links(l, node,
              cpm_arena_printf(l->in->arena, "%.*s%snode_modules", CPM_STR_ARG(location),
                               location.len ? "/" : ""));
}

/* What the project itself bundles stands where the ideal tree has it. */
static void add_bundled(struct laying *l)
{
    for (size_t i = 0; i < l->graph.count; i++) {
        const struct cpm_lock_entry *e = &l->in->ideal->entries[i];

        if (e->in_bundle && !e->link && !l->graph.nodes[i].stored && e->resolved.len)
            add(l, cpm_arena_str(l->in->arena, e->location).ptr, e);
    }
}

int cpm_isolate_make(struct cpm_isolate *in, struct cpm_error *err)
{
    struct laying l = {.in = in, .taken = CPM_MAP_INIT};
    int rc;

    cpm_iso_graph_make(in, &l.graph);
    rc = cpm_iso_keys(&l.graph, err);
    if (rc < 0)
        goto out;
    for (size_t i = 0; i < l.graph.count; i++)
        l.room += l.graph.nodes[i].dep_count + 3;
    in->layout =
        (struct cpm_lock){.lockfile_version = 3,
                          .requires = true,
                          .style = in->ideal->style,
                          .entries = CPM_NEW_ARRAY(in->arena, struct cpm_lock_entry, l.room + 1)};
    in->origins = CPM_NEW_ARRAY(in->arena, const struct cpm_lock_entry *, l.room + 1);
    add_top(&l, l.graph.root);
    for (size_t i = 0; i < l.graph.count; i++) {
        const struct cpm_iso_node *node = &l.graph.nodes[i];

        if (node->stored)
            add_stored(&l, node);
        else if (node->top && node != l.graph.root && !node->entry->extraneous)
            add_top(&l, node);
    }
    add_bundled(&l);
out:
    cpm_map_release(&l.graph.at);
    cpm_map_release(&l.taken);
    return rc;
}
