#include "install/plan.h"

#include "base/path.h"
#include "install/actual.h"
#include "install/plan_actual.h"
#include "install/refuse.h"
#include "install/workspaces.h"

#include <stdlib.h>

/* The hidden lock is believed when npm would believe it and the last run ended; then the plan is a
 * comparison of two lists. Otherwise the folders are read, and a package is only kept when the
 * store knows its bytes and every file is there with its size: "up to date" is never a guess. */

struct planning {
    const struct cpm_plan_input *in;
    struct cpm_plan *plan;
    struct cpm_arena *arena;
    struct cpm_lock actual;
    bool believed; /* actual is the hidden lock */
    struct cpm_map actual_at;
    struct cpm_map containers; /* of the linked layout: those that stay */
};

bool cpm_plan_omits(const struct cpm_lock_entry *e, const char *const *omit)
{
    bool dev = false, optional = false, peer = false;

    for (; omit && *omit; omit++) {
        dev |= strcmp(*omit, "dev") == 0;
        optional |= strcmp(*omit, "optional") == 0;
        peer |= strcmp(*omit, "peer") == 0;
    }
    return (e->peer && peer) || (e->dev && dev) || (e->optional && optional) ||
           (e->dev_optional && dev && optional);
}

bool cpm_plan_leaves_out(const struct cpm_install_options *opts, const struct cpm_lock_entry *e)
{
    struct cpm_str holder = cpm_location_holder(e->location);
    bool ours = !holder.len || (opts->workspaces && cpm_workspaces_hold(opts->workspaces, holder));

    return ours && !cpm_location_is_top(e->location) && cpm_plan_omits(e, opts->omit);
}

/* Index of the last "node_modules" segment of a location, or CPM_NPOS: a workspace, a link's
 * target. */
static size_t last_modules(struct cpm_str location)
{
    static const char segment[] = "node_modules/";

    for (size_t at = location.len; at-- > 0;)
        if ((at == 0 || location.ptr[at - 1] == '/') &&
            cpm_str_starts(cpm_str_sub(location, at, location.len), segment))
            return at;
    return CPM_NPOS;
}

static int by_location(const void *a, const void *b)
{
    return cpm_str_cmp(((const struct cpm_plan_node *)a)->entry->location,
                       ((const struct cpm_plan_node *)b)->entry->location);
}

static const char *link_text(struct planning *p, const struct cpm_lock_entry *e)
{
    const char *root = p->in->modules->path;
    struct cpm_str parent = cpm_location_parent(e->location);
    const char *from = cpm_path_resolve(p->arena, root, cpm_arena_str(p->arena, parent).ptr);
    const char *to = cpm_path_resolve(p->arena, root, cpm_arena_str(p->arena, e->resolved).ptr);

    return cpm_path_relative(p->arena, from, to);
}

static int check_entry(const struct cpm_lock_entry *e, struct cpm_error *err)
{
    if (!cpm_location_safe(e->location))
        return cpm_error_set(err, CPM_EINVAL, "'%.*s' is no place for a package",
                             CPM_STR_ARG(e->location));
    if (e->link && e->resolved.len == 0)
        return cpm_error_set(err, CPM_EMISSINGTARGET, "the link '%.*s' has no target",
                             CPM_STR_ARG(e->location));
    return 0;
}

static bool is_wanted(const struct planning *p, const struct cpm_lock_entry *e)
{
    return !cpm_location_is_top(e->location) && !e->inert && !cpm_plan_leaves_out(p->in->opts, e);
}

static int collect_nodes(struct planning *p, struct cpm_error *err)
{
    struct cpm_plan *plan = p->plan;
    const struct cpm_lock *tree = plan->tree;

    plan->nodes = CPM_NEW_ARRAY(p->arena, struct cpm_plan_node, tree->count + 1);
    for (size_t i = 0; i < tree->count; i++) {
        const struct cpm_lock_entry *e = &tree->entries[i];
        int rc;

        if (cpm_location_is_container(e->location))
            cpm_map_set(&p->containers, e->location, p);
        if (!is_wanted(p, e))
            continue;
        rc = check_entry(e, err);
        if (rc < 0)
            return rc;
        plan->nodes[plan->count++] =
            (struct cpm_plan_node){.entry = e,
                                   .owner = -1,
                                   .unit = -1,
                                   .next = -1,
                                   .link = e->link ? link_text(p, e) : NULL};
    }
    qsort(plan->nodes, plan->count, sizeof(plan->nodes[0]), by_location);
    for (uint32_t i = 0; i < plan->count; i++)
        cpm_map_set(&plan->by_location, plan->nodes[i].entry->location, &plan->nodes[i]);
    return 0;
}

