/* Doubling keeps the number of copies of an element below two. */
#include "base/grow.h"

#define FIRST 16

void *cpm_arena_grow(struct cpm_arena *arena, void *list, size_t count, size_t *cap, size_t size)
{
    size_t old = *cap;
    if (count < old)
        return list;
    *cap = count < FIRST ? FIRST : 2 * count;
    void *grown = cpm_arena_array(arena, *cap, size);
    if (old)
        memcpy(grown, list, old * size);
    return grown;
}
