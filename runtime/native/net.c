/* TCP sockets, pipes and terminals. A server calls onconnection(status, handle of the client);
 * connecting calls its callback(status). */
#include "runtime/native/handle.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"
#include "runtime/native/address.h"

#include <string.h>
#include <sys/un.h>

struct connect {
    uv_connect_t req; /* first: found from libuv's pointer */
    struct cpm_pin pin;
};

/* Below, behind the functions that it names. */
static const struct cpm_js_method *methods_of(bool tcp);

JSObjectRef cpm_net_object(struct cpm_runtime *rt, bool tcp, bool ipc)
{
    struct cpm_handle *handle = cpm_handle_new(rt);

    if (tcp)
        uv_tcp_init(&rt->loop, &handle->uv.tcp);
    else
        uv_pipe_init(&rt->loop, &handle->uv.pipe, ipc);
    return cpm_stream_object(handle, methods_of(tcp));
}

static void on_connection(uv_stream_t *server, int status)
{
    struct cpm_handle *handle = (struct cpm_handle *)server;
    struct cpm_runtime *rt = handle->rt;
    JSValueRef argv[] = {JSValueMakeNumber(rt->ctx, status), JSValueMakeUndefined(rt->ctx)};

    if (status == 0) {
        JSObjectRef client = cpm_net_object(rt, handle->uv.handle.type == UV_TCP, false);
        struct cpm_handle *accepted = cpm_handle_of(client);
        if (uv_accept(server, &accepted->uv.stream) < 0) {
            cpm_handle_close(accepted, NULL);
            return;
        }
        argv[1] = client;
    }
    cpm_loop_emit(rt, handle->object, "onconnection", 2, argv);
}

static void on_connected(uv_connect_t *req, int status)
{
    struct connect *c = (struct connect *)req;

    cpm_pin_finish(&c->pin, status);
    cpm_free(c);
}

static struct connect *connecting(struct cpm_handle *handle, JSObjectRef callback)
{
    struct connect *c = cpm_calloc(1, sizeof(*c));

    cpm_pin_take(&c->pin, handle->rt, callback, NULL);
    return c;
}

static void connecting_failed(struct connect *c)
{
    cpm_pin_drop(&c->pin);
    cpm_free(c);
}

/* (host, port, flags) */
CPM_JS_FUNCTION(tcp_bind)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    char *host = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct sockaddr_storage address;
    int rc = UV_EBADF;

    if (handle)
        rc = !cpm_address_of(host, (int)cpm_js_int(ctx, argc, argv, 1), &address)
                 ? UV_EINVAL
                 : uv_tcp_bind(&handle->uv.tcp, (struct sockaddr *)&address,
                               (unsigned)cpm_js_int(ctx, argc, argv, 2));
    cpm_free(host);
    return JSValueMakeNumber(ctx, rc);
}

/* (host, port, callback) */
CPM_JS_FUNCTION(tcp_connect)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    char *host = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct sockaddr_storage address;
    bool good = handle && cpm_address_of(host, (int)cpm_js_int(ctx, argc, argv, 1), &address);

    cpm_free(host);
    if (!good)
        return JSValueMakeNumber(ctx, handle ? UV_EINVAL : UV_EBADF);
    struct connect *c = connecting(handle, cpm_js_arg_function(ctx, argc, argv, 2));
    int rc = uv_tcp_connect(&c->req, &handle->uv.tcp, (struct sockaddr *)&address, on_connected);
    if (rc < 0)
        connecting_failed(c);
    return JSValueMakeNumber(ctx, rc);
}

CPM_JS_FUNCTION(listen_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int backlog = (int)cpm_js_int(ctx, argc, argv, 0);

    return JSValueMakeNumber(ctx, handle ? uv_listen(&handle->uv.stream, backlog, on_connection)
                                         : UV_EBADF);
}

/* (whether the peer's): { address, family, port }, or a negative errno. */
CPM_JS_FUNCTION(tcp_name)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct sockaddr_storage address;
    int size = sizeof(address), rc = UV_EBADF;

    if (handle)
        rc = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0))
                 ? uv_tcp_getpeername(&handle->uv.tcp, (struct sockaddr *)&address, &size)
                 : uv_tcp_getsockname(&handle->uv.tcp, (struct sockaddr *)&address, &size);
    return rc < 0 ? JSValueMakeNumber(ctx, rc) : cpm_address_object(ctx, &address);
}

CPM_JS_FUNCTION(tcp_nodelay)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(
        ctx, handle ? uv_tcp_nodelay(&handle->uv.tcp,
                                     JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)))
                    : UV_EBADF);
}

