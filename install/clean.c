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

struct emptying {
    struct cpm_run *run;
    int trash; /* -1 until there is something for it */
    unsigned number;
};

static int open_trash(struct emptying *to, struct cpm_error *err)
{
    const struct cpm_modules *m = &to->run->modules;

    if (to->trash >= 0)
        return 0;
    if (mkdirat(m->stage, TRASH, 0700) < 0 ||
        (to->trash = openat(m->stage, TRASH, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return cpm_error_sys(err, errno, "empty '%s/node_modules'", m->path);
    return cpm_run_journal_sync(to->run, err);
}

/* Moves all of a node_modules folder, except .cpm, to the trash. */
static int empty(struct emptying *to, struct cpm_str location, struct cpm_error *err)
{
    const struct cpm_modules *m = &to->run->modules;
    int fd = cpm_modules_open_dir(m, location), rc = 0;
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    char name[16];

    while (stream && rc == 0 && (e = readdir(stream))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, ".cpm") == 0)
            continue;
        snprintf(name, sizeof(name), "%u", to->number++);
        rc = open_trash(to, err);
        if (rc == 0 && renameat(dirfd(stream), e->d_name, to->trash, name) < 0 && errno != ENOENT)
            rc = cpm_error_sys(err, errno, "empty '%s/%.*s'", m->path, CPM_STR_ARG(location));
    }
    if (stream)
        closedir(stream);
    return rc;
}

int cpm_run_clean(struct cpm_run *run, struct cpm_error *err)
{
    const struct cpm_lock *ideal = run->req->ideal;
    struct emptying to = {.run = run, .trash = -1};
    int rc = empty(&to, CPM_STR("node_modules"), err);

    for (size_t i = 0; i < ideal->count && rc == 0; i++) {
        struct cpm_str location = ideal->entries[i].location;

        /* Workspaces have node_modules of their own. */
        if (location.len && cpm_location_is_top(location) && !ideal->entries[i].link)
            rc = empty(
                &to,
                cpm_str(cpm_arena_printf(&run->arena, "%.*s/node_modules", CPM_STR_ARG(location))),
                err);
    }
    if (to.trash >= 0)
        close(to.trash);
    return rc;
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
    cpm_journal_drop(m);
    cpm_modules_prune(m, CPM_STR(CPM_MODULES_STATE));
    cpm_modules_prune(m, CPM_STR("node_modules"));
}
