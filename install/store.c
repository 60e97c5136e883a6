#include "install/store.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "install/generation.h"
#include "install/inflate.h"
#include "install/space.h"
#include "install/store_dir.h"
#include "install/store_entry.h"
#include "install/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Two rules keep the store right. An entry becomes visible by one rename of its whole folder, so no
 * reader sees a part. And an entry names the run that wrote it: after a power cut, when a renamed
 * folder may have lost its bytes, it is trusted only if that run left a mark behind its syncfs. */

#define MARKS "synced"

struct cpm_store_entry {
    struct cpm_store *store;
    char key[CPM_STORE_KEY];
    char *image;
    struct cpm_store_index index;
    const char *integrity;        /* in the store's arena */
    struct cpm_store_entry *next; /* of all entries, also dropped ones: freed with the store */
};

struct cpm_store {
    struct cpm_store_dir dir;
    unsigned char boot[CPM_GENERATION_SIZE];
    unsigned umask;
    struct cpm_store_jobs jobs;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t idle;
    unsigned char run[CPM_GENERATION_SIZE];
    unsigned publishing;    /* entries that carry `run` and are on their way to their place */
    bool unsynced;          /* something was published since the last mark */
    uint64_t added;         /* bytes */
    struct cpm_map entries; /* by key */
    struct cpm_map trusted; /* runs whose mark was seen */
    struct cpm_arena texts; /* keys of `trusted`, integrities */
    struct cpm_store_entry *all;
    unsigned next_temp;
};

int cpm_store_open(const char *dir, struct cpm_store **out, struct cpm_error *err)
{
    struct cpm_store *store = cpm_calloc(1, sizeof(*store));
    int rc = cpm_store_dir_open(dir, &store->dir, err);

    if (rc < 0) {
        cpm_free(store);
        return rc;
    }
    cpm_generation_get(store->dir.fd, store->boot);
    cpm_generation_random(store->run);
    store->umask = cpm_umask_get();
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->idle, NULL);
    cpm_map_init(&store->entries);
    cpm_map_init(&store->trusted);
    cpm_map_init(&store->jobs.running);
    cpm_arena_init(&store->texts);
    *out = store;
    return 0;
}

void cpm_store_close(struct cpm_store *store)
{
    if (!store)
        return;
    while (store->all) {
        struct cpm_store_entry *e = store->all;

        store->all = e->next;
        cpm_free(e->image);
        cpm_free(e);
    }
    cpm_map_release(&store->entries);
    cpm_map_release(&store->trusted);
    cpm_map_release(&store->jobs.running);
    cpm_arena_release(&store->texts);
    pthread_cond_destroy(&store->idle);
    pthread_mutex_destroy(&store->lock);
    cpm_store_dir_close(&store->dir);
    cpm_free(store);
}

static void mark_name(const unsigned char run[CPM_GENERATION_SIZE], char out[64])
{
    size_t len = (size_t)snprintf(out, 64, MARKS "/");

    cpm_hex_write(run, CPM_GENERATION_SIZE, out + len);
    out[len + 2 * CPM_GENERATION_SIZE] = '\0';
}

/* Needs the lock. */
static bool is_trusted(struct cpm_store *store, const struct cpm_store_index_origin *origin)
{
    struct cpm_str key = cpm_str_n((const char *)origin->run, sizeof(origin->run));
    char name[64];

    if (memcmp(origin->boot, store->boot, sizeof(store->boot)) == 0 ||
        cpm_map_get(&store->trusted, key))
        return true;
    mark_name(origin->run, name);
    if (faccessat(store->dir.fd, name, F_OK, 0) < 0)
        return false;
    cpm_map_set(&store->trusted, cpm_arena_str(&store->texts, key), store);
    return true;
}

static char *read_image(struct cpm_store *store, const char *key, size_t *size)
{
    char name[CPM_STORE_KEY + 16];
    struct stat st;
    char *image = NULL;
    ssize_t got;
    int fd;

    cpm_store_dir_name(key, "index", name, sizeof(name));
    fd = openat(store->dir.fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        st.st_size <= CPM_INDEX_MAX) {
        *size = (size_t)st.st_size;
        image = cpm_alloc(*size);
        got = read(fd, image, *size);
        if (got != st.st_size) {
            cpm_free(image);
            image = NULL;
        }
    }
    close(fd);
    return image;
}

/* Reads an entry from disk; NULL when there is none or it is damaged. */
static struct cpm_store_entry *load(struct cpm_store *store, const char *key)
{
    struct cpm_store_entry *e;
    struct cpm_store_index index;
    size_t size;
    char *image = read_image(store, key, &size);

    if (!image)
        return NULL;
    if (!cpm_store_index_load(cpm_str_n(image, size), &index)) {
        cpm_free(image);
        return NULL;
    }
    e = cpm_calloc(1, sizeof(*e));
    e->store = store;
    e->image = image;
    e->index = index;
    snprintf(e->key, sizeof(e->key), "%s", key);
    return e;
}

/* Takes a loaded entry in; NULL when it is not to be trusted. Another thread may have been quicker:
 * its entry stays. Needs the lock. */
