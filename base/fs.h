/* Files: whole reads with a cap, whole replacement, folders. Every call sets errno's words through
 * cpm_error_sys. */
#ifndef CPM_BASE_FS_H
#define CPM_BASE_FS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <sys/stat.h>

/* Reads a whole regular file, at most `max` bytes (CPM_ETOOBIG). The bytes live in the arena, NUL
 * behind them. */
int cpm_fs_read(const char *path, size_t max, struct cpm_arena *arena, struct cpm_str *out,
                struct cpm_error *err);
/* The same for a path below an open folder. */
int cpm_fs_read_at(int dir, const char *path, size_t max, struct cpm_arena *arena,
                   struct cpm_str *out, struct cpm_error *err);
/* True where a power cut never undoes a change of a folder and keeps a later one (ext4 with a
 * journal, XFS): what makes the last change durable does so for all before it. */
bool cpm_fs_is_ordered(int fd);
/* True where an inode that was freed is passed over for some minutes (ext4 without a journal). */
bool cpm_fs_rests_inodes(int fd);
/* Replaces a file whole or not at all: a temporary beside it, fsync when `durable`, rename, fsync
 * of the folder when `durable`. Mode 0 means: the mode of the old file, else 0666 less the umask.
 */
int cpm_fs_replace(const char *path, struct cpm_str bytes, unsigned mode, bool durable,
                   struct cpm_error *err);
/* mkdir -p. */
int cpm_fs_mkdirs(const char *path, unsigned mode, struct cpm_error *err);
/* rm -rf; a link is removed, never followed; 0 when nothing is there. */
int cpm_fs_remove(const char *path, struct cpm_error *err);
bool cpm_fs_exists(const char *path);
bool cpm_fs_is_dir(const char *path);
/* The link's target text, or NULL. */
const char *cpm_fs_readlink(struct cpm_arena *arena, const char *path);
const char *cpm_fs_realpath(struct cpm_arena *arena, const char *path, struct cpm_error *err);

#endif
