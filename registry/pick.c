/* npm-pick-manifest. npm sorts all candidates by seven keys and takes the first; here each
 * candidate gets a rank with the first six keys as bits, and versions are walked from the highest
 * that the range could mean down, so that the first one with every bit set ends the search. */
#include "registry/packument.h"

#include "base/glob.h"
#include "base/mem.h"
#include "semver/spec.h"

#include <time.h>

enum rank { /* higher is better; npm's order of the keys */
            RANK_NOT_DEPRECATED = 1,
            RANK_ENGINE = 2,
            RANK_CLEAN = 4, /* both of the above */
            RANK_NOT_STAGED = 8,
            RANK_NOT_RESTRICTED = 16,
            RANK_NOT_AVOIDED = 32,
            RANK_BEST = 63,
};

struct pick {
    const struct cpm_packument *p;
    const struct cpm_pick_options *opts;
    struct cpm_str wanted; /* for messages */
    int64_t before;        /* INT64_MAX - 1: no limit, but what is no date is still excluded */
    struct cpm_arena arena;
    uint32_t engines; /* whose answer is remembered */
    bool engine_ok;
};

static bool satisfies(struct pick *k, struct cpm_str version, struct cpm_str range)
{
    const struct cpm_range *parsed;
    struct cpm_version v;

    if (!version.len || !range.len)
        return true;
    parsed = cpm_range_parse(&k->arena, range, CPM_SEMVER_INCLUDE_PRERELEASE);
    return parsed && cpm_version_parse(version, 0, &v) &&
           cpm_range_satisfies(parsed, &v, CPM_SEMVER_INCLUDE_PRERELEASE);
}

static bool engine_ok(struct pick *k, const struct cpm_packument_facts *f)
{
    if (f->engines == UINT32_MAX)
        return true;
    if (f->engines != k->engines) {
        k->engines = f->engines;
        k->engine_ok = satisfies(k, k->opts->node_version, f->engines_node) &&
                       satisfies(k, k->opts->npm_version, f->engines_npm);
    }
    return k->engine_ok;
}

static bool is_avoided(const struct pick *k, const struct cpm_packument_facts *f)
{
    return k->opts->avoid &&
           cpm_range_satisfies(k->opts->avoid, &f->version, CPM_SEMVER_INCLUDE_PRERELEASE);
}

static bool is_before(const struct pick *k, const struct cpm_packument_facts *f)
{
    return f->time == CPM_TIME_NONE || f->time <= k->before;
}

static unsigned rank_of(struct pick *k, const struct cpm_packument_facts *f)
{
    unsigned rank = (f->deprecated ? 0 : RANK_NOT_DEPRECATED) |
                    (engine_ok(k, f) ? RANK_ENGINE : 0) | (f->staged ? 0 : RANK_NOT_STAGED) |
                    (f->restricted ? 0 : RANK_NOT_RESTRICTED) |
                    (is_avoided(k, f) ? 0 : RANK_NOT_AVOIDED);

    if ((rank & RANK_NOT_DEPRECATED) && (rank & RANK_ENGINE))
        rank |= RANK_CLEAN;
    return rank;
}

/* the candidates */

/* Versions and what is behind them: [0, count) and the staged and restricted ones. */
static uint32_t candidates(const struct pick *k)
{
    return cpm_packument_count(k->p) + cpm_packument_extra(k->p);
}

static bool counts(const struct pick *k, const struct cpm_packument_facts *f)
{
    return (!f->staged || k->opts->include_staged) && is_before(k, f);
}

/* A version's index by exact text: published, else staged, else restricted; -1. */
static int64_t find_exact(const struct pick *k, struct cpm_str text)
{
    int64_t found = cpm_packument_find(k->p, text);
    struct cpm_packument_facts f;

    for (uint32_t i = cpm_packument_count(k->p); found < 0 && i < candidates(k); i++) {
        cpm_packument_facts(k->p, i, &f);
        if (cpm_str_eq(f.text, text) && (!f.staged || k->opts->include_staged))
            found = i;
    }
    return found;
}

struct best {
    int64_t index;
    unsigned rank;
    struct cpm_packument_facts facts;
};

/* npm's stable sort: of equal versions the one listed first. */
static void offer(struct best *best, uint32_t i, unsigned rank, const struct cpm_packument_facts *f)
{
    int newer;

    if (best->index >= 0) {
        if (rank < best->rank)
            return;
        newer = cpm_version_cmp(&f->version, &best->facts.version);
        if (rank == best->rank && (newer < 0 || (newer == 0 && (f->staged || f->restricted ||
                                                                f->order > best->facts.order))))
            return;
    }
    *best = (struct best){i, rank, *f};
}

