#include "install/fetch.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "install/inflate.h"
#include "install/pack_folder.h"
#include "install/store_entry.h"

/* A fetch is a small chain: bytes (registry or file) -> a worker checks what is not checked yet and
 * unpacks -> done. Whoever wants the same content meanwhile waits for the same job: running jobs
 * stand in a map of the store, by content when that is known, else by address.
 *
 * A tarball is inflated whole. What is large waits while other large ones fill their share of
 * memory, in the order of arrival; what is small passes. */

#define FILE_PREFIX "file:"
#define FILE_MAX    (512u << 20)

#define LARGE          (4u << 20)  /* bytes inflated */
#define LARGE_TOGETHER (40u << 20) /* one alone may be larger */

struct job;

struct waiter {
    struct cpm_store_fetch *fetch;
    struct waiter *next;
};

struct job {
    struct waiter *waiters; /* the first one began the job */
    struct cpm_store *store;
    struct cpm_str key;
    struct cpm_arena arena;
    struct cpm_tarball_request tarball;
    uv_work_t work;
    uint64_t large;   /* bytes that it is inflated to, 0 when it is not large */
    struct job *next; /* of those that wait for memory */
    uv_timer_t soon;  /* for what is there already: done never comes from inside _start */
    struct cpm_store_add add;
    enum cpm_fetch_kind kind;
    const char *path; /* of a tarball file or a folder, or NULL */
    struct cpm_git_dependency git;
    char *bytes; /* of a download */
    const struct cpm_store_entry *entry;
    bool from_store;
    int status;
    struct cpm_error err;
};

static void tell(struct job *job, struct waiter *waiter)
{
    struct cpm_store_fetch *fetch = waiter->fetch;

    fetch->internal = NULL;
    fetch->status = job->status;
    fetch->err = job->err;
    fetch->entry = job->entry;
    fetch->resolved = job->git.resolved;
    fetch->from_store = job->from_store;
    if (job->entry)
        fetch->integrity = cpm_store_entry_integrity(job->entry);
    cpm_free(waiter);
    fetch->done(fetch);
}

static void closed(uv_handle_t *handle)
{
    struct job *job = handle->data;

    while (job->waiters) {
        struct waiter *waiter = job->waiters;

        job->waiters = waiter->next;
        tell(job, waiter);
    }
    cpm_free(job->bytes);
    cpm_arena_release(&job->arena);
    cpm_free(job);
}

/* The last step, on the loop: from here on nobody can join. */
static void finish(struct job *job)
{
    struct cpm_map *running = &cpm_store_jobs(job->store)->running;

    if (job->key.len && cpm_map_get(running, job->key) == job)
        cpm_map_del(running, job->key);
    uv_close((uv_handle_t *)&job->soon, closed);
}

static void finish_soon(uv_timer_t *timer)
{
    finish(timer->data);
}

/* Bytes from a file are compared with the integrity that the lock names; without one, the sha512 is
 * what the lock will say. */
static int check_file(struct job *job)
{
    static const size_t sizes[] = {
        [CPM_SHA1] = 20, [CPM_SHA256] = 32, [CPM_SHA384] = 48, [CPM_SHA512] = 64};
    struct cpm_sri sri = {.algo = CPM_SHA512};
    unsigned char digest[CPM_DIGEST_MAX];
    const char *found;
    int rc;

    if (job->add.integrity.len && !cpm_sri_parse(job->add.integrity, &sri))
        return cpm_error_set(&job->err, CPM_EINTEGRITY, "'%.*s' has no usable integrity: '%.*s'",
                             CPM_STR_ARG(job->add.name), CPM_STR_ARG(job->add.integrity));
    rc = cpm_digest_of(sri.algo, job->add.bytes, digest, &job->err);
    if (rc < 0)
        return rc;
    found = cpm_sri_text(&job->arena, sri.algo, digest);
    if (sri.count && !cpm_sri_matches(&sri, digest, sizes[sri.algo]))
        return cpm_error_set(&job->err, CPM_EINTEGRITY,
                             "'%.*s' has the integrity %s, but %.*s is locked",
                             CPM_STR_ARG(job->add.name), found, CPM_STR_ARG(job->add.integrity));
    job->add.integrity = cpm_str(found);
    return 0;
}

