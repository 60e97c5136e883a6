/* One command to be run out of a package, as exec, cpx and init want it: where it is looked for,
 * in which folder it runs, and what was found so far. cmd_exec.c and cmd_init.c fill it. The steps
 * are file names: exec_find.c looks at what is there, exec_packages.c finds out what the packages
 * are, exec_install.c brings missing ones in, exec_run.c runs. */
#ifndef CPM_CLI_EXEC_H
#define CPM_CLI_EXEC_H

#include "cli/cli.h"

struct cpm_exec {
    struct cpm_cli *cli;
    /* in */
    const char *call;  /* a line for the shell, or NULL */
    const char **args; /* the command and its arguments; the command may be replaced */
    size_t arg_count;
    const char **packages; /* that are needed, one more place behind them; may be none */
    size_t package_count;
    const char *local_path;   /* upwards from here node_modules/.bin is looked into */
    const char *package_path; /* whose package.json may have the command itself */
    const char *run_path;     /* where the command runs */
    const char *place;        /* for an interactive shell: "in workspace …", or NULL */
    bool banner;              /* say what runs, as for a script */
    bool last;                /* cpm may become the command; else it is waited for */
    /* found */
    bool swap;           /* the command is a package: its own command is meant */
    bool own;            /* the package is the project's own: linked without a question */
    const char *bin_dir; /* before all others in PATH, or NULL */
};

/* The whole of it. Errors: the registry's, CPM_ECANCELED. */
int cpm_exec(struct cpm_exec *x, int *exit_code, struct cpm_error *err);

/* The steps. find: true when the command is there already; else `packages` says what it is in. */
bool cpm_exec_find(struct cpm_exec *x);
/* Sees to it that the packages are there, and names the command. *exit_code is set when an install
 * script failed. */
int cpm_exec_provide(struct cpm_exec *x, int *exit_code, struct cpm_error *err);
int cpm_exec_run(struct cpm_exec *x, int *exit_code, struct cpm_error *err);

/* True for a file (links followed). */
bool cpm_exec_is_file(const char *path);
/* npm's rule for the command of a package: the only one, or the one of its name. NULL: none.
 * bins: a normalised object. */
struct cpm_json;
const char *cpm_exec_command_of(struct cpm_exec *x, const struct cpm_json *bins,
                                struct cpm_str name);

#endif
