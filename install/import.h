/* A foreign lock's versions for a project: a solve in which every wish that the lock answers asks
 * for exactly the locked version, so that npm's rules decide the places alone. Used by the flow for
 * `cpm import`. */
#ifndef CPM_INSTALL_IMPORT_H
#define CPM_INSTALL_IMPORT_H

#include "install/project.h"
#include "lockfile/foreign.h"
#include "resolver/tree/tree.h"

struct cpm_import {
    const struct cpm_foreign *foreign;
    struct cpm_names *names;
    struct cpm_arena *arena;
    const struct cpm_tree_source *network;
    struct cpm_map packuments; /* name -> what the registry says, and what the solver is told */
    struct cpm_map open;       /* names of which the lock lacks a version that somebody wants */
    size_t told_open;          /* how many were known when the solver was told */
};

/* Puts the locked versions into the input's manifests. Error: CPM_EUNSUPPORTED for wishes that npm
 * does not know (workspace:, catalog:), and for foreign overrides without npm's own. */
int cpm_import_prepare(struct cpm_import *im, const struct cpm_foreign *foreign,
                       struct cpm_tree_input *input, struct cpm_error *err);
/* Packuments that hold the locked versions alone, whose wishes are exact; `import` is a struct
 * cpm_import. */
struct cpm_tree_source cpm_import_source(void *import, const struct cpm_tree_source *network);
/* After CPM_ETARGET: true when solving again, with more versions, may help. */
bool cpm_import_widen(struct cpm_import *im);
/* Gives the solved lock its manifests as they are, and the foreign lock's integrities. */
void cpm_import_finish(struct cpm_import *im, const struct cpm_project *project,
                       struct cpm_lock *lock);
void cpm_import_release(struct cpm_import *im);

#endif
