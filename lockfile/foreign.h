/* The locks of other package managers as one graph: which version of which package stands for a
 * wish. `cpm import` reads one and makes a package-lock.json with the same versions. Kept apart
 * from how they place packages: that is decided anew. */
#ifndef CPM_LOCKFILE_FOREIGN_H
#define CPM_LOCKFILE_FOREIGN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"

enum cpm_foreign_kind {
    CPM_FOREIGN_PNPM, /* pnpm-lock.yaml, versions 6 and 9 */
    CPM_FOREIGN_BUN,  /* bun.lock */
    CPM_FOREIGN_YARN, /* yarn.lock, of Yarn 1 and of Yarn 2 and later */
    CPM_FOREIGN_COUNT
};

struct cpm_foreign_package {
    struct cpm_str name, version;     /* as the registry has it */
    struct cpm_str integrity;         /* SRI, or "" */
    struct cpm_foreign_package *next; /* another version of the name */
};

struct cpm_foreign {
    struct cpm_arena *arena;
    struct cpm_map names; /* package name -> its versions, a list */
    struct cpm_map ids;   /* "name@version" -> package */
    /* Who gets what: "requirer\nname" -> package. The requirer is "name@version", or the folder of
     * a workspace ("" for the root). Where two copies of a requirer differ: an empty package. */
    struct cpm_map edges;
    struct cpm_map wishes; /* Yarn: "name@spec" -> package */
    bool overrides;        /* the lock was made under overrides of its manager's own */
};

/* The file that a manager writes. */
const char *cpm_foreign_file(enum cpm_foreign_kind kind);
/* Slices of `text` are kept. Release `out` in any case. Errors: CPM_EINVAL and CPM_EJSONPARSE for
 * what cannot be read, CPM_EUNSUPPORTED for what npm cannot express (patches, catalogs), each with
 * file, and line where there is one. */
int cpm_foreign_read(enum cpm_foreign_kind kind, struct cpm_str text, struct cpm_arena *arena,
                     struct cpm_foreign *out, struct cpm_error *err);
void cpm_foreign_release(struct cpm_foreign *f);
/* What stands for a requirer's wish, or NULL: not in the lock, or no package of a registry. */
const struct cpm_foreign_package *cpm_foreign_find(const struct cpm_foreign *f,
                                                   struct cpm_str requirer, struct cpm_str name,
                                                   struct cpm_str spec);

/* Internal: the readers, and how they fill the graph. */
struct cpm_foreign_package *cpm_foreign_add(struct cpm_foreign *f, struct cpm_str name,
                                            struct cpm_str version, struct cpm_str integrity);
void cpm_foreign_edge(struct cpm_foreign *f, struct cpm_str requirer, struct cpm_str name,
                      struct cpm_foreign_package *to);
/* "name@rest", the name possibly scoped; false when there is no such '@'. */
bool cpm_foreign_split(struct cpm_str id, struct cpm_str *name, struct cpm_str *rest);
int cpm_foreign_read_pnpm(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err);
int cpm_foreign_read_bun(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err);
int cpm_foreign_read_yarn(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err);

#endif
