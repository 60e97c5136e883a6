/* The form that nearly every version has, read in one pass by versions and by ranges: M.m.p or
 * M.m.p-pre with digits first, no zero in front of a number, no build. It means the same to strict
 * and to loose readers. What looks different is left to the scanners of scan.h. */
#ifndef CPM_SEMVER_PLAIN_H
#define CPM_SEMVER_PLAIN_H

#include "semver/scan.h"
#include "semver/version.h"

/* So many digits cannot pass CPM_SEMVER_MAX_SAFE, not even raised by one. */
enum { CPM_PLAIN_DIGITS = 15 };

static inline const char *cpm_plain_number(const char *p, const char *end, uint64_t *value)
{
    const char *from = p;
    uint64_t n = 0;

    for (; p < end && (unsigned char)(*p - '0') < 10; p++)
        n = n * 10 + (uint64_t)(*p - '0');
    *value = n;
    if (p == from || p - from > CPM_PLAIN_DIGITS || (*from == '0' && p - from > 1))
        return NULL;
    return p;
}

/* id(.id)*; NULL when an id is empty, or begins with a zero that may be too much. */
static inline const char *cpm_plain_prerelease(const char *p, const char *end)
{
    for (;; p++) {
        const char *from = p;

        while (p < end && cpm_scan_is(*p, CPM_SCAN_ID))
            p++;
        if (p == from || (*from == '0' && p - from > 1))
            return NULL;
        if (p == end || *p != '.')
            return p;
    }
}

/* The place behind the version at p, where the text ends or, unless `alone`, a blank or '|'
 * follows. NULL, and *out as it was, when no version of this form stands there. */
static inline const char *cpm_plain_version(const char *p, const char *end, bool alone,
                                            struct cpm_version *out)
{
    struct cpm_str prerelease = CPM_STR_NONE;
    uint64_t major, minor, patch;
    const char *from;

    if (!(p = cpm_plain_number(p, end, &major)) || p == end || *p != '.')
        return NULL;
    if (!(p = cpm_plain_number(p + 1, end, &minor)) || p == end || *p != '.')
        return NULL;
    if (!(p = cpm_plain_number(p + 1, end, &patch)))
        return NULL;
    if (p < end && *p == '-') {
        from = p + 1;
        if (!(p = cpm_plain_prerelease(from, end)))
            return NULL;
        prerelease = cpm_str_n(from, (size_t)(p - from));
    }
    if (p < end && (alone || (*p != ' ' && *p != '|')))
        return NULL;
    *out = (struct cpm_version){major, minor, patch, prerelease, CPM_STR_NONE};
    return p;
}

#endif
