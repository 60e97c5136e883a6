/* A child that is waited for: its own loop, so that nothing else runs meanwhile. */
#include "runtime/js.h"

#include "base/buf.h"
#include "base/mem.h"
#include "runtime/builtins.h"

enum { STDIO = 3, READ_SIZE = 64 << 10 };

/* One of the child's first three descriptors, when it is a pipe. */
struct channel {
    uv_pipe_t pipe;
    struct run *run;
    struct cpm_buf bytes; /* what was read */
    bool is_pipe;
};

struct run {
    uv_loop_t loop;
    uv_process_t process;
    uv_timer_t timer;
    uv_write_t write;
    struct channel channels[STDIO];
    char *scratch;
    size_t most;
    int kill_signal, signal, error;
    int64_t status;
    bool exited, timer_on;
};

static void stop(struct run *run, int error)
{
    if (!run->error)
        run->error = error;
    if (!run->exited)
        uv_process_kill(&run->process, run->kill_signal);
}

static void close_channel(struct channel *c)
{
    if (c->is_pipe && !uv_is_closing((uv_handle_t *)&c->pipe))
        uv_close((uv_handle_t *)&c->pipe, NULL);
}

static void on_alloc(uv_handle_t *handle, CPM_UNUSED size_t hint, uv_buf_t *out)
{
    struct channel *c = handle->data;

    *out = uv_buf_init(c->run->scratch, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct channel *c = stream->data;

    if (count < 0) {
        close_channel(c);
        return;
    }
    cpm_buf_add(&c->bytes, buf->base, (size_t)count); /* the last piece whole, as in Node */
    if (c->bytes.len > c->run->most) {
        stop(c->run, UV_ENOBUFS);
        close_channel(c);
    }
}

static void on_written(uv_write_t *write, CPM_UNUSED int status)
{
    close_channel(write->handle->data);
}

static void on_exit_(uv_process_t *process, int64_t status, int sig)
{
    struct run *run = process->data;

    run->exited = true;
    run->status = status;
    run->signal = sig;
    uv_close((uv_handle_t *)process, NULL);
    if (run->timer_on)
        uv_close((uv_handle_t *)&run->timer, NULL);
    close_channel(&run->channels[0]);
}

static void on_timeout(uv_timer_t *timer)
{
    struct run *run = timer->data;

    stop(run, UV_ETIMEDOUT);
    for (int i = 0; i < STDIO; i++)
        close_channel(&run->channels[i]);
}

static uv_stdio_container_t stdio_of(struct run *run, JSContextRef ctx, JSValueRef value, int i)
{
    uv_stdio_container_t out = {.flags = UV_IGNORE};

    if (JSValueIsNumber(ctx, value)) {
        out.flags = UV_INHERIT_FD;
        out.data.fd = (int)JSValueToNumber(ctx, value, NULL);
    } else if (JSValueIsString(ctx, value)) {
        struct channel *c = &run->channels[i];
        c->is_pipe = true;
        uv_pipe_init(&run->loop, &c->pipe, 0);
        c->pipe.data = c;
        out.flags = UV_CREATE_PIPE | (i == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
        out.data.stream = (uv_stream_t *)&c->pipe;
    }
    return out;
}

static int start(struct run *run, JSContextRef ctx, JSObjectRef from)
{
    JSObjectRef list = JSValueToObject(ctx, cpm_js_get(ctx, from, "stdio"), NULL);
    JSValueRef cwd = cpm_js_get(ctx, from, "cwd");
    JSValueRef uid = cpm_js_get(ctx, from, "uid"), gid = cpm_js_get(ctx, from, "gid");
    uv_stdio_container_t stdio[STDIO];
    char *file = cpm_js_utf8(ctx, cpm_js_get(ctx, from, "file"), NULL);
    char *folder = cpm_js_arg_utf8(ctx, 1, &cwd, 0);
    char **args = cpm_js_texts(ctx, cpm_js_get(ctx, from, "args"));
    char **env = cpm_js_texts(ctx, cpm_js_get(ctx, from, "env"));
    uv_process_options_t options = {.exit_cb = on_exit_,
                                    .file = file,
                                    .args = args,
                                    .env = env,
                                    .cwd = folder,
                                    .stdio = stdio,
                                    .stdio_count = STDIO};

    for (unsigned i = 0; i < STDIO; i++)
        stdio[i] = stdio_of(run, ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), (int)i);
    if (JSValueIsNumber(ctx, uid)) {
        options.flags |= UV_PROCESS_SETUID;
        options.uid = (uv_uid_t)JSValueToNumber(ctx, uid, NULL);
    }
    if (JSValueIsNumber(ctx, gid)) {
        options.flags |= UV_PROCESS_SETGID;
        options.gid = (uv_gid_t)JSValueToNumber(ctx, gid, NULL);
    }
    if (JSValueToBoolean(ctx, cpm_js_get(ctx, from, "detached")))
        options.flags |= UV_PROCESS_DETACHED;
    run->process.data = run;
    int rc = uv_spawn(&run->loop, &run->process, &options);
    cpm_js_texts_free(env);
    cpm_js_texts_free(args);
    cpm_free(folder);
    cpm_free(file);
    return rc;
}

/* Writes the input, reads the outputs, until the child and its pipes are closed. */
static void attend(struct run *run, JSContextRef ctx, JSObjectRef from)
{
    struct channel *in = &run->channels[0];
    double timeout = cpm_js_number(ctx, cpm_js_get(ctx, from, "timeout"), 0);
    struct cpm_js_bytes input = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_get(ctx, from, "input"), &input);
    if (in->is_pipe && input.len) {
        uv_buf_t buf = uv_buf_init((char *)input.ptr, (unsigned)input.len);
        if (uv_write(&run->write, (uv_stream_t *)&in->pipe, &buf, 1, on_written) < 0)
            close_channel(in);
    } else {
        close_channel(in);
    }
    for (int i = 1; i < STDIO; i++)
        if (run->channels[i].is_pipe)
            uv_read_start((uv_stream_t *)&run->channels[i].pipe, on_alloc, on_read);
    if (timeout > 0) {
        run->timer_on = true;
        run->timer.data = run;
        uv_timer_init(&run->loop, &run->timer);
        uv_timer_start(&run->timer, on_timeout, (uint64_t)timeout, 0);
    }
    uv_run(&run->loop, UV_RUN_DEFAULT);
}

