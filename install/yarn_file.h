/* The project's yarn.lock (Yarn 1), which npm keeps true beside its own lock. Read by the load
 * phase and by whoever reads node_modules; written by the save phase. */
#ifndef CPM_INSTALL_YARN_FILE_H
#define CPM_INSTALL_YARN_FILE_H

#include "lockfile/lock.h"
#include "lockfile/yarn.h"

struct cpm_yarn_file {
    const char *path;    /* the project's folder, absolute */
    struct cpm_str text; /* "" when there is no such file, or nothing in it */
    struct cpm_yarn yarn;
};

/* A missing file is no error. */
int cpm_yarn_file_read(struct cpm_yarn_file *file, const char *path, struct cpm_arena *arena,
                       struct cpm_error *err);

/* Where a lock's entry does not say where it came from, or with which digest, and the file says it
 * for a wish that the entry answers, the entry takes it over. */
void cpm_yarn_file_complete(const struct cpm_yarn_file *file, struct cpm_lock *lock,
                            struct cpm_arena *arena);

struct cpm_graph_workspace;
/* Writes what npm would write for the tree, unless that is what stands there. */
int cpm_yarn_file_write(const struct cpm_yarn_file *file, const struct cpm_lock *lock,
                        const struct cpm_graph_workspace *workspaces, size_t workspace_count,
                        bool sync, struct cpm_error *err);

#endif
