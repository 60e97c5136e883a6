#include "install/undo.h"

#include "base/fs.h"
#include "base/path.h"
#include "cpm/resolver.h"
#include "install/link.h"
#include "install/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The way back is a run of its own: it has a journal, each step is one rename, and it ends with a
 * sync. A kill in between leaves whole packages and a journal, like a kill on the way there.
 *
 * Folders get back the time that they had, since npm (and cpm) believe the hidden lock by it. */

/* What the run writes beside the packages, and where the old one is kept in the stage. */
static const struct {
    const char *path, *kept;
} notes[] = {
    {"node_modules/.package-lock.json", "kept-hidden"},
    {CPM_MODULES_STATE "/pending", "kept-pending"},
    {CPM_MODULES_STATE "/settled", "kept-settled"},
    {CPM_MODULES_STATE "/watch", "kept-watch"},
    {CPM_MODULES_STATE "/state", "kept-state"}, /* of a tree that did not change: the last */
};
#define NOTES (sizeof(notes) / sizeof(notes[0]))

static struct cpm_undo_folder look(int root, struct cpm_str location, const char *path)
{
    struct cpm_undo_folder folder = {.location = location};
    struct stat st;

    folder.existed = fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
    if (folder.existed)
        folder.time = st.st_mtim;
    return folder;
}

void cpm_undo_begin(struct cpm_run *run)
{
    struct cpm_undo *u = &run->undo;

    u->units = CPM_NEW_ARRAY(&run->undo.arena, struct cpm_undo_unit, run->plan.unit_count + 1);
    u->top = look(run->modules.root, CPM_STR("node_modules"), "node_modules");
    u->had_state = faccessat(run->modules.root, CPM_MODULES_STATE, F_OK, 0) == 0;
}

/* A second name will do: all of them are replaced, not written to. */
void cpm_undo_keep_notes(struct cpm_run *run)
{
    const struct cpm_modules *m = &run->modules;

    for (size_t i = 0; i < NOTES; i++)
        if (linkat(m->root, notes[i].path, m->stage, notes[i].kept, 0) < 0 && errno != ENOENT)
            cpm_copy_file(m->root, notes[i].path, m->stage, notes[i].kept, 0644, CPM_LINK_COPY);
}

static void bring_back_note(const struct cpm_modules *m, size_t i)
{
    if (renameat(m->stage, notes[i].kept, m->root, notes[i].path) < 0 && errno == ENOENT)
        unlinkat(m->root, notes[i].path, 0);
}

int cpm_undo_retire(struct cpm_run *run, struct cpm_str location, struct cpm_error *err)
{
    struct cpm_undo *u = &run->undo;
    const char *name = cpm_arena_printf(&run->undo.arena, "gone-%u", u->moved_count);
    struct cpm_undo_moved *moved;
    int rc = cpm_modules_retire(&run->modules, location, name, err);

    if (rc < 0)
        return rc;
    moved = CPM_NEW(&run->undo.arena, struct cpm_undo_moved);
    *moved = (struct cpm_undo_moved){u->moved, cpm_arena_str(&run->undo.arena, location), name};
    u->moved = moved;
    u->moved_count++;
    return 0;
}

/* In a node_modules folder, or one itself. */
static bool is_inside(struct cpm_str location)
{
    return cpm_str_starts(location, "node_modules/") ||
           cpm_str_find(location, "/node_modules/") != CPM_NPOS ||
           cpm_str_ends(location, "/node_modules");
}

struct looking {
    struct cpm_run *run;
    struct cpm_map seen;
    uint32_t room;
};

static void note_folder(struct looking *l, struct cpm_undo_folder folder)
{
    struct cpm_undo *u = &l->run->undo;

    if (u->folder_count == l->room) {
        struct cpm_undo_folder *old = u->folders;

        l->room = l->room ? l->room * 2 : 64;
        u->folders = CPM_NEW_ARRAY(&l->run->undo.arena, struct cpm_undo_folder, l->room);
        if (old)
            memcpy(u->folders, old, u->folder_count * sizeof(*old));
    }
    u->folders[u->folder_count++] = folder;
}

/* The folder and those around it, down to the outermost node_modules. What is outside of that is
 * the user's, and stays. */
