/* One script of a package: which command, with what environment, run how. The commands (run, test,
 * install …) and the lifecycle (install/scripts.h) fill it; npm's rules are those of run-script.
 * Nothing is printed: a script inherits the terminal or its output is kept for the caller. */
#ifndef CPM_INSTALL_SCRIPT_H
#define CPM_INSTALL_SCRIPT_H

#include "base/arena.h"
#include "base/json.h"

/* A package whose scripts may run: its folder and its package.json, normalised as npm does. */
struct cpm_script_package {
    const char *path;      /* absolute */
    struct cpm_json *json; /* `scripts` holds texts only, `bin` is an object; owned */
    struct cpm_str name;   /* "" when it has none */
    const char *id;        /* "name@version", NULL when one of them is missing */
};

/* Errors: CPM_ENOENT, CPM_EJSONPARSE with npm's words. To be released. */
int cpm_script_package_read(const char *path, struct cpm_arena *arena,
                            struct cpm_script_package *out, struct cpm_error *err);
void cpm_script_package_release(struct cpm_script_package *package);

/* The `scripts` object, NULL when there is none. */
struct cpm_json *cpm_script_table(const struct cpm_script_package *package);
/* The command of an event, with npm's defaults: `node-gyp rebuild` for install where binding.gyp
 * stands and neither install nor preinstall is there, `node server.js` for start. len 0: none. */
struct cpm_str cpm_script_find(const struct cpm_script_package *package, const char *event);

struct cpm_script {
    const struct cpm_script_package *package;
    const char *event;
    struct cpm_str command;
    const char *const *args; /* quoted for the shell and put behind the command */
    size_t arg_count;
    const char *const *env; /* KEY=VALUE, NULL-ended: of this script alone; may be NULL */
    /* The file that `command` is the name of, when no shell is needed for it: cpm_script_exec then
     * does without. NULL: there is none. */
    const char *program;
};

struct cpm_script_options {
    const char *shell;              /* NULL: sh */
    const char *const *environment; /* KEY=VALUE, NULL-ended, over the process's own; may be NULL */
    const char *node_gyp;           /* npm_config_node_gyp, or NULL */
    const char *node_gyp_bin;       /* folder behind the .bin folders in PATH, or NULL */
    const char *bin_dir;            /* folder before them, or NULL */
    const char *node_bin;           /* folder of a node that stands before PATH's, or NULL */
};

/* The command with its arguments, as the shell gets it. */
const char *cpm_script_line(struct cpm_arena *arena, const struct cpm_script *script);
/* One argument as npm escapes it for a POSIX shell. */
void cpm_script_quote(struct cpm_buf *out, struct cpm_str arg);
/* What `> ` lines show above a script that inherits the terminal; no newline at its end. */
const char *cpm_script_banner(struct cpm_arena *arena, const struct cpm_script *script);
/* The whole environment of the child, NULL-ended. */
char **cpm_script_environ(struct cpm_arena *arena, const struct cpm_script *script,
                          const struct cpm_script_options *opts);

/* Becomes the script: signals and the exit code are then its own. Returns only on failure. */
int cpm_script_exec(struct cpm_arena *arena, const struct cpm_script *script,
                    const struct cpm_script_options *opts, struct cpm_error *err);

/* A script to be run in a batch. */
struct cpm_script_job {
    struct cpm_script script;
    bool optional; /* its failure stops nothing */
    /* Jobs, by index and all before this one, that must have ended with 0 first. */
    const size_t *after;
    size_t after_count;
    void *data;    /* the caller's */
    bool done;     /* it ran to its end (or could not be started: then exit_code is 127) */
    bool skipped;  /* not begun, since one that it comes after failed */
    int exit_code; /* 128 + signal when it was killed */
    int signal;    /* 0, or what killed it */
    struct cpm_buf out, err; /* captured, at most 16 MiB each, the rest is dropped */
};

struct cpm_script_batch {
    struct cpm_script_job *jobs;
    size_t count;
    unsigned parallel; /* how many at once; captured scripts only, else one */
    bool inherit;      /* the terminal is the script's; else output is captured, stdin is empty */
    bool keep_going;   /* a failure stops only what comes after it */
    /* Told instead of captured, as it comes; may be NULL. */
    void (*output)(void *data, struct cpm_script_job *job, bool err, struct cpm_str bytes);
    const struct cpm_script_options *opts;
    void (*begin)(void *data, const struct cpm_script *script); /* before each; may be NULL */
    void *data;
    struct cpm_script_job *failed; /* out: the first that did not exit with 0, or NULL */
};
/* Runs the jobs in order; after a failure no other is begun unless keep_going. SIGINT, SIGTERM and
 * SIGHUP are passed on to what runs. 0 when all exited with 0; CPM_ELIFECYCLE with npm's lines
 * otherwise. */
int cpm_script_run(struct cpm_script_batch *batch, struct cpm_error *err);
void cpm_script_job_release(struct cpm_script_job *job);

#endif
