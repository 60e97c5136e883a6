/* semver.subset, by its own rules: of a set only its highest lower bound, its lowest upper bound
 * and its exact version matter; each comparator of the other must not cut into what lies between
 * them. A set that nothing satisfies is a subset of all. */
#include "semver/comparators.h"
#include "semver/scan.h"

enum verdict { NO, YES, NOTHING };

struct bounds {
    const struct cpm_comparator *gt, *lt, *eq;
    bool several; /* more than one exact version */
    int gap;      /* gt against lt; 0 also when one is missing: see `both` */
    bool both;
    bool include;
    /* A prerelease bound that the other range must name too, as far as not yet seen. */
    const struct cpm_version *need_gt, *need_lt;
};

static bool is_gt(const struct cpm_comparator *c)
{
    return c->op == CPM_OP_GT || c->op == CPM_OP_GE;
}

static bool is_lt(const struct cpm_comparator *c)
{
    return c->op == CPM_OP_LT || c->op == CPM_OP_LE;
}

/* The stricter of two bounds on one side: sign +1 for lower bounds. `a` when equal. */
static const struct cpm_comparator *stricter(const struct cpm_comparator *a,
                                             const struct cpm_comparator *b, int sign)
{
    int r = a ? sign * cpm_version_cmp(&a->version, &b->version) : -1;
    bool a_open = a && (a->op == CPM_OP_GT || a->op == CPM_OP_LT);
    bool b_open = b->op == CPM_OP_GT || b->op == CPM_OP_LT;

    if (r)
        return r > 0 ? a : b;
    return b_open && !a_open ? b : a;
}

static bool allows(const struct cpm_comparator *c, const struct cpm_version *v, bool include)
{
    struct cpm_comparator alone = *c;

    alone.last = true;
    return cpm_comparators_satisfied(&alone, v, include);
}

static void find_bounds(const struct cpm_comparator *c, struct bounds *b)
{
    for (;; c++) {
        if (is_gt(c))
            b->gt = stricter(b->gt, c, 1);
        else if (is_lt(c))
            b->lt = stricter(b->lt, c, -1);
        else if (b->eq)
            b->several = true;
        else
            b->eq = c;
        if (c->last)
            break;
    }
    b->both = b->gt && b->lt;
    b->gap = b->both ? cpm_version_cmp(&b->gt->version, &b->lt->version) : 0;
}

static bool is_nothing(const struct bounds *b)
{
    if (b->several)
        return true;
    if (!b->both)
        return false;
    return b->gap > 0 || (b->gap == 0 && (b->gt->op != CPM_OP_GE || b->lt->op != CPM_OP_LE));
}

static enum verdict test_exact(const struct bounds *b, const struct cpm_comparator *dom)
{
    const struct cpm_version *v = &b->eq->version;

    if ((b->gt && !allows(b->gt, v, b->include)) || (b->lt && !allows(b->lt, v, b->include)))
        return NOTHING;
    for (;; dom++) {
        if (!allows(dom, v, b->include))
            return NO;
        if (dom->last)
            return YES;
    }
}

/* "<1.2.3-0" is the same as "<1.2.3". */
static bool is_lowest_pre(const struct cpm_comparator *c)
{
    uint64_t value;

    return c->op == CPM_OP_LT && cpm_scan_small_number(c->version.prerelease, &value) && value == 0;
}

static void find_needs(struct bounds *b)
{
    if (b->include)
        return;
    if (b->gt && b->gt->version.prerelease.len)
        b->need_gt = &b->gt->version;
    if (b->lt && b->lt->version.prerelease.len && !is_lowest_pre(b->lt))
        b->need_lt = &b->lt->version;
}

static bool meets(const struct cpm_comparator *c, const struct cpm_version *need)
{
    return need && c->version.prerelease.len && cpm_version_cmp_main(&c->version, need) == 0;
}

/* Whether one comparator of the other range cuts into the bounds. */
static bool cuts(struct bounds *b, const struct cpm_comparator *c)
{
    if (b->gt) {
        if (meets(c, b->need_gt))
            b->need_gt = NULL;
        if (is_gt(c) ? stricter(b->gt, c, 1) != b->gt
                     : b->gt->op == CPM_OP_GE && !cpm_comparator_test(c, &b->gt->version))
            return true;
    }
    if (b->lt) {
        if (meets(c, b->need_lt))
            b->need_lt = NULL;
        if (is_lt(c) ? stricter(b->lt, c, -1) != b->lt
                     : b->lt->op == CPM_OP_LE && !cpm_comparator_test(c, &b->lt->version))
            return true;
    }
    return (c->op == CPM_OP_EQ || c->op == CPM_OP_ANY) && (b->lt || b->gt) &&
           !(b->both && b->gap == 0);
}

static enum verdict test_bounds(struct bounds *b, const struct cpm_comparator *dom)
{
    bool point = b->both && b->gap == 0;
    bool has_lt = false, has_gt = false;

    for (;; dom++) {
        has_gt = has_gt || is_gt(dom);
        has_lt = has_lt || is_lt(dom);
        if (cuts(b, dom))
            return NO;
        if (dom->last)
            break;
    }
    if ((b->gt && has_lt && !b->lt && !point) || (b->lt && has_gt && !b->gt && !point))
        return NO;
    return b->need_gt || b->need_lt ? NO : YES;
}

static enum verdict set_subset(const struct cpm_comparator *sub, const struct cpm_comparator *dom,
                               bool include)
{
    static const struct cpm_comparator from_zero = {.op = CPM_OP_GE, .last = true};
    static const struct cpm_comparator from_lowest = {
        .op = CPM_OP_GE, .last = true, .version = {.prerelease = {"0", 1}}};
    struct bounds b = {.include = include};

    if (sub->op == CPM_OP_ANY) {
        if (dom->op == CPM_OP_ANY)
            return YES;
        sub = include ? &from_lowest : &from_zero;
    }
    if (dom->op == CPM_OP_ANY) {
        if (include)
            return YES;
        dom = &from_zero;
    }
    find_bounds(sub, &b);
    if (is_nothing(&b))
        return NOTHING;
    if (b.eq)
        return test_exact(&b, dom);
    find_needs(&b);
    return test_bounds(&b, dom);
}

bool cpm_range_subset(const struct cpm_range *sub, const struct cpm_range *dom, unsigned flags)
{
    bool include = (sub->flags | flags) & CPM_SEMVER_INCLUDE_PRERELEASE;
    const struct cpm_comparator *sub_end = sub->comps + sub->count;
    const struct cpm_comparator *dom_end = dom->comps + dom->count;
    bool something = false;

    if (sub == dom)
        return true;
    for (const struct cpm_comparator *s = sub->comps; s < sub_end; s = cpm_comparators_next(s)) {
        bool inside = false;

        for (const struct cpm_comparator *d = dom->comps; d < dom_end && !inside;
             d = cpm_comparators_next(d)) {
            enum verdict verdict = set_subset(s, d, include);

            something = something || verdict != NOTHING;
            inside = verdict == YES;
        }
        if (!inside && something)
            return false;
    }
    return true;
}
