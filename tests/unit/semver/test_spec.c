/* Package specs, names and git hosts. */
#include "semver/hosted.h"
#include "semver/package_name.h"
#include "semver/spec.h"

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

static struct cpm_spec spec(const char *arg)
{
    struct cpm_spec_input in = {.arg = cpm_str(arg), .where = "/project/app", .home = "/home/user"};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_spec out;

    if (cpm_spec_read(&arena, &in, &out, &err) < 0)
        fail_msg("%s: %s", arg, err.text);
    return out;
}

static struct cpm_error refusal(const char *arg)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_spec out;

    assert_true(cpm_spec_parse(&arena, cpm_str(arg), "/project", &out, &err) < 0);
    return err;
}

#define assert_text(have, want)                                                                    \
    assert_string_equal(cpm_arena_strndup(&arena, (have).ptr, (have).len), want)

static void another_name_has_the_spec_of_the_same_text(void **state)
{
    struct cpm_spec like = spec("@scope/left-pad@^1.3.0"), s;
    struct cpm_error err = CPM_ERROR_INIT;

    (void)state;
    assert_int_equal(cpm_spec_resolve_like(&arena, CPM_STR("right-pad"), &like, &s, &err), 0);
    assert_int_equal(s.type, CPM_SPEC_RANGE);
    assert_ptr_equal(s.range, like.range);
    assert_text(s.name, "right-pad");
    assert_text(s.scope, "");
    assert_text(s.raw, "right-pad@^1.3.0");
    assert_text(s.fetch, "^1.3.0");
    assert_int_equal(cpm_spec_resolve_like(&arena, CPM_STR(".right-pad"), &like, &s, &err),
                     CPM_EINVALIDPACKAGENAME);
}

static void the_registry_is_asked_for_versions_ranges_and_tags(void **state)
{
    struct cpm_spec s = spec("left-pad@=v1.3.0");

    (void)state;
    assert_int_equal(s.type, CPM_SPEC_VERSION);
    assert_int_equal(s.version->minor, 3);
    assert_true(cpm_range_satisfies(s.range, s.version, 0));
    assert_int_equal(spec("left-pad").type, CPM_SPEC_RANGE);
    assert_int_equal(spec("left-pad@ ^1 ").type, CPM_SPEC_RANGE);
    assert_int_equal(spec("left-pad@next").type, CPM_SPEC_TAG);
    s = spec("@scope/name@~2");
    assert_text(s.name, "@scope/name");
    assert_text(s.scope, "@scope");
    assert_text(s.fetch, "~2");
    assert_true(s.registry);
}

static void an_alias_holds_its_target(void **state)
{
    struct cpm_spec s = spec("mine@npm:@scope/theirs@^3");

    (void)state;
    assert_int_equal(s.type, CPM_SPEC_ALIAS);
    assert_text(s.name, "mine");
    assert_text(s.sub->name, "@scope/theirs");
    assert_int_equal(s.sub->type, CPM_SPEC_RANGE);
    assert_string_equal(refusal("a@npm:b@npm:c").text, "nested aliases not supported");
    assert_string_equal(refusal("a@npm:b@file:c").text, "aliases only work for registry deps");
}

static void paths_are_resolved_against_the_project(void **state)
{
    struct cpm_spec s = spec("lib@file:../lib");

    (void)state;
    assert_int_equal(s.type, CPM_SPEC_DIRECTORY);
    assert_text(s.fetch, "/project/lib");
    assert_text(s.save, "file:../lib");
    s = spec("./pack-1.0.0.tgz");
    assert_int_equal(s.type, CPM_SPEC_FILE);
    assert_text(s.fetch, "/project/app/pack-1.0.0.tgz");
    s = spec("file:~/lib");
    assert_text(s.fetch, "/home/user/lib");
    assert_text(s.save, "file:~/lib");
    s = spec("file:///opt/lib");
    assert_text(s.save, "file:/opt/lib");
}

static void git_is_known_in_all_its_spellings(void **state)
{
    struct cpm_spec s = spec("user/project#semver:^1.2::path:packages/a");
    struct cpm_version v;

    (void)state;
    assert_int_equal(s.type, CPM_SPEC_GIT);
    assert_text(s.save, "github:user/project#semver:^1.2::path:packages/a");
    assert_text(s.git_subdir, "/packages/a");
    assert_true(cpm_version_parse(CPM_STR("1.4.0"), 0, &v));
    assert_true(cpm_range_satisfies(s.git_range, &v, 0));
    s = spec("git@git.example.org:team/x.git#v2");
    assert_text(s.fetch, "git@git.example.org:team/x.git");
    assert_text(s.committish, "v2");
    s = spec("git+https://git.example.org/team/x.git#abc");
    assert_text(s.fetch, "https://git.example.org/team/x.git");
    assert_int_equal(spec("https://example.org/x.tgz").type, CPM_SPEC_REMOTE);
}

