/* The actual tree: what stands in node_modules, as a flat lock. From the hidden lock
 * node_modules/.package-lock.json when that can be trusted, else from the folders themselves. Read
 * by `cpm ls` and by the flow when a project has no lock. */
#ifndef CPM_INSTALL_ACTUAL_H
#define CPM_INSTALL_ACTUAL_H

#include "base/error.h"
#include "lockfile/lock.h"

struct cpm_actual_source {
    const char *path; /* the project's folder, absolute and real; "PREFIX/lib" with -g */
    struct cpm_names *names;
    struct cpm_arena *arena; /* everything that *out holds */
    bool global;             /* there is no package.json and no hidden lock */
    bool folders_only;       /* do not even try the hidden lock */
    bool dead_links;         /* links that lead nowhere are entries as well */
    /* Folders that are looked into even when no link leads to them (workspaces), relative to
     * `path`; NULL-ended, or NULL. */
    const char *const *folders;
};

/* Entry 0 is the root, with an empty manifest when there is no package.json. A folder without a
 * readable package.json is an entry with an empty manifest, a symbolic link is a link entry with
 * its target as an entry of its own. `resolved` and `integrity` of an entry that was read from its
 * folder come from package-lock.json where that has the same version at the place. Flags (dev,
 * extraneous …) are only set when the hidden lock was used; *from_hidden (may be NULL) tells.
 * Errors: CPM_EJSONPARSE of the root's package.json, CPM_EACCES, CPM_EIO. */
int cpm_actual_read(const struct cpm_actual_source *src, struct cpm_lock *out, bool *from_hidden,
                    struct cpm_error *err);

/* The manifest of one folder; an empty one beside an error. */
int cpm_actual_manifest(const struct cpm_actual_source *src, const char *dir,
                        const struct cpm_manifest **out, struct cpm_error *err);

/* npm's rule: whatever a lock says of a folder of the project that a link leads to, what counts is
 * its package.json, where there is one. */
void cpm_actual_read_targets(const struct cpm_actual_source *src, struct cpm_lock *lock);

/* npm's rule: no folder below node_modules (nor a link's target) is newer than the hidden lock, and
 * folders and entries are the same set. */
bool cpm_actual_hidden_is_current(const char *path, const struct cpm_lock *hidden);

#endif
