/* Packument images: what is read from JSON, and that a damaged image is noticed. */
#include "registry/packument.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct cpm_packument *build_as(const char *json, bool full)
{
    struct cpm_packument *p = NULL;
    struct cpm_error err = CPM_ERROR_INIT;

    if (cpm_packument_build(cpm_str(json), CPM_STR("left-pad"), full, &p, &err) < 0)
        fail_msg("%s", err.text);
    return p;
}

static struct cpm_packument *build(const char *json)
{
    return build_as(json, false);
}

static int build_code(const char *json, const char *name)
{
    struct cpm_packument *p = NULL;
    struct cpm_error err = CPM_ERROR_INIT;
    int r = cpm_packument_build(cpm_str(json), cpm_str(name), false, &p, &err);

    cpm_packument_free(p);
    return r;
}

static struct cpm_packument_facts facts(const struct cpm_packument *p, const char *version)
{
    struct cpm_packument_facts f;
    int64_t i = cpm_packument_find(p, cpm_str(version));

    assert_true(i >= 0);
    cpm_packument_facts(p, (uint32_t)i, &f);
    return f;
}

static void assert_text(struct cpm_str s, const char *want)
{
    if (!cpm_str_is(s, want))
        fail_msg("'%.*s' is not '%s'", CPM_STR_ARG(s), want);
}

struct manifests { /* a place for manifests to live */
    struct cpm_names *names;
    struct cpm_arena arena;
};

static const struct cpm_manifest *manifest(struct manifests *m, const struct cpm_packument *p,
                                           const char *version)
{
    int64_t i = cpm_packument_find(p, cpm_str(version));

    assert_true(i >= 0);
    if (!m->names)
        m->names = cpm_names_new();
    return cpm_packument_manifest(p, (uint32_t)i, m->names, &m->arena);
}

static void release(struct manifests *m)
{
    cpm_arena_release(&m->arena);
    cpm_names_free(m->names);
}

static void versions_are_ascending_and_remember_their_place(void **state)
{
    struct cpm_packument *p = build("{\"name\":\"left-pad\",\"versions\":{\"10.0.0\":{},"
                                    "\"2.0.0-beta.1\":{},\"2.0.0\":{},\"9.0.0\":{}}}");
    const char *order[] = {"2.0.0-beta.1", "2.0.0", "9.0.0", "10.0.0"};
    struct cpm_packument_facts f;

    (void)state;
    assert_int_equal(cpm_packument_count(p), 4);
    for (uint32_t i = 0; i < 4; i++) {
        cpm_packument_facts(p, i, &f);
        assert_text(f.text, order[i]);
    }
    assert_int_equal(f.order, 0);
    assert_text(facts(p, "2.0.0-beta.1").version.prerelease, "beta.1");
    cpm_packument_free(p);
}

static void escapes_in_an_address_and_a_hash_are_undone(void **state)
{
    struct manifests m = {NULL};
    struct cpm_packument *p =
        build("{\"versions\":{\"1.0.0\":{\"name\":\"left\\u002dpad\",\"dist\":{\"tarball\":"
              "\"http:\\/\\/localhost\\/left-pad-1.0.0.tgz\",\"integrity\":\"sha512-a\\/b\"}}}}");
    const struct cpm_manifest *made = manifest(&m, p, "1.0.0");

    (void)state;
    assert_text(cpm_name_str(made->name), "left-pad");
    assert_text(made->tarball, "http://localhost/left-pad-1.0.0.tgz");
    assert_text(made->integrity, "sha512-a/b");
    release(&m);
    cpm_packument_free(p);
}

static void integrity_is_written_as_npm_does(void **state)
{
    struct manifests m = {NULL};
    struct cpm_packument *p =
        build("{\"versions\":{\"1.0.0\":{\"dist\":{\"integrity\":\" odd-x sha512-AA==\"}}}}");

    (void)state;
    assert_text(manifest(&m, p, "1.0.0")->integrity, "sha512-AA==");
    release(&m);
    cpm_packument_free(p);
}

