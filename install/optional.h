/* What is left out with an optional package that could not be had. The installer asks, and marks it
 * in the tree that it makes. */
#ifndef CPM_INSTALL_OPTIONAL_H
#define CPM_INSTALL_OPTIONAL_H

#include "lockfile/lock.h"

/* Marks the package at this location as inert, with npm's optional set: whoever needs it, up to
 * those that may do without, and what only these need. `path`: the project's folder. */
void cpm_optional_leave_out(struct cpm_lock *tree, struct cpm_str location, const char *path);

#endif