/* The node of the folder that a location is nested in, or NULL. */
static struct cpm_plan_node *owner_of(const struct cpm_plan *plan, struct cpm_str location)
{
    size_t at = last_modules(location);

    return at == CPM_NPOS || at == 0
               ? NULL
               : cpm_map_get(&plan->by_location, cpm_str_sub(location, 0, at - 1));
}

/* Workspaces and other folders of the project, linked on disk or not. */
static const char *const *folders_of(const struct planning *p)
{
    const struct cpm_lock *ideal = p->in->ideal;
    const char **folders = CPM_NEW_ARRAY(p->arena, const char *, ideal->count + 1);
    size_t n = 0;

    for (size_t i = 0; i < ideal->count; i++) {
        struct cpm_str at = ideal->entries[i].location;

        if (at.len && cpm_location_is_top(at) && !cpm_str_starts(at, ".."))
            folders[n++] = cpm_arena_strndup(p->arena, at.ptr, at.len);
    }
    return folders;
}

static int read_actual(struct planning *p, struct cpm_names *names, struct cpm_error *err)
{
    const struct cpm_actual_source source = {.path = p->in->modules->path,
                                             .names = names,
                                             .arena = p->arena,
                                             .global = p->in->opts->global,
                                             .folders = folders_of(p),
                                             .dead_links = true,
                                             .folders_only = p->in->distrust};
    int rc;

    if (p->in->opts->clean)
        return 0;
    rc = cpm_actual_read(&source, &p->actual, &p->believed, err);
    for (size_t i = 0; rc == 0 && i < p->actual.count; i++)
        if (p->actual.entries[i].location.len)
            cpm_map_set(&p->actual_at, p->actual.entries[i].location, &p->actual.entries[i]);
    return rc;
}

/* With a filter the plan is for another tree; what an unfinished run may have torn is in it. */
static void choose_tree(struct planning *p, struct cpm_names **names)
{
    struct cpm_filtered filtered;
    const struct cpm_filter_input in = {.filter = p->in->opts->filter,
                                        .path = p->in->modules->path,
                                        .workspaces = p->in->opts->workspaces,
                                        .ideal = p->in->ideal,
                                        .actual = &p->actual,
                                        .again = p->in->redo,
                                        .arena = p->arena};

    p->plan->tree = p->in->ideal;
    if (!in.filter || !cpm_filter_make(&in, &filtered))
        return;
    p->plan->tree = CPM_NEW(p->arena, struct cpm_lock);
    *p->plan->tree = filtered.lock;
    p->plan->origins = filtered.origins;
    p->plan->names = *names;
    *names = NULL;
}

/* A registry may name no hash. What an earlier run had of the same address, and hashed, is then not
 * asked for again: npm's cache answers by the address too. */
static void adopt_integrities(struct planning *p)
{
    struct cpm_lock *tree = p->plan->tree;

    for (size_t i = 0; p->believed && i < tree->count; i++) {
        struct cpm_lock_entry *e = &tree->entries[i];
        const struct cpm_lock_entry *old = cpm_map_get(&p->actual_at, e->location);

        if (!e->integrity.len && !e->link && old && !old->link && e->manifest && old->manifest &&
            cpm_str_starts(e->resolved, "http") && cpm_str_eq(e->resolved, old->resolved) &&
            cpm_str_eq(cpm_name_str(e->manifest->version), cpm_name_str(old->manifest->version)))
            e->integrity = old->integrity;
    }
}

static const struct cpm_store_entry *stored(const struct planning *p,
                                            const struct cpm_plan_node *node)
{
    const struct cpm_lock_entry *e = node->entry;

    /* A git dependency is found by its commit: an integrity that npm noted is of npm's packing. */
    return p->in->store && e->integrity.len && !cpm_str_starts(e->resolved, "git")
               ? cpm_store_find(p->in->store, e->integrity)
               : NULL;
}

/* Part of its owner's archive. What the project itself bundles (--save-bundle) is not. */
static bool came_along(const struct planning *p, const struct cpm_lock_entry *e)
{
    size_t nested = cpm_str_find(e->location, "/node_modules/");
    const struct cpm_plan_node *outer;

    if (!e->in_bundle || !cpm_str_starts(e->location, "node_modules/"))
        return e->in_bundle;
    if (nested == CPM_NPOS)
        return false;
    outer = cpm_map_get(&p->plan->by_location, cpm_str_sub(e->location, 0, nested));
    return !outer || !outer->entry->in_bundle;
}

/* Somebody put it there by hand, and the lock only took note. */
static bool has_no_source(const struct cpm_lock_entry *e)
{
    return !e->resolved.len && !e->integrity.len;
}

