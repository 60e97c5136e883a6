#include "install/workspaces.h"

#include "base/fs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

struct scene {
    struct cpm_arena arena;
    struct cpm_names *names;
    char root[32];
    struct cpm_workspaces found;
    struct cpm_error err;
};

static void folder(struct scene *s, const char *path, const char *package_json)
{
    const char *dir = cpm_arena_printf(&s->arena, "%s/%s", s->root, path);

    assert_int_equal(cpm_fs_mkdirs(dir, 0755, NULL), 0);
    if (package_json)
        assert_int_equal(cpm_fs_replace(cpm_arena_printf(&s->arena, "%s/package.json", dir),
                                        cpm_str(package_json), 0644, false, NULL),
                         0);
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));

    s->names = cpm_names_new();
    memcpy(s->root, "/tmp/cpm-workspaces-XXXXXX", 27);
    assert_non_null(mkdtemp(s->root));
    folder(s, "packages/b", "{\"name\":\"b\",\"version\":\"1.0.0\"}");
    folder(s, "packages/A", "{\"name\":\"@s/a\"}");
    folder(s, "packages/nameless", "{}");
    folder(s, "packages/empty", NULL);
    folder(s, "apps/web", "{\"name\":\"web\"}");
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    cpm_fs_remove(s->root, NULL);
    cpm_names_free(s->names);
    cpm_arena_release(&s->arena);
    free(s);
    return 0;
}

static int look(struct scene *s, const char *patterns)
{
    return cpm_workspaces_read(s->root, cpm_str(patterns), s->names, &s->arena, &s->found, &s->err);
}

static void folders_with_a_package_json_are_found_in_collation_order(void **state)
{
    struct scene *s = *state;

    assert_int_equal(look(s, "[\"packages/*\"]"), 0);
    assert_int_equal(s->found.count, 3);
    assert_string_equal(s->found.v[0].name->text, "@s/a");
    assert_string_equal(s->found.v[0].location.ptr, "packages/A");
    assert_string_equal(s->found.v[1].name->text, "b");
    assert_string_equal(s->found.v[2].name->text, "nameless");
}

static void patterns_keep_their_order_and_may_be_objects(void **state)
{
    struct scene *s = *state;

    assert_int_equal(look(s, "{\"packages\":[\"./apps/*\",\"packages/b/\"]}"), 0);
    assert_int_equal(s->found.count, 2);
    assert_string_equal(s->found.v[0].name->text, "web");
    assert_string_equal(s->found.v[1].location.ptr, "packages/b");
}

static void a_later_pattern_cancels_a_negation(void **state)
{
    struct scene *s = *state;

    assert_int_equal(look(s, "[\"packages/*\",\"!packages/b\"]"), 0);
    assert_int_equal(s->found.count, 2);
    assert_int_equal(look(s, "[\"packages/*\",\"!packages/b\",\"packages/b\"]"), 0);
    assert_int_equal(s->found.count, 3);
}

static void two_folders_with_one_name_are_an_error_that_names_both(void **state)
{
    struct scene *s = *state;

    folder(s, "apps/other", "{\"name\":\"web\"}");
    assert_int_equal(look(s, "[\"apps/*\"]"), CPM_EDUPLICATEWORKSPACE);
    assert_non_null(strstr(s->err.text, "apps/other"));
    assert_non_null(strstr(s->err.text, "apps/web"));
}

static void what_is_no_list_is_an_error(void **state)
{
    assert_int_equal(look(*state, "\"packages/*\""), CPM_ECONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_with_a_package_json_are_found_in_collation_order,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(patterns_keep_their_order_and_may_be_objects, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_later_pattern_cancels_a_negation, setup, teardown),
        cmocka_unit_test_setup_teardown(two_folders_with_one_name_are_an_error_that_names_both,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_list_is_an_error, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
