/* Is what stands at a location what the lock says? Internal to the plan. */
#ifndef CPM_INSTALL_PLAN_ACTUAL_H
#define CPM_INSTALL_PLAN_ACTUAL_H

#include "install/modules.h"
#include "install/store_entry.h"
#include "lockfile/lock.h"

/* By what both say of themselves: version, integrity, where from. */
bool cpm_entry_same(const struct cpm_lock_entry *ideal, const struct cpm_lock_entry *actual);
/* By looking at the files: every one of the store's index is there with its size. */
bool cpm_entry_whole(const struct cpm_modules *m, struct cpm_str location,
                     const struct cpm_store_entry *store);

#endif