static int folder_work(struct job *job)
{
    struct cpm_script_package package;
    int rc = cpm_script_package_read(job->path, &job->arena, &package, &job->err);

    if (rc < 0)
        return rc;
    if (job->git.prepare)
        rc = cpm_folder_prepare(&package, job->git.opts->scripts, &job->err);
    if (rc == 0)
        rc = cpm_pack_into_store(job->store, &package, job->add.name, &job->entry, &job->err);
    cpm_script_package_release(&package);
    return rc;
}

static int git_work(struct job *job)
{
    int rc = cpm_git_dependency_get(&job->git, &job->err);

    job->entry = job->git.entry;
    return rc;
}

static void pack_work(struct job *job)
{
    job->status = job->kind == CPM_FETCH_GIT ? git_work(job) : folder_work(job);
}

static void unpack_work(uv_work_t *work)
{
    struct job *job = work->data;

    if (job->kind != CPM_FETCH_TARBALL) {
        pack_work(job);
        return;
    }
    if (job->path) {
        job->status = cpm_fs_read(job->path, FILE_MAX, &job->arena, &job->add.bytes, &job->err);
        if (job->status == 0)
            job->status = check_file(job);
    }
    if (job->status == 0 && job->path)
        job->entry = cpm_store_find(job->store, job->add.integrity);
    if (job->status == 0 && !job->entry)
        job->status = cpm_store_add(job->store, &job->add, &job->entry, &job->err);
}

static void unpack_done(uv_work_t *work, int status);

static void unpack(struct job *job)
{
    cpm_store_jobs(job->store)->large += job->large;
    uv_queue_work(job->soon.loop, &job->work, unpack_work, unpack_done);
}

static bool has_room(const struct cpm_store_jobs *jobs, const struct job *job)
{
    return jobs->large == 0 || jobs->large + job->large <= LARGE_TOGETHER;
}

static void unpack_waiting(struct cpm_store_jobs *jobs)
{
    while (jobs->first && has_room(jobs, jobs->first)) {
        struct job *job = jobs->first;

        jobs->first = job->next;
        unpack(job);
    }
}

static void unpack_done(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct cpm_store_jobs *jobs = cpm_store_jobs(job->store);

    jobs->large -= job->large;
    unpack_waiting(jobs);
    if (status < 0 && job->status == 0)
        job->status = cpm_error_set(&job->err, CPM_ECANCELED, "canceled");
    finish(job);
}

static void queue_unpack(struct job *job)
{
    struct cpm_store_jobs *jobs = cpm_store_jobs(job->store);
    uint64_t size = cpm_inflate_hint(cpm_str_n(job->bytes, job->tarball.size));

    job->work.data = job;
    if (size < LARGE) {
        unpack(job);
        return;
    }
    job->large = size;
    *(jobs->first ? &jobs->last->next : &jobs->first) = job;
    jobs->last = job;
    unpack_waiting(jobs);
}

static void downloaded(struct cpm_tarball_request *req)
{
    struct job *job = req->data;

    job->status = req->status;
    job->err = req->err;
    if (req->status < 0) {
        finish(job);
        return;
    }
    job->bytes = req->bytes;
    job->add.bytes = cpm_str_n(req->bytes, req->size);
    if (!job->add.integrity.len)
        job->add.integrity = cpm_str(cpm_sri_text(&job->arena, CPM_SHA512, req->sha512));
    queue_unpack(job);
}

static void wait_for(struct job *job, struct cpm_store_fetch *fetch)
{
    struct waiter *waiter = cpm_calloc(1, sizeof(*waiter));

    waiter->fetch = fetch;
    waiter->next = job->waiters;
    job->waiters = waiter;
    fetch->internal = job;
}

/* What tells jobs apart: by content when it is known. */
static struct cpm_str key_of(const struct cpm_store_fetch *fetch, struct cpm_arena *arena)
{
    if (fetch->kind != CPM_FETCH_TARBALL)
        return cpm_str(
            cpm_arena_printf(arena, "pack %d %.*s", fetch->prepare, CPM_STR_ARG(fetch->url)));
    return cpm_arena_str(arena, fetch->integrity.len ? fetch->integrity : fetch->url);
}

