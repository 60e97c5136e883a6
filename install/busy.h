/* One run at a time on a project: an advisory lock on the project's folder itself, which needs no
 * file and dies with its process. The installer holds it. */
#ifndef CPM_INSTALL_BUSY_H
#define CPM_INSTALL_BUSY_H

#include <stdbool.h>

/* True when the lock is taken now (also where the file system knows no locks); false when another
 * run has it. `fd` is the open folder; closing it gives the lock back. */
bool cpm_busy_try(int fd);
/* Gives it back before that. */
void cpm_busy_end(int fd);

#endif
