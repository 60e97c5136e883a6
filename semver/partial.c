/* Numbers that only a wild card makes unimportant may be of any size: they are checked where they
 * are used, not here. */
#include "semver/comparators.h"
#include "semver/scan.h"

static const char *skip_prefix(const char *p, const char *end)
{
    size_t n;

    for (; p < end; p += n) {
        n = *p == 'v' || *p == '=' ? 1 : cpm_scan_space(p, end);
        if (!n)
            break;
    }
    return p;
}

static const char *scan_part(const char *p, const char *end, bool loose, struct cpm_partial *out,
                             unsigned i)
{
    const char *to;

    if (p == end)
        return NULL;
    out->present[i] = true;
    if (cpm_scan_is(*p, CPM_SCAN_WILD))
        return p + 1;
    to = cpm_scan_number(p, end, &out->n[i]);
    if (to == p)
        return NULL;
    out->wild[i] = false;
    if (*p == '0' && to - p > 1) {
        if (!loose)
            return NULL;
        out->canonical = false;
    }
    out->zero[i] = *p == '0' && to - p == 1;
    return to;
}

/* As with versions, the loose pattern backs up: "1.2.34.5" is 1.2.3-4.5. */
static const char *back_up(const char *from, const char *p, const char *end,
                           struct cpm_partial *out)
{
    if (p == end || *p != '.' || p - from < 2 || out->wild[2])
        return p;
    cpm_scan_number(from, --p, &out->n[2]);
    out->zero[2] = *from == '0' && p - from == 1;
    return p;
}

static const char *scan_parts(const char *p, const char *end, bool loose, struct cpm_partial *out)
{
    const char *to = scan_part(p, end, loose, out, 0);

    for (unsigned i = 1; to && i < 3; i++) {
        const char *from = to + 1;

        if (to == end || *to != '.')
            return to;
        p = scan_part(from, end, loose, out, i);
        if (!p)
            return NULL;
        to = p;
        if (i < 2)
            continue;
        if (loose)
            to = back_up(from, to, end, out);
        to = cpm_scan_prerelease(to, end, loose, &out->pre);
    }
    return to;
}

const char *cpm_partial_scan(const char *p, const char *end, bool loose, struct cpm_partial *out)
{
    const char *from = skip_prefix(p, end);
    const char *to;
    struct cpm_str build;

    *out = (struct cpm_partial){.wild = {true, true, true}, .canonical = from == p};
    to = scan_parts(from, end, loose, out);
    if (!to)
        return NULL;
    out->main = cpm_str_n(from, (size_t)(to - from));
    if (out->present[2])
        to = cpm_scan_build(to, end, &build);
    out->text = cpm_str_n(p, (size_t)(to - p));
    return to;
}
