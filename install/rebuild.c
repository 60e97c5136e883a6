/* The tree is taken as it stands: nothing is resolved or fetched. A package whose scripts run gets
 * files of its own first (detach.h); bins come before scripts, which may call them. */
#include "install/rebuild.h"

#include "base/path.h"
#include "install/actual.h"
#include "install/bins.h"
#include "install/busy.h"
#include "install/detach.h"
#include "install/scripts.h"
#include "lockfile/package.h"

#include <unistd.h>

#define BUSY_POLL_US 50000
#define BUSY_POLLS   1200 /* a minute */

static void warn(const struct cpm_rebuild *r, const char *prefix, struct cpm_str text)
{
    if (r->events && r->events->warning)
        r->events->warning(r->events->data, prefix, text);
}

static void bin_warning(void *data, struct cpm_str package, const char *text)
{
    struct cpm_buf line = CPM_BUF_INIT(1 << 16);
    cpm_buf_addf(&line, "%.*s %s", CPM_STR_ARG(package), text);
    warn(data, "bin", cpm_buf_str(&line));
    cpm_buf_release(&line);
}

static int read_policy(struct cpm_rebuild *r, struct cpm_arena *arena, struct cpm_allow **policy,
                       struct cpm_error *err)
{
    const struct cpm_flow_options *o = r->opts;
    struct cpm_package package = {0};
    int rc = o->global ? 0
                       : cpm_package_read(cpm_path_join(arena, o->path, "package.json"), arena,
                                          &package, err);
    const struct cpm_allow_input in = {.path = o->path,
                                       .package = package.doc,
                                       .config = o->allow_scripts,
                                       .config_is_explicit = o->allow_scripts_explicit,
                                       .global = o->global,
                                       .allow_all = o->allow_all_scripts};
    if (rc == 0)
        rc = cpm_allow_new(arena, &in, policy, err);
    cpm_package_release(&package);
    if (rc == 0)
        for (const char *const *w = cpm_allow_warnings(*policy); *w; w++)
            warn(r, "install-scripts", cpm_str(*w));
    return rc;
}

int cpm_rebuild_review(struct cpm_rebuild *r, struct cpm_arena *arena, struct cpm_allow **policy,
                       struct cpm_error *err)
{
    const struct cpm_actual_source src = {
        .path = r->opts->path, .names = r->opts->names, .arena = arena, .global = r->opts->global};
    struct cpm_allow_row *rows;
    int rc = cpm_actual_read(&src, &r->actual, NULL, err);
    if (rc == 0)
        rc = read_policy(r, arena, policy, err);
    if (rc < 0)
        return rc;
    cpm_allow_review(*policy, &r->actual, arena, &rows, &r->row_count);
    r->rows = rows;
    return 0;
}

static int detach_allowed(struct cpm_rebuild *r, const struct cpm_allow *policy,
                          struct cpm_arena *arena, struct cpm_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < r->actual.count && rc == 0; i++) {
        const struct cpm_lock_entry *e = &r->actual.entries[i];
        if (e->link || e->inert || cpm_location_is_top(e->location) ||
            (r->wanted && !r->wanted(r->data, e)) ||
            cpm_allow_check(policy, &r->actual, e) != CPM_ALLOW_YES)
            continue;
        const char *location = cpm_arena_str(arena, e->location).ptr;
        rc = cpm_detach_package(cpm_path_join(arena, r->opts->path, location), err);
    }
    return rc;
}

static int link_bins(struct cpm_rebuild *r, const struct cpm_modules *modules,
                     struct cpm_arena *arena, struct cpm_error *err)
{
    const struct cpm_flow_options *o = r->opts;
    struct cpm_plan plan = {0};
    const struct cpm_plan_input input = {
        .modules = modules, .ideal = &r->actual, .opts = &o->install};
    if (!o->install.bin_links)
        return 0;
    int rc = cpm_plan_make(&input, arena, &plan, err);
    if (rc < 0)
        return rc;
    const struct cpm_bins bins = {.modules = modules,
                                  .plan = &plan,
                                  .ideal = &r->actual,
                                  .global_dir = o->global ? o->global_bin : NULL,
                                  .force = o->install.force,
                                  .arena = arena,
                                  .warn = bin_warning,
                                  .data = r};
    rc = cpm_bins_link(&bins, err);
    cpm_plan_release(&plan);
    return rc;
}

static void script_begins(void *data, const struct cpm_script *script)
{
    const struct cpm_rebuild *r = data;
    if (r->events->script)
        r->events->script(r->events->data, script);
}

static void script_failed(void *data, const struct cpm_script_job *job)
{
    struct cpm_rebuild *r = data;
    r->script_exit = job->exit_code ? job->exit_code : 1;
    r->script_signal = job->signal;
    if (r->events->script_failed)
        r->events->script_failed(r->events->data, job);
}

static bool is_wanted(void *data, const struct cpm_lock_entry *entry)
{
    const struct cpm_rebuild *r = data;
    return !r->wanted || r->wanted(r->data, entry);
}

static int run_scripts(struct cpm_rebuild *r, const struct cpm_allow *policy, struct cpm_error *err)
{
    const struct cpm_flow_options *o = r->opts;
    const struct cpm_scripts_deps deps = {.path = o->path,
                                          .lock = &r->actual,
                                          .allow = policy,
                                          .opts = &o->scripts,
                                          .wanted = is_wanted,
                                          .ask_for_links = r->wanted != NULL,
                                          .begin = o->foreground_scripts ? script_begins : NULL,
                                          .failed = script_failed,
                                          .data = r,
                                          .foreground = o->foreground_scripts,
                                          .parallel = 2};
    return o->ignore_scripts ? 0 : cpm_scripts_run_deps(&deps, err);
}

static int take_turn(const struct cpm_modules *modules, struct cpm_error *err)
{
    for (int i = 0; i < BUSY_POLLS; i++) {
        if (cpm_busy_try(modules->root))
            return 0;
        usleep(BUSY_POLL_US);
    }
    return cpm_error_set(err, CPM_EBUSY, "another cpm works on '%s'", modules->path);
}

static int check_strict(const struct cpm_rebuild *r, struct cpm_error *err)
{
    if (!r->opts->strict_allow_scripts || r->opts->ignore_scripts)
        return 0;
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].verdict == CPM_ALLOW_UNREVIEWED)
            return cpm_error_set(err, CPM_EALLOWSCRIPTS,
                                 "'%.*s' has install scripts that allowScripts does not cover. "
                                 "Run `cpm install-scripts ls` to review.",
                                 CPM_STR_ARG(r->rows[i].name));
    return 0;
}

int cpm_rebuild_run(struct cpm_rebuild *r, struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_modules modules = CPM_MODULES_INIT;
    struct cpm_allow *policy;
    int rc = cpm_modules_open(&modules, r->opts->path, err);
    if (rc < 0)
        return rc;
    rc = take_turn(&modules, err);
    if (rc == 0)
        rc = cpm_rebuild_review(r, arena, &policy, err);
    if (rc == 0)
        rc = check_strict(r, err);
    if (rc == 0 && !r->opts->ignore_scripts)
        rc = detach_allowed(r, policy, arena, err);
    if (rc == 0)
        rc = link_bins(r, &modules, arena, err);
    if (rc == 0)
        rc = run_scripts(r, policy, err);
    cpm_modules_close(&modules);
    return rc;
}
