/* node-semver's own tables (fixture-*.json), each a list of rows whose meaning its name tells, and
 * 500 ranges of published packages against their real lists of versions. */
#include "corpus.h"
#include "semver/inc.h"
#include "semver/sets.h"

int corpus_semver_fixtures(struct corpus *c);

static unsigned flags_at(const struct cpm_json *row, size_t i)
{
    return corpus_flags(corpus_at(row, i));
}

static const struct cpm_range *range_at(struct corpus *c, const struct cpm_json *row, size_t i,
                                        unsigned flags)
{
    return cpm_range_parse(&c->arena, corpus_str(row, i), flags);
}

static enum verdict comparator_intersection(struct corpus *c, const struct cpm_json *row)
{
    unsigned flags =
        corpus_at(row, 3) && cpm_json_truthy(corpus_at(row, 3)) ? CPM_SEMVER_INCLUDE_PRERELEASE : 0;
    const struct cpm_range *a = range_at(c, row, 0, flags);
    const struct cpm_range *b = range_at(c, row, 1, flags);
    bool expected = cpm_json_bool(corpus_at(row, 2));

    return a && b && cpm_range_intersects(a, b, flags) == expected &&
           cpm_range_intersects(b, a, flags) == expected;
}

static enum verdict comparisons(struct corpus *c, const struct cpm_json *row)
{
    struct cpm_version a, b;

    (void)c;
    return cpm_version_parse(corpus_str(row, 0), flags_at(row, 2), &a) &&
           cpm_version_parse(corpus_str(row, 1), flags_at(row, 2), &b) &&
           cpm_version_cmp(&a, &b) > 0 && cpm_version_cmp(&b, &a) < 0 &&
           cpm_version_cmp(&a, &a) == 0;
}

static enum verdict equality(struct corpus *c, const struct cpm_json *row)
{
    struct cpm_version a, b;

    (void)c;
    return cpm_version_parse(corpus_str(row, 0), flags_at(row, 2), &a) &&
           cpm_version_parse(corpus_str(row, 1), flags_at(row, 2), &b) &&
           cpm_version_cmp(&a, &b) == 0;
}

static enum verdict increments(struct corpus *c, const struct cpm_json *row)
{
    const struct cpm_json *base = corpus_at(row, 5);
    struct cpm_inc how = {.identifier = corpus_str(row, 4), .flags = flags_at(row, 3)};
    struct cpm_version v;

    if (cpm_json_is(base, CPM_JSON_BOOL) && !cpm_json_bool(base))
        how.base = CPM_INC_NONE;
    else if (cpm_str_is(cpm_json_str(base), "1") || cpm_json_number(base) != 0)
        how.base = CPM_INC_ONE;
    if (!cpm_release_parse(corpus_str(row, 1), &how.release) ||
        !cpm_version_parse(corpus_str(row, 0), how.flags, &v) ||
        cpm_version_inc(&c->arena, &v, &how, NULL) < 0)
        return corpus_same(corpus_at(row, 2), CPM_STR_NONE);
    return corpus_same(corpus_at(row, 2), cpm_str(cpm_version_text(&c->arena, &v)));
}

static enum verdict invalid_versions(struct corpus *c, const struct cpm_json *row)
{
    struct cpm_version v;

    (void)c;
    return !cpm_version_parse(corpus_str(row, 0), flags_at(row, 2), &v);
}

static bool row_satisfies(struct corpus *c, const struct cpm_json *row)
{
    unsigned flags = flags_at(row, 2);
    const struct cpm_range *range = range_at(c, row, 0, flags);
    struct cpm_version v;

    return range && cpm_version_parse(corpus_str(row, 1), flags, &v) &&
           cpm_range_satisfies(range, &v, flags);
}

static enum verdict range_include(struct corpus *c, const struct cpm_json *row)
{
    return row_satisfies(c, row);
}

static enum verdict range_exclude(struct corpus *c, const struct cpm_json *row)
{
    return !row_satisfies(c, row);
}

static enum verdict range_intersection(struct corpus *c, const struct cpm_json *row)
{
    const struct cpm_range *a = range_at(c, row, 0, 0);
    const struct cpm_range *b = range_at(c, row, 1, 0);
    bool expected = cpm_json_bool(corpus_at(row, 2));

    return a && b && cpm_range_intersects(a, b, 0) == expected &&
           cpm_range_intersects(b, a, 0) == expected;
}

static enum verdict range_parse(struct corpus *c, const struct cpm_json *row)
{
    const struct cpm_range *range = range_at(c, row, 0, flags_at(row, 2));
    const char *text = range ? cpm_range_text(&c->arena, range) : NULL;

    return corpus_same(corpus_at(row, 1), cpm_str(text && !*text ? "*" : text));
}

static enum verdict truncations(struct corpus *c, const struct cpm_json *row)
{
    enum cpm_release to;
    struct cpm_version v;

    if (!cpm_release_parse(corpus_str(row, 1), &to) ||
        !cpm_version_parse(corpus_str(row, 0), flags_at(row, 3), &v) ||
        !cpm_version_truncate(&v, to))
        return corpus_same(corpus_at(row, 2), CPM_STR_NONE);
    return corpus_same(corpus_at(row, 2), cpm_str(cpm_version_text(&c->arena, &v)));
}

