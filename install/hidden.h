/* node_modules/.package-lock.json, npm's hidden lock: what stands in node_modules. Written beside
 * the linking when nothing has to be fetched, else at the end; it shows when the tree stands. */
#ifndef CPM_INSTALL_HIDDEN_H
#define CPM_INSTALL_HIDDEN_H

#include "install/modules.h"
#include "lockfile/lock.h"

/* Writes it where it does not show yet; `sync`: its bytes are durable then. Any thread. */
int cpm_hidden_write(const struct cpm_modules *m, const struct cpm_lock *ideal, bool sync,
                     struct cpm_error *err);
/* Puts it in its place, younger than every folder around it. */
int cpm_hidden_show(const struct cpm_modules *m, struct cpm_error *err);
/* Makes the one in its place durable. 0 or an errno. */
int cpm_hidden_sync(const struct cpm_modules *m);

#endif
