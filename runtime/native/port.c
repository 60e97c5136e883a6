/* A group has one lock; a message waits in the queue of the end that it is for, and that end's
 * world is woken by a uv_async. Bytes are copied into the message and out of it, so worlds share
 * nothing but what is meant to be shared: the blocks under SharedArrayBuffers, which are counted.
 */
#include "runtime/native/port.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/js.h"
#include "runtime/loop.h"
#include "runtime/native/handle.h"
#include "runtime/native/shared.h"

#include <string.h>

enum { MOST_AT_ONCE = 1000 };

struct message {
    struct message *next;
    struct cpm_js_bytes text;     /* what the serializer made */
    struct cpm_js_bytes *buffers; /* ArrayBuffers that were transferred */
    struct cpm_port **ports;      /* so were these */
    struct cpm_shared **blocks;   /* under SharedArrayBuffers */
    size_t buffer_count, port_count, block_count;
};

struct group {
    uv_mutex_t lock;
    struct cpm_threads *threads; /* where it has a name, else NULL */
    struct group *next;
    char *name;
    struct cpm_port *ends;
    bool closed; /* one end of a pair is */
};

struct cpm_port {
    struct group *group;
    struct cpm_port *next; /* of the group */
    struct message *first, **last;
    uv_async_t *async;  /* of the world that has it, or NULL */
    bool started, told; /* only its world looks at these */
};

struct cpm_threads {
    uv_mutex_t lock;
    struct group *named;
    atomic_int last_id;
};

struct cpm_threads *cpm_threads_new(void)
{
    struct cpm_threads *threads = cpm_calloc(1, sizeof(*threads));

    uv_mutex_init(&threads->lock);
    return threads;
}

int cpm_threads_next_id(struct cpm_threads *threads)
{
    return atomic_fetch_add(&threads->last_id, 1) + 1;
}

/* --- Messages */

static void message_free(struct message *m)
{
    for (size_t i = 0; i < m->buffer_count; i++)
        cpm_free(m->buffers[i].ptr);
    for (size_t i = 0; i < m->port_count; i++)
        if (m->ports[i])
            cpm_port_drop(m->ports[i]);
    for (size_t i = 0; i < m->block_count; i++)
        cpm_shared_drop(m->blocks[i]);
    cpm_free(m->text.ptr);
    cpm_free(m->buffers);
    cpm_free(m->ports);
    cpm_free(m->blocks);
    cpm_free(m);
}

static struct cpm_js_bytes copy_of(struct cpm_js_bytes bytes)
{
    struct cpm_js_bytes copy = {cpm_alloc(bytes.len + 1), bytes.len};

    if (bytes.len)
        memcpy(copy.ptr, bytes.ptr, bytes.len);
    return copy;
}

static size_t length_of(JSContextRef ctx, JSObjectRef list)
{
    return list ? (size_t)cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;
}

static JSObjectRef list_at(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    return i < argc && JSValueIsObject(ctx, argv[i]) ? JSValueToObject(ctx, argv[i], NULL) : NULL;
}

/* --- Groups and ends */

static struct group *group_new(const char *name)
{
    struct group *group = cpm_calloc(1, sizeof(*group));

    uv_mutex_init(&group->lock);
    group->name = name ? cpm_strdup(name) : NULL;
    return group;
}

static struct cpm_port *port_new(struct group *group)
{
    struct cpm_port *port = cpm_calloc(1, sizeof(*port));

    port->group = group;
    port->last = &port->first;
    port->next = group->ends;
    group->ends = port;
    return port;
}

void cpm_port_pair(struct cpm_port *ends[2])
{
    struct group *group = group_new(NULL);

    ends[0] = port_new(group);
    ends[1] = port_new(group);
}

static void group_free(struct group *group)
{
    uv_mutex_destroy(&group->lock);
    cpm_free(group->name);
    cpm_free(group);
}

/* threads->lock is held. */
static void unlist(struct cpm_threads *threads, struct group *group)
{
    struct group **at = &threads->named;

    while (*at != group)
        at = &(*at)->next;
    *at = group->next;
}

void cpm_port_drop(struct cpm_port *port)
{
    struct group *group = port->group;
    struct cpm_threads *threads = group->threads;

    if (threads)
        uv_mutex_lock(&threads->lock);
    uv_mutex_lock(&group->lock);
    struct cpm_port **at = &group->ends;
    while (*at != port)
        at = &(*at)->next;
    *at = port->next;
    group->closed = !threads;
    bool empty = !group->ends;
    for (struct cpm_port *other = group->ends; other && !threads; other = other->next)
        if (other->async)
            uv_async_send(other->async);
    uv_mutex_unlock(&group->lock);
    if (threads) {
        if (empty)
            unlist(threads, group);
        uv_mutex_unlock(&threads->lock);
    }
    while (port->first) {
        struct message *m = port->first;
        port->first = m->next;
        message_free(m);
    }
    cpm_free(port);
    if (empty)
        group_free(group);
}

