#include "install/install.h"

#include "base/mem.h"
#include "cpm/resolver.h"
#include "install/busy.h"
#include "install/generation.h"
#include "install/licenses.h"
#include "install/module_index.h"
#include "install/pending.h"
#include "install/run.h"
#include "install/store_entry.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The phases, in this order; each ends on the loop and begins the next:
 *
 *     lock the project ─► recover and plan ─► journal ─► units ─► finish
 *
 * From the journal on the tree may change; until then nothing was touched. What the run took away
 * lies in the stage when it ends: the caller keeps the run or undoes it. */

#define BUSY_POLL_MS 50
#define BUSY_SAY_MS  500
#define BUSY_MAX_MS  120000
#define FOLDERS_EACH 3 /* of a package; its files are links */

void cpm_run_event(struct cpm_run *run, enum cpm_install_event_type type, size_t count,
                   size_t total, struct cpm_str name)
{
    const struct cpm_install_event event = {
        .type = type, .count = count, .total = total, .name = name};

    if (run->req->event)
        run->req->event(run->req, &event);
}

void cpm_run_warn(void *data, struct cpm_str package, const char *text)
{
    struct cpm_run *run = data;
    struct cpm_warning *warning;

    uv_mutex_lock(&run->lock);
    warning = CPM_NEW(&run->arena, struct cpm_warning);
    warning->package = cpm_arena_str(&run->arena, package);
    warning->text = cpm_arena_strndup(&run->arena, text, strlen(text));
    warning->next = run->warnings;
    run->warnings = warning;
    uv_mutex_unlock(&run->lock);
}

void cpm_run_tell_warnings(struct cpm_run *run)
{
    struct cpm_warning *warning;

    uv_mutex_lock(&run->lock);
    warning = run->warnings;
    run->warnings = NULL;
    uv_mutex_unlock(&run->lock);
    for (; warning; warning = warning->next) {
        const struct cpm_install_event event = {
            .type = CPM_EVENT_WARNING, .name = warning->package, .text = cpm_str(warning->text)};

        if (run->req->event)
            run->req->event(run->req, &event);
    }
}

void cpm_run_fail(struct cpm_run *run, int status, const struct cpm_error *err)
{
    if (run->failed)
        return;
    run->failed = true;
    run->req->status = status;
    run->req->err = *err;
}

static void release(struct cpm_run *run)
{
    if (run->planned)
        cpm_plan_release(&run->plan);
    cpm_recovery_release(&run->recovery);
    cpm_modules_close(&run->modules); /* gives the project's lock back */
    uv_mutex_destroy(&run->lock);
    uv_mutex_destroy(&run->journal_lock);
    cpm_free(run->fetches);
    cpm_free(run->ready);
    cpm_arena_release(&run->undo.arena);
    cpm_arena_release(&run->arena);
    run->req->internal = NULL;
    cpm_free(run);
}

void cpm_install_cancel(struct cpm_install_request *req)
{
    struct cpm_error err;

    if (req->internal)
        cpm_run_fail(req->internal, cpm_error_set(&err, CPM_ECANCELED, "canceled"), &err);
}

void cpm_install_let_others(struct cpm_install_request *req)
{
    struct cpm_run *run = req->internal;

    if (run)
        cpm_busy_end(run->modules.root);
}

/* Has the lock again, and the stage that every run sweeps is still this one's. */
static bool is_alone_again(struct cpm_run *run)
{
    const struct timespec pause = {.tv_nsec = BUSY_POLL_MS * 1000000};
    struct stat st;

    if (run->modules.stage < 0)
        return true;
    for (int waited = 0; !cpm_busy_try(run->modules.root); waited += BUSY_POLL_MS) {
        if (waited >= BUSY_MAX_MS)
            return false;
        nanosleep(&pause, NULL);
    }
    return fstat(run->modules.stage, &st) == 0 && st.st_nlink > 0;
}

void cpm_install_keep(struct cpm_install_request *req)
{
    struct cpm_run *run = req->internal;

    if (!run)
        return;
    if (is_alone_again(run))
        cpm_run_discard(run);
    cpm_run_tell_warnings(run);
    release(run);
}

void cpm_install_undo(struct cpm_install_request *req)
{
    struct cpm_run *run = req->internal;

    if (!run)
        return;
    if (is_alone_again(run))
        cpm_undo_run(run);
    release(run);
}

