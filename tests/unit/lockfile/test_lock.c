#include "support.h"

static const char small[] = "{\n"
                            "  \"name\": \"p\",\n"
                            "  \"lockfileVersion\": 3,\n"
                            "  \"requires\": true,\n"
                            "  \"packages\": {\n"
                            "    \"\": {\n"
                            "      \"name\": \"p\",\n"
                            "      \"license\": \"MIT\",\n"
                            "      \"dependencies\": {\n"
                            "        \"@s/a\": \"^1.0.0\"\n"
                            "      },\n"
                            "      \"devDependencies\": {}\n"
                            "    },\n"
                            "    \"node_modules/@s/a\": {\n"
                            "      \"version\": \"1.0.0\",\n"
                            "      \"resolved\": \"http://localhost/a.tgz\",\n"
                            "      \"integrity\": \"sha512-x\",\n"
                            "      \"dev\": true,\n"
                            "      \"license\": \"MIT\",\n"
                            "      \"bin\": {\n"
                            "        \"a\": \"cli.js\"\n"
                            "      },\n"
                            "      \"engines\": {\n"
                            "        \"node\": \">=1\"\n"
                            "      }\n"
                            "    },\n"
                            "    \"node_modules/w\": {\n"
                            "      \"resolved\": \"packages/w\",\n"
                            "      \"link\": true\n"
                            "    },\n"
                            "    \"packages/w\": {\n"
                            "      \"version\": \"0.0.1\"\n"
                            "    }\n"
                            "  }\n"
                            "}\n";

static void what_was_read_is_written_back(void **state)
{
    struct cpm_lock lock = lock_of(*state, small);

    assert_string_equal(written(*state, &lock, &lock.style), small);
}

static void entries_know_their_place_and_name(void **state)
{
    struct cpm_lock lock = lock_of(*state, small);

    assert_int_equal(lock.count, 4);
    assert_str(cpm_name_str(lock.entries[0].name), "p");
    assert_null(lock.entries[1].name);
    assert_str(cpm_name_str(lock.entries[1].manifest->name), "@s/a");
    assert_true(lock.entries[1].dev);
    assert_true(lock.entries[2].link);
    assert_null(lock.entries[2].manifest);
    assert_str(lock.entries[2].resolved, "packages/w");
    assert_int_equal(lock.original_version, 3);
    assert_false(lock.old);
}

static void the_style_given_is_the_style_written(void **state)
{
    struct cpm_lock lock = lock_of(*state, "{\"lockfileVersion\":3,\"packages\":{}}");
    struct cpm_json_style style = {.indent = "\t", .newline = "\r\n"};

    assert_string_equal(written(*state, &lock, &style),
                        "{\r\n\t\"lockfileVersion\": 3,\r\n\t\"requires\": true,\r\n"
                        "\t\"packages\": {}\r\n}\r\n");
    assert_string_equal(written(*state, &lock, &lock.style),
                        "{\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n"
                        "  \"packages\": {}\n}\n");
    assert_string_equal(written(*state, &lock, NULL),
                        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{}}");
}

static void keys_are_sorted_as_npm_sorts_them(void **state)
{
    struct cpm_lock lock = lock_of(
        *state, "{\"packages\":{\"node_modules/b\":{},\"node_modules/a\":{\"dependencies\":"
                "{\"x\":\"1\",\"version\":\"1\",\"10\":\"1\",\"9\":\"1\",\"B\":\"1\",\"a\":\"1\"},"
                "\"peerDependenciesMeta\":{\"x\":{\"optional\":true}},\"os\":[\"linux\"],"
                "\"funding\":{\"z\":1,\"deep\":{\"k\":[{\"b\":1,\"a\":2.50}]},\"b\":null}}},"
                "\"lockfileVersion\":3,\"zz\":1,\"aa\":{\"y\":1},\"requires\":true}");

    assert_string_equal(
        written(*state, &lock, NULL),
        "{\"lockfileVersion\":3,\"requires\":true,\"zz\":1,\"packages\":{"
        "\"node_modules/a\":{\"os\":[\"linux\"],\"dependencies\":{\"9\":\"1\",\"10\":\"1\","
        "\"version\":\"1\",\"a\":\"1\",\"B\":\"1\",\"x\":\"1\"},\"funding\":{\"b\":null,\"z\":1,"
        "\"deep\":{\"k\":[{\"a\":2.5,\"b\":1}]}},\"peerDependenciesMeta\":{\"x\":{\"optional\":"
        "true}}},\"node_modules/b\":{}},\"aa\":{\"y\":1}}");
}

