/* The engine under a world: made, set up, asked for what its public headers do not declare. */
#ifndef CPM_RUNTIME_ENGINE_H
#define CPM_RUNTIME_ENGINE_H

#include "base/error.h"
#include "runtime/runtime.h"

/* Before the first world: the limits that would make the engine abort, its options. */
int cpm_engine_prepare(struct cpm_error *err);
/* Makes group, context and the GLib side of a world on this thread. */
void cpm_engine_open(struct cpm_runtime *rt);
/* Frees what cpm_engine_open made; on the same thread, with no JavaScript under way. */
void cpm_engine_close(struct cpm_runtime *rt);
/* From now on JavaScript is stopped within a second of rt->stopping, or at once. */
void cpm_engine_watch(struct cpm_runtime *rt, bool at_once);
/* Lets the engine's own timers (finalization, asynchronous WebAssembly) run. */
void cpm_engine_pump(struct cpm_runtime *rt);
/* Calls fn(promise, reason) for each promise left without a handler when jobs are done. */
void cpm_engine_on_rejection(struct cpm_runtime *rt, JSObjectRef fn);
/* What util.inspect shows of a promise. False when this engine does not tell. */
enum cpm_promise { CPM_PROMISE_PENDING, CPM_PROMISE_FULFILLED, CPM_PROMISE_REJECTED };
bool cpm_engine_promise(struct cpm_runtime *rt, JSValueRef promise, enum cpm_promise *state,
                        JSValueRef *result);
/* Whether somebody handles the promise's rejection; false when this engine does not tell. */
bool cpm_engine_promise_handled(struct cpm_runtime *rt, JSValueRef promise);
/* As if nobody had handled it: a listener of ours alone does not count. `promise` is one. */
void cpm_engine_promise_forget(struct cpm_runtime *rt, JSValueRef promise);
/* The target of a proxy, or NULL. */
JSObjectRef cpm_engine_proxy_target(JSObjectRef proxy);
/* Bytes that the engine's heap holds. */
double cpm_engine_heap(struct cpm_runtime *rt, double *capacity);
/* Evaluates ASCII text that lives as long as the process, without copying it. NULL without an
 * exception when it is no script. */
JSValueRef cpm_engine_evaluate(struct cpm_runtime *rt, const char *text, size_t len,
                               const char *url, JSValueRef *exception);
/* Ours to hold around several calls: promise jobs run when it is released. */
void cpm_engine_lock(struct cpm_runtime *rt);
void cpm_engine_unlock(struct cpm_runtime *rt);
const char *cpm_engine_version(char *into, size_t size);

#endif
