#include "install/run.h"

#include "base/fs.h"
#include "install/link.h"
#include "install/module_index.h"
#include "install/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A unit is made whole below the stage, and shows by one rename; what stood there before lies in
 * the stage then, until the run is kept or undone. */

bool cpm_run_may_run_scripts(const struct cpm_run *run, struct cpm_str location)
{
    const struct cpm_install_options *opts = &run->req->opts;

    for (size_t i = 0; i < opts->copy_count; i++)
        if (cpm_str_eq(opts->copy_locations[i], location))
            return true;
    return false;
}

/* Makes the parents of a staged name that lie below its first `known` bytes; what is there is
 * fine. */
static void make_parents(int stage, const char *name, size_t known)
{
    char path[CPM_PLAN_PATH_MAX];

    for (const char *slash = strchr(name + known, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(path, sizeof(path), "%.*s", (int)(slash - name), name);
        mkdirat(stage, path, 0777);
    }
}

/* The owner's archive may bring a folder of its own where the lock has a package. */
static void make_room(const struct cpm_modules *m, const char *name)
{
    struct stat st;

    if (fstatat(m->stage, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        cpm_modules_discard(m, name, NULL);
}

static int stage_node(struct cpm_run *run, const struct cpm_plan_node *node, const char *name,
                      bool made, struct cpm_error *err)
{
    struct cpm_link link = {.entry = node->store,
                            .dir = run->modules.stage,
                            .name = name,
                            .made = made,
                            .method = run->req->opts.method,
                            .copy = cpm_run_may_run_scripts(run, node->entry->location),
                            .umask = run->umask,
                            .settled = run->settled,
                            .copied = &run->copied};

    if (!node->link)
        return cpm_space_explain(cpm_link_package(&link, err), run->modules.path,
                                 cpm_store_entry_index(node->store)->size, err);
    if (symlinkat(node->link, run->modules.stage, name) < 0)
        return cpm_error_sys(err, errno, "link '%.*s'", CPM_STR_ARG(node->entry->location));
    return 0;
}

static const struct cpm_plan_node *root_of(const struct cpm_run *run, int32_t unit)
{
    return &run->plan.nodes[run->plan.units[unit].first];
}

/* Where a node of the unit is staged. */
static void name_of(const struct cpm_run *run, const char *base, const struct cpm_plan_node *node,
                    char name[CPM_PLAN_PATH_MAX])
{
    struct cpm_str below = node->entry->location;

    below = cpm_str_sub(below, root_of(run, node->unit)->entry->location.len, below.len);
    snprintf(name, CPM_PLAN_PATH_MAX, "%s%.*s", base, CPM_STR_ARG(below));
}

/* What was nested in a package changed its folder. */
static void settle_owners(const struct cpm_run *run, const char *base,
                          const struct cpm_plan_unit *unit)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = run->settled}};
    char name[CPM_PLAN_PATH_MAX];

    for (int32_t i = unit->first; unit->count > 1 && i >= 0; i = run->plan.nodes[i].next) {
        const struct cpm_plan_node *node = &run->plan.nodes[i];

        if (node->link || node->entry->inert)
            continue;
        name_of(run, base, node, name);
        utimensat(run->modules.stage, name, times, AT_SYMLINK_NOFOLLOW);
    }
}

/* A folder that cannot be made is a fault of who needs it. */
static bool make_base(struct cpm_run *run, int32_t unit)
{
    const struct cpm_plan_node *root = root_of(run, unit);
    char *base = run->undo.units[unit].base;
    char leaf[16];

    snprintf(leaf, sizeof(leaf), "%d", (int)unit);
    if (!root->link && !root->entry->inert)
        return cpm_shelf_mkdir(&run->shelf, leaf, 0777, base) == 0;
    snprintf(base, CPM_SHELF_PATH, "%s", leaf);
    return false;
}

int cpm_run_stage(struct cpm_run *run, int32_t unit, int32_t *damaged, struct cpm_error *err)
{
    const struct cpm_plan_node *root = root_of(run, unit);
    struct cpm_undo_unit *undo = &run->undo.units[unit];
    bool made = make_base(run, unit);
    char name[CPM_PLAN_PATH_MAX];
    int rc = 0;

    for (int32_t i = run->plan.units[unit].first; i >= 0 && rc == 0; i = run->plan.nodes[i].next) {
        const struct cpm_plan_node *node = &run->plan.nodes[i];

        if (node->entry->inert)
            continue;
        name_of(run, undo->base, node, name);
        if (node != root) {
            make_parents(run->modules.stage, name, strlen(undo->base) + 1);
            make_room(&run->modules, name);
        }
        rc = stage_node(run, node, name, made && node == root, err);
        if (rc == CPM_EINTEGRITY)
            *damaged = i;
    }
    settle_owners(run, undo->base, &run->plan.units[unit]);
    if (rc == 0)
        undo->state = CPM_UNIT_STAGED;
    else
        cpm_modules_discard(&run->modules, undo->base, NULL);
    return rc;
}

/* A package may be left out after it was staged. */
static void drop_left_out(struct cpm_run *run, int32_t unit)
{
    char name[CPM_PLAN_PATH_MAX];

    for (int32_t i = run->plan.units[unit].first; i >= 0; i = run->plan.nodes[i].next)
        if (run->plan.nodes[i].entry->inert) {
            name_of(run, run->undo.units[unit].base, &run->plan.nodes[i], name);
            cpm_modules_discard(&run->modules, name, NULL);
        }
}

int cpm_run_place(struct cpm_run *run, int32_t unit, struct cpm_error *err)
{
    const struct cpm_lock_entry *root = root_of(run, unit)->entry;
    struct cpm_undo_unit *undo = &run->undo.units[unit];
    bool swapped = true;
    int rc = cpm_run_open_tree(run, err);

    if (rc < 0)
        return rc;
    if (run->left_out)
        drop_left_out(run, unit);
    if (!root->inert)
        rc = cpm_modules_place(&run->modules, undo->base, root->location, &swapped, err);
    else if ((rc = cpm_modules_retire(&run->modules, root->location, undo->base, NULL)) < 0)
        return 0; /* there was none before */
    if (rc < 0)
        return rc;
    undo->state = swapped ? CPM_UNIT_SWAPPED : CPM_UNIT_PLACED;
    cpm_module_index_placed(run->index, unit);
    return 0;
}
