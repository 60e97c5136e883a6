/* The packages that a command needs: what each is, and whether the project, the global folder or
 * the folder of exec has it. exec_packages.c fills, exec_install.c reads. */
#ifndef CPM_CLI_EXEC_PACKAGES_H
#define CPM_CLI_EXEC_PACKAGES_H

#include "base/json.h"
#include "cli/exec.h"
#include "cli/flow_options.h"
#include "cli/net.h"
#include "semver/spec.h"

struct cpm_exec_want {
    const char *word; /* as given; a folder absolute */
    struct cpm_spec spec;
    bool missing;           /* in the project and the global folder */
    bool looked_up;         /* the rest is known */
    struct cpm_str name;    /* of the package, "" while nobody could tell */
    struct cpm_str version; /* registry: the one that is meant now */
    struct cpm_json *bins;  /* its commands; NULL while unknown; owned */
    int64_t fresh_until_ms; /* registry: nobody need ask again before; 0 is at once */
    int64_t time;           /* registry: when it was published, CPM_TIME_NONE when unknown */
    bool has_scripts;       /* registry: scripts that run at install */
};

struct cpm_exec_packages {
    struct cpm_exec *exec;
    struct cpm_exec_want *wants;
    size_t count;
    struct cpm_flow_options opts; /* for the folder */
    struct cpm_net net;
    const char *folder; /* of exec, for these packages */
    bool ask;           /* the user will be asked: when a version was published is wanted */
};

/* Reads the words. Errors: those of specs. */
int cpm_exec_packages_open(struct cpm_exec_packages *p, struct cpm_error *err);
void cpm_exec_packages_close(struct cpm_exec_packages *p);
/* Looks for each in the project's tree; what is missing is looked up in its registry. */
int cpm_exec_packages_look(struct cpm_exec_packages *p, struct cpm_error *err);
/* True when the first package stands in the global folder, with this command. */
bool cpm_exec_packages_global(struct cpm_exec_packages *p, const char *command);
/* True when the project or the global folder may have one of the packages, told at a glance. */
bool cpm_exec_packages_elsewhere(struct cpm_exec_packages *p);
/* True when a want is in the folder of exec as it should be. */
bool cpm_exec_packages_held(struct cpm_exec_packages *p, const struct cpm_exec_want *want);

#endif
