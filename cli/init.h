/* The package.json that `init` makes: what can be guessed from the folder, asked for where somebody
 * can answer. cmd_init.c calls it; the order of the fields and every guess are npm's. */
#ifndef CPM_CLI_INIT_H
#define CPM_CLI_INIT_H

#include "base/glob.h"
#include "cli/cli.h"
#include "lockfile/package.h"

struct cpm_init {
    struct cpm_cli *cli;
    const char *folder;         /* absolute */
    bool yes;                   /* ask nothing */
    struct cpm_package package; /* what stands there, changed in place */
    struct cpm_glob_list files; /* names in the folder, sorted */
};

/* Makes or completes FOLDER/package.json and says so. Errors: CPM_EJSONPARSE, the file system's; an
 * end of the answers is none, but *exit_code is 1. */
int cpm_init_template(struct cpm_cli *cli, const char *folder, int *exit_code,
                      struct cpm_error *err);

/* init_guess.c: "" or NULL where nothing can be guessed. */
struct cpm_str cpm_init_name(const struct cpm_init *init);
struct cpm_str cpm_init_main(const struct cpm_init *init);
struct cpm_str cpm_init_bin(const struct cpm_init *init);
struct cpm_str cpm_init_test(const struct cpm_init *init);
struct cpm_str cpm_init_repository(const struct cpm_init *init);
struct cpm_json *cpm_init_directories(const struct cpm_init *init);
/* What stands in node_modules, test frameworks or all else; NULL when there is none. */
struct cpm_json *cpm_init_deps(const struct cpm_init *init, bool test);
void cpm_init_list_folder(struct cpm_arena *arena, const char *folder, struct cpm_glob_list *out);
/* init-KEY of the configuration, or the older init.KEY. */
const char *cpm_init_config(const struct cpm_init *init, const char *key);

/* init_fields.c: puts every field in. CPM_ECANCELED at the end of the answers. */
int cpm_init_fields(struct cpm_init *init, struct cpm_error *err);

#endif
