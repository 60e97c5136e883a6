/* Hashes for tables in memory, keyed by numbers that each process draws anew, so that nobody can
 * write texts that collide. Made by a table for itself. They are never stored, shown or sorted by:
 * for what must be the same tomorrow there is cpm_str_hash. */
#ifndef CPM_BASE_HASH_H
#define CPM_BASE_HASH_H

#include "base/str.h"

struct cpm_hash_key {
    uint64_t start, factor;
};

/* The same in all of a process. */
struct cpm_hash_key cpm_hash_key(void);
uint64_t cpm_hash(struct cpm_hash_key key, struct cpm_str text);

#endif
