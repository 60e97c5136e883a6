/* The machine's file system as a struct cpm_resolver_fs. */
#ifndef CPM_RESOLVER_MODULE_DISK_H
#define CPM_RESOLVER_MODULE_DISK_H

#include "cpm/resolver.h"

extern const struct cpm_resolver_fs cpm_disk;

#endif
