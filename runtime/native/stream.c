/* Reading and writing of tcp, pipe and tty alike. A write is tried at once: what the kernel takes
 * whole costs no callback. onread(count or negative errno, bytes, [handle that came along]) is
 * called for each piece that was read; the bytes belong to the array it is given. */
#include "runtime/native/handle.h"

#include "base/mem.h"
#include "runtime/loop.h"

enum { READ_SIZE = 64 << 10 };

struct write {
    uv_write_t req; /* first: the write is found from it */
    struct cpm_pin pin;
    char *text; /* owned, or NULL */
};

struct shutdown {
    uv_shutdown_t req; /* first */
    struct cpm_pin pin;
};

static void on_alloc(CPM_UNUSED uv_handle_t *handle, CPM_UNUSED size_t hint, uv_buf_t *out)
{
    *out = uv_buf_init(cpm_alloc(READ_SIZE), READ_SIZE);
}

static JSValueRef bytes_of(struct cpm_runtime *rt, const uv_buf_t *buf, ssize_t count)
{
    if (count <= 0) {
        cpm_free(buf->base);
        return JSValueMakeUndefined(rt->ctx);
    }
    return cpm_js_take_bytes(rt->ctx, cpm_realloc(buf->base, (size_t)count, 1), (size_t)count);
}

static JSObjectRef accept_pending(struct cpm_handle *channel)
{
    struct cpm_runtime *rt = channel->rt;
    uv_handle_type type = uv_pipe_pending_type(&channel->uv.pipe);
    JSObjectRef object =
        type == UV_UDP ? cpm_udp_object(rt) : cpm_net_object(rt, type == UV_TCP, false);
    struct cpm_handle *arrived = cpm_handle_of(object);

    uv_accept(&channel->uv.stream, &arrived->uv.stream);
    cpm_js_set(rt->ctx, object, "isTcp", JSValueMakeBoolean(rt->ctx, type == UV_TCP));
    return object;
}

/* The handles that arrived over a channel between processes, in an array; else undefined. */
static JSValueRef pending_handles(struct cpm_handle *handle)
{
    JSContextRef ctx = handle->rt->ctx;

    if (handle->uv.handle.type != UV_NAMED_PIPE || !handle->uv.pipe.ipc ||
        uv_pipe_pending_count(&handle->uv.pipe) == 0)
        return JSValueMakeUndefined(ctx);
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);
    for (unsigned i = 0; uv_pipe_pending_count(&handle->uv.pipe) > 0; i++)
        JSObjectSetPropertyAtIndex(ctx, list, i, accept_pending(handle), NULL);
    return list;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct cpm_handle *handle = (struct cpm_handle *)stream;
    struct cpm_runtime *rt = handle->rt;

    if (count == 0) {
        cpm_free(buf->base);
        return;
    }
    const JSValueRef argv[] = {JSValueMakeNumber(rt->ctx, (double)count), bytes_of(rt, buf, count),
                               pending_handles(handle)};
    cpm_loop_emit(rt, handle->object, "onread", 3, argv);
}

CPM_JS_FUNCTION(read_start)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    return JSValueMakeNumber(ctx, uv_read_start(&handle->uv.stream,
                                                handle->alloc ? handle->alloc : on_alloc,
                                                handle->read ? handle->read : on_read));
}

CPM_JS_FUNCTION(read_stop)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(ctx, handle ? uv_read_stop(&handle->uv.stream) : UV_EBADF);
}

static void on_written(uv_write_t *req, int status)
{
    struct write *w = (struct write *)req;

    cpm_pin_finish(&w->pin, status);
    cpm_free(w->text);
    cpm_free(w);
}

bool cpm_stream_parts(JSContextRef ctx, JSValueRef value, uv_buf_t parts[CPM_MOST_PARTS],
                      unsigned *count)
{
    struct cpm_js_bytes bytes;

    if (cpm_js_bytes(ctx, value, &bytes)) {
        parts[0] = uv_buf_init((char *)bytes.ptr, (unsigned)bytes.len);
        *count = 1;
        return true;
    }
    JSObjectRef list = JSValueToObject(ctx, value, NULL);
    double length = list ? cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;
    if (!(length > 0 && length <= CPM_MOST_PARTS))
        return false;
    *count = (unsigned)length;
    for (unsigned i = 0; i < *count; i++) {
        if (!cpm_js_bytes(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), &bytes))
            return false;
        parts[i] = uv_buf_init((char *)bytes.ptr, (unsigned)bytes.len);
    }
    return true;
}

