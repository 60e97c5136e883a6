#include "base/str.h"

#include <strings.h>

int cpm_str_cmp(struct cpm_str a, struct cpm_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int r = n ? memcmp(a.ptr, b.ptr, n) : 0;

    if (r)
        return r;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool cpm_str_eq_nocase(struct cpm_str a, struct cpm_str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

size_t cpm_str_chr(struct cpm_str s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return at ? (size_t)(at - s.ptr) : CPM_NPOS;
}

size_t cpm_str_rchr(struct cpm_str s, char c)
{
    const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;

    return at ? (size_t)(at - s.ptr) : CPM_NPOS;
}

size_t cpm_str_find(struct cpm_str s, const char *needle)
{
    size_t n = strlen(needle);
    const char *at;

    if (n == 0)
        return 0;
    at = s.len ? memmem(s.ptr, s.len, needle, n) : NULL;
    return at ? (size_t)(at - s.ptr) : CPM_NPOS;
}

size_t cpm_str_js_length(struct cpm_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        n += (c & 0xc0) != 0x80;
        n += c >= 0xf0;
    }
    return n;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct cpm_str cpm_str_trim(struct cpm_str s)
{
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool cpm_str_split(struct cpm_str *rest, char sep, struct cpm_str *part)
{
    size_t at;

    if (!rest->ptr)
        return false;
    at = cpm_str_chr(*rest, sep);
    if (at == CPM_NPOS) {
        *part = *rest;
        *rest = CPM_STR_NONE;
        return true;
    }
    *part = cpm_str_n(rest->ptr, at);
    *rest = cpm_str_n(rest->ptr + at + 1, rest->len - at - 1);
    return true;
}

bool cpm_str_u64(struct cpm_str s, uint64_t *out)
{
    uint64_t n = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(s.ptr[i] - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}

/* Mixing over eight bytes at a time. */
uint64_t cpm_str_hash(struct cpm_str s)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.len;
    size_t i = 0;

    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;

        memcpy(&w, s.ptr + i, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    if (i < s.len) {
        uint64_t w = 0;

        memcpy(&w, s.ptr + i, s.len - i);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}