static bool same_ids(const struct cpm_json *expected, struct cpm_str have)
{
    struct cpm_buf buf = CPM_BUF_INIT(4096);
    bool same;

    CPM_JSON_EACH (expected, id) {
        if (cpm_json_is(id, CPM_JSON_NUMBER))
            cpm_buf_addf(&buf, "%.0f", cpm_json_number(id));
        else
            cpm_buf_add_str(&buf, cpm_json_str(id));
        if (cpm_json_next(id))
            cpm_buf_add_char(&buf, '.');
    }
    same = cpm_str_eq(cpm_buf_str(&buf), have);
    cpm_buf_release(&buf);
    return same;
}

static enum verdict valid_versions(struct corpus *c, const struct cpm_json *row)
{
    struct cpm_version v;

    (void)c;
    return cpm_version_parse(corpus_str(row, 0), 0, &v) &&
           cpm_json_number(corpus_at(row, 1)) == (double)v.major &&
           cpm_json_number(corpus_at(row, 2)) == (double)v.minor &&
           cpm_json_number(corpus_at(row, 3)) == (double)v.patch &&
           same_ids(corpus_at(row, 4), v.prerelease) && same_ids(corpus_at(row, 5), v.build);
}

static int outside(struct corpus *c, const struct cpm_json *row, bool high)
{
    unsigned flags = flags_at(row, 2);
    const struct cpm_range *range = range_at(c, row, 0, flags);
    struct cpm_version v;

    if (!range || !cpm_version_parse(corpus_str(row, 1), flags, &v))
        return -1;
    return high ? cpm_range_above(&v, range, flags) : cpm_range_below(&v, range, flags);
}

static enum verdict version_gt_range(struct corpus *c, const struct cpm_json *row)
{
    return outside(c, row, true) == 1;
}

static enum verdict version_lt_range(struct corpus *c, const struct cpm_json *row)
{
    return outside(c, row, false) == 1;
}

static enum verdict version_not_gt_range(struct corpus *c, const struct cpm_json *row)
{
    return outside(c, row, true) == 0;
}

static enum verdict version_not_lt_range(struct corpus *c, const struct cpm_json *row)
{
    return outside(c, row, false) == 0;
}

static const struct {
    const char *file;
    corpus_case_fn *run;
} fixtures[] = {
    {"semver/fixture-comparator-intersection.json", comparator_intersection},
    {"semver/fixture-comparisons.json", comparisons},
    {"semver/fixture-equality.json", equality},
    {"semver/fixture-increments.json", increments},
    {"semver/fixture-invalid-versions.json", invalid_versions},
    {"semver/fixture-range-exclude.json", range_exclude},
    {"semver/fixture-range-include.json", range_include},
    {"semver/fixture-range-intersection.json", range_intersection},
    {"semver/fixture-range-parse.json", range_parse},
    {"semver/fixture-truncations.json", truncations},
    {"semver/fixture-valid-versions.json", valid_versions},
    {"semver/fixture-version-gt-range.json", version_gt_range},
    {"semver/fixture-version-lt-range.json", version_lt_range},
    {"semver/fixture-version-not-gt-range.json", version_not_gt_range},
    {"semver/fixture-version-not-lt-range.json", version_not_lt_range},
};

/* [name, range, normal form, max, min, how many satisfy, npm's pick] */
static enum verdict real_range(struct corpus *c, const struct cpm_json *row,
                               const struct cpm_json *packages)
{
    const struct cpm_json *list =
        cpm_json_get(cpm_json_get(packages, corpus_str(row, 0)), CPM_STR("versions"));
    const struct cpm_range *range = range_at(c, row, 1, CPM_SEMVER_LOOSE);
    size_t count = 0, matching = 0, max, min;
    struct cpm_str *texts = CPM_NEW_ARRAY(&c->arena, struct cpm_str, cpm_json_count(list) + 1);
    struct cpm_version v;
    const char *text;

    CPM_JSON_EACH (list, item) {
        texts[count++] = cpm_json_str(item);
        matching += range && cpm_version_parse(cpm_json_str(item), CPM_SEMVER_LOOSE, &v) &&
                    cpm_range_satisfies(range, &v, 0);
    }
    if (!range)
        return corpus_same(corpus_at(row, 2), CPM_STR_NONE);
    text = cpm_range_text(&c->arena, range);
    max = cpm_range_max_satisfying(range, texts, count, CPM_SEMVER_LOOSE);
    min = cpm_range_min_satisfying(range, texts, count, CPM_SEMVER_LOOSE);
    return corpus_same(corpus_at(row, 2), cpm_str(*text ? text : "*")) &&
           corpus_same(corpus_at(row, 3), max == CPM_NPOS ? CPM_STR_NONE : texts[max]) &&
           corpus_same(corpus_at(row, 4), min == CPM_NPOS ? CPM_STR_NONE : texts[min]) &&
           cpm_json_number(corpus_at(row, 5)) == (double)matching;
}

static const struct cpm_json *real_versions; /* for the rows below */

static enum verdict run_real_range(struct corpus *c, const struct cpm_json *row)
{
    return real_range(c, row, real_versions);
}

int corpus_semver_fixtures(struct corpus *c)
{
    struct cpm_json *packages;
    bool ok = true;

    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++)
        ok = corpus_run(c, fixtures[i].file, fixtures[i].run) && ok;
    packages = corpus_read(c, "semver/real-versions.json");
    real_versions = packages;
    ok = packages && corpus_run(c, "semver/real-ranges-500.jsonl", run_real_range) && ok;
    cpm_json_free(packages);
    return ok ? 0 : -1;
}
