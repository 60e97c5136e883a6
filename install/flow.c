/* The flow is this table. Once a phase finds that everything stands as it should (`done`), only
 * those run that npm runs every time. */
#include "install/flow_state.h"

static const struct {
    int (*run)(struct cpm_flow *f, struct cpm_error *err);
    bool always;
} phases[] = {
    /* package.json, workspaces, lock; or the state file says that all is as it was */
    {cpm_flow_load, true},
    /* what the user names is written into package.json's document */
    {cpm_flow_request, false},
    /* manifest + packuments -> ideal tree; tarballs are started early */
    {cpm_flow_resolve, false},
    /* ci: the ideal tree must be the lock */
    {cpm_flow_check, false},
    /* the tree is known: the registry is asked for advisories while the rest goes on */
    {cpm_flow_audit, false},
    /* what package.json will say: the hidden lock repeats a workspace's */
    {cpm_flow_settle, false},
    /* ideal tree -> store -> node_modules */
    {cpm_flow_install, false},
    /* what the lock must know of packages that were not unpacked */
    {cpm_flow_complete, false},
    /* dependencies' scripts that the project allows */
    {cpm_flow_scripts, false},
    /* from here on the tree does not change: package.json and the lock, whole */
    {cpm_flow_save, false},
    /* up to here a fault leaves the project as it was; now what was replaced is removed */
    {cpm_flow_keep, false},
    /* the state file that makes the next run O(1) */
    {cpm_flow_remember, false},
    /* the project's own scripts */
    {cpm_flow_root_scripts, true},
    /* what the registry said */
    {cpm_flow_await_audit, true},
};

void cpm_flow_tell(const struct cpm_flow *f, enum cpm_flow_step step, size_t done, size_t total,
                   struct cpm_str name)
{
    struct cpm_registry_stats stats = {0};
    struct cpm_flow_progress p = {.step = step, .done = done, .total = total, .name = name};

    if (!f->events->progress)
        return;
    if (f->registry)
        cpm_registry_stats(f->registry, &stats);
    p.bytes = stats.bytes;
    f->events->progress(f->events->data, &p);
}

const struct cpm_lock_entry *cpm_flow_entry(struct cpm_flow *f, struct cpm_str location)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);

    if (!f->by_location.count)
        for (size_t i = 0; i < ideal->count; i++)
            cpm_map_set(&f->by_location, ideal->entries[i].location, &ideal->entries[i]);
    return cpm_map_get(&f->by_location, location);
}

const struct cpm_lock_entry *cpm_flow_placed(struct cpm_flow *f, struct cpm_str location)
{
    struct cpm_lock *standing = cpm_flow_standing(f);

    if (!f->placed.count)
        for (size_t i = 0; i < standing->count; i++)
            cpm_map_set(&f->placed, standing->entries[i].location, &standing->entries[i]);
    return cpm_map_get(&f->placed, location);
}

const struct cpm_lock_entry *cpm_flow_origin(struct cpm_flow *f,
                                             const struct cpm_lock_entry *placed)
{
    if (f->install.origins)
        placed = f->install.origins[placed - f->install.standing->entries];
    return placed && f->isolated.ideal ? f->isolated.origins[placed - f->isolated.layout.entries]
                                       : placed;
}

void cpm_flow_warn(const struct cpm_flow *f, const char *prefix, struct cpm_str text)
{
    if (f->events->warning)
        f->events->warning(f->events->data, prefix, text);
}

/* Whoever opened a handle closes it: the loop runs until all have. */
static void release(struct cpm_flow *f)
{
    cpm_flow_stop_listening(f);
    cpm_registry_free(f->registry);
    cpm_flow_audit_end(f);
    if (f->loop_open) {
        uv_run(&f->loop, UV_RUN_DEFAULT);
        uv_loop_close(&f->loop);
    }
    cpm_names_free(f->install.names);
    cpm_import_release(&f->import);
    cpm_store_close(f->store);
    cpm_project_release(&f->project);
    cpm_map_release(&f->early);
    cpm_map_release(&f->changed);
    cpm_map_release(&f->by_location);
    cpm_map_release(&f->placed);
}

int cpm_flow_run(const struct cpm_flow_options *opts, const struct cpm_flow_events *events,
                 struct cpm_arena *arena, struct cpm_flow_result *out, struct cpm_error *err)
{
    struct cpm_flow *f = CPM_NEW(arena, struct cpm_flow);
    int rc = 0;

    f->opts = opts;
    f->events = events;
    f->arena = arena;
    f->out = out;
    *out = (struct cpm_flow_result){0};
    f->names = opts->names;
    f->git = (struct cpm_git_options){.program = opts->git, .scripts = &opts->scripts};
    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]) && rc == 0; i++)
        if (!f->done || phases[i].always)
            rc = phases[i].run(f, err);
    cpm_install_undo(&f->install); /* if it was not kept */
    release(f);
    return rc;
}
