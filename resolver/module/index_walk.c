/* What is read after its stamp was taken is at least as new as the stamp, and a later change sets
 * the time of the change: a change that the stamp does not show would have to come within the tick
 * of the stamp's own time. So what changed just now is waited for, once for all, or, a folder that
 * only holds packages or commands, is given an older time first. A folder or file that changes
 * while it is read is in the index with a stamp that is already wrong. */
#include "resolver/module/index_walk.h"

#include "base/mem.h"
#include "resolver/module/disk.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SECOND = 1000 * 1000 * 1000, /* nanoseconds */
    PAUSE = 1000 * 1000,
    MOST_PAUSES = 50, /* a stamp of the future is not waited for */
    MOST_JSON = 16 << 20,
    MOST_DEPTH = 128,       /* of folders */
    MOST_ENTRIES = 1 << 20, /* of one folder */
};

/* One folder: the folders in it are walked when its own entry is complete. */
struct reading {
    struct cpm_index_walk *walk;
    int fd;
    bool package;
    struct cpm_buf folders; /* names, each with its NUL */
};

/* True once no change can set the stamp's time any more. The kernel gives files the time of its
 * coarse clock. */
static bool wait_for_tick(const struct cpm_index_stamp *stamp)
{
    struct timespec now, pause = {.tv_nsec = PAUSE};

    for (int i = 0; i < MOST_PAUSES; i++) {
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
        if ((int64_t)now.tv_sec * SECOND + now.tv_nsec > stamp->modified)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool read_package(struct cpm_index_walk *w, int dir, struct cpm_index_image_package *out)
{
    struct cpm_package p = {.exists = true};
    char *bytes;
    long size;

    if (!cpm_index_stamp(dir, "package.json", CPM_FILE_PLAIN, &out->stamp) ||
        out->stamp.size > MOST_JSON || !wait_for_tick(&out->stamp))
        return false;
    bytes = cpm_alloc((size_t)out->stamp.size + 1);
    size = cpm_disk_read_at(dir, "package.json", bytes, (size_t)out->stamp.size + 1);
    if (size == (long)out->stamp.size)
        cpm_description_parse(&p, &w->arena, cpm_str_n(bytes, (size_t)size));
    else
        p.invalid = true;
    w->fields.len = 0;
    if (!p.invalid)
        cpm_index_put_fields(&w->fields, &p);
    out->fields = cpm_buf_str(&w->fields);
    cpm_arena_release(&w->arena);
    cpm_free(bytes);
    return !p.invalid && !w->fields.overflow;
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

/* Folders that packages or their commands are put into. */
static bool is_container(struct cpm_str path)
{
    size_t slash = cpm_str_rchr(path, '/');
    struct cpm_str base = slash == CPM_NPOS ? path : cpm_str_sub(path, slash + 1, path.len);

    return !path.len || cpm_str_is(base, "node_modules") || cpm_str_is(base, ".bin") ||
           cpm_str_starts(base, "@");
}

static bool stamp_folder(const struct cpm_index_walk *w, int fd, struct cpm_index_stamp *stamp)
{
    int64_t settled = w->source ? w->source->settled : 0;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {settled / SECOND, settled % SECOND}};

    if (!cpm_index_stamp(fd, "", CPM_FILE_FOLDER, stamp))
        return false;
    if (settled && stamp->modified > settled && is_container(cpm_buf_str(&w->path)) &&
        futimens(fd, times) == 0 && !cpm_index_stamp(fd, "", CPM_FILE_FOLDER, stamp))
        return false;
    return wait_for_tick(stamp);
}

static void read_folder(struct reading *r)
{
    struct cpm_index_walk *w = r->walk;
    struct cpm_index_image_package package;
    struct cpm_index_stamp stamp;
    bool whole =
        stamp_folder(w, r->fd, &stamp) && cpm_disk_list_fd(r->fd, MOST_ENTRIES, take_entry, r);

    if (!whole || r->folders.overflow) {
        cpm_index_image_drop(&w->image);
        return;
    }
    r->package = r->package && read_package(w, r->fd, &package);
    cpm_index_image_folder(&w->image, cpm_buf_str(&w->path), &stamp, r->package ? &package : NULL);
}

static void walk(struct cpm_index_walk *w, int parent, const char *name);

/* Adds a name to the path of the folder under way; gives the length to cut it back to. */
static size_t enter(struct cpm_index_walk *w, const char *name)
{
    size_t length = w->path.len;

    if (length)
        cpm_buf_add_char(&w->path, '/');
    cpm_buf_add_text(&w->path, name);
    return length;
}

static void leave(struct cpm_index_walk *w, size_t length)
{
    w->path.len = length;
    w->path.overflow = false;
}

static bool is_taken(struct cpm_index_walk *w)
{
    return w->source && w->source->take(w->source->data, w, cpm_buf_str(&w->path));
}

static void walk_folders(struct reading *r)
{
    struct cpm_index_walk *w = r->walk;

    for (size_t at = 0; at < r->folders.len;) {
        const char *name = r->folders.ptr + at;
        size_t length = enter(w, name);

        if (!w->path.overflow && !is_taken(w))
            walk(w, r->fd, name);
        leave(w, length);
        at += strlen(name) + 1;
    }
}

/* The folder `name` below an open one; its own path stands in w->path. */
static void walk(struct cpm_index_walk *w, int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct reading r = {.walk = w, .fd = fd, .folders = CPM_BUF_INIT(64 << 20)};

    if (fd < 0)
        return;
    read_folder(&r);
    if (++w->depth < MOST_DEPTH)
        walk_folders(&r);
    w->depth--;
    cpm_buf_release(&r.folders);
    close(fd);
}

void cpm_index_walk_folder(struct cpm_index_walk *w, const char *name)
{
    size_t length = w->path.len;

    if (strcmp(name, ".") != 0)
        enter(w, name);
    if (!w->path.overflow)
        walk(w, w->dir, w->path.len ? cpm_buf_text(&w->path) : ".");
    leave(w, length);
}
