/* A package as a person reads it: npm's overview of one version. Used by view. */
#ifndef CPM_CLI_VIEW_TEXT_H
#define CPM_CLI_VIEW_TEXT_H

#include "base/json.h"
#include "cli/cli.h"

/* Prints. `versions` is how many the packument has. */
void cpm_view_text(struct cpm_cli *cli, const struct cpm_json *packument,
                   const struct cpm_json *manifest, size_t versions);
/* "Name <mail> (url)". New in the arena. */
struct cpm_str cpm_view_person(struct cpm_arena *arena, const struct cpm_json *person);

#endif
