#include "install/modules.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A location is walked part by part with O_NOFOLLOW: a folder of the user that is linked into
 * node_modules is thus never entered, whatever happens to the tree meanwhile. */

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int cpm_modules_open(struct cpm_modules *m, const char *path, struct cpm_error *err)
{
    *m = (struct cpm_modules)CPM_MODULES_INIT;
    m->path = path;
    m->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return m->root < 0 ? cpm_error_sys(err, errno, "open '%s'", path) : 0;
}

void cpm_modules_close(struct cpm_modules *m)
{
    int fds[] = {m->root, m->top, m->state, m->stage};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    *m = (struct cpm_modules)CPM_MODULES_INIT;
}

struct cpm_str cpm_location_parent(struct cpm_str location)
{
    size_t slash = cpm_str_rchr(location, '/');

    return cpm_str_sub(location, 0, slash == CPM_NPOS ? 0 : slash);
}

struct cpm_str cpm_location_base(struct cpm_str location)
{
    size_t slash = cpm_str_rchr(location, '/');

    return slash == CPM_NPOS ? location : cpm_str_sub(location, slash + 1, location.len);
}

struct step {
    char name[NAME_MAX + 1];
    bool inside; /* node_modules or below: what is no folder may be taken away */
};

/* The next part of a location; false at its end. A part that is too long comes back cut, and then
 * names nothing. */
static bool next_step(struct cpm_str *rest, struct step *step)
{
    struct cpm_str part;

    do {
        if (!cpm_str_split(rest, '/', &part))
            return false;
    } while (part.len == 0);
    snprintf(step->name, sizeof(step->name), "%.*s", CPM_STR_ARG(part));
    if (cpm_str_is(part, "node_modules"))
        step->inside = true;
    return true;
}

int cpm_modules_open_dir(const struct cpm_modules *m, struct cpm_str location)
{
    struct step step = {.inside = false};
    int fd = openat(m->root, ".", DIR_FLAGS);

    while (fd >= 0 && next_step(&location, &step)) {
        int next = openat(fd, step.name, DIR_FLAGS), sys = errno;

        close(fd);
        fd = next;
        errno = sys;
    }
    return fd;
}

static bool is_in_the_way(int sys)
{
    return sys == ELOOP || sys == ENOTDIR;
}

/* Opens a folder of `fd`, making it when it is missing. -1 and errno. */
static int make_step(int fd, const struct step *step)
{
    int next = openat(fd, step->name, DIR_FLAGS);

    if (next < 0 && is_in_the_way(errno) && step->inside && unlinkat(fd, step->name, 0) == 0)
        errno = ENOENT;
    if (next < 0 && errno == ENOENT && (mkdirat(fd, step->name, 0777) == 0 || errno == EEXIST))
        next = openat(fd, step->name, DIR_FLAGS);
    return next;
}

int cpm_modules_make_dir(const struct cpm_modules *m, struct cpm_str location, int *out,
                         struct cpm_error *err)
{
    struct step step = {.inside = false};
    struct cpm_str rest = location;
    int fd = openat(m->root, ".", DIR_FLAGS);

    while (fd >= 0 && next_step(&rest, &step)) {
        int next = make_step(fd, &step), sys = errno;

        close(fd);
        fd = next;
        errno = sys;
    }
    if (fd < 0 && is_in_the_way(errno))
        return cpm_error_set(err, CPM_ELINKED, "'%.*s' in '%s' is reached through a link",
                             CPM_STR_ARG(location), m->path);
    if (fd < 0)
        return cpm_error_sys(err, errno, "create the folder '%s/%.*s'", m->path,
                             CPM_STR_ARG(location));
    *out = fd;
    return 0;
}

int cpm_modules_prepare(struct cpm_modules *m, bool *replaced, struct cpm_error *err)
{
    struct stat st;
    int rc;

    *replaced =
        fstatat(m->root, "node_modules", &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode);
    if (m->state < 0) {
        rc = cpm_modules_make_dir(m, CPM_STR(CPM_MODULES_STATE), &m->state, err);
        if (rc < 0)
            return rc;
    }
    if (m->top < 0 && (m->top = openat(m->root, "node_modules", DIR_FLAGS)) < 0)
        return cpm_error_sys(err, errno, "open '%s/node_modules'", m->path);
    if (m->stage < 0) {
        rc = cpm_modules_make_dir(m, CPM_STR(CPM_MODULES_STATE "/stage"), &m->stage, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Where the file system cannot exchange two names, the old one leaves first. 0 or an errno. */
static int swap(const struct cpm_modules *m, const char *name, int to_dir, const char *to)
{
    char old[80];

    if (renameat2(m->stage, name, to_dir, to, RENAME_EXCHANGE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    snprintf(old, sizeof(old), "%s.old", name);
    if (renameat(to_dir, to, m->stage, old) < 0 || renameat(m->stage, name, to_dir, to) < 0 ||
        renameat(m->stage, old, m->stage, name) < 0)
        return errno;
    return 0;
}

int cpm_modules_place(const struct cpm_modules *m, const char *name, struct cpm_str location,
                      bool *swapped, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *to = cpm_arena_str(&arena, cpm_location_base(location)).ptr;
    struct cpm_str parent = cpm_location_parent(location);
    int dir = m->top, sys = 0, rc = 0;

    *swapped = false;
    if (!cpm_str_is(parent, "node_modules"))
        rc = cpm_modules_make_dir(m, parent, &dir, err);
    if (rc < 0)
        goto out;
    if (renameat2(m->stage, name, dir, to, RENAME_NOREPLACE) < 0)
        sys = errno;
    if (sys == EEXIST || sys == EINVAL || sys == ENOSYS) {
        struct stat st;

        *swapped = fstatat(dir, to, &st, AT_SYMLINK_NOFOLLOW) == 0;
        if (*swapped)
            sys = swap(m, name, dir, to);
        else
            sys = renameat(m->stage, name, dir, to) < 0 ? errno : 0;
    }
    if (sys)
        rc = cpm_error_sys(err, sys, "put '%s/%.*s' in place", m->path, CPM_STR_ARG(location));
    if (dir != m->top)
        close(dir);
out:
    cpm_arena_release(&arena);
    return rc;
}

int cpm_modules_retire(const struct cpm_modules *m, struct cpm_str location, const char *name,
                       struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *from = cpm_arena_str(&arena, cpm_location_base(location)).ptr;
    int dir = cpm_modules_open_dir(m, cpm_location_parent(location));
    int rc = 0;

    if (dir < 0 || renameat(dir, from, m->stage, name) < 0)
        rc = cpm_error_sys(err, errno, "remove '%s/%.*s'", m->path, CPM_STR_ARG(location));
    if (dir >= 0)
        close(dir);
    cpm_arena_release(&arena);
    return rc;
}

int cpm_modules_discard(const struct cpm_modules *m, const char *name, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    int rc = cpm_fs_remove(
        cpm_arena_printf(&arena, "%s/" CPM_MODULES_STATE "/stage/%s", m->path, name), err);

    cpm_arena_release(&arena);
    return rc;
}

void cpm_modules_prune(const struct cpm_modules *m, struct cpm_str location)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    int dir = cpm_modules_open_dir(m, cpm_location_parent(location));

    if (dir >= 0) {
        unlinkat(dir, cpm_arena_str(&arena, cpm_location_base(location)).ptr, AT_REMOVEDIR);
        close(dir);
    }
    cpm_arena_release(&arena);
}
