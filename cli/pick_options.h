/* Configuration -> how a version is picked: tag, before, min-release-age-exclude, engines. */
#ifndef CPM_CLI_PICK_OPTIONS_H
#define CPM_CLI_PICK_OPTIONS_H

#include "cli/cli.h"
#include "registry/packument.h"

/* Strings live as long as the configuration. */
void cpm_pick_options_fill(struct cpm_cli *cli, struct cpm_pick_options *out);

#endif
