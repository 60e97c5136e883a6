/* Ranges: normal form, what satisfies, and ranges against each other. */
#include "base/buf.h"
#include "semver/sets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct cpm_arena arena;

static int release_arena(void **state)
{
    (void)state;
    cpm_arena_release(&arena);
    return 0;
}

static const struct cpm_range *range(const char *text, unsigned flags)
{
    const struct cpm_range *r = cpm_range_parse(&arena, cpm_str(text), flags);

    assert_non_null(r);
    return r;
}

static const char *normal(const char *text)
{
    return cpm_range_text(&arena, range(text, 0));
}

static bool satisfies(const char *version, const char *text, unsigned flags)
{
    struct cpm_version v;

    assert_true(cpm_version_parse(cpm_str(version), flags, &v));
    return cpm_range_satisfies(range(text, flags), &v, flags);
}

static void a_caret_keeps_the_first_part_that_is_not_zero(void **state)
{
    (void)state;
    assert_string_equal(normal("^1.2.3"), ">=1.2.3 <2.0.0-0");
    assert_string_equal(normal("^0.2.3"), ">=0.2.3 <0.3.0-0");
    assert_string_equal(normal("^0.0.3"), ">=0.0.3 <0.0.4-0");
    assert_string_equal(normal("^0.0"), "<0.1.0-0");
    assert_string_equal(normal("^0.x"), "<1.0.0-0");
}

static void assert_span(const char *text, const char *from, const char *to)
{
    struct cpm_version low, high, want;

    cpm_range_span(range(text, 0), &low, &high);
    assert_true(cpm_version_parse(cpm_str(from), 0, &want));
    assert_int_equal(cpm_version_cmp_main(&low, &want), 0);
    assert_int_equal(high.major == UINT64_MAX, to == NULL);
    if (to && cpm_version_parse(cpm_str(to), 0, &want))
        assert_int_equal(cpm_version_cmp_main(&high, &want), 0);
}

static void the_span_covers_every_set_of_a_range(void **state)
{
    (void)state;
    assert_span("^1.2.3", "1.2.3", "2.0.0");
    assert_span("1.2.3", "1.2.3", "1.2.3");
    assert_span(">=1.0.0 >=1.5.0 <3.0.0 <=2.5.0", "1.5.0", "2.5.0");
    assert_span("^3.1.0 || ^1.2.0 || ~2.0.0", "1.2.0", "4.0.0");
    assert_span("<1.0.0 || >2.0.0", "0.0.0", NULL);
    assert_span(">2.0.0", "2.0.0", NULL);
    assert_span("*", "0.0.0", NULL);
}

static void tilde_and_wild_cards_leave_the_part_behind_open(void **state)
{
    (void)state;
    assert_string_equal(normal("~1.2"), ">=1.2.0 <1.3.0-0");
    assert_string_equal(normal("~> 1.2.3"), ">=1.2.3 <1.3.0-0");
    assert_string_equal(normal("1.x.x-anything"), ">=1.0.0 <2.0.0-0");
    assert_string_equal(normal("<=1.2"), "<1.3.0-0");
    assert_string_equal(normal(">1"), ">=2.0.0");
    assert_string_equal(normal(">*"), "<0.0.0-0");
}

static void blanks_builds_and_hyphens_are_tidied(void **state)
{
    (void)state;
    assert_string_equal(normal(" >=\t1.2.3+build  <  2 "), ">=1.2.3 <2.0.0-0");
    assert_string_equal(normal("1.2 - 2.3.4"), ">=1.2.0 <=2.3.4");
    assert_string_equal(normal("1 || 2.0.0||<0.0.0-0"), ">=1.0.0 <2.0.0-0||2.0.0");
}

static void any_is_the_empty_text(void **state)
{
    (void)state;
    assert_true(cpm_range_is_any(range("", 0)));
    assert_true(cpm_range_is_any(range("1.2.3 || *", 0)));
    assert_true(cpm_range_is_any(range(">=0.0.0", 0)));
    assert_false(cpm_range_is_any(range(">=0.0.0", CPM_SEMVER_INCLUDE_PRERELEASE)));
    assert_string_equal(normal("x || 1"), "");
}

