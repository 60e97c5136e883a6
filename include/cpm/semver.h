/* Versions and ranges as npm understands them: node-semver's answers.
 *
 * Text in, text out; nothing is read from elsewhere and nothing is remembered. Every function may
 * be called from any thread; a version or range, once made, may be shared by threads, and is freed
 * by whoever made it. Limits are node-semver's: a version has at most 256 bytes, a number at most
 * 2^53 - 1. */
#ifndef CPM_SEMVER_H
#define CPM_SEMVER_H

#include "cpm/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

CPM_BEGIN_DECLS

struct cpm_semver_options {
    size_t size;             /* sizeof(struct cpm_semver_options): set by the INIT */
    bool loose;              /* take versions that are almost right: "v1.2.3 ", "1.2.3beta" */
    bool include_prerelease; /* a range holds prereleases as it holds other versions */
};
#define CPM_SEMVER_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(struct cpm_semver_options), false, false                                            \
    }

/* Where options are taken, NULL means all defaults. */

struct cpm_semver;
struct cpm_semver_range;

/* A version. NULL and err (CPM_EINVALIDVERSION) when the text is none. */
CPM_API struct cpm_semver *
cpm_semver_new(const char *text, const struct cpm_semver_options *options, struct cpm_error *err);
CPM_API void cpm_semver_free(struct cpm_semver *version);
/* "1.2.3-beta.1": without build. Lives as long as the version, like all texts given here. */
CPM_API const char *cpm_semver_text(const struct cpm_semver *version);

struct cpm_semver_parts {
    uint64_t major, minor, patch;
    const char *prerelease, *build; /* without dash and plus; "" for none */
};
CPM_API struct cpm_semver_parts cpm_semver_parts(const struct cpm_semver *version);

/* By precedence: less than 0, 0, more than 0; a build plays no part. */
CPM_API int cpm_semver_compare(const struct cpm_semver *a, const struct cpm_semver *b);

/* A range, read once and asked often. NULL and err (CPM_EINVALIDRANGE) when the text is none. */
CPM_API struct cpm_semver_range *cpm_semver_range_new(const char *text,
                                                      const struct cpm_semver_options *options,
                                                      struct cpm_error *err);
CPM_API void cpm_semver_range_free(struct cpm_semver_range *range);
/* As node-semver would write it: ">=1.2.3 <2.0.0-0"; "" for any version. */
CPM_API const char *cpm_semver_range_text(const struct cpm_semver_range *range);
CPM_API bool cpm_semver_range_holds(const struct cpm_semver_range *range,
                                    const struct cpm_semver *version);
/* Whether some version is in both; whether each of the first is in the second. */
CPM_API bool cpm_semver_range_intersects(const struct cpm_semver_range *a,
                                         const struct cpm_semver_range *b);
CPM_API bool cpm_semver_range_subset(const struct cpm_semver_range *inner,
                                     const struct cpm_semver_range *outer);

/* The same from text to answer. What is no version or no range satisfies nothing. */
CPM_API bool cpm_semver_satisfies(const char *version, const char *range,
                                  const struct cpm_semver_options *options);
/* Index of the greatest or least version that the range holds; -1 when it holds none. */
CPM_API ptrdiff_t cpm_semver_max_satisfying(const char *const *versions, size_t count,
                                            const char *range,
                                            const struct cpm_semver_options *options);
CPM_API ptrdiff_t cpm_semver_min_satisfying(const char *const *versions, size_t count,
                                            const char *range,
                                            const struct cpm_semver_options *options);

CPM_END_DECLS

#endif
