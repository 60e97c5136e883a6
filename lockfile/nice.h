/* npm's lock serializer (json-stringify-nice): members sorted at every level, scalars and arrays
 * before objects, a few preferred keys in front, the rest as base/collate.h says, JavaScript's
 * array indices before all. Writes straight into a buffer. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_NICE_H
#define CPM_LOCKFILE_NICE_H

#include "base/jsonread.h"

struct cpm_nice {
    struct cpm_buf *out;
    struct cpm_arena *scratch;
    struct cpm_str breaks; /* a line break and CPM_NICE_DEPTH indents; "": no formatting */
    size_t newline_len, indent_len;
};

enum { CPM_NICE_DEPTH = 16 }; /* indents kept ready; deeper ones are put together */

/* indent and newline "" mean no formatting. */
void cpm_nice_init(struct cpm_nice *n, struct cpm_buf *out, struct cpm_arena *scratch,
                   struct cpm_str indent, struct cpm_str newline);

/* One member of an object. Its value is `raw`, else (raw.len 0) the string `text`, unless the
 * caller writes it itself from `data`. */
struct cpm_nice_member {
    struct cpm_str key;
    struct cpm_str raw;
    struct cpm_str text;
    const void *data;
    bool object; /* the value is a plain object */
    int64_t rank;
};

/* Puts members in order; stable. Equal keys must not occur. */
void cpm_nice_sort(struct cpm_nice_member *members, size_t count);
/* Adds the members of a raw object to members[] (room for cpm_nice_count of them); gives how many
 * there are then. Of equal keys the last counts; "__proto__" is lost, as in JavaScript. */
size_t cpm_nice_count(struct cpm_str object);
size_t cpm_nice_gather(struct cpm_nice *n, struct cpm_str object, struct cpm_nice_member *members);

/* Writing: `depth` is the nesting of the container. */
void cpm_nice_open(struct cpm_nice *n);
/* Comma when due, line break and key of the next member; `first` is turned off. */
void cpm_nice_key(struct cpm_nice *n, struct cpm_str key, unsigned depth, bool *first);
void cpm_nice_close(struct cpm_nice *n, unsigned depth, bool empty);
void cpm_nice_members(struct cpm_nice *n, const struct cpm_nice_member *members, size_t count,
                      unsigned depth);
void cpm_nice_raw(struct cpm_nice *n, struct cpm_str raw, unsigned depth);

#endif