static JSValueRef bytes_of(JSContextRef ctx, struct channel *c)
{
    if (!c->is_pipe)
        return JSValueMakeNull(ctx);
    if (!c->bytes.len)
        return cpm_js_take_bytes(ctx, NULL, 0);
    char *copy = cpm_strndup(c->bytes.ptr, c->bytes.len);
    return cpm_js_take_bytes(ctx, copy, c->bytes.len);
}

static JSValueRef result_of(struct run *run, JSContextRef ctx)
{
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);
    const JSValueRef output[] = {JSValueMakeNull(ctx), bytes_of(ctx, &run->channels[1]),
                                 bytes_of(ctx, &run->channels[2])};

    cpm_js_set(ctx, out, "pid", JSValueMakeNumber(ctx, run->exited ? run->process.pid : 0));
    cpm_js_set(ctx, out, "status", JSValueMakeNumber(ctx, (double)run->status));
    cpm_js_set(ctx, out, "signal", JSValueMakeNumber(ctx, run->signal));
    cpm_js_set(ctx, out, "error", JSValueMakeNumber(ctx, run->error));
    if (run->exited)
        cpm_js_set(ctx, out, "output", JSObjectMakeArray(ctx, STDIO, output, NULL));
    return out;
}

/* ({ file, args, env, cwd, stdio, input, timeout, maxBuffer, killSignal, … }): { pid, status,
 * signal, error, output }. */
CPM_JS_FUNCTION(run_)
{
    JSObjectRef from = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);
    struct run *run;

    if (!from)
        return JSValueMakeUndefined(ctx);
    run = cpm_calloc(1, sizeof(*run));
    double most = cpm_js_number(ctx, cpm_js_get(ctx, from, "maxBuffer"), -1);
    run->most = most >= 0 && most < 1e10 ? (size_t)most : (size_t)4 << 30;
    run->kill_signal = (int)cpm_js_number(ctx, cpm_js_get(ctx, from, "killSignal"), 15);
    run->scratch = cpm_alloc(READ_SIZE);
    uv_loop_init(&run->loop);
    for (int i = 0; i < STDIO; i++) {
        run->channels[i].run = run;
        cpm_buf_init(&run->channels[i].bytes, run->most + READ_SIZE);
    }
    run->error = start(run, ctx, from);
    if (run->error == 0) {
        attend(run, ctx, from);
    } else {
        uv_close((uv_handle_t *)&run->process, NULL);
        for (int i = 0; i < STDIO; i++)
            close_channel(&run->channels[i]);
        uv_run(&run->loop, UV_RUN_DEFAULT);
    }
    JSValueRef value = result_of(run, ctx);
    uv_loop_close(&run->loop);
    for (int i = 0; i < STDIO; i++)
        cpm_buf_release(&run->channels[i].bytes);
    cpm_free(run->scratch);
    cpm_free(run);
    return value;
}

JSObjectRef cpm_native_spawn_sync(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"run", run_}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
