/* A page in the user's browser, by npm's rules for the key `browser`. */
#ifndef CPM_CLI_BROWSER_H
#define CPM_CLI_BROWSER_H

#include "cli/cli.h"

/* Opens `url`, or prints it below `title` with --browser=false and where no browser can be started
 * (--json: as a document). Errors: an address that is none of the web's, a browser that fails. */
int cpm_browser_open(struct cpm_cli *cli, const char *title, const char *url,
                     struct cpm_error *err);

#endif
