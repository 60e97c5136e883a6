#include "install/write_plan.h"

#include "unit/install/tarball.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct cpm_buf tar;
static struct cpm_arena arena;
static struct cpm_write_plan plan;
static struct cpm_error err;

static int begin(void **state)
{
    (void)state;
    cpm_buf_init(&tar, 256u << 20);
    cpm_arena_init(&arena);
    plan = (struct cpm_write_plan){.file_count = 0};
    err = (struct cpm_error)CPM_ERROR_INIT;
    tar_file(&tar, "package/package.json", "{}");
    return 0;
}

static int end(void **state)
{
    (void)state;
    cpm_write_plan_release(&plan);
    cpm_buf_release(&tar);
    cpm_arena_release(&arena);
    return 0;
}

static int build(bool strict)
{
    return cpm_write_plan_build(cpm_buf_str(&tar), strict, &arena, &plan, &err);
}

static void assert_refused(const char *words)
{
    tar_end(&tar);
    assert_int_equal(build(false), CPM_EBADARCHIVE);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    assert_int_equal(plan.file_count, 0);
}

static void an_entry_with_dotdot_refuses_the_archive_and_is_named(void **state)
{
    (void)state;
    tar_file(&tar, "package/../../../etc/x", "evil");
    assert_refused("'package/../../../etc/x' of the archive leads out");
}

static void dotdot_in_front_is_no_first_part_to_strip(void **state)
{
    (void)state;
    tar_file(&tar, "../x", "evil");
    assert_refused("leads out");
}

static void an_absolute_name_is_refused(void **state)
{
    (void)state;
    tar_file(&tar, "/etc/x", "evil");
    assert_refused("absolute");
}

