/* npm's path syntax: "a.b", "a[0].c", "a[dotted.key]", "a[]" for one behind the last. Internal to
 * fields.c (reading) and field_set.c (changing). */
#ifndef CPM_CLI_FIELD_PATH_H
#define CPM_CLI_FIELD_PATH_H

#include "base/arena.h"

#define CPM_FIELD_KEYS_MAX 128 /* as deep as a document may be */

struct cpm_field_key {
    struct cpm_str text;
    bool append; /* "[]" */
};

struct cpm_field_path {
    struct cpm_field_key keys[CPM_FIELD_KEYS_MAX];
    size_t count;
};

/* The keys are views into `text`. False when there are too many. */
bool cpm_field_path_parse(struct cpm_str text, struct cpm_field_path *out);
/* True for a key that names an element of a list; "" is 0, as JavaScript has it. */
bool cpm_field_index(const struct cpm_field_key *key, size_t *index);

#endif
