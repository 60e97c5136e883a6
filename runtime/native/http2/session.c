/* What nghttp2 calls while it reads and sends, told to JavaScript at once. JavaScript may give
 * nghttp2 more to send from there; it is not entered anew, and not ended, before it is left. */
#include "base/mem.h"
#include "runtime/native/http2/http2.h"

#include <stdlib.h>
#include <string.h>

enum { FEWEST_FIELDS = 1, EIGHT = 8, FRAME_HEAD = 9, MOST_NOTES = 1 << 24 };

void cpm_h2_tell(struct cpm_h2 *h2, enum cpm_h2_call call, size_t argc, const JSValueRef argv[])
{
    if (h2->ending || h2->rt->stopping)
        return;
    JSObjectCallAsFunction(h2->rt->ctx, h2->calls[call], NULL, argc, argv, NULL);
}

static JSValueRef number(const struct cpm_h2 *h2, double value)
{
    return JSValueMakeNumber(h2->rt->ctx, value);
}

static JSValueRef bytes_of(const struct cpm_h2 *h2, const uint8_t *bytes, size_t len)
{
    char *copy = len ? cpm_alloc(len) : NULL;

    if (len)
        memcpy(copy, bytes, len);
    return cpm_js_take_bytes(h2->rt->ctx, copy, len);
}

/* --- Memory: every block knows its size, so that the session's is known. */

union block {
    size_t size;
    max_align_t align;
};

static void mem_free(void *ptr, void *user)
{
    struct cpm_h2 *h2 = user;
    union block *block = ptr;

    if (!block)
        return;
    h2->memory -= block[-1].size;
    cpm_free(block - 1);
}

static void *mem_realloc(void *ptr, size_t size, void *user)
{
    struct cpm_h2 *h2 = user;
    union block *old = ptr ? (union block *)ptr - 1 : NULL;

    h2->memory += size - (old ? old->size : 0);
    union block *block = cpm_realloc(old, 1, sizeof(*block) + size);
    block->size = size;
    return block + 1;
}

static void *mem_malloc(size_t size, void *user)
{
    return mem_realloc(NULL, size, user);
}

static void *mem_calloc(size_t count, size_t size, void *user)
{
    void *ptr = mem_realloc(NULL, count * size, user);

    memset(ptr, 0, count * size);
    return ptr;
}

/* --- Reading */