static void a_group_of_names_that_javascript_loses_is_left_out(void **state)
{
    struct cpm_lock lock =
        lock_of(*state, "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{"
                        "\"version\":\"1.0.0\",\"dependencies\":{\"__proto__\":\"2\"}}}}");

    assert_null(strstr(written(*state, &lock, &lock.style), "dependencies"));
}

static void flags_hide_each_other_as_in_npm(void **state)
{
    struct cpm_lock lock =
        lock_of(*state, "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":{\"dev\":true,"
                        "\"devOptional\":true,\"peer\":true},\"node_modules/b\":{\"extraneous\":"
                        "true,\"dev\":true,\"inBundle\":true},\"node_modules/c\":{\"devOptional\":"
                        "true,\"devDependencies\":{\"x\":\"1\"}}}}");

    assert_string_equal(written(*state, &lock, NULL),
                        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{"
                        "\"node_modules/a\":{\"dev\":true,\"peer\":true},"
                        "\"node_modules/b\":{\"extraneous\":true,\"inBundle\":true},"
                        "\"node_modules/c\":{\"devOptional\":true}}}");
}

static void the_hidden_lock_has_no_root_and_nothing_inert(void **state)
{
    struct fixture *f = *state;
    struct cpm_lock lock = lock_of(f, small);
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);

    lock.entries[1].inert = true;
    assert_int_equal(cpm_lock_write_hidden(&lock, NULL, &out, &f->err), 0);
    assert_string_equal(cpm_buf_text(&out),
                        "{\"name\":\"p\",\"lockfileVersion\":3,\"requires\":true,\"packages\":{"
                        "\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},"
                        "\"packages/w\":{\"version\":\"0.0.1\"}}}");
    cpm_buf_release(&out);
    assert_non_null(strstr(written(f, &lock, NULL), "node_modules/@s/a"));
}

static void an_empty_root_is_left_out(void **state)
{
    struct cpm_lock lock = lock_of(*state, "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}");

    assert_string_equal(written(*state, &lock, NULL),
                        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{}}");
}

static void assert_refused(struct fixture *f, const char *json, const char *words)
{
    struct cpm_lock lock;

    assert_true(read_lock(f, json, &lock) < 0);
    f->err.text[strcspn(f->err.text, "\n")] = '\0'; /* advice stands below */
    assert_string_equal(f->err.text, words);
}

static void bad_locks_are_refused_with_their_place(void **state)
{
    assert_refused(*state, "{\"packages\":{\"node_modules/a\":1}}",
                   "package-lock.json:1:31: a package entry must be an object");
    assert_refused(*state, "{\"packages\":{\"node_modules/a\":{},\"node_modules/a\":{}}}",
                   "package-lock.json:1:34: duplicate key");
    assert_refused(*state, "[]", "package-lock.json:1:1: a lock must be an object");
    assert_refused(*state, "", "package-lock.json:1:1: unexpected end of JSON input");
    assert_refused(*state, "{\"a\":\"\\u0000\"}", "package-lock.json:1:7: NUL escape in a string");
    assert_refused(*state, "{\"packages\":{\"node_modules/../../x\":{}}}",
                   "package-lock.json:1:37: a package location leads outside or is reserved");
}

static void a_version_4_lock_without_repairs_stays_one(void **state)
{
    static const char text[] =
        "{\"lockfileVersion\":4,\"requires\":true,\"packages\":{\"node_modules/a\":{\"version\":"
        "\"1.0.0\"}}}";
    struct cpm_lock lock = lock_of(*state, text);

    assert_string_equal(written(*state, &lock, NULL), text);
}

static void a_lock_with_repaired_packages_is_refused(void **state)
{
    struct fixture *f = *state;
    struct cpm_lock lock;

    assert_int_equal(read_lock(f,
                               "{\"lockfileVersion\":4,\"packages\":{\"node_modules/a\":"
                               "{\"patched\":{\"path\":\"patches/a.patch\"}}}}",
                               &lock),
                     CPM_EUNSUPPORTED);
    assert_non_null(strstr(f->err.text, "package-lock.json: node_modules/a has a patch"));
    assert_int_equal(read_lock(f,
                               "{\"lockfileVersion\":4,\"packages\":{\"\":"
                               "{\"packageExtensionsHash\":\"sha512-x\"}}}",
                               &lock),
                     CPM_EUNSUPPORTED);
    assert_non_null(strstr(f->err.text, "the project has packageExtensions"));
}

static void a_newer_lock_is_refused(void **state)
{
    struct fixture *f = *state;
    struct cpm_lock lock;

    assert_int_equal(read_lock(f, "{\"lockfileVersion\":5,\"packages\":{}}", &lock),
                     CPM_ELOCKFILEVERSION);
}

static void locations_that_lead_out_are_told(void **state)
{
    static const char *const bad[] = {"/a",     "a/../b", "node_modules/..", "node_modules/.bin",
                                      "a//b",   "./a",    "node_modules",    "a/node_modules/@x/..",
                                      "a\nb/c", "a/"};
    static const char *const good[] = {"",
                                       "../x",
                                       "../../x/y",
                                       "node_modules/a",
                                       "packages/.hidden",
                                       "node_modules/@s/a/node_modules/b"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cpm_location_safe(cpm_str(bad[i])))
            fail_msg("'%s' passed", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!cpm_location_safe(cpm_str(good[i])))
            fail_msg("'%s' did not pass", good[i]);
}

static void tops_are_what_no_node_modules_holds(void **state)
{
    (void)state;
    assert_true(cpm_location_is_top(CPM_STR("")));
    assert_true(cpm_location_is_top(CPM_STR("packages/a")));
    assert_true(cpm_location_is_top(CPM_STR("node_modules/a/sub/b")));
    assert_false(cpm_location_is_top(CPM_STR("node_modules/@s/a")));
    assert_false(cpm_location_is_top(CPM_STR("packages/a/node_modules/b")));
    assert_str(cpm_location_name(CPM_STR("packages/a/node_modules/@s/b")), "@s/b");
    assert_str(cpm_location_name(CPM_STR("../ext")), "ext");
}

static void a_version_2_lock_keeps_its_legacy_section(void **state)
{
    static const char text[] =
        "{\"lockfileVersion\":2,\"requires\":true,\"packages\":{\"node_modules/a\":{\"version\":"
        "\"1.0.0\"}},\"dependencies\":{\"a\":{\"version\":\"1.0.0\",\"requires\":{\"b\":\"1\"}}}}";
    struct cpm_lock lock = lock_of(*state, text);

    assert_int_equal(lock.lockfile_version, 2);
    assert_string_equal(written(*state, &lock, NULL), text);
}

static const struct cpm_lock_entry *entry_at(const struct cpm_lock *lock, const char *location)
{
    for (size_t i = 0; i < lock->count; i++)
        if (cpm_str_is(lock->entries[i].location, location))
            return &lock->entries[i];
    fail_msg("no entry at '%s'", location);
    return NULL;
}

static void a_version_1_lock_becomes_entries(void **state)
{
    struct cpm_lock lock = lock_of(
        *state,
        "{\"name\":\"p\",\"version\":\"1.0.0\",\"lockfileVersion\":1,\"requires\":true,"
        "\"dependencies\":{"
        "\"a\":{\"version\":\"1.0.0\",\"resolved\":\"http://h/a/-/a-1.0.0.tgz\",\"integrity\":"
        "\"sha512-x\",\"requires\":{\"b\":\"^2\",\"o\":\"1\"},\"dependencies\":{\"b\":{"
        "\"version\":\"2.0.0\",\"bundled\":true}}},"
        "\"o\":{\"version\":\"1.0.0\",\"optional\":true},"
        "\"al\":{\"version\":\"npm:real@3.0.0\",\"integrity\":\"sha512-y\"},"
        "\"d\":{\"version\":\"file:pkg/d\"},"
        "\"g\":{\"version\":\"github:u/g#0123456789012345678901234567890123456789\","
        "\"from\":\"github:u/g\"}}}");
    const struct cpm_lock_entry *a = entry_at(&lock, "node_modules/a");

    assert_true(lock.old);
    assert_false(lock.ancient);
    assert_int_equal(lock.lockfile_version, 3);
    assert_str(cpm_name_str(a->manifest->deps[CPM_DEPS_PROD].v[0].name), "b");
    assert_str(cpm_name_str(a->manifest->deps[CPM_DEPS_OPTIONAL].v[0].name), "o");
    assert_str(a->manifest->raw[CPM_RAW_BUNDLE], "[\"b\"]");
    assert_true(entry_at(&lock, "node_modules/a/node_modules/b")->in_bundle);
    assert_str(cpm_name_str(entry_at(&lock, "node_modules/al")->name), "real");
    assert_true(entry_at(&lock, "node_modules/d")->link);
    assert_str(entry_at(&lock, "node_modules/d")->resolved, "pkg/d");
    assert_non_null(entry_at(&lock, "pkg/d")->manifest);
    assert_str(entry_at(&lock, "node_modules/g")->resolved,
               "git+ssh://git@github.com/u/g.git#0123456789012345678901234567890123456789");
}

static void a_version_1_name_that_leads_out_is_refused(void **state)
{
    assert_refused(*state, "{\"lockfileVersion\":1,\"dependencies\":{\"../../x\":{}}}",
                   "package-lock.json: '../../x' cannot be the name of a dependency");
}

static void a_conflict_takes_ours_where_both_changed(void **state)
{
    struct cpm_lock lock = lock_of(*state, "{\n\"lockfileVersion\": 3,\n\"packages\": {\n"
                                           "<<<<<<< ours\n"
                                           "\"node_modules/a\": {\"version\": \"2.0.0\"},\n"
                                           "\"node_modules/new\": {\"version\": \"1.0.0\"}\n"
                                           "||||||| base\n"
                                           "\"node_modules/a\": {\"version\": \"1.0.0\"}\n"
                                           "=======\n"
                                           "\"node_modules/a\": {\"version\": \"3.0.0\"},\n"
                                           "\"node_modules/theirs\": {\"version\": \"1.0.0\"}\n"
                                           ">>>>>>> theirs\n"
                                           "}\n}\n");

    assert_string_equal(written(*state, &lock, NULL),
                        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{"
                        "\"node_modules/a\":{\"version\":\"2.0.0\"},"
                        "\"node_modules/new\":{\"version\":\"1.0.0\"},"
                        "\"node_modules/theirs\":{\"version\":\"1.0.0\"}}}");
}

static void a_conflict_that_is_no_json_names_its_line(void **state)
{
    assert_refused(*state, "{\n<<<<<<< a\n\"x\": 1,\n=======\n\"x\": 2\n>>>>>>> b\n}\n",
                   "package-lock.json:2:1: merge conflict that has to be resolved by hand: "
                   "our side:1:9: expected a key in double quotes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written_back),
        cmocka_unit_test(entries_know_their_place_and_name),
        cmocka_unit_test(the_style_given_is_the_style_written),
        cmocka_unit_test(keys_are_sorted_as_npm_sorts_them),
        cmocka_unit_test(a_group_of_names_that_javascript_loses_is_left_out),
        cmocka_unit_test(flags_hide_each_other_as_in_npm),
        cmocka_unit_test(the_hidden_lock_has_no_root_and_nothing_inert),
        cmocka_unit_test(an_empty_root_is_left_out),
        cmocka_unit_test(bad_locks_are_refused_with_their_place),
        cmocka_unit_test(a_newer_lock_is_refused),
        cmocka_unit_test(a_version_4_lock_without_repairs_stays_one),
        cmocka_unit_test(a_lock_with_repaired_packages_is_refused),
        cmocka_unit_test(locations_that_lead_out_are_told),
        cmocka_unit_test(tops_are_what_no_node_modules_holds),
        cmocka_unit_test(a_version_2_lock_keeps_its_legacy_section),
        cmocka_unit_test(a_version_1_lock_becomes_entries),
        cmocka_unit_test(a_version_1_name_that_leads_out_is_refused),
        cmocka_unit_test(a_conflict_takes_ours_where_both_changed),
        cmocka_unit_test(a_conflict_that_is_no_json_names_its_line),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
