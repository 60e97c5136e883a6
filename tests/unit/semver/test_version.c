/* One version: reading, order, text, next and cut. */
#include "semver/coerce.h"
#include "semver/inc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct cpm_version version(const char *text)
{
    struct cpm_version v;

    assert_true(cpm_version_parse(cpm_str(text), CPM_SEMVER_LOOSE, &v));
    return v;
}

static int order(const char *a, const char *b)
{
    struct cpm_version x = version(a), y = version(b);

    return cpm_version_cmp(&x, &y);
}

static void a_strict_version_takes_one_v_and_nothing_else_in_front(void **state)
{
    struct cpm_version v;

    (void)state;
    assert_true(cpm_version_parse(CPM_STR(" v1.2.3 "), 0, &v));
    assert_false(cpm_version_parse(CPM_STR("=1.2.3"), 0, &v));
    assert_false(cpm_version_parse(CPM_STR("1.02.3"), 0, &v));
    assert_false(cpm_version_parse(CPM_STR("1.2.3-01"), 0, &v));
    assert_false(cpm_version_parse(CPM_STR("1.2"), 0, &v));
    assert_false(cpm_version_parse(CPM_STR(""), 0, &v));
}

static void numbers_end_at_the_safe_integers(void **state)
{
    struct cpm_version v;
    struct cpm_error err = CPM_ERROR_INIT;

    (void)state;
    assert_true(cpm_version_parse(CPM_STR("9007199254740991.0.0"), 0, &v));
    assert_true(cpm_version_read(CPM_STR("0.9007199254740992.0"), 0, &v, &err) < 0);
    assert_string_equal(err.text, "Invalid minor version");
    assert_true(cpm_version_read(CPM_STR("99999999999999999999999999.0.0"), 0, &v, &err) < 0);
}

static void a_version_over_256_bytes_is_none(void **state)
{
    char text[300] = "1.2.3-";
    struct cpm_version v;

    (void)state;
    memset(text + 6, 'a', 250);
    assert_true(cpm_version_parse(cpm_str_n(text, 256), 0, &v));
    memset(text + 256, 'a', 1);
    assert_false(cpm_version_parse(cpm_str_n(text, 257), 0, &v));
}

static void a_prerelease_comes_before_its_release_and_numbers_before_words(void **state)
{
    (void)state;
    assert_true(order("1.0.0-rc", "1.0.0") < 0);
    assert_true(order("1.0.0-2", "1.0.0-10") < 0);
    assert_true(order("1.0.0-10", "1.0.0-a") < 0);
    assert_true(order("1.0.0-a", "1.0.0-a.0") < 0);
    assert_true(order("1.0.0-A", "1.0.0-a") < 0);
    assert_int_equal(order("1.0.0+a", "1.0.0+b"), 0);
}

static void builds_order_only_what_is_equal_otherwise(void **state)
{
    struct cpm_version a = version("1.0.0+2"), b = version("1.0.0+10"), c = version("1.0.0");

    (void)state;
    assert_true(cpm_version_cmp_build(&a, &b) < 0);
    assert_true(cpm_version_cmp_build(&c, &a) < 0);
}

static void loose_text_is_printed_in_normal_form(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_version v = version("=v01.02.03beta.007");

    (void)state;
    assert_string_equal(cpm_version_text(&arena, &v), "1.2.3-beta.7");
    cpm_arena_release(&arena);
}

static void a_difference_is_named_by_the_first_part_that_changed(void **state)
{
    struct cpm_version a = version("1.2.3"), b = version("1.3.0-x"), c = version("1.3.0");

    (void)state;
    assert_string_equal(cpm_version_diff(&a, &b), "preminor");
    assert_string_equal(cpm_version_diff(&b, &c), "minor");
    assert_null(cpm_version_diff(&a, &a));
}

static const char *raised(struct cpm_arena *arena, const char *text, const char *type,
                          const char *id)
{
    struct cpm_version v = version(text);
    struct cpm_inc how = {.identifier = cpm_str(id)};

    assert_true(cpm_release_parse(cpm_str(type), &how.release));
    return cpm_version_inc(arena, &v, &how, NULL) < 0 ? NULL : cpm_version_text(arena, &v);
}

static void raising_a_prerelease_first_completes_it(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(raised(&arena, "2.0.0-rc.1", "major", ""), "2.0.0");
    assert_string_equal(raised(&arena, "2.0.1-rc.1", "major", ""), "3.0.0");
    assert_string_equal(raised(&arena, "1.2.3-rc.1", "release", ""), "1.2.3");
    assert_null(raised(&arena, "1.2.3", "release", ""));
    cpm_arena_release(&arena);
}

static void a_prerelease_counts_on_under_its_own_identifier_only(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(raised(&arena, "1.2.3-rc.4", "prerelease", "rc"), "1.2.3-rc.5");
    assert_string_equal(raised(&arena, "1.2.3-rc.4", "prerelease", "beta"), "1.2.3-beta.0");
    assert_string_equal(raised(&arena, "1.2.3", "prerelease", "beta"), "1.2.4-beta.0");
    assert_null(raised(&arena, "1.2.3", "prerelease", "not/one"));
    cpm_arena_release(&arena);
}

static void coercion_finds_the_first_or_the_last_version_in_a_text(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_version v;

    (void)state;
    assert_true(cpm_version_coerce(&arena, CPM_STR("from 3.4 to 5.6.7.8"), false, 0, &v));
    assert_string_equal(cpm_version_text(&arena, &v), "3.4.0");
    assert_true(cpm_version_coerce(&arena, CPM_STR("from 3.4 to 5.6.7.8"), true, 0, &v));
    assert_string_equal(cpm_version_text(&arena, &v), "6.7.8");
    assert_false(cpm_version_coerce(&arena, CPM_STR("12345678901234567"), false, 0, &v));
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strict_version_takes_one_v_and_nothing_else_in_front),
        cmocka_unit_test(numbers_end_at_the_safe_integers),
        cmocka_unit_test(a_version_over_256_bytes_is_none),
        cmocka_unit_test(a_prerelease_comes_before_its_release_and_numbers_before_words),
        cmocka_unit_test(builds_order_only_what_is_equal_otherwise),
        cmocka_unit_test(loose_text_is_printed_in_normal_form),
        cmocka_unit_test(a_difference_is_named_by_the_first_part_that_changed),
        cmocka_unit_test(raising_a_prerelease_first_completes_it),
        cmocka_unit_test(a_prerelease_counts_on_under_its_own_identifier_only),
        cmocka_unit_test(coercion_finds_the_first_or_the_last_version_in_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
