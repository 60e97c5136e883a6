/* A thread begins to look for a free arena where its number hashes to, so it comes back to memory
 * that its processor has at hand. Only when all are lent out does it wait. */
#include "resolver/module/memory.h"

void cpm_memory_init(struct cpm_memory *memory)
{
    for (size_t i = 0; i < CPM_MEMORY_PARTS; i++) {
        pthread_mutex_init(&memory->parts[i].lock, NULL);
        cpm_arena_init(&memory->parts[i].arena);
    }
}

void cpm_memory_release(struct cpm_memory *memory)
{
    for (size_t i = 0; i < CPM_MEMORY_PARTS; i++) {
        pthread_mutex_destroy(&memory->parts[i].lock);
        cpm_arena_release(&memory->parts[i].arena);
    }
}

static size_t first_part(void)
{
    uint64_t thread = (uint64_t)pthread_self() * 0x9E3779B97F4A7C15u;

    return (size_t)(thread >> 32) % CPM_MEMORY_PARTS;
}

struct cpm_arena *cpm_memory_borrow(struct cpm_memory *memory)
{
    size_t first = first_part();

    for (size_t i = 0; i < CPM_MEMORY_PARTS; i++) {
        struct cpm_memory_part *part = &memory->parts[(first + i) % CPM_MEMORY_PARTS];

        if (pthread_mutex_trylock(&part->lock) == 0)
            return &part->arena;
    }
    pthread_mutex_lock(&memory->parts[first].lock);
    return &memory->parts[first].arena;
}

void cpm_memory_return(struct cpm_arena *arena)
{
    struct cpm_memory_part *part =
        (struct cpm_memory_part *)((char *)arena - offsetof(struct cpm_memory_part, arena));

    pthread_mutex_unlock(&part->lock);
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
