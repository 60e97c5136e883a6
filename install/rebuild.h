/* npm's rebuild: what stands in node_modules gets its command links again, and the scripts of what
 * the policy allows run again. The command rebuild fills it. */
#ifndef CPM_INSTALL_REBUILD_H
#define CPM_INSTALL_REBUILD_H

#include "install/allow.h"
#include "install/flow.h"

struct cpm_rebuild {
    const struct cpm_flow_options *opts;  /* path, global, scripts and their policy */
    const struct cpm_flow_events *events; /* warnings and scripts */
    /* Which packages; NULL: all. Links (workspaces, file: folders) are asked about too. */
    bool (*wanted)(void *data, const struct cpm_lock_entry *entry);
    void *data;
    /* out, in the arena */
    struct cpm_lock actual;
    const struct cpm_allow_row *rows; /* packages with scripts */
    size_t row_count;
    int script_exit, script_signal; /* with CPM_ELIFECYCLE */
};

/* Errors: those of reading the tree; CPM_EBUSY when another run works there; CPM_EALLOWSCRIPTS with
 * strict_allow_scripts while one is not reviewed; CPM_ELIFECYCLE. */
int cpm_rebuild_run(struct cpm_rebuild *rebuild, struct cpm_arena *arena, struct cpm_error *err);

/* The first half alone: reads the tree, the policy and what is to be reviewed. */
int cpm_rebuild_review(struct cpm_rebuild *rebuild, struct cpm_arena *arena,
                       struct cpm_allow **policy, struct cpm_error *err);

#endif
