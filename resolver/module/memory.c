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

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 wide = (unsigned __int128)a * b;

    return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

static uint64_t word_at(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof(word));
    return word;
}

static uint64_t half_at(const char *p)
{
    uint32_t half;

    memcpy(&half, p, sizeof(half));
    return half;
}

/* All bytes of a text of at most eight. */
static uint64_t short_word(const char *p, size_t n)
{
    if (n >= 4)
        return half_at(p) << 32 | half_at(p + n - 4);
    return n ? (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
                   (unsigned char)p[n - 1]
             : 0;
}

/* Sixteen bytes a step; the last step may read some again. */
uint32_t cpm_memory_hash(uint64_t seed, struct cpm_str text)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u, other = 0xD6E8FEB86659FD93u;
    uint64_t h = seed ^ text.len * odd;
    const char *p = text.ptr;
    size_t left = text.len;

    for (; left > 16; p += 16, left -= 16)
        h = mix(h ^ word_at(p) ^ odd, word_at(p + 8) ^ other);
    if (left > 8)
        h = mix(h ^ word_at(p) ^ odd, word_at(p + left - 8) ^ other);
    else
        h = mix(h ^ short_word(p, left) ^ odd, other);
    return (uint32_t)(h ^ h >> 32);
}
