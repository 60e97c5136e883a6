#include "support.h"

static void assert_raw(const char *json, enum cpm_raw_field field, const char *want)
{
    struct fixture f = {.arena = CPM_ARENA_INIT, .names = cpm_names_new()};
    struct cpm_manifest m = manifest(&f, json, CPM_MANIFEST_DIRECTORY);

    assert_str(m.raw[field], want);
    cpm_arena_release(&f.arena);
    cpm_names_free(f.names);
}

static void names_and_versions_are_interned(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest m =
        manifest(f, "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"^1\"}}",
                 CPM_MANIFEST_REGISTRY_FULL);

    assert_ptr_equal(m.name, cpm_names_get(f->names, CPM_STR("a")));
    assert_ptr_equal(m.version, cpm_names_get(f->names, CPM_STR("1.0.0")));
    assert_int_equal(m.deps[CPM_DEPS_PROD].n, 1);
    assert_ptr_equal(m.deps[CPM_DEPS_PROD].v[0].name, cpm_names_get(f->names, CPM_STR("b")));
    assert_ptr_equal(m.deps[CPM_DEPS_PROD].v[0].spec, cpm_names_get(f->names, CPM_STR("^1")));
}

static void optional_names_leave_dependencies(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest m = manifest(f,
                                     "{\"dependencies\":{\"a\":\"1\",\"b\":\"2\"},"
                                     "\"optionalDependencies\":{\"a\":\"3\"}}",
                                     CPM_MANIFEST_DIRECTORY);

    assert_int_equal(m.deps[CPM_DEPS_PROD].n, 1);
    assert_str(cpm_name_str(m.deps[CPM_DEPS_PROD].v[0].name), "b");
    m = manifest(f, "{\"dependencies\":{\"a\":\"1\"},\"optionalDependencies\":{\"a\":\"3\"}}",
                 CPM_MANIFEST_DIRECTORY);
    assert_false(m.deps[CPM_DEPS_PROD].present);
}

static void an_empty_group_is_present(void **state)
{
    struct cpm_manifest m = manifest(*state, "{\"devDependencies\":{}}", CPM_MANIFEST_DIRECTORY);

    assert_true(m.deps[CPM_DEPS_DEV].present);
    assert_false(m.deps[CPM_DEPS_PROD].present);
}

static void array_indices_come_first_and_the_last_of_equal_names_counts(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest m =
        manifest(f, "{\"dependencies\":{\"b\":\"1\",\"10\":\"x\",\"9\":\"y\",\"b\":\"2\"}}",
                 CPM_MANIFEST_REGISTRY_FULL);
    const struct cpm_deps *deps = &m.deps[CPM_DEPS_PROD];

    assert_int_equal(deps->n, 3);
    assert_str(cpm_name_str(deps->v[0].name), "9");
    assert_str(cpm_name_str(deps->v[1].name), "10");
    assert_str(cpm_name_str(deps->v[2].spec), "2");
}

static void a_long_map_keeps_its_order_and_its_last_specs(void **state)
{
    struct fixture *f = *state;
    struct cpm_buf json = CPM_BUF_INIT(1 << 16);
    struct cpm_manifest m;

    cpm_buf_add_text(&json, "{\"dependencies\":{");
    for (int i = 0; i < 100; i++)
        cpm_buf_addf(&json, "\"n%d\":\"%d\",", i % 60, i);
    cpm_buf_add_text(&json, "\"z\":\"1\"}}");
    m = manifest(f, json.ptr, CPM_MANIFEST_REGISTRY_FULL);
    assert_int_equal(m.deps[CPM_DEPS_PROD].n, 61);
    assert_str(cpm_name_str(m.deps[CPM_DEPS_PROD].v[39].spec), "99");
    assert_str(cpm_name_str(m.deps[CPM_DEPS_PROD].v[59].spec), "59");
    cpm_buf_release(&json);
}

static void peers_are_optional_when_their_meta_says_so(void **state)
{
    struct cpm_manifest m = manifest(*state,
                                     "{\"peerDependencies\":{\"a\":\"1\",\"b\":\"1\"},"
                                     "\"peerDependenciesMeta\":{\"b\":{\"optional\":true},"
                                     "\"a\":{\"optional\":false},\"c\":{\"optional\":true}}}",
                                     CPM_MANIFEST_REGISTRY_FULL);

    assert_false(m.deps[CPM_DEPS_PEER].v[0].optional_peer);
    assert_true(m.deps[CPM_DEPS_PEER].v[1].optional_peer);
}

