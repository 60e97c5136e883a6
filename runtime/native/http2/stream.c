/* The bytes of a stream that wait for nghttp2, which asks for them frame by frame as windows allow.
 * What JavaScript is to be told of that is noted, and told when nghttp2 is not at work. */
#include "base/mem.h"
#include "runtime/native/http2/http2.h"

#include <string.h>

enum { MOST_WAITING = 1 << 30 };

static struct cpm_h2_stream **bucket_of(const struct cpm_h2 *h2, int32_t id)
{
    return (struct cpm_h2_stream **)&h2->streams[((uint32_t)id >> 1) % CPM_H2_BUCKETS];
}

struct cpm_h2_stream *cpm_h2_stream_add(struct cpm_h2 *h2, int32_t id)
{
    struct cpm_h2_stream *stream = cpm_calloc(1, sizeof(*stream)), **bucket = bucket_of(h2, id);

    stream->id = id;
    stream->most =
        nghttp2_session_get_local_settings(h2->ng, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE);
    cpm_buf_init(&stream->out, MOST_WAITING);
    stream->next = *bucket;
    *bucket = stream;
    return stream;
}

struct cpm_h2_stream *cpm_h2_stream_find(const struct cpm_h2 *h2, int32_t id)
{
    struct cpm_h2_stream *stream = *bucket_of(h2, id);

    while (stream && stream->id != id)
        stream = stream->next;
    return stream;
}

void cpm_h2_stream_drop(struct cpm_h2 *h2, int32_t id)
{
    struct cpm_h2_stream **at = bucket_of(h2, id), *stream;

    while ((stream = *at) && stream->id != id)
        at = &stream->next;
    if (!stream)
        return;
    *at = stream->next;
    h2->memory -= stream->out.len - stream->at;
    cpm_buf_release(&stream->out);
    cpm_free(stream);
}

static void note(struct cpm_h2 *h2, int32_t id, int32_t call)
{
    const int32_t pair[] = {id, call};

    cpm_buf_add(&h2->notes, pair, sizeof(pair));
}

static void give(struct cpm_h2 *h2, struct cpm_h2_stream *stream, uint8_t *to, size_t count)
{
    if (!count)
        return;
    memcpy(to, stream->out.ptr + stream->at, count);
    stream->at += count;
    h2->memory -= count;
    if (stream->at < stream->out.len)
        return;
    cpm_buf_clear(&stream->out);
    stream->at = 0;
    note(h2, stream->id, CPM_H2_DRAINED);
}

static ssize_t on_read(CPM_UNUSED nghttp2_session *ng, int32_t id, uint8_t *to, size_t room,
                       uint32_t *flags, nghttp2_data_source *source, void *user)
{
    struct cpm_h2 *h2 = user;
    struct cpm_h2_stream *stream = source->ptr;
    size_t waiting = stream->out.len - stream->at, count = waiting < room ? waiting : room;

    give(h2, stream, to, count);
    if (count == waiting && stream->ended) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream->trailers) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            note(h2, id, CPM_H2_TRAILERS);
        }
    } else if (count == 0) {
        stream->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    return (ssize_t)count;
}

nghttp2_data_provider cpm_h2_stream_source(struct cpm_h2_stream *stream)
{
    return (nghttp2_data_provider){.source.ptr = stream, .read_callback = on_read};
}

void cpm_h2_stream_resume(struct cpm_h2 *h2, struct cpm_h2_stream *stream)
{
    if (!stream->deferred)
        return;
    stream->deferred = false;
    nghttp2_session_resume_data(h2->ng, stream->id);
}
