/* The command line: argv to one command. A command is a descriptor that says what it needs opened.
 */
#ifndef CPM_CLI_CLI_H
#define CPM_CLI_CLI_H

#include "base/arena.h"
#include "base/error.h"

struct cpm_config;
struct cpm_term;

/* What every command gets. */
struct cpm_cli {
    struct cpm_arena *arena;   /* of the whole run */
    struct cpm_config *config; /* files, environment and flags, merged */
    struct cpm_term *term;
    const char *cwd;          /* absolute */
    const char *local_prefix; /* the project's folder: nearest package.json or node_modules upward,
                                 npm's rule */
    const char *global_prefix;
    const char *command; /* canonical name */
    int argc;            /* positional arguments */
    const char **argv;
    int rest; /* index of the first argument that stood behind "--", argc when none */
};

/* What may stand behind a command, besides its own words and options: for completion. */
enum cpm_complete {
    CPM_COMPLETE_NONE,
    CPM_COMPLETE_INSTALLED, /* names in node_modules */
    CPM_COMPLETE_GLOBAL,    /* names among the global packages */
    CPM_COMPLETE_SCRIPTS,
    CPM_COMPLETE_KEYS, /* of the configuration */
    CPM_COMPLETE_COMMANDS,
};

struct cpm_command {
    const char *name;    /* canonical */
    const char *aliases; /* "i add in ins inst", or "" */
    const char *usage;   /* npm's synopsis lines, \n between them, without "npm" */
    const char *summary; /* one sentence */
    const char *params;  /* config keys that `-h` lists, blank-separated */
    const char *words;   /* its sub commands, blank-separated, or NULL: offered by completion */
    enum cpm_complete complete;
    bool workspaces; /* honours -w / --workspaces; others refuse them as npm does */
    bool ignore_implicit_workspace;
    bool dev_engines;   /* asks first for what package.json says in devEngines */
    bool no_validation; /* runs whatever the configuration's types are (config) */
    /* Gives 0 or a negative code with err; a script's own exit code is left in *exit_code. */
    int (*run)(struct cpm_cli *cli, int *exit_code, struct cpm_error *err);
    /* Instead of `run`: reads no configuration; argv[0] is the command, gives the exit code. */
    int (*run_plain)(int argc, char **argv);
};

/* The table (cli/commands.c), ended by a row without name. */
extern const struct cpm_command cpm_commands[];

int cpm_cli_main(int argc, char **argv);

#endif
