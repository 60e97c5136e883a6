#include "install/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

struct scene {
    struct cpm_arena arena;
    struct cpm_package package;
    struct cpm_buf text;
};

static void open_scene(struct scene *s, const char *json)
{
    *s = (struct scene){.text = CPM_BUF_INIT(1 << 20)};
    assert_int_equal(cpm_package_parse(cpm_str(json), "package.json", &s->package, NULL), 0);
}

static void close_scene(struct scene *s)
{
    cpm_package_release(&s->package);
    cpm_buf_release(&s->text);
    cpm_arena_release(&s->arena);
}

static const char *now(struct scene *s)
{
    cpm_buf_clear(&s->text);
    cpm_json_write(s->package.doc, CPM_STR(""), CPM_STR("\n"), &s->text);
    return cpm_buf_text(&s->text);
}

static struct cpm_request ask(struct scene *s, const char *word)
{
    struct cpm_request r;

    assert_int_equal(cpm_spec_parse(&s->arena, cpm_str(word), "/project", &r.spec, NULL), 0);
    r.name = r.spec.name;
    return r;
}

static void add(struct scene *s, const char *word, enum cpm_save_type type)
{
    const struct cpm_request_options opts = {.save_type = type, .save_prefix = "^"};
    struct cpm_request r = ask(s, word);

    cpm_request_write(&s->package, &r, &opts);
}

static void save(struct scene *s, const char *word, const char *package_name, const char *version)
{
    const struct cpm_request_options opts = {.save_prefix = "^"};
    const struct cpm_request_found found = {
        .package_name = cpm_str(package_name), .version = cpm_str(version), .where = "/project"};
    struct cpm_request r = ask(s, word);

    cpm_request_write(&s->package, &r, &opts);
    cpm_request_save(&s->arena, &s->package, &r, &found, &opts);
}

static void a_new_name_goes_into_dependencies(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    add(&s, "a@^1.0.0", CPM_SAVE_INFER);
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"^1.0.0\"}}");
    close_scene(&s);
}

static void a_name_stays_in_the_group_where_it_stands(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{\"devDependencies\":{\"a\":\"^1.0.0\"}}");
    add(&s, "a@2", CPM_SAVE_INFER);
    assert_string_equal(now(&s), "{\"devDependencies\":{\"a\":\"2\"}}");
    close_scene(&s);
}

static void a_bare_name_keeps_the_range_that_is_there(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{\"dependencies\":{\"a\":\"~1.2.0\"}}");
    add(&s, "a", CPM_SAVE_INFER);
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"~1.2.0\"}}");
    close_scene(&s);
}

static void saving_as_dev_leaves_dependencies(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{\"dependencies\":{\"a\":\"1\",\"b\":\"1\"}}");
    add(&s, "a@1", CPM_SAVE_DEV);
    assert_string_equal(now(&s),
                        "{\"dependencies\":{\"b\":\"1\"},\"devDependencies\":{\"a\":\"1\"}}");
    close_scene(&s);
}

static void an_optional_peer_is_marked_as_such(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    add(&s, "a@1", CPM_SAVE_PEER_OPTIONAL);
    assert_string_equal(now(&s), "{\"peerDependencies\":{\"a\":\"1\"},"
                                 "\"peerDependenciesMeta\":{\"a\":{\"optional\":true}}}");
    close_scene(&s);
}

static void removing_empties_every_group_and_the_bundle(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{\"dependencies\":{\"a\":\"1\"},\"peerDependencies\":{\"a\":\"1\",\"b\":\"1\"},"
                   "\"bundleDependencies\":[\"a\",\"b\"]}");
    assert_true(cpm_request_remove(&s.package, CPM_STR("a")));
    assert_string_equal(now(&s),
                        "{\"peerDependencies\":{\"b\":\"1\"},\"bundleDependencies\":[\"b\"]}");
    assert_false(cpm_request_remove(&s.package, CPM_STR("z")));
    close_scene(&s);
}

static void a_version_is_saved_with_the_prefix(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    save(&s, "a@1.2.3", "a", "1.2.3");
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"^1.2.3\"}}");
    close_scene(&s);
}

static void a_range_that_the_prefix_would_widen_is_kept(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    save(&s, "a@1.x <1.3", "a", "1.2.3");
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"1.x <1.3\"}}");
    close_scene(&s);
}

static void a_wide_range_is_saved_as_what_was_installed(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    save(&s, "a@>=1", "a", "1.2.3");
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"^1.2.3\"}}");
    close_scene(&s);
}

static void an_alias_keeps_the_real_name(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, "{}");
    save(&s, "a@npm:b@1", "b", "1.2.3");
    assert_string_equal(now(&s), "{\"dependencies\":{\"a\":\"npm:b@^1.2.3\"}}");
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_name_goes_into_dependencies),
        cmocka_unit_test(a_name_stays_in_the_group_where_it_stands),
        cmocka_unit_test(a_bare_name_keeps_the_range_that_is_there),
        cmocka_unit_test(saving_as_dev_leaves_dependencies),
        cmocka_unit_test(an_optional_peer_is_marked_as_such),
        cmocka_unit_test(removing_empties_every_group_and_the_bundle),
        cmocka_unit_test(a_version_is_saved_with_the_prefix),
        cmocka_unit_test(a_range_that_the_prefix_would_widen_is_kept),
        cmocka_unit_test(a_wide_range_is_saved_as_what_was_installed),
        cmocka_unit_test(an_alias_keeps_the_real_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
