/* A libuv handle as a JavaScript object: { close(callback), ref(), unref(), hasRef() } and what its
 * kind adds. The object is protected, and so alive, from its making until it is closed; a closed
 * one answers every call with EBADF. Callbacks are properties of the object (onread, …). */
#ifndef CPM_RUNTIME_NATIVE_HANDLE_H
#define CPM_RUNTIME_NATIVE_HANDLE_H

#include "runtime/js.h"
#include "runtime/runtime.h"

struct cpm_handle {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_tty_t tty;
        uv_udp_t udp;
        uv_process_t process;
        uv_signal_t signal;
        uv_fs_event_t fs_event;
        uv_fs_poll_t fs_poll;
        uv_async_t async;
    } uv; /* first: found from libuv's pointer */
    struct cpm_runtime *rt;
    JSObjectRef object;
    JSObjectRef on_close; /* protected, or NULL */
    uv_alloc_cb alloc;    /* who reads a stream in C instead of its onread, or NULL */
    uv_read_cb read;
    void *reader;
    void (*release)(struct cpm_handle *); /* what it stands for, when it is closed; or NULL */
    bool closing;
};

/* Memory for a handle that libuv is to initialise; nobody sees it yet. */
struct cpm_handle *cpm_handle_new(struct cpm_runtime *rt);
/* Makes its object, with `methods` beside the common ones. libuv has initialised the handle. */
JSObjectRef cpm_handle_object(struct cpm_handle *handle, const struct cpm_js_method *methods);
/* The handle of `this`; NULL when it is closed or none. */
struct cpm_handle *cpm_handle_of(JSObjectRef self);
/* Closes it; on_close (or NULL) is called when that is done. */
void cpm_handle_close(struct cpm_handle *handle, JSObjectRef on_close);

/* A request under way: its callback and a value that must live as long. */
struct cpm_pin {
    struct cpm_runtime *rt;
    JSObjectRef callback;
    JSValueRef value;
};
void cpm_pin_take(struct cpm_pin *pin, struct cpm_runtime *rt, JSObjectRef callback,
                  JSValueRef value);
/* Calls callback(status) and lets go. */
void cpm_pin_finish(struct cpm_pin *pin, int status);
/* Lets go without a word. */
void cpm_pin_drop(struct cpm_pin *pin);

/* Streams, shared by tcp, pipe and tty (native/stream.c). */
extern const struct cpm_js_method cpm_stream_methods[];
JSObjectRef cpm_stream_object(struct cpm_handle *handle, const struct cpm_js_method *methods);
/* A socket or a pipe that is not open yet (native/net.c); handles can be sent over an ipc pipe. */
JSObjectRef cpm_net_object(struct cpm_runtime *rt, bool tcp, bool ipc);
/* A socket for datagrams (native/udp.c). */
JSObjectRef cpm_udp_object(struct cpm_runtime *rt);
/* The bytes that are to be sent: of one array, or of an array of such. False when one has none, or
 * there are too many. */
enum { CPM_MOST_PARTS = 1024 };
bool cpm_stream_parts(JSContextRef ctx, JSValueRef value, uv_buf_t parts[CPM_MOST_PARTS],
                      unsigned *count);
/* The handle of a JavaScript object that stands for a stream, or NULL. */
uv_stream_t *cpm_stream_of(JSContextRef ctx, JSValueRef value);

#endif
