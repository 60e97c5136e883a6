/* Path patterns as minimatch reads them: {a,b}, *, ?, [..], extglob, and ** for any depth. Dot
 * names match only where the pattern writes the dot. Text work, but for cpm_glob_dirs. */
#ifndef CPM_BASE_GLOB_H
#define CPM_BASE_GLOB_H

#include "base/arena.h"

/* A growing list of texts in an arena. */
struct cpm_glob_list {
    const char **v;
    size_t count;
    size_t cap;
};
void cpm_glob_list_add(struct cpm_arena *arena, struct cpm_glob_list *list, const char *text);

/* Appends the patterns that {a,b} and {1..3} stand for; at most 1,024. False when there are more.
 */
bool cpm_glob_expand(struct cpm_arena *arena, struct cpm_str pattern, struct cpm_glob_list *out);
/* Does one brace-free pattern match a relative path ('/' separators, no "./")? */
bool cpm_glob_match(const char *pattern, const char *path);
/* Appends the folders below `root` (relative paths, unordered) that one brace-free pattern names;
 * node_modules is never entered. Reads only the folders that the pattern's segments lead to. */
void cpm_glob_dirs(struct cpm_arena *arena, const char *root, const char *pattern,
                   struct cpm_glob_list *out);

#endif
