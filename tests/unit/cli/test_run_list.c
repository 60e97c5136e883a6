#include "cli/run_list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct cpm_script_package package_of(const char *json)
{
    struct cpm_script_package p = {.path = "/p"};
    struct cpm_error err;
    assert_int_equal(cpm_json_parse(cpm_str(json), "package.json", 0, &p.json, &err), 0);
    p.name = cpm_json_get_str(p.json, "name");
    p.id = "a@1.0.0";
    return p;
}

static void assert_list(const char *json, const char *text)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    struct cpm_script_package p = package_of(json);
    assert_int_equal(cpm_run_list_text(&p, false, &out), *text != '\0');
    assert_string_equal(cpm_buf_text(&out), text);
    cpm_buf_release(&out);
    cpm_script_package_release(&p);
}

static void lifecycle_scripts_are_listed_before_the_others(void **state)
{
    (void)state;
    assert_list("{\"scripts\": {\"x\": \"ex\", \"test\": \"te\", \"pretest\": \"pt\"}}",
                "Lifecycle scripts included in a@1.0.0:\n  test\n    te\n  pretest\n    pt\n"
                "available via `cpm run`:\n  x\n    ex\n");
    assert_list("{\"scripts\": {\"x\": \"ex\"}}",
                "Scripts available in a@1.0.0 via `cpm run`:\n  x\n    ex\n");
    assert_list("{}", "");
}

static void a_script_cannot_write_to_the_terminal(void **state)
{
    (void)state;
    assert_list("{\"scripts\": {\"x\": \"\\u001b[2J\"}}",
                "Scripts available in a@1.0.0 via `cpm run`:\n  x\n    ^[[2J\n");
}

static void parseable_lines_name_the_workspace(void **state)
{
    (void)state;
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    struct cpm_script_package p = package_of("{\"scripts\": {\"x\": \"a b\", \"y\": \"c\"}}");
    assert_true(cpm_run_list_parseable(&p, NULL, &out));
    assert_string_equal(cpm_buf_text(&out), "x:a b\ny:c\n");
    cpm_buf_clear(&out);
    cpm_run_list_parseable(&p, "w", &out);
    assert_string_equal(cpm_buf_text(&out), "w:x:a b\nw:y:c\n");
    cpm_buf_release(&out);
    cpm_script_package_release(&p);
}

static void a_missing_script_names_near_ones_and_how_to_list(void **state)
{
    (void)state;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_script_package p =
        package_of("{\"scripts\": {\"build\": \"x\"}, \"bin\": {\"builder\": \"b.js\"}}");
    assert_int_equal(cpm_run_missing(&p, "buildd", NULL, &err), CPM_ENOSCRIPT);
    assert_string_equal(err.text,
                        "Missing script: \"buildd\"\n\nDid you mean one of these?\n"
                        "  cpm run build # run the \"build\" package script\n"
                        "  cpm exec builder # run the \"builder\" command from either this or a "
                        "remote npm package\n\nTo see a list of scripts, run:\n  cpm run");
    cpm_run_missing(&p, "zzzzzz", "w@1.0.0", &err);
    assert_string_equal(err.text, "Missing script: \"zzzzzz\"\n\nTo see a list of scripts, run:\n"
                                  "  cpm run --workspace=w@1.0.0");
    cpm_script_package_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifecycle_scripts_are_listed_before_the_others),
        cmocka_unit_test(a_script_cannot_write_to_the_terminal),
        cmocka_unit_test(parseable_lines_name_the_workspace),
        cmocka_unit_test(a_missing_script_names_near_ones_and_how_to_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
