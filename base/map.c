/* Slots hold 1 + the index into entries; 0 is empty. A removed entry keeps its slot (value NULL)
 * until the next rebuild, so that probing needs no tombstones. */
#include "base/map.h"

#include "base/mem.h"

void cpm_map_init(struct cpm_map *map)
{
    *map = (struct cpm_map)CPM_MAP_INIT;
}

void cpm_map_release(struct cpm_map *map)
{
    cpm_free(map->entries);
    cpm_free(map->slots);
    cpm_map_init(map);
}

static uint32_t *find_slot(const struct cpm_map *map, struct cpm_str key, uint64_t hash)
{
    size_t i = hash & (map->size - 1);

    for (;; i = (i + 1) & (map->size - 1)) {
        const struct cpm_map_entry *e;

        if (!map->slots[i])
            return &map->slots[i];
        e = &map->entries[map->slots[i] - 1];
        /* The key of a removed entry may be gone. */
        if (e->value && e->hash == hash && cpm_str_eq(e->key, key))
            return &map->slots[i];
    }
}

static void rebuild(struct cpm_map *map)
{
    size_t size = 16, live = 0;

    while (size < (map->count + 1) * 4)
        size *= 2;
    for (size_t i = 0; i < map->used; i++)
        if (map->entries[i].value)
            map->entries[live++] = map->entries[i];
    map->used = live;
    map->size = size;
    map->entries = cpm_realloc(map->entries, size / 2, sizeof(map->entries[0]));
    cpm_free(map->slots);
    map->slots = cpm_calloc(size, sizeof(map->slots[0]));
    for (size_t i = 0; i < live; i++)
        *find_slot(map, map->entries[i].key, map->entries[i].hash) = (uint32_t)i + 1;
}

void *cpm_map_get(const struct cpm_map *map, struct cpm_str key)
{
    uint32_t slot;

    if (!map->count)
        return NULL;
    slot = *find_slot(map, key, cpm_hash(map->key, key));
    return slot ? map->entries[slot - 1].value : NULL;
}

void *cpm_map_set(struct cpm_map *map, struct cpm_str key, void *value)
{
    uint64_t hash;
    uint32_t *slot;
    void *old;

    if (!map->size)
        map->key = cpm_hash_key();
    if (map->used * 2 >= map->size)
        rebuild(map);
    hash = cpm_hash(map->key, key);
    slot = find_slot(map, key, hash);
    if (!*slot) {
        map->entries[map->used] = (struct cpm_map_entry){.key = key, .value = value, .hash = hash};
        *slot = (uint32_t)++map->used;
        map->count++;
        return NULL;
    }
    old = map->entries[*slot - 1].value;
    map->entries[*slot - 1].value = value;
    return old;
}

void *cpm_map_del(struct cpm_map *map, struct cpm_str key)
{
    uint32_t slot;
    void *old;

    if (!map->count)
        return NULL;
    slot = *find_slot(map, key, cpm_hash(map->key, key));
    if (!slot)
        return NULL;
    old = map->entries[slot - 1].value;
    map->entries[slot - 1].value = NULL;
    map->count -= old != NULL;
    return old;
}
