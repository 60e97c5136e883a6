/* What a world on a thread of its own does instead of ending the process. */
#ifndef CPM_RUNTIME_NATIVE_WORKER_H
#define CPM_RUNTIME_NATIVE_WORKER_H

#include "runtime/runtime.h"

/* process.exit in a worker: JavaScript is stopped where it stands, soon after the return. */
void cpm_worker_exit(struct cpm_runtime *rt, int code);

#endif
