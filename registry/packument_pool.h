/* Texts that an image keeps once each, while it is being built. */
#ifndef CPM_REGISTRY_PACKUMENT_POOL_H
#define CPM_REGISTRY_PACKUMENT_POOL_H

#include "base/buf.h"
#include "base/hash.h"
#include "registry/packument_image.h"

struct cpm_image_pool {
    struct cpm_buf *text; /* where the texts go; `at` counts from its start */
    struct cpm_image_text *v;
    uint32_t *tags; /* a number of the user's own for each text, CPM_IMAGE_NONE at first */
    uint64_t *hashes;
    uint32_t *slots; /* 1 + index; 0 is empty */
    uint32_t count, room, size;
    struct cpm_hash_key key;
};

void cpm_image_pool_init(struct cpm_image_pool *pool, struct cpm_buf *text);
void cpm_image_pool_release(struct cpm_image_pool *pool);
/* The number of the text, which is not empty, added when it is new. */
uint32_t cpm_image_pool_add(struct cpm_image_pool *pool, struct cpm_str text);

#endif
