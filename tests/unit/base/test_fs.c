#include "base/fs.h"
#include "base/path.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char *dir;

static int make_dir(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    dir = cpm_arena_strndup(&arena, "/tmp/cpm-test-XXXXXX", 20);
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    cpm_fs_remove(dir, NULL);
    cpm_arena_release(&arena);
    return 0;
}

static const char *below(const char *name)
{
    return cpm_path_join(&arena, dir, name);
}

static void what_is_replaced_reads_back_with_the_old_mode(void **state)
{
    struct cpm_str out;
    struct stat st;

    (void)state;
    assert_int_equal(cpm_fs_replace(below("a"), CPM_STR("one"), 0640, true, NULL), 0);
    assert_int_equal(cpm_fs_replace(below("a"), CPM_STR("two"), 0, false, NULL), 0);
    assert_int_equal(cpm_fs_read(below("a"), 100, &arena, &out, NULL), 0);
    assert_true(cpm_str_is(out, "two"));
    assert_int_equal(stat(below("a"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void replacing_through_a_link_keeps_the_link(void **state)
{
    struct cpm_str out;

    (void)state;
    assert_int_equal(cpm_fs_replace(below("real"), CPM_STR("1"), 0, false, NULL), 0);
    assert_int_equal(symlink("real", below("link")), 0);
    assert_int_equal(cpm_fs_replace(below("link"), CPM_STR("2"), 0, false, NULL), 0);
    assert_string_equal(cpm_fs_readlink(&arena, below("link")), "real");
    assert_int_equal(cpm_fs_read(below("real"), 10, &arena, &out, NULL), 0);
    assert_true(cpm_str_is(out, "2"));
}

static void a_file_over_the_limit_is_refused(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str out;

    (void)state;
    assert_int_equal(cpm_fs_replace(below("big"), CPM_STR("12345"), 0, false, NULL), 0);
    assert_int_equal(cpm_fs_read(below("big"), 4, &arena, &out, &err), CPM_ETOOBIG);
    assert_int_equal(cpm_fs_read(below("none"), 4, &arena, &out, &err), CPM_ENOENT);
    assert_true(cpm_fs_read(dir, 4, &arena, &out, &err) < 0);
}

static void removing_a_tree_never_follows_a_link(void **state)
{
    (void)state;
    assert_int_equal(cpm_fs_mkdirs(below("keep/in"), 0755, NULL), 0);
    assert_int_equal(cpm_fs_mkdirs(below("gone/a/b/c"), 0755, NULL), 0);
    assert_int_equal(symlink("../keep", below("gone/link")), 0);
    assert_int_equal(cpm_fs_remove(below("gone"), NULL), 0);
    assert_false(cpm_fs_exists(below("gone")));
    assert_true(cpm_fs_is_dir(below("keep/in")));
    assert_int_equal(cpm_fs_remove(below("gone"), NULL), 0);
}

static void folders_are_made_with_their_parents(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;

    (void)state;
    assert_int_equal(cpm_fs_mkdirs(below("x/y/z"), 0755, NULL), 0);
    assert_int_equal(cpm_fs_mkdirs(below("x/y/z"), 0755, NULL), 0);
    assert_true(cpm_fs_is_dir(below("x/y/z")));
    assert_int_equal(cpm_fs_replace(below("f"), CPM_STR(""), 0, false, NULL), 0);
    assert_int_equal(cpm_fs_mkdirs(below("f/g"), 0755, &err), CPM_ENOTDIR);
}

static void a_failed_replacement_leaves_nothing_behind(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;

    (void)state;
    assert_int_equal(cpm_fs_mkdirs(below("d/full"), 0755, NULL), 0);
    assert_true(cpm_fs_replace(below("d/full"), CPM_STR("x"), 0644, false, &err) < 0);
    assert_int_equal(rmdir(below("d/full")), 0);
    assert_int_equal(rmdir(below("d")), 0);
}

/* What the file system of the test is, is up to the machine; both at once it cannot be. */
static void a_file_system_that_keeps_an_order_rests_no_inodes(void **state)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0 && proc >= 0);
    assert_false(cpm_fs_is_ordered(fd) && cpm_fs_rests_inodes(fd));
    assert_false(cpm_fs_is_ordered(proc) || cpm_fs_rests_inodes(proc));
    close(proc);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_replaced_reads_back_with_the_old_mode, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(replacing_through_a_link_keeps_the_link, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_file_over_the_limit_is_refused, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(removing_a_tree_never_follows_a_link, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(folders_are_made_with_their_parents, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_file_system_that_keeps_an_order_rests_no_inodes, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_failed_replacement_leaves_nothing_behind, make_dir,
                                        remove_dir),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
