/* Commands of packages: the links in node_modules/.bin (of every node_modules folder) and in the
 * folder of global commands. The installer calls it when all packages stand. */
#ifndef CPM_INSTALL_BINS_H
#define CPM_INSTALL_BINS_H

#include "install/plan.h"

struct cpm_bins {
    const struct cpm_modules *modules;
    const struct cpm_plan *plan;
    const struct cpm_lock *ideal;
    const char *global_dir;          /* where commands of top packages go; NULL: .bin */
    bool force;                      /* global: replace what is not ours */
    _Atomic bool *copied;            /* set when a file had to be copied */
    struct cpm_bin_change **changes; /* see install/bin_dir.h */
    struct cpm_arena *arena;
    void (*warn)(void *data, struct cpm_str package, const char *text);
    void *data;
};

/* Links what is missing, removes links to what is gone. Of two packages in one folder that have a
 * command in common, the first in npm's order has it. Errors: CPM_EEXIST (global), CPM_EACCES …
 */
int cpm_bins_link(const struct cpm_bins *bins, struct cpm_error *err);

#endif
