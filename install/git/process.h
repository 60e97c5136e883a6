/* A program run to its end, its output captured: what the git files start git and the nested
 * install with. Blocks its thread: for workers, never for the loop. */
#ifndef CPM_INSTALL_GIT_PROCESS_H
#define CPM_INSTALL_GIT_PROCESS_H

#include "base/buf.h"

struct cpm_process {
    /* in */
    const char *file;        /* absolute */
    const char *const *args; /* args[0] is the program's own name; NULL-ended */
    char *const *env;        /* the whole environment, NULL-ended */
    const char *cwd;
    /* out */
    struct cpm_buf out, err; /* at most 64 MiB and 64 KiB, the rest is dropped; to be released */
    int exit_code;           /* 128 + signal when it was killed */
};

/* 0 when it ended, however it ended. Errors: the system's, when it could not be started. */
int cpm_process_run(struct cpm_process *process, struct cpm_error *err);
void cpm_process_release(struct cpm_process *process);

#endif
