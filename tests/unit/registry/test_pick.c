/* npm-pick-manifest's rules, one each. */
#include "registry/packument.h"
#include "semver/spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct scene {
    const char *packument, *wanted;
    struct cpm_pick_options opts;
};

/* The picked version's text, or the error's name; `words` gets the error's text. */
static void assert_pick(const struct scene *s, const char *want, const char *words)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_packument *p = NULL;
    struct cpm_packument_facts f;
    struct cpm_spec spec;
    uint32_t index;
    int r;

    assert_int_equal(cpm_packument_build(cpm_str(s->packument), CPM_STR("x"), false, &p, &err), 0);
    assert_int_equal(cpm_spec_resolve(&arena, CPM_STR("x"), cpm_str(s->wanted), "/", &spec, &err),
                     0);
    r = cpm_pick(p, &spec, &s->opts, &index, &err);
    if (r == 0) {
        cpm_packument_facts(p, index, &f);
        assert_true(cpm_str_is(f.text, want));
    } else {
        assert_string_equal(cpm_error_name(r), want);
        assert_string_equal(err.text, words);
    }
    cpm_packument_free(p);
    cpm_arena_release(&arena);
}

static void picks(const char *packument, const char *wanted, const char *want)
{
    struct scene s = {packument, wanted, CPM_PICK_INIT};

    assert_pick(&s, want, NULL);
}

static void picks_before(const char *packument, const char *wanted, int64_t before,
                         const char *want)
{
    struct scene s = {packument, wanted, CPM_PICK_INIT};

    s.opts.before = before;
    assert_pick(&s, want, NULL);
}

static void fails(const char *packument, const char *wanted, const char *code, const char *words)
{
    struct scene s = {packument, wanted, CPM_PICK_INIT};

    assert_pick(&s, code, words);
}

#define PLAIN "{\"versions\":{\"1.0.0\":{},\"1.0.1\":{},\"2.0.0\":{},\"3.0.0-beta.1\":{}}"

static void the_highest_version_in_the_range_wins(void **state)
{
    (void)state;
    picks(PLAIN "}", "^1.0.0", "1.0.1");
    picks(PLAIN "}", ">=1", "2.0.0");
    picks(PLAIN "}", "3.0.0-beta.1", "3.0.0-beta.1");
    picks(PLAIN "}", "  =1.0.0 ", "1.0.0");
}

static void the_latest_tag_wins_where_it_satisfies(void **state)
{
    (void)state;
    picks(PLAIN ",\"dist-tags\":{\"latest\":\"1.0.0\"}}", "^1.0.0", "1.0.0");
    picks(PLAIN ",\"dist-tags\":{\"latest\":\"3.0.0-beta.1\"}}", "*", "3.0.0-beta.1");
    picks(PLAIN ",\"dist-tags\":{\"latest\":\"2.0.0\"}}", "^1.0.0", "1.0.1");
}

static void a_tag_names_its_version_and_nothing_else(void **state)
{
    (void)state;
    picks(PLAIN ",\"dist-tags\":{\"next\":\"3.0.0-beta.1\"}}", "next", "3.0.0-beta.1");
    fails(PLAIN ",\"dist-tags\":{}}", "next", "ETARGET", "No matching version found for x@next.");
}

static void an_alias_is_picked_by_its_target(void **state)
{
    (void)state;
    picks(PLAIN "}", "npm:y@^1.0.0", "1.0.1");
}

#define AGED                                                                                       \
    "{\"versions\":{\"1.0.0\":{\"engines\":{\"node\":\">=4\"}},"                                   \
    "\"1.1.0\":{\"engines\":{\"node\":\">=10\"}},\"1.2.0\":{\"deprecated\":\"bad\"}}}"

