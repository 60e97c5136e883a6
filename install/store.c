#include "install/store_state.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two rules keep the store right. An entry becomes visible by one rename of its whole folder, so no
 * reader sees a part. And an entry names the run that wrote it: after a power cut, when a renamed
 * folder may have lost its bytes, it is trusted only if that run left a mark behind its syncfs. */

#define MARKS "synced"

int cpm_store_open(const char *dir, struct cpm_store **out, struct cpm_error *err)
{
    struct cpm_store *store = cpm_calloc(1, sizeof(*store));
    int rc = cpm_store_dir_open(dir, &store->dir, err);

    if (rc < 0) {
        cpm_free(store);
        cpm_error_advise(err, CPM_STORE_ADVICE);
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

static void release(struct cpm_store_entry *e)
{
    cpm_free(e->image);
    cpm_free(e);
}

void cpm_store_close(struct cpm_store *store)
{
    if (!store)
        return;
    while (store->all) {
        struct cpm_store_entry *e = store->all;

        store->all = e->next;
        release(e);
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

    snprintf(name, sizeof(name), "%s/index", key);
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

struct cpm_store_entry *cpm_store_entry_new(struct cpm_store *store, const char *key, char *image,
                                            size_t size)
{
    struct cpm_store_entry *e;
    struct cpm_store_index index;

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

/* Reads an entry from disk; NULL when there is none or it is damaged. */
static struct cpm_store_entry *load(struct cpm_store *store, const char *key)
{
    size_t size;
    char *image = read_image(store, key, &size);

    return image ? cpm_store_entry_new(store, key, image, size) : NULL;
}

struct cpm_store_entry *cpm_store_take_in(struct cpm_store *store, struct cpm_store_entry *e)
{
    struct cpm_store_entry *known;

    pthread_mutex_lock(&store->lock);
    known = cpm_map_get(&store->entries, cpm_str(e->key));
    if (known || !is_trusted(store, &e->index.origin)) {
        release(e);
        e = known;
    } else {
        e->integrity = cpm_store_key_text(&store->texts, e->key);
        e->next = store->all;
        store->all = e;
        cpm_map_set(&store->entries, cpm_str(e->key), e);
    }
    pthread_mutex_unlock(&store->lock);
    return e;
}

const struct cpm_store_entry *cpm_store_find_key(struct cpm_store *store, const char *key)
{
    struct cpm_store_entry *e;

    pthread_mutex_lock(&store->lock);
    e = cpm_map_get(&store->entries, cpm_str(key));
    pthread_mutex_unlock(&store->lock);
    if (!e && (e = load(store, key)))
        e = cpm_store_take_in(store, e);
    return e;
}

const struct cpm_store_entry *cpm_store_find(struct cpm_store *store, struct cpm_str integrity)
{
    char key[CPM_STORE_KEY];

    return cpm_store_key(integrity, key) ? cpm_store_find_key(store, key) : NULL;
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
    return openat(e->store->dir.fd, e->key, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool cpm_store_entry_is_fresh(const struct cpm_store_entry *e)
{
    return e->fresh;
}

void cpm_store_file_name(uint32_t file, char name[CPM_STORE_FILE_NAME])
{
    snprintf(name, CPM_STORE_FILE_NAME, "%x", file);
}

enum cpm_store_file_state cpm_store_file_state(const struct cpm_store_index *index, uint32_t number,
                                               int dir)
{
    const struct cpm_store_index_file *file = &index->files[number];
    unsigned mode = (file->executable ? 0755 : 0644) & ~index->origin.umask;
    char name[CPM_STORE_FILE_NAME];
    struct stat st;

    cpm_store_file_name(number, name);
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
        (uint64_t)st.st_size != file->size ||
        (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec > index->origin.made_ns)
        return CPM_FILE_CHANGED;
    return (st.st_mode & 07777) == mode ? CPM_FILE_INTACT : CPM_FILE_OTHER_MODE;
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
