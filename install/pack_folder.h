/* A folder packed as `cpm pack` does, straight into the store: git dependencies, and file: folders
 * with install-links. Any thread. */
#ifndef CPM_INSTALL_PACK_FOLDER_H
#define CPM_INSTALL_PACK_FOLDER_H

#include "install/script.h"
#include "install/store.h"

/* Runs the folder's `prepare` script, if it has one. Errors: CPM_ELIFECYCLE. */
int cpm_folder_prepare(const struct cpm_script_package *package,
                       const struct cpm_script_options *opts, struct cpm_error *err);
/* Errors: those of listing and reading the files, and of the store. */
int cpm_pack_into_store(struct cpm_store *store, const struct cpm_script_package *package,
                        struct cpm_str name, const struct cpm_store_entry **out,
                        struct cpm_error *err);

#endif
