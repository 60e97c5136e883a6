#include "install/git/refs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

#define SHA(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c

static struct cpm_arena arena;
static struct cpm_git_refs refs;

static int begin(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    cpm_git_refs_parse(&arena,
                       CPM_STR(SHA("c") "\tHEAD\n"                        /* */
                               SHA("c") "\trefs/heads/main\n"             /* */
                               SHA("d") "\trefs/heads/v1.0.0\n"           /* */
                               SHA("e") "\trefs/pull/7/head\n"            /* */
                               SHA("a") "\trefs/tags/v1.0.0\n"            /* */
                               SHA("b") "\trefs/tags/v1.1.0\n"            /* */
                               SHA("1") "\trefs/tags/v1.1.0^{}\n"         /* */
                               SHA("c") "\trefs/tags/release-v2.0.0\n"    /* */
                               SHA("f") "\trefs/tags/v3.0.0-beta.1\n"     /* */
                               SHA("f") "\trefs/tags/not-a-version-1.x\n" /* */
                                        "warning: something else\n"
                                        "short\trefs/heads/x"),
                       &refs);
    return 0;
}

static int end(void **state)
{
    (void)state;
    cpm_arena_release(&arena);
    return 0;
}

static char found(const char *committish)
{
    const struct cpm_git_ref *ref = cpm_git_refs_find(&refs, cpm_str(committish));

    return ref ? ref->sha.ptr[0] : '-';
}

static char picked(const char *range)
{
    const struct cpm_git_ref *ref =
        cpm_git_refs_pick(&refs, cpm_range_parse(&arena, cpm_str(range), CPM_SEMVER_LOOSE));

    return ref ? ref->sha.ptr[0] : '-';
}

static void no_committish_is_head(void **state)
{
    (void)state;
    assert_int_equal(found(""), 'c');
    assert_int_equal(found("main"), 'c');
    assert_int_equal(found("refs/heads/main"), 'c');
}

static void a_tag_counts_before_a_branch_of_its_name(void **state)
{
    (void)state;
    assert_int_equal(found("v1.0.0"), 'a');
}

static void an_annotated_tag_is_the_commit_it_points_to(void **state)
{
    (void)state;
    assert_int_equal(found("v1.1.0"), '1');
    assert_int_equal(found("v1.1.0^{}"), '-');
}

static void a_pull_request_and_a_listed_commit_are_found(void **state)
{
    (void)state;
    assert_int_equal(found("pull/7"), 'e');
    assert_int_equal(found(SHA("d")), 'd');
    assert_int_equal(found(SHA("9")), '-');
}

static void lines_that_are_no_refs_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(found("x"), '-');
    assert_int_equal(refs.count, 10);
}

static void a_range_picks_what_head_is_tagged_with_else_the_highest_tag(void **state)
{
    (void)state;
    assert_int_equal(picked("*"), 'c');
    assert_int_equal(picked("^1.0.0"), '1');
    assert_int_equal(picked(">=1"), 'c');
    assert_int_equal(picked("^3.0.0-beta"), 'f');
    assert_int_equal(picked("^9.0.0"), '-');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_committish_is_head, begin, end),
        cmocka_unit_test_setup_teardown(a_tag_counts_before_a_branch_of_its_name, begin, end),
        cmocka_unit_test_setup_teardown(an_annotated_tag_is_the_commit_it_points_to, begin, end),
        cmocka_unit_test_setup_teardown(a_pull_request_and_a_listed_commit_are_found, begin, end),
        cmocka_unit_test_setup_teardown(lines_that_are_no_refs_are_left_out, begin, end),
        cmocka_unit_test_setup_teardown(a_range_picks_what_head_is_tagged_with_else_the_highest_tag,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