/* True when nothing from here down can beat what was found. */
static bool is_settled(const struct best *best, const struct cpm_version *v)
{
    return best->index >= 0 && best->rank == RANK_BEST &&
           cpm_version_cmp(v, &best->facts.version) < 0;
}

static void consider(struct pick *k, struct best *best, uint32_t i)
{
    struct cpm_packument_facts f;

    cpm_packument_facts(k->p, i, &f);
    if (counts(k, &f))
        offer(best, i, rank_of(k, &f), &f);
}

static int64_t pick_best(struct pick *k, const struct cpm_range *range)
{
    struct best best = {.index = -1};
    struct cpm_version low, high, v;

    cpm_range_span(range, &low, &high);
    for (uint32_t i = cpm_packument_above(k->p, &high); i-- > 0;) {
        cpm_packument_version(k->p, i, &v);
        if (is_settled(&best, &v) || cpm_version_cmp_main(&v, &low) < 0)
            break;
        if (cpm_range_satisfies(range, &v, 0))
            consider(k, &best, i);
    }
    for (uint32_t i = cpm_packument_count(k->p); i < candidates(k); i++) {
        cpm_packument_version(k->p, i, &v);
        if (cpm_range_satisfies(range, &v, 0))
            consider(k, &best, i);
    }
    return best.index;
}

static bool has_candidates(const struct pick *k)
{
    struct cpm_packument_facts f;

    for (uint32_t i = 0; i < candidates(k); i++) {
        cpm_packument_facts(k->p, i, &f);
        if (counts(k, &f))
            return true;
    }
    return candidates(k) == 0 && !cpm_packument_no_versions(k->p);
}

/* the default tag's version, when it is as good as any: *index, or -1 */
static int64_t pick_default(struct pick *k, const struct cpm_range *range, bool any)
{
    struct cpm_str tag = k->opts->default_tag, text;
    int64_t index = !tag.len || cpm_str_is(tag, "latest") ? cpm_packument_latest(k->p)
                                                          : cpm_packument_tag(k->p, tag, &text);
    struct cpm_packument_facts f, extra;

    if (index < 0)
        return -1;
    cpm_packument_facts(k->p, (uint32_t)index, &f);
    for (uint32_t i = cpm_packument_count(k->p); i < candidates(k); i++) {
        cpm_packument_facts(k->p, i, &extra);
        f.restricted = f.restricted || (extra.restricted && cpm_str_eq(extra.text, f.text));
        f.staged =
            f.staged || (extra.staged && k->opts->include_staged && cpm_str_eq(extra.text, f.text));
    }
    if (!any && !cpm_range_satisfies(range, &f.version, 0))
        return -1;
    return is_before(k, &f) && rank_of(k, &f) == RANK_BEST ? index : -1;
}

static int pick_range(struct pick *k, const struct cpm_range *range, bool any, int64_t *index,
                      struct cpm_error *err)
{
    *index = pick_default(k, range, any);
    if (*index >= 0)
        return 0;
    if (!has_candidates(k))
        return cpm_error_set(err, CPM_ENOVERSIONS, "No versions available for %.*s",
                             CPM_STR_ARG(cpm_packument_name(k->p)));
    *index = pick_best(k, range);
    return 0;
}

static int pick_range_text(struct pick *k, const char *text, int64_t *index, struct cpm_error *err)
{
    const struct cpm_range *range = cpm_range_parse(&k->arena, cpm_str(text), CPM_SEMVER_LOOSE);

    *index = -1;
    return range ? pick_range(k, range, strcmp(text, "*") == 0, index, err) : 0;
}

/* A tag whose version is too new gives the highest one up to it. */
static int pick_tag(struct pick *k, struct cpm_str tag, int64_t *index, struct cpm_error *err)
{
    struct cpm_packument_facts f;
    struct cpm_str text;

    *index = cpm_packument_tag(k->p, tag, &text);
    if (*index < 0 && text.len)
        *index = find_exact(k, text);
    if (*index < 0)
        return 0;
    cpm_packument_facts(k->p, (uint32_t)*index, &f);
    if (is_before(k, &f))
        return 0;
    return pick_range_text(k, cpm_arena_printf(&k->arena, "<=%.*s", CPM_STR_ARG(text)), index, err);
}

static void pick_version(struct pick *k, const struct cpm_spec *spec, int64_t *index)
{
    struct cpm_packument_facts f;

    *index = find_exact(k, cpm_str(cpm_version_text(&k->arena, spec->version)));
    if (*index < 0)
        return;
    cpm_packument_facts(k->p, (uint32_t)*index, &f);
    if (!is_before(k, &f))
        *index = -1;
}

