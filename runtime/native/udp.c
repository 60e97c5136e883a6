/* Datagrams. A send is tried at once, as a write of a stream is. onmessage(bytes, { address,
 * family, port }) is called for each that arrives, onmessage(negative errno) for a failure. */
#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"
#include "runtime/native/address.h"
#include "runtime/native/handle.h"

enum { MOST_BYTES = 64 << 10 };

struct send {
    uv_udp_send_t req; /* first: the send is found from it */
    struct cpm_pin pin;
};

/* The address in argv[at], argv[at + 1]; false when it is none. */
static bool address_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t at,
                        struct sockaddr_storage *out)
{
    char *host = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, at), NULL);
    bool good = cpm_address_of(host, (int)cpm_js_int(ctx, argc, argv, at + 1), out);

    cpm_free(host);
    return good;
}

/* (address, port, flags) */
CPM_JS_FUNCTION(bind_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct sockaddr_storage address;

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    if (!address_arg(ctx, argc, argv, 0, &address))
        return JSValueMakeNumber(ctx, UV_EINVAL);
    return JSValueMakeNumber(ctx, uv_udp_bind(&handle->uv.udp, (struct sockaddr *)&address,
                                              (unsigned)cpm_js_int(ctx, argc, argv, 2)));
}

/* (fd) */
CPM_JS_FUNCTION(open_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    uv_os_sock_t fd = (uv_os_sock_t)cpm_js_int(ctx, argc, argv, 0);

    return JSValueMakeNumber(ctx, handle ? uv_udp_open(&handle->uv.udp, fd) : UV_EBADF);
}

/* (address, port); without them the connection ends. */
CPM_JS_FUNCTION(connect_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct sockaddr_storage address;

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    if (argc == 0)
        return JSValueMakeNumber(ctx, uv_udp_connect(&handle->uv.udp, NULL));
    if (!address_arg(ctx, argc, argv, 0, &address))
        return JSValueMakeNumber(ctx, UV_EINVAL);
    return JSValueMakeNumber(ctx, uv_udp_connect(&handle->uv.udp, (struct sockaddr *)&address));
}

static void on_sent(uv_udp_send_t *req, int status)
{
    struct send *s = (struct send *)req;

    cpm_pin_finish(&s->pin, status);
    cpm_free(s);
}

/* ([bytes], callback, address, port): 0 when it is sent, 1 when the callback will come, a negative
 * errno. Without an address to the one it is connected to. */
CPM_JS_FUNCTION(send_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    JSValueRef list = cpm_js_arg(ctx, argc, argv, 0);
    struct sockaddr_storage address;
    struct sockaddr *to = argc > 2 ? (struct sockaddr *)&address : NULL;
    uv_buf_t parts[CPM_MOST_PARTS];
    unsigned count;

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    if (!cpm_stream_parts(ctx, list, parts, &count) ||
        (to && !address_arg(ctx, argc, argv, 2, &address)))
        return JSValueMakeNumber(ctx, UV_EINVAL);
    int rc = uv_udp_try_send(&handle->uv.udp, parts, count, to);
    if (rc != UV_EAGAIN)
        return JSValueMakeNumber(ctx, rc < 0 ? rc : 0);
    struct send *s = cpm_calloc(1, sizeof(*s));
    cpm_pin_take(&s->pin, handle->rt, cpm_js_arg_function(ctx, argc, argv, 1), list);
    rc = uv_udp_send(&s->req, &handle->uv.udp, parts, count, to, on_sent);
    if (rc < 0) {
        cpm_pin_drop(&s->pin);
        cpm_free(s);
    }
    return JSValueMakeNumber(ctx, rc < 0 ? rc : 1);
}

static void on_alloc(CPM_UNUSED uv_handle_t *handle, CPM_UNUSED size_t hint, uv_buf_t *out)
{
    *out = uv_buf_init(cpm_alloc(MOST_BYTES), MOST_BYTES);
}

/* Nothing arrived when there is no address: the kernel's queue is empty. */
static void on_message(uv_udp_t *udp, ssize_t count, const uv_buf_t *buf,
                       const struct sockaddr *from, CPM_UNUSED unsigned flags)
{
    struct cpm_handle *handle = (struct cpm_handle *)udp;
    struct cpm_runtime *rt = handle->rt;
    JSValueRef argv[] = {JSValueMakeNumber(rt->ctx, (double)count), NULL};

    if (count < 0 || !from) {
        cpm_free(buf->base);
        if (count < 0)
            cpm_loop_emit(rt, handle->object, "onmessage", 1, argv);
        return;
    }
    char *bytes = cpm_realloc(buf->base, count > 0 ? (size_t)count : 1, 1);
    if (count == 0)
        cpm_free(bytes);
    argv[0] = cpm_js_take_bytes(rt->ctx, count > 0 ? bytes : NULL, (size_t)count);
    argv[1] = cpm_address_object(rt->ctx, (const struct sockaddr_storage *)from);
    cpm_loop_emit(rt, handle->object, "onmessage", 2, argv);
}

