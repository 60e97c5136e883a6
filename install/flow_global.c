/* Global folders. npm solves for the packages that were named and leaves all else that stands there
 * alone, nested packages included: so what stands there is put beside the ideal tree as it is. */
#include "install/flow_state.h"

/* The package of the global folder that a location belongs to; "" for what lies elsewhere. */
static struct cpm_str top_of(struct cpm_str location)
{
    size_t tail = strlen("node_modules/"), next;

    if (!cpm_str_starts(location, "node_modules/"))
        return CPM_STR_NONE;
    location = cpm_str_sub(location, tail, location.len);
    next = cpm_str_find(location, "/node_modules/");
    return next == CPM_NPOS ? location : cpm_str_sub(location, 0, next);
}

static bool is_named(const struct cpm_flow *f, struct cpm_str name)
{
    for (const char *const *word = f->opts->specs; *word; word++)
        if (cpm_str_is(name, *word))
            return true;
    return false;
}

/* Links are somebody's work in progress and stay. */
static void update_global(struct cpm_flow *f, const struct cpm_lock_entry *e)
{
    struct cpm_request any = {.spec = {.raw_spec = CPM_STR("*")}, .name = top_of(e->location)};
    bool all = !f->opts->specs[0];

    if (!any.name.len || !cpm_str_eq(any.name, cpm_location_name(e->location)) || e->link ||
        !(all || is_named(f, any.name)))
        return;
    cpm_request_write(&f->project.package, &any, &(struct cpm_request_options){.save_prefix = ""});
}

void cpm_flow_request_globals(struct cpm_flow *f)
{
    for (size_t i = 0; f->opts->mode == CPM_FLOW_UPDATE && i < f->actual.count; i++)
        update_global(f, &f->actual.entries[i]);
}

static bool is_replaced(const struct cpm_flow *f, const struct cpm_map *fresh, struct cpm_str top)
{
    return cpm_map_get(fresh, top) || (f->opts->mode == CPM_FLOW_UNINSTALL && is_named(f, top));
}

void cpm_flow_keep_globals(struct cpm_flow *f)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);
    struct cpm_lock_entry *all =
        CPM_NEW_ARRAY(f->arena, struct cpm_lock_entry, ideal->count + f->actual.count);
    struct cpm_map fresh = CPM_MAP_INIT;
    size_t n = 0;

    for (size_t i = 0; i < ideal->count; i++) {
        struct cpm_str top = top_of(ideal->entries[i].location);

        all[n++] = ideal->entries[i];
        cpm_map_set(&fresh, top.len ? top : ideal->entries[i].location, f);
    }
    for (size_t i = 0; i < f->actual.count; i++) {
        struct cpm_str location = f->actual.entries[i].location, top = top_of(location);

        if (!is_replaced(f, &fresh, top.len ? top : location))
            all[n++] = f->actual.entries[i];
    }
    cpm_map_release(&fresh);
    f->solved_count = ideal->count;
    ideal->entries = all;
    ideal->count = n;
}
