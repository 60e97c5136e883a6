/* Another program, run to its end: git, an editor, man. The caller fills what to run and reads how
 * it ended. For scripts of packages see install/script.h. */
#ifndef CPM_BASE_CHILD_H
#define CPM_BASE_CHILD_H

#include "base/buf.h"

#define CPM_CHILD_OUTPUT_MAX (64u << 20) /* bytes of each stream; the rest is dropped */

struct cpm_child {
    const char *const *argv; /* NULL-ended; argv[0] is looked for on PATH */
    const char *cwd;         /* NULL: where this process is */
    const char *const *env;  /* KEY=VALUE, NULL-ended, over the process's own, of which a
                                bare KEY is taken away; may be NULL */
    bool inherit;            /* the terminal is its own; else stdin is empty, output is kept */
    /* out */
    int exit_code; /* 128 + signal when it was killed */
    int signal;
    struct cpm_buf out, err;
};

/* 0 when it ran, however it ended. Errors: CPM_ENOENT when there is no such program, and those of
 * starting one. To be released in any case. */
int cpm_child_run(struct cpm_child *child, struct cpm_error *err);
void cpm_child_release(struct cpm_child *child);

#endif
