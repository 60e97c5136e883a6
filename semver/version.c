/* A version is read in one pass. Its prerelease stays text; identifiers are cut out of it when two
 * are compared, which happens only between equal major.minor.patch. */
#include "semver/version.h"

#include "base/buf.h"
#include "semver/plain.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *skip_prefix(const char *p, const char *end, bool loose)
{
    size_t n;

    if (!loose)
        return p < end && *p == 'v' ? p + 1 : p;
    for (; p < end; p += n) {
        n = *p == 'v' || *p == '=' ? 1 : cpm_scan_space(p, end);
        if (!n)
            break;
    }
    return p;
}

static const char *scan_part(const char *p, const char *end, bool loose, uint64_t *value)
{
    const char *to = cpm_scan_number(p, end, value);

    if (to == p || (!loose && *p == '0' && to - p > 1))
        return NULL;
    return to;
}

static const char *scan_main(const char *p, const char *end, bool loose, struct cpm_version *out)
{
    const char *from;

    if (!(p = scan_part(p, end, loose, &out->major)) || p == end || *p != '.')
        return NULL;
    if (!(p = scan_part(p + 1, end, loose, &out->minor)) || p == end || *p != '.')
        return NULL;
    from = p + 1;
    if (!(p = scan_part(from, end, loose, &out->patch)))
        return NULL;
    /* node-semver's loose pattern backs up here: "1.2.34.5" is 1.2.3-4.5 to it. */
    if (loose && p < end && *p == '.' && p - from > 1)
        cpm_scan_number(from, --p, &out->patch);
    return p;
}

static const char *fault_of_numbers(const struct cpm_version *v)
{
    if (v->major > CPM_SEMVER_MAX_SAFE)
        return "Invalid major version";
    if (v->minor > CPM_SEMVER_MAX_SAFE)
        return "Invalid minor version";
    return v->patch > CPM_SEMVER_MAX_SAFE ? "Invalid patch version" : NULL;
}

static bool scan_version(struct cpm_str text, bool loose, struct cpm_version *out)
{
    const char *end = text.ptr + text.len;
    const char *p;

    if (!text.len || text.len > CPM_SEMVER_MAX_LEN)
        return false;
    p = scan_main(skip_prefix(text.ptr, end, loose), end, loose, out);
    if (!p)
        return false;
    p = cpm_scan_prerelease(p, end, loose, &out->prerelease);
    return cpm_scan_build(p, end, &out->build) == end;
}

bool cpm_version_parse(struct cpm_str text, unsigned flags, struct cpm_version *out)
{
    struct cpm_version v;

    if (text.len > CPM_SEMVER_MAX_LEN || !text.len)
        return false;
    if (cpm_plain_version(text.ptr, text.ptr + text.len, true, out))
        return true;
    if (!scan_version(cpm_scan_trim(text), flags & CPM_SEMVER_LOOSE, &v) || fault_of_numbers(&v))
        return false;
    *out = v;
    return true;
}

int cpm_version_read(struct cpm_str text, unsigned flags, struct cpm_version *out,
                     struct cpm_error *err)
{
    struct cpm_version v;

    if (text.len > CPM_SEMVER_MAX_LEN)
        return cpm_error_set(err, CPM_EINVALIDVERSION, "version is longer than %d characters",
                             CPM_SEMVER_MAX_LEN);
    if (!scan_version(cpm_scan_trim(text), flags & CPM_SEMVER_LOOSE, &v))
        return cpm_error_set(err, CPM_EINVALIDVERSION, "Invalid Version: %.*s", CPM_STR_ARG(text));
    if (fault_of_numbers(&v))
        return cpm_error_set(err, CPM_EINVALIDVERSION, "%s", fault_of_numbers(&v));
    *out = v;
    return 0;
}

static int cmp_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static bool is_numeric(struct cpm_str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!cpm_scan_is(id.ptr[i], CPM_SCAN_DIGIT))
            return false;
    return id.len > 0;
}

/* As JavaScript sees a long number: a double. */
static double wide_number(struct cpm_str id)
{
    char text[CPM_SEMVER_MAX_LEN + 1];
    size_t len = id.len < sizeof(text) ? id.len : sizeof(text) - 1;

    memcpy(text, id.ptr, len);
    text[len] = '\0';
    return strtod(text, NULL);
}

