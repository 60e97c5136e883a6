/* The door of the shared object cpm-runtime: the cli opens it with dlopen, looks up
 * CPM_RUNTIME_ENTRY and calls it once. Nothing else of the runtime is seen from outside, and no
 * JavaScriptCore type passes through. */
#ifndef CPM_RUNTIME_START_H
#define CPM_RUNTIME_START_H

#define CPM_RUNTIME_FILE    "cpm-runtime.so"
#define CPM_RUNTIME_ENTRY   "cpm_runtime_main"
#define CPM_RUNTIME_VERSION 2 /* of this header; both sides must agree */

struct cpm_runtime_start {
    int version;
    int argc;                      /* of node: argv[0], node's options, the script, its arguments */
    char **argv;                   /* lives as long as the process */
    const char *exec_path;         /* a program that acts as node when it is started */
    const char *cpm_version;       /* process.versions.cpm */
    void (*say)(const char *text); /* an error's words, to the terminal */
    /* Ends the process at once. */
    void (*end)(const struct cpm_runtime_start *start, int code) __attribute__((noreturn));
};

/* Runs the program; gives its exit code. May not return: process.exit calls `end`. */
typedef int cpm_runtime_main_fn(const struct cpm_runtime_start *start);

#endif
