/* An event is over for all packages before the next one begins, as in npm: a postinstall may count
 * on every install. A package's package.json is read once, when its turn may come. */
#include "install/scripts.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/path.h"

#include <stdlib.h>

static int run_one(const struct cpm_scripts_root *in, const struct cpm_script_package *package,
                   const char *event, struct cpm_error *err)
{
    struct cpm_script_job job = {
        .script = {.package = package, .event = event, .command = cpm_script_find(package, event)}};
    struct cpm_script_batch batch = {.jobs = &job,
                                     .count = 1,
                                     .inherit = true,
                                     .opts = in->opts,
                                     .begin = in->begin,
                                     .data = in->data};
    if (!job.script.command.len)
        return 0;
    int rc = cpm_script_run(&batch, err);
    if (rc < 0 && in->failed)
        in->failed(in->data, &job);
    cpm_script_job_release(&job);
    return rc;
}

int cpm_scripts_run_root(const struct cpm_scripts_root *in, struct cpm_error *err)
{
    static const char *const events[] = {"preinstall", "install", "postinstall", "prepublish",
                                         "preprepare", "prepare", "postprepare"};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_script_package package = {0};
    int rc = cpm_script_package_read(in->path, &arena, &package, err);
    for (size_t i = 0; rc == 0 && i < sizeof(events) / sizeof(events[0]); i++)
        rc = run_one(in, &package, events[i], err);
    cpm_script_package_release(&package);
    cpm_arena_release(&arena);
    return rc;
}

struct member {
    const struct cpm_lock_entry *entry;
    struct cpm_script_package package;
    unsigned depth;
    bool dropped;
    const char *env[9];
};

struct deps_run {
    const struct cpm_scripts_deps *in;
    struct cpm_arena arena;
    struct member *members;
    size_t count;
};

static unsigned depth_of(struct cpm_str location)
{
    unsigned depth = 0;
    size_t at;
    while ((at = cpm_str_find(location, "node_modules/")) != CPM_NPOS) {
        location = cpm_str_sub(location, at + 13, location.len);
        depth++;
    }
    return depth;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return cpm_collate(x->entry->location, y->entry->location);
}

/* Is something linked from node_modules to this folder of the project's own? */
static bool is_link_target(const struct cpm_lock *lock, const struct cpm_lock_entry *entry)
{
    for (size_t i = 0; i < lock->count; i++)
        if (lock->entries[i].link && cpm_str_eq(lock->entries[i].resolved, entry->location))
            return true;
    return false;
}

static bool wanted(const struct deps_run *run, const struct cpm_lock_entry *entry, bool links)
{
    const struct cpm_scripts_deps *in = run->in;
    if (entry->location.len == 0 || entry->inert || entry->link || !entry->manifest)
        return false;
    if (cpm_location_is_top(entry->location) != links)
        return false;
    bool asked = in->wanted && (!links || in->ask_for_links);
    if (links && !is_link_target(in->lock, entry))
        return false;
    if (links)
        return !asked || in->wanted(in->data, entry);
    return (!asked || in->wanted(in->data, entry)) &&
           cpm_allow_check(in->allow, in->lock, entry) == CPM_ALLOW_YES;
}

static const char *flag(struct deps_run *run, const char *key, bool on)
{
    return cpm_arena_printf(&run->arena, "%s=%s", key, on ? "1" : "");
}

/* npm prints its null. */
static const char *text_or_null(struct deps_run *run, const char *key, struct cpm_str value)
{
    return cpm_arena_printf(&run->arena, "%s=%.*s", key,
                            CPM_STR_ARG(value.len ? value : CPM_STR("null")));
}

static void set_environment(struct deps_run *run, struct member *m)
{
    const struct cpm_lock_entry *e = m->entry;
    size_t n = 0;
    m->env[n++] = text_or_null(run, "npm_package_resolved", e->resolved);
    m->env[n++] = text_or_null(run, "npm_package_integrity", e->integrity);
    m->env[n++] = flag(run, "npm_package_optional", e->optional);
    m->env[n++] = flag(run, "npm_package_dev", e->dev);
    m->env[n++] = flag(run, "npm_package_peer", e->peer);
    m->env[n++] = flag(run, "npm_package_dev_optional", e->dev_optional && !e->dev && !e->optional);
}

