/* One table of character classes drives every scanner; nothing here backtracks. */
#include "semver/scan.h"

#define ID    CPM_SCAN_ID
#define DIGIT (CPM_SCAN_DIGIT | CPM_SCAN_ID)
#define X     (CPM_SCAN_ID | CPM_SCAN_WILD)
#define OP    CPM_SCAN_OP
#define ODD   CPM_SCAN_ODD
#define BLANK (CPM_SCAN_SPACE | CPM_SCAN_ODD)

const unsigned char cpm_scan_classes[256] = {
    [0 ... 8] = ODD,
    ['\t' ... '\r'] = BLANK,
    [14 ... 31] = ODD,
    [' '] = CPM_SCAN_SPACE | OP,
    ['*'] = CPM_SCAN_WILD,
    ['+'] = ODD,
    ['-'] = ID,
    ['0' ... '9'] = DIGIT,
    ['<' ... '>'] = OP,
    ['A' ... 'W'] = ID,
    ['X'] = X,
    ['Y' ... 'Z'] = ID,
    ['^'] = OP,
    ['a' ... 'w'] = ID,
    ['x'] = X,
    ['y' ... 'z'] = ID,
    ['~'] = OP,
    [127 ... 255] = ODD,
};

static bool is_wide_space(unsigned code)
{
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000 || code == 0xfeff;
}

size_t cpm_scan_space(const char *p, const char *end)
{
    const unsigned char *b = (const unsigned char *)p;

    if (p == end)
        return 0;
    if (b[0] < 0x80)
        return cpm_scan_is(*p, CPM_SCAN_SPACE) ? 1 : 0;
    if (end - p >= 2 && b[0] == 0xc2 && b[1] == 0xa0)
        return 2;
    if (end - p >= 3 && (b[0] & 0xf0) == 0xe0 && (b[1] & 0xc0) == 0x80 && (b[2] & 0xc0) == 0x80 &&
        is_wide_space((b[0] & 0xfu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu)))
        return 3;
    return 0;
}

static size_t space_before(const char *begin, const char *end)
{
    for (size_t n = 1; n <= 3 && n <= (size_t)(end - begin); n++)
        if (cpm_scan_space(end - n, end) == n)
            return n;
    return 0;
}

struct cpm_str cpm_scan_trim(struct cpm_str s)
{
    const char *p = s.ptr;
    const char *end = p + s.len;
    size_t n;

    /* Nearly always there is none: a graphic ASCII character at both ends. */
    if (!s.len || ((unsigned char)(p[0] - 33) < 94 && (unsigned char)(end[-1] - 33) < 94))
        return s;
    while ((n = cpm_scan_space(p, end)))
        p += n;
    while (end > p && (n = space_before(p, end)))
        end -= n;
    return cpm_str_n(p, (size_t)(end - p));
}

const char *cpm_scan_number(const char *p, const char *end, uint64_t *value)
{
    uint64_t n = 0;

    for (; p < end && (unsigned char)(*p - '0') < 10; p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > CPM_SCAN_HUGE)
            n = CPM_SCAN_HUGE;
    }
    *value = n;
    return p;
}

static const char *scan_id(const char *p, const char *end, enum cpm_scan_ids kind)
{
    const char *q = p;
    unsigned common = CPM_SCAN_DIGIT;

    for (; q < end && cpm_scan_is(*q, CPM_SCAN_ID); q++)
        common &= cpm_scan_classes[(unsigned char)*q];
    if (kind == CPM_SCAN_STRICT && common && q - p > 1 && *p == '0')
        return p;
    return q;
}

const char *cpm_scan_idlist(const char *p, const char *end, enum cpm_scan_ids kind)
{
    const char *at = scan_id(p, end, kind);

    if (at == p)
        return p;
    while (at < end && *at == '.') {
        const char *next = scan_id(at + 1, end, kind);

        if (next == at + 1)
            break;
        at = next;
    }
    return at;
}

const char *cpm_scan_prerelease(const char *p, const char *end, bool loose, struct cpm_str *ids)
{
    const char *from = p < end && *p == '-' ? p + 1 : p;
    const char *to;

    *ids = CPM_STR_NONE;
    if (p == end || (from == p && !loose))
        return p;
    to = cpm_scan_idlist(from, end, loose ? CPM_SCAN_ANY : CPM_SCAN_STRICT);
    if (to == from && loose) { /* a lone dash is an identifier itself */
        from = p;
        to = cpm_scan_idlist(from, end, CPM_SCAN_ANY);
    }
    if (to == from)
        return p;
    *ids = cpm_str_n(from, (size_t)(to - from));
    return to;
}

const char *cpm_scan_build(const char *p, const char *end, struct cpm_str *ids)
{
    const char *to;

    *ids = CPM_STR_NONE;
    if (p == end || *p != '+')
        return p;
    to = cpm_scan_idlist(p + 1, end, CPM_SCAN_ANY);
    if (to == p + 1)
        return p;
    *ids = cpm_str_n(p + 1, (size_t)(to - p - 1));
    return to;
}

bool cpm_scan_small_number(struct cpm_str id, uint64_t *value)
{
    return id.len && cpm_scan_number(id.ptr, id.ptr + id.len, value) == id.ptr + id.len &&
           *value < CPM_SEMVER_MAX_SAFE;
}
