/* The package that stands in a folder, for commands that mean it when no other is named. */
#ifndef CPM_CLI_PROJECT_NAME_H
#define CPM_CLI_PROJECT_NAME_H

#include "base/json.h"
#include "cli/cli.h"

/* Reads FOLDER/package.json; to be freed. */
int cpm_project_read(struct cpm_cli *cli, const char *folder, struct cpm_json **out,
                     struct cpm_error *err);
/* Its name in the run's arena. CPM_EUSAGE when it has none or there is no package.json. */
int cpm_project_name(struct cpm_cli *cli, const char *folder, const char **name,
                     struct cpm_error *err);

#endif
