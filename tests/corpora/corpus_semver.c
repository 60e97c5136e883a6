/* Drives node-semver's cases: one small function per function of its interface. */
#include "corpus.h"
#include "semver/coerce.h"
#include "semver/inc.h"
#include "semver/sets.h"

#include <stdlib.h>

struct call {
    struct corpus *c;
    struct cpm_arena *arena;
    const struct cpm_json *args, *result;
    struct cpm_str fault; /* the message of the expected error, or empty */
};

static bool same_text(const struct call *k, const char *text)
{
    return corpus_same(k->result, cpm_str(text));
}

static bool same_bool(const struct call *k, bool have)
{
    return !k->fault.len && cpm_json_is(k->result, CPM_JSON_BOOL) &&
           cpm_json_bool(k->result) == have;
}

static bool same_number(const struct call *k, double have)
{
    return cpm_json_is(k->result, CPM_JSON_NUMBER) && cpm_json_number(k->result) == have;
}

static bool same_fault(const struct call *k, const struct cpm_error *err)
{
    return cpm_str_is(k->fault, err->text);
}

static unsigned flags_at(const struct call *k, size_t i)
{
    return corpus_flags(corpus_at(k->args, i));
}

static const char *with_build(const struct call *k, const struct cpm_version *v)
{
    return cpm_arena_printf(k->arena, "%s%s%.*s", cpm_version_text(k->arena, v),
                            v->build.len ? "+" : "", CPM_STR_ARG(v->build));
}

/* A SemVer object is recorded as the text that it was made from. */
static bool run_parse(const struct call *k)
{
    struct cpm_str text = corpus_str(k->args, 0);
    struct cpm_version v;

    return corpus_same(k->result,
                       cpm_version_parse(text, flags_at(k, 1), &v) ? text : CPM_STR_NONE);
}

static bool run_clean(const struct call *k)
{
    return same_text(k, cpm_version_clean(k->arena, corpus_str(k->args, 0), flags_at(k, 1)));
}

static bool run_coerce(const struct call *k)
{
    const struct cpm_json *arg = corpus_at(k->args, 0);
    const struct cpm_json *options = corpus_at(k->args, 1);
    struct cpm_str text = cpm_json_str(arg);
    bool right = cpm_json_truthy(cpm_json_get(options, CPM_STR("rtl")));
    struct cpm_version v;

    if (cpm_json_is(arg, CPM_JSON_NUMBER))
        text = cpm_str(cpm_arena_printf(k->arena, "%.17g", cpm_json_number(arg)));
    if (!cpm_version_coerce(k->arena, text, right, corpus_flags(options), &v))
        return same_text(k, NULL);
    return same_text(k, with_build(k, &v));
}

static bool run_inc(const struct call *k)
{
    const struct cpm_json *options = corpus_at(k->args, 2);
    size_t i = cpm_json_is(options, CPM_JSON_STRING) ? 2 : 3;
    const struct cpm_json *base = corpus_at(k->args, i + 1);
    struct cpm_inc how = {.identifier = corpus_str(k->args, i)};
    struct cpm_version v;

    how.flags = i == 2 ? 0 : corpus_flags(options);
    if (cpm_json_is(base, CPM_JSON_BOOL) && !cpm_json_bool(base))
        how.base = CPM_INC_NONE;
    else if (cpm_str_is(cpm_json_str(base), "1") || cpm_json_number(base) != 0)
        how.base = CPM_INC_ONE;
    if (!cpm_release_parse(corpus_str(k->args, 1), &how.release) ||
        !cpm_version_parse(corpus_str(k->args, 0), how.flags, &v) ||
        cpm_version_inc(k->arena, &v, &how, NULL) < 0)
        return same_text(k, NULL);
    return same_text(k, cpm_version_text(k->arena, &v));
}

static bool run_truncate(const struct call *k)
{
    enum cpm_release to;
    struct cpm_version v;

    if (!cpm_release_parse(corpus_str(k->args, 1), &to) ||
        !cpm_version_parse(corpus_str(k->args, 0), flags_at(k, 2), &v) ||
        !cpm_version_truncate(&v, to))
        return same_text(k, NULL);
    return same_text(k, cpm_version_text(k->arena, &v));
}

struct pair {
    struct cpm_version a, b;
};

/* A SemVer object among the arguments is recorded as the text that it was made from, perhaps
 * loosely. */
static int read_pair(const struct call *k, size_t second, unsigned flags, struct pair *out,
                     struct cpm_error *err)
{
    int rc;

    if (!k->fault.len)
        flags |= CPM_SEMVER_LOOSE;
    rc = cpm_version_read(corpus_str(k->args, 0), flags, &out->a, err);

