#include "base/fs.h"
#include "base/path.h"
#include "base/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char *dir;
static struct cpm_shelf shelf;

static int make_shelf(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    dir = cpm_arena_strndup(&arena, "/tmp/cpm-test-XXXXXX", 20);
    if (!mkdtemp(dir))
        return -1;
    shelf = (struct cpm_shelf)CPM_SHELF_INIT(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), 8);
    return shelf.parent < 0 ? -1 : 0;
}

static int remove_shelf(void **state)
{
    (void)state;
    close(shelf.parent);
    cpm_fs_remove(dir, NULL);
    cpm_arena_release(&arena);
    return 0;
}

static bool stands(const char *path)
{
    return cpm_fs_is_dir(cpm_path_join(&arena, dir, path));
}

static void a_quick_folder_stands_in_the_parent(void **state)
{
    char path[CPM_SHELF_PATH];

    (void)state;
    assert_int_equal(cpm_shelf_mkdir(&shelf, "7", 0700, path), 0);
    assert_string_equal(path, "7");
    assert_true(stands("7"));
}

/* Whether there is an elsewhere is up to the file system. */
static void after_slow_folders_the_next_stands_where_its_path_says(void **state)
{
    char path[CPM_SHELF_PATH], again[CPM_SHELF_PATH];

    (void)state;
    shelf.streak = 1000;
    shelf.streak_ns = INT64_MAX;
    shelf.lost_ns = INT64_MAX;
    assert_int_equal(cpm_shelf_mkdir(&shelf, "7", 0700, path), 0);
    assert_true(stands(path));
    assert_string_equal(cpm_path_basename(cpm_str(path)).ptr, "7");
    shelf.streak = 0;
    assert_int_equal(cpm_shelf_mkdir(&shelf, "8", 0700, again), 0);
    assert_true(stands(again));
    assert_memory_equal(again, path, strlen(path) - 1);
}

static void draws_cost_no_more_than_was_lost(void **state)
{
    char path[CPM_SHELF_PATH];

    (void)state;
    shelf.streak = 1000;
    shelf.streak_ns = INT64_MAX;
    assert_int_equal(cpm_shelf_mkdir(&shelf, "7", 0700, path), 0);
    assert_string_equal(path, "7");
    assert_false(stands("s1"));
}

static void what_cannot_be_made_is_told_by_its_number(void **state)
{
    char path[CPM_SHELF_PATH];

    (void)state;
    assert_int_equal(cpm_shelf_mkdir(&shelf, "7", 0700, path), 0);
    assert_int_equal(cpm_shelf_mkdir(&shelf, "7", 0700, path), EEXIST);
    assert_int_equal(cpm_shelf_mkdir(&shelf, "no/8", 0700, path), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_quick_folder_stands_in_the_parent, make_shelf,
                                        remove_shelf),
        cmocka_unit_test_setup_teardown(after_slow_folders_the_next_stands_where_its_path_says,
                                        make_shelf, remove_shelf),
        cmocka_unit_test_setup_teardown(draws_cost_no_more_than_was_lost, make_shelf, remove_shelf),
        cmocka_unit_test_setup_teardown(what_cannot_be_made_is_told_by_its_number, make_shelf,
                                        remove_shelf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
