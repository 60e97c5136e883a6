/* The object native('http2'): sessions as boxes. feed() reads what the connection gave, take()
 * gives what it is to get; everything else is put down for the next take(). Numbers below zero are
 * nghttp2's errors. */
#include "runtime/native/http2/http2.h"

#include "base/mem.h"
#include "runtime/builtins.h"

#include <string.h>

enum { TAKE_SIZE = 64 << 10, MOST_TAKE = 1 << 28, MOST_SETTINGS = 64, PING_SIZE = 8 };

static void session_free(void *content)
{
    cpm_h2_end(content);
    cpm_free(content);
}

static const struct cpm_box_kind kind = {"Http2Session", session_free};

struct cpm_h2 *cpm_h2_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    struct cpm_h2 *h2 = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);

    return h2 && h2->ng && !h2->ending ? h2 : NULL;
}

static JSValueRef answer(JSContextRef ctx, int64_t rc)
{
    return JSValueMakeNumber(ctx, (double)rc);
}

/* (whether a server's, [limits], [calls]): a session, or an error. */
CPM_JS_FUNCTION(open_)
{
    struct cpm_h2_limits limits = {JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)), {0}};
    JSObjectRef values = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 1), exception);
    JSValueRef calls = cpm_js_arg(ctx, argc, argv, 2);
    JSObjectRef list = values ? JSValueToObject(ctx, calls, exception) : NULL;

    if (!list)
        return JSValueMakeUndefined(ctx);
    struct cpm_h2 *h2 = cpm_calloc(1, sizeof(*h2));
    h2->rt = cpm_runtime_current();
    for (unsigned i = 0; i < sizeof(limits.values) / sizeof(*limits.values); i++)
        limits.values[i] =
            (int64_t)cpm_js_number(ctx, JSObjectGetPropertyAtIndex(ctx, values, i, NULL), -1);
    for (unsigned i = 0; i < CPM_H2_CALLS; i++)
        h2->calls[i] =
            JSValueToObject(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), exception);
    JSObjectRef box = cpm_box_new(ctx, &kind, h2);
    cpm_js_set(ctx, box, "calls", calls);
    int rc = cpm_h2_open(h2, &limits);
    return rc == 0 ? box : answer(ctx, rc);
}

static void leave(struct cpm_h2 *h2)
{
    h2->depth--;
    if (h2->ending)
        cpm_h2_end(h2);
}

/* (session, bytes, from): 0, [where to go on when the program has had its turn], an error, or
 * node's code of one. */
CPM_JS_FUNCTION(feed)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_js_bytes bytes;
    int64_t from = cpm_js_int(ctx, argc, argv, 2);
    if (!h2 || h2->depth || !cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes) ||
        from < 0 || (uint64_t)from > bytes.len)
        return answer(ctx, 0);
    /* JavaScript may change its bytes while it is called. */
    size_t len = bytes.len - (size_t)from;
    uint8_t *copy = cpm_alloc(len + 1);
    memcpy(copy, bytes.ptr ? bytes.ptr + from : copy, len);
    h2->depth++;
    h2->paused = false;
    ssize_t rc = nghttp2_session_mem_recv(h2->ng, copy, len);
    cpm_free(copy);
    const char *fault = h2->ending ? NULL : h2->fault;
    bool ending = h2->ending, paused = h2->paused;
    leave(h2);
    if (fault)
        return cpm_js_text(ctx, fault);
    if (ending || rc < 0 || !paused)
        return answer(ctx, ending || rc >= 0 ? 0 : rc);
    const JSValueRef on[] = {answer(ctx, from + rc)};
    return JSObjectMakeArray(ctx, 1, on, NULL);
}

static void tell_notes(struct cpm_h2 *h2)
{
    struct cpm_buf notes = h2->notes;

    cpm_buf_init(&h2->notes, notes.max);
    for (size_t at = 0; at + 2 * sizeof(int32_t) <= notes.len; at += 2 * sizeof(int32_t)) {
        int32_t pair[2];
        memcpy(pair, notes.ptr + at, sizeof(pair));
        const JSValueRef id[] = {JSValueMakeNumber(h2->rt->ctx, pair[0])};
        cpm_h2_tell(h2, (enum cpm_h2_call)pair[1], 1, id);
    }
    cpm_buf_release(&notes);
}

