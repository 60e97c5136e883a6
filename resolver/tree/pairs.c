/* Open addressing with linear probing; deletion shifts the followers back, so that there are no
 * tombstones and probes stay short however often children come and go. */
#include "resolver/tree/pairs.h"

#include "base/mem.h"

#include <stdint.h>

static size_t home(const struct cpm_pairs *map, const void *a, const void *b)
{
    uint64_t h = (uintptr_t)a * UINT64_C(0x9e3779b97f4a7c15);

    h = (h ^ (h >> 29) ^ (uintptr_t)b) * UINT64_C(0xbf58476d1ce4e5b9);
    return (size_t)(h ^ (h >> 32)) & (map->size - 1);
}

void cpm_pairs_release(struct cpm_pairs *map)
{
    cpm_free(map->slots);
    *map = (struct cpm_pairs){NULL, 0, 0};
}

static size_t find(const struct cpm_pairs *map, const void *a, const void *b)
{
    size_t i = home(map, a, b);

    while (map->slots[i].value && (map->slots[i].a != a || map->slots[i].b != b))
        i = (i + 1) & (map->size - 1);
    return i;
}

void *cpm_pairs_get(const struct cpm_pairs *map, const void *a, const void *b)
{
    return map->size ? map->slots[find(map, a, b)].value : NULL;
}

static void grow(struct cpm_pairs *map)
{
    struct cpm_pairs old = *map;

    map->size = old.size ? old.size * 2 : 64;
    map->slots = cpm_calloc(map->size, sizeof(*map->slots));
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].value)
            map->slots[find(map, old.slots[i].a, old.slots[i].b)] = old.slots[i];
    cpm_free(old.slots);
}

void cpm_pairs_set(struct cpm_pairs *map, const void *a, const void *b, void *value)
{
    size_t i;

    if (map->count * 2 >= map->size)
        grow(map);
    i = find(map, a, b);
    if (!map->slots[i].value)
        map->count++;
    map->slots[i] = (struct cpm_pair){a, b, value};
}

void cpm_pairs_del(struct cpm_pairs *map, const void *a, const void *b)
{
    size_t mask = map->size - 1, hole, i;

    if (!map->size)
        return;
    hole = find(map, a, b);
    if (!map->slots[hole].value)
        return;
    map->count--;
    for (i = (hole + 1) & mask; map->slots[i].value; i = (i + 1) & mask) {
        size_t want = home(map, map->slots[i].a, map->slots[i].b);

        if (((i - want) & mask) >= ((i - hole) & mask)) {
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole].value = NULL;
}
