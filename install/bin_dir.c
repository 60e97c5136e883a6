#include "install/bin_dir.h"

#include "base/fs.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A link that has to change is made beside and renamed over the old one, so that a command is never
 * missing. */

static bool read_link(int fd, const char *name, char text[PATH_MAX])
{
    ssize_t n = readlinkat(fd, name, text, PATH_MAX - 1);

    if (n < 0)
        return false;
    text[n] = '\0';
    return true;
}

/* True for a link that an installation made: into a package beside .bin, or (global) into the
 * project's node_modules. */
static bool is_ours(const struct cpm_bin_dir *dir, const char *text)
{
    const char *modules, *target;

    if (!dir->global)
        return cpm_str_starts(cpm_str(text), "../") && !cpm_str_starts(cpm_str(text), "../../");
    modules = cpm_path_join(dir->arena, dir->modules->path, "node_modules");
    target = cpm_path_resolve(dir->arena, dir->global, text);
    return cpm_path_within(modules, target);
}

/* Before the change. `text`: of the link that is there, or NULL. */
static void note(const struct cpm_bin_dir *dir, int fd, const char *name, const char *text,
                 const char *kept)
{
    struct cpm_bin_change *change;
    struct stat st;

    if (!dir->changes)
        return;
    change = CPM_NEW(dir->arena, struct cpm_bin_change);
    *change =
        (struct cpm_bin_change){.next = *dir->changes,
                                .location = dir->location,
                                .global = dir->global,
                                .name = cpm_arena_str(dir->arena, cpm_str(name)).ptr,
                                .text = text ? cpm_arena_str(dir->arena, cpm_str(text)).ptr : NULL,
                                .kept = kept,
                                .number = *dir->changes ? (*dir->changes)->number + 1 : 0};
    if (fstat(fd, &st) == 0)
        change->time = st.st_mtim;
    *dir->changes = change;
}

static void remove_stale(const struct cpm_bin_dir *dir, int fd)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    char text[PATH_MAX];
    struct dirent *e;

    while (stream && (e = readdir(stream)))
        if (!cpm_map_get(dir->wanted, cpm_str(e->d_name)) && read_link(fd, e->d_name, text) &&
            is_ours(dir, text)) {
            note(dir, fd, e->d_name, text, NULL);
            unlinkat(fd, e->d_name, 0);
        }
    if (stream)
        closedir(stream);
}

static int open_for(const struct cpm_bin_dir *dir, struct cpm_error *err, int *fd)
{
    int rc = 0;

    if (!dir->global && dir->wanted->count)
        return cpm_modules_make_dir(dir->modules, dir->location, fd, err);
    if (!dir->global) {
        *fd = cpm_modules_open_dir(dir->modules, dir->location);
        return 0;
    }
    if (dir->wanted->count)
        rc = cpm_fs_mkdirs(dir->global, 0777, err);
    *fd = rc < 0 ? -1 : open(dir->global, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return rc;
}

/* What is no link and in the way is moved to the stage, if that is possible. */
static const char *keep(const struct cpm_bin_dir *dir, int fd, const char *name)
{
    unsigned number = dir->changes && *dir->changes ? (*dir->changes)->number + 1 : 0;
    const char *kept = cpm_arena_printf(dir->arena, "bin-%u", number);

    return dir->changes && renameat(fd, name, dir->modules->stage, kept) == 0 ? kept : NULL;
}

static int put_link(const struct cpm_bin_dir *dir, int fd, const char *name, const char *text,
                    struct cpm_error *err)
{
    const char *temp = cpm_arena_printf(dir->arena, ".%s.cpm-tmp", name);
    char old[PATH_MAX];
    bool is_link = read_link(fd, name, old);

    if (is_link && strcmp(old, text) == 0)
        return 0;
    if (!is_link && errno == ENOENT) {
        note(dir, fd, name, NULL, NULL);
        if (symlinkat(text, fd, name) == 0)
            return 0;
    }
    if (dir->global && !dir->force && !(is_link && is_ours(dir, old)))
        return cpm_error_set(err, CPM_EEXIST,
                             "'%s/%s' is there already and no command of a package; remove it, or "
                             "use --force",
                             dir->global, name);
    unlinkat(fd, temp, 0);
    note(dir, fd, name, is_link ? old : NULL, is_link ? NULL : keep(dir, fd, name));
    if (symlinkat(text, fd, temp) < 0 || renameat(fd, temp, fd, name) < 0) {
        int sys = errno;

        unlinkat(fd, temp, 0);
        return cpm_error_sys(err, sys, "link the command '%s'", name);
    }
    return 0;
}

int cpm_bin_dir_make(const struct cpm_bin_dir *dir, struct cpm_error *err)
{
    int fd = -1, rc = open_for(dir, err, &fd);

    if (rc < 0 || fd < 0)
        return rc;
    remove_stale(dir, fd);
    CPM_MAP_EACH (dir->wanted, e) {
        if (rc == 0)
            rc = put_link(dir, fd, cpm_arena_str(dir->arena, e->key).ptr, e->value, err);
    }
    close(fd);
    if (!dir->global && dir->wanted->count == 0)
        cpm_modules_prune(dir->modules, dir->location);
    return rc;
}

static int undo(const struct cpm_modules *m, const struct cpm_bin_change *change, int fd)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, change->time};
    bool done = unlinkat(fd, change->name, 0) == 0 || errno == ENOENT;

    if (done && change->text)
        done = symlinkat(change->text, fd, change->name) == 0;
    else if (done && change->kept)
        done = renameat(m->stage, change->kept, fd, change->name) == 0;
    futimens(fd, times);
    return done ? 0 : CPM_EIO;
}

int cpm_bin_changes_undo(const struct cpm_modules *m, const struct cpm_bin_change *last)
{
    int rc = 0;

    for (; last; last = last->next) {
        int fd = -1;

        if (last->global)
            fd = open(last->global, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        else if (last->text || last->kept) /* else it may well be gone */
            rc |= cpm_modules_make_dir(m, last->location, &fd, NULL);
        else
            fd = cpm_modules_open_dir(m, last->location);
        if (fd < 0)
            continue;
        rc |= undo(m, last, fd);
        close(fd);
        if (!last->global && !last->text && !last->kept)
            cpm_modules_prune(m, last->location);
    }
    return rc;
}
