#include "scene.h"

static const struct scene_file files[] = {
    {"/app/package.json",
     "{\"name\": \"app\", \"type\": \"module\", \"exports\": \"./main.js\","
     " \"imports\": {\"#a/*\": \"./lib/*.js\", \"#fs\": \"fs\", \"#p\": \"p/x\","
     " \"#no\": null}}"},
    {"/app/main.js", ""},
    {"/app/lib/a b.js", ""},
    {"/app/lib/c.js", ""},
    {"/app/node_modules/p/package.json",
     "{\"exports\": {\"./x\": [\"nonsense\", {\"module-sync\": \"./sync.js\"}, \"./late.js\"],"
     " \"./*\": \"./src/*.js\", \"./in/*\": null, \"./up\": \"./../x.js\", \"./n\": 1}}"},
    {"/app/node_modules/p/sync.js", ""},
    {"/app/node_modules/p/src/y.js", ""},
    {"/app/node_modules/old/package.json", "{\"main\": \"lib\"}"},
    {"/app/node_modules/old/lib/index.js", ""},
    {"/app/node_modules/mix/package.json", "{\"exports\": {\".\": \"./a\", \"node\": \"./b\"}}"},
    {"/app/node_modules/@s/q/index.js", ""},
    {NULL, NULL},
};
static const char from[] = "/app/main.js";

static void a_path_is_a_url(void **state)
{
    (void)state;
    imported(files, "./lib/a%20b.js", from, "/app/lib/a b.js");
    imported(files, "./x/%2e%2e/lib/c.js?v=1#h", from, "/app/lib/c.js");
    imported(files, "./lib%2fc.js", from, "ERR_INVALID_MODULE_SPECIFIER");
    imported(files, "./lib/%zz", from, "URIError");
    imported(files, "file:///app/lib/c.js", from, "/app/lib/c.js");
    imported(files, "//host/x.js", from, "ERR_INVALID_FILE_URL_HOST");
}

static void the_query_is_kept_beside_the_path(void **state)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);

    (void)state;
    assert_string_equal(cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "./lib/c.js?v#h", from)->query,
                        "?v#h");
    cpm_resolver_free(r);
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    imported(files, "./lib", from, "ERR_UNSUPPORTED_DIR_IMPORT");
    imported(files, "./lib/c", from, "ERR_MODULE_NOT_FOUND");
    imported(files, "none", from, "ERR_MODULE_NOT_FOUND");
    imported(files, "@s", from, "ERR_INVALID_MODULE_SPECIFIER");
}

static void a_builtin_gets_its_scheme(void **state)
{
    (void)state;
    imported(files, "fs", from, "node:fs");
    imported(files, "node:sea", from, "node:sea");
    imported(files, "#fs", from, "node:fs");
    imported(files, "data:text/javascript,1", from, "data:text/javascript,1");
}

static void imports_are_the_package_s_own(void **state)
{
    (void)state;
    imported(files, "#a/c", from, "/app/lib/c.js");
    imported(files, "#p", from, "/app/node_modules/p/sync.js");
    imported(files, "#no", from, "ERR_PACKAGE_IMPORT_NOT_DEFINED");
    imported(files, "#a/../c", from, "ERR_INVALID_MODULE_SPECIFIER");
    imported(files, "#/c", from, "ERR_INVALID_MODULE_SPECIFIER");
}

static void exports_are_node_s(void **state)
{
    (void)state;
    imported(files, "p/x", from, "/app/node_modules/p/sync.js");
    imported(files, "p/y", from, "/app/node_modules/p/src/y.js");
    imported(files, "p/in/z", from, "ERR_PACKAGE_PATH_NOT_EXPORTED");
    imported(files, "p", from, "ERR_PACKAGE_PATH_NOT_EXPORTED");
    imported(files, "p/up", from, "ERR_INVALID_PACKAGE_TARGET");
    imported(files, "p/n", from, "ERR_INVALID_PACKAGE_TARGET");
    imported(files, "mix", from, "ERR_INVALID_PACKAGE_CONFIG");
    imported(files, "app", from, "/app/main.js");
}

static void an_old_main_needs_no_ending(void **state)
{
    (void)state;
    imported(files, "old", from, "/app/node_modules/old/lib/index.js");
    imported(files, "@s/q", from, "/app/node_modules/@s/q/index.js");
}

static void messages_are_node_s(void **state)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);

    (void)state;
    assert_string_equal(cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "p/n", from)->message,
                        "Invalid \"exports\" target 1 defined for './n' in the package config "
                        "/app/node_modules/p/package.json imported from /app/main.js");
    assert_string_equal(cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "p", from)->message,
                        "No \"exports\" main defined in /app/node_modules/p/package.json imported "
                        "from /app/main.js");
    cpm_resolver_free(r);
}

static void the_format_follows_the_ending_and_the_type(void **state)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);
    const struct cpm_resolution *found;

    (void)state;
    found = cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "./lib/c.js", from);
    assert_int_equal(found->format, CPM_FORMAT_MODULE);
    assert_string_equal(found->package_json, "/app/package.json");
    found = cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "p/y", from);
    assert_int_equal(found->format, CPM_FORMAT_COMMONJS);
    assert_true(found->typeless);
    cpm_resolver_free(r);
}

static void steps_are_told(void *to, const char *step)
{
    *(size_t *)to += *step != '\0';
}

static void an_explanation_has_steps_and_the_same_answer(void **state)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);
    size_t steps = 0;

    (void)state;
    assert_string_equal(
        cpm_resolver_explain(r, CPM_RESOLVE_IMPORT, "p/x", from, steps_are_told, &steps)->path,
        "/app/node_modules/p/sync.js");
    assert_true(steps >= 3);
    cpm_resolver_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_a_url),
        cmocka_unit_test(the_query_is_kept_beside_the_path),
        cmocka_unit_test(nothing_is_guessed),
        cmocka_unit_test(a_builtin_gets_its_scheme),
        cmocka_unit_test(imports_are_the_package_s_own),
        cmocka_unit_test(exports_are_node_s),
        cmocka_unit_test(an_old_main_needs_no_ending),
        cmocka_unit_test(messages_are_node_s),
        cmocka_unit_test(the_format_follows_the_ending_and_the_type),
        cmocka_unit_test(an_explanation_has_steps_and_the_same_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
