/* A borrowed view of bytes, by value. Not NUL-terminated unless its maker says so; a view with len
 * 0 may have ptr NULL. The whole program reads text through it; nobody frees one. */
#ifndef CPM_BASE_STR_H
#define CPM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cpm_str {
    const char *ptr;
    size_t len;
};

#define CPM_STR(literal) ((struct cpm_str){("" literal), sizeof(literal) - 1})
#define CPM_STR_NONE     ((struct cpm_str){NULL, 0})
/* For printf's "%.*s". */
#define CPM_STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline struct cpm_str cpm_str(const char *text)
{
    return (struct cpm_str){text, text ? strlen(text) : 0};
}

static inline struct cpm_str cpm_str_n(const char *ptr, size_t len)
{
    return (struct cpm_str){ptr, len};
}

static inline bool cpm_str_eq(struct cpm_str a, struct cpm_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool cpm_str_is(struct cpm_str a, const char *text)
{
    return cpm_str_eq(a, cpm_str(text));
}

/* The part from `from` on, at most `len` bytes; empty when past the end. */
static inline struct cpm_str cpm_str_sub(struct cpm_str s, size_t from, size_t len)
{
    if (from >= s.len)
        return (struct cpm_str){s.ptr ? s.ptr + s.len : NULL, 0};
    return (struct cpm_str){s.ptr + from, len < s.len - from ? len : s.len - from};
}

static inline bool cpm_str_starts(struct cpm_str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.len >= n && (n == 0 || memcmp(s.ptr, prefix, n) == 0);
}

static inline bool cpm_str_ends(struct cpm_str s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.len >= n && (n == 0 || memcmp(s.ptr + s.len - n, suffix, n) == 0);
}

#define CPM_NPOS ((size_t)-1)

/* Byte order, shorter first when one is the other's beginning. For npm's order see base/collate.h.
 */
int cpm_str_cmp(struct cpm_str a, struct cpm_str b);
bool cpm_str_eq_nocase(struct cpm_str a, struct cpm_str b); /* ASCII only */
/* Index of the first / last occurrence, or CPM_NPOS. */
size_t cpm_str_chr(struct cpm_str s, char c);
size_t cpm_str_rchr(struct cpm_str s, char c);
size_t cpm_str_find(struct cpm_str s, const char *needle);
/* As JavaScript counts: UTF-16 units. */
size_t cpm_str_js_length(struct cpm_str s);
/* Without JavaScript white space (ASCII part, NBSP, BOM excluded) at both ends. */
struct cpm_str cpm_str_trim(struct cpm_str s);
/* Takes the part before the next `sep` off *rest (which then begins after it). False when *rest is
 * exhausted; "a,,b" gives "a", "", "b". Begin with rest->ptr non-NULL. */
bool cpm_str_split(struct cpm_str *rest, char sep, struct cpm_str *part);
/* Whole decimal number without sign; false on anything else or overflow. */
bool cpm_str_u64(struct cpm_str s, uint64_t *out);
/* The same on every machine and day, so that it may be stored. Outside texts can be made to
 * collide: tables of them use base/hash.h. */
uint64_t cpm_str_hash(struct cpm_str s);

#endif
