/* Ranges against each other and against lists of versions. (intersects and subset: range.h) */
#ifndef CPM_SEMVER_SETS_H
#define CPM_SEMVER_SETS_H

#include "semver/range.h"

/* The lowest version that can satisfy the range; false when none can. Its prerelease lives in the
 * arena or in the range. */
bool cpm_range_min_version(struct cpm_arena *arena, const struct cpm_range *range,
                           struct cpm_version *out);
/* semver.gtr and ltr: the version lies above, or below, all that the range allows. */
bool cpm_range_above(const struct cpm_version *v, const struct cpm_range *range, unsigned flags);
bool cpm_range_below(const struct cpm_version *v, const struct cpm_range *range, unsigned flags);
/* The highest (sign 1) or lowest (-1) of versions that are offered one by one and satisfy the
 * range, the first of equal ones; `at` is CPM_NPOS until one does. Texts that are no versions are
 * passed over. */
struct cpm_best {
    const struct cpm_range *range;
    unsigned flags;
    int sign;
    size_t at;              /* the number it was offered with */
    struct cpm_version top; /* its parts are views of the text that was offered */
};
#define CPM_BEST_INIT(range_, flags_, sign_)                                                       \
    {                                                                                              \
        .range = (range_), .flags = (flags_), .sign = (sign_), .at = CPM_NPOS                      \
    }
void cpm_best_offer(struct cpm_best *best, size_t at, struct cpm_str version);
/* Index of the highest or lowest version that satisfies, the first of equal ones; CPM_NPOS when
 * none does. Texts that are no versions are passed over. */
size_t cpm_range_max_satisfying(const struct cpm_range *range, const struct cpm_str *versions,
                                size_t count, unsigned flags);
size_t cpm_range_min_satisfying(const struct cpm_range *range, const struct cpm_str *versions,
                                size_t count, unsigned flags);
struct cpm_simplify {
    struct cpm_str range;
    const struct cpm_str *versions;
    size_t count;
    unsigned flags;
};
/* semver.simplifyRange: a shorter range that picks the same of these versions, or the text itself.
 * Error: CPM_EINVALIDVERSION when one of several is no version. */
int cpm_range_simplify(struct cpm_arena *arena, const struct cpm_simplify *in, struct cpm_str *out,
                       struct cpm_error *err);

#endif
