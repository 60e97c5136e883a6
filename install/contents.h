/* What a package brings below itself: the packages in its tarball's node_modules, or what its own
 * npm-shrinkwrap.json names. Read from a store entry for the solver (struct cpm_tree_source). */
#ifndef CPM_INSTALL_CONTENTS_H
#define CPM_INSTALL_CONTENTS_H

#include "install/store.h"
#include "lockfile/lock.h"

/* A lock whose locations begin at the package: "node_modules/x". *out lives in src's arena.
 * shrinkwrapped: its manifest says so; a file that the manifest does not speak of is not read.
 * Folders without a readable package.json are left out, as npm does. Errors: the file system's;
 * those of cpm_lock_read. */
int cpm_contents_read(const struct cpm_store_entry *entry, bool shrinkwrapped,
                      const struct cpm_lock_source *src, const struct cpm_lock **out,
                      struct cpm_error *err);

#endif
