/* A hash map from text to pointer that keeps insertion order for walking. Keys are borrowed: they
 * must outlive their entry. Values are not NULL. */
#ifndef CPM_BASE_MAP_H
#define CPM_BASE_MAP_H

#include "base/hash.h"

struct cpm_map_entry {
    struct cpm_str key;
    void *value; /* NULL after removal: walkers skip it */
    uint64_t hash;
};

struct cpm_map {
    struct cpm_map_entry *entries; /* in order of first insertion; `used` of them, some removed */
    uint32_t *slots;
    size_t size;
    size_t used;
    size_t count; /* live entries */
    struct cpm_hash_key key;
};

#define CPM_MAP_INIT                                                                               \
    {                                                                                              \
        .entries = NULL, .slots = NULL, .size = 0, .used = 0, .count = 0                           \
    }

void cpm_map_init(struct cpm_map *map);
void cpm_map_release(struct cpm_map *map);
/* The value, or NULL. */
void *cpm_map_get(const struct cpm_map *map, struct cpm_str key);
/* Sets (value is not NULL); an existing key keeps its place. Returns the value that stood there, or
 * NULL. */
void *cpm_map_set(struct cpm_map *map, struct cpm_str key, void *value);
/* Removes; returns the value that stood there, or NULL. */
void *cpm_map_del(struct cpm_map *map, struct cpm_str key);

#define CPM_MAP_EACH(map, e)                                                                       \
    for (struct cpm_map_entry *e = (map)->entries; e && e < (map)->entries + (map)->used; e++)     \
        if (e->value)

#endif
