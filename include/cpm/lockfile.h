/* package-lock.json, npm-shrinkwrap.json and node_modules/.package-lock.json, read: every package
 * of a tree, where it stands, what it is and what it asks for.
 *
 * All texts are UTF-8, end with NUL and live as long as the lock; none is NULL ("" means that there
 * is none). A lock is never changed after it was read: threads may share it. */
#ifndef CPM_LOCKFILE_H
#define CPM_LOCKFILE_H

#include "cpm/error.h"

#include <stdbool.h>
#include <stddef.h>

CPM_BEGIN_DECLS

struct cpm_lockfile;

struct cpm_lockfile_options {
    size_t size;      /* sizeof(struct cpm_lockfile_options): set by the INIT */
    const char *root; /* the project's folder, absolute: file specs of a lock of version 1 are read
                         against it; NULL: "/", or the file's own folder */
};
#define CPM_LOCKFILE_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(struct cpm_lockfile_options), NULL                                                  \
    }

/* Reads a file, or a text that `name` stands for in errors; options may be NULL. NULL and err:
 * CPM_ENOENT, CPM_EJSONPARSE with line and column, CPM_ELOCKFILEVERSION, CPM_ETOOBIG,
 * CPM_EUNSUPPORTED for a lock with patched or extended packages. A lock with git's conflict markers
 * is merged as npm merges it. */
CPM_API struct cpm_lockfile *cpm_lockfile_open(const char *path,
                                               const struct cpm_lockfile_options *options,
                                               struct cpm_error *err);
CPM_API struct cpm_lockfile *cpm_lockfile_parse(const char *text, size_t length, const char *name,
                                                const struct cpm_lockfile_options *options,
                                                struct cpm_error *err);
CPM_API void cpm_lockfile_free(struct cpm_lockfile *lock);

/* 1 to 4: of the file that was read. */
CPM_API int cpm_lockfile_version(const struct cpm_lockfile *lock);

/* What one package asks for. */
enum cpm_lockfile_group {
    CPM_LOCKFILE_DEPENDENCIES,
    CPM_LOCKFILE_DEV,
    CPM_LOCKFILE_OPTIONAL,
    CPM_LOCKFILE_PEER
};
struct cpm_lockfile_dependency {
    const char *name, *spec;
    enum cpm_lockfile_group group;
    bool optional_peer; /* peerDependenciesMeta says so */
};

/* One package. The struct may grow at its end in later versions. */
struct cpm_lockfile_package {
    const char *location;  /* "node_modules/a", "packages/b"; "" is the project itself */
    const char *name;      /* also where it is installed under another */
    const char *version;   /* "" of a link */
    const char *resolved;  /* where it came from; of a link: the location that it leads to */
    const char *integrity; /* "sha512-…" */
    const struct cpm_lockfile_dependency *dependencies;
    size_t dependency_count;
    bool link;
    bool dev, optional, dev_optional, peer, extraneous, in_bundle;
};

CPM_API size_t cpm_lockfile_count(const struct cpm_lockfile *lock);
/* The packages in the order of the file, index < count. */
CPM_API const struct cpm_lockfile_package *cpm_lockfile_package(const struct cpm_lockfile *lock,
                                                                size_t index);
/* The one at a location, or NULL. */
CPM_API const struct cpm_lockfile_package *cpm_lockfile_find(const struct cpm_lockfile *lock,
                                                             const char *location);

/* The lock as npm writes it, byte for byte, with the indentation of what was read. A malloc of its
 * own, to be given to free(); NULL and err: CPM_ETOOBIG. */
CPM_API char *cpm_lockfile_text(const struct cpm_lockfile *lock, size_t *length,
                                struct cpm_error *err);

CPM_END_DECLS

#endif