int cpm_version_cmp_id(struct cpm_str a, struct cpm_str b)
{
    bool an = is_numeric(a);
    bool bn = is_numeric(b);
    uint64_t x, y;

    if (an != bn)
        return an ? -1 : 1;
    if (!an) {
        int r = cpm_str_cmp(a, b);

        return (r > 0) - (r < 0);
    }
    if (cpm_scan_small_number(a, &x) && cpm_scan_small_number(b, &y))
        return cmp_u64(x, y);
    return (wide_number(a) > wide_number(b)) - (wide_number(a) < wide_number(b));
}

static bool next_id(struct cpm_str *rest, struct cpm_str *id)
{
    size_t dot;

    if (!rest->len)
        return false;
    dot = cpm_str_chr(*rest, '.');
    *id = cpm_str_sub(*rest, 0, dot == CPM_NPOS ? rest->len : dot);
    *rest = dot == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(*rest, dot + 1, rest->len);
    return true;
}

/* Two spellings of one number end the comparison as equal when they are texts to node-semver: a
 * build's identifiers, and a prerelease's beyond the safe integers. */
static bool ends_equal(struct cpm_str id, bool build)
{
    uint64_t value;

    return build || !cpm_scan_small_number(id, &value);
}

static int cmp_ids(struct cpm_str a, struct cpm_str b, bool build)
{
    struct cpm_str x, y;

    for (;;) {
        bool more_a = next_id(&a, &x);
        bool more_b = next_id(&b, &y);
        int r;

        if (!more_a || !more_b)
            return more_a - more_b;
        if (cpm_str_eq(x, y))
            continue;
        r = cpm_version_cmp_id(x, y);
        if (r || ends_equal(x, build))
            return r;
    }
}

int cpm_version_cmp_pre(const struct cpm_version *a, const struct cpm_version *b)
{
    if (!a->prerelease.len || !b->prerelease.len)
        return (a->prerelease.len == 0) - (b->prerelease.len == 0);
    return cmp_ids(a->prerelease, b->prerelease, false);
}

int cpm_version_cmp_build(const struct cpm_version *a, const struct cpm_version *b)
{
    int r = cpm_version_cmp(a, b);

    return r ? r : cmp_ids(a->build, b->build, true);
}

static void add_prerelease(struct cpm_buf *buf, struct cpm_str rest)
{
    char sep = '-';
    struct cpm_str id;
    uint64_t value;

    while (next_id(&rest, &id)) {
        cpm_buf_add_char(buf, sep);
        sep = '.';
        if (cpm_scan_small_number(id, &value))
            cpm_buf_addf(buf, "%" PRIu64, value);
        else
            cpm_buf_add_str(buf, id);
    }
}

const char *cpm_version_text(struct cpm_arena *arena, const struct cpm_version *v)
{
    struct cpm_buf buf = CPM_BUF_INIT(4 * CPM_SEMVER_MAX_LEN);
    const char *text;

    cpm_buf_addf(&buf, "%" PRIu64 ".%" PRIu64 ".%" PRIu64, v->major, v->minor, v->patch);
    add_prerelease(&buf, v->prerelease);
    text = cpm_arena_strndup(arena, buf.ptr, buf.len);
    cpm_buf_release(&buf);
    return text;
}

const char *cpm_version_valid(struct cpm_arena *arena, struct cpm_str text, unsigned flags)
{
    struct cpm_version v;

    return cpm_version_parse(text, flags, &v) ? cpm_version_text(arena, &v) : NULL;
}

const char *cpm_version_clean(struct cpm_arena *arena, struct cpm_str text, unsigned flags)
{
    text = cpm_scan_trim(text);
    while (text.len && (text.ptr[0] == '=' || text.ptr[0] == 'v'))
        text = cpm_str_sub(text, 1, text.len);
    return cpm_version_valid(arena, text, flags);
}

static const char *diff_word(const struct cpm_version *a, const struct cpm_version *b, bool pre)
{
    if (a->major != b->major)
        return pre ? "premajor" : "major";
    if (a->minor != b->minor)
        return pre ? "preminor" : "minor";
    if (a->patch != b->patch)
        return pre ? "prepatch" : "patch";
    return "prerelease";
}

const char *cpm_version_diff(const struct cpm_version *a, const struct cpm_version *b)
{
    int order = cpm_version_cmp(a, b);
    const struct cpm_version *high = order > 0 ? a : b;
    const struct cpm_version *low = order > 0 ? b : a;

    if (order == 0)
        return NULL;
    /* Leaving a prerelease counts as the step that the prerelease prepared. */
    if (low->prerelease.len && !high->prerelease.len) {
        if (!low->patch && !low->minor)
            return "major";
        if (cpm_version_cmp_main(low, high) == 0)
            return low->minor && !low->patch ? "minor" : "patch";
    }
    return diff_word(a, b, high->prerelease.len > 0);
}
