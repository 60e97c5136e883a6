/* The index of a store entry: a flat image of what the entry holds, made when it is unpacked,
 * loaded when it is linked. Everything is checked once at loading; afterwards it is only read. */
#ifndef CPM_INSTALL_STORE_INDEX_H
#define CPM_INSTALL_STORE_INDEX_H

#include "base/buf.h"
#include "install/facts.h"
#include "install/write_plan.h"

#define CPM_INDEX_MAX (128u << 20)

struct cpm_store_index_text { /* into the image's strings; NUL-terminated there */
    uint32_t at;
    uint32_t len;
};

struct cpm_store_index_dir {
    struct cpm_store_index_text path;
    uint32_t parent; /* a dir before it; of the first: itself */
    uint32_t reserved;
};

struct cpm_store_index_file {
    struct cpm_store_index_text name;
    uint32_t dir; /* ascending over the files */
    uint32_t executable;
    uint64_t size;
};

/* A package.json of the entry that is a JSON object. */
struct cpm_store_index_package {
    struct cpm_store_index_text
        fields;    /* as the resolution index has them (cpm_index_put_fields) */
    uint32_t file; /* ascending */
    uint32_t reserved;
};

/* Who wrote an entry and when: an entry is trusted when its run was synced or the machine has not
 * been started anew since. */
struct cpm_store_index_origin {
    unsigned char run[16];
    unsigned char boot[16];
    int64_t made_ns; /* no file of the entry was changed after this moment */
    uint32_t umask;
    uint32_t reserved;
};

struct cpm_store_index {
    struct cpm_store_index_origin origin;
    uint32_t dir_count, file_count, package_count;
    uint64_t size;                          /* bytes of all files */
    const struct cpm_store_index_dir *dirs; /* [0] is ""; parents come first */
    const struct cpm_store_index_file *files;
    const struct cpm_store_index_package *packages;
    const char *strings;
    struct cpm_str license, manifest;
};

void cpm_store_index_write(const struct cpm_write_plan *plan, const struct cpm_facts *facts,
                           const struct cpm_store_index_origin *origin, struct cpm_buf *out);
/* False for an image that is damaged or of another form. The image is borrowed, aligned to 8. */
bool cpm_store_index_load(struct cpm_str image, struct cpm_store_index *out);

static inline struct cpm_str cpm_store_index_str(const struct cpm_store_index *index,
                                                 struct cpm_store_index_text t)
{
    return cpm_str_n(index->strings + t.at, t.len);
}
/* The file of this path, or -1. */
int64_t cpm_store_index_find(const struct cpm_store_index *index, struct cpm_str path);
/* True when this path is a folder of the entry. */
bool cpm_store_index_has_dir(const struct cpm_store_index *index, struct cpm_str path);

#endif
