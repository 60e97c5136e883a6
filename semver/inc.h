/* The next version, and the version with its tail cut: semver.inc and semver.truncate. */
#ifndef CPM_SEMVER_INC_H
#define CPM_SEMVER_INC_H

#include "semver/version.h"

enum cpm_release {
    CPM_RELEASE_MAJOR,
    CPM_RELEASE_PREMAJOR,
    CPM_RELEASE_MINOR,
    CPM_RELEASE_PREMINOR,
    CPM_RELEASE_PATCH,
    CPM_RELEASE_PREPATCH,
    CPM_RELEASE_PRERELEASE,
    CPM_RELEASE_RELEASE, /* out of a prerelease; no truncation */
    CPM_RELEASE_PRE,     /* the prerelease's number alone */
};

enum cpm_inc_base { CPM_INC_ZERO, CPM_INC_ONE, CPM_INC_NONE };

struct cpm_inc {
    enum cpm_release release;
    struct cpm_str identifier; /* "beta", or "" */
    enum cpm_inc_base base;    /* the first number of a prerelease; NONE leaves it out */
    unsigned flags;            /* CPM_SEMVER_LOOSE: how the identifier is checked */
};

/* The type's word in node-semver; false when it is none. */
bool cpm_release_parse(struct cpm_str word, enum cpm_release *out);
/* Raises *v; its prerelease is then new in the arena, its build stays. Error: CPM_EINVALIDVERSION
 * with node-semver's words. */
int cpm_version_inc(struct cpm_arena *arena, struct cpm_version *v, const struct cpm_inc *how,
                    struct cpm_error *err);
/* Cuts *v to major, minor or patch; the pre types leave it as it is. False for RELEASE and PRE. */
bool cpm_version_truncate(struct cpm_version *v, enum cpm_release to);

#endif
