/* A copy takes the file's place by rename, so a reader sees the old or the new one, and both are
 * equal. */
#include "install/detach.h"

#include "install/install.h"
#include "install/link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 128
#define TEMPORARY ".cpm-detach"

static int detach_file(int dir, const char *name, const struct stat *st, struct cpm_error *err)
{
    const struct timespec times[2] = {st->st_atim, st->st_mtim};
    unlinkat(dir, TEMPORARY, 0);
    int sys = cpm_copy_file(dir, name, dir, TEMPORARY, st->st_mode & 07777, CPM_LINK_AUTO);
    if (sys == 0) {
        utimensat(dir, TEMPORARY, times, AT_SYMLINK_NOFOLLOW);
        /* Its mode, whatever the umask. */
        if (fchmodat(dir, TEMPORARY, st->st_mode & 07777, 0) < 0 ||
            renameat(dir, TEMPORARY, dir, name) < 0)
            sys = errno;
    }
    if (sys == 0)
        return 0;
    unlinkat(dir, TEMPORARY, 0);
    return cpm_error_sys(err, sys, "could not copy '%s'", name);
}

static int detach_folder(int fd, unsigned depth, struct cpm_error *err);

static int detach_entry(int dir, const char *name, unsigned depth, struct cpm_error *err)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return cpm_error_sys(err, errno, "could not look at '%s'", name);
    if (S_ISREG(st.st_mode))
        return st.st_nlink > 1 ? detach_file(dir, name, &st, err) : 0;
    if (!S_ISDIR(st.st_mode) || strcmp(name, "node_modules") == 0)
        return 0;
    if (depth == DEPTH_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "'%s' lies too deep", name);
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cpm_error_sys(err, errno, "could not open '%s'", name);
    return detach_folder(fd, depth + 1, err);
}

/* Takes the descriptor. Renaming while reading may show a name twice, which does no harm. */
static int detach_folder(int fd, unsigned depth, struct cpm_error *err)
{
    DIR *dir = fdopendir(fd);
    int rc = 0;
    if (!dir) {
        rc = cpm_error_sys(err, errno, "could not read a folder");
        close(fd);
        return rc;
    }
    for (struct dirent *e; rc == 0 && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            strcmp(e->d_name, TEMPORARY) != 0)
            rc = detach_entry(fd, e->d_name, depth, err);
    closedir(dir);
    return rc;
}

int cpm_detach_package(const char *folder, struct cpm_error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cpm_error_sys(err, errno, "could not open '%s'", folder);
    int rc = detach_folder(fd, 0, err);
    return rc < 0 ? cpm_error_prefix(err, "%s: ", folder) : 0;
}
