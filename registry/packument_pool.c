/* Open addressing over indices; the texts themselves lie in the image's text. */
#include "registry/packument_pool.h"

#include "base/mem.h"

void cpm_image_pool_init(struct cpm_image_pool *pool, struct cpm_buf *text)
{
    *pool = (struct cpm_image_pool){.text = text, .key = cpm_hash_key()};
}

void cpm_image_pool_release(struct cpm_image_pool *pool)
{
    cpm_free(pool->v);
    cpm_free(pool->tags);
    cpm_free(pool->hashes);
    cpm_free(pool->slots);
}

static void grow(struct cpm_image_pool *pool)
{
    pool->room = pool->room ? pool->room * 2 : 32;
    pool->size = pool->room * 2;
    pool->v = cpm_realloc(pool->v, pool->room, sizeof(*pool->v));
    pool->tags = cpm_realloc(pool->tags, pool->room, sizeof(*pool->tags));
    pool->hashes = cpm_realloc(pool->hashes, pool->room, sizeof(*pool->hashes));
    cpm_free(pool->slots);
    pool->slots = cpm_calloc(pool->size, sizeof(*pool->slots));
    for (uint32_t i = 0; i < pool->count; i++) {
        uint32_t at = (uint32_t)pool->hashes[i] & (pool->size - 1);

        while (pool->slots[at])
            at = (at + 1) & (pool->size - 1);
        pool->slots[at] = i + 1;
    }
}

static bool is_text(const struct cpm_image_pool *pool, uint32_t i, struct cpm_str text)
{
    return pool->v[i].len == text.len &&
           memcmp(pool->text->ptr + pool->v[i].at, text.ptr, text.len) == 0;
}

uint32_t cpm_image_pool_add(struct cpm_image_pool *pool, struct cpm_str text)
{
    uint64_t hash = cpm_hash(pool->key, text);
    uint32_t at;

    if (pool->count == pool->room)
        grow(pool);
    for (at = (uint32_t)hash & (pool->size - 1); pool->slots[at]; at = (at + 1) & (pool->size - 1))
        if (pool->hashes[pool->slots[at] - 1] == hash && is_text(pool, pool->slots[at] - 1, text))
            return pool->slots[at] - 1;
    pool->slots[at] = pool->count + 1;
    pool->v[pool->count].at = (uint32_t)pool->text->len;
    pool->v[pool->count].len = (uint32_t)text.len;
    pool->tags[pool->count] = CPM_IMAGE_NONE;
    pool->hashes[pool->count] = hash;
    cpm_buf_add_str(pool->text, text);
    return pool->count++;
}