/* Outside the filter nothing is looked at, unless it may be half there. */
static bool is_left_alone(const struct planning *p, const struct cpm_plan_node *node)
{
    const struct cpm_plan *plan = p->plan;

    return plan->origins && !plan->origins[node->entry - plan->tree->entries] && !p->in->distrust;
}

static bool is_kept(struct planning *p, struct cpm_plan_node *node)
{
    const struct cpm_lock_entry *old = cpm_map_get(&p->actual_at, node->entry->location);
    const struct cpm_store_entry *store;

    if (came_along(p, node->entry) || is_left_alone(p, node))
        return true;
    if (!old || (p->in->redo && cpm_map_get(p->in->redo, node->entry->location)))
        return false;
    if (p->believed || node->link || old->link || has_no_source(node->entry))
        return cpm_entry_same(node->entry, old);
    store = stored(p, node);
    return store && old->manifest && node->entry->manifest &&
           cpm_str_eq(cpm_name_str(old->manifest->version),
                      cpm_name_str(node->entry->manifest->version)) &&
           cpm_entry_whole(p->in->modules, node->entry->location, store);
}

/* The store may have lost since what it told then. */
static void note_license(const struct planning *p, struct cpm_plan_node *node)
{
    const struct cpm_lock_entry *old = cpm_map_get(&p->actual_at, node->entry->location);

    if (!old || !old->manifest || node->link)
        return;
    node->license_known = true;
    node->license = old->manifest->raw[CPM_RAW_LICENSE];
}

static void append(struct cpm_plan *plan, int32_t unit, struct cpm_plan_node *node)
{
    struct cpm_plan_unit *u = &plan->units[unit];
    int32_t index = (int32_t)(node - plan->nodes);

    node->unit = unit;
    node->action = CPM_PLAN_PUT;
    if (u->count++)
        plan->nodes[u->last].next = index;
    else
        u->first = index;
    u->last = index;
}

/* In the order of locations an owner always comes before what is nested in it. */
static void make_units(struct planning *p)
{
    struct cpm_plan *plan = p->plan;

    plan->units = CPM_NEW_ARRAY(p->arena, struct cpm_plan_unit, plan->count + 1);
    for (uint32_t i = 0; i < plan->count; i++) {
        struct cpm_plan_node *node = &plan->nodes[i];
        struct cpm_plan_node *owner = owner_of(plan, node->entry->location);
        bool nested = owner && owner->unit >= 0;

        node->owner = owner ? (int32_t)(owner - plan->nodes) : -1;
        if (came_along(p, node->entry) || (!nested && is_kept(p, node))) {
            note_license(p, node);
            continue;
        }
        append(plan, nested ? owner->unit : (int32_t)plan->unit_count++, node);
        if (node->link)
            continue;
        node->store = stored(p, node);
        if (!node->store)
            plan->units[node->unit].missing++;
    }
}

static int check_source(const struct planning *p, const struct cpm_lock_entry *e,
                        struct cpm_error *err)
{
    int rc = cpm_refuse_unasked(p->in->ideal, e, err);

    return rc < 0 ? rc : cpm_refuse_source(p->in->ideal, e, p->in->opts, err);
}

static int check_sources(const struct planning *p, struct cpm_error *err)
{
    int rc = 0;

    for (uint32_t i = 0; i < p->plan->count && rc == 0; i++)
        if (p->plan->nodes[i].action == CPM_PLAN_PUT)
            rc = check_source(p, p->plan->nodes[i].entry, err);
    return rc;
}

/* True for a folder that came inside the archive of the package around it. */
static bool is_bundled(struct planning *p, const struct cpm_lock_entry *old)
{
    struct cpm_plan_node *owner = owner_of(p->plan, old->location);
    const struct cpm_store_entry *store;

    if (came_along(p, old))
        return true;
    store = owner && !owner->link ? stored(p, owner) : NULL;
    return store &&
           cpm_store_index_has_dir(
               cpm_store_entry_index(store),
               cpm_str_sub(old->location, owner->entry->location.len + 1, old->location.len));
}

/* The nearest folder around a location that goes away or is put anew takes it along. */
static bool goes_with_owner(struct planning *p, struct cpm_str location)
{
    size_t at;

    while ((at = last_modules(location)) != CPM_NPOS && at > 0) {
        struct cpm_plan_node *node;

        location = cpm_str_sub(location, 0, at - 1);
        node = cpm_map_get(&p->plan->by_location, location);
        if (node && node->action == CPM_PLAN_PUT)
            return true;
        if (!node && cpm_map_get(&p->actual_at, location) && last_modules(location) != CPM_NPOS &&
            !cpm_map_get(&p->containers, location))
            return true;
    }
    return false;
}

