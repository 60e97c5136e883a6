/* One package version on its way into the store: download, verification and unpacking; joined when
 * it runs already, done at once (but never from inside _start) when the store has it. The install
 * flow starts these early, while the solver still waits. */
#ifndef CPM_INSTALL_FETCH_H
#define CPM_INSTALL_FETCH_H

#include "install/git/dependency.h"
#include "install/store.h"
#include "registry/registry.h"

enum cpm_fetch_kind { CPM_FETCH_TARBALL, CPM_FETCH_GIT, CPM_FETCH_FOLDER };

struct cpm_store_fetch {
    /* in */
    uv_loop_t *loop;
    struct cpm_registry *registry;
    struct cpm_store *store;
    enum cpm_fetch_kind kind;
    /* http(s) URL, or "file:/absolute/path.tgz" read from disk. Git: its spec,
     * "git+ssh://…#commit" or "github:user/project". A folder to be packed: "file:/absolute". */
    struct cpm_str url;
    bool prepare; /* git, folder: its scripts may run */
    const struct cpm_git_options *git;
    struct cpm_str integrity;  /* in: what the lock or the packument says, "" when nothing is known.
                                  Out: the store's key, "sha512-…" of the bytes when it was empty
                                  (lives as long as the store's entry) */
    struct cpm_str signatures; /* of the packument that gave the integrity: raw JSON, or "" */
    struct cpm_str name;       /* "name@version" */
    bool strict_tar;
    void *data;
    void (*done)(struct cpm_store_fetch *fetch);
    /* out */
    int status;
    struct cpm_error err;
    const struct cpm_store_entry *entry;
    struct cpm_str resolved; /* git: with the commit that was found; only as long as `done` runs */
    bool from_store;         /* nothing was fetched */
    void *internal;
};

int cpm_store_fetch_start(struct cpm_store_fetch *fetch, struct cpm_error *err);

#endif
