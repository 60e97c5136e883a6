/* A number of up to 16 digits begins a candidate where no digit stands before it; up to two more
 * numbers may follow behind dots. A longer run of digits is none. */
#include "semver/coerce.h"

#include "semver/scan.h"

enum { LONGEST_NUMBER = 16 };

struct match {
    const char *begin; /* of the match: the character before the number, if any */
    const char *major_end;
    const char *end; /* with the character behind */
    struct cpm_str part[3];
    struct cpm_str pre, build;
};

static struct cpm_str number_at(const char *p, const char *end)
{
    uint64_t value;
    size_t n = (size_t)(cpm_scan_number(p, end, &value) - p);

    return n <= LONGEST_NUMBER ? cpm_str_n(p, n) : CPM_STR_NONE;
}

static bool match_at(const char *p, const char *end, bool full, struct match *out)
{
    const char *at;

    out->part[0] = number_at(p, end);
    out->part[1] = out->part[2] = out->pre = out->build = CPM_STR_NONE;
    if (!out->part[0].len)
        return false;
    at = out->major_end = p + out->part[0].len;
    for (int i = 1; i < 3 && at < end && *at == '.'; i++) {
        out->part[i] = number_at(at + 1, end);
        if (!out->part[i].len)
            break;
        at += 1 + out->part[i].len;
    }
    if (full) {
        const char *to = cpm_scan_prerelease(at, end, false, &out->pre);

        at = cpm_scan_build(to, end, &out->build);
    }
    out->end = at < end ? at + 1 : at;
    return true;
}

/* The first match at or behind `from`. */
static bool search(struct cpm_str text, const char *from, bool full, struct match *out)
{
    const char *end = text.ptr + text.len;

    for (const char *p = from; p < end; p++) {
        bool first = p == text.ptr && cpm_scan_is(*p, CPM_SCAN_DIGIT);

        if (!first && cpm_scan_is(*p, CPM_SCAN_DIGIT))
            continue;
        out->begin = p;
        if (match_at(first ? p : p + 1, end, full, out))
            return true;
    }
    return false;
}

/* The right-most one that does not end where one further left ends: "1.2.3.4" holds 2.3.4. */
static bool search_right(struct cpm_str text, bool full, struct match *out)
{
    const char *from = text.ptr;
    struct match next;
    bool found = false;

    while (search(text, from, full, &next)) {
        if (found && out->end == text.ptr + text.len)
            break;
        if (!found || next.end != out->end)
            *out = next;
        found = true;
        from = next.major_end;
    }
    return found;
}

static struct cpm_str or_zero(struct cpm_str part)
{
    return part.len ? part : CPM_STR("0");
}

bool cpm_version_coerce(struct cpm_arena *arena, struct cpm_str text, bool rightmost,
                        unsigned flags, struct cpm_version *out)
{
    bool full = flags & CPM_SEMVER_INCLUDE_PRERELEASE;
    struct match m;
    const char *spelled;

    if (!(rightmost ? search_right(text, full, &m) : search(text, text.ptr, full, &m)))
        return false;
    spelled = cpm_arena_printf(arena, "%.*s.%.*s.%.*s%s%.*s%s%.*s", CPM_STR_ARG(m.part[0]),
                               CPM_STR_ARG(or_zero(m.part[1])), CPM_STR_ARG(or_zero(m.part[2])),
                               m.pre.len ? "-" : "", CPM_STR_ARG(m.pre), m.build.len ? "+" : "",
                               CPM_STR_ARG(m.build));
    return cpm_version_parse(cpm_str(spelled), flags, out);
}
