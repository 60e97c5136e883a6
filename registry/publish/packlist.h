/* The files that a package's tarball holds, by npm-packlist's rules: package.json's `files`, else
 * .npmignore, else .gitignore, what is always in and what never is, and the bundled dependencies.
 * pack.c reads it. */
#ifndef CPM_REGISTRY_PUBLISH_PACKLIST_H
#define CPM_REGISTRY_PUBLISH_PACKLIST_H

#include "base/error.h"
#include "base/glob.h"

struct cpm_packlist_options {
    const char *path; /* absolute and normal: the package's folder */
    /* Of a run in workspaces: the project's folder and the absolute paths of the workspaces picked
     * (NULL-ended), else NULL. */
    const char *prefix;
    const char *const *workspaces;
    const char *global_ignore; /* a file of rules for every package; may be missing; or NULL */
};

struct cpm_packlist {
    struct cpm_glob_list files; /* relative paths in the tarball's order */
    bool gitignore_fallback;    /* .gitignore decided, for want of a .npmignore */
};

/* Errors: a package.json that cannot be read, CPM_ETOOBIG for folders without end. */
int cpm_packlist_read(struct cpm_arena *arena, const struct cpm_packlist_options *opts,
                      struct cpm_packlist *out, struct cpm_error *err);

#endif