static struct cpm_store_entry *take_in(struct cpm_store *store, struct cpm_store_entry *e)
{
    struct cpm_store_entry *known = cpm_map_get(&store->entries, cpm_str(e->key));

    if (known || !is_trusted(store, &e->index.origin)) {
        cpm_free(e->image);
        cpm_free(e);
        return known;
    }
    e->integrity = cpm_store_key_text(&store->texts, e->key);
    e->next = store->all;
    store->all = e;
    cpm_map_set(&store->entries, cpm_str(e->key), e);
    return e;
}

static const struct cpm_store_entry *find_key(struct cpm_store *store, const char *key)
{
    struct cpm_store_entry *e;

    pthread_mutex_lock(&store->lock);
    e = cpm_map_get(&store->entries, cpm_str(key));
    pthread_mutex_unlock(&store->lock);
    if (e || !(e = load(store, key)))
        return e;
    pthread_mutex_lock(&store->lock);
    e = take_in(store, e);
    pthread_mutex_unlock(&store->lock);
    return e;
}

const struct cpm_store_entry *cpm_store_find(struct cpm_store *store, struct cpm_str integrity)
{
    char key[CPM_STORE_KEY];

    return cpm_store_key(integrity, key) ? find_key(store, key) : NULL;
}

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

static int write_index(int dir, const struct cpm_write_plan *plan, const struct cpm_facts *facts,
                       const struct cpm_store_index_origin *origin, struct cpm_error *err)
{
    struct cpm_buf image = CPM_BUF_INIT(CPM_INDEX_MAX);
    int fd = -1, rc = 0;

    cpm_store_index_write(plan, facts, origin, &image);
    if (image.overflow) {
        rc = cpm_error_set(err, CPM_EBADARCHIVE, "the archive lists too many files");
        goto out;
    }
    fd = openat(dir, "index", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, image.ptr, image.len) != (ssize_t)image.len)
        rc = cpm_error_sys(err, fd < 0 || errno ? errno : ENOSPC, "write a store index");
out:
    if (fd >= 0)
        close(fd);
    cpm_buf_release(&image);
    return rc;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* From the written files to a visible entry. The run's id is taken while `publishing` counts, so
 * that a sync never marks a run that still writes. */
