/* A package's name and version from the name of its tarball. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_TGZ_NAME_H
#define CPM_LOCKFILE_TGZ_NAME_H

#include "base/arena.h"

/* From "…/@s/p/-/p-1.2.3.tgz" of a registry, or the base name "p-1.2.3.tgz" when `name` is the
 * package's. False when it tells nothing. */
bool cpm_tgz_name(struct cpm_arena *arena, struct cpm_str name, struct cpm_str tgz,
                  struct cpm_str *out_name, struct cpm_str *out_version);

#endif
