/* The license of packages whose packument came abbreviated: the lock records it, so it is taken
 * from the unpacked tarball's own package.json, or, for what is locked but not unpacked, asked from
 * the registry. docs/registry.md tells why. */
#ifndef CPM_INSTALL_LICENSES_H
#define CPM_INSTALL_LICENSES_H

#include "install/plan.h"
#include "install/store.h"
#include "lockfile/lock.h"
#include "registry/registry.h"

/* Fills what stands in node_modules already; the plan is the lock's. */
void cpm_licenses_from_kept(struct cpm_lock *lock, const struct cpm_plan *plan,
                            struct cpm_arena *arena);
/* Fills what the store knows; entries get a manifest of their own in the arena. Gives how many are
 * still unknown. */
size_t cpm_licenses_from_store(struct cpm_lock *lock, struct cpm_store *store,
                               struct cpm_arena *arena);
/* Asks the registry for the others and waits. */
int cpm_licenses_from_registry(struct cpm_lock *lock, uv_loop_t *loop,
                               struct cpm_registry *registry, struct cpm_arena *arena,
                               struct cpm_error *err);
/* The same for what a bundle should hold: if it lacks it, nothing is unpacked that could tell. What
 * cannot be had stays unknown. */
void cpm_licenses_of_bundled(struct cpm_lock *lock, uv_loop_t *loop, struct cpm_registry *registry,
                             struct cpm_arena *arena);

#endif
