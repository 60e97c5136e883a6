/* Packing for the commands pack and publish: what is packed (a folder, a tarball, something in a
 * registry), the scripts around it, and the facts that both print. */
#ifndef CPM_CLI_PACK_RUN_H
#define CPM_CLI_PACK_RUN_H

#include "cli/net.h"
#include "install/script.h"
#include "registry/publish/pack.h"
#include "semver/spec.h"

struct cpm_pack_run {
    struct cpm_cli *cli;
    struct cpm_net *net; /* for specs that are not on disk */
    struct cpm_spec spec;
    /* Of a run in workspaces, as in struct cpm_packlist_options; or NULL. */
    const char *const *workspaces;
    bool only_prepare; /* of a folder's scripts */
    struct cpm_script_options scripts;
    struct cpm_script_package package; /* a folder's path; `json` is owned for tarballs too */
    struct cpm_packed packed;
    const char *filename;
    const char
        *clone;    /* the folder of a git repository, removed at the end; its scripts never run */
    int exit_code; /* of a script that failed and was reported */
};

/* Parses the spec and reads the folder's package.json. Errors: the spec's, those of package.json;
 * a name or version that is missing. */
int cpm_pack_run_open(struct cpm_pack_run *run, const char *arg, struct cpm_error *err);
/* Runs prepack and prepare, packs, writes the file into `destination` (NULL: nowhere), runs
 * postpack. CPM_ELIFECYCLE: a script failed, which is told already. */
int cpm_pack_run_pack(struct cpm_pack_run *run, const char *destination, struct cpm_error *err);
/* Runs one script of the folder, if it is there and scripts may run. `env` may be NULL. */
int cpm_pack_run_script(struct cpm_pack_run *run, const char *event, const char *const *env,
                        struct cpm_error *err);
void cpm_pack_run_close(struct cpm_pack_run *run);

#endif
