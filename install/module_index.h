/* The resolution index of the new node_modules (cpm/resolver.h), written on a thread of its own
 * while the run that made the tree ends: what is left of it mostly waits for the disk. It is no
 * part of what a run promises: a fault leaves no index, and whoever resolves looks for himself. */
#ifndef CPM_INSTALL_MODULE_INDEX_H
#define CPM_INSTALL_MODULE_INDEX_H

struct cpm_module_index; /* one that is being written */

#include <stdbool.h>

/* Of the project's node_modules. Not wanted: an old one goes, and there is nothing to end (NULL).
 * Any thread. */
struct cpm_module_index *cpm_module_index_start(const char *project, bool wanted);
/* Waits until it is written; NULL is nothing to wait for. */
void cpm_module_index_end(struct cpm_module_index *index);

#endif
