/* What may be a package's name: validate-npm-package-name. */
#ifndef CPM_SEMVER_PACKAGE_NAME_H
#define CPM_SEMVER_PACKAGE_NAME_H

#include "base/arena.h"

struct cpm_package_name {
    bool valid_new;           /* may be published today: neither errors nor warnings */
    bool valid_old;           /* may be installed: no errors */
    const char *errors[10];   /* in npm's order and words, as far as not NULL */
    const char *warnings[10]; /* the same */
};

void cpm_package_name_check(struct cpm_arena *arena, struct cpm_str name,
                            struct cpm_package_name *out);
/* valid_old alone; allocates nothing. */
bool cpm_package_name_ok(struct cpm_str name);

#endif
