/* A lock as a flat list, in memory: what package-lock.json (v1, v2, v3), npm-shrinkwrap.json and
 * the hidden node_modules/.package-lock.json say. Filled by the reader (lockfile/read.c) or by the
 * tree builder; read by the tree builder, the writer (lockfile/write.c) and install, for which it
 * is the ideal tree. */
#ifndef CPM_LOCKFILE_LOCK_H
#define CPM_LOCKFILE_LOCK_H

#include "lockfile/manifest.h"

struct cpm_lock_entry {
    struct cpm_str location; /* "", "node_modules/a", "packages/b", "../c": relative to the root,
                                '/' separators */
    const struct cpm_manifest *manifest; /* NULL for a link */
    const struct cpm_name
        *name; /* the entry's own `name` key, or NULL when it is implied by the location */
    struct cpm_str
        resolved; /* URL, "file:…", "git+…"; for a link the target's location; "" when absent */
    struct cpm_str integrity;
    bool link;
    bool dev, optional, dev_optional, peer, extraneous, in_bundle;
    bool inert; /* optional and not for this platform (or failed): in the lock, not on disk */
    struct cpm_str unknown; /* raw JSON object of fields that npm would keep; "" when none */
};

struct cpm_lock {
    struct cpm_str name, version; /* top level; len 0 when absent */
    int lockfile_version;         /* of what is written next: 1, 2 or 3 */
    int original_version;         /* of the file it came from; 0 when made new */
    bool requires;
    bool old, ancient; /* npm's words: v1 data, v1 without `requires` */
    struct cpm_json_style style;
    struct cpm_lock_entry *entries; /* [0] is the root "" when there is one */
    size_t count;
    struct cpm_str unknown_top; /* raw JSON object of unknown top-level keys, written back */
};

#endif