static struct job *new_job(const struct cpm_store_fetch *fetch)
{
    struct job *job = cpm_calloc(1, sizeof(*job));

    job->store = fetch->store;
    job->key = key_of(fetch, &job->arena);
    job->kind = fetch->kind;
    job->git = (struct cpm_git_dependency){.spec = cpm_arena_str(&job->arena, fetch->url),
                                           .prepare = fetch->prepare,
                                           .opts = fetch->git};
    job->add = (struct cpm_store_add){
        .integrity = cpm_arena_str(&job->arena, fetch->integrity),
        .name = cpm_arena_str(&job->arena, fetch->name),
        .strict_tar = fetch->strict_tar,
    };
    job->git.arena = &job->arena;
    job->git.store = job->store;
    job->git.name = job->add.name;
    uv_timer_init(fetch->loop, &job->soon);
    job->soon.data = job;
    return job;
}

static int start_download(struct job *job, const struct cpm_store_fetch *fetch,
                          struct cpm_error *err)
{
    job->tarball =
        (struct cpm_tarball_request){.url = cpm_arena_str(&job->arena, fetch->url),
                                     .name = job->add.name,
                                     .integrity = job->add.integrity,
                                     .signatures = cpm_arena_str(&job->arena, fetch->signatures),
                                     .data = job,
                                     .done = downloaded};
    return cpm_tarball_start(fetch->registry, &job->tarball, err);
}

/* Without it the repository is cloned. */
static void host_answered(struct cpm_tarball_request *req)
{
    struct job *job = req->data;

    if (req->status == 0) {
        job->bytes = req->bytes;
        job->git.tarball = cpm_str_n(req->bytes, req->size);
    }
    queue_unpack(job);
}

/* A known host gives a commit's files much faster than git does. */
static void start_git(struct job *job, const struct cpm_store_fetch *fetch)
{
    struct cpm_str url = cpm_git_dependency_find(&job->git)
                             ? CPM_STR_NONE
                             : cpm_git_tarball_url(&job->arena, job->git.spec);

    job->tarball = (struct cpm_tarball_request){
        .url = url, .name = job->add.name, .once = true, .data = job, .done = host_answered};
    if (!url.len || cpm_tarball_start(fetch->registry, &job->tarball, NULL) < 0)
        queue_unpack(job);
}

/* A job that was not begun: nobody hears of it. */
static void abandon(struct job *job)
{
    cpm_free(job->waiters);
    job->waiters = NULL;
    finish(job);
}

static int begin(struct job *job, const struct cpm_store_fetch *fetch, struct cpm_error *err)
{
    size_t prefix = strlen(FILE_PREFIX);

    if (fetch->kind == CPM_FETCH_TARBALL && fetch->integrity.len)
        job->entry = cpm_store_find(fetch->store, fetch->integrity);
    if (job->entry) {
        job->from_store = true;
        return uv_timer_start(&job->soon, finish_soon, 0, 0);
    }
    if (fetch->kind == CPM_FETCH_TARBALL && !cpm_str_starts(fetch->url, FILE_PREFIX))
        return start_download(job, fetch, err);
    if (fetch->kind == CPM_FETCH_GIT) {
        start_git(job, fetch);
        return 0;
    }
    job->path = cpm_arena_str(&job->arena, cpm_str_sub(fetch->url, prefix, fetch->url.len)).ptr;
    queue_unpack(job);
    return 0;
}

int cpm_store_fetch_start(struct cpm_store_fetch *fetch, struct cpm_error *err)
{
    struct cpm_map *running = &cpm_store_jobs(fetch->store)->running;
    struct job *job = new_job(fetch), *other = cpm_map_get(running, job->key);
    int rc;

    if (other) {
        wait_for(other, fetch);
        abandon(job);
        return 0;
    }
    wait_for(job, fetch);
    rc = begin(job, fetch, err);
    if (rc < 0)
        abandon(job);
    else
        cpm_map_set(running, job->key, job);
    return rc;
}
