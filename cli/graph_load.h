/* The tree that stands, read for a command: node_modules (or the lock) with its edges. */
#ifndef CPM_CLI_GRAPH_LOAD_H
#define CPM_CLI_GRAPH_LOAD_H

#include "cli/cli.h"
#include "install/actual.h"
#include "look/graph.h"

struct cpm_graph_load {
    /* in */
    struct cpm_cli *cli;
    bool lock_only;    /* --package-lock-only: the lock's entries under the package.json of now */
    bool folders_only; /* every package's own package.json, never the hidden lock */
    /* out */
    struct cpm_actual_source src;
    struct cpm_lock lock;
    struct cpm_graph graph;
    bool from_hidden;
    const char *lock_file; /* the lock that the packages were read from, or NULL */
};

/* Errors: CPM_ENOLOCK and those of reading. To be released in any case. */
int cpm_graph_load(struct cpm_graph_load *load, struct cpm_error *err);
void cpm_graph_load_release(struct cpm_graph_load *load);

/* What -w, --workspaces and --no-workspaces leave of it, as a flag for each node: npm's filter of
 * outdated, audit and others. NULL: everything. */
int cpm_graph_load_filter(struct cpm_graph_load *load, const bool **set, struct cpm_error *err);

#endif
