#include "base/fs.h"

#include "base/mem.h"
#include "base/path.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Folders are walked by descriptor (openat with O_NOFOLLOW), so that a link swapped in while a tree
 * is being removed can never lead out of it. */

static int read_all(int fd, char *into, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = read(fd, into + *got, size - *got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return 0;
}

static int write_all(int fd, struct cpm_str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = cpm_str_sub(bytes, (size_t)n, bytes.len);
    }
    return 0;
}

int cpm_fs_read_at(int dir, const char *path, size_t max, struct cpm_arena *arena,
                   struct cpm_str *out, struct cpm_error *err)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    size_t size, got;
    char *bytes;
    int rc = 0;

    if (fd < 0)
        return cpm_error_sys(err, errno, "open '%s'", path);
    if (fstat(fd, &st) < 0) {
        rc = cpm_error_sys(err, errno, "stat '%s'", path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        rc = cpm_error_sys(err, S_ISDIR(st.st_mode) ? EISDIR : EINVAL, "read '%s'", path);
        goto out;
    }
    if ((uint64_t)st.st_size > max) {
        rc = cpm_error_set(err, CPM_ETOOBIG, "'%s' is larger than %zu bytes", path, max);
        goto out;
    }
    size = (size_t)st.st_size;
    bytes = cpm_arena_alloc(arena, size + 1);
    if (read_all(fd, bytes, size, &got) < 0)
        rc = cpm_error_sys(err, errno, "read '%s'", path);
    else
        *out = cpm_str_n(bytes, got);
out:
    close(fd);
    return rc;
}

int cpm_fs_read(const char *path, size_t max, struct cpm_arena *arena, struct cpm_str *out,
                struct cpm_error *err)
{
    return cpm_fs_read_at(AT_FDCWD, path, max, arena, out, err);
}

/* fsync of the folder that holds `path`, so that a rename in it survives a power cut. */
static int sync_parent(const char *path, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *dir = cpm_path_dirname(&arena, path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = 0;

    if (fd < 0 || fsync(fd) < 0)
        rc = cpm_error_sys(err, errno, "sync '%s'", dir);
    if (fd >= 0)
        close(fd);
    cpm_arena_release(&arena);
    return rc;
}

/* `mode` 0 leaves the new file to the umask. Gives 0 or an errno; nothing stays after a fault. */
static int write_temporary(const char *temp, struct cpm_str bytes, mode_t mode, bool durable)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode ? 0600 : 0666);
    int sys = 0;

    if (fd < 0)
        return errno;
    if (write_all(fd, bytes) < 0 || (mode && fchmod(fd, mode) < 0) || (durable && fsync(fd) < 0))
        sys = errno;
    if (close(fd) < 0 && !sys)
        sys = errno;
    if (sys)
        unlink(temp);
    return sys;
}

/* ".NAME.PID.SALT.cpm-tmp" beside the target: what a killed run leaves is told by its name. */
static const char *temporary_beside(struct cpm_arena *arena, const char *target)
{
    struct cpm_str name = cpm_path_basename(cpm_str(target));
    uint32_t salt = 0;

    if (getrandom(&salt, sizeof(salt), 0) < 0)
        salt = (uint32_t)getpid();
    return cpm_arena_printf(arena, "%s/.%.*s.%d.%08x.cpm-tmp", cpm_path_dirname(arena, target),
                            CPM_STR_ARG(name), (int)getpid(), salt);
}

int cpm_fs_replace(const char *path, struct cpm_str bytes, unsigned mode, bool durable,
                   struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    char *resolved = realpath(path, NULL); /* a link stays a link: what it names is replaced */
    const char *target = resolved ? resolved : path;
    const char *temp = temporary_beside(&arena, target);
    struct stat st;
    int sys, rc = 0;

    if (mode == 0 && stat(target, &st) == 0)
        mode = st.st_mode & 07777;
    sys = write_temporary(temp, bytes, mode, durable);
    if (!sys && rename(temp, target) < 0) {
        sys = errno;
        unlink(temp);
    }
    if (sys)
        rc = cpm_error_sys(err, sys, "write '%s'", path);
    else if (durable)
        rc = sync_parent(target, err);
    cpm_free(resolved);
    cpm_arena_release(&arena);
    return rc;
}