CPM_JS_FUNCTION(receive_start)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int rc = handle ? uv_udp_recv_start(&handle->uv.udp, on_alloc, on_message) : UV_EBADF;

    return JSValueMakeNumber(ctx, rc == UV_EALREADY ? 0 : rc);
}

CPM_JS_FUNCTION(receive_stop)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(ctx, handle ? uv_udp_recv_stop(&handle->uv.udp) : UV_EBADF);
}

/* (whether the peer's): { address, family, port }, or a negative errno. */
CPM_JS_FUNCTION(name_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct sockaddr_storage address;
    int size = sizeof(address), rc = UV_EBADF;

    if (handle)
        rc = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0))
                 ? uv_udp_getpeername(&handle->uv.udp, (struct sockaddr *)&address, &size)
                 : uv_udp_getsockname(&handle->uv.udp, (struct sockaddr *)&address, &size);
    return rc < 0 ? JSValueMakeNumber(ctx, rc) : cpm_address_object(ctx, &address);
}

/* What a number sets. */
#define SETTING(name, set)                                                                         \
    CPM_JS_FUNCTION(name)                                                                          \
    {                                                                                              \
        struct cpm_handle *handle = cpm_handle_of(self);                                           \
                                                                                                   \
        return JSValueMakeNumber(                                                                  \
            ctx, handle ? set(&handle->uv.udp, (int)cpm_js_int(ctx, argc, argv, 0)) : UV_EBADF);   \
    }
SETTING(set_broadcast, uv_udp_set_broadcast)
SETTING(set_ttl, uv_udp_set_ttl)
SETTING(set_multicast_ttl, uv_udp_set_multicast_ttl)
SETTING(set_multicast_loop, uv_udp_set_multicast_loop)

/* (address of the interface) */
CPM_JS_FUNCTION(set_interface)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    char *address = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    int rc = handle ? uv_udp_set_multicast_interface(&handle->uv.udp, address) : UV_EBADF;

    cpm_free(address);
    return JSValueMakeNumber(ctx, rc);
}

/* (whether to join, group, interface or none, source or none) */
CPM_JS_FUNCTION(membership)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    bool join = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0));
    uv_membership what = join ? UV_JOIN_GROUP : UV_LEAVE_GROUP;
    char *group = cpm_js_arg_utf8(ctx, argc, argv, 1);
    char *interface = cpm_js_arg_utf8(ctx, argc, argv, 2);
    char *source = cpm_js_arg_utf8(ctx, argc, argv, 3);
    int rc = UV_EBADF;

    if (handle && group)
        rc = source ? uv_udp_set_source_membership(&handle->uv.udp, group, interface, source, what)
                    : uv_udp_set_membership(&handle->uv.udp, group, interface, what);
    cpm_free(group);
    cpm_free(interface);
    cpm_free(source);
    return JSValueMakeNumber(ctx, rc);
}

/* (whether the receiving one, size or 0 to ask): the size, or a negative errno. */
CPM_JS_FUNCTION(buffer_size)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int size = (int)cpm_js_int(ctx, argc, argv, 1), rc = UV_EBADF;

    if (handle)
        rc = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0))
                 ? uv_recv_buffer_size(&handle->uv.handle, &size)
                 : uv_send_buffer_size(&handle->uv.handle, &size);
    return JSValueMakeNumber(ctx, rc < 0 ? rc : size);
}

/* [bytes, datagrams] that wait to be sent. */
CPM_JS_FUNCTION(queued)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    const JSValueRef sizes[] = {
        JSValueMakeNumber(ctx, handle ? (double)uv_udp_get_send_queue_size(&handle->uv.udp) : 0),
        JSValueMakeNumber(ctx, handle ? (double)uv_udp_get_send_queue_count(&handle->uv.udp) : 0)};

    return JSObjectMakeArray(ctx, 2, sizes, NULL);
}

CPM_JS_FUNCTION(fd_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    uv_os_fd_t fd;

    return JSValueMakeNumber(ctx,
                             handle && uv_fileno(&handle->uv.handle, &fd) == 0 ? fd : UV_EBADF);
}

JSObjectRef cpm_udp_object(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"bind", bind_},
        {"open", open_},
        {"connect", connect_},
        {"send", send_},
        {"receiveStart", receive_start},
        {"receiveStop", receive_stop},
        {"name", name_},
        {"setBroadcast", set_broadcast},
        {"setTTL", set_ttl},
        {"setMulticastTTL", set_multicast_ttl},
        {"setMulticastLoopback", set_multicast_loop},
        {"setMulticastInterface", set_interface},
        {"membership", membership},
        {"bufferSize", buffer_size},
        {"queued", queued},
        {"fileno", fd_},
        {NULL, NULL},
    };
    struct cpm_handle *handle = cpm_handle_new(rt);

    uv_udp_init(&rt->loop, &handle->uv.udp);
    return cpm_handle_object(handle, methods);
}

CPM_JS_FUNCTION(new_socket)
{
    return cpm_udp_object(cpm_runtime_current());
}

JSObjectRef cpm_native_udp(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"socket", new_socket}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
