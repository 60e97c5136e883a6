/* What has to change in node_modules: the ideal lock against what is on disk. The installer makes
 * one, fetches what its units lack, and carries it out unit by unit. Reads folders, changes none.
 */
#ifndef CPM_INSTALL_PLAN_H
#define CPM_INSTALL_PLAN_H

#include "base/map.h"
#include "install/filter.h"
#include "install/install.h"
#include "install/modules.h"

enum cpm_plan_action { CPM_PLAN_KEEP, CPM_PLAN_PUT };

struct cpm_plan_node {
    const struct cpm_lock_entry *entry;
    enum cpm_plan_action action;
    int32_t owner;    /* the node whose folder this one lies in, or -1 */
    int32_t unit;     /* or -1 */
    int32_t next;     /* of the same unit, -1 at its end; a unit's nodes come parents first */
    const char *link; /* a link's text, NULL for a package */
    const struct cpm_store_entry *store; /* of a package to be put; NULL until it is there */
    bool license_known;                  /* of one that is kept: what stands there tells it */
    struct cpm_str license;
};

/* A folder that is staged whole and put in place by one rename: a package with everything that is
 * nested in it. */
struct cpm_plan_unit {
    int32_t first, last; /* nodes */
    uint32_t missing;    /* packages that the store has not yet */
    uint32_t count;      /* nodes */
};

struct cpm_plan {
    struct cpm_plan_node *nodes; /* by location */
    uint32_t count;
    struct cpm_plan_unit *units;
    uint32_t unit_count;
    const struct cpm_str *removed; /* locations of folders to take away, outermost only */
    uint32_t removed_count;
    const struct cpm_install_change *changes;
    size_t change_count;
    struct cpm_map by_location; /* nodes; to be released */
    struct cpm_lock *tree;      /* what will stand: the ideal tree, or what a filter makes of it */
    const struct cpm_lock_entry **origins; /* with a filter: see install/filter.h; else NULL */
    struct cpm_names *names;               /* with a filter: of the tree; the caller's to free */
};

struct cpm_plan_input {
    const struct cpm_modules *modules;
    struct cpm_lock *ideal;  /* an integrity that no source gave is taken from what is installed */
    struct cpm_store *store; /* NULL: nothing is known of it */
    const struct cpm_install_options *opts;
    bool distrust;              /* an earlier run did not end: only folders are believed */
    const struct cpm_map *redo; /* locations that are put anew whatever is there; or NULL */
};

/* Errors: CPM_EINTEGRITY, CPM_EUNSUPPORTED, CPM_EINVAL for what cannot be installed; what reading
 * the actual tree gives. */
int cpm_plan_make(const struct cpm_plan_input *in, struct cpm_arena *arena, struct cpm_plan *plan,
                  struct cpm_error *err);
void cpm_plan_release(struct cpm_plan *plan);

/* Is it of a kind that `omit` names? */
bool cpm_plan_omits(const struct cpm_lock_entry *e, const char *const *omit);
/* npm's rule: what `omit` leaves out, below the root and workspaces. */
bool cpm_plan_leaves_out(const struct cpm_install_options *opts, const struct cpm_lock_entry *e);

#endif
