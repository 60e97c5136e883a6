#include "cli/config/expand.h"
#include "cli/config/nopt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct cpm_arena arena;
static unsigned invalid, unknown, abbreviated;

static void count_note(void *data, const struct cpm_nopt_note *note)
{
    (void)data;
    invalid += note->event == CPM_NOPT_INVALID;
    unknown += note->event == CPM_NOPT_UNKNOWN;
    abbreviated += note->event == CPM_NOPT_ABBREVIATED;
}

/* {options}[positional arguments] as one line of JSON. */
static const char *parsed(const char *command_line)
{
    const char *words[32];
    size_t count = 0;
    struct cpm_str rest = cpm_str(command_line), word;
    while (rest.len && cpm_str_split(&rest, ' ', &word))
        words[count++] = cpm_arena_strndup(&arena, word.ptr, word.len);
    struct cpm_nopt n = {.definitions = cpm_definitions,
                         .definition_count = cpm_definition_count,
                         .shorthands = cpm_shorthands,
                         .shorthand_count = cpm_shorthand_count,
                         .ctx = {.arena = &arena, .cwd = "/here", .home = "/home/me"},
                         .note = count_note};
    invalid = unknown = abbreviated = 0;
    assert_int_equal(cpm_nopt_parse(&n, words, count, NULL), 0);
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    struct cpm_value options = {.kind = CPM_VALUE_OBJECT, .fields = &n.options};
    struct cpm_value remain = cpm_value_list();
    for (int i = 0; i < n.remain_count; i++)
        cpm_value_push(&arena, &remain, cpm_value_str(&arena, cpm_str(n.remain[i])));
    cpm_value_json(&options, CPM_JSON_ONE_LINE, &out);
    cpm_value_json(&remain, CPM_JSON_ONE_LINE, &out);
    const char *copy = cpm_arena_strndup(&arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return copy;
}

static void a_flag_takes_no_word_but_true_and_false(void **state)
{
    (void)state;
    assert_string_equal(parsed("--json x"), "{\"json\":true}[\"x\"]");
    assert_string_equal(parsed("--json false x"), "{\"json\":false}[\"x\"]");
    assert_string_equal(parsed("--no-json true"), "{\"json\":false}[]");
    assert_string_equal(parsed("--no-no-json"), "{\"json\":true}[]");
}

static void a_text_key_takes_the_next_word(void **state)
{
    (void)state;
    assert_string_equal(parsed("--tag beta x"), "{\"tag\":\"beta\"}[\"x\"]");
    assert_string_equal(parsed("--tag=be=ta"), "{\"tag\":\"be=ta\"}[]");
    assert_string_equal(parsed("--tag --json"), "{\"tag\":\"\",\"json\":true}[]");
    assert_string_equal(parsed("--tag"), "{\"tag\":\"\"}[]");
    assert_string_equal(parsed("--call -- x"), "{\"call\":\"true\"}[\"x\"]");
}

static void lists_collect(void **state)
{
    (void)state;
    assert_string_equal(parsed("--omit dev --omit=peer"), "{\"omit\":[\"dev\",\"peer\"]}[]");
    assert_string_equal(parsed("--omit=dev --omit=nothing"), "{\"omit\":[\"dev\"]}[]");
    assert_int_equal(invalid, 1);
    assert_string_equal(parsed("--x=1 --x=2"), "{\"x\":[\"1\",\"2\"]}[]");
    assert_int_equal(unknown, 2);
}

static void values_become_their_type(void **state)
{
    (void)state;
    assert_string_equal(parsed("--depth=0x10 --fetch-retries 1e1"),
                        "{\"depth\":16,\"fetch-retries\":10}[]");
    assert_string_equal(parsed("--cache ~/c --userconfig=rel"),
                        "{\"cache\":\"/home/me/c\",\"userconfig\":\"/here/rel\"}[]");
    assert_string_equal(parsed("--registry=HTTP://Host.Example"),
                        "{\"registry\":\"http://host.example/\"}[]");
    assert_string_equal(parsed("--depth=deep --registry=x --umask=9z"), "{}[]");
    assert_int_equal(invalid, 3);
    assert_string_equal(parsed("--color always --color=false"), "{\"color\":false}[]");
    assert_string_equal(parsed("--umask=022 --init-version=v1.2.3"),
                        "{\"umask\":18,\"init-version\":\"1.2.3\"}[]");
}

static void letters_glue_together(void **state)
{
    (void)state;
    assert_string_equal(parsed("-gfD"), "{\"global\":true,\"force\":true,\"save-dev\":true}[]");
    assert_string_equal(parsed("-ws -iwr"),
                        "{\"workspaces\":true,\"include-workspace-root\":true}[]");
    assert_string_equal(parsed("-"), "{}[\"-\"]");
    assert_string_equal(parsed("-dd -q"), "{\"loglevel\":\"warn\"}[]");
    assert_string_equal(parsed("-C x"), "{\"prefix\":\"/here/x\"}[]");
}

static void an_unambiguous_beginning_is_enough(void **state)
{
    (void)state;
    assert_string_equal(parsed("--regis=http://a/"), "{\"registry\":\"http://a/\"}[]");
    assert_int_equal(abbreviated, 1);
    assert_string_equal(parsed("--fet"), "{\"fet\":true}[]");
    assert_int_equal(unknown, 1);
}

static void a_variable_is_replaced(void **state)
{
    static char a[] = "A=x", b[] = "B=${A}";
    static char *const environ_[] = {a, b, NULL};
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"${A}/y", "x/y"},  {"${B}", "${A}"},    {"${C}", "${C}"}, {"${C?}z", "z"},
        {"\\${A}", "${A}"}, {"\\\\${A}", "\\x"}, {"${}", "${}"},   {"$A{A}", "$A{A}"},
        {"${A", "${A"},     {"${A}${A}", "xx"},  {"a\\b", "a\\b"}, {"${A?}", "x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cpm_str got = cpm_env_expand(&arena, cpm_str(cases[i].text), environ_);
        assert_true(cpm_str_is(got, cases[i].expected));
    }
    assert_true(cpm_env_mentions(CPM_STR("a${C?}")));
    assert_false(cpm_env_mentions(CPM_STR("\\${A} $A ${")));
}

static void an_address_loses_all_but_host_and_folder(void **state)
{
    (void)state;
    assert_string_equal(cpm_nerf_dart(&arena, CPM_STR("https://u:p@Reg.Example:8080/a/b?c#d")),
                        "//reg.example:8080/a/");
    assert_string_equal(cpm_nerf_dart(&arena, CPM_STR("https://reg.example:443")),
                        "//reg.example/");
    assert_null(cpm_nerf_dart(&arena, CPM_STR("reg.example")));
    assert_true(cpm_str_is(cpm_nerf_host(CPM_STR("//h:1/a/:_authToken")), "h:1"));
}

static int release(void **state)
{
    (void)state;
    cpm_arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_takes_no_word_but_true_and_false),
        cmocka_unit_test(a_text_key_takes_the_next_word),
        cmocka_unit_test(lists_collect),
        cmocka_unit_test(values_become_their_type),
        cmocka_unit_test(letters_glue_together),
        cmocka_unit_test(an_unambiguous_beginning_is_enough),
        cmocka_unit_test(a_variable_is_replaced),
        cmocka_unit_test(an_address_loses_all_but_host_and_folder),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
