/* The installer from a lock to a tree, with tarballs from files. */
#include "unit/install/scene.h"

static void packages_stand_where_the_lock_says(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/@s/b", "@s-b", "1.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "2.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 3);
    assert_version("a", "1.0.0");
    assert_version("@s/b", "1.0.0");
    assert_version("a/node_modules/c", "2.0.0");
    assert_true(exists("p/node_modules/.package-lock.json"));
    assert_no_litter();
}

static void files_are_hard_links_of_the_store(void **state)
{
    struct stat st;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/lib/x.js"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
}

static void the_copy_method_and_copy_locations_give_files_of_their_own(void **state)
{
    const struct cpm_str own = CPM_STR("node_modules/b");
    struct stat st;

    (void)state;
    opts.copy_locations = &own;
    opts.copy_count = 1;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "\"bin\":{\"b\":\"cli.js\"}");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
    assert_int_equal(stat(at("p/node_modules/b/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(st.st_mode & 0100, 0100);
    opts.method = CPM_LINK_COPY;
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 1);
}

static void a_second_run_changes_nothing(void **state)
{
    struct stat before, after;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/a"), &before);
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/a"), &after);
    assert_int_equal(req.change_count, 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void an_upgrade_replaces_only_what_changed_and_keeps_what_is_nested(void **state)
{
    struct stat before, after;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/b"), &before);
    lock_package("node_modules/a", "a", "2.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/b"), &after);
    assert_int_equal(req.change_count, 1);
    assert_int_equal(req.changes[0].type, CPM_CHANGE_UPDATE);
    assert_true(cpm_str_is(req.changes[0].old_version, "1.0.0"));
    assert_version("a", "2.0.0");
    assert_version("a/node_modules/c", "1.0.0");
    assert_int_equal(before.st_ino, after.st_ino);
    assert_no_litter();
}

static void what_left_the_lock_is_removed_with_empty_folders_and_links(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/a/node_modules/d", "d", "1.0.0", "\"bin\":{\"d\":\"cli.js\"}");
    lock_package("node_modules/@s/b", "b", "1.0.0", "\"bin\":{\"b\":\"cli.js\"}");
    install_well();
    assert_true(exists("p/node_modules/.bin/b"));
    assert_true(exists("p/node_modules/a/node_modules/.bin/d"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 2);
    assert_false(exists("p/node_modules/@s"));
    assert_false(exists("p/node_modules/.bin"));
    assert_false(exists("p/node_modules/a/node_modules"));
    assert_true(exists("p/node_modules/a"));
}

static void a_stray_package_is_removed_and_a_changed_one_put_right(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    usleep(30000);
    cpm_fs_mkdirs(at("p/node_modules/stray"), 0755, NULL);
    unlink(at("p/node_modules/a/cli.js"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_false(exists("p/node_modules/stray"));
    assert_true(exists("p/node_modules/a/cli.js"));
}

static void clean_empties_node_modules_first(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_fs_replace(at("p/node_modules/file"), CPM_STR("x"), 0, false, NULL);
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_false(exists("p/node_modules/file"));
    assert_version("a", "1.0.0");
    assert_int_equal(req.change_count, 1);
    assert_no_litter();
}

static void omitted_groups_and_inert_entries_are_not_installed(void **state)
{
    static const char *const omit[] = {"dev", NULL};

    (void)state;
    opts.omit = omit;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/d", "d", "1.0.0", "\"dev\":true");
    lock_package("node_modules/do", "do", "1.0.0", "\"devOptional\":true");
    install_well();
    assert_false(exists("p/node_modules/d"));
    assert_true(exists("p/node_modules/do"));
}

static void a_bundled_package_comes_with_its_owner_and_stays(void **state)
{
    static const struct file files[] = {
        {"node_modules/in/package.json", "{\"name\":\"in\",\"version\":\"1.0.0\"}"}};
    const char *integrity = tarball("a", "1.0.0", "", files, 1);

    (void)state;
    for (int round = 0; round < 2; round++) {
        lock_raw("node_modules/a",
                 cpm_arena_printf(&arena,
                                  "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\","
                                  "\"integrity\":\"%s\",\"bundleDependencies\":[\"in\"]",
                                  integrity));
        lock_raw("node_modules/a/node_modules/in", "\"version\":\"1.0.0\",\"inBundle\":true");
        install_well();
        assert_version("a/node_modules/in", "1.0.0");
    }
    assert_int_equal(req.change_count, 0);
}

static void a_dry_run_tells_and_changes_nothing(void **state)
{
    (void)state;
    opts.dry_run = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 1);
    assert_false(exists("p/node_modules"));
}

static void an_empty_project_gets_no_node_modules(void **state)
{
    (void)state;
    install_well();
    assert_false(exists("p/node_modules"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packages_stand_where_the_lock_says),
        TEST(files_are_hard_links_of_the_store),
        TEST(the_copy_method_and_copy_locations_give_files_of_their_own),
        TEST(a_second_run_changes_nothing),
        TEST(an_upgrade_replaces_only_what_changed_and_keeps_what_is_nested),
        TEST(what_left_the_lock_is_removed_with_empty_folders_and_links),
        TEST(a_stray_package_is_removed_and_a_changed_one_put_right),
        TEST(clean_empties_node_modules_first),
        TEST(omitted_groups_and_inert_entries_are_not_installed),
        TEST(a_bundled_package_comes_with_its_owner_and_stays),
        TEST(a_dry_run_tells_and_changes_nothing),
        TEST(an_empty_project_gets_no_node_modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
