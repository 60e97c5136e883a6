/* What an ended, a killed and a running installation leave for the next. */
#include "unit/install/scene.h"

/* What a killed run leaves: a journal, a stage, temporaries, an old tree. */
static void a_run_after_a_kill_reads_the_folders_and_leaves_no_litter(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    cpm_fs_mkdirs(at("p/node_modules/.cpm/stage/7/node_modules/x"), 0755, NULL);
    cpm_fs_replace(at("p/node_modules/.cpm/journal"), CPM_STR("cpm-journal 1 0\nnode_modules/b"), 0,
                   false, NULL);
    cpm_fs_replace(at("p/.package.json.99999999.abcd.cpm-tmp"), CPM_STR("x"), 0, false, NULL);
    unlink(at("p/node_modules/a/package.json"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_version("b", "1.0.0");
    assert_no_litter();
    assert_false(exists("p/.package.json.99999999.abcd.cpm-tmp"));
}

static void the_state_file_answers_until_something_changes(void **state)
{
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"a\":\"cli.js\"}");
    install_well();
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_int_equal(cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR("two\nlines"), NULL),
                     0);
    assert_true(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_true(cpm_str_is(note, "two\nlines"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("other"), &arena, &note));
    usleep(30000);
    unlink(at("p/node_modules/.bin/a"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
}

static void a_run_that_fails_leaves_the_answer_of_the_state_file(void **state)
{
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR(""), NULL);
    lock_raw("node_modules/a", "\"version\":\"9.0.0\",\"resolved\":\"file:none.tgz\"");
    assert_true(install() < 0);
    assert_true(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_version("a", "1.0.0");
    assert_no_litter();
}

/* An installation of before a power cut whose folders were not on the disk, and one that lost a
 * file by it. */
static void a_tree_that_a_power_cut_may_have_taken_apart_is_looked_at_again(void **state)
{
    const struct timespec other_boot[2] = {{.tv_sec = 12345}, {.tv_sec = 12345}};
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR(""), NULL);
    assert_true(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    utimensat(AT_FDCWD, at("p/node_modules/.cpm/settled"), other_boot, 0);
    unlink(at("p/node_modules/a/package.json"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
}

static void a_run_waits_for_another_one(void **state)
{
    int fd = open(at("p"), O_RDONLY | O_DIRECTORY);
    pid_t child;

    (void)state;
    assert_int_equal(flock(fd, LOCK_EX), 0);
    child = fork();
    if (child == 0) {
        usleep(800000);
        _exit(0); /* the lock is shared with the parent's descriptor */
    }
    lock_package("node_modules/a", "a", "1.0.0", "");
    close(fd);
    install_well();
    assert_non_null(strstr(warnings, "another cpm works"));
    assert_version("a", "1.0.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_after_a_kill_reads_the_folders_and_leaves_no_litter),
        TEST(the_state_file_answers_until_something_changes),
        TEST(a_run_that_fails_leaves_the_answer_of_the_state_file),
        TEST(a_tree_that_a_power_cut_may_have_taken_apart_is_looked_at_again),
        TEST(a_run_waits_for_another_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