static int refuse(struct cpm_h2 *h2, int32_t id)
{
    if (h2->rejected++ >= h2->most_rejected)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    nghttp2_submit_rst_stream(h2->ng, NGHTTP2_FLAG_NONE, id, NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int32_t head_id(const nghttp2_frame *frame)
{
    return frame->hd.type == NGHTTP2_PUSH_PROMISE ? frame->push_promise.promised_stream_id
                                                  : frame->hd.stream_id;
}

static int on_begin_headers(CPM_UNUSED nghttp2_session *ng, const nghttp2_frame *frame, void *user)
{
    struct cpm_h2 *h2 = user;
    int32_t id = head_id(frame);

    cpm_buf_clear(&h2->fields);
    h2->fields.overflow = false;
    h2->field_count = 0;
    if (cpm_h2_stream_find(h2, id))
        return 0;
    if (h2->memory > h2->most_memory)
        return refuse(h2, id);
    cpm_h2_stream_add(h2, id);
    return 0;
}

static int on_header(nghttp2_session *ng, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                     nghttp2_rcbuf *value, uint8_t flags, void *user)
{
    struct cpm_h2 *h2 = user;
    nghttp2_vec key = nghttp2_rcbuf_get_buf(name), text = nghttp2_rcbuf_get_buf(value);
    const struct cpm_h2_stream *stream = cpm_h2_stream_find(h2, head_id(frame));

    if (!stream)
        return 0;
    if (flags & NGHTTP2_NV_FLAG_NO_INDEX)
        cpm_buf_add_char(&h2->fields, '\t');
    cpm_buf_add(&h2->fields, key.base, key.len);
    cpm_buf_add_char(&h2->fields, '\0');
    cpm_buf_add(&h2->fields, text.base, text.len);
    cpm_buf_add_char(&h2->fields, '\0');
    if (++h2->field_count <= h2->most_fields && h2->fields.len <= stream->most &&
        !h2->fields.overflow)
        return 0;
    nghttp2_submit_rst_stream(ng, NGHTTP2_FLAG_NONE, head_id(frame), NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* A field that is no HTTP: left out. */
static int on_invalid_header(CPM_UNUSED nghttp2_session *ng, CPM_UNUSED const nghttp2_frame *frame,
                             CPM_UNUSED nghttp2_rcbuf *name, CPM_UNUSED nghttp2_rcbuf *value,
                             CPM_UNUSED uint8_t flags, CPM_UNUSED void *user)
{
    return 0;
}

static void tell_headers(struct cpm_h2 *h2, const nghttp2_frame *frame)
{
    bool promise = frame->hd.type == NGHTTP2_PUSH_PROMISE;
    int32_t id = head_id(frame);

    if (!cpm_h2_stream_find(h2, id))
        return;
    const JSValueRef argv[] = {
        number(h2, id), number(h2, promise ? NGHTTP2_HCAT_REQUEST : frame->headers.cat),
        number(h2, frame->hd.flags),
        cpm_js_latin1(h2->rt->ctx, (const unsigned char *)cpm_buf_text(&h2->fields),
                      h2->fields.len),
        JSValueMakeBoolean(h2->rt->ctx, promise)};
    cpm_h2_tell(h2, CPM_H2_HEADERS, 5, argv);
}

static void tell_settings(struct cpm_h2 *h2, const nghttp2_settings *frame)
{
    JSContextRef ctx = h2->rt->ctx;
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < frame->niv; i++) {
        JSObjectSetPropertyAtIndex(ctx, list, 2 * i, number(h2, frame->iv[i].settings_id), NULL);
        JSObjectSetPropertyAtIndex(ctx, list, 2 * i + 1, number(h2, frame->iv[i].value), NULL);
    }
    const JSValueRef argv[] = {JSValueMakeBoolean(ctx, frame->hd.flags & NGHTTP2_FLAG_ACK), list};
    cpm_h2_tell(h2, CPM_H2_SETTINGS, 2, argv);
}

static void tell_ping(struct cpm_h2 *h2, const nghttp2_ping *frame)
{
    const JSValueRef argv[] = {JSValueMakeBoolean(h2->rt->ctx, frame->hd.flags & NGHTTP2_FLAG_ACK),
                               bytes_of(h2, frame->opaque_data, sizeof(frame->opaque_data))};

    cpm_h2_tell(h2, CPM_H2_PING, 2, argv);
}

static void tell_goaway(struct cpm_h2 *h2, const nghttp2_goaway *frame)
{
    const JSValueRef argv[] = {number(h2, frame->error_code), number(h2, frame->last_stream_id),
                               frame->opaque_data_len
                                   ? bytes_of(h2, frame->opaque_data, frame->opaque_data_len)
                                   : JSValueMakeUndefined(h2->rt->ctx)};

    cpm_h2_tell(h2, CPM_H2_GOAWAY, 3, argv);
}

static void tell_altsvc(struct cpm_h2 *h2, const nghttp2_frame *frame)
{
    const nghttp2_ext_altsvc *altsvc = frame->ext.payload;
    JSContextRef ctx = h2->rt->ctx;
    const JSValueRef argv[] = {number(h2, frame->hd.stream_id),
                               cpm_js_latin1(ctx, altsvc->origin, altsvc->origin_len),
                               cpm_js_latin1(ctx, altsvc->field_value, altsvc->field_value_len)};

    cpm_h2_tell(h2, CPM_H2_ALTSVC, 3, argv);
}

static void tell_origin(struct cpm_h2 *h2, const nghttp2_ext_origin *origin)
{
    JSContextRef ctx = h2->rt->ctx;
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < origin->nov; i++)
        JSObjectSetPropertyAtIndex(
            ctx, list, i, cpm_js_latin1(ctx, origin->ov[i].origin, origin->ov[i].origin_len), NULL);
    const JSValueRef argv[] = {list};
    cpm_h2_tell(h2, CPM_H2_ORIGIN, 1, argv);
}

static void tell_priority(struct cpm_h2 *h2, const nghttp2_priority *frame)
{
    const nghttp2_priority_spec *spec = &frame->pri_spec;
    const JSValueRef argv[] = {number(h2, frame->hd.stream_id), number(h2, spec->stream_id),
                               number(h2, spec->weight),
                               JSValueMakeBoolean(h2->rt->ctx, spec->exclusive)};

    cpm_h2_tell(h2, CPM_H2_PRIORITY, 4, argv);
}

/* Frames that mean nothing are borne up to a number. */
static int count_invalid(struct cpm_h2 *h2)
{
    if (h2->invalid++ <= h2->most_invalid)
        return 0;
    h2->fault = "ERR_HTTP2_TOO_MANY_INVALID_FRAMES";
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_frame(CPM_UNUSED nghttp2_session *ng, const nghttp2_frame *frame, void *user)
{
    struct cpm_h2 *h2 = user;
    const JSValueRef id[] = {number(h2, frame->hd.stream_id)};

    switch (frame->hd.type) {
    case NGHTTP2_DATA:
        if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
            cpm_h2_tell(h2, CPM_H2_END, 1, id);
        else if (frame->hd.length == 0 && count_invalid(h2))
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_PUSH_PROMISE:
        tell_headers(h2, frame);
        break;
    case NGHTTP2_SETTINGS:
        tell_settings(h2, &frame->settings);
        break;
    case NGHTTP2_PING:
        tell_ping(h2, &frame->ping);
        break;
    case NGHTTP2_GOAWAY:
        tell_goaway(h2, &frame->goaway);
        break;
    case NGHTTP2_PRIORITY:
        tell_priority(h2, &frame->priority);
        break;
    case NGHTTP2_ALTSVC:
        tell_altsvc(h2, frame);
        break;
    case NGHTTP2_ORIGIN:
        tell_origin(h2, frame->ext.payload);
        break;
    default:
        break;
    }
    return h2->ending ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

/* The connection's window opens at once, the stream's when JavaScript has taken the bytes. What the
 * program does on seeing them is done before more is read. */
static int on_data(nghttp2_session *ng, CPM_UNUSED uint8_t flags, int32_t id, const uint8_t *bytes,
                   size_t len, void *user)
{
    struct cpm_h2 *h2 = user;

    if (len == 0)
        return 0;
    nghttp2_session_consume_connection(ng, len);
    const JSValueRef argv[] = {number(h2, id), bytes_of(h2, bytes, len)};
    cpm_h2_tell(h2, CPM_H2_DATA, 2, argv);
    h2->paused = true;
    return h2->ending ? NGHTTP2_ERR_CALLBACK_FAILURE : NGHTTP2_ERR_PAUSE;
}

static int on_stream_close(CPM_UNUSED nghttp2_session *ng, int32_t id, uint32_t code, void *user)
{
    struct cpm_h2 *h2 = user;
    const JSValueRef argv[] = {number(h2, id), number(h2, code)};

    if (!cpm_h2_stream_find(h2, id))
        return 0;
    cpm_h2_tell(h2, CPM_H2_CLOSE, 2, argv);
    cpm_h2_stream_drop(h2, id);
    return 0;
}

static int on_invalid_frame(CPM_UNUSED nghttp2_session *ng, CPM_UNUSED const nghttp2_frame *frame,
                            CPM_UNUSED int error, void *user)
{
    return count_invalid(user);
}

static int on_not_sent(CPM_UNUSED nghttp2_session *ng, const nghttp2_frame *frame, int error,
                       void *user)
{
    struct cpm_h2 *h2 = user;
    const JSValueRef argv[] = {number(h2, frame->hd.stream_id), number(h2, frame->hd.type),
                               number(h2, error)};

    cpm_h2_tell(h2, CPM_H2_NOT_SENT, 3, argv);
    return 0;
}

static ssize_t on_padding(CPM_UNUSED nghttp2_session *ng, const nghttp2_frame *frame, size_t most,
                          void *user)
{
    const struct cpm_h2 *h2 = user;
    size_t len = frame->hd.length, rest = (len + FRAME_HEAD) % EIGHT;

    if (h2->padding == 0)
        return (ssize_t)len;
    if (h2->padding > 1)
        return (ssize_t)most;
    size_t padded = len + (rest ? EIGHT - rest : 0);
    return (ssize_t)(padded < most ? padded : most);
}

/* --- Opening and ending */

static void set_options(nghttp2_option *option, const struct cpm_h2_limits *limits)
{
    const int64_t *values = limits->values;

    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    if (!limits->server) {
        nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_ALTSVC);
        nghttp2_option_set_builtin_recv_extension_type(option, NGHTTP2_ORIGIN);
    }
    if (values[CPM_H2_DEFLATE_TABLE] >= 0)
        nghttp2_option_set_max_deflate_dynamic_table_size(option,
                                                          (size_t)values[CPM_H2_DEFLATE_TABLE]);
    if (values[CPM_H2_RESERVED_STREAMS] >= 0)
        nghttp2_option_set_max_reserved_remote_streams(option,
                                                       (uint32_t)values[CPM_H2_RESERVED_STREAMS]);
    if (values[CPM_H2_HEADER_BLOCK] >= 0)
        nghttp2_option_set_max_send_header_block_length(option,
                                                        (size_t)values[CPM_H2_HEADER_BLOCK]);
    if (values[CPM_H2_PEER_STREAMS] >= 0)
        nghttp2_option_set_peer_max_concurrent_streams(option,
                                                       (uint32_t)values[CPM_H2_PEER_STREAMS]);
    if (values[CPM_H2_MAX_SETTINGS] >= 0)
        nghttp2_option_set_max_settings(option, (size_t)values[CPM_H2_MAX_SETTINGS]);
    if (values[CPM_H2_STRICT_SPACE] == 0)
        nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
}

static void set_callbacks(nghttp2_session_callbacks *callbacks, const struct cpm_h2 *h2)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
    if (h2->padding)
        nghttp2_session_callbacks_set_select_padding_callback(callbacks, on_padding);
}

int cpm_h2_open(struct cpm_h2 *h2, const struct cpm_h2_limits *limits)
{
    const int64_t *values = limits->values;
    nghttp2_mem mem = {h2, mem_malloc, mem_free, mem_calloc, mem_realloc};
    nghttp2_option *option = NULL;
    nghttp2_session_callbacks *callbacks = NULL;
    int rc = NGHTTP2_ERR_NOMEM;

    h2->padding = values[CPM_H2_PADDING] > 0 ? (unsigned)values[CPM_H2_PADDING] : 0;
    h2->most_fields =
        values[CPM_H2_FIELDS] > FEWEST_FIELDS ? (unsigned)values[CPM_H2_FIELDS] : FEWEST_FIELDS;
    h2->most_memory = (size_t)values[CPM_H2_MEMORY];
    h2->most_invalid = (unsigned)values[CPM_H2_INVALID_FRAMES];
    h2->most_rejected = (unsigned)values[CPM_H2_REJECTED_STREAMS];
    cpm_buf_init(&h2->fields, CPM_H2_MOST_FIELDS_BYTES);
    cpm_buf_init(&h2->notes, MOST_NOTES);
    if (nghttp2_option_new(&option) == 0 && nghttp2_session_callbacks_new(&callbacks) == 0) {
        set_options(option, limits);
        set_callbacks(callbacks, h2);
        rc = (limits->server ? nghttp2_session_server_new3
                             : nghttp2_session_client_new3)(&h2->ng, callbacks, h2, option, &mem);
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return rc;
}

void cpm_h2_end(struct cpm_h2 *h2)
{
    h2->ending = true;
    if (h2->depth || !h2->ng)
        return;
    nghttp2_session_del(h2->ng);
    h2->ng = NULL;
    for (size_t i = 0; i < CPM_H2_BUCKETS; i++) {
        while (h2->streams[i])
            cpm_h2_stream_drop(h2, h2->streams[i]->id);
    }
    cpm_buf_release(&h2->fields);
    cpm_buf_release(&h2->notes);
}
