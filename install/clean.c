#include "install/run.h"

#include "base/fs.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Emptying is renaming: a killed `npm ci` leaves no half-removed package, a failed one gets back
 * what was there, and the slow removing of files happens at the end, where nobody looks. */

#define FEW          16 /* things of which a thread alone is rid as quickly */
#define REMOVERS_MAX 16

/* Moves all of a node_modules folder, except .cpm, to the stage. */
static int empty(struct cpm_run *run, struct cpm_str location, struct cpm_error *err)
{
    int fd = cpm_modules_open_dir(&run->modules, location), rc = 0;
    struct cpm_arena arena = CPM_ARENA_INIT;
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;

    while (stream && rc == 0 && (e = readdir(stream))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, ".cpm") == 0)
            continue;
        rc = cpm_undo_retire(
            run, cpm_str(cpm_arena_printf(&arena, "%.*s/%s", CPM_STR_ARG(location), e->d_name)),
            err);
        if (rc == CPM_ENOENT)
            rc = 0;
    }
    if (stream)
        closedir(stream);
    cpm_arena_release(&arena);
    return rc;
}

int cpm_run_clean(struct cpm_run *run, struct cpm_error *err)
{
    const struct cpm_lock *ideal = run->req->ideal;
    struct cpm_arena arena = CPM_ARENA_INIT;
    int rc = empty(run, CPM_STR("node_modules"), err);

    for (size_t i = 0; i < ideal->count && rc == 0; i++) {
        struct cpm_str location = ideal->entries[i].location;

        /* Workspaces have node_modules of their own. */
        if (location.len && cpm_location_is_top(location) && !ideal->entries[i].link)
            rc = empty(
                run, cpm_str(cpm_arena_printf(&arena, "%.*s/node_modules", CPM_STR_ARG(location))),
                err);
    }
    cpm_arena_release(&arena);
    return rc;
}

struct removal {
    const struct cpm_modules *modules;
    struct cpm_arena arena;
    const char **names; /* below the stage */
    size_t count;
    _Atomic size_t next;
    _Atomic bool failed;
};

static void remove_some(void *data)
{
    struct removal *r = data;
    size_t i;

    while ((i = r->next++) < r->count)
        if (cpm_modules_discard(r->modules, r->names[i], NULL) < 0)
            r->failed = true;
}

static void list_stage(struct removal *r)
{
    int fd = openat(r->modules->stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    size_t room = 0;
    struct dirent *e;

    while (stream && (e = readdir(stream))) {
        if (r->count == room) {
            const char **old = r->names;

            room = room ? room * 2 : 64;
            r->names = CPM_NEW_ARRAY(&r->arena, const char *, room);
            if (old)
                memcpy(r->names, old, r->count * sizeof(*old));
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            r->names[r->count++] = cpm_arena_str(&r->arena, cpm_str(e->d_name)).ptr;
    }
    if (stream)
        closedir(stream);
}

void cpm_run_discard(struct cpm_run *run)
{
    struct removal r = {.modules = &run->modules};
    uv_thread_t threads[REMOVERS_MAX];
    unsigned count = 0;

    cpm_arena_init(&r.arena);
    list_stage(&r);
    while (r.count > FEW && count + 1 < run->threads && count < REMOVERS_MAX &&
           uv_thread_create(&threads[count], remove_some, &r) == 0)
        count++;
    remove_some(&r);
    while (count > 0)
        uv_thread_join(&threads[--count]);
    if (r.failed || cpm_modules_discard(&run->modules, "", NULL) < 0)
        cpm_run_warn(run, CPM_STR_NONE,
                     cpm_arena_printf(&r.arena,
                                      "could not remove all of '%s/" CPM_MODULES_STATE
                                      "/stage', which is of no use any more",
                                      run->modules.path));
    cpm_arena_release(&r.arena);
}
