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
/* The same with node-semver's words for the fault. Error: CPM_EINVALIDVERSION. */
int cpm_version_read(struct cpm_str text, unsigned flags, struct cpm_version *out,
                     struct cpm_error *err);
/* The same, and where precedence is equal, by build: the order of semver.sort. */
int cpm_version_cmp_build(const struct cpm_version *a, const struct cpm_version *b);
/* major, minor and patch alone. */
static inline int cpm_version_cmp_main(const struct cpm_version *a, const struct cpm_version *b)
{
    if (a->major != b->major)
        return a->major < b->major ? -1 : 1;
    if (a->minor != b->minor)
        return a->minor < b->minor ? -1 : 1;
    return (a->patch > b->patch) - (a->patch < b->patch);
}
/* The prereleases alone; one that has none comes last. */
int cpm_version_cmp_pre(const struct cpm_version *a, const struct cpm_version *b);
/* Precedence: <0, 0, >0; build is ignored. */
static inline int cpm_version_cmp(const struct cpm_version *a, const struct cpm_version *b)
{
    int r = cpm_version_cmp_main(a, b);

    return r || !(a->prerelease.len | b->prerelease.len) ? r : cpm_version_cmp_pre(a, b);
}
/* One prerelease or build identifier against another: numbers before words. */
int cpm_version_cmp_id(struct cpm_str a, struct cpm_str b);
/* "1.2.3-beta.1", without build. New in the arena. */
const char *cpm_version_text(struct cpm_arena *arena, const struct cpm_version *v);
/* semver.valid and semver.clean: the version's text, NULL when it is none. New in the arena. */
const char *cpm_version_valid(struct cpm_arena *arena, struct cpm_str text, unsigned flags);
const char *cpm_version_clean(struct cpm_arena *arena, struct cpm_str text, unsigned flags);
/* semver.diff: "major", "preminor", "prerelease" …; NULL when equal. Static text. */
const char *cpm_version_diff(const struct cpm_version *a, const struct cpm_version *b);

#endif
