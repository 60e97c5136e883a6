#include "install/run.h"

#include "base/fs.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Emptying is renaming: a killed `npm ci` leaves no half-removed package, and the slow removing of
 * files happens where nobody looks. */

#define TRASH "trash"

/* Moves all of a node_modules folder, except .cpm, to the trash. 0 or an errno. */
static int empty(const struct cpm_modules *m, struct cpm_str location, int trash, unsigned *number)
{
    int fd = cpm_modules_open_dir(m, location), sys = 0;
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    char name[16];

    while (stream && !sys && (e = readdir(stream))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, ".cpm") == 0)
            continue;
        snprintf(name, sizeof(name), "%u", (*number)++);
        if (renameat(dirfd(stream), e->d_name, trash, name) < 0 && errno != ENOENT)
            sys = errno;
    }
    if (stream)
        closedir(stream);
    return sys;
}

int cpm_run_clean(struct cpm_run *run, struct cpm_error *err)
{
    const struct cpm_lock *ideal = run->req->ideal;
    struct cpm_modules *m = &run->modules;
    unsigned number = 0;
    int trash, sys;

    if (mkdirat(m->stage, TRASH, 0700) < 0 ||
        (trash = openat(m->stage, TRASH, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return cpm_error_sys(err, errno, "empty '%s/node_modules'", m->path);
    sys = empty(m, CPM_STR("node_modules"), trash, &number);
    for (size_t i = 0; i < ideal->count && !sys; i++) {
        struct cpm_str location = ideal->entries[i].location;

        /* Workspaces have node_modules of their own. */
        if (location.len && cpm_location_is_top(location) && !ideal->entries[i].link)
            sys = empty(
                m,
                cpm_str(cpm_arena_printf(&run->arena, "%.*s/node_modules", CPM_STR_ARG(location))),
                trash, &number);
    }
    close(trash);
    return sys ? cpm_error_sys(err, sys, "empty '%s/node_modules'", m->path) : 0;
}

void cpm_run_tidy(struct cpm_run *run)
{
    struct cpm_modules *m = &run->modules;

    if (m->stage < 0)
        return;
    cpm_fs_remove(cpm_path_join(&run->arena, m->path, CPM_MODULES_STATE "/stage"), NULL);
    if (run->put || run->req->opts.clean || run->recovery.interrupted)
        return;
    /* Nothing had changed yet, so there is nothing to recover from. */
    cpm_journal_end(m, NULL);
    cpm_modules_prune(m, CPM_STR(CPM_MODULES_STATE));
    cpm_modules_prune(m, CPM_STR("node_modules"));
}
