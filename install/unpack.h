/* Writes a write plan into an empty folder. The only place where bytes of a package become files.
 */
#ifndef CPM_INSTALL_UNPACK_H
#define CPM_INSTALL_UNPACK_H

#include "install/write_plan.h"

/* `dir` is an open, empty folder that nobody else writes to. After a fault the folder holds a part.
 * Errors: CPM_ENOSPC …; `name` is for messages. */
int cpm_unpack(const struct cpm_write_plan *plan, int dir, struct cpm_str name,
               struct cpm_error *err);
/* The same without folders: the files by number, as an entry of the store has them. */
int cpm_unpack_flat(const struct cpm_write_plan *plan, int dir, struct cpm_str name,
                    struct cpm_error *err);

#endif
