/* What is packed already: a tarball on disk, at an address or in a registry. Used by pack_run.c. */
#ifndef CPM_CLI_PACK_UNPACK_H
#define CPM_CLI_PACK_UNPACK_H

#include "cli/pack_run.h"

/* Fills run->packed (with its files) and run->package. Errors: the registry's, CPM_EBADARCHIVE. */
int cpm_pack_fetch(struct cpm_pack_run *run, struct cpm_error *err);

#endif