static void signatures_are_whole_however_long_they_are(void **state)
{
    static const size_t lengths[] = {3, UINT16_MAX - 3, UINT16_MAX - 2, 100000};
    struct manifests m = {NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char *blanks = cpm_arena_printf(&m.arena, "%*s", (int)lengths[i], "");
        struct cpm_packument *p = build(cpm_arena_printf(
            &m.arena,
            "{\"versions\":{\"1.0.0\":{\"dist\":{\"integrity\":\"x\",\"signatures\":[%s]}}}}",
            blanks));

        assert_int_equal(manifest(&m, p, "1.0.0")->signatures.len, lengths[i] + 2);
        cpm_packument_free(p);
    }
    release(&m);
}

static void keys_that_are_no_versions_are_ignored(void **state)
{
    struct cpm_packument *p =
        build("{\"versions\":{\"lol ok\":{\"version\":\"1.0.1\"},\"1.0.0\":{}}}");

    (void)state;
    assert_int_equal(cpm_packument_count(p), 1);
    assert_false(cpm_packument_no_versions(p));
    cpm_packument_free(p);
}

static void of_duplicate_keys_the_last_counts(void **state)
{
    struct cpm_packument *p =
        build("{\"versions\":{\"3.0.0\":{}},\"versions\":{\"1.0.0\":{\"deprecated\":\"x\"},"
              "\"2.0.0\":{},\"1.0.0\":{\"engines\":{\"node\":\"1\"},\"engines\":{\"node\":\"2\"}}},"
              "\"dist-tags\":{\"latest\":\"1.0.0\",\"latest\":\"2.0.0\"}}");
    struct cpm_packument_facts f = facts(p, "1.0.0");
    struct cpm_str text;

    (void)state;
    assert_int_equal(cpm_packument_count(p), 2);
    assert_false(f.deprecated);
    assert_text(f.engines_node, "2");
    assert_int_equal(f.order, 0);
    assert_int_equal(cpm_packument_tag(p, CPM_STR("latest"), &text), 1);
    assert_text(text, "2.0.0");
    cpm_packument_free(p);
}

static void deprecation_is_javascripts_truth(void **state)
{
    struct cpm_packument *p = build(
        "{\"versions\":{\"1.0.0\":{\"deprecated\":\"no more\"},\"1.0.1\":{\"deprecated\":\"\"},"
        "\"1.0.2\":{\"deprecated\":false},\"1.0.3\":{\"deprecated\":0},\"1.0.4\":{"
        "\"deprecated\":true},\"1.0.5\":{\"deprecated\":{}}}}");

    (void)state;
    assert_true(facts(p, "1.0.0").deprecated);
    assert_false(facts(p, "1.0.1").deprecated);
    assert_false(facts(p, "1.0.2").deprecated);
    assert_false(facts(p, "1.0.3").deprecated);
    assert_true(facts(p, "1.0.4").deprecated);
    assert_true(facts(p, "1.0.5").deprecated);
    cpm_packument_free(p);
}

static void times_join_their_versions_from_either_side(void **state)
{
    static const char *documents[] = {
        "{\"time\":{\"modified\":\"x\",\"1.0.0\":\"2018-01-01T00:00:00.000Z\",\"2.0.0\":"
        "\"no date\"},\"versions\":{\"2.0.0\":{},\"1.0.0\":{},\"3.0.0\":{}}}",
        "{\"versions\":{\"2.0.0\":{},\"1.0.0\":{},\"3.0.0\":{}},\"time\":{\"2.0.0\":\"no date\","
        "\"1.0.0\":\"2018-01-01T00:00:00Z\"}}"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct cpm_packument *p = build(documents[i]);

        assert_true(cpm_packument_has_time(p));
        assert_true(facts(p, "1.0.0").time == INT64_C(1514764800000));
        assert_true(facts(p, "2.0.0").time == INT64_MAX);
        assert_true(facts(p, "3.0.0").time == CPM_TIME_NONE);
        cpm_packument_free(p);
    }
}

