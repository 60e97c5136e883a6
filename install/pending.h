/* Scripts that are due, node_modules/.cpm/pending: the locations of packages that were put and
 * whose install scripts have not run to their end. The installer writes it before the first change;
 * the flow takes it away behind the scripts; a run that finds one runs them, whatever it puts. */
#ifndef CPM_INSTALL_PENDING_H
#define CPM_INSTALL_PENDING_H

#include "base/map.h"
#include "install/modules.h"

/* The locations into *out, each mapped to something that is not NULL; keys live in the arena. None,
 * and 0, when there is no file. Errors: CPM_EIO, CPM_ETOOBIG … */
int cpm_pending_read(const char *path, struct cpm_arena *arena, struct cpm_map *out,
                     struct cpm_error *err);
/* Replaces the list, durably unless no_sync; an empty one takes the file away. */
int cpm_pending_write(const struct cpm_modules *m, const struct cpm_str *locations, size_t count,
                      bool no_sync, struct cpm_error *err);
bool cpm_pending_exists(const char *path);
int cpm_pending_clear(const char *path, struct cpm_error *err);

#endif