static int look_around(struct looking *l, struct cpm_str location, struct cpm_error *err)
{
    struct cpm_run *run = l->run;
    struct cpm_undo_folder folder;
    struct stat st;
    const char *path;
    int rc;

    if (cpm_str_is(location, "node_modules") || !is_inside(location) ||
        cpm_map_set(&l->seen, location, l))
        return 0;
    rc = look_around(l, cpm_location_parent(location), err);
    path = cpm_arena_str(&run->undo.arena, location).ptr;
    folder = look(run->modules.root, location, path);
    if (rc == 0 && !folder.existed &&
        fstatat(run->modules.root, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        rc = cpm_undo_retire(run, location, err);
    note_folder(l, folder);
    return rc;
}

int cpm_undo_open(struct cpm_run *run, struct cpm_error *err)
{
    struct looking l = {.run = run};
    const struct cpm_plan *plan = &run->plan;
    int rc = 0;

    run->undo.open = true;
    note_folder(&l, run->undo.top);
    for (uint32_t u = 0; u < plan->unit_count && rc == 0; u++)
        rc = look_around(&l, cpm_location_parent(plan->nodes[plan->units[u].first].entry->location),
                         err);
    for (uint32_t i = 0; i < plan->removed_count && rc == 0; i++)
        rc = look_around(&l, cpm_location_parent(plan->removed[i]), err);
    cpm_map_release(&l.seen);
    return rc;
}

static int put_back(struct cpm_run *run, const char *name, struct cpm_str location)
{
    bool swapped;

    return cpm_modules_place(&run->modules, name, location, &swapped, NULL);
}

/* 0 when everything is back. */
static int bring_back(struct cpm_run *run)
{
    struct cpm_undo *u = &run->undo;
    int rc = cpm_bin_changes_undo(&run->modules, u->bins);

    for (uint32_t i = run->plan.unit_count; i-- > 0;) {
        struct cpm_str at = run->plan.nodes[run->plan.units[i].first].entry->location;

        if (u->units[i].state == CPM_UNIT_SWAPPED)
            rc |= put_back(run, u->units[i].base, at);
        else if (u->units[i].state == CPM_UNIT_PLACED)
            rc |= cpm_modules_retire(&run->modules, at, u->units[i].base, NULL);
    }
    for (const struct cpm_undo_moved *moved = u->moved; moved; moved = moved->next)
        rc |= put_back(run, moved->name, moved->location);
    return rc;
}

/* Folders that were made go if nothing is in them; the others get their time back, the inner ones
 * first. */
static void bring_back_folders(struct cpm_run *run)
{
    const struct cpm_modules *m = &run->modules;

    for (uint32_t i = run->undo.folder_count; i-- > 0;) {
        const struct cpm_undo_folder *folder = &run->undo.folders[i];
        const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, folder->time};
        int fd = folder->existed ? cpm_modules_open_dir(m, folder->location) : -1;

        if (fd >= 0) {
            futimens(fd, times);
            close(fd);
        } else if (!folder->existed) {
            cpm_modules_prune(m, folder->location);
        }
    }
}

/* The index knows packages by a time that a rename changes. */
static bool bring_all_back(struct cpm_run *run)
{
    const struct cpm_modules *m = &run->modules;
    struct cpm_error err = CPM_ERROR_INIT;
    int rc = 0;

    if (faccessat(m->state, "journal", F_OK, 0) < 0) {
        rc = cpm_journal_begin(m, &run->plan, &run->recovery, &err);
        if (rc == 0 && !run->req->opts.no_sync)
            rc = cpm_journal_sync(m, &err);
    }
    if (rc < 0)
        return false;
    unlinkat(m->root, "node_modules/" CPM_RESOLVER_INDEX, 0);
    rc = bring_back(run);
    for (size_t i = 0; i < NOTES - 1; i++)
        bring_back_note(m, i);
    bring_back_folders(run);
    if (rc == 0 && !run->req->opts.no_sync && syncfs(m->root) < 0)
        rc = CPM_EIO;
    return rc == 0;
}

void cpm_undo_run(struct cpm_run *run)
{
    struct cpm_modules *m = &run->modules;
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, run->undo.top.time};
    bool back = true;

    if (m->stage < 0)
        return;
    if (run->undo.open)
        back = bring_all_back(run);
    for (size_t i = 0; i < NOTES && !run->undo.open; i++)
        bring_back_note(m, i);
    cpm_modules_discard(m, "", NULL);
    if (back && !run->recovery.interrupted)
        cpm_journal_drop(m);
    if (!run->undo.had_state)
        cpm_modules_prune(m, CPM_STR(CPM_MODULES_STATE));
    if (run->undo.top.existed)
        utimensat(m->root, "node_modules", times, AT_SYMLINK_NOFOLLOW);
    else
        cpm_modules_prune(m, CPM_STR("node_modules"));
}
