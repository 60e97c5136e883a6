/* Reading of dependency maps ("name": "spec"). Internal to lockfile/. */
#ifndef CPM_LOCKFILE_DEPMAP_H
#define CPM_LOCKFILE_DEPMAP_H

#include "lockfile/manifest.h"

/* Reads the map at the cursor; a value of another type is skipped and leaves *out as it is. Array
 * indices come first, ascending; of equal names the last spec counts, in the place of the first. A
 * spec that is no string is a fault for a package.json or a lock and is left out of what a registry
 * sent. */
void cpm_depmap_read(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                     struct cpm_deps *out);
/* The same of a map that stands alone, in a text that was validated before. */
void cpm_depmap_parse(struct cpm_str raw, const struct cpm_manifest_source *src,
                      struct cpm_deps *out);
/* Takes the names of `gone` out of `deps`, which is no more present when that empties it. */
void cpm_depmap_subtract(struct cpm_deps *deps, const struct cpm_deps *gone,
                         struct cpm_arena *arena);
/* Marks the peers that peerDependenciesMeta (raw) calls optional. */
void cpm_depmap_mark_optional(struct cpm_deps *peers, struct cpm_str meta,
                              const struct cpm_manifest_source *src);

#endif