static void ended(uv_handle_t *handle)
{
    struct cpm_run *run = handle->data;
    struct cpm_install_request *req = run->req;

    cpm_run_tell_warnings(run);
    if (run->planned) {
        req->changes = run->plan.changes;
        req->change_count = run->plan.change_count;
        req->standing = run->plan.tree;
        req->origins = run->plan.origins;
        req->names = run->plan.names;
        req->left_out = run->left_out;
    }
    if (run->failed)
        cpm_install_undo(req);
    else if (run->modules.stage < 0)
        release(run);
    req->done(req);
}

void cpm_run_end(struct cpm_run *run)
{
    cpm_module_index_end(run->index);
    uv_close((uv_handle_t *)&run->timer, ended);
}

static void task_work(uv_work_t *work)
{
    struct cpm_run_task *task = work->data;

    task->status = task->on_worker(task->run, &task->err);
}

static void task_done(uv_work_t *work, int status)
{
    struct cpm_run_task *task = work->data;
    struct cpm_run *run = task->run;

    if (status < 0 && task->status == 0)
        task->status = cpm_error_set(&task->err, CPM_ECANCELED, "canceled");
    cpm_run_tell_warnings(run);
    if (task->status == 0) {
        task->then(run);
        return;
    }
    cpm_run_fail(run, task->status, &task->err);
    cpm_run_end(run);
}

void cpm_run_begin(struct cpm_run *run, int (*on_worker)(struct cpm_run *, struct cpm_error *),
                   void (*then)(struct cpm_run *))
{
    run->task = (struct cpm_run_task){.run = run, .on_worker = on_worker, .then = then};
    run->task.work.data = &run->task;
    uv_queue_work(run->req->loop, &run->task.work, task_work, task_done);
}

/* npm's rule: what `omit` leaves out stands in the lock only, as what cannot run here does. */
static void leave_out_omitted(struct cpm_install_request *req)
{
    for (size_t i = 0; i < req->ideal->count; i++) {
        struct cpm_lock_entry *e = &req->ideal->entries[i];

        if (cpm_plan_leaves_out(&req->opts, e))
            e->inert = true;
    }
}

static int plan_work(struct cpm_run *run, struct cpm_error *err)
{
    struct cpm_install_request *req = run->req;
    struct cpm_plan_input input = {
        .modules = &run->modules, .ideal = req->ideal, .store = req->store, .opts = &req->opts};
    int rc = cpm_journal_recover(&run->modules, &run->arena, &run->recovery, err);

    if (rc < 0)
        return rc;
    input.distrust = run->recovery.interrupted;
    input.redo = &run->recovery.redo;
    leave_out_omitted(req);
    rc = cpm_plan_make(&input, req->arena, &run->plan, err);
    run->planned = rc == 0;
    if (rc == 0)
        cpm_licenses_from_kept(run->plan.tree, &run->plan, req->arena);
    return rc;
}

int cpm_run_journal_sync(struct cpm_run *run, struct cpm_error *err)
{
    int rc = 0;

    uv_mutex_lock(&run->journal_lock);
    if (!run->journal_synced && !run->req->opts.no_sync)
        rc = cpm_journal_sync(&run->modules, err);
    run->journal_synced = rc == 0;
    uv_mutex_unlock(&run->journal_lock);
    return rc;
}

int cpm_run_open_tree(struct cpm_run *run, struct cpm_error *err)
{
    int rc = cpm_run_journal_sync(run, err);

    if (rc < 0)
        return rc;
    uv_mutex_lock(&run->journal_lock);
    if (!run->undo.open) {
        rc = cpm_undo_open(run, err);
        if (rc == 0 && run->req->opts.clean)
            rc = cpm_run_clean(run, err);
        run->opened = rc;
    } else if (run->opened < 0) {
        rc = cpm_error_set(err, run->opened, "'%s' could not be changed", run->modules.path);
    }
    uv_mutex_unlock(&run->journal_lock);
    return rc;
}

bool cpm_run_changes(const struct cpm_run *run)
{
    return run->plan.unit_count || run->plan.removed_count || run->req->opts.clean;
}

static bool is_put(const struct cpm_run *run, struct cpm_str location)
{
    const struct cpm_plan_node *node = cpm_map_get(&run->plan.by_location, location);

    return node && node->action == CPM_PLAN_PUT;
}

/* What is put now, and what earlier runs put whose scripts did not come to their end. */
static int note_due_scripts(struct cpm_run *run, struct cpm_error *err)
{
    struct cpm_install_request *req = run->req;
    const struct cpm_install_options *opts = &req->opts;
    struct cpm_str *due = CPM_NEW_ARRAY(req->arena, struct cpm_str, opts->copy_count + 1);
    struct cpm_map left = CPM_MAP_INIT;
    int rc = opts->run_scripts ? cpm_pending_read(opts->path, &run->arena, &left, err) : 0;

    for (size_t i = 0; i < opts->copy_count && rc == 0; i++) {
        struct cpm_str at = opts->copy_locations[i];

        if (is_put(run, at) || cpm_map_get(&left, at) || cpm_map_get(&run->recovery.begun, at))
            due[req->due_count++] = at;
    }
    req->due = due;
    cpm_map_release(&left);
    return rc < 0 || !opts->run_scripts
               ? rc
               : cpm_pending_write(&run->modules, due, req->due_count, opts->no_sync, err);
}

