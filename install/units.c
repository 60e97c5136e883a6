#include "install/run.h"

#include "base/fs.h"
#include "base/mem.h"
#include "install/hidden.h"
#include "install/licenses.h"
#include "install/optional.h"
#include "install/sources.h"
#include "install/store_entry.h"

/* Two bounded streams on the loop: fetches, of which some dozens run at once, and links, one a
 * core. A fetch that ends may make a unit ready, a link that ends takes the next ready units; when
 * both streams are dry the tree stands. A unit whose store entry turns out damaged goes back to
 * fetching, once.
 *
 * Units are staged as they come, and put in place once nothing is left to fetch: a package that
 * cannot be had is the fault that is met most, and it is met before anything shows. */

#define FETCHES_MAX 64

#define BATCH 128 /* units that one job links at most; between two it waits for the loop */

struct put {
    int32_t unit;
    int32_t damaged; /* node whose store entry is not as it was unpacked, or -1 */
    bool staged;     /* by this job */
    int status;
    struct cpm_error err;
};

struct unit_job {
    uv_work_t work;
    struct cpm_run *run;
    unsigned count;
    bool place;                      /* not only stage */
    bool with_hidden, hidden_synced; /* of a sync: it writes the hidden lock too */
    struct put puts[BATCH];
};

/* The queue of units whose packages are all in the store: the loop fills it, workers empty it. */

static void make_ready(struct cpm_run *run, int32_t unit)
{
    uv_mutex_lock(&run->lock);
    run->ready[run->ready_end] = unit;
    run->ready_end = (run->ready_end + 1) % (run->plan.unit_count + 1);
    uv_mutex_unlock(&run->lock);
}

/* -1 when there is none. */
static int32_t take_ready(struct cpm_run *run)
{
    int32_t unit = -1;

    uv_mutex_lock(&run->lock);
    if (run->ready_begin != run->ready_end) {
        unit = run->ready[run->ready_begin];
        run->ready_begin = (run->ready_begin + 1) % (run->plan.unit_count + 1);
    }
    uv_mutex_unlock(&run->lock);
    return unit;
}

static uint32_t ready_count(struct cpm_run *run)
{
    uint32_t room = run->plan.unit_count + 1, count;

    uv_mutex_lock(&run->lock);
    count = (run->ready_end + room - run->ready_begin) % room;
    uv_mutex_unlock(&run->lock);
    return count;
}

/* One unit after the other as long as there are any, so that the threads end together. */
static void unit_work(uv_work_t *work)
{
    struct unit_job *job = work->data;
    int32_t unit;

    while (job->count < BATCH && (unit = take_ready(job->run)) >= 0) {
        struct put *put = &job->puts[job->count++];

        *put = (struct put){.unit = unit, .damaged = -1};
        put->staged = job->run->undo.units[unit].state == CPM_UNIT_AWAY;
        if (put->staged)
            put->status = cpm_run_stage(job->run, unit, &put->damaged, &put->err);
    }
    for (unsigned i = 0; job->place && i < job->count; i++) {
        struct put *put = &job->puts[i];

        if (put->status == 0)
            put->status = cpm_run_place(job->run, put->unit, &put->err);
    }
}

/* Throws the damaged entry away and fetches it anew, unless that was done already. */
static bool retry_damaged(struct cpm_run *run, const struct put *put)
{
    struct cpm_plan_node *node;

    if (put->damaged < 0 || run->fetches[put->damaged].entry)
        return false;
    node = &run->plan.nodes[put->damaged];
    cpm_store_drop(run->req->store, node->store);
    node->store = NULL;
    run->plan.units[put->unit].missing++;
    run->next_fetch = 0;
    run->hidden_stale = true; /* the package may be left out yet */
    return true;
}

/* `place`: it was also to be put in place. */
static void put_done(struct cpm_run *run, struct put *put, bool place)
{
    const struct cpm_plan_unit *unit = &run->plan.units[put->unit];
    struct cpm_str name = cpm_location_name(run->plan.nodes[unit->first].entry->location);

    if (put->status < 0) {
        if (retry_damaged(run, put))
            return;
        cpm_error_prefix(&put->err, "'%.*s': ", CPM_STR_ARG(name));
        cpm_run_fail(run, put->status, &put->err);
        return;
    }
    if (put->staged) {
        run->put += unit->count;
        cpm_run_event(run, CPM_EVENT_LINKED, run->put, run->packages, name);
    }
    if (!place && run->placing)
        make_ready(run, put->unit);
    else if (!place)
        run->undo.units[put->unit].waits = true;
}