static int pick_any(struct pick *k, const struct cpm_spec *spec, int64_t *index,
                    struct cpm_error *err)
{
    bool any = !spec->fetch.len || cpm_str_is(spec->fetch, "*"); /* nothing is wanted: npm's "*" */

    switch (spec->type) {
    case CPM_SPEC_TAG:
        return pick_tag(k, spec->fetch, index, err);
    case CPM_SPEC_VERSION:
        pick_version(k, spec, index);
        return 0;
    case CPM_SPEC_RANGE:
        return pick_range(k, spec->range, any, index, err);
    default:
        return cpm_error_set(err, CPM_EINVAL, "Only tag, version, and range are supported");
    }
}

static bool index_avoided(struct pick *k, int64_t index)
{
    struct cpm_packument_facts f;

    if (index < 0)
        return false;
    cpm_packument_facts(k->p, (uint32_t)index, &f);
    return is_avoided(k, &f);
}

/* avoid_strict: when the pick is vulnerable, the same major, then anything. */
static int widen(struct pick *k, int64_t *index, struct cpm_error *err)
{
    struct cpm_packument_facts f;
    int r;

    if (!index_avoided(k, *index))
        return 0;
    cpm_packument_facts(k->p, (uint32_t)*index, &f);
    r = pick_range_text(k, cpm_arena_printf(&k->arena, "^%.*s", CPM_STR_ARG(f.text)), index, err);
    if (r < 0 || !index_avoided(k, *index))
        return r;
    r = pick_range_text(k, "*", index, err);
    if (r < 0 || !index_avoided(k, *index))
        return r;
    return cpm_error_set(err, CPM_ETARGET, "No avoidable versions for %.*s",
                         CPM_STR_ARG(cpm_packument_name(k->p)));
}

/* words */

/* new Date(ms).toLocaleString() of an English locale. */
static void date_text(int64_t ms, char *out, size_t size)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    out[0] = '\0';
    if (localtime_r(&seconds, &tm))
        strftime(out, size, "%-m/%-d/%Y, %-I:%M:%S %p", &tm);
}

static int check(struct pick *k, int64_t index, struct cpm_error *err)
{
    struct cpm_str name = cpm_packument_name(k->p), policy = cpm_packument_policy(k->p);
    struct cpm_packument_facts f = {.restricted = false};
    char date[64] = "";

    if (index >= 0)
        cpm_packument_facts(k->p, (uint32_t)index, &f);
    if (index >= 0 && !f.restricted)
        return 0;
    if (k->opts->before != CPM_TIME_NONE)
        date_text(k->opts->before, date, sizeof(date));
    if (index >= 0)
        return cpm_error_set(err, CPM_E403,
                             "Could not download %.*s@%.*s%s%s due to policy violations:\n%.*s",
                             CPM_STR_ARG(name), CPM_STR_ARG(k->wanted),
                             date[0] ? " with a date before " : "", date, CPM_STR_ARG(policy));
    return cpm_error_set(err, CPM_ETARGET, "No matching version found for %.*s@%.*s%s%s.",
                         CPM_STR_ARG(name), CPM_STR_ARG(k->wanted),
                         date[0] ? " with a date before " : "", date);
}

/* The packument's own name counts: an alias exempts nothing. */
static bool is_always(struct pick *k)
{
    struct cpm_str name = cpm_packument_name(k->p);
    const char *text = cpm_arena_strndup(&k->arena, name.ptr, name.len);

    for (const char *const *p = k->opts->always; p && *p; p++)
        if (cpm_glob_match(*p, text))
            return true;
    return false;
}

int cpm_pick(const struct cpm_packument *p, const struct cpm_spec *spec,
             const struct cpm_pick_options *opts, uint32_t *index, struct cpm_error *err)
{
    struct cpm_pick_options own = CPM_PICK_INIT;
    struct pick k = {.p = p, .opts = &own, .engines = UINT32_MAX};
    int64_t found = -1;
    int r;

    if (spec->type == CPM_SPEC_ALIAS && spec->sub)
        spec = spec->sub;
    k.wanted = spec->fetch.len ? spec->fetch : spec->raw_spec;
    if (opts)
        own = *opts;
    cpm_arena_init(&k.arena);
    if (own.before != CPM_TIME_NONE && is_always(&k))
        own.before = CPM_TIME_NONE;
    k.before =
        own.before != CPM_TIME_NONE && cpm_packument_has_time(p) ? own.before : INT64_MAX - 1;
    r = pick_any(&k, spec, &found, err);
    if (r == 0 && k.opts->avoid_strict)
        r = widen(&k, &found, err);
    if (r == 0)
        r = check(&k, found, err);
    if (r == 0)
        *index = (uint32_t)found;
    cpm_arena_release(&k.arena);
    return r;
}
