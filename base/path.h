/* Paths as text; no file system. POSIX rules, as node's path.posix. Results are new in the arena.
 */
#ifndef CPM_BASE_PATH_H
#define CPM_BASE_PATH_H

#include "base/arena.h"

/* node's path.join / resolve(base, rel) / normalize / dirname / basename / relative. */
const char *cpm_path_join(struct cpm_arena *arena, const char *a, const char *b);
const char *cpm_path_resolve(struct cpm_arena *arena, const char *base, const char *rel);
const char *cpm_path_normalize(struct cpm_arena *arena, struct cpm_str path);
const char *cpm_path_dirname(struct cpm_arena *arena, const char *path);
struct cpm_str cpm_path_basename(struct cpm_str path);
/* From directory `from` to `to`, both absolute and normal; "" when equal. */
const char *cpm_path_relative(struct cpm_arena *arena, const char *from, const char *to);
/* True when `path` is `dir` or lies below it (component-wise: /a/bad is not below /a/b). */
bool cpm_path_within(const char *dir, const char *path);

#endif