static void unit_done(uv_work_t *work, int status)
{
    struct unit_job *job = work->data;
    struct cpm_run *run = job->run;

    (void)status;
    run->linking--;
    for (unsigned i = 0; i < job->count; i++)
        put_done(run, &job->puts[i], job->place);
    cpm_free(job);
    cpm_run_pump(run);
}

/* What the disk has to do beside the staging: the journal, and, when nothing more will be known of
 * the packages than is known now, the hidden lock. */
static void sync_work(uv_work_t *work)
{
    struct unit_job *job = work->data;
    struct cpm_run *run = job->run;

    job->puts[0].status = cpm_run_journal_sync(run, &job->puts[0].err);
    if (job->puts[0].status == 0 && job->with_hidden)
        job->puts[0].status =
            cpm_hidden_write(&run->modules, run->plan.tree, job->hidden_synced, &job->puts[0].err);
}

/* A fault comes back from the first unit that waits for the journal, or from the next try. */
static void sync_done(uv_work_t *work, int status)
{
    struct unit_job *job = work->data;
    struct cpm_run *run = job->run;

    (void)status;
    run->syncing = false;
    run->hidden_written = job->with_hidden && job->puts[0].status == 0;
    run->hidden_synced = run->hidden_written && job->hidden_synced;
    cpm_free(job);
    cpm_run_pump(run);
}

static struct unit_job *new_job(struct cpm_run *run)
{
    struct unit_job *job = cpm_calloc(1, sizeof(*job));

    job->run = run;
    job->work.data = job;
    return job;
}

static bool is_all_there(const struct cpm_run *run)
{
    for (uint32_t u = 0; u < run->plan.unit_count; u++)
        if (run->plan.units[u].missing)
            return false;
    return true;
}

/* The last sync of an ordered file system takes the hidden lock along, if there is one. */
static void begin_sync(struct cpm_run *run)
{
    struct cpm_install_request *req = run->req;
    struct unit_job *job = new_job(run);

    job->with_hidden = is_all_there(run);
    if (job->with_hidden)
        cpm_licenses_from_store(run->plan.tree, req->store, req->arena);
    job->hidden_synced =
        !req->opts.no_sync && (!cpm_run_changes(run) || !cpm_fs_is_ordered(run->modules.top));
    run->syncing = true;
    uv_queue_work(req->loop, &job->work, sync_work, sync_done);
}

static void begin_link(struct cpm_run *run)
{
    struct unit_job *job = new_job(run);

    job->place = run->placing;
    run->linking++;
    uv_queue_work(run->req->loop, &job->work, unit_work, unit_done);
}

static int take_entry(struct cpm_run *run, struct cpm_plan_node *node,
                      struct cpm_store_fetch *fetch, struct cpm_error *err)
{
    int rc = cpm_source_check(node->entry, fetch->entry, &run->arena, err);

    if (rc < 0)
        return rc;
    node->store = fetch->entry;
    /* npm's rule: a commit and a folder have no integrity. */
    if (!node->entry->integrity.len && fetch->kind == CPM_FETCH_TARBALL) {
        struct cpm_lock_entry *e =
            run->plan.tree->entries + (node->entry - run->plan.tree->entries);

        e->integrity = cpm_arena_str(run->req->arena, fetch->integrity);
    }
    return 0;
}