static void bins_are_normalised(void **state)
{
    (void)state;
    assert_raw("{\"name\":\"@s/q\",\"bin\":\"./cli.js\"}", CPM_RAW_BIN, "{\"q\":\"cli.js\"}");
    assert_raw("{\"bin\":\"cli.js\"}", CPM_RAW_BIN, "");
    assert_raw("{\"bin\":{\"a\":\"../../x\",\"b\":1,\"..\":\"y\",\"d\":\"/\"}}", CPM_RAW_BIN,
               "{\"a\":\"x\"}");
    assert_raw("{\"bin\":[\"bin/one\",\"two.js\"]}", CPM_RAW_BIN,
               "{\"one\":\"bin/one\",\"two.js\":\"two.js\"}");
    assert_raw("{\"bin\":{\"a\\\\b\":\"c\\\\d:e\"}}", CPM_RAW_BIN, "{\"b\":\"c/d/e\"}");
    assert_raw("{\"bin\":{\"x/b\":\"first\",\"b\":\"second\"}}", CPM_RAW_BIN, "{\"b\":\"first\"}");
    assert_raw("{\"bin\":{\"b\":\"second\",\"x/b\":\"first\"}}", CPM_RAW_BIN, "{\"b\":\"first\"}");
    assert_raw("{\"bin\":{}}", CPM_RAW_BIN, "");
    assert_raw("{\"bin\": { \"a\" : \"b/c\" } }", CPM_RAW_BIN, "{ \"a\" : \"b/c\" }");
}

static void bins_of_a_lock_stay_and_are_linked_normalised(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest m =
        manifest(f, "{\"bin\":{\"a\":\"./b\",\"../c\":\"../../d\"}}", CPM_MANIFEST_LOCK);

    assert_str(m.raw[CPM_RAW_BIN], "{\"a\":\"./b\",\"../c\":\"../../d\"}");
    assert_str(cpm_manifest_bins(&m, &f->arena), "{\"a\":\"b\",\"c\":\"d\"}");
}

static void licenses_are_reduced_to_their_type(void **state)
{
    (void)state;
    assert_raw("{\"license\":{\"type\":\"MIT\",\"url\":\"x\"}}", CPM_RAW_LICENSE, "\"MIT\"");
    assert_raw("{\"license\":[\"MIT\"]}", CPM_RAW_LICENSE, "[\"MIT\"]");
    assert_raw("{\"license\":{\"name\":\"x\"}}", CPM_RAW_LICENSE, "{\"name\":\"x\"}");
    assert_raw("{\"license\":\"\"}", CPM_RAW_LICENSE, "");
    assert_raw("{\"license\":{ }}", CPM_RAW_LICENSE, "");
}

static void a_funding_string_becomes_an_address(void **state)
{
    (void)state;
    assert_raw("{\"funding\":\"https://x\"}", CPM_RAW_FUNDING, "{\"url\":\"https://x\"}");
    assert_raw("{\"funding\":[]}", CPM_RAW_FUNDING, "");
    assert_raw("{\"funding\":\"\"}", CPM_RAW_FUNDING, "");
}

static void what_is_falsy_or_empty_is_absent(void **state)
{
    (void)state;
    assert_raw("{\"deprecated\":false}", CPM_RAW_DEPRECATED, "");
    assert_raw("{\"deprecated\":\"old\"}", CPM_RAW_DEPRECATED, "\"old\"");
    assert_raw("{\"engines\":{}}", CPM_RAW_ENGINES, "");
    assert_raw("{\"engines\":[\"node\"]}", CPM_RAW_ENGINES, "[\"node\"]");
    assert_raw("{\"os\":null,\"cpu\":0.0}", CPM_RAW_CPU, "");
}

static void bundles_are_arrays_of_names(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest m;

    assert_raw("{\"bundledDependencies\":[\"a\"]}", CPM_RAW_BUNDLE, "[\"a\"]");
    assert_raw("{\"bundleDependencies\":[\"b\"],\"bundledDependencies\":[\"a\"]}", CPM_RAW_BUNDLE,
               "[\"b\"]");
    assert_raw("{\"bundleDependencies\":false}", CPM_RAW_BUNDLE, "");
    assert_raw("{\"bundleDependencies\":{\"a\":1}}", CPM_RAW_BUNDLE, "[\"a\"]");
    assert_raw("{\"bundleDependencies\":\"a\"}", CPM_RAW_BUNDLE, "");
    m = manifest(f,
                 "{\"bundleDependencies\":true,\"dependencies\":{\"a\":\"1\",\"b\":\"1\"},"
                 "\"optionalDependencies\":{\"b\":\"1\"}}",
                 CPM_MANIFEST_DIRECTORY);
    assert_str(m.raw[CPM_RAW_BUNDLE], "[\"a\",\"b\"]");
    assert_int_equal(m.bundle_count, 2);
}

