/* Interned text: within one table equal texts are equal pointers, so that names compare by address.
 * Package names, versions and specs are interned by whoever reads them (packument, lock,
 * package.json). The table owns the texts; they live until it is released. Not thread-safe: one
 * table, one thread. */
#ifndef CPM_BASE_NAME_H
#define CPM_BASE_NAME_H

#include "base/str.h"

struct cpm_name {
    uint64_t hash;
    uint32_t len;
    uint32_t id; /* 0, 1, 2 … in order of first sight: an index for side tables */
    char text[]; /* NUL-terminated */
};

struct cpm_names; /* the table */

struct cpm_names *cpm_names_new(void);
void cpm_names_free(struct cpm_names *names);
/* The name for this text, made if it is new. Never NULL. */
const struct cpm_name *cpm_names_get(struct cpm_names *names, struct cpm_str text);
/* The name if it is there, or NULL. */
const struct cpm_name *cpm_names_find(const struct cpm_names *names, struct cpm_str text);
size_t cpm_names_count(const struct cpm_names *names);

static inline struct cpm_str cpm_name_str(const struct cpm_name *name)
{
    return name ? cpm_str_n(name->text, name->len) : CPM_STR_NONE;
}

#endif
