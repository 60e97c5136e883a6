/* The commands of packages: where their links lead, and which are not made. */
#include "unit/install/scene.h"

static void a_workspace_is_a_relative_link_with_its_commands(void **state)
{
    struct stat st;

    (void)state;
    cpm_fs_mkdirs(at("p/packages/w"), 0755, NULL);
    cpm_fs_replace(at("p/packages/w/run.js"), CPM_STR("#!node\n"), 0644, false, NULL);
    lock_raw("node_modules/w", "\"resolved\":\"packages/w\",\"link\":true");
    lock_raw("packages/w", "\"name\":\"w\",\"version\":\"1.0.0\",\"bin\":{\"w\":\"run.js\"}");
    lock_package("packages/w/node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/w")), "../packages/w");
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/w")), "../w/run.js");
    assert_true(exists("p/packages/w/node_modules/a/package.json"));
    stat(at("p/packages/w/run.js"), &st);
    assert_int_equal(st.st_mode & 0111, 0111);
}

static void commands_that_lead_out_or_have_no_name_are_skipped(void **state)
{
    (void)state;
    cpm_fs_replace(at("p/outside.js"), CPM_STR("x"), 0644, false, NULL);
    lock_package("node_modules/direct", "direct", "1.0.0",
                 "\"bin\":{\"good\":\"cli.js\",\"\":\"cli.js\",\".\":\"cli.js\",\"..\":\"cli.js\","
                 "\"../../evil\":\"cli.js\",\"out\":\"../../outside.js\",\"gone\":\"none.js\","
                 "\"folder\":\"lib\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/good")),
                        "../direct/cli.js");
    assert_false(exists("p/node_modules/.bin/out"));
    assert_false(exists("p/node_modules/.bin/gone"));
    assert_false(exists("p/node_modules/.bin/folder"));
    assert_false(exists("p/evil"));
    assert_false(exists("evil"));
}

static void commands_that_shadow_the_path_need_a_direct_dependency(void **state)
{
    (void)state;
    lock_package("node_modules/direct", "direct", "1.0.0", "\"bin\":{\"npx\":\"cli.js\"}");
    lock_package("node_modules/deep", "deep", "1.0.0", "\"bin\":{\"node\":\"cli.js\"}");
    install_well();
    assert_true(exists("p/node_modules/.bin/npx"));
    assert_false(exists("p/node_modules/.bin/node"));
    assert_non_null(strstr(warnings, "deep: the command 'node'"));
}

static void of_two_packages_with_one_command_the_first_has_it(void **state)
{
    (void)state;
    lock_package("node_modules/z", "z", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    lock_package("node_modules/B", "B", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/x")), "../a/cli.js");
}

static void global_commands_do_not_replace_what_is_not_ours(void **state)
{
    (void)state;
    opts.global = true;
    opts.bin_dir = at("bin");
    cpm_fs_mkdirs(at("bin"), 0755, NULL);
    cpm_fs_replace(at("bin/foreign"), CPM_STR("x"), 0, false, NULL);
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"a\":\"cli.js\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("bin/a")), "../p/node_modules/a/cli.js");
    lock_package("node_modules/a", "a", "2.0.0", "\"bin\":{\"foreign\":\"cli.js\"}");
    assert_int_equal(install(), CPM_EEXIST);
    assert_string_equal(contents("bin/foreign"), "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_workspace_is_a_relative_link_with_its_commands),
        TEST(commands_that_lead_out_or_have_no_name_are_skipped),
        TEST(commands_that_shadow_the_path_need_a_direct_dependency),
        TEST(of_two_packages_with_one_command_the_first_has_it),
        TEST(global_commands_do_not_replace_what_is_not_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
