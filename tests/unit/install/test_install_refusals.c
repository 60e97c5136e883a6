/* What the installer does not take, and what it leaves alone. */
#include "unit/install/scene.h"

static void a_wrong_integrity_is_refused_before_anything_changes(void **state)
{
    (void)state;
    tarball("a", "1.0.0", "", NULL, 0);
    lock_raw(
        "node_modules/a",
        "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\",\"integrity\":\"sha512-"
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
        "\"");
    assert_int_equal(install(), CPM_EINTEGRITY);
    assert_false(exists("p/node_modules"));
}

static void a_missing_integrity_is_recorded_or_refused(void **state)
{
    (void)state;
    tarball("a", "1.0.0", "", NULL, 0);
    lock_raw("node_modules/a", "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\"");
    install_well();
    assert_true(cpm_str_starts(req.ideal->entries[1].integrity, "sha512-"));
    opts.require_integrity = true;
    opts.clean = true;
    lock_raw("node_modules/a", "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\"");
    assert_int_equal(install(), CPM_EINTEGRITY);
}

static void an_archive_of_another_package_is_refused(void **state)
{
    const char *integrity;

    (void)state;
    integrity = tarball("evil", "6.6.6", "", NULL, 0);
    lock_raw("node_modules/a",
             cpm_arena_printf(&arena,
                              "\"version\":\"1.0.0\",\"resolved\":\"file:evil-6.6.6.tgz\","
                              "\"integrity\":\"%s\"",
                              integrity));
    assert_int_equal(install(), CPM_EINTEGRITY);
    assert_non_null(strstr(req.err.text, "evil@6.6.6"));
}

static void an_optional_package_that_cannot_be_had_is_left_out(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_raw("node_modules/o",
             "\"version\":\"1.0.0\",\"resolved\":\"file:none.tgz\",\"optional\":true");
    install_well();
    assert_version("a", "1.0.0");
    assert_false(exists("p/node_modules/o"));
    assert_null(strstr(contents("p/node_modules/.package-lock.json"), "node_modules/o\""));
}

static void a_folder_behind_a_linked_node_modules_is_not_touched(void **state)
{
    (void)state;
    cpm_fs_mkdirs(at("user/a"), 0755, NULL);
    cpm_fs_replace(at("user/a/mine"), CPM_STR("x"), 0, false, NULL);
    assert_int_equal(symlink("../user", at("p/node_modules")), 0);
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_string_equal(contents("user/a/mine"), "x");
    assert_false(exists("user/a/package.json"));
    assert_false(exists("user/.cpm"));
}

static void a_folder_behind_a_linked_package_or_scope_is_not_touched(void **state)
{
    (void)state;
    cpm_fs_mkdirs(at("user/b"), 0755, NULL);
    cpm_fs_mkdirs(at("p/node_modules"), 0755, NULL);
    assert_int_equal(symlink("../../user", at("p/node_modules/a")), 0);
    assert_int_equal(symlink("../../user", at("p/node_modules/@s")), 0);
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/@s/b", "b", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_version("@s/b", "1.0.0");
    assert_false(exists("user/package.json"));
    assert_false(exists("user/b/package.json"));
    assert_true(exists("user/b"));
}

static void a_changed_store_is_noticed_and_fetched_anew(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    usleep(30000);
    /* A hard link: the store's file is changed with it. */
    {
        int fd = open(at("p/node_modules/a/lib/x.js"), O_WRONLY);

        assert_int_equal(write(fd, "!", 1), 1);
        close(fd);
    }
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_string_equal(contents("p/node_modules/a/lib/x.js"), "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wrong_integrity_is_refused_before_anything_changes),
        TEST(a_missing_integrity_is_recorded_or_refused),
        TEST(an_archive_of_another_package_is_refused),
        TEST(an_optional_package_that_cannot_be_had_is_left_out),
        TEST(a_folder_behind_a_linked_node_modules_is_not_touched),
        TEST(a_folder_behind_a_linked_package_or_scope_is_not_touched),
        TEST(a_changed_store_is_noticed_and_fetched_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