static void deprecated_and_unfit_versions_lose_but_serve(void **state)
{
    struct scene s = {AGED, "^1.0.0", CPM_PICK_INIT};

    (void)state;
    s.opts.node_version = CPM_STR("v20.0.0");
    assert_pick(&s, "1.1.0", NULL);
    s.opts.node_version = CPM_STR("v6.0.0");
    assert_pick(&s, "1.0.0", NULL);
    s.opts.node_version = CPM_STR("v1.0.0");
    assert_pick(&s, "1.2.0", NULL); /* its engines are right, at least */
    picks(AGED, "^1.2.0", "1.2.0");
}

#define TIMED                                                                                      \
    PLAIN ",\"dist-tags\":{\"latest\":\"2.0.0\"},\"time\":{\"1.0.0\":\"2018-01-01T00:00:00Z\","    \
          "\"1.0.1\":\"2018-01-02T00:00:00Z\",\"2.0.0\":\"2018-01-03T00:00:00Z\","                 \
          "\"3.0.0-beta.1\":\"2018-01-04T00:00:00Z\"}}"
#define JAN_2_2018 INT64_C(1514851200000)

static void nothing_newer_than_before_is_picked(void **state)
{
    (void)state;
    picks_before(TIMED, "*", JAN_2_2018, "1.0.1");
    picks_before(TIMED, "latest", JAN_2_2018, "1.0.1");
    picks_before(TIMED, "1.0.0", JAN_2_2018, "1.0.0");
    picks_before(PLAIN "}", ">=1", JAN_2_2018, "2.0.0"); /* no times: no limit */
}

static void packages_that_a_pattern_exempts_have_no_limit_of_age(void **state)
{
    static const char *const here[] = {"y", "?", NULL}, *const elsewhere[] = {"@x/*", "!y", NULL};
    struct scene s = {TIMED, "*", CPM_PICK_INIT};

    (void)state;
    s.opts.before = JAN_2_2018;
    s.opts.always = here;
    assert_pick(&s, "2.0.0", NULL);
    s.opts.always = elsewhere;
    assert_pick(&s, "1.0.1", NULL);
}

static void vulnerable_versions_are_avoided(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct scene s = {PLAIN "}", "^1.0.0", CPM_PICK_INIT};

    (void)state;
    s.opts.avoid = cpm_range_parse(&arena, CPM_STR(">=1.0.1 <2"), CPM_SEMVER_LOOSE);
    assert_pick(&s, "1.0.0", NULL);
    s.wanted = "1.0.1";
    assert_pick(&s, "1.0.1", NULL);
    s.opts.avoid_strict = true;
    assert_pick(&s, "2.0.0", NULL);
    s.opts.avoid = cpm_range_parse(&arena, CPM_STR("*"), CPM_SEMVER_LOOSE);
    assert_pick(&s, "ETARGET", "No avoidable versions for x");
    cpm_arena_release(&arena);
}

static void what_cannot_be_had_is_said_in_npms_words(void **state)
{
    (void)state;
    fails(PLAIN "}", "^9.0.0", "ETARGET", "No matching version found for x@^9.0.0.");
    fails(PLAIN "}", "9.0.0", "ETARGET", "No matching version found for x@9.0.0.");
    fails("{\"versions\":{}}", "^1.0.0", "ENOVERSIONS", "No versions available for x");
    fails("{\"policyRestrictions\":{\"message\":\"no\",\"versions\":{\"4.0.0\":{}}}}", "4.0.0",
          "E403", "Could not download x@4.0.0 due to policy violations:\nno");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_version_in_the_range_wins),
        cmocka_unit_test(the_latest_tag_wins_where_it_satisfies),
        cmocka_unit_test(a_tag_names_its_version_and_nothing_else),
        cmocka_unit_test(an_alias_is_picked_by_its_target),
        cmocka_unit_test(deprecated_and_unfit_versions_lose_but_serve),
        cmocka_unit_test(nothing_newer_than_before_is_picked),
        cmocka_unit_test(packages_that_a_pattern_exempts_have_no_limit_of_age),
        cmocka_unit_test(vulnerable_versions_are_avoided),
        cmocka_unit_test(what_cannot_be_had_is_said_in_npms_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
