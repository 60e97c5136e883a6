/* The resolution index: one file in a node_modules that holds the names in each of its folders and
 * the fields of each package.json, parsed. The package manager writes it (index_write.c), a
 * resolver maps it (index.c) and reads it where it lies.
 *
 * A folder's names are believed while the folder has the stamp that it had when they were read, a
 * package's fields while its package.json has; one lstat asks for either, once in a resolver's
 * life. Any change of a folder's names, and any change of a file, changes a ctime, which nothing
 * can set back. (So does a new hard link to a package.json, which then is read and no more.) A file
 * with a wrong sum is no index; and even one with a right sum is read with every number checked. */
#ifndef CPM_RESOLVER_MODULE_INDEX_H
#define CPM_RESOLVER_MODULE_INDEX_H

#include "resolver/module/package.h"

/* Below the node_modules; CPM_RESOLVER_INDEX is in it. What stands in ".cpm" and other hidden
 * folders beside it is not told. */
#define CPM_INDEX_FOLDER ".cpm"

struct cpm_index_stamp {
    uint64_t inode, size;
    int64_t modified, changed; /* nanoseconds */
};

/* The file: this header, then the folders, their slots, the names' slots, the names, the entries,
 * the texts, the packages. Slots hold a number and one, 0 for none; a text is found by its hash,
 * then in the next slot. Numbers are as the machine has them: the file stays on it. */
struct cpm_index_header {
    char magic[8];
    uint64_t sum;   /* of what follows the header and of its counts, by the hash of the slots */
    uint32_t order; /* CPM_INDEX_ORDER, as a machine of the other byte order would not see it */
    uint32_t folders, folder_slots;
    uint32_t names, name_slots; /* slots: a power of two */
    uint32_t entries;
    uint32_t texts, packages; /* bytes */
};

struct cpm_index_name { /* in the texts */
    uint32_t at, len;
};

struct cpm_index_folder {
    struct cpm_index_stamp stamp;
    struct cpm_index_name path; /* below the node_modules, "" for itself */
    uint32_t entry_at, entry_count;
    uint32_t package_at; /* 1 + where it begins in the packages; 0: none */
    uint32_t unused;
};

/* An entry is its name's number and the kind (enum cpm_file_kind) of what it names. A folder's are
 * sorted. */
#define CPM_INDEX_ENTRY(name, kind) ((uint32_t)(name) << 2 | (uint32_t)(kind))

#define CPM_INDEX_MAGIC "cpm-res2"
enum {
    CPM_INDEX_ORDER = 0x01020304,
    CPM_INDEX_DEPTH = 160,
    CPM_INDEX_NOTHING = -1, /* a length that says: there is no such string or value */
};

struct cpm_index {
    const char *bytes;
    size_t size;
    int dir;                        /* the node_modules */
    const struct cpm_place *folder; /* the same */
    const struct cpm_index_header *head;
    const struct cpm_index_folder *folders;
    const uint32_t *folder_slots, *name_slots, *entries;
    const struct cpm_index_name *names;
    const char *texts, *packages;
};

/* False when a node_modules has no usable index. */
bool cpm_index_open(struct cpm_index *index, struct cpm_places *places, const char *modules);
void cpm_index_close(struct cpm_index *index);
/* Reads an index where it lies, aligned to 8; false when these bytes are none. */
bool cpm_index_use(struct cpm_index *index, const char *bytes, size_t size);
/* What the index holds of a real folder, whether that is still so or not; NULL: nothing. */
const struct cpm_index_folder *cpm_index_find(const struct cpm_index *index,
                                              const struct cpm_place *folder);
/* True while the folder's names are what they were. */
bool cpm_index_is_fresh(const struct cpm_index *index, const struct cpm_index_folder *folder);
/* What a name in the folder is; CPM_FILE_NONE when there is no such name. */
enum cpm_file_kind cpm_index_kind(const struct cpm_index *index,
                                  const struct cpm_index_folder *folder, struct cpm_str name);
/* Fills the fields of the package in the folder; false when the index has none or it is stale. */
bool cpm_index_package(const struct cpm_index *index, const struct cpm_index_folder *folder,
                       struct cpm_package *package, struct cpm_arena *arena);

/* Type, name, main, exports and imports, from what stands there (index_package.c). */
bool cpm_index_fields(struct cpm_str bytes, struct cpm_package *package, struct cpm_arena *arena);
struct cpm_buf;
void cpm_index_put_fields(struct cpm_buf *out, const struct cpm_package *package);

/* Of what stands at the path ("": of `dir` itself), links not followed; false when it is of another
 * kind. */
bool cpm_index_stamp(int dir, const char *path, enum cpm_file_kind kind,
                     struct cpm_index_stamp *stamp);
/* `head` with sum 0, and what follows it. */
uint64_t cpm_index_sum(const struct cpm_index_header *head, const char *rest, size_t size);
/* Bytes of the whole file. */
uint64_t cpm_index_size(const struct cpm_index_header *head);

#endif