static void what_is_no_range_says_why(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    const struct cpm_range *r;

    (void)state;
    assert_int_equal(cpm_range_read(&arena, CPM_STR("1 latest"), 0, &r, &err), CPM_EINVALIDRANGE);
    assert_string_equal(err.text, "Invalid comparator: latest");
    assert_null(cpm_range_parse(&arena, CPM_STR("1.x.3"), 0));
    assert_null(cpm_range_parse(&arena, CPM_STR(">=9007199254740992"), 0));
    assert_null(cpm_range_parse(&arena, CPM_STR("git://example.org/x"), 0));
}

static void a_loose_range_passes_over_what_is_no_comparator(void **state)
{
    (void)state;
    assert_string_equal(cpm_range_text(&arena, range("nonsense ^1.2.3beta", CPM_SEMVER_LOOSE)),
                        ">=1.2.3-beta <2.0.0-0");
    assert_null(cpm_range_parse(&arena, CPM_STR("nonsense"), CPM_SEMVER_LOOSE));
}

static void a_prerelease_satisfies_only_beside_one_of_its_own_release(void **state)
{
    (void)state;
    assert_true(satisfies("1.2.3-beta.2", "^1.2.3-beta.1", 0));
    assert_false(satisfies("1.2.4-beta", "^1.2.3-beta.1", 0));
    assert_false(satisfies("2.0.0-beta", "^1.2.3", CPM_SEMVER_INCLUDE_PRERELEASE));
    assert_true(satisfies("1.3.0-beta", "^1.2.3", CPM_SEMVER_INCLUDE_PRERELEASE));
    assert_false(satisfies("1.0.0-a", "*", 0));
}

/* "1.2.3" is read in one pass, "1.2.3+b" by rules: they mean the same. */
static void a_plain_range_means_what_the_rules_make_of_it(void **state)
{
    static const char *const plain[] = {"1.2.3",  "0.2.3",        "0.0.3",     "0.0.0",
                                        "10.0.0", "1.2.3-beta.2", "0.0.0-0.a", "2.0.0-0"};
    static const char *const signs[] = {
        "", "^", "~", "<", "<=", ">", ">=", "=", "3.0.0 || ^", "<9.0.0 >="};

    (void)state;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        for (size_t j = 0; j < sizeof(signs) / sizeof(signs[0]); j++) {
            for (unsigned flags = 0; flags < 4; flags++) {
                const char *text = cpm_arena_printf(&arena, "%s%s", signs[j], plain[i]);
                const char *odd = cpm_arena_printf(&arena, "%s%s+b", signs[j], plain[i]);

                assert_string_equal(cpm_range_text(&arena, range(text, flags)),
                                    cpm_range_text(&arena, range(odd, flags)));
            }
        }
    }
}

static void a_number_of_sixteen_digits_is_checked(void **state)
{
    (void)state;
    assert_string_equal(normal("^999999999999999.0.0"),
                        ">=999999999999999.0.0 <1000000000000000.0.0-0");
    assert_string_equal(normal("<=9007199254740991.0.0"), "<=9007199254740991.0.0");
    assert_null(cpm_range_parse(&arena, CPM_STR("9007199254740992.0.0"), 0));
}

static void a_range_outlives_its_text(void **state)
{
    char text[] = ">=1.0.0-alpha <1.0.0-beta";
    const struct cpm_range *r = range(text, 0);

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    assert_string_equal(cpm_range_text(&arena, r), ">=1.0.0-alpha <1.0.0-beta");
}

static void a_range_of_thousands_of_sets_is_read(void **state)
{
    struct cpm_buf buf = CPM_BUF_INIT(1 << 20);
    struct cpm_version v;

    (void)state;
    for (int i = 1; i <= 5000; i++)
        cpm_buf_addf(&buf, "%s%d.0.0 - %d.5", i > 1 ? " || " : "", i, i);
    assert_true(cpm_version_parse(CPM_STR("4999.5.1"), 0, &v));
    assert_true(cpm_range_satisfies(range(cpm_buf_text(&buf), 0), &v, 0));
    cpm_buf_release(&buf);
}

