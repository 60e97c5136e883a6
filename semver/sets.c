/* node-semver decides these by looking at the comparators alone, never at versions between them;
 * so does this file, with the same answers where that is not exact. */
#include "semver/sets.h"

#include "base/buf.h"
#include "semver/comparators.h"
#include "semver/scan.h"

#include <stdlib.h>

static bool is_lower_bound(enum cpm_op op)
{
    return op == CPM_OP_GT || op == CPM_OP_GE;
}

static bool is_upper_bound(enum cpm_op op)
{
    return op == CPM_OP_LT || op == CPM_OP_LE;
}

static bool allows(const struct cpm_comparator *c, const struct cpm_version *v, bool include)
{
    struct cpm_comparator alone = *c;

    alone.last = true;
    return cpm_comparators_satisfied(&alone, v, include);
}

/* "<0.0.0" and what comes before it hold nothing, unless prereleases count. */
static bool is_below_all(const struct cpm_comparator *c, bool include)
{
    if (include)
        return cpm_comparator_is_null(c);
    return c->op == CPM_OP_LT && !c->version.major && !c->version.minor && !c->version.patch;
}

static bool comparators_intersect(const struct cpm_comparator *a, const struct cpm_comparator *b,
                                  bool include)
{
    int r;

    if (a->op == CPM_OP_ANY)
        return true;
    if (a->op == CPM_OP_EQ)
        return allows(b, &a->version, include);
    if (b->op == CPM_OP_ANY)
        return true;
    if (b->op == CPM_OP_EQ)
        return allows(a, &b->version, include);
    if (is_below_all(a, include) || is_below_all(b, include))
        return false;
    if (is_lower_bound(a->op) == is_lower_bound(b->op))
        return true;
    r = cpm_version_cmp(&a->version, &b->version);
    if (r == 0)
        return (a->op == CPM_OP_GE || a->op == CPM_OP_LE) &&
               (b->op == CPM_OP_GE || b->op == CPM_OP_LE);
    return is_lower_bound(a->op) ? r < 0 : r > 0;
}

static bool sets_intersect(const struct cpm_comparator *a, const struct cpm_comparator *b,
                           bool include)
{
    for (;; a++) {
        for (const struct cpm_comparator *c = b;; c++) {
            if (!comparators_intersect(a, c, include))
                return false;
            if (c->last)
                break;
        }
        if (a->last)
            return true;
    }
}

static bool is_satisfiable(const struct cpm_comparator *set, bool include)
{
    const struct cpm_comparator *end = cpm_comparators_next(set);

    for (const struct cpm_comparator *a = set; a < end; a++)
        for (const struct cpm_comparator *b = a + 1; b < end; b++)
            if (!comparators_intersect(b, a, include))
                return false;
    return true;
}

bool cpm_range_intersects(const struct cpm_range *a, const struct cpm_range *b, unsigned flags)
{
    bool include = (a->flags | flags) & CPM_SEMVER_INCLUDE_PRERELEASE;
    const struct cpm_comparator *a_end = a->comps + a->count;
    const struct cpm_comparator *b_end = b->comps + b->count;

    for (const struct cpm_comparator *x = a->comps; x < a_end; x = cpm_comparators_next(x)) {
        if (!is_satisfiable(x, include))
            continue;
        for (const struct cpm_comparator *y = b->comps; y < b_end; y = cpm_comparators_next(y))
            if (is_satisfiable(y, include) && sets_intersect(x, y, include))
                return true;
    }
    return false;
}

/* The lowest version above one: the next patch, or the next prerelease. */
static struct cpm_version above(struct cpm_arena *arena, struct cpm_version v)
{
    if (v.prerelease.len)
        v.prerelease = cpm_str(cpm_arena_printf(arena, "%.*s.0", CPM_STR_ARG(v.prerelease)));
    else
        v.patch++;
    return v;
}

static bool set_min_version(struct cpm_arena *arena, const struct cpm_comparator *c,
                            struct cpm_version *out)
{
    bool found = false;

    for (;; c++) {
        struct cpm_version v = c->op == CPM_OP_GT ? above(arena, c->version) : c->version;

        if (!is_upper_bound(c->op) && (!found || cpm_version_cmp(&v, out) > 0)) {
            *out = v;
            found = true;
        }
        if (c->last)
            return found;
    }
}

bool cpm_range_min_version(struct cpm_arena *arena, const struct cpm_range *range,
                           struct cpm_version *out)
{
    const struct cpm_comparator *end = range->comps + range->count;
    struct cpm_version low = {.major = 0}, v;
    bool found = false;

    *out = low;
    if (cpm_range_satisfies(range, out, 0))
        return true;
    out->prerelease = CPM_STR("0");
    if (cpm_range_satisfies(range, out, 0))
        return true;
    for (const struct cpm_comparator *c = range->comps; c < end; c = cpm_comparators_next(c)) {
        if (set_min_version(arena, c, &v) && (!found || cpm_version_cmp(&low, &v) > 0)) {
            low = v;
            found = true;
        }
    }
    *out = low;
    return found && cpm_range_satisfies(range, &low, 0);
}