static void links_and_devices_are_dropped_and_counted(void **state)
{
    static const struct tar_header entries[] = {
        {.type = '2', .name = "package/leak", .target = "/etc/passwd"},
        {.type = '1', .name = "package/hard", .target = "/etc/passwd"},
        {.type = '1', .name = "package/hard2", .target = "../../x"},
        {.type = '3', .name = "package/dev"},
        {.type = '6', .name = "package/fifo"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        tar_add(&tar, &entries[i]);
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_int_equal(plan.dropped, 5);
    assert_int_equal(plan.file_count, 1);
}

static void strict_tar_refuses_a_link(void **state)
{
    (void)state;
    tar_add(&tar, &(struct tar_header){.type = '2', .name = "package/l", .target = "x"});
    tar_end(&tar);
    assert_int_equal(build(true), CPM_EBADARCHIVE);
}

static void a_file_through_a_linked_folder_stays_inside(void **state)
{
    (void)state;
    tar_add(&tar, &(struct tar_header){.type = '2', .name = "package/d", .target = "/tmp"});
    tar_file(&tar, "package/d/x", "inside");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_non_null(cpm_write_plan_find(&plan, CPM_STR("d/x")));
}

static void a_link_and_then_a_file_of_its_name_gives_the_file(void **state)
{
    (void)state;
    tar_add(&tar, &(struct tar_header){.type = '2', .name = "package/f", .target = "/tmp/x"});
    tar_file(&tar, "package/f", "inside");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_true(cpm_str_is(cpm_write_plan_find(&plan, CPM_STR("f"))->data, "inside"));
}

static void of_the_mode_only_the_x_bits_count(void **state)
{
    static const struct {
        const char *name;
        unsigned mode;
        bool executable;
    } cases[] = {{"package/suid", 06755, true},
                 {"package/all", 0777, true},
                 {"package/owner", 0744, true},
                 {"package/plain", 0666, false}};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        tar_add(&tar,
                &(struct tar_header){.type = '0', .name = cases[i].name, .mode = cases[i].mode});
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            cpm_write_plan_find(&plan, cpm_str(cases[i].name + strlen("package/")))->executable,
            cases[i].executable);
}

static void two_different_files_of_one_name_are_refused(void **state)
{
    (void)state;
    tar_file(&tar, "package/package.json", "{\"name\":\"other\"}");
    assert_refused("'package.json' of the archive is there twice");
}

static void the_same_bytes_twice_are_one_file(void **state)
{
    (void)state;
    tar_file(&tar, "package/./package.json", "{}");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_int_equal(plan.file_count, 1);
}

static void a_file_cannot_be_a_folder_too(void **state)
{
    (void)state;
    tar_file(&tar, "package/a", "file");
    tar_file(&tar, "package/a/b", "below");
    assert_refused("'a' of the archive is a file and a folder");
}

static void a_folder_cannot_become_a_file(void **state)
{
    (void)state;
    tar_file(&tar, "package/a/b", "below");
    tar_file(&tar, "package/a", "file");
    assert_refused("'a' of the archive is a file and a folder");
}

static void control_bytes_in_a_name_are_refused(void **state)
{
    static const char *const names[] = {"package/a\x1b[31m", "package/a\rb", "package/a\nb"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct cpm_buf one = CPM_BUF_INIT(1 << 20);

        tar_file(&one, names[i], "x");
        tar_end(&one);
        assert_int_equal(cpm_write_plan_build(cpm_buf_str(&one), false, &arena, &plan, &err),
                         CPM_EBADARCHIVE);
        assert_non_null(strstr(err.text, "control bytes"));
        cpm_buf_release(&one);
    }
}

static void backslashes_are_counted(void **state)
{
    (void)state;
    tar_file(&tar, "package/..\\..\\win.js", "x");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_int_equal(plan.backslashes, 1);
}

static void a_nul_byte_in_a_pax_name_is_refused(void **state)
{
    (void)state;
    tar_pax(&tar, "path", cpm_str_n("package/a\0evil", 14));
    tar_file(&tar, "package/short", "x");
    assert_refused("NUL");
}

static void a_long_pax_name_counts(void **state)
{
    (void)state;
    tar_pax(&tar, "path", CPM_STR("package/lib/\xc3\xa4.js"));
    tar_file(&tar, "package/short", "x");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_non_null(cpm_write_plan_find(&plan, CPM_STR("lib/\xc3\xa4.js")));
    assert_null(cpm_write_plan_find(&plan, CPM_STR("short")));
}

static void a_header_with_a_wrong_checksum_is_refused(void **state)
{
    size_t at = tar.len;

    (void)state;
    tar_file(&tar, "package/a", "x");
    tar.ptr[at + 148] ^= 1;
    assert_refused("damaged");
}

static void a_size_past_the_end_is_refused(void **state)
{
    (void)state;
    tar_add(&tar, &(struct tar_header){
                      .type = '0', .name = "package/a", .data = CPM_STR("x"), .size = 1 << 30});
    assert_refused("'package/a'");
}

static void a_part_of_256_bytes_is_refused(void **state)
{
    struct cpm_buf name = CPM_BUF_INIT(1024);

    (void)state;
    cpm_buf_add_text(&name, "package/");
    for (int i = 0; i < 256; i++)
        cpm_buf_add_char(&name, 'n');
    tar_pax(&tar, "path", cpm_buf_str(&name));
    tar_file(&tar, "package/x", "x");
    assert_refused("too long");
    cpm_buf_release(&name);
}

static void a_path_of_1200_levels_is_refused(void **state)
{
    struct cpm_buf name = CPM_BUF_INIT(8192);

    (void)state;
    for (int i = 0; i < 1200; i++)
        cpm_buf_add_text(&name, "d/");
    cpm_buf_add_text(&name, "f");
    tar_pax(&tar, "path", cpm_buf_str(&name));
    tar_file(&tar, "package/x", "x");
    assert_refused("too deep");
    cpm_buf_release(&name);
}

static void an_archive_without_end_marker_is_read(void **state)
{
    (void)state;
    assert_int_equal(build(false), 0);
    assert_int_equal(plan.file_count, 1);
}

static void an_archive_without_package_json_is_refused(void **state)
{
    struct cpm_buf one = CPM_BUF_INIT(1 << 20);

    (void)state;
    tar_file(&one, "package/a", "x");
    tar_end(&one);
    assert_int_equal(cpm_write_plan_build(cpm_buf_str(&one), false, &arena, &plan, &err),
                     CPM_EBADARCHIVE);
    assert_non_null(strstr(err.text, "no package.json"));
    cpm_buf_clear(&one);
    tar_end(&one);
    assert_int_equal(cpm_write_plan_build(cpm_buf_str(&one), false, &arena, &plan, &err),
                     CPM_EBADARCHIVE);
    cpm_buf_release(&one);
    assert_int_equal(
        cpm_write_plan_build(CPM_STR("<html>no tar</html>"), false, &arena, &plan, &err),
        CPM_EBADARCHIVE);
}

static void the_first_part_is_stripped_whatever_its_name(void **state)
{
    (void)state;
    tar_file(&tar, "other/lib/a.js", "x");
    tar_file(&tar, "beside.txt", "left out, as npm does");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_non_null(cpm_write_plan_find(&plan, CPM_STR("lib/a.js")));
    assert_int_equal(plan.file_count, 2);
}

static void a_gitignore_is_unpacked_as_npmignore_unless_there_is_one(void **state)
{
    (void)state;
    tar_file(&tar, "package/.gitignore", "git");
    tar_file(&tar, "package/.npmignore", "npm");
    tar_file(&tar, "package/a/.gitignore", "git");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    assert_true(cpm_str_is(cpm_write_plan_find(&plan, CPM_STR(".npmignore"))->data, "npm"));
    assert_true(cpm_str_is(cpm_write_plan_find(&plan, CPM_STR("a/.npmignore"))->data, "git"));
    assert_null(cpm_write_plan_find(&plan, CPM_STR("a/.gitignore")));
}

static void more_than_200000_entries_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i <= CPM_PLAN_ENTRIES_MAX; i++)
        tar_add(&tar, &(struct tar_header){.type = '5', .name = "package/d"});
    assert_refused("more than 200000 entries");
}

