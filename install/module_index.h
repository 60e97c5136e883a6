/* The resolution index of the new node_modules (cpm/resolver.h), made on a thread of its own that
 * follows the installer from package to package. A package that this run linked is told as the
 * store has it, if its folders still have the time that the linker gave them: nothing was added or
 * taken away then. Everything else is read. It is no part of what a run promises: a fault leaves no
 * index, and whoever resolves looks for himself. */
#ifndef CPM_INSTALL_MODULE_INDEX_H
#define CPM_INSTALL_MODULE_INDEX_H

#include "install/plan.h"

struct cpm_module_index; /* one that is being written */

struct cpm_module_index_input { /* lives until the end */
    const char *project;
    const struct cpm_plan *plan;
    int64_t settled; /* seconds: the time of the folders that were linked */
    bool wanted;     /* else an old one goes */
};

/* Begins with the packages, each when it stands in its place. NULL: there is nothing to end, which
 * is allowed below, too. */
struct cpm_module_index *cpm_module_index_start(const struct cpm_module_index_input *input);
/* A unit of the plan stands in its place. Any thread. */
void cpm_module_index_placed(struct cpm_module_index *index, int32_t unit);
/* The tree will not change any more: the folders around the packages may be read. */
void cpm_module_index_go_on(struct cpm_module_index *index);
/* Waits until it is written; without the go-ahead it is not. */
void cpm_module_index_end(struct cpm_module_index *index);

#endif
