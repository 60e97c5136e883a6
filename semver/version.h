/* One version, node-semver's SemVer. Pure; the text it was parsed from must outlive it (prerelease
 * and build are views). */
#ifndef CPM_SEMVER_VERSION_H
#define CPM_SEMVER_VERSION_H

#include "base/arena.h"
#include "base/error.h"

enum cpm_semver_flags {
    CPM_SEMVER_LOOSE = 1,
    CPM_SEMVER_INCLUDE_PRERELEASE = 2,
};

struct cpm_version {
    uint64_t major, minor, patch; /* each at most 2^53 - 1 */
    struct cpm_str prerelease;    /* "beta.1", without the dash; empty when none */
    struct cpm_str build;         /* "sha.1", without the plus */
};

/* False when it is no version (over 256 bytes, leading zeros, …), as semver.parse gives null. */
bool cpm_version_parse(struct cpm_str text, unsigned flags, struct cpm_version *out);
/* Precedence: <0, 0, >0; build is ignored. */
int cpm_version_cmp(const struct cpm_version *a, const struct cpm_version *b);
/* "1.2.3-beta.1", without build. New in the arena. */
const char *cpm_version_text(struct cpm_arena *arena, const struct cpm_version *v);

#endif
