#include "install/link.h"

#include "base/buf.h"
#include "install/install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file's name is its number in the store and its path below the package's folder here: folders
 * are shallow, so that walking to a file costs less than opening and closing its folder. Hard
 * linking falls back for a single file when that has too many links (EMLINK), and for the package
 * when the file system does not allow it at all. */

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int copy_bytes(int from, int to)
{
    char block[64 << 10];
    ssize_t n, done;

    while ((n = read(from, block, sizeof(block))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        for (ssize_t at = 0; at < n; at += done)
            if ((done = write(to, block + at, (size_t)(n - at))) < 0) {
                if (errno != EINTR)
                    return errno;
                done = 0;
            }
    }
    return 0;
}

static int copy_open_file(int from, int to, int method)
{
    ssize_t n;

    if (method != CPM_LINK_COPY && ioctl(to, FICLONE, from) == 0)
        return 0;
    if (method == CPM_LINK_REFLINK)
        return errno;
    while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
        ;
    if (n == 0)
        return 0;
    /* Between some file systems the call is refused from the start: nothing was copied then. */
    return errno == ENOSPC || errno == EDQUOT || errno == EIO ? errno : copy_bytes(from, to);
}

int cpm_copy_file(int from_dir, const char *from, int to_dir, const char *to, unsigned mode,
                  int method)
{
    int in = openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int out = -1, sys = 0;

    if (in < 0)
        return errno;
    out = openat(to_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (out < 0)
        sys = errno;
    else
        sys = copy_open_file(in, out, method);
    if (out >= 0 && close(out) < 0 && !sys)
        sys = errno;
    close(in);
    return sys;
}

/* AUTO without hard links: clone or copy. */
#define COPY_ANY (CPM_LINK_COPY + 1)

static bool cannot_link(int sys)
{
    return sys == EMLINK || sys == EXDEV || sys == EPERM || sys == EACCES || sys == EOPNOTSUPP ||
           sys == ENOSYS;
}

struct linking {
    const struct cpm_store_index *index;
    const struct cpm_link *link;
    int method;   /* what is left of it after the first refusal */
    int from, to; /* the package's folder, on either side */
    struct cpm_buf path;
    uint32_t dir; /* the folder whose path stands in `path` */
    size_t dir_len;
};

/* The path of a file; a buffer keeps its folder's part from one file to the next. */
static const char *path_of(struct linking *l, const struct cpm_store_index_file *file)
{
    if (l->dir != file->dir) {
        l->path.len = 0;
        if (file->dir) {
            cpm_buf_add_str(&l->path,
                            cpm_store_index_str(l->index, l->index->dirs[file->dir].path));
            cpm_buf_add_char(&l->path, '/');
        }
        l->dir = file->dir;
        l->dir_len = l->path.len;
    }
    l->path.len = l->dir_len;
    cpm_buf_add_str(&l->path, cpm_store_index_str(l->index, file->name));
    return cpm_buf_text(&l->path);
}

static int link_file(struct linking *l, uint32_t number, bool copy)
{
    const struct cpm_store_index_file *file = &l->index->files[number];
    const char *path = path_of(l, file);
    char name[CPM_STORE_FILE_NAME];
    int sys, method = l->method;

    cpm_store_file_name(number, name);
    if (!copy && (method == CPM_LINK_AUTO || method == CPM_LINK_HARD)) {
        if (linkat(l->from, name, l->to, path, 0) == 0)
            return 0;
        sys = errno;
        if (!cannot_link(sys) || (l->method == CPM_LINK_HARD && sys != EMLINK))
            return sys;
        if (sys != EMLINK)
            method = l->method = COPY_ANY;
    }
    *l->link->copied = true;
    return cpm_copy_file(l->from, name, l->to, path, file->executable ? 0755 : 0644, method);
}

static int make_folders(const struct cpm_store_index *index, int to)
{
    for (uint32_t i = 1; i < index->dir_count; i++)
        if (mkdirat(to, index->strings + index->dirs[i].path.at, 0777) < 0)
            return errno;
    return 0;
}

static void settle_folders(const struct cpm_store_index *index, int to, int64_t second)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = second}};

    for (uint32_t i = 1; i < index->dir_count; i++)
        utimensat(to, index->strings + index->dirs[i].path.at, times, AT_SYMLINK_NOFOLLOW);
    futimens(to, times);
}

/* 0, an errno, or -1 for a damaged entry. */
static int link_all(struct linking *l)
{
    bool fresh = cpm_store_entry_is_fresh(l->link->entry);
    int sys = make_folders(l->index, l->to);

    for (uint32_t i = 0; i < l->index->file_count && !sys; i++) {
        enum cpm_store_file_state state =
            fresh ? CPM_FILE_INTACT : cpm_store_file_state(l->index, i, l->from);

        if (state == CPM_FILE_CHANGED)
            return -1;
        sys = link_file(l, i, state == CPM_FILE_OTHER_MODE);
    }
    if (!sys)
        settle_folders(l->index, l->to, l->link->settled);
    return sys;
}

int cpm_link_package(const struct cpm_link *link, struct cpm_error *err)
{
    struct linking l = {.link = link,
                        .index = cpm_store_entry_index(link->entry),
                        .method = link->method,
                        .from = cpm_store_entry_open(link->entry),
                        .to = -1,
                        .path = CPM_BUF_INIT(PATH_MAX)};
    int sys;

    if (link->copy || l.index->origin.umask != link->umask)
        if (l.method == CPM_LINK_AUTO || l.method == CPM_LINK_HARD)
            l.method = COPY_ANY;
    if ((!link->made && mkdirat(link->dir, link->name, 0777) < 0) ||
        (l.to = openat(link->dir, link->name, DIR_FLAGS)) < 0)
        sys = errno;
    else
        sys = l.from < 0 ? -1 : link_all(&l);
    if (l.from >= 0)
        close(l.from);
    if (l.to >= 0)
        close(l.to);
    cpm_buf_release(&l.path);
    if (sys < 0)
        return cpm_error_set(err, CPM_EINTEGRITY, "an entry of the store was changed or is gone");
    return sys ? cpm_error_sys(err, sys, "put its files in place") : 0;
}
