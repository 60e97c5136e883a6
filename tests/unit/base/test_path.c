#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct pair {
    const char *a, *b, *expected;
};

static void a_path_is_joined_as_node_joins_it(void **state)
{
    static const struct pair cases[] = {
        {"a", "b", "a/b"},     {"/a/", "../b", "/b"},    {"", "", "."},
        {"a", "", "a"},        {"", "b", "b"},           {"a", "..", "."},
        {"a", "../..", ".."},  {"/", "..", "/"},         {"a/./b", "c/", "a/b/c/"},
        {"..", "..", "../.."}, {"/a", "b//c", "/a/b/c"},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(cpm_path_join(&arena, cases[i].a, cases[i].b), cases[i].expected);
    cpm_arena_release(&arena);
}

static void a_path_is_resolved_against_its_base(void **state)
{
    static const struct pair cases[] = {
        {"/a/b", "c", "/a/b/c"}, {"/a/b", "../c", "/a/c"}, {"/a", "/x/", "/x"},
        {"/a", "", "/a"},        {"/", "..", "/"},         {"/a", "./.", "/a"},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(cpm_path_resolve(&arena, cases[i].a, cases[i].b), cases[i].expected);
    cpm_arena_release(&arena);
}

static void a_relative_path_leads_from_one_folder_to_the_other(void **state)
{
    static const struct pair cases[] = {
        {"/a/b", "/a/c", "../c"},  {"/a", "/a", ""},          {"/a", "/a/b/c", "b/c"},
        {"/a/b/c", "/a", "../.."}, {"/a/bc", "/a/b", "../b"}, {"/", "/x/y", "x/y"},
        {"/x/y", "/", "../.."},    {"/a/b", "/c", "../../c"},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(cpm_path_relative(&arena, cases[i].a, cases[i].b), cases[i].expected);
    cpm_arena_release(&arena);
}

static void dirname_and_basename_follow_node(void **state)
{
    static const struct pair cases[] = {
        /* path, dirname, basename */
        {"/a/b", "/a", "b"},  {"/a", "/", "a"}, {"a", ".", "a"},
        {"/a/b/", "/a", "b"}, {"", ".", ""},    {"/", "/", ""},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(cpm_path_dirname(&arena, cases[i].a), cases[i].b);
        assert_true(cpm_str_is(cpm_path_basename(cpm_str(cases[i].a)), cases[i].expected));
    }
    cpm_arena_release(&arena);
}

static void a_sibling_with_the_same_beginning_is_not_within(void **state)
{
    (void)state;
    assert_true(cpm_path_within("/a/b", "/a/b"));
    assert_true(cpm_path_within("/a/b/", "/a/b/c"));
    assert_true(cpm_path_within("/", "/x"));
    assert_false(cpm_path_within("/a/b", "/a/bad"));
    assert_false(cpm_path_within("/a/b", "/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_joined_as_node_joins_it),
        cmocka_unit_test(a_path_is_resolved_against_its_base),
        cmocka_unit_test(a_relative_path_leads_from_one_folder_to_the_other),
        cmocka_unit_test(dirname_and_basename_follow_node),
        cmocka_unit_test(a_sibling_with_the_same_beginning_is_not_within),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