static void fetch_done(struct cpm_store_fetch *fetch)
{
    struct cpm_run *run = fetch->data;
    struct cpm_plan_node *node = &run->plan.nodes[fetch - run->fetches];
    struct cpm_plan_unit *unit = &run->plan.units[node->unit];
    struct cpm_error err = fetch->err;
    int rc = fetch->status;

    run->fetching--;
    if (rc == 0)
        rc = take_entry(run, node, fetch, &err);
    if (rc < 0 && node->entry->optional && rc != CPM_EINTEGRITY && rc != CPM_ENOSPC) {
        cpm_run_warn(run, fetch->name, err.text);
        cpm_optional_leave_out(run->plan.tree, node->entry->location, run->modules.path);
        run->left_out = true;
    } else if (rc < 0) {
        cpm_run_fail(run, rc, &err);
    } else {
        cpm_run_event(run, CPM_EVENT_FETCHED, ++run->fetched, run->packages, fetch->name);
    }
    if (--unit->missing == 0 && !run->failed) /* a job under way would take it */
        make_ready(run, node->unit);
    cpm_run_tell_warnings(run);
    cpm_run_write_early(run);
    cpm_run_pump(run);
}

static void begin_fetch(struct cpm_run *run, uint32_t index)
{
    struct cpm_plan_node *node = &run->plan.nodes[index];
    struct cpm_store_fetch *fetch = &run->fetches[index];
    struct cpm_error err = CPM_ERROR_INIT;
    int rc;

    *fetch =
        (struct cpm_store_fetch){.loop = run->req->loop,
                                 .registry = run->req->registry,
                                 .store = run->req->store,
                                 .integrity = node->entry->integrity,
                                 .strict_tar = run->req->opts.strict_tar,
                                 .prepare = cpm_run_may_run_scripts(run, node->entry->location),
                                 .git = run->req->opts.git,
                                 .data = run,
                                 .done = fetch_done};
    rc = cpm_source_of(node->entry, run->req, &run->arena, fetch, &err);
    if (rc == 0)
        rc = cpm_store_fetch_start(fetch, &err);
    if (rc == 0)
        run->fetching++;
    else
        cpm_run_fail(run, rc, &err);
}

static bool needs_fetch(const struct cpm_run *run, uint32_t index)
{
    const struct cpm_plan_node *node = &run->plan.nodes[index];

    return node->action == CPM_PLAN_PUT && !node->link && !node->store && !node->entry->inert &&
           !run->fetches[index].internal && !run->fetches[index].done;
}

/* A link into the linked strategy's .store becomes visible after what it leads to. */
static bool is_held(const struct cpm_run *run, uint32_t unit)
{
    const struct cpm_plan_node *root = &run->plan.nodes[run->plan.units[unit].first];

    return root->link && cpm_location_container(root->entry->resolved).len;
}

/* True when there were any. */
static bool release_held(struct cpm_run *run)
{
    bool any = run->holding;

    for (uint32_t u = 0; any && u < run->plan.unit_count; u++)
        if (is_held(run, u))
            make_ready(run, (int32_t)u);
    run->holding = false;
    return any;
}

/* Everything is in the store: what is staged can be put in place. */
static void begin_placing(struct cpm_run *run)
{
    run->placing = true;
    for (uint32_t u = 0; u < run->plan.unit_count; u++)
        if (run->undo.units[u].waits)
            make_ready(run, (int32_t)u);
}

void cpm_run_pump(struct cpm_run *run)
{
    while (!run->failed && run->fetching < FETCHES_MAX && run->next_fetch < run->plan.count) {
        uint32_t index = run->next_fetch++;

        if (needs_fetch(run, index))
            begin_fetch(run, index);
    }
    if (!run->placing && !run->failed && !run->fetching)
        begin_placing(run);
    for (uint32_t ready = ready_count(run); !run->failed && run->linking < run->threads && ready;
         ready--)
        begin_link(run);
    if (run->fetching || run->linking || run->syncing || run->writing)
        return;
    if (!run->failed && release_held(run)) {
        cpm_run_pump(run);
        return;
    }
    if (run->failed)
        cpm_run_end(run);
    else
        cpm_run_finish(run);
}

void cpm_run_units(struct cpm_run *run)
{
    run->fetches = cpm_calloc(run->plan.count, sizeof(run->fetches[0]));
    run->ready = cpm_calloc(run->plan.unit_count + 1, sizeof(run->ready[0]));
    for (uint32_t u = 0; u < run->plan.unit_count; u++)
        if (is_held(run, u))
            run->holding = true;
        else if (run->plan.units[u].missing == 0)
            make_ready(run, (int32_t)u);
    begin_sync(run);
    cpm_run_pump(run);
}
