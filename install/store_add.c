#include "install/store_state.h"

#include "base/digest.h"
#include "base/mem.h"
#include "install/inflate.h"
#include "install/space.h"
#include "install/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

/* An entry is one flat folder: its files stand there by number, in the order of the index, and the
 * index beside them. Folders are what costs most to make, and the index knows the paths. */

static int new_temp(struct cpm_store *store, char name[CPM_STORE_TEMP], struct cpm_error *err)
{
    int rc;

    pthread_mutex_lock(&store->lock);
    rc = cpm_store_dir_work(&store->dir, err);
    if (rc == 0)
        rc = cpm_store_dir_temp(&store->dir, store->next_temp++, name, err);
    pthread_mutex_unlock(&store->lock);
    return rc;
}

int cpm_store_temp(struct cpm_store *store, struct cpm_arena *arena, const char **path,
                   struct cpm_error *err)
{
    char name[CPM_STORE_TEMP];
    int rc = new_temp(store, name, err);

    if (rc == 0)
        *path = cpm_arena_printf(arena, "%s/%s/%s", store->dir.path, store->dir.work, name);
    return rc;
}

struct adding {
    struct cpm_store *store;
    const struct cpm_store_add *in;
    char key[CPM_STORE_KEY];
    char temp[CPM_STORE_TEMP]; /* the entry's folder while it is written */
    struct cpm_arena arena;
    struct cpm_write_plan plan;
    struct cpm_facts facts;
    struct cpm_buf image; /* of the index */
};

static int write_index(struct adding *a, int dir, const struct cpm_store_index_origin *origin,
                       struct cpm_error *err)
{
    int fd, rc = 0;

    cpm_store_index_write(&a->plan, &a->facts, origin, &a->image);
    if (a->image.overflow)
        return cpm_error_set(err, CPM_EBADARCHIVE, "the archive lists too many files");
    fd = openat(dir, "index", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, a->image.ptr, a->image.len) != (ssize_t)a->image.len)
        rc = cpm_error_sys(err, fd < 0 || errno ? errno : ENOSPC, "write a store index");
    if (fd >= 0)
        close(fd);
    return rc;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void begin_publishing(struct adding *a, struct cpm_store_index_origin *origin)
{
    struct cpm_store *store = a->store;

    *origin = (struct cpm_store_index_origin){.made_ns = now_ns(), .umask = store->umask};
    pthread_mutex_lock(&store->lock);
    memcpy(origin->run, store->run, sizeof(origin->run));
    memcpy(origin->boot, store->boot, sizeof(origin->boot));
    store->publishing++;
    store->unsynced = true;
    store->added += a->plan.size;
    pthread_mutex_unlock(&store->lock);
}

static void end_publishing(struct cpm_store *store)
{
    pthread_mutex_lock(&store->lock);
    if (--store->publishing == 0)
        pthread_cond_broadcast(&store->idle);
    pthread_mutex_unlock(&store->lock);
}

/* From the written files to a visible entry. The run's id is taken while `publishing` counts, so
 * that a sync never marks a run that still writes. CPM_EEXIST: another process was quicker. */
static int publish(struct adding *a, int dir, struct cpm_error *err)
{
    struct cpm_store *store = a->store;
    struct cpm_store_index_origin origin;
    int rc;

    begin_publishing(a, &origin);
    rc = write_index(a, dir, &origin, err);
    if (rc == 0)
        rc = cpm_store_dir_publish(&store->dir, a->temp, a->key, false, err);
    if (rc == CPM_EEXIST && !cpm_store_find_key(store, a->key))
        rc = cpm_store_dir_publish(&store->dir, a->temp, a->key, true, err);
    end_publishing(store);
    return rc;
}

/* Everything between a checked plan and a visible entry; leaves nothing in the work folder. */
static int write_entry(struct adding *a, struct cpm_error *err)
{
    struct cpm_store *store = a->store;
    int dir, rc = new_temp(store, a->temp, err);

    if (rc < 0)
        return rc;
    dir = openat(store->dir.work_fd, a->temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    rc = dir < 0 ? cpm_error_sys(err, errno, "work in the store '%s'", store->dir.path)
                 : cpm_unpack_flat(&a->plan, dir, a->in->name, err);
    if (rc == 0)
        rc = publish(a, dir, err);
    if (dir >= 0)
        close(dir);
    if (rc < 0)
        cpm_store_dir_discard(&store->dir, a->temp);
    return rc;
}

static int read_plan(struct adding *a, struct cpm_str tar, struct cpm_error *err)
{
    int rc = cpm_write_plan_build(tar, a->in->strict_tar, &a->arena, &a->plan, err);

    if (rc == 0)
        rc = cpm_facts_read(&a->plan, &a->arena, &a->facts, err);
    return rc < 0 ? cpm_error_prefix(err, "'%.*s': ", CPM_STR_ARG(a->in->name)) : 0;
}

/* The entry that was written needs no reading. */
static const struct cpm_store_entry *entry_written(struct adding *a)
{
    struct cpm_store_entry *e = cpm_store_entry_new(
        a->store, a->key, cpm_realloc(a->image.ptr, a->image.len, 1), a->image.len);

    a->image = (struct cpm_buf)CPM_BUF_INIT(0);
    if (!e)
        return NULL;
    e->fresh = true;
    return cpm_store_take_in(a->store, e);
}

static int add(struct adding *a, struct cpm_str tar, const struct cpm_store_entry **out,
               struct cpm_error *err)
{
    int rc = read_plan(a, tar, err);

    if (rc < 0)
        return rc;
    rc = write_entry(a, err);
    if (rc < 0 && rc != CPM_EEXIST)
        return cpm_space_explain(rc, a->store->dir.path, a->plan.size, err);
    *out = rc == 0 ? entry_written(a) : cpm_store_find_key(a->store, a->key);
    return *out ? 0
                : cpm_error_set(err, CPM_EIO, "the store '%s' lost '%.*s'", a->store->dir.path,
                                CPM_STR_ARG(a->in->name));
}

int cpm_store_add(struct cpm_store *store, const struct cpm_store_add *in,
                  const struct cpm_store_entry **out, struct cpm_error *err)
{
    struct cpm_inflated inflated = {.owned = NULL};
    struct adding a = {
        .store = store, .in = in, .arena = CPM_ARENA_INIT, .image = CPM_BUF_INIT(CPM_INDEX_MAX)};
    int rc;

    if (!cpm_store_key(in->integrity, a.key))
        return cpm_error_set(err, CPM_EINTEGRITY, "'%.*s' has no usable integrity",
                             CPM_STR_ARG(in->name));
    rc = cpm_inflate(in->bytes, &inflated, err);
    if (rc < 0)
        cpm_error_prefix(err, "'%.*s': ", CPM_STR_ARG(in->name));
    else
        rc = add(&a, inflated.bytes, out, err);
    cpm_buf_release(&a.image);
    cpm_write_plan_release(&a.plan);
    cpm_free(inflated.owned);
    cpm_arena_release(&a.arena);
    return rc;
}