    return rc < 0 ? rc : cpm_version_read(corpus_str(k->args, second), flags, &out->b, err);
}

static bool run_diff(const struct call *k)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct pair p;

    if (read_pair(k, 1, 0, &p, &err) < 0)
        return same_fault(k, &err);
    return same_text(k, cpm_version_diff(&p.a, &p.b));
}

static bool holds(const char *op, int order)
{
    if (op[0] == '!')
        return order != 0;
    if (op[0] == '>')
        return order > 0 || (op[1] == '=' && order == 0);
    if (op[0] == '<')
        return order < 0 || (op[1] == '=' && order == 0);
    return order == 0;
}

static bool run_order(const struct call *k, const char *op)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct pair p;

    if (read_pair(k, 1, flags_at(k, 2), &p, &err) < 0)
        return same_fault(k, &err);
    return same_bool(k, holds(op, cpm_version_cmp(&p.a, &p.b)));
}

static bool run_eq(const struct call *k)
{
    return run_order(k, "=");
}

static bool run_neq(const struct call *k)
{
    return run_order(k, "!=");
}

static bool run_gt(const struct call *k)
{
    return run_order(k, ">");
}

static bool run_gte(const struct call *k)
{
    return run_order(k, ">=");
}

static bool run_lt(const struct call *k)
{
    return run_order(k, "<");
}

static bool run_lte(const struct call *k)
{
    return run_order(k, "<=");
}

/* Texts, or the normal texts of SemVer objects. */
static bool run_identical(const struct call *k, bool equal)
{
    struct cpm_str a = corpus_str(k->args, 0), b = corpus_str(k->args, 2);
    struct pair p;

    if (same_bool(k, cpm_str_eq(a, b) == equal))
        return true;
    return read_pair(k, 2, CPM_SEMVER_LOOSE, &p, NULL) == 0 &&
           same_bool(k, (strcmp(cpm_version_text(k->arena, &p.a),
                                cpm_version_text(k->arena, &p.b)) == 0) == equal);
}

static bool run_cmp(const struct call *k)
{
    static const char *const ops[] = {"", "=", "==", "!=", ">", ">=", "<", "<="};
    struct cpm_str op = corpus_str(k->args, 1);
    struct cpm_error err = CPM_ERROR_INIT;
    struct pair p;

    if (cpm_str_is(op, "===") || cpm_str_is(op, "!=="))
        return run_identical(k, op.ptr[0] == '=');
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (!cpm_str_is(op, ops[i]))
            continue;
        if (read_pair(k, 2, flags_at(k, 3), &p, &err) < 0)
            return same_fault(k, &err);
        return same_bool(k, holds(ops[i], cpm_version_cmp(&p.a, &p.b)));
    }
    return cpm_str_starts(k->fault, "Invalid operator: ");
}

static bool compare_with(const struct call *k, unsigned flags,
                         int (*cmp)(const struct cpm_version *, const struct cpm_version *),
                         int sign)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct pair p;

    if (read_pair(k, 1, flags, &p, &err) < 0)
        return same_fault(k, &err);
    return same_number(k, sign * cmp(&p.a, &p.b));
}

static bool run_compare(const struct call *k)
{
    return compare_with(k, flags_at(k, 2), cpm_version_cmp, 1);
}

static bool run_rcompare(const struct call *k)
{
    return compare_with(k, flags_at(k, 2), cpm_version_cmp, -1);
}

static bool run_compare_loose(const struct call *k)
{
    return compare_with(k, CPM_SEMVER_LOOSE, cpm_version_cmp, 1);
}

static bool run_compare_build(const struct call *k)
{
    return compare_with(k, flags_at(k, 2), cpm_version_cmp_build, 1);
}

static bool run_number(const struct call *k, size_t offset)
{
    struct cpm_version v;

    return cpm_version_parse(corpus_str(k->args, 0), flags_at(k, 1), &v) &&
           same_number(k, (double)*(uint64_t *)((char *)&v + offset));
}

static bool run_major(const struct call *k)
{
    return run_number(k, offsetof(struct cpm_version, major));
}

static bool run_minor(const struct call *k)
{
    return run_number(k, offsetof(struct cpm_version, minor));
}

static bool run_patch(const struct call *k)
{
    return run_number(k, offsetof(struct cpm_version, patch));
}

/* ["beta", 1] against "beta.1". */
static bool same_ids(const struct cpm_json *expected, struct cpm_str ids)
{
    struct cpm_str id;

    if (!ids.len)
        return cpm_json_count(expected) == 0;
    CPM_JSON_EACH (expected, value) {
        uint64_t number;

        if (!cpm_str_split(&ids, '.', &id))
            return false;
        if (cpm_json_is(value, CPM_JSON_NUMBER)
                ? !cpm_str_u64(id, &number) || (double)number != cpm_json_number(value)
                : !cpm_str_eq(cpm_json_str(value), id))
            return false;
    }
    return !cpm_str_split(&ids, '.', &id);
}

