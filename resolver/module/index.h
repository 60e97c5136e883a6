/* The resolution index: one file that holds the fields of every package.json of a node_modules,
 * parsed. The package manager writes it (cpm_resolver_index_write), a resolver maps it.
 *
 * An entry is believed only when its package.json still is the file that was read: the same inode,
 * size and times, asked with one lstat. A change of the file changes its ctime, whatever is done to
 * the others; so does a new hard link to it, which costs a read and no more. A file that is not
 * what it should be is no index. */
#ifndef CPM_RESOLVER_MODULE_INDEX_H
#define CPM_RESOLVER_MODULE_INDEX_H

#include "resolver/module/package.h"

struct cpm_index {
    const char *bytes;
    size_t size;
    const struct cpm_place *folder; /* that the entries' paths are relative to */
};

/* False when there is no usable index at the path. */
bool cpm_index_open(struct cpm_index *index, struct cpm_places *places, const char *path);
void cpm_index_close(struct cpm_index *index);
/* The package in a real folder; NULL when the index has none or it is stale. */
struct cpm_package *cpm_index_find(const struct cpm_index *index, const struct cpm_place *folder,
                                   struct cpm_arena *arena);

/* index_write.c and index.c share this: the file is a header, `slots` offsets of entries (0: none;
 * found by the hash of the path, then the next), the entries. Numbers are as the machine has them:
 * the file stays on it. */
#define CPM_INDEX_MAGIC "cpm-res1"
struct cpm_index_header {
    char magic[8];
    uint32_t order; /* CPM_INDEX_ORDER, as a machine of the other byte order would not see it */
    uint32_t slots; /* a power of two */
};
enum { CPM_INDEX_ORDER = 0x01020304, CPM_INDEX_DEPTH = 160 };

/* Begins an entry; then come the path, and, each with its length, name, main, exports, imports. */
struct cpm_index_stamp {
    uint64_t inode, size;
    int64_t modified, changed; /* nanoseconds */
    uint32_t path_len;
    uint32_t type; /* enum cpm_package_type */
};
/* The stamp of a package.json; false when it is no plain file. */
bool cpm_index_stamp(const char *path, struct cpm_index_stamp *stamp);
bool cpm_index_stamps_equal(const struct cpm_index_stamp *a, const struct cpm_index_stamp *b);

/* A length that says: there is no such string or value. */
enum { CPM_INDEX_NOTHING = -1 };

#endif
