/* npm's normalisation of `bin`. Internal to lockfile/. */
#ifndef CPM_LOCKFILE_MANIFEST_BIN_H
#define CPM_LOCKFILE_MANIFEST_BIN_H

#include "base/jsonread.h"

/* From the raw value of `bin` to an object of command → path inside the package: a string is named
 * by the package, an array by base names; keys become base names, paths are normalised as if rooted
 * in the package, so that none leads out; what is left empty is dropped. Absent when nothing
 * remains. A slice of `raw` when it is in that form already. */
struct cpm_str cpm_bin_normalize(struct cpm_str raw, struct cpm_str package,
                                 struct cpm_arena *arena);

#endif
