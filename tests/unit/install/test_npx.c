#include "install/npx.h"

#include "base/fs.h"
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* npm names a folder by the first 16 hex digits of the SHA-512 of the sorted packages. */
static void a_folder_has_the_name_that_npm_gives_it(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *one[] = {"semver"}, *two[] = {"semver", "rimraf@3"};
    const char *four[] = {"b", "A", "@s/x", "a"};

    (void)state;
    assert_string_equal(cpm_npx_folder(&arena, "/c", one, 1), "/c/_npx/a9bef924e4cb6cdb");
    assert_string_equal(cpm_npx_folder(&arena, "/c", two, 2), "/c/_npx/02f3ee405aebe501");
    assert_string_equal(cpm_npx_folder(&arena, "/c", four, 4), "/c/_npx/80cee91f66e41f1c");
    cpm_arena_release(&arena);
}

static void what_a_run_found_out_is_remembered(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const struct cpm_npx_memory put = {UINT64_MAX, "http://localhost:1/", "tool"};
    const char *packages[] = {"tool@1.0.0"};
    struct cpm_npx_memory got;
    char base[] = "/tmp/cpm-npx-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(base));
    const char *folder = cpm_path_join(&arena, base, "_npx/x");
    assert_false(cpm_npx_recall(folder, &arena, &got));
    assert_int_equal(cpm_npx_open(folder, &arena, NULL), 0);
    cpm_npx_remember(folder, &put, &arena);
    assert_true(cpm_npx_recall(folder, &arena, &got));
    assert_true(got.until_ms == UINT64_MAX);
    assert_string_equal(got.registry, put.registry);
    assert_string_equal(got.command, "tool");
    assert_int_equal(cpm_fs_replace(cpm_path_join(&arena, folder, ".cpm-exec"),
                                    CPM_STR("cpm-exec 2\n1\nx\ny\n"), 0, false, NULL),
                     0);
    assert_false(cpm_npx_recall(folder, &arena, &got));
    assert_false(cpm_npx_holds(folder, "tool@1.0.0", &arena));
    assert_int_equal(cpm_npx_sign(folder, packages, 1, &arena, NULL), 0);
    assert_true(cpm_npx_holds(folder, "tool@1.0.0", &arena));
    cpm_fs_remove(base, NULL);
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_has_the_name_that_npm_gives_it),
        cmocka_unit_test(what_a_run_found_out_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
