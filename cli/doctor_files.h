/* Who owns the files below a folder and who may use them: what `cpm doctor` checks. */
#ifndef CPM_CLI_DOCTOR_FILES_H
#define CPM_CLI_DOCTOR_FILES_H

#include "cli/term.h"

struct cpm_doctor_files {
    struct cpm_term *term; /* what is wrong is told there, file by file */
    const char *root;
    bool should_own;
    int mask; /* of access(2) */
    bool may_be_missing;
};

/* False when something is wrong. Links are not followed. */
bool cpm_doctor_files_check(const struct cpm_doctor_files *how);

#endif
