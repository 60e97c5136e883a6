/* The project's `devEngines` before a command runs: npm asks for them in all commands that work on
 * the tree, and in `run`. cli.c calls it; what does not suit is printed here. */
#ifndef CPM_CLI_DEV_ENGINES_H
#define CPM_CLI_DEV_ENGINES_H

#include "cli/cli.h"

/* 0: go on, also when package.json is missing or cannot be read (the command says that); 1: an
 * engine is wrong, which is told (EBADDEVENGINES). With --force such failures are warnings. Errors:
 * devEngines of a wrong form. */
int cpm_dev_engines_enforce(struct cpm_cli *cli, struct cpm_error *err);

#endif