/* What stands first in the name of the journal's thread of an ext4 that lies on this device: a
 * digit, or '<' of "<none>"; '\0' where that is not to be learnt. */
static char ext4_journal(dev_t device)
{
    char name[64], target[PATH_MAX], path[PATH_MAX], task[16];
    ssize_t n;
    int fd;

    snprintf(name, sizeof(name), "/sys/dev/block/%u:%u", major(device), minor(device));
    n = readlink(name, target, sizeof(target) - 1);
    if (n < 0)
        return '\0';
    target[n] = '\0';
    if (!strchr(target, '/'))
        return '\0';
    n = snprintf(path, sizeof(path), "/sys/fs/ext4/%s/journal_task", strrchr(target, '/') + 1);
    fd = n < (ssize_t)sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    n = fd < 0 ? -1 : read(fd, task, sizeof(task));
    if (fd >= 0)
        close(fd);
    return n > 0 ? task[0] : '\0';
}

bool cpm_fs_is_ordered(int fd)
{
    struct statfs fs;
    struct stat st;

    if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
        return false;
    return fs.f_type == XFS_SUPER_MAGIC ||
           (fs.f_type == EXT4_SUPER_MAGIC && isdigit((unsigned char)ext4_journal(st.st_dev)));
}

bool cpm_fs_rests_inodes(int fd)
{
    struct statfs fs;
    struct stat st;

    return fstatfs(fd, &fs) == 0 && fs.f_type == EXT4_SUPER_MAGIC && fstat(fd, &st) == 0 &&
           ext4_journal(st.st_dev) == '<';
}

int cpm_fs_mkdirs(const char *path, unsigned mode, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    int rc = 0;

    if (mkdir(path, mode) < 0 && errno != EEXIST) {
        const char *parent = cpm_path_dirname(&arena, path);

        if (errno != ENOENT || strcmp(parent, path) == 0)
            rc = cpm_error_sys(err, errno, "create the folder '%s'", path);
        else
            rc = cpm_fs_mkdirs(parent, mode, err);
        if (rc == 0 && mkdir(path, mode) < 0 && errno != EEXIST)
            rc = cpm_error_sys(err, errno, "create the folder '%s'", path);
    }
    if (rc == 0 && !cpm_fs_is_dir(path))
        rc = cpm_error_sys(err, ENOTDIR, "create the folder '%s'", path);
    cpm_arena_release(&arena);
    return rc;
}

static int remove_at(int dir, const char *name, unsigned depth);

static int empty_dir(int fd, unsigned depth)
{
    DIR *stream = fdopendir(fd);
    struct dirent *e;
    int sys = 0;

    if (!stream) {
        sys = errno;
        close(fd);
        return sys;
    }
    while (!sys && (e = readdir(stream)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            sys = remove_at(dirfd(stream), e->d_name, depth + 1);
    closedir(stream);
    return sys;
}

/* 0 or an errno. */
static int remove_at(int dir, const char *name, unsigned depth)
{
    int fd, sys;

    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return errno;
    if (depth > 512)
        return ELOOP;
    fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0700, 0) == 0)
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    sys = empty_dir(fd, depth);
    if (sys)
        return sys;
    return unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

int cpm_fs_remove(const char *path, struct cpm_error *err)
{
    int sys = remove_at(AT_FDCWD, path, 0);

    return sys ? cpm_error_sys(err, sys, "remove '%s'", path) : 0;
}

bool cpm_fs_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

bool cpm_fs_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *cpm_fs_readlink(struct cpm_arena *arena, const char *path)
{
    char target[4096];
    ssize_t n = readlink(path, target, sizeof(target));

    if (n < 0 || (size_t)n == sizeof(target))
        return NULL;
    return cpm_arena_strndup(arena, target, (size_t)n);
}

const char *cpm_fs_realpath(struct cpm_arena *arena, const char *path, struct cpm_error *err)
{
    char *resolved = realpath(path, NULL);
    const char *copy = NULL;

    if (!resolved)
        cpm_error_sys(err, errno, "resolve '%s'", path);
    else
        copy = cpm_arena_strndup(arena, resolved, strlen(resolved));
    cpm_free(resolved);
    return copy;
}
