/* A package's folder as the tarball that npm would publish: the tar's bytes equal npm's; gzip's may
 * differ, for it is another compressor. The commands pack and publish fill and read it. */
#ifndef CPM_REGISTRY_PUBLISH_PACK_H
#define CPM_REGISTRY_PUBLISH_PACK_H

#include "base/json.h"
#include "registry/publish/packlist.h"

struct cpm_packed_file {
    struct cpm_str path; /* without "package/" */
    uint64_t size;
    unsigned mode;
};

struct cpm_packed {
    struct cpm_packed_file *files; /* in the tarball's order */
    size_t count;
    uint64_t unpacked; /* bytes of all files */
    char *tarball;     /* owned */
    size_t size;
    const char *shasum;    /* hex, in the arena */
    const char *integrity; /* "sha512-…" */
};

/* `bin` is the normalised object of command → path, or NULL. Errors: the file system's,
 * CPM_ETOOBIG. */
int cpm_pack_folder(struct cpm_arena *arena, const char *path, const struct cpm_packlist *list,
                    const struct cpm_json *bin, struct cpm_packed *out, struct cpm_error *err);
/* The same facts of a tarball that is there already; takes `bytes`. Its files are the caller's to
 * fill. */
int cpm_packed_from(struct cpm_arena *arena, char *bytes, size_t size, struct cpm_packed *out,
                    struct cpm_error *err);
void cpm_packed_release(struct cpm_packed *packed);

#endif
