/* Scripts: first those of dependencies that the project allows, before anything is saved, so that a
 * failing build leaves package.json and the lock as they were; last the project's own, as npm runs
 * them. */
#include "install/flow_state.h"

#include "base/fs.h"
#include "install/detach.h"
#include "install/git/locked.h"
#include "install/pending.h"
#include "install/scripts.h"

#include <stdlib.h>

static void script_begins(void *data, const struct cpm_script *script)
{
    struct cpm_flow *f = data;

    if (f->events->script)
        f->events->script(f->events->data, script);
}

static void script_failed(void *data, const struct cpm_script_job *job)
{
    struct cpm_flow *f = data;

    f->out->script_exit = job->exit_code ? job->exit_code : 1;
    f->out->script_signal = job->signal;
    if (f->events->script_failed)
        f->events->script_failed(f->events->data, job);
}

/* npm goes on without an optional package whose script failed. */
static void drop_optional(void *data, const struct cpm_lock_entry *entry)
{
    struct cpm_flow *f = data;
    const char *folder =
        cpm_arena_printf(f->arena, "%s/%.*s", f->opts->path, CPM_STR_ARG(entry->location));

    if (cpm_fs_remove(folder, NULL) == 0)
        cpm_flow_warn(
            f, "optional",
            cpm_str(cpm_arena_printf(f->arena, "'%.*s' is left out: its install script failed",
                                     CPM_STR_ARG(entry->location))));
}

/* What has changed, and what an earlier run changed whose scripts did not come to their end: that
 * one may have been put when no scripts were to run, hard-linked. */
static int list_due(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = 0;

    for (size_t i = 0; i < f->install.change_count; i++)
        if (f->install.changes[i].type != CPM_CHANGE_REMOVE)
            cpm_map_set(&f->changed, f->install.changes[i].location, f);
    for (size_t i = 0; i < f->install.due_count && rc == 0; i++)
        if (!cpm_map_set(&f->changed, f->install.due[i], f))
            rc = cpm_detach_package(cpm_arena_printf(f->arena, "%s/%.*s", f->opts->path,
                                                     CPM_STR_ARG(f->install.due[i])),
                                    err);
    return rc;
}

/* The policy is asked about the ideal tree's entry: there stands who asked for it, and how. */
static bool may_run(struct cpm_flow *f, const struct cpm_lock_entry *placed)
{
    const struct cpm_lock_entry *e = cpm_flow_origin(f, placed);
    bool named = !f->opts->allow_all_scripts; /* then binding.gyp counts, which no lock records */

    return e && !e->link && e->manifest &&
           (named || e->manifest->has_install_script || cpm_git_is_locked(e)) &&
           cpm_allow_check(f->allow, &f->gather.result.lock, e) == CPM_ALLOW_YES;
}

static bool was_changed(void *data, const struct cpm_lock_entry *entry)
{
    struct cpm_flow *f = data;

    if (cpm_location_is_top(entry->location)) /* with a filter: was its link looked at? */
        return cpm_flow_origin(f, entry) != NULL;
    return cpm_map_get(&f->changed, entry->location) &&
           (cpm_flow_standing(f) == cpm_flow_ideal(f) || may_run(f, entry));
}

static int by_bytes(const void *a, const void *b)
{
    return cpm_str_cmp(*(const struct cpm_str *)a, *(const struct cpm_str *)b);
}

/* A script writes where it stands: in a file that is hard-linked it would write into the store. */
static void copy_what_scripts_change(struct cpm_flow *f, struct cpm_install_options *opts)
{
    const struct cpm_lock *layout = cpm_flow_layout(f);
    struct cpm_str *locations = CPM_NEW_ARRAY(f->arena, struct cpm_str, layout->count + 1);

    for (size_t i = 0; i < layout->count; i++)
        if (may_run(f, &layout->entries[i]))
            locations[opts->copy_count++] = layout->entries[i].location;
    qsort(locations, opts->copy_count, sizeof(locations[0]), by_bytes);
    opts->copy_locations = locations;
}

