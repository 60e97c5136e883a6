/* A git dependency of a lock as the spec that fetches it. */
#ifndef CPM_INSTALL_GIT_LOCKED_H
#define CPM_INSTALL_GIT_LOCKED_H

#include "lockfile/lock.h"

bool cpm_git_is_locked(const struct cpm_lock_entry *entry);
/* The entry's `resolved`, and the folder in the repository that somebody who needs the package asks
 * for (#path:): npm's lock leaves it out. New in the arena, or the entry's own text. */
struct cpm_str cpm_git_locked_spec(struct cpm_arena *arena, const struct cpm_lock *lock,
                                   const struct cpm_lock_entry *entry);
/* True when some package of the lock asks for the entry's repository: what a registry calls a
 * tarball must not become a clone. */
bool cpm_git_is_asked_for(const struct cpm_lock *lock, const struct cpm_lock_entry *entry);

#endif
