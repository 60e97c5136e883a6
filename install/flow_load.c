/* Reading what stands on disk. The state file is asked before the lock is read: a project that has
 * not changed costs one small file, whatever the size of its tree. */
#include "install/flow_state.h"

#include "base/fs.h"
#include "base/path.h"
#include "install/actual.h"
#include "install/archive.h"
#include "registry/cache.h"

/* A run that the state file can answer: a plain install into a project. */
static bool may_be_current(const struct cpm_flow *f)
{
    const struct cpm_flow_options *o = f->opts;

    return o->mode == CPM_FLOW_INSTALL && !o->specs[0] && !o->avoid_count && !o->global &&
           !o->lock_only && !o->dry_run && o->package_lock && !o->write_case;
}

static int open_store(struct cpm_flow *f, struct cpm_error *err)
{
    const char *dir = cpm_path_join(f->arena, f->opts->registry.cache_dir, "store");

    return cpm_store_open(dir, &f->store, err);
}

static int open_loop(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = uv_loop_init(&f->loop);

    if (rc < 0)
        return cpm_error_set(err, CPM_EIO, "could not start the event loop: %s", uv_strerror(rc));
    f->loop_open = true;
    return 0;
}

static const char *const *workspace_folders(struct cpm_flow *f)
{
    const struct cpm_workspaces *ws = &f->project.workspaces;
    const char **folders = CPM_NEW_ARRAY(f->arena, const char *, ws->count + 1);

    for (size_t i = 0; i < ws->count; i++)
        folders[i] = cpm_arena_strndup(f->arena, ws->v[i].location.ptr, ws->v[i].location.len);
    return folders;
}

/* A lock that --no-package-lock passes over still means: do not begin with what stands there. Nor
 * does half a tree, which an interrupted run left, tell where its packages came from. */
static bool begins_with_actual(struct cpm_flow *f)
{
    if (f->opts->global)
        return true;
    if (f->project.has_lock || f->opts->tree.update_all || f->opts->foreign ||
        cpm_install_is_interrupted(f->opts->path))
        return false;
    return f->opts->package_lock || !cpm_project_has_lock_file(&f->project);
}

/* A global install starts from what stands there; a project without a lock from its tree on disk,
 * so that what is installed stays. */
static int load_actual(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_actual_source src = {.path = f->opts->path,
                                          .names = f->names,
                                          .arena = f->arena,
                                          .global = f->opts->global,
                                          .folders = workspace_folders(f)};
    const char *modules = cpm_path_join(f->arena, f->opts->path, "node_modules");
    int rc;

    if (f->opts->global && (rc = cpm_fs_mkdirs(modules, 0777, err)) < 0)
        return rc;
    if (!begins_with_actual(f) || (!src.folders[0] && !cpm_fs_is_dir(modules)))
        return 0;
    return cpm_actual_read(&src, &f->actual, NULL, err);
}

/* Of a tree on disk only what lies in the root's node_modules counts: see the solver. */
static bool has_modules(const struct cpm_lock *actual)
{
    for (size_t i = 0; i < actual->count; i++)
        if (cpm_str_starts(actual->entries[i].location, "node_modules/"))
            return true;
    return false;
}

/* npm goes by yarn.lock when it has nothing else to begin with. */
static void pin_yarn(struct cpm_flow *f)
{
    const struct cpm_yarn *yarn = &f->yarn.yarn;

    if (f->project.has_lock || has_modules(&f->actual))
        return;
    f->pins = CPM_NEW_ARRAY(f->arena, struct cpm_tree_pin, yarn->count + 1);
    for (size_t i = 0; i < yarn->count; i++)
        f->pins[f->pin_count++] = (struct cpm_tree_pin){
            yarn->entries[i].wish, yarn->entries[i].wanted, yarn->entries[i].integrity};
}

static int read_yarn(struct cpm_flow *f, struct cpm_error *err)
{
    int rc;

    if (f->opts->global || !f->opts->package_lock || f->opts->foreign || f->opts->tree.update_all)
        return 0;
    if ((rc = cpm_yarn_file_read(&f->yarn, f->opts->path, f->arena, err)) < 0)
        return rc;
    pin_yarn(f);
    if (f->project.has_lock)
        cpm_yarn_file_complete(&f->yarn, &f->project.lock, f->arena);
    return 0;
}

static int read_lock(struct cpm_flow *f, struct cpm_error *err)
{
    int rc;

    if (!f->opts->package_lock || f->opts->global)
        return 0;
    rc = cpm_project_load_lock(&f->project, f->opts->lockfile_version, err);
    f->project.has_lock &= !f->opts->foreign;
    if (f->project.broken_lock.code)
        cpm_flow_warn(f, "lock",
                      cpm_str(cpm_arena_printf(f->arena,
                                               "%s\nIt is no lock, so it is not used, and the next "
                                               "one takes its place.",
                                               f->project.broken_lock.text)));
    return rc;
}

