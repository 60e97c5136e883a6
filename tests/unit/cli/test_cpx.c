#include "cli/cpx.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The words behind "exec", joined by blanks; what was passed over stands in brackets. */
static void expect(const char *line, const char *wanted)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_buf text = CPM_BUF_INIT(4096);
    struct cpm_str rest = cpm_str(line), word;
    char *argv[32] = {cpm_arena_strndup(&arena, "cpx", 3)};
    struct cpm_cpx cpx;
    int argc = 1;

    while (cpm_str_split(&rest, ' ', &word))
        argv[argc++] = cpm_arena_strndup(&arena, word.ptr, word.len);
    cpm_cpx_read(&arena, argc, argv, &cpx);
    assert_string_equal(cpx.argv[1], "exec");
    for (int i = 2; i < cpx.argc; i++)
        cpm_buf_addf(&text, "%s%s", i > 2 ? " " : "", cpx.argv[i]);
    for (size_t i = 0; cpx.removed[i]; i++)
        cpm_buf_addf(&text, " [%s]", cpx.removed[i]);
    assert_string_equal(cpm_buf_text(&text), wanted);
    cpm_buf_release(&text);
    cpm_arena_release(&arena);
}

static void what_stands_behind_the_command_is_the_commands(void **state)
{
    (void)state;
    expect("tool -y --silent x", "-- tool -y --silent x");
    expect("-y tool -p x", "--yes -- tool -p x");
    expect("-y -- tool -p", "--yes -- tool -p");
}

static void options_take_their_values_along(void **state)
{
    (void)state;
    expect("-p a --package b tool", "--package a --package b -- tool");
    expect("-p=a tool", "--package=a -- tool");
    expect("-c x", "--call x");
    expect("--shell bash tool", "--script-shell bash -- tool");
    expect("-q tool", "--loglevel warn -- tool");
    expect("--foreground-scripts tool x", "--foreground-scripts -- tool x");
    expect("--unknown tool x", "--unknown tool -- x");
}

static void old_options_of_npx_are_passed_over(void **state)
{
    (void)state;
    expect("--no-install tool", "--yes=false -- tool");
    expect("--ignore-existing tool", "-- tool [ignore-existing]");
    expect("-n x tool", "-- tool [n]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_behind_the_command_is_the_commands),
        cmocka_unit_test(options_take_their_values_along),
        cmocka_unit_test(old_options_of_npx_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
