#include "cpm/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char project[] = "{\"name\": \"p\", \"dependencies\": {\"a\": \"^1.0.0\"}, "
                              "\"optionalDependencies\": {\"gone\": \"1\"}}";
static const char a[] =
    "{\"name\": \"a\", \"dist-tags\": {\"latest\": \"1.1.0\"}, \"versions\": {"
    "\"1.0.0\": {\"name\": \"a\", \"version\": \"1.0.0\"}, "
    "\"1.1.0\": {\"name\": \"a\", \"version\": \"1.1.0\", \"dependencies\": {\"b\": \"2\"}}}}";
static const char b[] = "{\"name\": \"b\", \"dist-tags\": {\"latest\": \"2.0.0\"}, \"versions\": "
                        "{\"2.0.0\": {\"name\": \"b\", \"version\": \"2.0.0\"}}}";

static struct cpm_tree_solver *begin(const char *package)
{
    struct cpm_tree_solver *s = cpm_tree_solver_new(package, strlen(package), NULL, NULL);

    assert_non_null(s);
    return s;
}

/* Gives what is asked for; true while something was. */
static void give_needs(struct cpm_tree_solver *s)
{
    for (size_t i = 0; i < cpm_tree_solver_need_count(s); i++) {
        const char *name = cpm_tree_solver_need(s, i);
        const char *text = strcmp(name, "a") == 0 ? a : strcmp(name, "b") == 0 ? b : NULL;

        if (text)
            assert_int_equal(cpm_tree_solver_give(s, name, text, strlen(text), NULL), 0);
        else
            cpm_tree_solver_refuse(s, name, CPM_E404);
    }
}

static int solve(struct cpm_tree_solver *s, struct cpm_error *err)
{
    int rc;

    while ((rc = cpm_tree_solver_run(s, err)) == CPM_EAGAIN) {
        assert_true(cpm_tree_solver_need_count(s) > 0);
        assert_null(cpm_tree_solver_lock(s));
        give_needs(s);
    }
    return rc;
}

static void the_tree_comes_when_all_that_is_needed_was_given(void **state)
{
    struct cpm_tree_solver *s = begin(project);
    const struct cpm_lockfile *lock;

    (void)state;
    assert_int_equal(solve(s, NULL), 0);
    lock = cpm_tree_solver_lock(s);
    assert_string_equal(cpm_lockfile_find(lock, "node_modules/a")->version, "1.1.0");
    assert_string_equal(cpm_lockfile_find(lock, "node_modules/b")->version, "2.0.0");
    assert_null(cpm_lockfile_find(lock, "node_modules/gone"));
    cpm_tree_solver_free(s);
}

static void what_is_refused_and_not_optional_fails_with_its_code(void **state)
{
    struct cpm_tree_solver *s = begin("{\"dependencies\": {\"gone\": \"1\"}}");
    struct cpm_error err;

    (void)state;
    assert_int_equal(solve(s, &err), CPM_E404);
    assert_null(cpm_tree_solver_lock(s));
    cpm_tree_solver_free(s);
}

static void a_lock_to_start_from_keeps_its_versions(void **state)
{
    static const char old[] =
        "{\"name\": \"p\", \"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"p\", "
        "\"dependencies\": {\"a\": \"^1.0.0\"}}, \"node_modules/a\": {\"version\": \"1.0.0\", "
        "\"resolved\": \"http://localhost/a.tgz\", \"integrity\": \"sha512-AAAA\"}}}";
    struct cpm_tree_solver_options options = CPM_TREE_SOLVER_OPTIONS_INIT;
    const char package[] = "{\"name\": \"p\", \"dependencies\": {\"a\": \"^1.0.0\"}}";
    struct cpm_tree_solver *s;

    (void)state;
    options.lock = old;
    options.lock_length = strlen(old);
    s = cpm_tree_solver_new(package, strlen(package), &options, NULL);
    assert_int_equal(solve(s, NULL), 0);
    assert_string_equal(cpm_lockfile_find(cpm_tree_solver_lock(s), "node_modules/a")->version,
                        "1.0.0");
    cpm_tree_solver_free(s);
}

static void a_package_json_that_is_none_is_an_error(void **state)
{
    struct cpm_error err;

    (void)state;
    assert_null(cpm_tree_solver_new("[]", 2, NULL, &err));
    assert_null(cpm_tree_solver_new("{", 1, NULL, &err));
    assert_int_equal(err.code, CPM_EJSONPARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_comes_when_all_that_is_needed_was_given),
        cmocka_unit_test(what_is_refused_and_not_optional_fails_with_its_code),
        cmocka_unit_test(a_lock_to_start_from_keeps_its_versions),
        cmocka_unit_test(a_package_json_that_is_none_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
