/* What is read after its stamp was taken, and after the tick of that stamp was over, is at least as
 * new as the stamp: a change that the stamp does not show would have to come after the tick, and
 * then shows. A folder or file that changes while it is read therefore is in the index with a stamp
 * that is already wrong. One short wait serves for all that changed just now. */
#include "base/error.h"
#include "base/mem.h"
#include "resolver/module/disk.h"
#include "resolver/module/index_image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PAUSE = 1000 * 1000, /* nanoseconds */
    MOST_PAUSES = 50,    /* a stamp of the future is not waited for */
    MOST_JSON = 16 << 20,
    MOST_DEPTH = 128,       /* of folders */
    MOST_ENTRIES = 1 << 20, /* of one folder */
};

struct walk {
    struct cpm_index_image image;
    struct cpm_buf path; /* of the folder under way, below the node_modules */
    struct cpm_arena arena;
    unsigned depth;
};

/* One folder: the folders in it are walked when its own entry is complete. */
struct reading {
    struct walk *walk;
    int fd;
    bool package;
    struct cpm_buf folders; /* names, each with its NUL */
};

/* True once no change can have the stamp's time any more. The kernel gives files the time of its
 * coarse clock. */
static bool wait_for_tick(const struct cpm_index_stamp *stamp)
{
    struct timespec now, pause = {.tv_nsec = PAUSE};

    for (int i = 0; i < MOST_PAUSES; i++) {
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
        if ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec > stamp->changed)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool read_package(struct walk *w, int dir, struct cpm_package *p,
                         struct cpm_index_stamp *stamp)
{
    char *bytes;
    long size;

    if (!cpm_index_stamp(dir, "package.json", CPM_FILE_PLAIN, stamp) || stamp->size > MOST_JSON ||
        !wait_for_tick(stamp))
        return false;
    bytes = cpm_alloc((size_t)stamp->size + 1);
    size = cpm_disk_read_at(dir, "package.json", bytes, (size_t)stamp->size + 1);
    if (size == (long)stamp->size)
        cpm_description_parse(p, &w->arena, cpm_str_n(bytes, (size_t)size));
    else
        p->invalid = true;
    cpm_free(bytes);
    return !p->invalid;
}

static enum cpm_file_kind ask_kind(int dir, const char *name)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return CPM_FILE_NONE;
    if (S_ISLNK(st.st_mode))
        return CPM_FILE_LINK;
    return S_ISDIR(st.st_mode) ? CPM_FILE_FOLDER : CPM_FILE_PLAIN;
}

static void take_entry(void *to, const char *name, size_t length, enum cpm_file_kind kind)
{
    struct reading *r = to;

    if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
        return;
    if (kind == CPM_FILE_NONE)
        kind = ask_kind(r->fd, name);
    if (kind == CPM_FILE_NONE)
        return; /* gone meanwhile */
    cpm_index_image_entry(&r->walk->image, cpm_str_n(name, length), kind);
    if (kind == CPM_FILE_FOLDER && !(name[0] == '.' && !r->walk->path.len))
        cpm_buf_add(&r->folders, name, length + 1);
    r->package = r->package || (kind == CPM_FILE_PLAIN && strcmp(name, "package.json") == 0);
}

static void read_folder(struct reading *r)
{
    struct walk *w = r->walk;
    struct cpm_package package = {.exists = true};
    struct cpm_index_stamp stamp, package_stamp;
    bool whole = cpm_index_stamp(r->fd, "", CPM_FILE_FOLDER, &stamp) && wait_for_tick(&stamp) &&
                 cpm_disk_list_fd(r->fd, MOST_ENTRIES, take_entry, r);

    if (!whole || r->folders.overflow) {
        cpm_index_image_drop(&w->image);
        return;
    }
    r->package = r->package && read_package(w, r->fd, &package, &package_stamp);
    cpm_index_image_folder(&w->image, cpm_buf_str(&w->path), &stamp, r->package ? &package : NULL,
                           &package_stamp);
    cpm_arena_release(&w->arena);
}

/* The folder `name` of a folder, and all below it. What cannot be read is left out. */
static void walk(struct walk *w, int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct reading r = {.walk = w, .fd = fd, .folders = CPM_BUF_INIT(64 << 20)};
    size_t length = w->path.len;

    if (fd < 0)
        return;
    read_folder(&r);
    w->depth++;
    for (size_t at = 0; w->depth < MOST_DEPTH && at < r.folders.len;) {
        const char *inner = r.folders.ptr + at;

        if (length)
            cpm_buf_add_char(&w->path, '/');
        cpm_buf_add_text(&w->path, inner);
        if (!w->path.overflow)
            walk(w, fd, inner);
        w->path.len = length;
        w->path.overflow = false;
        at += strlen(inner) + 1;
    }
    w->depth--;
    cpm_buf_release(&r.folders);
    close(fd);
}

static bool write_all(int fd, struct cpm_str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = cpm_str_sub(bytes, (size_t)n, bytes.len);
    }
    return true;
}

/* Whole or not at all, and not durable: an index that is lost is written again, and one that a
 * power cut left half written has a wrong sum. */
static int replace_file(int dir, const char *modules, struct cpm_str bytes, struct cpm_error *err)
{
    char temp[80];
    bool good;
    int fd, sys;

    snprintf(temp, sizeof(temp), CPM_INDEX_FOLDER "/.resolve-index.%ld.0.cpm-tmp", (long)getpid());
    fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    good = fd >= 0 && write_all(fd, bytes);
    sys = errno;
    if (fd >= 0 && close(fd) < 0 && good) {
        good = false;
        sys = errno;
    }
    if (good && renameat(dir, temp, dir, CPM_RESOLVER_INDEX) == 0)
        return 0;
    sys = good ? errno : sys;
    unlinkat(dir, temp, 0);
    return cpm_error_sys(err, sys, "write '%s/" CPM_RESOLVER_INDEX "'", modules);
}

int cpm_resolver_index_write(const char *modules, struct cpm_error *err)
{
    struct walk w = {.path = CPM_BUF_INIT(PATH_MAX), .arena = CPM_ARENA_INIT};
    int dir = open(modules, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
    struct cpm_buf bytes = CPM_BUF_INIT(1 << 30);

    if (dir < 0)
        return cpm_error_sys(err, errno, "open '%s'", modules);
    cpm_index_image_init(&w.image);
    mkdirat(dir, CPM_INDEX_FOLDER, 0777); /* first: it changes the node_modules */
    walk(&w, dir, ".");
    if (cpm_index_image_finish(&w.image, &bytes))
        rc = replace_file(dir, modules, cpm_buf_str(&bytes), err);
    else
        rc = cpm_error_set(err, CPM_ETOOBIG, "the index of '%s' would be too large", modules);
    cpm_index_image_release(&w.image);
    cpm_arena_release(&w.arena);
    cpm_buf_release(&w.path);
    cpm_buf_release(&bytes);
    close(dir);
    return rc;
}
