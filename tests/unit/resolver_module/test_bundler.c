#include "scene.h"

static const struct scene_file files[] = {
    {"/app/package.json", "{\"browser\": {\"./node.js\": \"./web.js\", \"fs\": false}}"},
    {"/app/node.js", ""},
    {"/app/web.js", ""},
    {"/app/src/a.ts", ""},
    {"/app/src/b.js", ""},
    {"/app/tsconfig.json", "{ // paths\n\"extends\": \"./base\","
                           " \"compilerOptions\": {\"paths\": {\"~/*\": [\"./src/*\"]},}}"},
    {"/app/base.json", "{\"compilerOptions\": {\"baseUrl\": \".\"}}"},
    {"/app/node_modules/p/package.json", "{\"module\": \"m.js\", \"main\": \"c.js\"}"},
    {"/app/node_modules/p/m.js", ""},
    {"/app/node_modules/p/c.js", ""},
    {NULL, NULL},
};

static void bundled(const struct cpm_bundler_options *bundler, const char *specifier,
                    const char *answer)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    const struct cpm_resolution *found;
    struct cpm_resolver *r;

    options.bundler = bundler;
    r = scene_open(files, options);
    found = cpm_resolver_resolve(r, CPM_RESOLVE_BUNDLER, specifier, "/app/");
    assert_string_equal(found->code      ? found->code
                        : found->ignored ? "ignored"
                                         : found->path,
                        answer);
    cpm_resolver_free(r);
}

static void main_fields_are_tried_in_order(void **state)
{
    static const char *const fields[] = {"module", "main", NULL};
    const struct cpm_bundler_options module = {.main_fields = fields}, plain = {.tsconfig = NULL};

    (void)state;
    bundled(&module, "p", "/app/node_modules/p/m.js");
    bundled(&plain, "p", "/app/node_modules/p/c.js");
}

static void the_browser_field_maps_and_ignores(void **state)
{
    static const char *const fields[] = {"browser", NULL};
    const struct cpm_bundler_options options = {.alias_fields = fields};

    (void)state;
    bundled(&options, "./node", "/app/web.js");
    bundled(&options, "fs", "ignored");
}

static void an_alias_ends_the_search(void **state)
{
    static const char *const targets[] = {"./src"};
    const struct cpm_alias alias = {.name = "s", .targets = targets, .target_count = 1};
    const struct cpm_bundler_options options = {.alias = &alias, .alias_count = 1};

    (void)state;
    bundled(&options, "s/b", "/app/src/b.js");
    bundled(&options, "s/none", "ERR_MODULE_NOT_FOUND");
}

static void an_alias_of_itself_comes_to_an_end(void **state)
{
    static const char *const there[] = {"b"}, *const back[] = {"a"};
    const struct cpm_alias aliases[] = {{"a", there, 1, false}, {"b", back, 1, false}};
    const struct cpm_bundler_options options = {.alias = aliases, .alias_count = 2};

    (void)state;
    bundled(&options, "a", "ERR_MODULE_NOT_FOUND");
}

static void an_extension_stands_for_others(void **state)
{
    static const char *const others[] = {".ts", ".js"};
    const struct cpm_extension_alias alias = {".js", others, 2};
    const struct cpm_bundler_options options = {.extension_alias = &alias,
                                                .extension_alias_count = 1};

    (void)state;
    bundled(&options, "./src/a.js", "/app/src/a.ts");
    bundled(&options, "./src/b.js", "/app/src/b.js");
}

static void tsconfig_paths_and_base_url_are_heeded(void **state)
{
    const struct cpm_bundler_options options = {.tsconfig = "/app/tsconfig.json"};

    (void)state;
    bundled(&options, "~/b", "/app/src/b.js");
    bundled(&options, "src/b", "/app/src/b.js");
    bundled(&options, "p", "/app/node_modules/p/c.js");
}

static void results_lie_within_the_restrictions(void **state)
{
    static const char *const folders[] = {"/app/src", NULL};
    const struct cpm_bundler_options options = {.restrictions = folders};

    (void)state;
    bundled(&options, "./src/b", "/app/src/b.js");
    bundled(&options, "./web", "ERR_MODULE_NOT_FOUND");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(main_fields_are_tried_in_order),
        cmocka_unit_test(the_browser_field_maps_and_ignores),
        cmocka_unit_test(an_alias_ends_the_search),
        cmocka_unit_test(an_alias_of_itself_comes_to_an_end),
        cmocka_unit_test(an_extension_stands_for_others),
        cmocka_unit_test(tsconfig_paths_and_base_url_are_heeded),
        cmocka_unit_test(results_lie_within_the_restrictions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