static bool run_prerelease(const struct call *k)
{
    struct cpm_version v;

    if (!cpm_version_parse(corpus_str(k->args, 0), flags_at(k, 1), &v) || !v.prerelease.len)
        return cpm_json_is(k->result, CPM_JSON_NULL);
    return same_ids(k->result, v.prerelease);
}

static int by_build(const void *a, const void *b)
{
    return cpm_version_cmp_build(b, a);
}

static bool run_rsort(const struct call *k)
{
    const struct cpm_json *list = corpus_at(k->args, 0);
    size_t count = cpm_json_count(list);
    struct cpm_version *v = CPM_NEW_ARRAY(k->arena, struct cpm_version, count);

    for (size_t i = 0; i < count; i++)
        if (!cpm_version_parse(corpus_str(list, i), flags_at(k, 1), &v[i]))
            return false;
    qsort(v, count, sizeof(*v), by_build);
    for (size_t i = 0; i < count; i++)
        if (!corpus_same(corpus_at(k->result, i), cpm_str(with_build(k, &v[i]))))
            return false;
    return true;
}

static const struct cpm_range *range_at(const struct call *k, size_t i, unsigned flags)
{
    return cpm_range_parse(k->arena, corpus_str(k->args, i), flags);
}

/* cases.jsonl gives validRange and semver.valid one name; a version's text is a range too. */
static bool run_valid(const struct call *k)
{
    const struct cpm_range *range = range_at(k, 0, flags_at(k, 1));
    const char *text = range ? cpm_range_text(k->arena, range) : NULL;

    if (same_text(k, text && !*text ? "*" : text))
        return true;
    return same_text(k, cpm_version_valid(k->arena, corpus_str(k->args, 0), flags_at(k, 1)));
}

static bool run_satisfies(const struct call *k)
{
    unsigned flags = flags_at(k, 2);
    const struct cpm_range *range = range_at(k, 1, flags);
    struct cpm_version v;

    return same_bool(k, range && cpm_version_parse(corpus_str(k->args, 0), flags, &v) &&
                            cpm_range_satisfies(range, &v, flags));
}

static bool outside(const struct call *k, bool high, unsigned flags)
{
    struct cpm_error err = CPM_ERROR_INIT;
    const struct cpm_range *range;
    struct cpm_version v;

    if (cpm_version_read(corpus_str(k->args, 0), flags, &v, &err) < 0 ||
        cpm_range_read(k->arena, corpus_str(k->args, 1), flags, &range, &err) < 0)
        return same_fault(k, &err);
    return same_bool(k,
                     high ? cpm_range_above(&v, range, flags) : cpm_range_below(&v, range, flags));
}

static bool run_gtr(const struct call *k)
{
    return outside(k, true, flags_at(k, 2));
}

static bool run_ltr(const struct call *k)
{
    return outside(k, false, flags_at(k, 2));
}

static bool run_outside(const struct call *k)
{
    struct cpm_str side = corpus_str(k->args, 2);

    if (!cpm_str_is(side, ">") && !cpm_str_is(side, "<"))
        return cpm_str_starts(k->fault, "Must provide a hilo");
    return outside(k, cpm_str_is(side, ">"), flags_at(k, 3));
}

static bool two_ranges(const struct call *k,
                       bool (*ask)(const struct cpm_range *, const struct cpm_range *, unsigned))
{
    unsigned flags = flags_at(k, 2);
    struct cpm_error err = CPM_ERROR_INIT;
    const struct cpm_range *a, *b;

    if (cpm_range_read(k->arena, corpus_str(k->args, 0), flags, &a, &err) < 0 ||
        cpm_range_read(k->arena, corpus_str(k->args, 1), flags, &b, &err) < 0)
        return same_fault(k, &err);
    return same_bool(k, ask(a, b, flags));
}

static bool run_intersects(const struct call *k)
{
    return two_ranges(k, cpm_range_intersects);
}

static bool run_subset(const struct call *k)
{
    return two_ranges(k, cpm_range_subset);
}

static bool run_min_version(const struct call *k)
{
    const struct cpm_range *range = range_at(k, 0, flags_at(k, 1));
    struct cpm_version v;

    if (!range || !cpm_range_min_version(k->arena, range, &v))
        return same_text(k, NULL);
    return same_text(k, cpm_version_text(k->arena, &v));
}

