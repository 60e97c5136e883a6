/* Each eight bytes are multiplied by a factor that nobody outside knows, and both halves of the
 * product count: where two texts differ, the difference takes a way that cannot be planned. (With a
 * known factor it could, whatever the start.) */
#include "base/hash.h"

#include <sys/auxv.h>

__extension__ typedef unsigned __int128 wide;

static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The kernel gives each process 16 random bytes; the C library uses them too, so that they are
 * mixed here. Without them the stack's address has to do. */
struct cpm_hash_key cpm_hash_key(void)
{
    uint64_t random[2] = {(uintptr_t)random, 0};
    const void *given = (const void *)(uintptr_t)getauxval(AT_RANDOM);

    if (given)
        memcpy(random, given, sizeof(random));
    return (struct cpm_hash_key){
        fold(random[0] ^ 0x9e3779b97f4a7c15u, random[1] ^ 0xff51afd7ed558ccdu),
        fold(random[1] ^ 0xc4ceb9fe1a85ec53u, random[0] ^ 0xbf58476d1ce4e5b9u) | 1,
    };
}

uint64_t cpm_hash(struct cpm_hash_key key, struct cpm_str text)
{
    uint64_t h = key.start ^ text.len, word;
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.ptr + i, 8);
        h = fold(h ^ word, key.factor);
    }
    if (i < text.len) {
        word = 0;
        memcpy(&word, text.ptr + i, text.len - i);
        h = fold(h ^ word, key.factor);
    }
    return fold(h ^ key.factor, key.start | 1);
}
