/* What an installation for some of the workspaces (-w) brings to node_modules: npm's rule. The plan
 * asks with the whole ideal tree and what stands on disk; the answer is a tree again, planned for
 * in the ideal tree's place: what those workspaces need is as the ideal tree has it, everything
 * else as it stands on disk. Reads no file. */
#ifndef CPM_INSTALL_FILTER_H
#define CPM_INSTALL_FILTER_H

#include "base/map.h"
#include "install/workspaces.h"
#include "lockfile/lock.h"

/* Whom is it for? With neither nothing is left out. */
struct cpm_filter {
    const struct cpm_str *workspaces; /* names */
    size_t count;
    bool root; /* what the root itself asks for */
    bool legacy_peer_deps;
};

struct cpm_filter_input {
    const struct cpm_filter *filter;
    const char *path; /* the project's folder, absolute */
    const struct cpm_workspaces *workspaces;
    const struct cpm_lock *ideal;
    /* With its root, or empty. What is neither asked for nor part of the answer (below a workspace
     * that has no link) is made inert: it is no concern of the installation. */
    struct cpm_lock *actual;
    const struct cpm_map *again; /* locations that count as asked for; or NULL */
    struct cpm_arena *arena;
};

struct cpm_filtered {
    struct cpm_lock lock; /* entries of both trees, copied */
    /* Of each entry, the ideal tree's; NULL: nobody asked for it, it stays as it is on disk. */
    const struct cpm_lock_entry **origins;
};

/* False: the filter names nothing that is there, so that all of the ideal tree counts. */
bool cpm_filter_make(const struct cpm_filter_input *in, struct cpm_filtered *out);

#endif