static void a_committish_and_a_range_exclude_each_other(void **state)
{
    (void)state;
    assert_string_equal(refusal("user/x#main::semver:1").text,
                        "cannot override existing committish with a semver range");
}

static void unknown_protocols_and_odd_tags_are_refused(void **state)
{
    (void)state;
    assert_int_equal(refusal("x@workspace:*").code, CPM_EUNSUPPORTEDPROTOCOL);
    assert_int_equal(refusal("x@catalog:").code, CPM_EUNSUPPORTEDPROTOCOL);
    assert_int_equal(refusal("x@not a tag").code, CPM_EINVALIDTAGNAME);
    assert_int_equal(refusal("UPPER CASE@1").code, CPM_EINVALIDPACKAGENAME);
}

static void workspace_specs_are_read_when_asked_for(void **state)
{
    struct cpm_spec_input in = {.name = CPM_STR("lib"),
                                .spec = CPM_STR("workspace:^1.0.0"),
                                .split = true,
                                .flags = CPM_SPEC_ALLOW_WORKSPACE};
    struct cpm_spec s;

    (void)state;
    assert_int_equal(cpm_spec_read(&arena, &in, &s, NULL), 0);
    assert_int_equal(s.type, CPM_SPEC_WORKSPACE);
    assert_text(s.fetch, "^1.0.0");
    assert_non_null(s.range);
}

static void a_version_has_a_package_url(void **state)
{
    struct cpm_spec s = spec("@scope/name@1.0.0");
    struct cpm_str url;

    (void)state;
    assert_int_equal(cpm_spec_purl(&arena, &s, NULL, &url, NULL), 0);
    assert_text(url, "pkg:npm/%40scope/name@1.0.0");
    s = spec("name@^1");
    assert_true(cpm_spec_purl(&arena, &s, NULL, &url, NULL) < 0);
}

static void names_that_were_once_allowed_may_still_be_installed(void **state)
{
    struct cpm_package_name verdict;

    (void)state;
    cpm_package_name_check(&arena, CPM_STR("CamelCase"), &verdict);
    assert_true(verdict.valid_old);
    assert_false(verdict.valid_new);
    assert_false(cpm_package_name_ok(CPM_STR(".hidden")));
    assert_false(cpm_package_name_ok(CPM_STR("@scope/../x")));
    assert_false(cpm_package_name_ok(CPM_STR("@scope/.x")));
    assert_false(cpm_package_name_ok(CPM_STR("node_modules")));
    assert_true(cpm_package_name_ok(CPM_STR("@scope/x")));
}

static void a_repository_leads_to_its_addresses(void **state)
{
    const struct cpm_hosted *h =
        cpm_hosted_parse(&arena, CPM_STR("git@github.com:user/project.git#main"), NULL, 0);
    struct cpm_hosted_options file = {.path = CPM_STR("/lib/a.js"), .fragment = CPM_STR("A B")};

    (void)state;
    assert_non_null(h);
    assert_text(cpm_hosted_url(&arena, h, CPM_HOSTED_SSH, NULL),
                "git@github.com:user/project.git#main");
    assert_text(cpm_hosted_url(&arena, h, CPM_HOSTED_TARBALL, NULL),
                "https://codeload.github.com/user/project/tar.gz/main");
    assert_text(cpm_hosted_url(&arena, h, CPM_HOSTED_BROWSE_FILE, &file),
                "https://github.com/user/project/blob/main/lib/a.js#a-b");
    assert_text(cpm_hosted_url(&arena, h, CPM_HOSTED_BUGS, NULL),
                "https://github.com/user/project/issues");
    h = cpm_hosted_parse(&arena, CPM_STR("https://git.example.org/a/b"), NULL, 0);
    assert_null(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(another_name_has_the_spec_of_the_same_text, release_arena),
        cmocka_unit_test_teardown(the_registry_is_asked_for_versions_ranges_and_tags,
                                  release_arena),
        cmocka_unit_test_teardown(an_alias_holds_its_target, release_arena),
        cmocka_unit_test_teardown(paths_are_resolved_against_the_project, release_arena),
        cmocka_unit_test_teardown(git_is_known_in_all_its_spellings, release_arena),
        cmocka_unit_test_teardown(a_committish_and_a_range_exclude_each_other, release_arena),
        cmocka_unit_test_teardown(unknown_protocols_and_odd_tags_are_refused, release_arena),
        cmocka_unit_test_teardown(workspace_specs_are_read_when_asked_for, release_arena),
        cmocka_unit_test_teardown(a_version_has_a_package_url, release_arena),
        cmocka_unit_test_teardown(names_that_were_once_allowed_may_still_be_installed,
                                  release_arena),
        cmocka_unit_test_teardown(a_repository_leads_to_its_addresses, release_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
