/* Where a lock entry's tarball comes from, and whether what came is what the lock names. */
#ifndef CPM_INSTALL_SOURCES_H
#define CPM_INSTALL_SOURCES_H

#include "install/fetch.h"
#include "install/install.h"

/* Fills url, name and kind of a fetch. Errors: CPM_EUNSUPPORTED (an address of no kind),
 * CPM_EINTEGRITY (none, or one of no use, in a lock that must have it). */
int cpm_source_of(const struct cpm_lock_entry *e, const struct cpm_install_request *req,
                  struct cpm_arena *arena, struct cpm_store_fetch *fetch, struct cpm_error *err);
/* A path that ends like a tarball's. */
bool cpm_source_is_tarball(struct cpm_str path);
/* The archive's own name and version must be the lock's (an alias has the real name);
 * CPM_EINTEGRITY otherwise. */
int cpm_source_check(const struct cpm_lock_entry *e, const struct cpm_store_entry *store,
                     struct cpm_arena *arena, struct cpm_error *err);

#endif