static void intersection_asks_whether_one_version_could_satisfy_both(void **state)
{
    (void)state;
    assert_true(cpm_range_intersects(range("^1", 0), range(">=1.9 <3", 0), 0));
    assert_false(cpm_range_intersects(range("^1", 0), range("^2 || 3.0.0", 0), 0));
    assert_false(cpm_range_intersects(range("<1 >2", 0), range("*", 0), 0));
}

static void a_subset_allows_nothing_more(void **state)
{
    (void)state;
    assert_true(cpm_range_subset(range("^1.2", 0), range("1 || 2", 0), 0));
    assert_false(cpm_range_subset(range("^1.2.0-0 || 3", 0), range("1 || 2", 0), 0));
    assert_true(cpm_range_subset(range("1.0.0 2.0.0", 0), range("9", 0), 0));
    assert_false(cpm_range_subset(range("1.2.3-a", 0), range("1.x", 0), 0));
}

static void the_lowest_version_is_found_across_sets(void **state)
{
    struct cpm_version v;

    (void)state;
    assert_true(cpm_range_min_version(&arena, range(">2 || >1.0.0-b", 0), &v));
    assert_string_equal(cpm_version_text(&arena, &v), "1.0.0-b.0");
    assert_false(cpm_range_min_version(&arena, range(">4 <3", 0), &v));
}

static void a_range_becomes_short_over_known_versions(void **state)
{
    const struct cpm_str versions[] = {CPM_STR("1.0.0"), CPM_STR("1.1.0"), CPM_STR("1.2.0"),
                                       CPM_STR("2.0.0")};
    struct cpm_simplify in = {.range = CPM_STR("1.1.0 || 1.2.0"), .versions = versions, .count = 4};
    struct cpm_str out;

    (void)state;
    assert_int_equal(cpm_range_simplify(&arena, &in, &out, NULL), 0);
    assert_true(cpm_str_is(out, "1.1.0 - 1.2.0"));
    assert_int_equal(cpm_range_max_satisfying(range("1", 0), versions, 4, 0), 2);
    assert_int_equal(cpm_range_min_satisfying(range("3", 0), versions, 4, 0), CPM_NPOS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_caret_keeps_the_first_part_that_is_not_zero, release_arena),
        cmocka_unit_test_teardown(the_span_covers_every_set_of_a_range, release_arena),
        cmocka_unit_test_teardown(tilde_and_wild_cards_leave_the_part_behind_open, release_arena),
        cmocka_unit_test_teardown(blanks_builds_and_hyphens_are_tidied, release_arena),
        cmocka_unit_test_teardown(any_is_the_empty_text, release_arena),
        cmocka_unit_test_teardown(what_is_no_range_says_why, release_arena),
        cmocka_unit_test_teardown(a_loose_range_passes_over_what_is_no_comparator, release_arena),
        cmocka_unit_test_teardown(a_prerelease_satisfies_only_beside_one_of_its_own_release,
                                  release_arena),
        cmocka_unit_test_teardown(a_plain_range_means_what_the_rules_make_of_it, release_arena),
        cmocka_unit_test_teardown(a_number_of_sixteen_digits_is_checked, release_arena),
        cmocka_unit_test_teardown(a_range_outlives_its_text, release_arena),
        cmocka_unit_test_teardown(a_range_of_thousands_of_sets_is_read, release_arena),
        cmocka_unit_test_teardown(intersection_asks_whether_one_version_could_satisfy_both,
                                  release_arena),
        cmocka_unit_test_teardown(a_subset_allows_nothing_more, release_arena),
        cmocka_unit_test_teardown(the_lowest_version_is_found_across_sets, release_arena),
        cmocka_unit_test_teardown(a_range_becomes_short_over_known_versions, release_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