static int journal_work(struct cpm_run *run, struct cpm_error *err)
{
    bool replaced;
    int rc;

    cpm_undo_begin(run);
    rc = cpm_modules_prepare(&run->modules, &replaced, err);

    run->shelf = (struct cpm_shelf)CPM_SHELF_INIT(run->modules.stage, FOLDERS_EACH);
    if (rc == 0 && replaced)
        cpm_run_warn(run, CPM_STR_NONE, "node_modules was no folder and is replaced by one");
    if (rc == 0) {
        cpm_undo_keep_notes(run);
        rc = note_due_scripts(run, err);
    }
    if (rc == 0)
        rc = cpm_journal_begin(&run->modules, &run->plan, &run->recovery, err);
    return rc;
}

/* An empty project gets no node_modules. */
static bool nothing_at_all(const struct cpm_run *run)
{
    return run->plan.count == 0 && run->plan.removed_count == 0 && !run->recovery.interrupted &&
           faccessat(run->modules.root, "node_modules", F_OK, 0) < 0;
}

/* A run that was killed may have left none. */
static bool has_module_index(const struct cpm_run *run)
{
    return faccessat(run->modules.root, "node_modules/" CPM_RESOLVER_INDEX, F_OK, 0) == 0;
}

static void begin_units(struct cpm_run *run)
{
    const struct cpm_module_index_input input = {.project = run->modules.path,
                                                 .plan = &run->plan,
                                                 .settled = run->settled,
                                                 .wanted = run->req->opts.module_index};

    if (!run->req->opts.global && (cpm_run_changes(run) || !has_module_index(run)))
        run->index = cpm_module_index_start(&input);
    cpm_run_units(run);
}

static void planned(struct cpm_run *run)
{
    for (uint32_t i = 0; i < run->plan.count; i++)
        run->packages += run->plan.nodes[i].action == CPM_PLAN_PUT;
    cpm_run_event(run, CPM_EVENT_PLAN, run->packages, run->packages, CPM_STR_NONE);
    if (run->req->opts.dry_run || nothing_at_all(run))
        cpm_run_end(run);
    else
        cpm_run_begin(run, journal_work, begin_units);
}

static void wait_for_lock(uv_timer_t *timer)
{
    struct cpm_run *run = timer->data;

    if (run->failed) {
        cpm_run_end(run);
        return;
    }
    if (run->req->opts.dry_run || cpm_busy_try(run->modules.root)) {
        uv_timer_stop(timer);
        cpm_run_begin(run, plan_work, planned);
        return;
    }
    run->waited_ms += BUSY_POLL_MS;
    if (run->waited_ms >= BUSY_SAY_MS && !run->told_busy) {
        cpm_run_warn(run, CPM_STR_NONE, "another cpm works on this folder; waiting for it");
        cpm_run_tell_warnings(run);
        run->told_busy = true;
    }
    if (run->waited_ms >= BUSY_MAX_MS) {
        struct cpm_error err;

        cpm_run_fail(run,
                     cpm_error_set(&err, CPM_EBUSY, "another cpm has been working on '%s' for %d s",
                                   run->modules.path, BUSY_MAX_MS / 1000),
                     &err);
        cpm_run_end(run);
    }
}

int cpm_install_start(struct cpm_install_request *req, struct cpm_error *err)
{
    struct cpm_run *run = cpm_calloc(1, sizeof(*run));
    int rc = cpm_modules_open(&run->modules, req->opts.path, err);

    if (rc < 0) {
        cpm_free(run);
        return rc;
    }
    run->req = req;
    run->umask = cpm_umask_get();
    run->settled = time(NULL) - 1;
    run->threads = req->opts.threads;
    if (!run->threads)
        run->threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    run->added_before = cpm_store_added(req->store);
    uv_mutex_init(&run->lock);
    uv_mutex_init(&run->journal_lock);
    uv_timer_init(req->loop, &run->timer);
    run->timer.data = run;
    req->status = 0;
    req->internal = run;
    uv_timer_start(&run->timer, wait_for_lock, 0, BUSY_POLL_MS);
    return 0;
}