static void deliver(struct cpm_port *to, struct message *m)
{
    *to->last = m;
    to->last = &m->next;
    if (to->async)
        uv_async_send(to->async);
}

/* The next message, when it is wanted; whether the other end is closed and nothing waits. */
static struct message *take(struct cpm_port *port, bool wanted, bool *closed)
{
    uv_mutex_lock(&port->group->lock);
    struct message *m = wanted ? port->first : NULL;
    if (m) {
        port->first = m->next;
        if (!port->first)
            port->last = &port->first;
    }
    *closed = port->group->closed && !port->first;
    uv_mutex_unlock(&port->group->lock);
    return m;
}

/* --- The JavaScript object */

static struct cpm_port *port_of(JSObjectRef self)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return handle ? handle->reader : NULL;
}

static void free_buffer(void *bytes, CPM_UNUSED void *context)
{
    cpm_free(bytes);
}

static JSValueRef buffer_object(JSContextRef ctx, struct cpm_js_bytes *bytes)
{
    JSObjectRef buffer = JSObjectMakeArrayBufferWithBytesNoCopy(ctx, bytes->ptr, bytes->len,
                                                                free_buffer, NULL, NULL);
    bytes->ptr = NULL;
    return buffer;
}

/* The message as the arguments of onmessage: (bytes, [ArrayBuffer], [port], [shared]). */
static void open_message(struct cpm_runtime *rt, struct message *m, JSValueRef argv[4])
{
    JSContextRef ctx = rt->ctx;
    JSObjectRef buffers = JSObjectMakeArray(ctx, 0, NULL, NULL);
    JSObjectRef ports = JSObjectMakeArray(ctx, 0, NULL, NULL);
    JSObjectRef shared = JSObjectMakeArray(ctx, 0, NULL, NULL);

    argv[0] = cpm_js_take_bytes(ctx, m->text.ptr, m->text.len);
    m->text.ptr = NULL;
    argv[1] = buffers;
    argv[2] = ports;
    argv[3] = shared;
    for (unsigned i = 0; i < m->buffer_count; i++)
        JSObjectSetPropertyAtIndex(ctx, buffers, i, buffer_object(ctx, &m->buffers[i]), NULL);
    for (unsigned i = 0; i < m->port_count; i++) {
        JSObjectSetPropertyAtIndex(ctx, ports, i, cpm_port_object(rt, m->ports[i]), NULL);
        m->ports[i] = NULL;
    }
    for (unsigned i = 0; i < m->block_count; i++)
        JSObjectSetPropertyAtIndex(ctx, shared, i, cpm_shared_object(ctx, m->blocks[i]), NULL);
    message_free(m);
}

static void on_wake(uv_async_t *async)
{
    struct cpm_handle *handle = (struct cpm_handle *)async;
    struct cpm_runtime *rt = handle->rt;
    JSValueRef argv[4];
    bool closed = false;

    for (int n = 0; !handle->closing && !rt->stopping; n++) {
        struct cpm_port *port = handle->reader;
        if (!port)
            return;
        if (n == MOST_AT_ONCE) {
            uv_async_send(async);
            return;
        }
        struct message *m = take(port, port->started, &closed);
        if (!m) {
            if (closed && !port->told) {
                port->told = true;
                cpm_loop_emit(rt, handle->object, "onclose", 0, NULL);
            }
            return;
        }
        open_message(rt, m, argv);
        cpm_loop_emit(rt, handle->object, "onmessage", 4, argv);
    }
}

/* Takes the end from its world. */
static struct cpm_port *detach(struct cpm_handle *handle)
{
    struct cpm_port *port = handle->reader;

    uv_mutex_lock(&port->group->lock);
    port->async = NULL;
    uv_mutex_unlock(&port->group->lock);
    handle->reader = NULL;
    handle->release = NULL;
    port->started = port->told = false;
    return port;
}

static void on_release(struct cpm_handle *handle)
{
    if (handle->reader)
        cpm_port_drop(detach(handle));
}

static void fill(JSContextRef ctx, struct message *m, JSObjectRef buffers, JSObjectRef ports,
                 JSObjectRef shared)
{
    size_t count[] = {length_of(ctx, buffers), length_of(ctx, ports), length_of(ctx, shared)};

    m->buffers = cpm_calloc(count[0] + 1, sizeof(*m->buffers));
    m->ports = cpm_calloc(count[1] + 1, sizeof(struct cpm_port *));
    m->blocks = cpm_calloc(count[2] + 1, sizeof(struct cpm_shared *));
    for (unsigned i = 0; i < count[0]; i++) {
        struct cpm_js_bytes bytes;
        if (cpm_js_bytes(ctx, JSObjectGetPropertyAtIndex(ctx, buffers, i, NULL), &bytes))
            m->buffers[m->buffer_count++] = copy_of(bytes);
    }
    for (unsigned i = 0; i < count[1]; i++) {
        JSValueRef value = JSObjectGetPropertyAtIndex(ctx, ports, i, NULL);
        struct cpm_handle *handle = cpm_handle_of(JSValueToObject(ctx, value, NULL));
        if (!handle || !handle->reader)
            continue;
        m->ports[m->port_count++] = detach(handle);
        cpm_handle_close(handle, NULL);
    }
    for (unsigned i = 0; i < count[2]; i++) {
        struct cpm_shared *block =
            cpm_shared_take(ctx, JSObjectGetPropertyAtIndex(ctx, shared, i, NULL));
        if (block)
            m->blocks[m->block_count++] = block;
    }
}

