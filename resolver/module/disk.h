/* The machine's file system as a struct cpm_resolver_fs. */
#ifndef CPM_RESOLVER_MODULE_DISK_H
#define CPM_RESOLVER_MODULE_DISK_H

#include "cpm/resolver.h"

extern const struct cpm_resolver_fs cpm_disk;

/* The same as cpm_disk's, for a path below an open folder and for an open folder. */
long cpm_disk_read_at(int dir, const char *path, char *into, size_t size);
bool cpm_disk_list_fd(int fd, size_t most, cpm_entry_fn *entry, void *to);

#endif
