/* Sixteen shards are enough for the threads of one machine: a shard is held for a short copy, or
 * while one package.json is read. */
#include "resolver/module/memory.h"

void cpm_memory_init(struct cpm_memory *memory)
{
    for (size_t i = 0; i < CPM_MEMORY_SHARDS; i++) {
        pthread_mutex_init(&memory->shards[i].lock, NULL);
        cpm_arena_init(&memory->shards[i].arena);
    }
}

void cpm_memory_release(struct cpm_memory *memory)
{
    for (size_t i = 0; i < CPM_MEMORY_SHARDS; i++) {
        pthread_mutex_destroy(&memory->shards[i].lock);
        cpm_arena_release(&memory->shards[i].arena);
    }
}

struct cpm_arena *cpm_memory_lock(struct cpm_memory *memory, uint32_t hash)
{
    struct cpm_shard *shard = &memory->shards[hash % CPM_MEMORY_SHARDS];

    pthread_mutex_lock(&shard->lock);
    return &shard->arena;
}

void cpm_memory_unlock(struct cpm_memory *memory, uint32_t hash)
{
    pthread_mutex_unlock(&memory->shards[hash % CPM_MEMORY_SHARDS].lock);
}

static uint64_t mix(uint64_t h, uint64_t word)
{
    unsigned __int128 wide = (unsigned __int128)(h ^ word) * 0x9E3779B97F4A7C15u;

    return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

uint32_t cpm_memory_hash(uint64_t seed, struct cpm_str text)
{
    uint64_t h = seed ^ 0x2545F4914F6CDD1Du, word;
    const char *p = text.ptr;
    size_t left = text.len;

    for (; left >= 8; p += 8, left -= 8) {
        memcpy(&word, p, 8);
        h = mix(h, word);
    }
    word = 0;
    if (left)
        memcpy(&word, p, left);
    h = mix(h, word ^ (uint64_t)text.len << 56);
    return (uint32_t)(h ^ h >> 32);
}