/* A package that cannot be read has no scripts to run: npm's rule. */
static void add_member(struct deps_run *run, const struct cpm_lock_entry *entry)
{
    struct member *m = &run->members[run->count];
    const char *location = cpm_arena_str(&run->arena, entry->location).ptr;
    *m = (struct member){.entry = entry, .depth = depth_of(entry->location)};
    if (cpm_script_package_read(cpm_path_resolve(&run->arena, run->in->path, location), &run->arena,
                                &m->package, NULL) < 0)
        return;
    set_environment(run, m);
    run->count++;
}

static void collect(struct deps_run *run, bool links)
{
    const struct cpm_lock *lock = run->in->lock;
    size_t n = 0;
    for (size_t i = 0; i < lock->count; i++)
        n += wanted(run, &lock->entries[i], links);
    run->count = 0;
    run->members = CPM_NEW_ARRAY(&run->arena, struct member, n + 1);
    for (size_t i = 0; n && i < lock->count; i++)
        if (wanted(run, &lock->entries[i], links))
            add_member(run, &lock->entries[i]);
    if (run->count)
        qsort(run->members, run->count, sizeof(*run->members), compare_members);
}

static void drop_failed(struct deps_run *run, struct cpm_script_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct member *m = jobs[i].data;
        if (jobs[i].done && jobs[i].exit_code && jobs[i].optional) {
            m->dropped = true;
            if (run->in->dropped)
                run->in->dropped(run->in->data, m->entry);
        }
        cpm_script_job_release(&jobs[i]);
    }
}

static size_t make_jobs(struct deps_run *run, const char *event, struct cpm_script_job *jobs)
{
    size_t n = 0;
    for (size_t i = 0; i < run->count; i++) {
        struct member *m = &run->members[i];
        struct cpm_str command = cpm_script_find(&m->package, event);
        if (m->dropped || !command.len)
            continue;
        jobs[n++] = (struct cpm_script_job){
            .script = {.package = &m->package, .event = event, .command = command, .env = m->env},
            .optional = m->entry->optional,
            .data = m};
    }
    return n;
}

static int run_event(struct deps_run *run, const char *event, struct cpm_error *err)
{
    const struct cpm_scripts_deps *in = run->in;
    struct cpm_script_job *jobs = CPM_NEW_ARRAY(&run->arena, struct cpm_script_job, run->count + 1);
    struct cpm_script_batch batch = {.jobs = jobs,
                                     .count = make_jobs(run, event, jobs),
                                     .parallel = in->parallel,
                                     .inherit = in->foreground,
                                     .opts = in->opts,
                                     .begin = in->begin,
                                     .data = in->data};
    if (batch.count == 0)
        return 0;
    int rc = cpm_script_run(&batch, err);
    if (rc < 0 && in->failed && batch.failed)
        in->failed(in->data, batch.failed);
    drop_failed(run, jobs, batch.count);
    return rc;
}

static int run_group(struct deps_run *run, bool links, struct cpm_error *err)
{
    static const char *const dep_events[] = {"preinstall", "install", "postinstall", NULL};
    static const char *const link_events[] = {"preinstall", "prepare", "install", "postinstall",
                                              NULL};
    int rc = 0;
    collect(run, links);
    for (const char *const *event = links ? link_events : dep_events; *event && rc == 0; event++)
        rc = run_event(run, *event, err);
    for (size_t i = 0; i < run->count; i++)
        cpm_script_package_release(&run->members[i].package);
    return rc;
}

int cpm_scripts_run_deps(const struct cpm_scripts_deps *in, struct cpm_error *err)
{
    struct deps_run run = {.in = in, .arena = CPM_ARENA_INIT};
    int rc = run_group(&run, false, err);
    if (rc == 0)
        rc = run_group(&run, true, err);
    cpm_arena_release(&run.arena);
    return rc;
}
