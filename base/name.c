#include "base/name.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/mem.h"

struct cpm_names {
    struct cpm_arena arena;
    const struct cpm_name *
        *slots; /* open addressing, linear probing; size is a power of two, at most half full */
    size_t size;
    size_t count;
    struct cpm_hash_key key;
};

struct cpm_names *cpm_names_new(void)
{
    struct cpm_names *names = cpm_calloc(1, sizeof(*names));

    names->key = cpm_hash_key();
    names->size = 1024;
    names->slots = cpm_calloc(names->size, sizeof(names->slots[0]));
    return names;
}

void cpm_names_free(struct cpm_names *names)
{
    if (!names)
        return;
    cpm_arena_release(&names->arena);
    cpm_free(names->slots);
    cpm_free(names);
}

static const struct cpm_name **find_slot(const struct cpm_names *names, struct cpm_str text,
                                         uint64_t hash)
{
    size_t i = hash & (names->size - 1);

    for (;; i = (i + 1) & (names->size - 1)) {
        const struct cpm_name *name = names->slots[i];

        if (!name || (name->hash == hash && cpm_str_eq(cpm_name_str(name), text)))
            return &names->slots[i];
    }
}

static void grow(struct cpm_names *names)
{
    const struct cpm_name **old = names->slots;
    size_t old_size = names->size;

    names->size *= 2;
    names->slots = cpm_calloc(names->size, sizeof(names->slots[0]));
    for (size_t i = 0; i < old_size; i++)
        if (old[i])
            *find_slot(names, cpm_name_str(old[i]), old[i]->hash) = old[i];
    cpm_free(old);
}

const struct cpm_name *cpm_names_get(struct cpm_names *names, struct cpm_str text)
{
    uint64_t hash = cpm_hash(names->key, text);
    const struct cpm_name **slot = find_slot(names, text, hash);
    struct cpm_name *name;

    if (*slot)
        return *slot;
    name = cpm_arena_alloc(&names->arena, sizeof(*name) + text.len + 1);
    name->hash = hash;
    name->len = (uint32_t)text.len;
    name->id = (uint32_t)names->count++;
    if (text.len)
        memcpy(name->text, text.ptr, text.len);
    *slot = name;
    if (names->count * 2 > names->size)
        grow(names);
    return name;
}

const struct cpm_name *cpm_names_find(const struct cpm_names *names, struct cpm_str text)
{
    return *find_slot(names, text, cpm_hash(names->key, text));
}

size_t cpm_names_count(const struct cpm_names *names)
{
    return names->count;
}