static void a_manifest_has_what_its_version_says(void **state)
{
    struct cpm_packument *p = build(
        "{\"versions\":{\"1.0.0\":{\"name\":\"left-pad\",\"version\":\"1.0.0\",\"dependencies\":{"
        "\"a\":\"^1\",\"b\":\"2\"},\"dist\":{\"tarball\":\"http://localhost/left-pad/-/"
        "left-pad-1.0.0.tgz\",\"integrity\":\"sha512-AA==\",\"signatures\":[{}]},\"readme\":\"…\"},"
        "\"1.0.1\":{\"name\":\"left-pad\",\"version\":\"1.0.1\",\"dependencies\":{"
        "\"a\":\"^1\",\"b\":\"2\"},\"dist\":{\"tarball\":\"http://localhost/other.tgz\"}}}}");
    struct manifests m = {.names = NULL};
    const struct cpm_manifest *first = manifest(&m, p, "1.0.0"), *second = manifest(&m, p, "1.0.1");

    (void)state;
    assert_text(cpm_name_str(first->name), "left-pad");
    assert_text(cpm_name_str(first->version), "1.0.0");
    assert_int_equal(first->deps[CPM_DEPS_PROD].n, 2);
    assert_text(first->tarball, "http://localhost/left-pad/-/left-pad-1.0.0.tgz");
    assert_text(first->integrity, "sha512-AA==");
    assert_true(first->license_unknown);
    assert_int_equal(second->deps[CPM_DEPS_PROD].n, 2);
    assert_ptr_equal(second->deps[CPM_DEPS_PROD].v[1].name, first->deps[CPM_DEPS_PROD].v[1].name);
    assert_text(second->tarball, "http://localhost/other.tgz");
    assert_int_equal(second->integrity.len, 0);
    release(&m);
    cpm_packument_free(p);
}

static void install_scripts_leave_only_their_flag(void **state)
{
    struct cpm_packument *p =
        build_as("{\"versions\":{\"1.0.0\":{\"scripts\":{\"install\":\"node-gyp rebuild\"}},"
                 "\"1.0.1\":{\"scripts\":{\"test\":\"x\",\"postinstall\":\"\"}},"
                 "\"1.0.2\":{\"hasInstallScript\":true}},\"time\":{}}",
                 true);
    struct manifests m = {.names = NULL};

    (void)state;
    assert_true(manifest(&m, p, "1.0.0")->has_install_script);
    assert_false(manifest(&m, p, "1.0.1")->has_install_script);
    assert_true(manifest(&m, p, "1.0.2")->has_install_script);
    assert_false(manifest(&m, p, "1.0.2")->license_unknown);
    release(&m);
    cpm_packument_free(p);
}

static void a_document_with_times_and_licenses_is_full_even_if_not_asked_for(void **state)
{
    struct cpm_packument *full =
        build("{\"versions\":{\"1.0.0\":{\"license\":\"MIT\"}},\"time\":{}}");
    struct cpm_packument *abbreviated = build("{\"versions\":{\"1.0.0\":{}},\"time\":{}}");

    (void)state;
    assert_true(cpm_packument_is_full(full));
    assert_false(cpm_packument_is_full(abbreviated));
    cpm_packument_free(full);
    cpm_packument_free(abbreviated);
}

static void large_numbers_keep_their_order(void **state)
{
    struct cpm_packument *p = build("{\"versions\":{\"1.0.20230413010203\":{},\"1.0.4294967296\":{}"
                                    ",\"1.0.4294967295\":{}}}");

    (void)state;
    assert_int_equal(cpm_packument_find(p, CPM_STR("1.0.4294967295")), 0);
    assert_int_equal(cpm_packument_find(p, CPM_STR("1.0.20230413010203")), 2);
    assert_true(facts(p, "1.0.20230413010203").version.patch == 20230413010203u);
    cpm_packument_free(p);
}

static void another_packages_document_is_refused(void **state)
{
    (void)state;
    assert_int_equal(build_code("{\"name\":\"right-pad\",\"versions\":{}}", "left-pad"), CPM_E404);
    assert_int_equal(build_code("{\"name\":\"left-pad\",\"versions\":{}}", "left-pad"), 0);
}

