/* What JavaScript does with streams: heads, bodies and their end are put down for the next take().
 * Numbers below zero are nghttp2's errors; a stream that has ended takes nothing. */
#include "runtime/native/http2/http2.h"

/* The bits of request() and respond(). */
enum { NO_BODY = 1, TRAILERS = 2 };

static struct cpm_h2_stream *stream_arg(const struct cpm_h2 *h2, JSContextRef ctx, size_t argc,
                                        const JSValueRef argv[])
{
    return h2 ? cpm_h2_stream_find(h2, (int32_t)cpm_js_int(ctx, argc, argv, 1)) : NULL;
}

static JSValueRef answer(JSContextRef ctx, int64_t rc)
{
    return JSValueMakeNumber(ctx, (double)rc);
}

/* (session, stream, fields, how many, …), as the heads of a stream are put down: whether there is
 * such a stream, and the fields can be sent. */
struct head {
    struct cpm_h2 *h2;
    struct cpm_h2_stream *stream;
    struct cpm_h2_fields fields; /* to be released in any case, by head_answer */
};

static bool head_read(struct head *head, JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    head->h2 = cpm_h2_arg(ctx, argc, argv);
    head->stream = stream_arg(head->h2, ctx, argc, argv);
    return head->stream && cpm_h2_fields_read(&head->fields, ctx, cpm_js_arg(ctx, argc, argv, 2),
                                              cpm_js_int(ctx, argc, argv, 3));
}

static JSValueRef head_answer(struct head *head, JSContextRef ctx, int rc)
{
    cpm_h2_fields_release(&head->fields);
    return answer(ctx, rc);
}

JSValueRef cpm_h2_numbers(JSContextRef ctx, const double *values, size_t count)
{
    JSValueRef list[16];

    for (size_t i = 0; i < count; i++)
        list[i] = JSValueMakeNumber(ctx, values[i]);
    return JSObjectMakeArray(ctx, count, list, NULL);
}

/* (session, fields, how many, bits): the stream's number. */
CPM_JS_FUNCTION(request)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    int64_t bits = cpm_js_int(ctx, argc, argv, 3);
    struct cpm_h2_fields fields = {0};
    int32_t id = NGHTTP2_ERR_INVALID_ARGUMENT;

    if (h2 && cpm_h2_fields_read(&fields, ctx, cpm_js_arg(ctx, argc, argv, 1),
                                 cpm_js_int(ctx, argc, argv, 2))) {
        int32_t expected = (int32_t)nghttp2_session_get_next_stream_id(h2->ng);
        struct cpm_h2_stream *stream = expected > 0 ? cpm_h2_stream_add(h2, expected) : NULL;
        id = NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE;
        if (stream) {
            nghttp2_data_provider source = cpm_h2_stream_source(stream);
            stream->trailers = bits & TRAILERS;
            id = nghttp2_submit_request(h2->ng, NULL, fields.list, fields.count,
                                        bits & NO_BODY ? NULL : &source, NULL);
        }
        if (stream && id != expected)
            cpm_h2_stream_drop(h2, expected);
    }
    cpm_h2_fields_release(&fields);
    return answer(ctx, id);
}

/* (session, stream, fields, how many, bits) */
CPM_JS_FUNCTION(respond)
{
    int64_t bits = cpm_js_int(ctx, argc, argv, 4);
    int rc = NGHTTP2_ERR_INVALID_ARGUMENT;
    struct head head = {0};

    if (head_read(&head, ctx, argc, argv)) {
        nghttp2_data_provider source = cpm_h2_stream_source(head.stream);
        head.stream->trailers = bits & TRAILERS;
        rc = nghttp2_submit_response(head.h2->ng, head.stream->id, head.fields.list,
                                     head.fields.count, bits & NO_BODY ? NULL : &source);
    }
    return head_answer(&head, ctx, rc);
}

/* (session, stream, fields, how many): a head before the response's. */
CPM_JS_FUNCTION(inform)
{
    int rc = NGHTTP2_ERR_INVALID_ARGUMENT;
    struct head head = {0};

    if (head_read(&head, ctx, argc, argv))
        rc = nghttp2_submit_headers(head.h2->ng, NGHTTP2_FLAG_NONE, head.stream->id, NULL,
                                    head.fields.list, head.fields.count, NULL);
    return head_answer(&head, ctx, rc);
}

