/* One side of `cpm diff`: the files of a package, wherever it is. Filled by diff_files.c, read by
 * diff_format.c. */
#ifndef CPM_CLI_DIFF_FILES_H
#define CPM_CLI_DIFF_FILES_H

#include "base/map.h"
#include "cli/pack_run.h"
#include "install/inflate.h"

struct cpm_diff_file {
    struct cpm_str text;
    unsigned mode;
};

struct cpm_diff_side {
    /* in */
    struct cpm_cli *cli;
    struct cpm_net *net;
    const char *top;            /* what lies in its node_modules is taken as it is */
    const char *const *filters; /* NULL-ended: paths, folders and patterns; none: every file */
    /* out */
    struct cpm_str version;
    struct cpm_map files; /* path → struct cpm_diff_file, in the tarball's order */
    struct cpm_pack_run run;
    struct cpm_inflated tar;
};

/* The files of a spec: a folder's `prepare` is run and it is packed; what is installed is not.
 * Errors: those of packing and of the registry; CPM_ELIFECYCLE as for cpm_pack_run_pack. */
int cpm_diff_side_read(struct cpm_diff_side *side, const char *spec, struct cpm_error *err);
void cpm_diff_side_release(struct cpm_diff_side *side);

#endif