static void a_command_is_executable_and_its_first_line_ends_in_lf(void **state)
{
    const struct cpm_write_file *file;

    (void)state;
    tar_file(&tar, "package/cli.js", "#!/usr/bin/env node\r\nx\r\n");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    cpm_write_plan_make_bin(&plan, CPM_STR("cli.js"));
    cpm_write_plan_make_bin(&plan, CPM_STR("cli.js"));
    cpm_write_plan_make_bin(&plan, CPM_STR("missing.js"));
    file = cpm_write_plan_find(&plan, CPM_STR("cli.js"));
    assert_true(file->executable);
    assert_int_equal(file->cut, 19);
}

static void files_are_grouped_by_folder_and_parents_come_first(void **state)
{
    (void)state;
    tar_file(&tar, "package/x/y/1", "");
    tar_file(&tar, "package/a", "");
    tar_file(&tar, "package/x/2", "");
    tar_file(&tar, "package/x/y/3", "");
    tar_end(&tar);
    assert_int_equal(build(false), 0);
    for (uint32_t i = 1; i < plan.file_count; i++)
        assert_true(plan.files[i].dir >= plan.files[i - 1].dir);
    assert_int_equal(plan.dir_count, 3);
    assert_true(cpm_str_is(plan.dirs[1].path, "x"));
    assert_true(cpm_str_is(plan.dirs[2].path, "x/y"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_with_dotdot_refuses_the_archive_and_is_named),
        TEST(dotdot_in_front_is_no_first_part_to_strip),
        TEST(an_absolute_name_is_refused),
        TEST(links_and_devices_are_dropped_and_counted),
        TEST(strict_tar_refuses_a_link),
        TEST(a_file_through_a_linked_folder_stays_inside),
        TEST(a_link_and_then_a_file_of_its_name_gives_the_file),
        TEST(of_the_mode_only_the_x_bits_count),
        TEST(two_different_files_of_one_name_are_refused),
        TEST(the_same_bytes_twice_are_one_file),
        TEST(a_file_cannot_be_a_folder_too),
        TEST(a_folder_cannot_become_a_file),
        TEST(control_bytes_in_a_name_are_refused),
        TEST(backslashes_are_counted),
        TEST(a_nul_byte_in_a_pax_name_is_refused),
        TEST(a_long_pax_name_counts),
        TEST(a_header_with_a_wrong_checksum_is_refused),
        TEST(a_size_past_the_end_is_refused),
        TEST(a_part_of_256_bytes_is_refused),
        TEST(a_path_of_1200_levels_is_refused),
        TEST(an_archive_without_end_marker_is_read),
        TEST(an_archive_without_package_json_is_refused),
        TEST(the_first_part_is_stripped_whatever_its_name),
        TEST(a_gitignore_is_unpacked_as_npmignore_unless_there_is_one),
        TEST(more_than_200000_entries_are_refused),
        TEST(a_command_is_executable_and_its_first_line_ends_in_lf),
        TEST(files_are_grouped_by_folder_and_parents_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