static void what_is_no_packument_is_refused(void **state)
{
    static const char *documents[] = {
        "",
        "<html></html>",
        "[]",
        "{\"versions\":{\"1.0.0\":{\"dist\":{}}",
        "{\"versions\":{\"1.0.0\":{\"dependencies\":{\"a\":1,}}}}",
        "{} {}",
        "{\"readme\":\"cut",
        "{\"versions\":{\"1.0.0\":{\"engines\":{\"node\":\"\\u0000\"}}}}"};

    (void)state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
        assert_int_equal(build_code(documents[i], "left-pad"), CPM_EJSONPARSE);
}

static void what_nobody_needs_is_not_looked_at(void **state)
{
    struct cpm_packument *p = build("{\"readme\":\"nul \\u0000 and \\\\\\\" { [\",\"users\":{\"a\":"
                                    "[{\"]\":\"}\"}]},\"versions\":{\"1.0.0\":{}}}");

    (void)state;
    assert_int_equal(cpm_packument_count(p), 1);
    cpm_packument_free(p);
}

/* A copy of p's image, aligned as a mapped file is. */
static char *copy_image(const struct cpm_packument *p, size_t *size)
{
    struct cpm_str image = cpm_packument_image(p);
    char *copy = cpm_alloc(image.len);

    memcpy(copy, image.ptr, image.len);
    *size = image.len;
    return copy;
}

static void an_image_opens_again_from_its_bytes(void **state)
{
    struct cpm_packument *p = build("{\"versions\":{\"1.0.0\":{\"deprecated\":\"x\"}}}"), *q = NULL;
    size_t size;
    char *copy = copy_image(p, &size);

    (void)state;
    cpm_packument_free(p);
    assert_int_equal(cpm_packument_open(cpm_str_n(copy, size), &q, NULL), 0);
    assert_true(facts(q, "1.0.0").deprecated);
    assert_text(cpm_packument_name(q), "left-pad");
    cpm_packument_free(q);
    cpm_free(copy);
}

static void every_changed_byte_and_every_cut_is_noticed(void **state)
{
    struct cpm_packument *p = build("{\"versions\":{\"1.0.0\":{\"deprecated\":\"x\"}}}"), *q = NULL;
    size_t size;
    char *copy = copy_image(p, &size);

    (void)state;
    cpm_packument_free(p);
    for (size_t i = 0; i < size; i++) {
        copy[i] ^= 0x10;
        assert_int_equal(cpm_packument_open(cpm_str_n(copy, size), &q, NULL), CPM_EIO);
        copy[i] ^= 0x10;
        assert_int_equal(cpm_packument_open(cpm_str_n(copy, i), &q, NULL), CPM_EIO);
    }
    memset(copy, 0, size);
    assert_int_equal(cpm_packument_open(cpm_str_n(copy, size), &q, NULL), CPM_EIO);
    cpm_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_ascending_and_remember_their_place),
        cmocka_unit_test(escapes_in_an_address_and_a_hash_are_undone),
        cmocka_unit_test(integrity_is_written_as_npm_does),
        cmocka_unit_test(signatures_are_whole_however_long_they_are),
        cmocka_unit_test(keys_that_are_no_versions_are_ignored),
        cmocka_unit_test(of_duplicate_keys_the_last_counts),
        cmocka_unit_test(deprecation_is_javascripts_truth),
        cmocka_unit_test(times_join_their_versions_from_either_side),
        cmocka_unit_test(a_manifest_has_what_its_version_says),
        cmocka_unit_test(install_scripts_leave_only_their_flag),
        cmocka_unit_test(a_document_with_times_and_licenses_is_full_even_if_not_asked_for),
        cmocka_unit_test(large_numbers_keep_their_order),
        cmocka_unit_test(another_packages_document_is_refused),
        cmocka_unit_test(what_is_no_packument_is_refused),
        cmocka_unit_test(what_nobody_needs_is_not_looked_at),
        cmocka_unit_test(an_image_opens_again_from_its_bytes),
        cmocka_unit_test(every_changed_byte_and_every_cut_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