/* (whether, seconds) */
CPM_JS_FUNCTION(tcp_keepalive)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    bool on = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0));

    return JSValueMakeNumber(
        ctx, handle
                 ? uv_tcp_keepalive(&handle->uv.tcp, on, (unsigned)cpm_js_int(ctx, argc, argv, 1))
                 : UV_EBADF);
}

/* Ends the connection with a reset. */
CPM_JS_FUNCTION(tcp_reset)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    uv_os_fd_t fd;

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    if (uv_fileno(&handle->uv.handle, &fd) == 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    cpm_handle_close(handle, cpm_js_arg_function(ctx, argc, argv, 0));
    return JSValueMakeNumber(ctx, 0);
}

/* (fd) */
CPM_JS_FUNCTION(open_)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int fd = (int)cpm_js_int(ctx, argc, argv, 0);

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    return JSValueMakeNumber(ctx, handle->uv.handle.type == UV_TCP
                                      ? uv_tcp_open(&handle->uv.tcp, fd)
                                      : uv_pipe_open(&handle->uv.pipe, fd));
}

/* libuv cuts a path that does not fit, so that the socket would stand somewhere else. */
static bool fits(const char *path)
{
    return strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

CPM_JS_FUNCTION(pipe_bind)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    int rc = !handle ? UV_EBADF : !fits(path) ? UV_EINVAL : uv_pipe_bind(&handle->uv.pipe, path);

    cpm_free(path);
    return JSValueMakeNumber(ctx, rc);
}

/* (path, callback) */
CPM_JS_FUNCTION(pipe_connect)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (!handle)
        return JSValueMakeNumber(ctx, UV_EBADF);
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    if (!fits(path)) {
        cpm_free(path);
        return JSValueMakeNumber(ctx, UV_EINVAL);
    }
    struct connect *c = connecting(handle, cpm_js_arg_function(ctx, argc, argv, 1));
    uv_pipe_connect(&c->req, &handle->uv.pipe, path, on_connected);
    cpm_free(path);
    return JSValueMakeNumber(ctx, 0);
}

CPM_JS_FUNCTION(pipe_chmod)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int mode = (int)cpm_js_int(ctx, argc, argv, 0);

    return JSValueMakeNumber(ctx, handle ? uv_pipe_chmod(&handle->uv.pipe, mode) : UV_EBADF);
}

CPM_JS_FUNCTION(tty_mode)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    bool raw = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0));

    return JSValueMakeNumber(
        ctx, handle ? uv_tty_set_mode(&handle->uv.tty, raw ? UV_TTY_MODE_RAW : UV_TTY_MODE_NORMAL)
                    : UV_EBADF);
}

/* [columns, rows], or a negative errno. */
CPM_JS_FUNCTION(tty_size)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    int width = 0, height = 0;
    int rc = handle ? uv_tty_get_winsize(&handle->uv.tty, &width, &height) : UV_EBADF;
    const JSValueRef size[] = {JSValueMakeNumber(ctx, width), JSValueMakeNumber(ctx, height)};

    return rc < 0 ? JSValueMakeNumber(ctx, rc) : JSObjectMakeArray(ctx, 2, size, NULL);
}

static const struct cpm_js_method tcp_methods[] = {
    {"bind", tcp_bind},
    {"connect", tcp_connect},
    {"listen", listen_},
    {"name", tcp_name},
    {"setNoDelay", tcp_nodelay},
    {"setKeepAlive", tcp_keepalive},
    {"reset", tcp_reset},
    {"open", open_},
    {NULL, NULL},
};
static const struct cpm_js_method pipe_methods[] = {
    {"bind", pipe_bind}, {"connect", pipe_connect}, {"listen", listen_},
    {"open", open_},     {"chmod", pipe_chmod},     {NULL, NULL},
};
static const struct cpm_js_method *methods_of(bool tcp)
{
    return tcp ? tcp_methods : pipe_methods;
}

static const struct cpm_js_method tty_methods[] = {
    {"setRawMode", tty_mode}, {"size", tty_size}, {NULL, NULL}};

CPM_JS_FUNCTION(new_tcp)
{
    return cpm_net_object(cpm_runtime_current(), true, false);
}

/* (whether handles may be sent over it) */
CPM_JS_FUNCTION(new_pipe)
{
    return cpm_net_object(cpm_runtime_current(), false,
                          JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)));
}

/* (fd): a terminal's handle, or a negative errno. */
CPM_JS_FUNCTION(new_tty)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_handle *handle = cpm_handle_new(rt);
    int rc = uv_tty_init(&rt->loop, &handle->uv.tty, (uv_file)cpm_js_int(ctx, argc, argv, 0), 0);

    if (rc < 0) {
        cpm_free(handle);
        return JSValueMakeNumber(ctx, rc);
    }
    return cpm_stream_object(handle, tty_methods);
}

