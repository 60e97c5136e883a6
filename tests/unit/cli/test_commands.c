#include "cli/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char *name_of(const char *typed)
{
    const struct cpm_command *c = cpm_command_find(typed);
    return c ? c->name : "none";
}

static void a_command_has_names_aliases_and_beginnings(void **state)
{
    (void)state;
    assert_string_equal(name_of("run"), "run");
    assert_string_equal(name_of("run-script"), "run");
    assert_string_equal(name_of("runScript"), "run");
    assert_string_equal(name_of("hel"), "none"); /* help and help-search */
    assert_string_equal(name_of("conf"), "config");
    assert_string_equal(name_of("c"), "config");
    assert_string_equal(name_of("resta"), "restart");
    assert_string_equal(name_of(""), "none");
    assert_string_equal(name_of("nothing-of-the-kind"), "none");
}

static void every_name_leads_to_its_own_row(void **state)
{
    (void)state;
    for (const struct cpm_command *c = cpm_commands; c->name; c++) {
        struct cpm_str rest = cpm_str(c->aliases), alias;
        char word[64];
        assert_ptr_equal(cpm_command_find(c->name), c);
        while (rest.len && cpm_str_split(&rest, ' ', &alias)) {
            snprintf(word, sizeof(word), "%.*s", CPM_STR_ARG(alias));
            assert_ptr_equal(cpm_command_find(word), c);
        }
    }
}

static void an_edit_distance_counts_changes(void **state)
{
    (void)state;
    assert_int_equal(cpm_edit_distance("", "abc"), 3);
    assert_int_equal(cpm_edit_distance("kitten", "sitting"), 3);
    assert_int_equal(cpm_edit_distance("run", "run"), 0);
    assert_true(cpm_word_close("instal2", "install"));
    assert_false(cpm_word_close("rn", "run-it"));
}

static void near_commands_and_scripts_are_named(void **state)
{
    static const char *const scripts[] = {"lint", "test", NULL};
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    (void)state;
    cpm_unknown_command(&out, "confgi", scripts);
    assert_string_equal(cpm_buf_text(&out),
                        "Unknown command: \"confgi\"\n\n\nDid you mean this?\n"
                        "  cpm config # Manage the cpm configuration files\n"
                        "To see a list of supported cpm commands, run:\n  cpm help");
    cpm_buf_clear(&out);
    cpm_unknown_command(&out, "lnt", scripts);
    assert_non_null(strstr(cpm_buf_text(&out), "cpm run lint # run the \"lint\" package script"));
    cpm_buf_clear(&out);
    cpm_unknown_command(&out, "zzzzzz", scripts);
    assert_null(strstr(cpm_buf_text(&out), "Did you mean"));
    cpm_buf_release(&out);
}

static void help_names_options_and_aliases(void **state)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    (void)state;
    cpm_command_usage(cpm_command_find("root"), &out);
    assert_string_equal(cpm_buf_text(&out),
                        "Display cpm root\n\nUsage:\ncpm root\n\nOptions:\n[-g|--global]\n\n"
                        "  -g|--global\n"
                        "    Work on the global packages instead of the project's.\n\n\n"
                        "Run \"cpm help root\" for more info");
    cpm_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_has_names_aliases_and_beginnings),
        cmocka_unit_test(every_name_leads_to_its_own_row),
        cmocka_unit_test(an_edit_distance_counts_changes),
        cmocka_unit_test(near_commands_and_scripts_are_named),
        cmocka_unit_test(help_names_options_and_aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
