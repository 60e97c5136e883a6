/* Solving with a network behind it: fetches the packuments that the closure guesses and the solver
 * names until the solver answers. The install flow calls it; it runs the loop while it waits, so
 * that tarballs that were started early go on arriving. */
#ifndef CPM_INSTALL_GATHER_H
#define CPM_INSTALL_GATHER_H

#include "install/git/dependency.h"
#include "install/store.h"
#include "registry/registry.h"
#include "resolver/tree/tree.h"

struct cpm_gather {
    /* in: filled by the caller */
    uv_loop_t *loop;
    struct cpm_registry *registry;
    struct cpm_store *store; /* for manifests that stand in tarballs */
    const struct cpm_tree_input *input;
    const struct cpm_tree_options *opts;
    const struct cpm_git_options *git; /* for git dependencies */
    bool full;                         /* ask for full documents: licenses and times are needed */
    /* A version that is likely to be installed; or NULL. */
    void (*picked)(void *data, const struct cpm_manifest *m);
    /* `done` of `total` packuments are there; or NULL. */
    void (*progress)(void *data, size_t done, size_t total, struct cpm_str name);
    void *data;
    /* Puts a source in front of the network's; or NULL. */
    struct cpm_tree_source (*wrap)(void *data, const struct cpm_tree_source *network);
    void *wrap_data;
    /* out */
    struct cpm_tree_result result;
};

/* 0, or the solver's or the network's failure. On CPM_ERESOLVE result.conflict is set. */
int cpm_gather_run(struct cpm_gather *g, struct cpm_error *err);

/* The package name of a spec without one: what its folder or tarball says. */
int cpm_gather_name(struct cpm_gather *g, const struct cpm_spec *spec, struct cpm_str *name,
                    struct cpm_error *err);

/* One packument, waiting for it. */
int cpm_gather_packument(uv_loop_t *loop, struct cpm_registry *registry, struct cpm_str name,
                         bool full, const struct cpm_packument **out, struct cpm_error *err);

#endif