struct lookup {
    uv_getaddrinfo_t req; /* first */
    struct cpm_pin pin;
};

static void on_lookup(uv_getaddrinfo_t *req, int status, struct addrinfo *list)
{
    struct lookup *l = (struct lookup *)req;
    JSContextRef ctx = l->pin.rt->ctx;
    JSObjectRef found = JSObjectMakeArray(ctx, 0, NULL, NULL);
    char text[INET6_ADDRSTRLEN];
    unsigned n = 0;

    for (struct addrinfo *at = list; at; at = at->ai_next) {
        if (at->ai_family == AF_INET)
            uv_ip4_name((struct sockaddr_in *)at->ai_addr, text, sizeof(text));
        else if (at->ai_family == AF_INET6)
            uv_ip6_name((struct sockaddr_in6 *)at->ai_addr, text, sizeof(text));
        else
            continue;
        JSObjectSetPropertyAtIndex(ctx, found, n++, cpm_js_text(ctx, text), NULL);
    }
    uv_freeaddrinfo(list);
    const JSValueRef argv[] = {JSValueMakeNumber(ctx, status), found};
    cpm_loop_call(l->pin.rt, l->pin.callback, NULL, 2, argv);
    JSValueUnprotect(ctx, l->pin.callback);
    cpm_free(l);
}

/* (host, family 0, 4 or 6, flags, callback(status, [address])) */
CPM_JS_FUNCTION(lookup)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    int64_t family = cpm_js_int(ctx, argc, argv, 1);
    struct addrinfo hints = {.ai_family = family == 4   ? AF_INET
                                          : family == 6 ? AF_INET6
                                                        : AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = (int)cpm_js_int(ctx, argc, argv, 2)};
    JSObjectRef callback = cpm_js_arg_function(ctx, argc, argv, 3);

    if (!callback)
        return JSValueMakeNumber(ctx, UV_EINVAL);
    char *host = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct lookup *l = cpm_calloc(1, sizeof(*l));
    cpm_pin_take(&l->pin, rt, callback, NULL);
    int rc = uv_getaddrinfo(&rt->loop, &l->req, on_lookup, host, NULL, &hints);
    cpm_free(host);
    if (rc < 0) {
        JSValueUnprotect(ctx, callback);
        cpm_free(l);
    }
    return JSValueMakeNumber(ctx, rc);
}

struct name_query {
    uv_getnameinfo_t req; /* first */
    struct cpm_pin pin;
};

static void on_name(uv_getnameinfo_t *req, int status, const char *host, const char *service)
{
    struct name_query *q = (struct name_query *)req;
    JSContextRef ctx = q->pin.rt->ctx;
    const JSValueRef argv[] = {JSValueMakeNumber(ctx, status),
                               cpm_js_text(ctx, status < 0 ? "" : host),
                               cpm_js_text(ctx, status < 0 ? "" : service)};

    cpm_loop_call(q->pin.rt, q->pin.callback, NULL, 3, argv);
    cpm_pin_drop(&q->pin);
    cpm_free(q);
}

/* (address, port, callback(status, host, service)) */
CPM_JS_FUNCTION(name_of)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    JSObjectRef callback = cpm_js_arg_function(ctx, argc, argv, 2);
    int port = (int)cpm_js_int(ctx, argc, argv, 1);
    struct sockaddr_storage at;

    if (!callback)
        return JSValueMakeNumber(ctx, UV_EINVAL);
    char *text = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    int rc = uv_ip4_addr(text, port, (struct sockaddr_in *)&at);
    if (rc < 0)
        rc = uv_ip6_addr(text, port, (struct sockaddr_in6 *)&at);
    cpm_free(text);
    if (rc < 0)
        return JSValueMakeNumber(ctx, rc);
    struct name_query *q = cpm_calloc(1, sizeof(*q));
    cpm_pin_take(&q->pin, rt, callback, NULL);
    rc = uv_getnameinfo(&rt->loop, &q->req, on_name, (struct sockaddr *)&at, NI_NAMEREQD);
    if (rc < 0) {
        cpm_pin_drop(&q->pin);
        cpm_free(q);
    }
    return JSValueMakeNumber(ctx, rc);
}

JSObjectRef cpm_native_net(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"tcp", new_tcp},    {"pipe", new_pipe},
                                                   {"tty", new_tty},    {"lookup", lookup},
                                                   {"nameOf", name_of}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
