#include "scene.h"

static const struct scene_file files[] = {
    {"/app/main.js", ""},
    {"/app/data.json", "{}"},
    {"/app/lib/index.js", ""},
    {"/app/lib.js", ""},
    {"/app/only/index.json", "{}"},
    {"/app/node_modules/a/package.json", "{\"main\": \"./lib\"}"},
    {"/app/node_modules/a/lib/index.js", ""},
    {"/app/node_modules/a/node_modules/b/index.js", ""},
    {"/app/node_modules/b/index.js", ""},
    {"/app/node_modules/lost/package.json", "{\"main\": \"gone\"}"},
    {"/app/node_modules/exp/package.json", "{\"name\": \"exp\", \"exports\": {\".\": {\"import\": "
                                           "\"./i.mjs\", \"require\": \"./r.cjs\"}}}"},
    {"/app/node_modules/exp/r.cjs", ""},
    {"/app/node_modules/exp/i.mjs", ""},
    {"/app/node_modules/bad/package.json", "{"},
    {"/app/node_modules/list/package.json", "[]"},
    {"/app/node_modules/number/package.json", "{\"exports\": 5, \"main\": \"m.js\"}"},
    {"/app/node_modules/number/m.js", ""},
    {"/app/node_modules/linked", "-> ../../elsewhere/linked"},
    {"/elsewhere/linked/index.js", ""},
    {"/app/round", "-> round"},
    {"/global/far/index.js", ""},
    {NULL, NULL},
};

static void a_builtin_is_itself(void **state)
{
    (void)state;
    required(files, "fs", "/app/main.js", "fs");
    required(files, "node:test", "/app/main.js", "node:test");
    required(files, "test", "/app/main.js", "MODULE_NOT_FOUND");
}

static void a_file_wins_over_the_folder_of_its_name(void **state)
{
    (void)state;
    required(files, "./lib", "/app/main.js", "/app/lib.js");
    required(files, "./lib/", "/app/main.js", "/app/lib/index.js");
    required(files, "..", "/app/lib/index.js", "MODULE_NOT_FOUND");
    required(files, "./only", "/app/main.js", "/app/only/index.json");
    required(files, "./data", "/app/main.js", "/app/data.json");
}

static void packages_are_looked_for_upward(void **state)
{
    (void)state;
    required(files, "a", "/app/main.js", "/app/node_modules/a/lib/index.js");
    required(files, "b", "/app/node_modules/a/lib/index.js",
             "/app/node_modules/a/node_modules/b/index.js");
    required(files, "b", "/app/lib/index.js", "/app/node_modules/b/index.js");
}

static void exports_are_taken_by_the_condition_require(void **state)
{
    (void)state;
    required(files, "exp", "/app/main.js", "/app/node_modules/exp/r.cjs");
    required(files, "exp/r.cjs", "/app/main.js", "ERR_PACKAGE_PATH_NOT_EXPORTED");
    required(files, "exp", "/app/node_modules/exp/i.mjs", "/app/node_modules/exp/r.cjs");
}

static void a_link_is_followed_unless_it_leads_nowhere(void **state)
{
    (void)state;
    required(files, "linked", "/app/main.js", "/elsewhere/linked/index.js");
    required(files, "./round", "/app/main.js", "MODULE_NOT_FOUND");
}

static void links_are_kept_on_demand(void **state)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r;

    (void)state;
    options.preserve_symlinks = true;
    r = scene_open(files, options);
    assert_string_equal(
        cpm_resolver_resolve(r, CPM_RESOLVE_REQUIRE, "linked", "/app/main.js")->path,
        "/app/node_modules/linked/index.js");
    cpm_resolver_free(r);
}

static void node_path_comes_last(void **state)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r;

    (void)state;
    options.node_path = ":/global:";
    r = scene_open(files, options);
    assert_string_equal(cpm_resolver_resolve(r, CPM_RESOLVE_REQUIRE, "far", "/app/main.js")->path,
                        "/global/far/index.js");
    cpm_resolver_free(r);
}

static void errors_say_what_was_tried(void **state)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);
    const struct cpm_resolution *lost =
        cpm_resolver_resolve(r, CPM_RESOLVE_REQUIRE, "lost", "/app/main.js");

    (void)state;
    assert_string_equal(lost->code, "MODULE_NOT_FOUND");
    assert_string_equal(lost->message,
                        "Cannot find module '/app/node_modules/lost/gone'. Please verify that the "
                        "package.json has a valid \"main\" entry");
    assert_true(lost->tried_count > 4);
    lost = cpm_resolver_resolve(r, CPM_RESOLVE_REQUIRE, "./x", "/app/main.js");
    assert_string_equal(lost->message, "Cannot find module './x'\nRequire stack:\n- /app/main.js");
    assert_string_equal(lost->tried[1], "/app/x.js");
    cpm_resolver_free(r);
}

static void a_package_that_is_no_json_is_named(void **state)
{
    (void)state;
    required(files, "bad", "/app/main.js", "ERR_INVALID_PACKAGE_CONFIG");
    required(files, "list", "/app/main.js", "ERR_INVALID_PACKAGE_CONFIG");
}

static void exports_that_are_a_number_are_none(void **state)
{
    (void)state;
    required(files, "number", "/app/main.js", "/app/node_modules/number/m.js");
}

static void no_specifier_is_an_error_of_its_own(void **state)
{
    (void)state;
    required(files, NULL, "/app/main.js", "ERR_INVALID_ARG_TYPE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_builtin_is_itself),
        cmocka_unit_test(a_file_wins_over_the_folder_of_its_name),
        cmocka_unit_test(packages_are_looked_for_upward),
        cmocka_unit_test(exports_are_taken_by_the_condition_require),
        cmocka_unit_test(a_link_is_followed_unless_it_leads_nowhere),
        cmocka_unit_test(links_are_kept_on_demand),
        cmocka_unit_test(node_path_comes_last),
        cmocka_unit_test(errors_say_what_was_tried),
        cmocka_unit_test(a_package_that_is_no_json_is_named),
        cmocka_unit_test(exports_that_are_a_number_are_none),
        cmocka_unit_test(no_specifier_is_an_error_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
