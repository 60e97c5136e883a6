#include "install/space.h"

#include "base/path.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

/* The mount point is the highest folder on the same device. */

static const char *mount_point(struct cpm_arena *arena, const char *path)
{
    struct stat here, above;
    const char *parent;

    if (stat(path, &here) < 0)
        return path;
    for (;; path = parent) {
        parent = cpm_path_dirname(arena, path);
        if (strcmp(parent, path) == 0 || stat(parent, &above) < 0 || above.st_dev != here.st_dev)
            return path;
    }
}

int cpm_space_explain(int code, const char *path, uint64_t need, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct statvfs fs;
    const char *mount;

    if (code != CPM_ENOSPC || !err)
        return code;
    mount = mount_point(&arena, path);
    if (statvfs(mount, &fs) < 0)
        fs.f_bavail = 0;
    cpm_error_prefix(
        err, "the file system at '%s' is full (%llu bytes are needed, %llu are free): ", mount,
        (unsigned long long)need, (unsigned long long)fs.f_bavail * fs.f_frsize);
    cpm_arena_release(&arena);
    return code;
}
