/* Node's event loop on libuv's: who calls JavaScript, and what runs behind every call.
 *
 * Each callback from the loop enters JavaScript through cpm_loop_call. Behind it run, in Node's
 * order, the nextTick queue and the promise jobs until both are empty, then the report of
 * rejections nobody handles. */
#ifndef CPM_RUNTIME_LOOP_H
#define CPM_RUNTIME_LOOP_H

#include "runtime/runtime.h"

void cpm_loop_open(struct cpm_runtime *rt);
/* Calls fn with the arguments, then settles. False when it threw (the error has been told). */
bool cpm_loop_call(struct cpm_runtime *rt, JSObjectRef fn, JSObjectRef self, size_t argc,
                   const JSValueRef argv[]);
/* The two halves of it, for who makes several calls in one turn: gives NULL when fn threw. */
JSValueRef cpm_loop_step(struct cpm_runtime *rt, JSObjectRef fn, JSObjectRef self, size_t argc,
                         const JSValueRef argv[]);
void cpm_loop_settle(struct cpm_runtime *rt);
/* The same of object[name]; nothing happens when that is no function. */
bool cpm_loop_emit(struct cpm_runtime *rt, JSObjectRef object, const char *name, size_t argc,
                   const JSValueRef argv[]);
/* Runs the loop until nothing holds it. */
void cpm_loop_run(struct cpm_runtime *rt);
/* Native functions that the bootstrap of JavaScript's side is given. */
JSObjectRef cpm_loop_object(struct cpm_runtime *rt);

#endif