static void install_scripts_are_seen(void **state)
{
    struct fixture *f = *state;

    assert_true(manifest(f, "{\"scripts\":{\"postinstall\":\"x\"}}", CPM_MANIFEST_REGISTRY_FULL)
                    .has_install_script);
    assert_true(manifest(f, "{\"hasInstallScript\":true}", CPM_MANIFEST_LOCK).has_install_script);
    assert_false(
        manifest(f, "{\"scripts\":{\"install\":\"\",\"prepare\":\"x\"}}", CPM_MANIFEST_DIRECTORY)
            .has_install_script);
    assert_false(
        manifest(f, "{\"scripts\":{\"install\":1}}", CPM_MANIFEST_DIRECTORY).has_install_script);
    assert_raw("{\"scripts\":{\"a\":1,\"b\":\"c\"}}", CPM_RAW_SCRIPTS, "{\"b\":\"c\"}");
    assert_raw("{\"scripts\":\"x\"}", CPM_RAW_SCRIPTS, "");
}

static void the_tarball_and_its_hash_come_from_dist(void **state)
{
    struct cpm_manifest m =
        manifest(*state, "{\"dist\":{\"tarball\":\"http://h/a.tgz\",\"integrity\":\"sha512-x\"}}",
                 CPM_MANIFEST_REGISTRY_ABBREVIATED);

    assert_str(m.tarball, "http://h/a.tgz");
    assert_str(m.integrity, "sha512-x");
    assert_true(m.license_unknown);
    m = manifest(*state, "{\"dist\":{\"shasum\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}}",
                 CPM_MANIFEST_REGISTRY_FULL);
    assert_str(m.integrity, "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    assert_false(m.license_unknown);
}

static void a_spec_must_be_a_string_in_our_own_files(void **state)
{
    struct fixture *f = *state;
    struct cpm_manifest_source src = {.names = f->names, .arena = &f->arena};
    struct cpm_manifest m;
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, CPM_STR("{\"dependencies\":{\"a\":1}}"), "p.json", &f->arena);
    cpm_manifest_read(&r, &src, &m);
    assert_int_equal(cpm_jsonread_finish(&r, &f->err), CPM_EJSONPARSE);
    assert_string_equal(f->err.text, "p.json:1:22: the spec of a dependency must be a string");
    m = manifest(f, "{\"dependencies\":{\"a\":1,\"b\":\"2\"}}", CPM_MANIFEST_REGISTRY_FULL);
    assert_int_equal(m.deps[CPM_DEPS_PROD].n, 1);
}

static void bins_in_a_folder_are_noted(void **state)
{
    struct cpm_manifest m =
        manifest(*state, "{\"directories\":{\"bin\":\"./bin\"}}", CPM_MANIFEST_DIRECTORY);

    assert_true(m.has_bin_dir);
    assert_str(m.bin_dir, "./bin");
    m = manifest(*state, "{\"directories\":{\"bin\":\"b\"},\"bin\":{\"a\":\"x\"}}",
                 CPM_MANIFEST_DIRECTORY);
    assert_false(m.has_bin_dir);
}

static void dangerous_dependency_names_are_told(void **state)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "..",
                                      "../../evil",
                                      "@x/../..",
                                      ".bin",
                                      ".cpm",
                                      "node_modules",
                                      "Node_Modules",
                                      "a/b",
                                      "@x/.bin",
                                      "@/a",
                                      "@x/",
                                      "/a",
                                      "a\\b",
                                      "@x/a/b",
                                      "a\nb",
                                      "@x/node_modules",
                                      "a/"};
    static const char *const good[] = {"a", "@s/a", "_a", "A.b", "1", "a..b", "jquery.1", "@s"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cpm_dep_name_safe(cpm_str(bad[i])))
            fail_msg("'%s' passed", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!cpm_dep_name_safe(cpm_str(good[i])))
            fail_msg("'%s' did not pass", good[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_versions_are_interned),
        cmocka_unit_test(optional_names_leave_dependencies),
        cmocka_unit_test(an_empty_group_is_present),
        cmocka_unit_test(array_indices_come_first_and_the_last_of_equal_names_counts),
        cmocka_unit_test(a_long_map_keeps_its_order_and_its_last_specs),
        cmocka_unit_test(peers_are_optional_when_their_meta_says_so),
        cmocka_unit_test(bins_are_normalised),
        cmocka_unit_test(bins_of_a_lock_stay_and_are_linked_normalised),
        cmocka_unit_test(licenses_are_reduced_to_their_type),
        cmocka_unit_test(a_funding_string_becomes_an_address),
        cmocka_unit_test(what_is_falsy_or_empty_is_absent),
        cmocka_unit_test(bundles_are_arrays_of_names),
        cmocka_unit_test(install_scripts_are_seen),
        cmocka_unit_test(the_tarball_and_its_hash_come_from_dist),
        cmocka_unit_test(a_spec_must_be_a_string_in_our_own_files),
        cmocka_unit_test(bins_in_a_folder_are_noted),
        cmocka_unit_test(dangerous_dependency_names_are_told),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
