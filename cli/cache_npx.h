/* cpm cache npx: the folders in which exec keeps what is not installed (install/npx.h). */
#ifndef CPM_CLI_CACHE_NPX_H
#define CPM_CLI_CACHE_NPX_H

#include "cli/cli.h"

/* ls, rm or info, behind "npx". */
int cpm_cache_npx(struct cpm_cli *cli, int argc, const char **argv, struct cpm_error *err);

#endif
