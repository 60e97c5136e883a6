#include "install/unpack.h"

#include "install/store_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Every file is made new (O_EXCL, O_NOFOLLOW) below folders that are new too; its mode is 0644 or
 * 0755 less the umask from the start, so that no chmod follows. */

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
static int write_file(int dir, const char *name, const struct cpm_write_file *file)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
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

static int fail(struct cpm_error *err, int sys, struct cpm_str name, struct cpm_str path)
{
    return cpm_error_sys(err, sys, "write '%.*s' of '%.*s'", CPM_STR_ARG(path), CPM_STR_ARG(name));
}

int cpm_unpack(const struct cpm_write_plan *plan, int dir, struct cpm_str name,
               struct cpm_error *err)
{
    int sys = 0;

    for (uint32_t i = 1; i < plan->dir_count; i++)
        if (mkdirat(dir, plan->dirs[i].path.ptr, 0755) < 0)
            return fail(err, errno, name, plan->dirs[i].path);
    for (uint32_t i = 0; i < plan->file_count; i++)
        if ((sys = write_file(dir, plan->files[i].path.ptr, &plan->files[i])))
            return fail(err, sys, name, plan->files[i].path);
    return 0;
}

int cpm_unpack_flat(const struct cpm_write_plan *plan, int dir, struct cpm_str name,
                    struct cpm_error *err)
{
    char number[CPM_STORE_FILE_NAME];
    int sys = 0;

    for (uint32_t i = 0; i < plan->file_count; i++) {
        cpm_store_file_name(i, number);
        if ((sys = write_file(dir, number, &plan->files[i])))
            return fail(err, sys, name, plan->files[i].path);
    }
    return 0;
}
