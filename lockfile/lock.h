/* A lock as a flat list, in memory: what package-lock.json (v1 to v4), npm-shrinkwrap.json and the
 * hidden node_modules/.package-lock.json say. Filled by the reader (lockfile/lock_read.c) or by
 * the tree builder; read by the tree builder, the writer (lockfile/lock_write.c) and install, for
 * which it is the ideal tree. */
#ifndef CPM_LOCKFILE_LOCK_H
#define CPM_LOCKFILE_LOCK_H

#include "lockfile/manifest.h"

/* Version 4 is 3, but for repairs of packages that an older npm must not pass over. A lock that has
 * none of them may still say 4. */
enum { CPM_LOCK_NEWEST = 4 };

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
    int lockfile_version;         /* of what is written next: 1 to CPM_LOCK_NEWEST */
    int original_version;         /* of the file it came from; 0 when made new */
    bool requires;
    bool old, ancient; /* npm's words: v1 data, v1 without `requires` */
    struct cpm_json_style style;
    struct cpm_lock_entry *entries; /* [0] is the root "" when there is one */
    size_t count;
    struct cpm_str unknown_top; /* raw JSON object of unknown top-level keys, written back */
    struct cpm_str
        legacy; /* raw JSON object: the `dependencies` section of v1 and v2; "" when
                   none.      The tree builder renews it before a v1 or v2 lock is written. */
};

struct cpm_lock_source {
    struct cpm_names *names;
    struct cpm_arena *arena; /* keeps entries and what is no slice of the text */
    int lockfile_version;    /* configured; 0: the file's own, except that 1 becomes 3 */
    const char *root; /* absolute project folder: file specs of a v1 lock are read against it;
                         NULL is "/" */
    const struct cpm_manifest *package; /* package.json, for the root of a v1 lock; may be NULL */
};

/* Reads a lock of any version. A text with git's conflict markers is merged as npm merges it: our
 * changes on top of theirs. Slices of `text` are kept, so it must outlive *out; `file` names it in
 * errors. A v1 lock is turned into entries (`old`), as far as that goes without the network.
 * Errors: CPM_EJSONPARSE with line and column (also for duplicate keys, a location that leads
 * nowhere safe, an entry that is no object), CPM_ELOCKFILEVERSION, CPM_ETOOBIG, CPM_EUNSUPPORTED
 * for a lock with patched or extended packages. */
int cpm_lock_read(struct cpm_str text, const char *file, const struct cpm_lock_source *src,
                  struct cpm_lock *out, struct cpm_error *err);

/* Appends the lock's text exactly as npm writes it. style: indentation and line breaks ("" means
 * npm's defaults); NULL: no formatting at all (format-package-lock=false). Entries may come in any
 * order. Errors: CPM_ETOOBIG, CPM_ELOCKFILEVERSION. */
int cpm_lock_write(const struct cpm_lock *lock, const struct cpm_json_style *style,
                   struct cpm_buf *out, struct cpm_error *err);
/* The same for node_modules/.package-lock.json: version 3, no root entry, nothing inert. */
int cpm_lock_write_hidden(const struct cpm_lock *lock, const struct cpm_json_style *style,
                          struct cpm_buf *out, struct cpm_error *err);

/* The package name that a location implies: its last segment, with the scope before it. */
struct cpm_str cpm_location_name(struct cpm_str location);
/* True when nothing owns the location's node_modules: the root, a workspace, a link's target. */
bool cpm_location_is_top(struct cpm_str location);
/* The top whose node_modules hold it, at whatever depth: "" is the root. */
struct cpm_str cpm_location_holder(struct cpm_str location);
/* "node_modules/.store/KEY" of a location of the linked strategy's layout, else ""; the second: is
 * the location that itself? It holds a package and the links beside it, but no package.json. */
struct cpm_str cpm_location_container(struct cpm_str location);
bool cpm_location_is_container(struct cpm_str location);
/* False for what must never become a path: absolute, "..", "." or empty segments (".." may lead),
 * an unsafe name below node_modules. */
bool cpm_location_safe(struct cpm_str location);

#endif