/* npm 12's repairs, which npm 11 passes over in silence. */
static void warn_repairs(struct cpm_flow *f)
{
    static const char *const keys[] = {"patchedDependencies", "packageExtensions"};
    static const char *const files[] = {".npm-extension.mjs", ".npm-extension.cjs"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (cpm_json_count(cpm_json_get(f->project.package.doc, cpm_str(keys[i]))))
            cpm_flow_warn(f, keys[i],
                          CPM_STR("package.json has them, but this program does not apply them "
                                  "yet: packages are installed as they were published"));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!f->opts->global && cpm_fs_exists(cpm_path_join(f->arena, f->opts->path, files[i])))
            cpm_flow_warn(f, files[i], CPM_STR("this program does not run it yet"));
}

int cpm_flow_need_lock(struct cpm_error *err, const char *why)
{
    return cpm_error_set(
        err, CPM_EUSAGE,
        "The `cpm ci` command can only install with an existing package-lock.json or\n"
        "npm-shrinkwrap.json with lockfileVersion >= 1. Run `cpm install` to generate a\n"
        "package-lock.json file, then try again.%s%s",
        why[0] ? "\n\n" : "", why);
}

static void preload(const struct cpm_flow *f)
{
    cpm_registry_preload(&f->opts->registry);
    if (!f->opts->lock_only)
        cpm_archive_preload();
}

/* What the lock names will most likely be linked: it is looked up from the end, since whoever plans
 * begins at the front. What the store lacks will be asked of the network (an optional package may
 * be for another platform), as will packuments where none was ever kept. */
static void warm_work(uv_work_t *work)
{
    struct cpm_flow *f = work->data;
    const struct cpm_lock *lock = &f->project.lock;
    size_t i = f->opts->lock_only ? 0 : lock->count, missing = 0;

    if (!f->project.has_lock && cpm_cache_is_new(f->opts->registry.cache_dir))
        preload(f);
    while (i-- > 0) {
        const struct cpm_lock_entry *e = &lock->entries[i];

        if (e->integrity.len && !cpm_store_find(f->store, e->integrity) && !e->optional &&
            missing++ == 0)
            preload(f);
    }
}

static void warm_done(uv_work_t *work, int status)
{
    (void)work, (void)status;
}

static int warm_up(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = open_store(f, err);

    if (rc == 0)
        rc = open_loop(f, err);
    if (rc < 0)
        return rc;
    f->warming.data = f;
    uv_queue_work(&f->loop, &f->warming, warm_work, warm_done);
    return 0;
}

static bool is_current(struct cpm_flow *f)
{
    struct cpm_str note;
    uint64_t funding = 0;

    if (!may_be_current(f))
        return false;
    f->fingerprint = cpm_project_fingerprint(&f->project, f->opts->fingerprint);
    if (!cpm_install_is_current(f->project.path, cpm_str(f->fingerprint), f->arena, &note))
        return false;
    cpm_str_u64(note, &funding);
    f->out->summary.funding = funding;
    return true;
}

static int read_project(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_project *p = &f->project;
    int rc;

    p->path = f->opts->path;
    p->names = f->names;
    p->arena = f->arena;
    p->ignore = f->opts->global;
    rc = cpm_project_load(p, err);
    if (rc == 0)
        rc = cpm_project_choose(p, f->opts->workspaces, err);
    if (rc < 0)
        return rc;
    f->out->current = f->done = is_current(f);
    if (f->done)
        return 0;
    warn_repairs(f);
    rc = read_lock(f, err);
    if (rc == 0 && f->opts->mode == CPM_FLOW_CI && !p->has_lock)
        rc = cpm_flow_need_lock(err, "");
    return rc;
}

/* What waits for node's version does so beside the warming up. */
int cpm_flow_load(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = read_project(f, err);

    if (rc == 0 && !f->done)
        rc = warm_up(f, err);
    if (rc == 0 && f->events->ahead)
        f->events->ahead(f->events->data);
    if (rc == 0 && !f->done)
        rc = load_actual(f, err);
    if (rc == 0 && f->events->late)
        f->events->late(f->events->data);
    if (rc < 0 || f->done)
        return rc;
    rc = cpm_registry_new(&f->loop, &f->opts->registry, &f->registry, err);
    if (rc == 0)
        rc = read_yarn(f, err);
    return rc;
}
