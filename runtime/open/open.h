/* Opens the runtime's shared object, and the engine behind it: copies of the engine's libraries
 * where the user has them (copies.h), else the system's. The cli calls this when JavaScript must
 * run. */
#ifndef CPM_RUNTIME_OPEN_OPEN_H
#define CPM_RUNTIME_OPEN_OPEN_H

#include "runtime/open/copies.h"
#include "runtime/start.h"

struct cpm_opened {
    cpm_runtime_main_fn *main; /* NULL: dlerror() tells */
    struct cpm_copies copies;
};

/* `folder` is LIBDIR/cpm, a '/' behind it. */
struct cpm_opened cpm_open(const char *folder);
/* When the run has ended: what makes the next one start faster. */
void cpm_open_after(struct cpm_opened *opened);

#endif
