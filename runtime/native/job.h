/* Work that is done at once, or on the thread pool when a callback waits for it.
 *
 * The owner embeds a cpm_job as the first member of what it allocates with cpm_calloc, fills the
 * three functions and starts it; the job frees the memory. What `run` reads must be the job's own:
 * JavaScript goes on meanwhile. */
#ifndef CPM_RUNTIME_NATIVE_JOB_H
#define CPM_RUNTIME_NATIVE_JOB_H

#include "runtime/js.h"
#include "runtime/runtime.h"

struct cpm_job {
    uv_work_t work;
    struct cpm_runtime *rt;
    JSObjectRef callback;          /* protected */
    void (*run)(struct cpm_job *); /* on any thread */
    /* On the loop: the value, or *exception. */
    JSValueRef (*result)(struct cpm_job *, JSContextRef, JSValueRef *exception);
    void (*release)(struct cpm_job *); /* what it owns, not itself; may be NULL */
};

/* Without a callback: the result, or *exception. With one: undefined, and callback(error or null,
 * result) later. */
JSValueRef cpm_job_start(struct cpm_job *job, JSContextRef ctx, JSObjectRef callback,
                         JSValueRef *exception);

/* A copy of bytes for a job; ptr is to be freed, and never NULL. */
struct cpm_js_bytes cpm_job_copy(JSContextRef ctx, JSValueRef bytes);

#endif
