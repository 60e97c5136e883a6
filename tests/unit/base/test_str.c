#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void views_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(cpm_str_eq(CPM_STR_NONE, CPM_STR("")));
    assert_true(cpm_str_cmp(CPM_STR("a"), CPM_STR("ab")) < 0);
    assert_true(cpm_str_cmp(CPM_STR("b"), CPM_STR("ab")) > 0);
    assert_int_equal(cpm_str_cmp(CPM_STR("ab"), CPM_STR("ab")), 0);
    assert_true(cpm_str_eq_nocase(CPM_STR("aB"), CPM_STR("Ab")));
    assert_false(cpm_str_eq_nocase(CPM_STR("a"), CPM_STR("ab")));
}

static void parts_are_cut_within_bounds(void **state)
{
    (void)state;
    assert_true(cpm_str_is(cpm_str_sub(CPM_STR("abc"), 1, 9), "bc"));
    assert_int_equal(cpm_str_sub(CPM_STR("abc"), 5, 1).len, 0);
    assert_int_equal(cpm_str_sub(CPM_STR_NONE, 0, 1).len, 0);
    assert_true(cpm_str_is(cpm_str_trim(CPM_STR(" \t\n a b \r\n")), "a b"));
    assert_int_equal(cpm_str_trim(CPM_STR(" \n ")).len, 0);
}

static void places_are_found(void **state)
{
    (void)state;
    assert_int_equal(cpm_str_chr(CPM_STR("a/b/c"), '/'), 1);
    assert_int_equal(cpm_str_rchr(CPM_STR("a/b/c"), '/'), 3);
    assert_int_equal(cpm_str_chr(CPM_STR_NONE, '/'), CPM_NPOS);
    assert_int_equal(cpm_str_find(CPM_STR("a/-/b"), "/-/"), 1);
    assert_int_equal(cpm_str_find(CPM_STR("abc"), "x"), CPM_NPOS);
    assert_int_equal(cpm_str_find(CPM_STR("abc"), ""), 0);
    assert_true(cpm_str_starts(CPM_STR("abc"), "ab"));
    assert_true(cpm_str_ends(CPM_STR("abc"), "bc"));
    assert_false(cpm_str_ends(CPM_STR("c"), "bc"));
}

static void splitting_gives_empty_parts_too(void **state)
{
    struct cpm_str rest = CPM_STR("a,,b"), part;

    (void)state;
    assert_true(cpm_str_split(&rest, ',', &part) && cpm_str_is(part, "a"));
    assert_true(cpm_str_split(&rest, ',', &part) && cpm_str_is(part, ""));
    assert_true(cpm_str_split(&rest, ',', &part) && cpm_str_is(part, "b"));
    assert_false(cpm_str_split(&rest, ',', &part));
    rest = CPM_STR("");
    assert_true(cpm_str_split(&rest, ',', &part) && part.len == 0);
    assert_false(cpm_str_split(&rest, ',', &part));
}

static void numbers_are_whole_and_without_sign(void **state)
{
    uint64_t n = 0;

    (void)state;
    assert_true(cpm_str_u64(CPM_STR("18446744073709551615"), &n) && n == UINT64_MAX);
    assert_false(cpm_str_u64(CPM_STR("18446744073709551616"), &n));
    assert_false(cpm_str_u64(CPM_STR(""), &n));
    assert_false(cpm_str_u64(CPM_STR("-1"), &n));
    assert_false(cpm_str_u64(CPM_STR("1 "), &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_by_bytes),
        cmocka_unit_test(parts_are_cut_within_bounds),
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(splitting_gives_empty_parts_too),
        cmocka_unit_test(numbers_are_whole_and_without_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
