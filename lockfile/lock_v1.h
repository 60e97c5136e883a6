/* Version 1 locks. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_LOCK_V1_H
#define CPM_LOCKFILE_LOCK_V1_H

#include "lockfile/lock.h"

/* Fills lock->entries from lock->legacy, as npm migrates a lock without `packages`. */
int cpm_lock_migrate_v1(struct cpm_lock *lock, const char *file, const struct cpm_lock_source *src,
                        struct cpm_error *err);

#endif