/* (bytes, [ArrayBuffer to transfer], [port to transfer], [box of shared memory]): to all others of
 * the group. */
CPM_JS_FUNCTION(post)
{
    struct cpm_port *port = port_of(self);
    struct cpm_js_bytes text;

    if (!port || !cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &text))
        return JSValueMakeBoolean(ctx, false);
    uv_mutex_lock(&port->group->lock);
    size_t others = 0;
    for (struct cpm_port *to = port->group->ends; to; to = to->next)
        others += to != port;
    uv_mutex_unlock(&port->group->lock);
    struct message *made = NULL;
    for (size_t i = 0; i < others; i++) {
        struct message *m = cpm_calloc(1, sizeof(*m));
        m->text = copy_of(text);
        fill(ctx, m, list_at(ctx, argc, argv, 1), list_at(ctx, argc, argv, 2),
             list_at(ctx, argc, argv, 3));
        m->next = made;
        made = m;
    }
    uv_mutex_lock(&port->group->lock);
    for (struct cpm_port *to = port->group->ends; to && made; to = to->next) {
        if (to == port)
            continue;
        struct message *m = made;
        made = m->next;
        m->next = NULL;
        deliver(to, m);
    }
    uv_mutex_unlock(&port->group->lock);
    while (made) {
        struct message *m = made;
        made = m->next;
        message_free(m);
    }
    return JSValueMakeBoolean(ctx, others > 0);
}

/* Messages come from now on. */
CPM_JS_FUNCTION(start)
{
    struct cpm_handle *handle = cpm_handle_of(self);
    struct cpm_port *port = port_of(self);

    if (port && !port->started) {
        port->started = true;
        uv_async_send(&handle->uv.async);
    }
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(stop)
{
    struct cpm_port *port = port_of(self);

    if (port)
        port->started = false;
    return JSValueMakeUndefined(ctx);
}

/* The arguments of onmessage for the next message, or undefined when none waits. */
CPM_JS_FUNCTION(receive)
{
    struct cpm_port *port = port_of(self);
    JSValueRef values[4];
    bool closed;
    struct message *m = port ? take(port, true, &closed) : NULL;

    if (!m)
        return JSValueMakeUndefined(ctx);
    open_message(cpm_runtime_current(), m, values);
    return JSObjectMakeArray(ctx, 4, values, NULL);
}

/* (port): whether it is the other end. */
CPM_JS_FUNCTION(is_peer)
{
    struct cpm_port *port = port_of(self), *other = NULL;

    if (argc && JSValueIsObject(ctx, argv[0]))
        other = port_of(JSValueToObject(ctx, argv[0], NULL));
    return JSValueMakeBoolean(ctx, port && other && port->group == other->group);
}

JSObjectRef cpm_port_object(struct cpm_runtime *rt, struct cpm_port *port)
{
    static const struct cpm_js_method methods[] = {{"post", post},      {"start", start},
                                                   {"stop", stop},      {"receive", receive},
                                                   {"isPeer", is_peer}, {NULL, NULL}};
    struct cpm_handle *handle = cpm_handle_new(rt);

    uv_async_init(&rt->loop, &handle->uv.async, on_wake);
    uv_unref(&handle->uv.handle);
    handle->reader = port;
    handle->release = on_release;
    uv_mutex_lock(&port->group->lock);
    port->async = &handle->uv.async;
    uv_mutex_unlock(&port->group->lock);
    return cpm_handle_object(handle, methods);
}

/* [port, port] */
CPM_JS_FUNCTION(pair)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_port *ends[2];

    cpm_port_pair(ends);
    const JSValueRef objects[] = {cpm_port_object(rt, ends[0]), cpm_port_object(rt, ends[1])};
    return JSObjectMakeArray(ctx, 2, objects, NULL);
}

static struct cpm_port *join(struct cpm_threads *threads, const char *name)
{
    uv_mutex_lock(&threads->lock);
    struct group *group = threads->named;
    while (group && strcmp(group->name, name) != 0)
        group = group->next;
    if (!group) {
        group = group_new(name);
        group->threads = threads;
        group->next = threads->named;
        threads->named = group;
    }
    uv_mutex_lock(&group->lock);
    struct cpm_port *port = port_new(group);
    uv_mutex_unlock(&group->lock);
    uv_mutex_unlock(&threads->lock);
    return port;
}

/* (name): an end of the group of that name. */
CPM_JS_FUNCTION(named)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct cpm_port *port = join(rt->threads, name);

    cpm_free(name);
    return cpm_port_object(rt, port);
}

JSObjectRef cpm_native_port(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"pair", pair}, {"named", named}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
