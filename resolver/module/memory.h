/* The memory of a resolver: arenas behind locks. A writer takes the shard of what it writes, so
 * that two threads that make the same thing make it once; readers take none. */
#ifndef CPM_RESOLVER_MODULE_MEMORY_H
#define CPM_RESOLVER_MODULE_MEMORY_H

#include "base/arena.h"

#include <pthread.h>

enum { CPM_MEMORY_SHARDS = 16 };

struct cpm_memory {
    struct cpm_shard {
        pthread_mutex_t lock;
        struct cpm_arena arena;
    } shards[CPM_MEMORY_SHARDS];
};

void cpm_memory_init(struct cpm_memory *memory);
void cpm_memory_release(struct cpm_memory *memory);
/* Gives the arena of that shard; to be unlocked with the same hash. */
struct cpm_arena *cpm_memory_lock(struct cpm_memory *memory, uint32_t hash);
void cpm_memory_unlock(struct cpm_memory *memory, uint32_t hash);

/* Fast and without seed: keys are paths and specifiers, kept in chains of bounded tables. */
uint32_t cpm_memory_hash(uint64_t seed, struct cpm_str text);

#endif
