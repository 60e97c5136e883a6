/* A thread with a world of its own. The parent makes the worker's loop and ports, the thread makes
 * the engine, runs, frees all of it, and wakes the parent, which joins it. `lock` guards `alive`:
 * whether the worker's wake handle may still be touched. */
#include "runtime/native/worker.h"
#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/compiled.h"
#include "runtime/engine.h"
#include "runtime/frames.h"
#include "runtime/js.h"
#include "runtime/loop.h"
#include "runtime/native/handle.h"
#include "runtime/native/port.h"

struct cpm_worker {
    struct cpm_worker *next; /* of the parent's */
    struct cpm_runtime rt;
    struct cpm_handle *handle; /* the parent's: woken when the thread has ended */
    struct cpm_port *port;     /* to the parent */
    uv_async_t wake;
    uv_thread_t thread;
    uv_mutex_t lock;
    bool alive;
    int id, code;
};

static void on_wake(uv_async_t *wake)
{
    uv_stop(wake->loop);
}

static void close_handle(uv_handle_t *uv, void *context)
{
    struct cpm_worker *w = context;
    struct cpm_runtime *rt = &w->rt;

    if (uv_is_closing(uv))
        return;
    if (uv == (uv_handle_t *)&rt->timer || uv == (uv_handle_t *)&rt->check ||
        uv == (uv_handle_t *)&rt->idle || uv == (uv_handle_t *)&rt->prepare ||
        uv == (uv_handle_t *)&w->wake)
        uv_close(uv, NULL);
    else
        cpm_handle_close((struct cpm_handle *)uv, NULL);
}

static void tell_stop(struct cpm_worker *w)
{
    uv_mutex_lock(&w->lock);
    if (w->alive) {
        w->rt.stopping = true;
        uv_async_send(&w->wake);
    }
    uv_mutex_unlock(&w->lock);
}

static void worker_free(struct cpm_worker *w)
{
    uv_mutex_destroy(&w->lock);
    cpm_free(w);
}

/* Of a world that ends, or of one worker whose handle is closed. */
static void join(struct cpm_worker *w, struct cpm_runtime *parent)
{
    struct cpm_worker **at = &parent->workers;

    uv_thread_join(&w->thread);
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
}

static void end_workers(struct cpm_runtime *rt)
{
    for (struct cpm_worker *w = rt->workers; w; w = w->next)
        tell_stop(w);
    while (rt->workers) {
        struct cpm_worker *w = rt->workers;
        join(w, rt);
        w->handle->reader = NULL;
        worker_free(w);
    }
}

static void close_world(struct cpm_worker *w)
{
    struct cpm_runtime *rt = &w->rt;

    rt->stopping = true;
    end_workers(rt);
    uv_mutex_lock(&w->lock);
    w->alive = false;
    uv_mutex_unlock(&w->lock);
    uv_walk(&rt->loop, close_handle, w);
    while (uv_run(&rt->loop, UV_RUN_DEFAULT))
        ;
    cpm_engine_close(rt);
    cpm_compiled_close(rt);
    cpm_frames_close(rt);
    cpm_free(rt->scratch);
    uv_loop_close(&rt->loop);
}

static void run(void *arg)
{
    struct cpm_worker *w = arg;
    struct cpm_runtime *rt = &w->rt;

    cpm_runtime_open(rt);
    cpm_engine_watch(rt, false);
    w->code = cpm_runtime_run(rt, "startWorker", cpm_port_object(rt, w->port));
    close_world(w);
    uv_async_send(&w->handle->uv.async);
}

void cpm_worker_exit(struct cpm_runtime *rt, int code)
{
    rt->exit_code = code;
    rt->stopping = true;
    uv_stop(&rt->loop);
    cpm_engine_watch(rt, true);
}

/* The thread has ended. */
static void on_ended(uv_async_t *async)
{
    struct cpm_handle *handle = (struct cpm_handle *)async;
    struct cpm_worker *w = handle->reader;
    struct cpm_runtime *rt = handle->rt;

    if (!w)
        return;
    JSValueRef code = JSValueMakeNumber(rt->ctx, w->code);
    join(w, rt);
    worker_free(w);
    handle->reader = NULL;
    cpm_loop_emit(rt, handle->object, "onexit", 1, &code);
    cpm_handle_close(handle, NULL);
}

CPM_JS_FUNCTION(terminate)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (handle && handle->reader)
        tell_stop(handle->reader);
    return JSValueMakeUndefined(ctx);
}

static struct cpm_worker *worker_new(struct cpm_runtime *parent)
{
    struct cpm_worker *w = cpm_calloc(1, sizeof(*w));

    w->rt.start = parent->start;
    w->rt.threads = parent->threads;
    w->rt.compiled_folder = parent->compiled_folder;
    w->rt.worker = w;
    w->rt.exit_code = 1; /* of one that is told to stop */
    w->id = cpm_threads_next_id(parent->threads);
    uv_mutex_init(&w->lock);
    cpm_loop_open(&w->rt);
    uv_async_init(&w->rt.loop, &w->wake, on_wake);
    uv_unref((uv_handle_t *)&w->wake);
    w->alive = true;
    return w;
}

/* { id, port, terminate, onexit(code) }, or a negative errno. */
CPM_JS_FUNCTION(new_worker)
{
    static const struct cpm_js_method methods[] = {{"terminate", terminate}, {NULL, NULL}};
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_worker *w = worker_new(rt);
    struct cpm_port *ends[2];

    cpm_port_pair(ends);
    w->port = ends[1];
    w->handle = cpm_handle_new(rt);
    uv_async_init(&rt->loop, &w->handle->uv.async, on_ended);
    w->handle->reader = w;
    JSObjectRef object = cpm_handle_object(w->handle, methods);
    cpm_js_set(ctx, object, "id", JSValueMakeNumber(ctx, w->id));
    cpm_js_set(ctx, object, "port", cpm_port_object(rt, ends[0]));
    w->next = rt->workers;
    rt->workers = w;
    int rc = uv_thread_create(&w->thread, run, w);
    if (rc < 0) {
        rt->workers = w->next;
        w->handle->reader = NULL;
        cpm_handle_close(w->handle, NULL);
        cpm_port_drop(w->port);
        uv_walk(&w->rt.loop, close_handle, w);
        uv_run(&w->rt.loop, UV_RUN_DEFAULT);
        uv_loop_close(&w->rt.loop);
        worker_free(w);
        return JSValueMakeNumber(ctx, rc);
    }
    return object;
}

JSObjectRef cpm_native_worker(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"start", new_worker}, {NULL, NULL}};
    JSObjectRef object = cpm_js_object(rt->ctx, methods);

    cpm_js_set(rt->ctx, object, "threadId",
               JSValueMakeNumber(rt->ctx, rt->worker ? rt->worker->id : 0));
    return object;
}
