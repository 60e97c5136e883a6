/* The folder of the user's in which the runtime keeps what it can make anew: compiled code, modules
 * that were rewritten, copies of the engine. Where it is, who else could write there, and how it
 * stays small. */
#ifndef CPM_RUNTIME_OPEN_KEPT_H
#define CPM_RUNTIME_OPEN_KEPT_H

#include "base/buf.h"

#include <sys/stat.h>

/* Adds the folder's path, which need not exist: $CPM_RUNTIME_CACHE, or $XDG_CACHE_HOME/cpm, or
 * ~/.cache/cpm. False when there is none, or when this process has more rights than who started it.
 */
bool cpm_kept_folder(struct cpm_buf *path);
/* Whether nobody but this user and root can change what stands in a folder: none of those on the
 * way is another's, or is open to others (a sticky one, as /tmp, may be). The path becomes the real
 * one, so that it goes by no link that was not looked at. */
bool cpm_kept_is_ours(struct cpm_buf *folder);
/* A file that is used looks new, to the day: pruning takes those that look old. */
void cpm_kept_touch(const char *path, const struct stat *st);
/* Once a day, and with bounded work: removes what was not used for 30 days, and more when the whole
 * has more than a gigabyte. */
void cpm_kept_prune(void);

#endif
