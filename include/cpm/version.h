/* Which libcpm this is: as a macro what was compiled against, as a function what was loaded. */
#ifndef CPM_VERSION_H
#define CPM_VERSION_H

#include "cpm/export.h"

CPM_BEGIN_DECLS

#define CPM_VERSION_MAJOR 0
#define CPM_VERSION_MINOR 1
#define CPM_VERSION_PATCH 0

/* The loaded library's version, "0.1.0". Never NULL. */
CPM_API const char *cpm_version(void);

CPM_END_DECLS

#endif
