/* Scanners that versions, ranges and coercion share. Each takes [p, end) and gives the place where
 * it stopped; none allocates. White space is JavaScript's \s. */
#ifndef CPM_SEMVER_SCAN_H
#define CPM_SEMVER_SCAN_H

#include "base/str.h"

enum cpm_scan_class {
    CPM_SCAN_DIGIT = 1,
    CPM_SCAN_ID = 2,    /* letters, digits, '-' */
    CPM_SCAN_WILD = 4,  /* x X * */
    CPM_SCAN_SPACE = 8, /* the ASCII ones */
    CPM_SCAN_OP = 16,   /* what white space may not stand behind in a tidy range: < > = ~ ^ space */
    CPM_SCAN_ODD = 32,  /* makes a range untidy wherever it stands: + control and non-ASCII bytes */
};
extern const unsigned char cpm_scan_classes[256];

static inline unsigned cpm_scan_is(char c, unsigned class)
{
    return cpm_scan_classes[(unsigned char)c] & class;
}

/* Numbers over this are no version's: they stop growing at CPM_SCAN_HUGE. */
#define CPM_SEMVER_MAX_SAFE (((uint64_t)1 << 53) - 1)
#define CPM_SCAN_HUGE       ((uint64_t)1 << 60)
#define CPM_SEMVER_MAX_LEN  256

/* Bytes of the white space character at p; 0 when none stands there. */
size_t cpm_scan_space(const char *p, const char *end);
/* String.prototype.trim. */
struct cpm_str cpm_scan_trim(struct cpm_str s);
/* A run of digits; p itself when there is none. */
const char *cpm_scan_number(const char *p, const char *end, uint64_t *value);

enum cpm_scan_ids {
    CPM_SCAN_STRICT, /* prerelease: numbers without leading zeros */
    CPM_SCAN_ANY,    /* build, and loose prereleases */
};
/* id(.id)*, as far as it goes; p itself when no identifier stands there. */
const char *cpm_scan_idlist(const char *p, const char *end, enum cpm_scan_ids kind);
/* node-semver's PRERELEASE (strict) or PRERELEASELOOSE; *ids gets the identifiers. p itself and no
 * ids when there is none. */
const char *cpm_scan_prerelease(const char *p, const char *end, bool loose, struct cpm_str *ids);
/* BUILD with its plus. */
const char *cpm_scan_build(const char *p, const char *end, struct cpm_str *ids);
/* True when the identifier is a number of JavaScript's safe range, exclusive: those lose leading
 * zeros. */
bool cpm_scan_small_number(struct cpm_str id, uint64_t *value);

#endif
