/* One folder of command links, made equal to a map. Internal to install/bins.c. */
#ifndef CPM_INSTALL_BIN_DIR_H
#define CPM_INSTALL_BIN_DIR_H

#include "base/map.h"
#include "install/modules.h"

struct cpm_bin_dir {
    const struct cpm_modules *modules;
    struct cpm_arena *arena;
    struct cpm_str location;      /* "node_modules/.bin" */
    const char *global;           /* absolute: the folder of global commands instead; or NULL */
    const struct cpm_map *wanted; /* command -> link text */
    bool force;
};

/* Only links are ever removed, and only those that lead to a package of this project. The folder
 * goes when it is empty and not global. */
int cpm_bin_dir_make(const struct cpm_bin_dir *dir, struct cpm_error *err);

#endif
