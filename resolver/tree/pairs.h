/* A hash map from a pair of addresses (or small numbers) to a pointer: (parent, name) -> child,
 * (name, spec) -> what was parsed or picked for it. Owned by the solver; values are borrowed. Not
 * ordered. */
#ifndef CPM_RESOLVER_TREE_PAIRS_H
#define CPM_RESOLVER_TREE_PAIRS_H

#include <stddef.h>

struct cpm_pair {
    const void *a, *b;
    void *value; /* NULL: the slot is free */
};

struct cpm_pairs {
    struct cpm_pair *slots;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

void cpm_pairs_release(struct cpm_pairs *map);
void *cpm_pairs_get(const struct cpm_pairs *map, const void *a, const void *b);
/* `value` is not NULL; an old one is replaced. */
void cpm_pairs_set(struct cpm_pairs *map, const void *a, const void *b, void *value);
void cpm_pairs_del(struct cpm_pairs *map, const void *a, const void *b);

#endif
