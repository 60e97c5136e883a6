/* Cached packuments: one file each, an image with what HTTP needs to ask for it again. Written
 * whole by temporary and rename, without fsync: a file that a power cut left damaged is noticed
 * when it is opened, and asked for anew. Used by the packument store, and by the command
 * cache. */
#ifndef CPM_REGISTRY_CACHE_H
#define CPM_REGISTRY_CACHE_H

#include "registry/http_rules.h"
#include "registry/packument.h"

struct cpm_cached { /* an open cache file */
    struct cpm_packument *packument;
    struct cpm_str etag, last_modified; /* "" when the registry gave none */
    struct cpm_freshness freshness;
    void *map; /* NULL: not open */
    size_t size;
};

/* True when no packument was ever kept there. */
bool cpm_cache_is_new(const char *cache_dir);
/* Where the packument at this URL is cached. New in the arena. */
const char *cpm_cache_path(struct cpm_arena *arena, const char *cache_dir, const char *url);
/* False when there is no file, or a damaged one, or one of another URL or format. */
bool cpm_cache_open(const char *path, const char *url, struct cpm_cached *out);
/* The URL that a cache file answers for, new in the arena; NULL for a file that is damaged or of
 * another format. */
const char *cpm_cache_url(struct cpm_arena *arena, const char *path);
void cpm_cache_close(struct cpm_cached *cached);
/* What is to be written; `freshness` and texts as in struct cpm_cached. */
struct cpm_cache_entry {
    const char *url;
    struct cpm_str etag, last_modified;
    struct cpm_freshness freshness;
    const struct cpm_packument *packument;
};
/* Any thread. A cache that cannot be written is no fault of the request: errors are for tests. */
int cpm_cache_write(const char *path, const struct cpm_cache_entry *entry, struct cpm_error *err);
/* Notes that the registry has confirmed the file just now. */
void cpm_cache_touch(const char *path, const struct cpm_freshness *freshness);

#endif
