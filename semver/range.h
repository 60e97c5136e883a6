/* A version range, node-semver's Range: parsed once, asked often. */
#ifndef CPM_SEMVER_RANGE_H
#define CPM_SEMVER_RANGE_H

#include "semver/version.h"

struct cpm_range; /* in the arena it was parsed into; immutable, so threads may share it */

/* NULL when the text is no valid range. "" and "*" are any. The text need not outlive the range. */
const struct cpm_range *cpm_range_parse(struct cpm_arena *arena, struct cpm_str text,
                                        unsigned flags);
/* The same with node-semver's words for the fault. Error: CPM_EINVALIDRANGE. */
int cpm_range_read(struct cpm_arena *arena, struct cpm_str text, unsigned flags,
                   const struct cpm_range **out, struct cpm_error *err);
/* flags: CPM_SEMVER_INCLUDE_PRERELEASE (beside those it was parsed with). */
bool cpm_range_satisfies(const struct cpm_range *range, const struct cpm_version *v,
                         unsigned flags);
/* The same of a range's text, for one question: quicker than parsing it into a range. False when it
 * is no valid range. */
bool cpm_range_holds(struct cpm_str range, const struct cpm_version *v, unsigned flags);
/* The span outside of which nothing satisfies the range, by major.minor.patch alone: from *low to
 * *high, both included. Where it is open: from 0.0.0, to numbers that no version has. */
void cpm_range_span(const struct cpm_range *range, struct cpm_version *low,
                    struct cpm_version *high);
/* True for "*", "" and what node-semver reads as such (range.range === ""). */
bool cpm_range_is_any(const struct cpm_range *range);
bool cpm_range_intersects(const struct cpm_range *a, const struct cpm_range *b, unsigned flags);
/* semver.subset(sub, dom). */
bool cpm_range_subset(const struct cpm_range *sub, const struct cpm_range *dom, unsigned flags);
/* range.toString(): normalised text, "" for any. New in the arena. */
const char *cpm_range_text(struct cpm_arena *arena, const struct cpm_range *range);

#endif