int cpm_flow_open_policy(struct cpm_flow *f, struct cpm_install_options *opts,
                         struct cpm_error *err)
{
    const struct cpm_allow_input in = {.path = f->opts->path,
                                       .package = f->project.package.doc,
                                       .config = f->opts->allow_scripts,
                                       .config_is_explicit = f->opts->allow_scripts_explicit,
                                       .global = f->opts->global,
                                       .allow_all = f->opts->allow_all_scripts};
    int rc;

    if (f->opts->ignore_scripts || f->opts->dry_run)
        return 0;
    if ((rc = cpm_allow_new(f->arena, &in, &f->allow, err)) < 0)
        return rc;
    for (const char *const *w = cpm_allow_warnings(f->allow); *w; w++)
        cpm_flow_warn(f, "install-scripts", cpm_str(*w));
    copy_what_scripts_change(f, opts);
    opts->run_scripts = true;
    return 0;
}

/* Names what was not run, so that nobody wonders later why a package is only half there. */
static int review(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_buf words = CPM_BUF_INIT(1 << 20);
    struct cpm_allow_row *rows;
    size_t count, waiting = 0;
    int rc = 0;

    cpm_allow_review(f->allow, cpm_flow_standing(f), f->arena, &rows, &count);
    for (size_t i = 0; i < count; i++)
        waiting += rows[i].verdict == CPM_ALLOW_UNREVIEWED;
    if (!waiting)
        return 0;
    cpm_buf_addf(
        &words,
        "%zu package%s install scripts that were not run, since allowScripts does not cover %s:\n",
        waiting, waiting == 1 ? " has" : "s have", waiting == 1 ? "it" : "them");
    for (size_t i = 0; i < count; i++)
        if (rows[i].verdict == CPM_ALLOW_UNREVIEWED)
            cpm_buf_addf(&words, "  %.*s@%.*s (%s)\n", CPM_STR_ARG(rows[i].name),
                         CPM_STR_ARG(rows[i].version), rows[i].scripts);
    cpm_buf_add_text(&words, "\nTo allow one: `cpm approve-scripts NAME`, then "
                             "`cpm rebuild NAME`.");
    if (f->opts->strict_allow_scripts)
        rc = cpm_error_set(err, CPM_EALLOWSCRIPTS, "%s", cpm_buf_text(&words));
    else
        cpm_flow_warn(f, "install-scripts", cpm_buf_str(&words));
    cpm_buf_release(&words);
    return rc;
}

int cpm_flow_scripts(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_scripts_deps deps = {.path = f->opts->path,
                                    .lock = cpm_flow_standing(f),
                                    .opts = &f->opts->scripts,
                                    .wanted = was_changed,
                                    .ask_for_links = f->install.origins != NULL,
                                    .begin = f->opts->foreground_scripts ? script_begins : NULL,
                                    .failed = script_failed,
                                    .dropped = drop_optional,
                                    .data = f,
                                    .foreground = f->opts->foreground_scripts,
                                    .parallel = 2};
    int rc;

    if (!f->allow)
        return 0;
    if ((rc = list_due(f, err)) < 0)
        return rc;
    cpm_flow_tell(f, CPM_STEP_SCRIPTS, 0, 0, CPM_STR_NONE);
    deps.allow = f->allow;
    cpm_install_let_others(&f->install);
    rc = cpm_scripts_run_deps(&deps, err);
    if (rc == 0 && f->install.due_count)
        rc = cpm_pending_clear(f->opts->path, err);
    if (rc == 0)
        rc = review(f, err);
    return rc;
}

int cpm_flow_root_scripts(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_flow_options *o = f->opts;
    const struct cpm_scripts_root root = {.path = o->path,
                                          .opts = &f->opts->scripts,
                                          .begin = script_begins,
                                          .failed = script_failed,
                                          .data = f};

    if (o->ignore_scripts || o->global || o->specs[0])
        return 0;
    if (o->mode != CPM_FLOW_INSTALL && o->mode != CPM_FLOW_CI)
        return 0;
    return cpm_scripts_run_root(&root, err);
}