/* (session): bytes for the connection, undefined when there are none, or an error. */
CPM_JS_FUNCTION(take)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_buf out = CPM_BUF_INIT(MOST_TAKE);
    const uint8_t *part;
    ssize_t len = 0;

    if (!h2 || h2->depth)
        return JSValueMakeUndefined(ctx);
    h2->depth++;
    while (out.len < TAKE_SIZE && (len = nghttp2_session_mem_send(h2->ng, &part)) > 0)
        cpm_buf_add(&out, part, (size_t)len);
    if (h2->notes.len)
        tell_notes(h2);
    leave(h2);
    if (out.len)
        return cpm_js_take_bytes(ctx, out.ptr, out.len);
    cpm_buf_release(&out);
    return len < 0 ? answer(ctx, len) : JSValueMakeUndefined(ctx);
}

/* (session): from now on it does nothing. */
CPM_JS_FUNCTION(end)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    if (h2)
        cpm_h2_end(h2);
    return JSValueMakeUndefined(ctx);
}

/* (session, [number, value, …]) */
CPM_JS_FUNCTION(settings)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    JSObjectRef list = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 1), exception);
    nghttp2_settings_entry entries[MOST_SETTINGS];
    size_t count = 0;

    if (!h2 || !list)
        return answer(ctx, NGHTTP2_ERR_INVALID_ARGUMENT);
    size_t len = (size_t)cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) / 2;
    for (; count < len && count < MOST_SETTINGS; count++) {
        unsigned at = 2 * (unsigned)count;
        const JSValueRef pair[] = {JSObjectGetPropertyAtIndex(ctx, list, at, NULL),
                                   JSObjectGetPropertyAtIndex(ctx, list, at + 1, NULL)};
        entries[count] = (nghttp2_settings_entry){(int32_t)cpm_js_int(ctx, 2, pair, 0),
                                                  (uint32_t)cpm_js_int(ctx, 2, pair, 1)};
    }
    return answer(ctx, nghttp2_submit_settings(h2->ng, NGHTTP2_FLAG_NONE, entries, count));
}

/* (session, eight bytes or none) */
CPM_JS_FUNCTION(ping)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_js_bytes bytes = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes);
    return answer(ctx, h2 ? nghttp2_submit_ping(h2->ng, NGHTTP2_FLAG_NONE,
                                                bytes.len == PING_SIZE ? bytes.ptr : NULL)
                          : NGHTTP2_ERR_INVALID_ARGUMENT);
}

/* (session, code, last stream, bytes or none): a last stream of 0 or below is the last that came.
 */
CPM_JS_FUNCTION(go_away)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    struct cpm_js_bytes bytes = {NULL, 0};
    int32_t last = (int32_t)cpm_js_int(ctx, argc, argv, 2);

    if (!h2)
        return answer(ctx, NGHTTP2_ERR_INVALID_ARGUMENT);
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 3), &bytes);
    if (last <= 0)
        last = nghttp2_session_get_last_proc_stream_id(h2->ng);
    return answer(ctx, nghttp2_submit_goaway(h2->ng, NGHTTP2_FLAG_NONE, last,
                                             (uint32_t)cpm_js_int(ctx, argc, argv, 1), bytes.ptr,
                                             bytes.len));
}

/* (session, code): a GOAWAY behind which nothing is read or sent. */
CPM_JS_FUNCTION(terminate)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    if (h2)
        nghttp2_session_terminate_session(h2->ng, (uint32_t)cpm_js_int(ctx, argc, argv, 1));
    return JSValueMakeUndefined(ctx);
}

/* (session): a GOAWAY that says that one will follow. */
CPM_JS_FUNCTION(announce_end)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    if (h2)
        nghttp2_submit_shutdown_notice(h2->ng);
    return JSValueMakeUndefined(ctx);
}

/* (session, stream, origin, value) */
CPM_JS_FUNCTION(altsvc)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    size_t origin_len, value_len;

    if (!h2)
        return JSValueMakeUndefined(ctx);
    char *origin = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 2), &origin_len);
    char *value = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 3), &value_len);
    int rc =
        nghttp2_submit_altsvc(h2->ng, NGHTTP2_FLAG_NONE, (int32_t)cpm_js_int(ctx, argc, argv, 1),
                              (uint8_t *)origin, origin_len, (uint8_t *)value, value_len);
    cpm_free(origin);
    cpm_free(value);
    return answer(ctx, rc);
}

