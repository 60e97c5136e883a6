#include "runtime/native/job.h"

#include "base/mem.h"
#include "runtime/loop.h"

static void job_free(struct cpm_job *job)
{
    if (job->release)
        job->release(job);
    cpm_free(job);
}

static void on_work(uv_work_t *work)
{
    struct cpm_job *job = (struct cpm_job *)work;

    job->run(job);
}

static void on_done(uv_work_t *work, CPM_UNUSED int status)
{
    struct cpm_job *job = (struct cpm_job *)work;
    JSContextRef ctx = job->rt->ctx;
    JSValueRef error = NULL, value = job->result(job, ctx, &error);
    const JSValueRef argv[] = {error ? error : JSValueMakeNull(ctx),
                               error ? JSValueMakeUndefined(ctx) : value};
    JSObjectRef callback = job->callback;
    struct cpm_runtime *rt = job->rt;

    job_free(job);
    cpm_loop_call(rt, callback, NULL, 2, argv);
    JSValueUnprotect(rt->ctx, callback);
}

JSValueRef cpm_job_start(struct cpm_job *job, JSContextRef ctx, JSObjectRef callback,
                         JSValueRef *exception)
{
    job->rt = cpm_runtime_current();
    job->callback = callback;
    if (callback) {
        JSValueProtect(job->rt->ctx, callback);
        uv_queue_work(&job->rt->loop, &job->work, on_work, on_done);
        return JSValueMakeUndefined(ctx);
    }
    job->run(job);
    JSValueRef value = job->result(job, ctx, exception);
    job_free(job);
    return value;
}

struct cpm_js_bytes cpm_job_copy(JSContextRef ctx, JSValueRef value)
{
    struct cpm_js_bytes bytes = {NULL, 0};

    cpm_js_bytes(ctx, value, &bytes);
    unsigned char *copy = cpm_alloc(bytes.len + 1);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    return (struct cpm_js_bytes){copy, bytes.len};
}
