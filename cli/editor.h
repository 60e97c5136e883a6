/* The user's editor, on a file or a folder. */
#ifndef CPM_CLI_EDITOR_H
#define CPM_CLI_EDITOR_H

#include "cli/cli.h"

/* Runs the key `editor` (a program and its arguments) with the path behind it and waits. Errors:
 * CPM_ENOENT; CPM_EUNKNOWN with npm's words when it did not end with 0. */
int cpm_editor_run(struct cpm_cli *cli, const char *path, struct cpm_error *err);

#endif
