/* A git dependency on its way into the store: cloned, or unpacked from what a known host gives for
 * a whole commit; prepared when that is wanted and allowed, packed as `cpm pack` would, and
 * remembered by its commit, so that the next project asks no git. install/fetch.c calls it on a
 * worker. */
#ifndef CPM_INSTALL_GIT_DEPENDENCY_H
#define CPM_INSTALL_GIT_DEPENDENCY_H

#include "install/script.h"
#include "install/store.h"

struct cpm_git_options {
    const char *program;                      /* configuration's git; NULL: in PATH */
    const struct cpm_script_options *scripts; /* the environment of preparing */
};

struct cpm_git_dependency {
    /* in */
    struct cpm_arena *arena;
    struct cpm_store *store;
    struct cpm_str spec; /* "git+ssh://…#commit", "github:user/project#semver:^1::path:a" */
    struct cpm_str name; /* for messages */
    bool prepare;        /* its scripts may run */
    const struct cpm_git_options *opts;
    struct cpm_str tarball; /* of the host, to be used instead of a clone; "": none */
    /* out */
    struct cpm_str resolved; /* as the lock records it, with the whole commit */
    const struct cpm_store_entry *entry;
};

/* True, with the results, when the spec names a whole commit and the store has it. Cheap. */
bool cpm_git_dependency_find(struct cpm_git_dependency *dep);
/* Where the host gives the spec's files as a tarball: npm's rule is a known host and a whole
 * commit. "" when there is no such place. New in the arena. */
struct cpm_str cpm_git_tarball_url(struct cpm_arena *arena, struct cpm_str spec);
/* Errors: CPM_ENOGIT, CPM_EGIT (err->sys: git's exit code), CPM_ETARGET, CPM_EGITCHECKOUT, those of
 * a package.json that cannot be read and of the store. */
int cpm_git_dependency_get(struct cpm_git_dependency *dep, struct cpm_error *err);

#endif
