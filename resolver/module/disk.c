/* A package.json is mostly read with three system calls: the size is only asked for when the buffer
 * was full. */
#include "resolver/module/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static enum cpm_file_kind disk_kind(void *data, const char *path)
{
    struct stat st;

    (void)data;
    if (lstat(path, &st) < 0)
        return CPM_FILE_NONE;
    if (S_ISLNK(st.st_mode))
        return CPM_FILE_LINK;
    return S_ISDIR(st.st_mode) ? CPM_FILE_FOLDER : CPM_FILE_PLAIN;
}

long cpm_disk_read_at(int dir, const char *path, char *into, size_t size)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    long got;

    if (fd < 0)
        return -1;
    do
        got = read(fd, into, size);
    while (got < 0 && errno == EINTR);
    if (got == (long)size && fstat(fd, &st) == 0 && st.st_size > got)
        got = st.st_size;
    close(fd);
    return got;
}

static long disk_read(void *data, const char *path, char *into, size_t size)
{
    (void)data;
    return cpm_disk_read_at(AT_FDCWD, path, into, size);
}

static long disk_read_link(void *data, const char *path, char *into, size_t size)
{
    (void)data;
    return readlink(path, into, size);
}

/* The kernel's record; glibc's struct dirent64 is the same thing. */
static enum cpm_file_kind kind_of_entry(const struct dirent64 *e)
{
    switch (e->d_type) {
    case DT_UNKNOWN:
        return CPM_FILE_NONE;
    case DT_LNK:
        return CPM_FILE_LINK;
    case DT_DIR:
        return CPM_FILE_FOLDER;
    default:
        return CPM_FILE_PLAIN;
    }
}

bool cpm_disk_list_fd(int fd, size_t most, cpm_entry_fn *entry, void *to)
{
    char block[32768] __attribute__((aligned(8)));
    size_t count = 0;

    for (;;) {
        long n = syscall(SYS_getdents64, fd, block, sizeof(block));

        if (n <= 0)
            return n == 0;
        for (long at = 0; at < n;) {
            const struct dirent64 *e = (const void *)(block + at);

            if (++count > most)
                return false;
            entry(to, e->d_name, strlen(e->d_name), kind_of_entry(e));
            at += e->d_reclen;
        }
    }
}

static bool disk_list(void *data, const char *path, size_t most, cpm_entry_fn *entry, void *to)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool whole;

    (void)data;
    if (fd < 0)
        return false;
    whole = cpm_disk_list_fd(fd, most, entry, to);
    close(fd);
    return whole;
}

const struct cpm_resolver_fs cpm_disk = {
    .kind = disk_kind,
    .read = disk_read,
    .read_link = disk_read_link,
    .list = disk_list,
};