/* (session, stream, fields, how many): the stream's end, with or without fields. */
CPM_JS_FUNCTION(trail)
{
    int rc = NGHTTP2_ERR_INVALID_ARGUMENT;
    struct head head = {0};

    if (head_read(&head, ctx, argc, argv)) {
        nghttp2_data_provider source = cpm_h2_stream_source(head.stream);
        head.stream->trailers = false;
        rc = head.fields.count ? nghttp2_submit_trailer(head.h2->ng, head.stream->id,
                                                        head.fields.list, head.fields.count)
                               : nghttp2_submit_data(head.h2->ng, NGHTTP2_FLAG_END_STREAM,
                                                     head.stream->id, &source);
    }
    return head_answer(&head, ctx, rc);
}

/* (session, stream, fields, how many): the number of the stream that is promised. */
CPM_JS_FUNCTION(push)
{
    int32_t id = NGHTTP2_ERR_INVALID_ARGUMENT;
    struct head head = {0};

    if (head_read(&head, ctx, argc, argv)) {
        id = nghttp2_submit_push_promise(head.h2->ng, NGHTTP2_FLAG_NONE, head.stream->id,
                                         head.fields.list, head.fields.count, NULL);
        if (id > 0)
            cpm_h2_stream_add(head.h2, id);
    }
    return head_answer(&head, ctx, id);
}

/* (session, stream, bytes): false when they cannot be kept. */
CPM_JS_FUNCTION(write_)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_h2_stream *stream = stream_arg(h2, ctx, argc, argv);
    struct cpm_js_bytes bytes;

    if (!stream || stream->ended || !cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 2), &bytes))
        return JSValueMakeBoolean(ctx, false);
    cpm_buf_add(&stream->out, bytes.ptr, bytes.len);
    if (stream->out.overflow)
        return JSValueMakeBoolean(ctx, false);
    h2->memory += bytes.len;
    cpm_h2_stream_resume(h2, stream);
    return JSValueMakeBoolean(ctx, true);
}

/* (session, stream): nothing more is written. */
CPM_JS_FUNCTION(finish)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_h2_stream *stream = stream_arg(h2, ctx, argc, argv);

    if (stream && !stream->ended) {
        stream->ended = true;
        cpm_h2_stream_resume(h2, stream);
    }
    return JSValueMakeUndefined(ctx);
}

/* (session, stream, code) */
CPM_JS_FUNCTION(reset)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    return answer(ctx, h2 ? nghttp2_submit_rst_stream(h2->ng, NGHTTP2_FLAG_NONE,
                                                      (int32_t)cpm_js_int(ctx, argc, argv, 1),
                                                      (uint32_t)cpm_js_int(ctx, argc, argv, 2))
                          : NGHTTP2_ERR_INVALID_ARGUMENT);
}

/* (session, stream, count): that many bytes were taken. */
CPM_JS_FUNCTION(consume)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    if (h2)
        nghttp2_session_consume_stream(h2->ng, (int32_t)cpm_js_int(ctx, argc, argv, 1),
                                       (size_t)cpm_js_int(ctx, argc, argv, 2));
    return JSValueMakeUndefined(ctx);
}

/* (session, stream): in the order of node's stream.state. */
CPM_JS_FUNCTION(stream_state)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    int32_t id = (int32_t)cpm_js_int(ctx, argc, argv, 1);
    nghttp2_stream *stream = h2 ? nghttp2_session_find_stream(h2->ng, id) : NULL;

    if (!stream)
        return JSValueMakeUndefined(ctx);
    const double values[] = {nghttp2_stream_get_state(stream),
                             nghttp2_stream_get_weight(stream),
                             nghttp2_stream_get_sum_dependency_weight(stream),
                             nghttp2_session_get_stream_local_close(h2->ng, id),
                             nghttp2_session_get_stream_remote_close(h2->ng, id),
                             nghttp2_session_get_stream_local_window_size(h2->ng, id)};
    return cpm_h2_numbers(ctx, values, sizeof(values) / sizeof(*values));
}

const struct cpm_js_method cpm_h2_stream_methods[] = {
    {"request", request}, {"respond", respond},
    {"inform", inform},   {"trail", trail},
    {"push", push},       {"write", write_},
    {"finish", finish},   {"reset", reset},
    {"consume", consume}, {"streamState", stream_state},
    {NULL, NULL},
};
