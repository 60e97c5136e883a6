#include "install/run.h"

#include "base/fs.h"
#include "base/path.h"
#include "install/bins.h"
#include "install/hidden.h"
#include "install/licenses.h"
#include "install/module_index.h"
#include "install/state.h"
#include "install/store_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The order is the promise: the tree and what describes it are written, one sync makes them
 * durable, and only then does the journal go. */

/* Takes folders away that are empty now: a scope, and a node_modules that is not the root's. */
static void prune_around(const struct cpm_modules *m, struct cpm_str location)
{
    struct cpm_str parent = cpm_location_parent(location);

    if (cpm_str_starts(cpm_location_base(parent), "@")) {
        cpm_modules_prune(m, parent);
        parent = cpm_location_parent(parent);
    }
    if (!cpm_str_is(parent, "node_modules"))
        cpm_modules_prune(m, parent);
}

static int remove_gone(struct cpm_run *run, struct cpm_error *err)
{
    int rc = 0;

    for (uint32_t i = 0; i < run->plan.removed_count && rc == 0; i++) {
        rc = cpm_undo_retire(run, run->plan.removed[i], err);
        if (rc == CPM_ENOENT)
            rc = 0;
    }
    return rc;
}

static int link_bins(struct cpm_run *run, struct cpm_error *err)
{
    const struct cpm_install_options *opts = &run->req->opts;
    const struct cpm_bins bins = {.modules = &run->modules,
                                  .plan = &run->plan,
                                  .ideal = run->plan.tree,
                                  .global_dir = opts->global ? opts->bin_dir : NULL,
                                  .force = opts->force,
                                  .copied = &run->copied,
                                  .changes = &run->undo.bins,
                                  .arena = &run->arena,
                                  .warn = cpm_run_warn,
                                  .data = run};

    return opts->bin_links ? cpm_bins_link(&bins, err) : 0;
}

static bool same_file_system(int a, int b)
{
    struct stat x, y;

    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev;
}

/* One syncfs for each file system that got bytes. Where only names changed, the sync of the file
 * that was written last makes them all durable if the file system is ordered. Elsewhere it does
 * not, and *synced says so: the store has everything from which the next run after a power cut
 * mends the tree. */
static int make_durable(struct cpm_run *run, enum cpm_synced *synced, struct cpm_error *err)
{
    const struct cpm_modules *m = &run->modules;
    struct cpm_store *store = run->req->store;
    bool added = cpm_store_added(store) != run->added_before, ordered;
    int rc = cpm_store_sync(store, err), sys = 0;

    *synced = CPM_SYNCED_ALL;
    if (rc < 0 || (added && same_file_system(m->root, cpm_store_fd(store))))
        return rc;
    if (!cpm_run_changes(run)) {
        *synced = CPM_SYNCED_AS_BEFORE;
        return 0;
    }
    if (added || run->copied) {
        sys = syncfs(m->root) < 0 ? errno : 0;
    } else {
        ordered = cpm_fs_is_ordered(m->top);
        if (ordered || !run->hidden_synced)
            sys = cpm_hidden_sync(m);
        if (!ordered)
            *synced = CPM_SYNCED_NAMES_LATER;
    }
    return sys ? cpm_error_sys(err, sys, "sync '%s'", m->path) : 0;
}

/* The node_modules folders outside the root's. */
static void list_watched(struct cpm_run *run, struct cpm_buf *out)
{
    struct cpm_str last = CPM_STR_NONE;

    for (uint32_t i = 0; i < run->plan.count; i++) {
        struct cpm_str location = run->plan.nodes[i].entry->location;
        struct cpm_str parent = cpm_location_parent(location);

        if (cpm_str_starts(location, "node_modules/") || cpm_str_eq(parent, last))
            continue;
        last = parent;
        cpm_buf_add_str(out, parent);
        cpm_buf_add_char(out, '\n');
    }
}

static int write_hidden(struct cpm_run *run, bool sync, struct cpm_error *err)
{
    int rc = 0;

    if (!run->hidden_written || run->hidden_stale) {
        run->hidden_synced = false;
        cpm_licenses_from_store(run->plan.tree, run->req->store, run->req->arena);
        rc = cpm_hidden_write(&run->modules, run->plan.tree, sync, err);
    }
    return rc < 0 ? rc : cpm_hidden_show(&run->modules, err);
}

/* All that says what the tree is may reach the disk before the tree does: until the journal ends,
 * after the syncfs, nobody believes it. */
static int settle(struct cpm_run *run, struct cpm_error *err)
{
    struct cpm_buf watch = CPM_BUF_INIT(16u << 20);
    bool sync = !run->req->opts.no_sync;
    bool alone = sync && !cpm_run_changes(run); /* no other sync will come */
    enum cpm_synced synced = CPM_SYNCED_NAMES_LATER;
    int rc;

    rc = write_hidden(run, alone, err);
    list_watched(run, &watch);
    if (rc == 0)
        rc = cpm_state_prepare(&run->modules, cpm_buf_str(&watch), err);
    cpm_buf_release(&watch);
    if (rc == 0 && alone && fsync(run->modules.state) < 0)
        rc = cpm_error_sys(err, errno, "sync '%s'", run->modules.path);
    if (rc == 0)
        cpm_module_index_go_on(run->index);
    if (rc == 0 && sync)
        rc = make_durable(run, &synced, err);
    if (rc == 0)
        rc = cpm_journal_end(&run->modules, synced, err);
    return rc;
}

static int finish_work(struct cpm_run *run, struct cpm_error *err)
{
    int rc = cpm_run_open_tree(run, err);

    if (rc == 0)
        rc = remove_gone(run, err);
    if (rc == 0)
        rc = link_bins(run, err);
    for (uint32_t i = 0; i < run->plan.removed_count; i++)
        prune_around(&run->modules, run->plan.removed[i]);
    return rc == 0 ? settle(run, err) : rc;
}

void cpm_run_finish(struct cpm_run *run)
{
    cpm_run_begin(run, finish_work, cpm_run_end);
}