static struct cpm_str *list_at(const struct call *k, size_t i, size_t *count)
{
    const struct cpm_json *list = corpus_at(k->args, i);
    struct cpm_str *out = CPM_NEW_ARRAY(k->arena, struct cpm_str, cpm_json_count(list) + 1);

    *count = 0;
    CPM_JSON_EACH (list, value)
        out[(*count)++] = cpm_json_str(value);
    return out;
}

static bool best(const struct call *k,
                 size_t (*pick)(const struct cpm_range *, const struct cpm_str *, size_t, unsigned))
{
    const struct cpm_range *range = range_at(k, 1, flags_at(k, 2));
    size_t count, at;
    struct cpm_str *list = list_at(k, 0, &count);

    at = range ? pick(range, list, count, flags_at(k, 2)) : CPM_NPOS;
    return corpus_same(k->result, at == CPM_NPOS ? CPM_STR_NONE : list[at]);
}

static bool run_max(const struct call *k)
{
    return best(k, cpm_range_max_satisfying);
}

static bool run_min(const struct call *k)
{
    return best(k, cpm_range_min_satisfying);
}

static bool run_simplify(const struct call *k)
{
    struct cpm_simplify in = {.range = corpus_str(k->args, 1), .flags = flags_at(k, 2)};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str out;

    /* A Range object is recorded as the text that it was made from. */
    if (!in.range.ptr)
        in.range = cpm_json_get_str(corpus_at(k->args, 1), "raw");
    in.versions = list_at(k, 0, &in.count);
    if (cpm_range_simplify(k->arena, &in, &out, &err) < 0)
        return same_fault(k, &err);
    return corpus_same(k->result, out) || cpm_str_eq(cpm_json_get_str(k->result, "raw"), out);
}

static bool run_to_comparators(const struct call *k)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_buf buf = CPM_BUF_INIT(1 << 16);
    const struct cpm_range *range;
    const struct cpm_json *set;
    bool same;

    if (cpm_range_read(k->arena, corpus_str(k->args, 0), flags_at(k, 1), &range, &err) < 0)
        return same_fault(k, &err);
    for (set = cpm_json_first(k->result); set; set = cpm_json_next(set)) {
        for (struct cpm_json *c = cpm_json_first(set); c; c = cpm_json_next(c)) {
            cpm_buf_add_str(&buf, cpm_json_str(c));
            if (cpm_json_next(c))
                cpm_buf_add_char(&buf, ' ');
        }
        if (cpm_json_next(set))
            cpm_buf_add_text(&buf, "||");
    }
    same = strcmp(cpm_buf_text(&buf), cpm_range_text(k->arena, range)) == 0;
    cpm_buf_release(&buf);
    return same;
}

static const struct {
    const char *fn;
    bool (*run)(const struct call *k);
} functions[] = {
    {"clean", run_clean},
    {"cmp", run_cmp},
    {"coerce", run_coerce},
    {"compare", run_compare},
    {"compare-build", run_compare_build},
    {"compare-loose", run_compare_loose},
    {"diff", run_diff},
    {"eq", run_eq},
    {"gt", run_gt},
    {"gte", run_gte},
    {"gtr", run_gtr},
    {"inc", run_inc},
    {"intersects", run_intersects},
    {"lt", run_lt},
    {"lte", run_lte},
    {"ltr", run_ltr},
    {"major", run_major},
    {"max-satisfying", run_max},
    {"min-satisfying", run_min},
    {"min-version", run_min_version},
    {"minor", run_minor},
    {"neq", run_neq},
    {"outside", run_outside},
    {"parse", run_parse},
    {"patch", run_patch},
    {"prerelease", run_prerelease},
    {"rcompare", run_rcompare},
    {"rsort", run_rsort},
    {"satisfies", run_satisfies},
    {"simplify", run_simplify},
    {"subset", run_subset},
    {"to-comparators", run_to_comparators},
    {"truncate", run_truncate},
    {"valid", run_valid},
};

static enum verdict run_call(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str fn = cpm_json_get_str(test, "fn");
    const struct cpm_json *error = cpm_json_get(test, CPM_STR("error"));
    struct call k = {
        .c = c,
        .arena = &c->arena,
        .args = cpm_json_get(test, CPM_STR("args")),
        .result = cpm_json_get(test, CPM_STR("result")),
        .fault = cpm_json_get_str(error, "message"),
    };

    if (cpm_str_starts(k.fault, "Class constructor"))
        return FOREIGN;
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (cpm_str_is(fn, functions[i].fn))
            return functions[i].run(&k) ? PASSED : FAILED;
    return FAILED;
}

int corpus_semver_fixtures(struct corpus *c);

int corpus_semver(struct corpus *c)
{
    if (!corpus_run(c, "semver/cases.jsonl", run_call))
        return -1;
    return corpus_semver_fixtures(c);
}