static int publish(struct cpm_store *store, const char *temp, const char *key,
                   const struct cpm_write_plan *plan, const struct cpm_facts *facts,
                   struct cpm_error *err)
{
    struct cpm_store_index_origin origin = {.made_ns = now_ns(), .umask = store->umask};
    int dir = openat(store->dir.work_fd, temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int rc;

    pthread_mutex_lock(&store->lock);
    memcpy(origin.run, store->run, sizeof(origin.run));
    memcpy(origin.boot, store->boot, sizeof(origin.boot));
    store->publishing++;
    store->unsynced = true;
    store->added += plan->size;
    pthread_mutex_unlock(&store->lock);
    rc = dir < 0 ? cpm_error_sys(err, errno, "work in the store '%s'", store->dir.path)
                 : write_index(dir, plan, facts, &origin, err);
    if (rc == 0)
        rc = cpm_store_dir_publish(&store->dir, temp, key, false, err);
    if (rc == CPM_EEXIST && !find_key(store, key))
        rc = cpm_store_dir_publish(&store->dir, temp, key, true, err);
    pthread_mutex_lock(&store->lock);
    if (--store->publishing == 0)
        pthread_cond_broadcast(&store->idle);
    pthread_mutex_unlock(&store->lock);
    if (dir >= 0)
        close(dir);
    return rc;
}

static int write_files(struct cpm_store *store, const char *temp, const struct cpm_store_add *add,
                       const struct cpm_write_plan *plan, struct cpm_error *err)
{
    char name[32];
    int dir, rc;

    snprintf(name, sizeof(name), "%s/p", temp);
    if (mkdirat(store->dir.work_fd, name, 0700) < 0)
        return cpm_error_sys(err, errno, "work in the store '%s'", store->dir.path);
    dir = openat(store->dir.work_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0)
        return cpm_error_sys(err, errno, "work in the store '%s'", store->dir.path);
    rc = cpm_unpack(plan, dir, add->name, err);
    close(dir);
    return rc;
}

/* Everything between a checked plan and a visible entry; leaves nothing in the work folder. */
static int add_plan(struct cpm_store *store, const char *key, const struct cpm_store_add *add,
                    struct cpm_write_plan *plan, struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_facts facts;
    char temp[CPM_STORE_TEMP];
    int rc = cpm_facts_read(plan, arena, &facts, err);

    if (rc < 0)
        return cpm_error_prefix(err, "'%.*s': ", CPM_STR_ARG(add->name));
    rc = new_temp(store, temp, err);
    if (rc < 0)
        return rc;
    rc = write_files(store, temp, add, plan, err);
    if (rc == 0)
        rc = publish(store, temp, key, plan, &facts, err);
    if (rc < 0)
        cpm_store_dir_discard(&store->dir, temp);
    return rc == CPM_EEXIST ? 0 : cpm_space_explain(rc, store->dir.path, plan->size, err);
}

int cpm_store_add(struct cpm_store *store, const struct cpm_store_add *add,
                  const struct cpm_store_entry **out, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_inflated inflated = {.owned = NULL};
    struct cpm_write_plan plan;
    char key[CPM_STORE_KEY];
    int rc;

    if (!cpm_store_key(add->integrity, key))
        return cpm_error_set(err, CPM_EINTEGRITY, "'%.*s' has no usable integrity",
                             CPM_STR_ARG(add->name));
    rc = cpm_inflate(add->bytes, &inflated, err);
    if (rc == 0)
        rc = cpm_write_plan_build(inflated.bytes, add->strict_tar, &arena, &plan, err);
    if (rc < 0) {
        cpm_error_prefix(err, "'%.*s': ", CPM_STR_ARG(add->name));
        goto out;
    }
    rc = add_plan(store, key, add, &plan, &arena, err);
    cpm_write_plan_release(&plan);
    if (rc == 0) {
        *out = find_key(store, key);
        if (!*out)
            rc = cpm_error_set(err, CPM_EIO, "the store '%s' lost '%.*s'", store->dir.path,
                               CPM_STR_ARG(add->name));
    }
out:
    cpm_free(inflated.owned);
    cpm_arena_release(&arena);
    return rc;
}

/* Ends the current run and waits until its last entry stands; false when it added nothing. */
static bool end_run(struct cpm_store *store, unsigned char run[CPM_GENERATION_SIZE])
{
    bool unsynced;

    pthread_mutex_lock(&store->lock);
    unsynced = store->unsynced;
    if (unsynced) {
        memcpy(run, store->run, CPM_GENERATION_SIZE);
        cpm_generation_random(store->run);
        store->unsynced = false;
        while (store->publishing)
            pthread_cond_wait(&store->idle, &store->lock);
    }
    pthread_mutex_unlock(&store->lock);
    return unsynced;
}

/* 0 or an errno. */
static int leave_mark(struct cpm_store *store, const unsigned char run[CPM_GENERATION_SIZE])
{
    int marks = -1, mark = -1, sys = 0;
    char name[64];

    mark_name(run, name);
    if (mkdirat(store->dir.fd, MARKS, 0700) < 0 && errno != EEXIST)
        return errno;
    mark = openat(store->dir.fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    marks = openat(store->dir.fd, MARKS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (mark < 0 || marks < 0 || fsync(mark) < 0 || fsync(marks) < 0)
        sys = errno;
    if (mark >= 0)
        close(mark);
    if (marks >= 0)
        close(marks);
    return sys;
}

int cpm_store_sync(struct cpm_store *store, struct cpm_error *err)
{
    unsigned char run[CPM_GENERATION_SIZE];
    int sys;

    if (!end_run(store, run))
        return 0;
    sys = syncfs(store->dir.fd) < 0 ? errno : leave_mark(store, run);
    return sys ? cpm_error_sys(err, sys, "sync the store '%s'", store->dir.path) : 0;
}

uint64_t cpm_store_added(struct cpm_store *store)
{
    uint64_t added;

    pthread_mutex_lock(&store->lock);
    added = store->added;
    pthread_mutex_unlock(&store->lock);
    return added;
}

int cpm_store_fd(const struct cpm_store *store)
{
    return store->dir.fd;
}

const char *cpm_store_path(const struct cpm_store *store)
{
    return store->dir.path;
}

void cpm_store_drop(struct cpm_store *store, const struct cpm_store_entry *e)
{
    pthread_mutex_lock(&store->lock);
    cpm_map_del(&store->entries, cpm_str(e->key));
    if (cpm_store_dir_work(&store->dir, NULL) == 0)
        cpm_store_dir_drop(&store->dir, e->key, store->next_temp++);
    pthread_mutex_unlock(&store->lock);
}

struct cpm_str cpm_store_entry_integrity(const struct cpm_store_entry *e)
{
    return cpm_str(e->integrity);
}

struct cpm_store_jobs *cpm_store_jobs(struct cpm_store *store)
{
    return &store->jobs;
}

const struct cpm_store_index *cpm_store_entry_index(const struct cpm_store_entry *e)
{
    return &e->index;
}

int cpm_store_entry_open(const struct cpm_store_entry *e)
{
    char name[CPM_STORE_KEY + 16];

    cpm_store_dir_name(e->key, "p", name, sizeof(name));
    return openat(e->store->dir.fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool cpm_store_file_intact(const struct cpm_store_index *index,
                           const struct cpm_store_index_file *file, int dir, const char *path)
{
    struct stat st;

    return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size == file->size &&
           (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec <= index->origin.made_ns;
}

struct cpm_str cpm_store_entry_license(const struct cpm_store_entry *e)
{
    return e->index.license;
}

struct cpm_str cpm_store_entry_manifest(const struct cpm_store_entry *e)
{
    return e->index.manifest;
}

size_t cpm_store_entry_files(const struct cpm_store_entry *e)
{
    return e->index.file_count;
}
