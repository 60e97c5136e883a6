/* From an ideal tree (a flat lock) to node_modules: what is missing is fetched, verified and
 * unpacked into the content store; what differs on disk is linked, replaced or removed; a journal
 * makes every crash recoverable; exit 0 means durable. The install flow (install/flow.h) calls
 * it; it prints nothing and tells by event. */
#ifndef CPM_INSTALL_INSTALL_H
#define CPM_INSTALL_INSTALL_H

#include "install/store.h"
#include "lockfile/lock.h"
#include "registry/registry.h"
#include "resolver/tree/tree.h"

struct cpm_workspaces;
struct cpm_filter;

enum cpm_install_event_type {
    CPM_EVENT_PLAN,    /* count: packages to add */
    CPM_EVENT_FETCHED, /* one tarball is in the store */
    CPM_EVENT_LINKED,  /* one package stands in node_modules */
    CPM_EVENT_WARNING, /* text */
};

struct cpm_install_event {
    enum cpm_install_event_type type;
    size_t count;
    size_t total;
    struct cpm_str name; /* package */
    struct cpm_str text;
};

struct cpm_install_options {
    const char *path;           /* the project's folder, absolute and real */
    const char *prefix_modules; /* "node_modules", or "" below a global prefix's lib/node_modules */
    bool global;
    const char *bin_dir; /* global: where bins go; NULL: node_modules/.bin */
    bool clean;          /* npm ci: node_modules is emptied first */
    bool force;
    bool dry_run;
    bool no_sync; /* skip durability (containers) */
    bool bin_links;
    bool module_index; /* write the resolution index of node_modules (install/module_index.h) */
    bool strict_tar;
    enum { CPM_LINK_AUTO, CPM_LINK_HARD, CPM_LINK_REFLINK, CPM_LINK_COPY } method;
    const char *const *omit;                 /* NULL-ended: "dev", "optional", "peer" */
    const struct cpm_workspaces *workspaces; /* other folders keep what they ask for; or NULL */
    const struct cpm_filter *filter;         /* install for some of them only; or NULL */
    unsigned threads;                        /* 0: one a core */
    bool require_integrity; /* an entry without integrity is refused, not recorded */
    /* Locations where scripts may run, so that their files must be their own, and a git dependency
     * is prepared; sorted by cpm_str_cmp. */
    const struct cpm_str *copy_locations;
    size_t copy_count;
    enum cpm_tree_allow allow_git, allow_remote, allow_file;
    bool run_scripts; /* they will run: the installer remembers which are due */
    const struct cpm_git_options *git;
};
#define CPM_INSTALL_OPTIONS_INIT                                                                   \
    {                                                                                              \
        .prefix_modules = "node_modules", .bin_links = true                                        \
    }

struct cpm_install_change {
    enum { CPM_CHANGE_ADD, CPM_CHANGE_REMOVE, CPM_CHANGE_UPDATE } type;
    struct cpm_str location;
    struct cpm_str name, version, old_version;
    bool link;
};

struct cpm_install_request {
    /* in */
    uv_loop_t *loop;
    struct cpm_registry *registry;
    struct cpm_store *store;
    struct cpm_lock *ideal; /* kept alive by the caller until done; licenses that the packuments did
                               not tell are filled from the store (install/licenses.h) before the
                               hidden lock is written */
    struct cpm_install_options opts;
    void (*event)(struct cpm_install_request *req,
                  const struct cpm_install_event *event); /* on the loop; may be NULL */
    void *data;
    void (*done)(struct cpm_install_request *req);
    /* out, in `arena` */
    struct cpm_arena *arena;
    int status;
    struct cpm_error err;
    const struct cpm_install_change *changes;
    size_t change_count;
    bool left_out; /* an optional package could not be had, and is inert now: the next run tries
                      again */
    const struct cpm_str *due; /* of copy_locations: where scripts have to run */
    size_t due_count;
    struct cpm_lock
        *standing; /* what node_modules holds: the ideal tree, or with a filter another */
    const struct cpm_lock_entry **origins; /* with a filter: see install/filter.h; else NULL */
    struct cpm_names *names;               /* with a filter: of `standing`; to be freed */
    void *internal;
};
/* Recovers an interrupted earlier run first. Holds the project's lock file while it works
 * (CPM_EBUSY after waiting). A run that fails leaves the project as it was. One that goes well can
 * still be undone, and holds the lock, until the caller ends it with one of the next two. */
int cpm_install_start(struct cpm_install_request *req, struct cpm_error *err);
/* Lets it fail with CPM_ECANCELED as soon as nothing is under way. The fetches are the registry's:
 * whoever wants them to end now frees that. */
void cpm_install_cancel(struct cpm_install_request *req);
/* Gives the project's lock back for a while: a script of a package may install in the same folder.
 * If somebody did by the end, nothing is undone. */
void cpm_install_let_others(struct cpm_install_request *req);
/* There is no way back any more: what was replaced is removed. */
void cpm_install_keep(struct cpm_install_request *req);
/* Something that belongs to it failed later: node_modules gets back what it was. Nothing happens,
 * here as above, if the run has ended already. */
void cpm_install_undo(struct cpm_install_request *req);

/* True when an earlier run did not end: what stands in node_modules is no tree to build on. */
bool cpm_install_is_interrupted(const char *path);

/* The O(1) check: does the state file of the last complete run match package.json, the lock, the
 * options and node_modules' own stat? True: nothing to do. Reads no lock and no tree. `key` is a
 * digest of everything outside that matters (options, platform, package.json and lock bytes or
 * their stat). */
bool cpm_install_is_current(const char *path, struct cpm_str key, struct cpm_arena *arena,
                            struct cpm_str *note);
/* Written last, by the flow, after the lock was saved. `note` is a short text that is_current gives
 * back (what the summary says). */
int cpm_install_mark_current(const char *path, struct cpm_str key, struct cpm_str note,
                             struct cpm_error *err);

#endif
