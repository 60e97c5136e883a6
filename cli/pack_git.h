/* A package that stands in a git repository, for `pack` and `diff`: cloned into a folder that lives
 * as long as the run. Used by pack_run.c. */
#ifndef CPM_CLI_PACK_GIT_H
#define CPM_CLI_PACK_GIT_H

#include "cli/pack_run.h"

/* Clones run->spec; run->spec is the folder from then on, run->clone what is to be removed. Errors:
 * CPM_EALLOWGIT, CPM_ENOGIT, CPM_EGIT, CPM_ETARGET, CPM_EGITCHECKOUT. */
int cpm_pack_clone(struct cpm_pack_run *run, struct cpm_error *err);
/* Says that the scripts which would build the package are not run, when it has some. */
void cpm_pack_clone_warn(struct cpm_pack_run *run);

#endif