/* One set seen in a direction: sign +1 asks whether v lies above, -1 below. */
static bool is_outside_set(const struct cpm_version *v, const struct cpm_comparator *c, int sign)
{
    static const struct cpm_comparator lowest = {.op = CPM_OP_GE};
    enum cpm_op strict = sign > 0 ? CPM_OP_GT : CPM_OP_LT;
    enum cpm_op loose = sign > 0 ? CPM_OP_GE : CPM_OP_LE;
    const struct cpm_comparator *high = NULL, *low = NULL;
    int r;

    for (;; c++) {
        const struct cpm_comparator *at = c->op == CPM_OP_ANY ? &lowest : c;

        high = high ? high : at;
        low = low ? low : at;
        if (sign * cpm_version_cmp(&at->version, &high->version) > 0)
            high = at;
        else if (sign * cpm_version_cmp(&at->version, &low->version) < 0)
            low = at;
        if (c->last)
            break;
    }
    if (high->op == strict || high->op == loose)
        return false; /* open in that direction */
    r = sign * cpm_version_cmp(v, &low->version);
    if (low->op == CPM_OP_EQ || low->op == strict)
        return r > 0;
    return low->op != loose || r >= 0;
}

static bool is_outside(const struct cpm_version *v, const struct cpm_range *range, int sign,
                       unsigned flags)
{
    const struct cpm_comparator *end = range->comps + range->count;

    if (cpm_range_satisfies(range, v, flags))
        return false;
    for (const struct cpm_comparator *c = range->comps; c < end; c = cpm_comparators_next(c))
        if (!is_outside_set(v, c, sign))
            return false;
    return true;
}

bool cpm_range_above(const struct cpm_version *v, const struct cpm_range *range, unsigned flags)
{
    return is_outside(v, range, 1, flags);
}

bool cpm_range_below(const struct cpm_version *v, const struct cpm_range *range, unsigned flags)
{
    return is_outside(v, range, -1, flags);
}

void cpm_best_offer(struct cpm_best *best, size_t at, struct cpm_str version)
{
    struct cpm_version v;

    if (!cpm_version_parse(version, best->flags, &v))
        return;
    if (best->at != CPM_NPOS && best->sign * cpm_version_cmp(&v, &best->top) <= 0)
        return;
    if (!cpm_range_satisfies(best->range, &v, best->flags))
        return;
    best->top = v;
    best->at = at;
}

static size_t best_of(struct cpm_best *best, const struct cpm_str *versions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cpm_best_offer(best, i, versions[i]);
    return best->at;
}

size_t cpm_range_max_satisfying(const struct cpm_range *range, const struct cpm_str *versions,
                                size_t count, unsigned flags)
{
    struct cpm_best best = CPM_BEST_INIT(range, flags, 1);

    return best_of(&best, versions, count);
}

size_t cpm_range_min_satisfying(const struct cpm_range *range, const struct cpm_str *versions,
                                size_t count, unsigned flags)
{
    struct cpm_best best = CPM_BEST_INIT(range, flags, -1);

    return best_of(&best, versions, count);
}

struct listed {
    struct cpm_str text;
    struct cpm_version version;
    size_t at;
};

static int cmp_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int r = cpm_version_cmp(&x->version, &y->version);

    return r ? r : (x->at > y->at) - (x->at < y->at);
}

static int sort_versions(struct cpm_arena *arena, const struct cpm_simplify *in,
                         struct listed **out, struct cpm_error *err)
{
    struct listed *list = CPM_NEW_ARRAY(arena, struct listed, in->count ? in->count : 1);

    for (size_t i = 0; i < in->count; i++) {
        int rc;

        list[i].text = in->versions[i];
        list[i].at = i;
        rc = cpm_version_read(in->versions[i], in->flags, &list[i].version, err);
        if (rc < 0)
            return rc;
    }
    qsort(list, in->count, sizeof(*list), cmp_listed);
    *out = list;
    return 0;
}

/* One run of neighbours that all satisfy; max NULL when it reaches the end of the list. */
static void add_run(struct cpm_buf *buf, const struct listed *first, const struct listed *min,
                    const struct listed *max)
{
    if (buf->len)
        cpm_buf_add_text(buf, " || ");
    if (max && cpm_str_eq(min->text, max->text))
        cpm_buf_add_str(buf, min->text);
    else if (!max && min == first)
        cpm_buf_add_char(buf, '*');
    else if (!max)
        cpm_buf_addf(buf, ">=%.*s", CPM_STR_ARG(min->text));
    else if (min == first)
        cpm_buf_addf(buf, "<=%.*s", CPM_STR_ARG(max->text));
    else
        cpm_buf_addf(buf, "%.*s - %.*s", CPM_STR_ARG(min->text), CPM_STR_ARG(max->text));
}

static void add_runs(struct cpm_buf *buf, const struct listed *list, size_t count,
                     const struct cpm_range *range, unsigned flags)
{
    const struct listed *min = NULL;

    for (size_t i = 0; i < count; i++) {
        if (range && cpm_range_satisfies(range, &list[i].version, flags)) {
            min = min ? min : &list[i];
        } else if (min) {
            add_run(buf, list, min, &list[i - 1]);
            min = NULL;
        }
    }
    if (min)
        add_run(buf, list, min, NULL);
}

int cpm_range_simplify(struct cpm_arena *arena, const struct cpm_simplify *in, struct cpm_str *out,
                       struct cpm_error *err)
{
    const struct cpm_range *range = cpm_range_parse(arena, in->range, in->flags);
    struct cpm_buf buf = CPM_BUF_INIT(SIZE_MAX / 2);
    struct listed *list;
    int rc = sort_versions(arena, in, &list, err);

    if (rc < 0)
        return rc;
    add_runs(&buf, list, in->count, range, in->flags);
    *out = buf.len < in->range.len ? cpm_arena_str(arena, cpm_buf_str(&buf)) : in->range;
    cpm_buf_release(&buf);
    return 0;
}
