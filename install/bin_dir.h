/* One folder of command links, made equal to a map. Internal to install/bins.c. */
#ifndef CPM_INSTALL_BIN_DIR_H
#define CPM_INSTALL_BIN_DIR_H

#include "base/map.h"
#include "install/modules.h"

#include <time.h>

/* One name in such a folder was changed. */
struct cpm_bin_change {
    struct cpm_bin_change *next; /* the one before it */
    struct cpm_str location;     /* the folder, */
    const char *global;          /* or this one; else NULL */
    const char *name;
    const char *text;     /* of the link that was there; NULL: */
    const char *kept;     /* something else was there, now stage/NAME; NULL: nothing */
    struct timespec time; /* of the folder before */
    unsigned number;
};

struct cpm_bin_dir {
    const struct cpm_modules *modules;
    struct cpm_arena *arena;
    struct cpm_str location;      /* "node_modules/.bin" */
    const char *global;           /* absolute: the folder of global commands instead; or NULL */
    const struct cpm_map *wanted; /* command -> link text */
    bool force;
    struct cpm_bin_change **changes; /* the last one; each is noted, in the arena. Or NULL */
};

/* Only links are ever removed, and only those that lead to a package of this project. The folder
 * goes when it is empty and not global. */
int cpm_bin_dir_make(const struct cpm_bin_dir *dir, struct cpm_error *err);
/* Takes them back, the last one first. 0, or CPM_EIO when one could not be. */
int cpm_bin_changes_undo(const struct cpm_modules *m, const struct cpm_bin_change *last);

#endif
