/* The public lock (cpm/lockfile.h) from inside: made by reading one, or by the tree solver from the
 * lock that it solved. */
#ifndef CPM_LOCKFILE_LOCKFILE_H
#define CPM_LOCKFILE_LOCKFILE_H

#include "cpm/lockfile.h"
#include "lockfile/lock.h"

/* `lock` and all it refers to outlive what is made of it. */
struct cpm_lockfile *cpm_lockfile_of(const struct cpm_lock *lock);

#endif
