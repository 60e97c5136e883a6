#include "lockfile/dev_engines.h"

#include "support.h"

static const struct cpm_dev_engines_here here = {
    .v = {[CPM_DEV_ENGINE_PACKAGE_MANAGER] = {{"npm", 3}, {"11.19.1", 7}},
          [CPM_DEV_ENGINE_RUNTIME] = {{"node", 4}, {"v20.1.0", 7}},
          [CPM_DEV_ENGINE_OS] = {{"linux", 5}, {"6.1.0-18-amd64", 14}}}};

struct answer {
    struct cpm_arena arena;
    struct cpm_json *doc;
    struct cpm_dev_engine_failures failures;
    struct cpm_error err;
    int rc;
};

static void ask(struct answer *a, const char *text)
{
    *a = (struct answer){.arena = CPM_ARENA_INIT, .err = CPM_ERROR_INIT};
    assert_int_equal(cpm_json_parse(cpm_str(text), "x", 0, &a->doc, NULL), 0);
    a->rc = cpm_dev_engines_check(&a->arena, a->doc, &here, &a->failures, &a->err);
}

static void release(struct answer *a)
{
    cpm_json_free(a->doc);
    cpm_arena_release(&a->arena);
}

static void one_alternative_that_suits_is_enough(void **state)
{
    struct answer a;
    (void)state;
    ask(&a, "{\"runtime\":[{\"name\":\"bun\"},{\"name\":\"node\",\"version\":\">=20\"}],"
            "\"os\":[],\"packageManager\":{\"name\":\"npm\",\"version\":\"^11\"}}");
    assert_int_equal(a.rc, 0);
    assert_int_equal(a.failures.count, 0);
    release(&a);
}

static void the_last_alternative_says_what_a_failure_means(void **state)
{
    struct answer a;
    (void)state;
    ask(&a, "{\"runtime\":[{\"name\":\"bun\",\"onFail\":\"ignore\"},"
            "{\"name\":\"node\",\"version\":\"18\",\"onFail\":\"warn\"}],"
            "\"packageManager\":{\"name\":\"yarn\",\"onFail\":\"download\"}}");
    assert_int_equal(a.rc, 0);
    assert_int_equal(a.failures.count, 2);
    assert_int_equal(a.failures.v[0].on_fail, CPM_DEV_ENGINE_WARN);
    assert_int_equal(a.failures.v[0].reason_count, 2);
    assert_string_equal(a.failures.v[0].reasons.ptr,
                        "Invalid name \"bun\" does not match \"node\" for \"runtime\"\n"
                        "Invalid semver version \"18\" does not match \"v20.1.0\" for \"runtime\"");
    assert_int_equal(a.failures.v[1].on_fail, CPM_DEV_ENGINE_ERROR);
    release(&a);
}

static void a_wrong_form_is_an_error_that_names_the_place(void **state)
{
    static const char *const wrong[][2] = {
        {"[]", "Invalid non-object value for \"devEngines\""},
        {"{\"node\":{}}", "Invalid property \"devEngines.node\""},
        {"{\"os\":1}", "Invalid non-object value for \"os\""},
        {"{\"os\":{}}", "Missing \"name\" property for \"os\""},
        {"{\"os\":{\"name\":\"x\",\"y\":1}}", "Invalid property \"y\" for \"os\""},
        {"{\"os\":{\"name\":\"x\",\"onFail\":\"y\"}}", "Invalid onFail value \"y\" for \"os\""},
        {"{\"cpu\":{\"name\":\"x\"}}", "Unable to determine \"name\" for \"cpu\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct answer a;
        ask(&a, wrong[i][0]);
        assert_true(a.rc < 0);
        assert_string_equal(a.err.text, wrong[i][1]);
        release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_alternative_that_suits_is_enough),
        cmocka_unit_test(the_last_alternative_says_what_a_failure_means),
        cmocka_unit_test(a_wrong_form_is_an_error_that_names_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
