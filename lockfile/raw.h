/* Small questions to a JSON value that is kept as text. The text was validated when it was sliced
 * (cpm_jsonread_raw); an empty view stands for "absent". Internal to lockfile/. */
#ifndef CPM_LOCKFILE_RAW_H
#define CPM_LOCKFILE_RAW_H

#include "base/jsonread.h"

/* A reader over a slice; its arena keeps unescaped strings. */
void cpm_raw_open(struct cpm_jsonread *r, struct cpm_str raw, struct cpm_arena *arena);
/* JavaScript's truthiness. */
bool cpm_raw_truthy(struct cpm_str raw);
bool cpm_raw_is(struct cpm_str raw, enum cpm_json_type type);
/* True for {} and []. */
bool cpm_raw_empty(struct cpm_str raw);
/* The value as npm copies it into a lock: as it is when truthy and no empty container, else absent.
 */
struct cpm_str cpm_raw_worth(struct cpm_str raw);
/* The member's text; absent when `raw` is no object or has no such key (the last one counts). */
struct cpm_str cpm_raw_member(struct cpm_str raw, const char *key, struct cpm_arena *arena);
/* The string, or CPM_STR_NONE when it is none. */
struct cpm_str cpm_raw_str(struct cpm_str raw, struct cpm_arena *arena);
/* A copy of the buffer's text in the arena. */
struct cpm_str cpm_raw_keep(const struct cpm_buf *buf, struct cpm_arena *arena);

#endif
