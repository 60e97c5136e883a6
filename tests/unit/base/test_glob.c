#include "base/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

static void braces_stand_for_each_of_their_parts(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_glob_list list = {0};

    (void)state;
    assert_true(cpm_glob_expand(&arena, CPM_STR("{a,b{c,d}}/x{1..2}"), &list));
    assert_int_equal(list.count, 6);
    assert_string_equal(list.v[0], "a/x1");
    assert_string_equal(list.v[3], "bc/x2");
    assert_string_equal(list.v[5], "bd/x2");
    cpm_arena_release(&arena);
}

static void a_brace_bomb_is_refused(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_glob_list list = {0};

    (void)state;
    assert_false(cpm_glob_expand(
        &arena, CPM_STR("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"), &list));
    cpm_arena_release(&arena);
}

static void a_star_stays_in_its_segment_and_two_stars_do_not(void **state)
{
    (void)state;
    assert_true(cpm_glob_match("packages/*", "packages/a"));
    assert_false(cpm_glob_match("packages/*", "packages/a/b"));
    assert_true(cpm_glob_match("packages/**", "packages/a/b"));
    assert_true(cpm_glob_match("**/b", "packages/a/b"));
    assert_false(cpm_glob_match("**/b", "packages/.hidden/b"));
    assert_true(cpm_glob_match("@(x|y)/?", "y/z"));
    assert_false(cpm_glob_match("*", ".dot"));
}

static void folders_are_found_but_never_in_node_modules(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_glob_list list = {0};
    char root[] = "/tmp/cpm-glob-XXXXXX";
    const char *dirs[] = {"packages", "packages/a", "packages/a/node_modules",
                          "packages/a/node_modules/z", "packages/b"};

    (void)state;
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
        assert_int_equal(mkdir(cpm_arena_printf(&arena, "%s/%s", root, dirs[i]), 0755), 0);
    cpm_glob_dirs(&arena, root, "packages/*", &list);
    assert_int_equal(list.count, 2);
    list.count = 0;
    cpm_glob_dirs(&arena, root, "**", &list);
    assert_int_equal(list.count, 3);
    for (size_t i = sizeof(dirs) / sizeof(dirs[0]); i-- > 0;)
        rmdir(cpm_arena_printf(&arena, "%s/%s", root, dirs[i]));
    rmdir(root);
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(braces_stand_for_each_of_their_parts),
        cmocka_unit_test(a_brace_bomb_is_refused),
        cmocka_unit_test(a_star_stays_in_its_segment_and_two_stars_do_not),
        cmocka_unit_test(folders_are_found_but_never_in_node_modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
