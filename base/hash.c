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

static uint64_t eight(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof(word));
    return word;
}

/* All of a text of less than eight bytes. */
static uint64_t few(const char *p, size_t len)
{
    uint32_t first, last;

    if (len < sizeof(first))
        return len ? (unsigned char)p[0] | (uint64_t)(unsigned char)p[len / 2] << 8 |
                         (uint64_t)(unsigned char)p[len - 1] << 16
                   : 0;
    memcpy(&first, p, sizeof(first));
    memcpy(&last, p + len - sizeof(last), sizeof(last));
    return first | (uint64_t)last << 32;
}

/* The last word reaches back into the one before: the length, which counts too, says how far. */
uint64_t cpm_hash(struct cpm_hash_key key, struct cpm_str text)
{
    uint64_t h = key.start ^ text.len;

    for (size_t i = 0; i + 8 < text.len; i += 8)
        h = fold(h ^ eight(text.ptr + i), key.factor);
    h = fold(h ^ (text.len < 8 ? few(text.ptr, text.len) : eight(text.ptr + text.len - 8)),
             key.factor);
    return fold(h ^ key.factor, key.start | 1);
}
