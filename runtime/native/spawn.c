/* Processes and signals. */
#include "runtime/native/handle.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"

#include <signal.h>

enum { MOST_STDIO = 256 };

static void on_exit_(uv_process_t *process, int64_t status, int sig)
{
    struct cpm_handle *handle = (struct cpm_handle *)process;
    JSContextRef ctx = handle->rt->ctx;
    const JSValueRef argv[] = {JSValueMakeNumber(ctx, (double)status), JSValueMakeNumber(ctx, sig)};

    cpm_loop_emit(handle->rt, handle->object, "onexit", 2, argv);
}

CPM_JS_FUNCTION(kill_)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeNumber(
        ctx, handle ? uv_process_kill(&handle->uv.process, (int)cpm_js_int(ctx, argc, argv, 0))
                    : UV_ESRCH);
}

/* An entry of stdio: a number is a descriptor to inherit, a handle a pipe to make (overlapped both
 * ways), { inherit: handle } an open stream, anything else nothing. */
static uv_stdio_container_t stdio_of(JSContextRef ctx, JSValueRef value)
{
    uv_stdio_container_t out = {.flags = UV_IGNORE};

    if (JSValueIsNumber(ctx, value)) {
        out.flags = UV_INHERIT_FD;
        out.data.fd = (int)JSValueToNumber(ctx, value, NULL);
        return out;
    }
    uv_stream_t *stream = cpm_stream_of(ctx, value);
    if (stream) {
        out.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE;
        out.data.stream = stream;
        return out;
    }
    if (!JSValueIsObject(ctx, value))
        return out;
    stream = cpm_stream_of(ctx, cpm_js_get(ctx, JSValueToObject(ctx, value, NULL), "inherit"));
    if (stream) {
        out.flags = UV_INHERIT_STREAM;
        out.data.stream = stream;
    }
    return out;
}

static unsigned read_stdio(JSContextRef ctx, JSObjectRef options, uv_stdio_container_t *out)
{
    JSObjectRef list = JSValueToObject(ctx, cpm_js_get(ctx, options, "stdio"), NULL);
    double length = list ? cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;
    unsigned count = length < MOST_STDIO ? (unsigned)length : MOST_STDIO;

    for (unsigned i = 0; i < count; i++)
        out[i] = stdio_of(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL));
    return count;
}

static int start(struct cpm_handle *handle, JSObjectRef from)
{
    JSContextRef ctx = handle->rt->ctx;
    uv_stdio_container_t stdio[MOST_STDIO];
    JSValueRef cwd = cpm_js_get(ctx, from, "cwd");
    JSValueRef uid = cpm_js_get(ctx, from, "uid"), gid = cpm_js_get(ctx, from, "gid");
    char *file = cpm_js_utf8(ctx, cpm_js_get(ctx, from, "file"), NULL);
    char *folder = cpm_js_arg_utf8(ctx, 1, &cwd, 0);
    char **args = cpm_js_texts(ctx, cpm_js_get(ctx, from, "args"));
    char **env = cpm_js_texts(ctx, cpm_js_get(ctx, from, "env"));
    uv_process_options_t options = {
        .exit_cb = on_exit_,
        .file = file,
        .args = args,
        .env = env,
        .cwd = folder,
        .stdio = stdio,
        .stdio_count = (int)read_stdio(ctx, from, stdio),
    };

    if (JSValueToBoolean(ctx, cpm_js_get(ctx, from, "detached")))
        options.flags |= UV_PROCESS_DETACHED;
    if (JSValueIsNumber(ctx, uid)) {
        options.flags |= UV_PROCESS_SETUID;
        options.uid = (uv_uid_t)JSValueToNumber(ctx, uid, NULL);
    }
    if (JSValueIsNumber(ctx, gid)) {
        options.flags |= UV_PROCESS_SETGID;
        options.gid = (uv_gid_t)JSValueToNumber(ctx, gid, NULL);
    }
    int rc = uv_spawn(&handle->rt->loop, &handle->uv.process, &options);
    cpm_js_texts_free(env);
    cpm_js_texts_free(args);
    cpm_free(folder);
    cpm_free(file);
    return rc;
}

/* ({ file, args, env, cwd, stdio, detached, uid, gid }): a handle with pid and onexit(code,
 * signal), or a negative errno. */
CPM_JS_FUNCTION(spawn)
{
    static const struct cpm_js_method methods[] = {{"kill", kill_}, {NULL, NULL}};
    struct cpm_handle *handle = cpm_handle_new(cpm_runtime_current());
    int rc = start(handle, JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL));

    if (rc < 0) {
        cpm_handle_close(handle, NULL); /* libuv has initialised it in any case */
        return JSValueMakeNumber(ctx, rc);
    }
    JSObjectRef object = cpm_handle_object(handle, methods);
    cpm_js_set(ctx, object, "pid", JSValueMakeNumber(ctx, handle->uv.process.pid));
    return object;
}

static void on_signal(uv_signal_t *uv, int number)
{
    struct cpm_handle *handle = (struct cpm_handle *)uv;
    JSValueRef argument = JSValueMakeNumber(handle->rt->ctx, number);

    cpm_loop_emit(handle->rt, handle->object, "onsignal", 1, &argument);
}

/* (number): a handle that calls onsignal(number) and does not hold the loop; or a negative errno.
 */
CPM_JS_FUNCTION(watch)
{
    static const struct cpm_js_method methods[] = {{NULL, NULL}};
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_handle *handle = cpm_handle_new(rt);

    uv_signal_init(&rt->loop, &handle->uv.signal);
    JSObjectRef object = cpm_handle_object(handle, methods);
    int rc = uv_signal_start(&handle->uv.signal, on_signal, (int)cpm_js_int(ctx, argc, argv, 0));
    if (rc < 0) {
        cpm_handle_close(handle, NULL);
        return JSValueMakeNumber(ctx, rc);
    }
    uv_unref(&handle->uv.handle);
    return object;
}

JSObjectRef cpm_native_spawn(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"spawn", spawn}, {"watchSignal", watch}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