static bool is_gone_container(const struct planning *p, const struct cpm_lock_entry *old)
{
    return cpm_location_is_container(old->location) && !cpm_map_get(&p->containers, old->location);
}

static void find_removed(struct planning *p)
{
    struct cpm_str *removed = CPM_NEW_ARRAY(p->arena, struct cpm_str, p->actual.count + 1);

    p->plan->removed = removed;
    for (size_t i = 0; i < p->actual.count; i++) {
        const struct cpm_lock_entry *old = &p->actual.entries[i];

        if (is_gone_container(p, old)) {
            removed[p->plan->removed_count++] = old->location;
            continue;
        }
        if (cpm_location_is_top(old->location) || old->inert ||
            cpm_map_get(&p->plan->by_location, old->location) ||
            goes_with_owner(p, old->location) || is_bundled(p, old))
            continue;
        removed[p->plan->removed_count++] = old->location;
    }
}

static struct cpm_str shown_name(const struct cpm_lock_entry *e)
{
    return cpm_location_name(e->location);
}

static struct cpm_str shown_version(const struct cpm_lock_entry *e)
{
    return e && e->manifest ? cpm_name_str(e->manifest->version) : CPM_STR_NONE;
}

/* A link has the version of what it leads to. */
static struct cpm_str new_version(const struct planning *p, const struct cpm_lock_entry *e)
{
    const struct cpm_lock *tree = p->plan->tree;

    for (size_t i = 0; e->link && i < tree->count; i++)
        if (!tree->entries[i].link && cpm_str_eq(tree->entries[i].location, e->resolved))
            return shown_version(&tree->entries[i]);
    return shown_version(e);
}

static void list_changes(struct planning *p)
{
    size_t most = p->plan->count + p->actual.count;
    struct cpm_install_change *v = CPM_NEW_ARRAY(p->arena, struct cpm_install_change, most + 1);
    size_t n = 0;

    for (uint32_t i = 0; i < p->plan->count; i++) {
        const struct cpm_plan_node *node = &p->plan->nodes[i];
        const struct cpm_lock_entry *old = cpm_map_get(&p->actual_at, node->entry->location);

        if (node->action == CPM_PLAN_KEEP || (old && cpm_entry_same(node->entry, old)))
            continue;
        v[n++] = (struct cpm_install_change){.type = old ? CPM_CHANGE_UPDATE : CPM_CHANGE_ADD,
                                             .location = node->entry->location,
                                             .link = node->link != NULL,
                                             .name = shown_name(node->entry),
                                             .version = new_version(p, node->entry),
                                             .old_version = shown_version(old)};
    }
    for (size_t i = 0; i < p->actual.count; i++) {
        const struct cpm_lock_entry *old = &p->actual.entries[i];

        if (cpm_location_is_top(old->location) || old->inert ||
            cpm_map_get(&p->plan->by_location, old->location) || is_bundled(p, old))
            continue;
        v[n++] = (struct cpm_install_change){.type = CPM_CHANGE_REMOVE,
                                             .location = old->location,
                                             .link = old->link,
                                             .name = shown_name(old),
                                             .old_version = shown_version(old)};
    }
    p->plan->changes = v;
    p->plan->change_count = n;
}

int cpm_plan_make(const struct cpm_plan_input *in, struct cpm_arena *arena, struct cpm_plan *plan,
                  struct cpm_error *err)
{
    struct planning p = {.in = in, .plan = plan, .arena = arena};
    struct cpm_names *names = cpm_names_new();
    int rc;

    *plan = (struct cpm_plan){.count = 0};
    rc = read_actual(&p, names, err);
    if (rc == 0) {
        choose_tree(&p, &names);
        rc = collect_nodes(&p, err);
    }
    if (rc == 0) {
        adopt_integrities(&p);
        make_units(&p);
        rc = check_sources(&p, err);
    }
    if (rc == 0) {
        find_removed(&p);
        list_changes(&p);
        /* The texts of the actual tree's names are about to go. */
        for (size_t i = 0; i < plan->change_count; i++) {
            struct cpm_install_change *c = (struct cpm_install_change *)&plan->changes[i];

            c->old_version = cpm_arena_str(arena, c->old_version);
        }
    }
    cpm_map_release(&p.actual_at);
    cpm_map_release(&p.containers);
    cpm_names_free(names);
    if (rc < 0) {
        cpm_names_free(plan->names);
        cpm_plan_release(plan);
    }
    return rc;
}

void cpm_plan_release(struct cpm_plan *plan)
{
    cpm_map_release(&plan->by_location);
}
