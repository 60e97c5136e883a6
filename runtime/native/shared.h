/* Memory under SharedArrayBuffers: counted, so that the last world that has it frees it. */
#ifndef CPM_RUNTIME_NATIVE_SHARED_H
#define CPM_RUNTIME_NATIVE_SHARED_H

#include <JavaScriptCore/JavaScript.h>

struct cpm_shared;
/* [ArrayBuffer over it, its box]; both count. */
JSObjectRef cpm_shared_object(JSContextRef ctx, struct cpm_shared *shared);
/* Counts what is in the box; NULL when it is none of ours. */
struct cpm_shared *cpm_shared_take(JSContextRef ctx, JSValueRef box);
void cpm_shared_drop(struct cpm_shared *shared);

#endif