/* (session, [origin, …]) */
CPM_JS_FUNCTION(origin)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    char **texts = cpm_js_texts(ctx, cpm_js_arg(ctx, argc, argv, 1));
    size_t count = 0;

    if (h2 && texts) {
        while (texts[count])
            count++;
        nghttp2_origin_entry *list = cpm_calloc(count + 1, sizeof(*list));
        for (size_t i = 0; i < count; i++)
            list[i] = (nghttp2_origin_entry){(uint8_t *)texts[i], strlen(texts[i])};
        nghttp2_submit_origin(h2->ng, NGHTTP2_FLAG_NONE, list, count);
        cpm_free(list);
    }
    cpm_js_texts_free(texts);
    return JSValueMakeUndefined(ctx);
}

/* (session, size of the connection's window) */
CPM_JS_FUNCTION(set_window)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    return answer(
        ctx, h2 ? nghttp2_session_set_local_window_size(h2->ng, NGHTTP2_FLAG_NONE, 0,
                                                        (int32_t)cpm_js_int(ctx, argc, argv, 1))
                : NGHTTP2_ERR_INVALID_ARGUMENT);
}

/* (session, number) */
CPM_JS_FUNCTION(set_next)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    return answer(ctx, h2 ? nghttp2_session_set_next_stream_id(
                                h2->ng, (int32_t)cpm_js_int(ctx, argc, argv, 1))
                          : NGHTTP2_ERR_INVALID_ARGUMENT);
}

/* (session): in the order of node's session.state; behind them whether more is read and written,
 * and the memory in use. */
CPM_JS_FUNCTION(state)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);

    if (!h2)
        return JSValueMakeUndefined(ctx);
    nghttp2_session *ng = h2->ng;
    const double values[] = {nghttp2_session_get_effective_local_window_size(ng),
                             nghttp2_session_get_effective_recv_data_length(ng),
                             nghttp2_session_get_next_stream_id(ng),
                             nghttp2_session_get_local_window_size(ng),
                             nghttp2_session_get_last_proc_stream_id(ng),
                             nghttp2_session_get_remote_window_size(ng),
                             (double)nghttp2_session_get_outbound_queue_size(ng),
                             (double)nghttp2_session_get_hd_deflate_dynamic_table_size(ng),
                             (double)nghttp2_session_get_hd_inflate_dynamic_table_size(ng),
                             nghttp2_session_want_read(ng),
                             nghttp2_session_want_write(ng),
                             (double)h2->memory};
    return cpm_h2_numbers(ctx, values, sizeof(values) / sizeof(*values));
}

/* (session, number, whether the other side's): a setting. */
CPM_JS_FUNCTION(setting)
{
    struct cpm_h2 *h2 = cpm_h2_arg(ctx, argc, argv);
    nghttp2_settings_id id = (nghttp2_settings_id)cpm_js_int(ctx, argc, argv, 1);

    if (!h2)
        return JSValueMakeUndefined(ctx);
    return answer(ctx, JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 2))
                           ? nghttp2_session_get_remote_settings(h2->ng, id)
                           : nghttp2_session_get_local_settings(h2->ng, id));
}

/* (number): its words. */
CPM_JS_FUNCTION(words)
{
    return cpm_js_text(ctx, nghttp2_strerror((int)cpm_js_int(ctx, argc, argv, 0)));
}

__attribute__((visibility("default"))) cpm_native_fn cpm_native_http2;

JSObjectRef cpm_native_http2(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"open", open_},
        {"feed", feed},
        {"take", take},
        {"end", end},
        {"settings", settings},
        {"ping", ping},
        {"goAway", go_away},
        {"terminate", terminate},
        {"announceEnd", announce_end},
        {"altsvc", altsvc},
        {"origin", origin},
        {"setWindow", set_window},
        {"setNext", set_next},
        {"state", state},
        {"setting", setting},
        {"words", words},
        {NULL, NULL},
    };

    JSObjectRef object = cpm_js_object(rt->ctx, methods);

    cpm_js_add(rt->ctx, object, cpm_h2_stream_methods);
    return object;
}
