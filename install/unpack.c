#include "install/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Every file is made new (O_EXCL, O_NOFOLLOW) relative to the descriptor of its folder; its mode is
 * 0644 or 0755 less the umask from the start, so that no chmod follows. */

static int write_bytes(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

/* 0 or an errno. */
static int write_file(int dir, const struct cpm_write_file *file)
{
    int fd = openat(dir, file->name.ptr, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    file->executable ? 0755 : 0644);
    size_t head = file->cut == CPM_NPOS ? file->data.len : file->cut;
    int sys;

    if (fd < 0)
        return errno;
    sys = write_bytes(fd, file->data.ptr, head);
    if (!sys && head < file->data.len)
        sys = write_bytes(fd, file->data.ptr + head + 1, file->data.len - head - 1);
    if (close(fd) < 0 && !sys)
        sys = errno;
    return sys;
}

static int open_dir(int root, const struct cpm_write_dir *dir)
{
    return openat(root, dir->path.len ? dir->path.ptr : ".",
                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int fail(struct cpm_error *err, int sys, struct cpm_str name, struct cpm_str path)
{
    return cpm_error_sys(err, sys, "write '%.*s' of '%.*s'", CPM_STR_ARG(path), CPM_STR_ARG(name));
}

int cpm_unpack(const struct cpm_write_plan *plan, int dir, struct cpm_str name,
               struct cpm_error *err)
{
    uint32_t open_index = 0;
    int fd = -1, rc = 0;

    for (uint32_t i = 1; i < plan->dir_count; i++)
        if (mkdirat(dir, plan->dirs[i].path.ptr, 0755) < 0)
            return fail(err, errno, name, plan->dirs[i].path);
    for (uint32_t i = 0; i < plan->file_count && rc == 0; i++) {
        const struct cpm_write_file *file = &plan->files[i];
        int sys;

        if (fd < 0 || file->dir != open_index) {
            if (fd >= 0)
                close(fd);
            fd = open_dir(dir, &plan->dirs[file->dir]);
            open_index = file->dir;
        }
        sys = fd < 0 ? errno : write_file(fd, file);
        if (sys)
            rc = fail(err, sys, name, file->path);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}