/* Takes off the front what was written. */
static uv_buf_t *advance(uv_buf_t *parts, unsigned *count, size_t wrote)
{
    while (*count > 0 && wrote >= parts->len) {
        wrote -= parts->len;
        parts++;
        (*count)--;
    }
    if (*count > 0) {
        parts->base += wrote;
        parts->len -= wrote;
    }
    return parts;
}

/* (bytes, text or [bytes], callback, handle to send or none): 0 when all is written, 1 when the
 * callback will come, a negative errno. */
CPM_JS_FUNCTION(write_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    JSValueRef value = cpm_js_arg(ctx, argc, argv, 0);
    uv_stream_t *sent = argc > 2 ? cpm_stream_of(ctx, argv[2]) : NULL;
    uv_buf_t parts[CPM_MOST_PARTS], *rest = parts;
    unsigned count = 1;
    char *text = NULL;

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    if (JSValueIsString(ctx, value)) {
        size_t len;
        text = cpm_js_utf8(ctx, value, &len);
        parts[0] = uv_buf_init(text, (unsigned)len);
    } else if (!cpm_stream_parts(ctx, value, parts, &count)) {
        return JSValueMakeNumber(ctx, UV_EINVAL);
    }
    int wrote = sent ? UV_EAGAIN : uv_try_write(&handle->uv.stream, parts, count);
    if (wrote >= 0)
        rest = advance(parts, &count, (size_t)wrote);
    if (wrote >= 0 ? count == 0 : wrote != UV_EAGAIN) {
        cpm_free(text);
        return JSValueMakeNumber(ctx, wrote < 0 ? wrote : 0);
    }
    struct write *w = cpm_calloc(1, sizeof(*w));
    w->text = text;
    cpm_pin_take(&w->pin, handle->rt, cpm_js_arg_function(ctx, argc, argv, 1), value);
    int rc = sent ? uv_write2(&w->req, &handle->uv.stream, rest, count, sent, on_written)
                  : uv_write(&w->req, &handle->uv.stream, rest, count, on_written);
    if (rc < 0) {
        w->pin.callback = NULL;
        on_written(&w->req, rc);
    }
    return JSValueMakeNumber(ctx, rc < 0 ? rc : 1);
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
    struct shutdown *s = (struct shutdown *)req;

    cpm_pin_finish(&s->pin, status);
    cpm_free(s);
}

/* (callback): no more is written. */
CPM_JS_FUNCTION(shutdown_)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    struct shutdown *s = cpm_calloc(1, sizeof(*s));
    cpm_pin_take(&s->pin, handle->rt, cpm_js_arg_function(ctx, argc, argv, 0), NULL);
    int rc = uv_shutdown(&s->req, &handle->uv.stream, on_shutdown);
    if (rc < 0) {
        cpm_pin_drop(&s->pin);
        cpm_free(s);
    }
    return JSValueMakeNumber(ctx, rc);
}

CPM_JS_FUNCTION(set_blocking)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(
        ctx, handle ? uv_stream_set_blocking(&handle->uv.stream,
                                             JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)))
                    : UV_EBADF);
}

/* How many bytes wait to be written. */
CPM_JS_FUNCTION(queued)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(ctx, handle ? (double)handle->uv.stream.write_queue_size : 0);
}

CPM_JS_FUNCTION(fd_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    uv_os_fd_t fd;

    if (!handle || uv_fileno(&handle->uv.handle, &fd) < 0)
        return JSValueMakeNumber(ctx, -1);
    return JSValueMakeNumber(ctx, fd);
}

const struct cpm_js_method cpm_stream_methods[] = {
    {"readStart", read_start}, {"readStop", read_stop},
    {"write", write_},         {"shutdown", shutdown_},
    {"queued", queued},        {"setBlocking", set_blocking},
    {"fileno", fd_},           {NULL, NULL},
};

JSObjectRef cpm_stream_object(struct cpm_handle *handle, const struct cpm_js_method *methods)
{
    JSObjectRef object = cpm_handle_object(handle, cpm_stream_methods);

    if (methods)
        cpm_js_add(handle->rt->ctx, object, methods);
    return object;
}

uv_stream_t *cpm_stream_of(JSContextRef ctx, JSValueRef value)
{
    if (!JSValueIsObject(ctx, value))
        return NULL;
    struct cpm_handle *handle = cpm_handle_of(JSValueToObject(ctx, value, NULL));
    return handle ? &handle->uv.stream : NULL;
}
