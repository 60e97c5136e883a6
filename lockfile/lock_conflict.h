/* git's conflict markers in a lock. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_LOCK_CONFLICT_H
#define CPM_LOCKFILE_LOCK_CONFLICT_H

#include "base/arena.h"
#include "base/error.h"

/* True when the text has runs of at least seven '<', '=' and '>' anywhere, npm's test. */
bool cpm_conflict_found(struct cpm_str text);
/* The three texts of a conflict; lines outside of markers are in each. New in the arena. */
struct cpm_conflict {
    struct cpm_str parent, ours, theirs;
};
void cpm_conflict_split(struct cpm_str text, struct cpm_arena *arena, struct cpm_conflict *out);
/* One text from a conflicted one: the change from parent to ours, put on theirs. *out is new in the
 * arena. Error: CPM_EJSONPARSE when a side is no JSON; it names the line of the first marker. */
int cpm_conflict_merge(struct cpm_str text, const char *file, struct cpm_arena *arena,
                       struct cpm_str *out, struct cpm_error *err);

#endif
