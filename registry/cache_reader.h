/* Opens cache files on worker threads, some at a time, so that the loop's thread reads what has
 * come while the next files are opened and checked. The packument store alone uses it, from the
 * loop's thread. */
#ifndef CPM_REGISTRY_CACHE_READER_H
#define CPM_REGISTRY_CACHE_READER_H

#include "registry/cache.h"

#include <uv.h>

struct cpm_cache_reader;

struct cpm_cache_read {
    const char *path, *url; /* borrowed until `done` */
    void *data;
    void (*done)(struct cpm_cache_read *read);
    /* the answer */
    bool found;
    struct cpm_cached cached;    /* the caller's, when found */
    struct cpm_cache_read *next; /* the reader's own */
};

struct cpm_cache_reader *cpm_cache_reader_new(uv_loop_t *loop);
/* True when so many wait that they were given to a worker. Else cpm_cache_reader_flush has to be
 * called on a later turn of the loop. `done` is never called from here. */
bool cpm_cache_reader_add(struct cpm_cache_reader *reader, struct cpm_cache_read *read);
/* Reads what still waits: few files at once, many on a worker. */
void cpm_cache_reader_flush(struct cpm_cache_reader *reader);
/* `done` is called no more; the loop has to run until its workers have ended. */
void cpm_cache_reader_free(struct cpm_cache_reader *reader);

#endif
