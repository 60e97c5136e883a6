/* A batch has copies of its paths: it may outlive the reader and all that asked. */
#include "registry/cache_reader.h"

#include "base/mem.h"

#define BATCH 24 /* files */
#define FEW   6  /* files: opened sooner than a thread is woken */

struct item {
    struct cpm_cache_read *read;
    char *path, *url;
    bool found;
    struct cpm_cached cached;
};

struct batch {
    uv_work_t work;
    struct cpm_cache_reader *reader; /* NULL: it is gone */
    struct batch *prev, *next;
    unsigned count;
    struct item items[BATCH];
};

struct cpm_cache_reader {
    uv_loop_t *loop;
    struct cpm_cache_read *first, **end;
    unsigned waiting;
    struct batch *batches;
};

struct cpm_cache_reader *cpm_cache_reader_new(uv_loop_t *loop)
{
    struct cpm_cache_reader *reader = cpm_calloc(1, sizeof(*reader));

    reader->loop = loop;
    reader->end = &reader->first;
    return reader;
}

static struct cpm_cache_read *take(struct cpm_cache_reader *reader)
{
    struct cpm_cache_read *read = reader->first;

    if (!read)
        return NULL;
    reader->first = read->next;
    if (!reader->first)
        reader->end = &reader->first;
    reader->waiting--;
    return read;
}

static void open_all(uv_work_t *work)
{
    struct batch *batch = work->data;

    for (unsigned i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];

        item->found = cpm_cache_open(item->path, item->url, &item->cached);
    }
}

static void unlink_batch(struct batch *batch)
{
    if (batch->prev)
        batch->prev->next = batch->next;
    else
        batch->reader->batches = batch->next;
    if (batch->next)
        batch->next->prev = batch->prev;
}

/* A `done` may free the reader: what comes behind it is then nobody's. */
static void deliver(uv_work_t *work, int status)
{
    struct batch *batch = work->data;

    for (unsigned i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];

        if (batch->reader) {
            item->read->found = status == 0 && item->found;
            item->read->cached = item->cached;
            item->read->done(item->read);
        } else if (item->found) {
            cpm_cache_close(&item->cached);
        }
        cpm_free(item->path);
        cpm_free(item->url);
    }
    if (batch->reader)
        unlink_batch(batch);
    cpm_free(batch);
}

static struct batch *new_batch(struct cpm_cache_reader *reader)
{
    struct batch *batch = cpm_calloc(1, sizeof(*batch));
    struct cpm_cache_read *read;

    while (batch->count < BATCH && (read = take(reader)) != NULL)
        batch->items[batch->count++] = (struct item){
            .read = read, .path = cpm_strdup(read->path), .url = cpm_strdup(read->url)};
    batch->reader = reader;
    batch->next = reader->batches;
    if (batch->next)
        batch->next->prev = batch;
    reader->batches = batch;
    batch->work.data = batch;
    return batch;
}

static void begin_batch(struct cpm_cache_reader *reader)
{
    uv_queue_work(reader->loop, &new_batch(reader)->work, open_all, deliver);
}

bool cpm_cache_reader_add(struct cpm_cache_reader *reader, struct cpm_cache_read *read)
{
    read->next = NULL;
    *reader->end = read;
    reader->end = &read->next;
    if (++reader->waiting < BATCH)
        return false;
    begin_batch(reader);
    return true;
}

void cpm_cache_reader_flush(struct cpm_cache_reader *reader)
{
    struct batch *few;

    while (reader->waiting > FEW)
        begin_batch(reader);
    if (!reader->waiting)
        return;
    few = new_batch(reader);
    open_all(&few->work);
    deliver(&few->work, 0);
}

void cpm_cache_reader_free(struct cpm_cache_reader *reader)
{
    for (struct batch *b = reader->batches; b; b = b->next)
        b->reader = NULL;
    cpm_free(reader);
}
