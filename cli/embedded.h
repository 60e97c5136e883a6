/* The manual and the completion scripts, as the program carries them: docs/man and cli/completion
 * turned into a table by cmake/embed.cmake. Read by help, help-search and completion. */
#ifndef CPM_CLI_EMBEDDED_H
#define CPM_CLI_EMBEDDED_H

#include <stddef.h>

struct cpm_embedded {
    const char *name; /* "cpm-install.1" */
    const char *text;
};

/* Ended by a row without name. */
extern const struct cpm_embedded cpm_embedded[];

#endif
