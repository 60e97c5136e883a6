#include "base/json.h"

#include "base/jsonread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct cpm_json *parsed(const char *text, unsigned flags)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *doc = NULL;

    if (cpm_json_parse(cpm_str(text), "x.json", flags, &doc, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static void assert_refused(const char *text, const char *words)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *doc = NULL;

    assert_int_equal(cpm_json_parse(cpm_str(text), "x.json", 0, &doc, &err), CPM_EJSONPARSE);
    assert_string_equal(err.text, words);
    assert_null(doc);
}

static void assert_written(const char *text, const char *indent, const char *expected)
{
    struct cpm_json *doc = parsed(text, 0);
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);

    cpm_json_write(doc, cpm_str(indent), CPM_STR("\n"), &out);
    assert_string_equal(cpm_buf_text(&out), expected);
    cpm_buf_release(&out);
    cpm_json_free(doc);
}

static void faults_are_named_with_file_line_and_column(void **state)
{
    (void)state;
    assert_refused("", "x.json:1:1: unexpected end of JSON input");
    assert_refused("{\n  \"a\": 1,\n}", "x.json:3:1: expected a key in double quotes");
    assert_refused("{\"a\" 1}", "x.json:1:6: expected ':' after a key");
    assert_refused("[1 2]", "x.json:1:4: expected ',' or ']'");
    assert_refused("[1,]", "x.json:1:4: unexpected token");
    assert_refused("{} x", "x.json:1:4: unexpected text after the end of the JSON");
    assert_refused("\"\xC3\xA9\n\"", "x.json:1:3: control character in a string");
    assert_refused("nul", "x.json:1:1: unexpected token");
    assert_refused("01", "x.json:1:1: bad number");
    assert_refused("\"a", "x.json:1:3: unexpected end of JSON input in a string");
}

static void identity_tricks_are_refused(void **state)
{
    (void)state;
    assert_refused("\"good\\u0000evil\"", "x.json:1:6: NUL escape in a string");
    assert_refused("\"\xC0\xAF\"", "x.json:1:2: invalid UTF-8 in a string");
    assert_refused("\"\xED\xA0\x80\"", "x.json:1:2: invalid UTF-8 in a string");
    assert_refused("\"\xF4\x90\x80\x80\"", "x.json:1:2: invalid UTF-8 in a string");
    assert_refused("{\"a\": 1, \"\\u0061\": 2}", "x.json:1:19: duplicate key");
    assert_refused("{\"a\":1,\n \"b\":{\"c\":1,\"c\":2}}", "x.json:2:13: duplicate key");
}

static void a_duplicate_among_many_keys_is_found(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);

    (void)state;
    cpm_buf_add_char(&text, '{');
    for (int i = 0; i < 1000; i++)
        cpm_buf_addf(&text, "\"k%d\": %d,\n", i, i);
    cpm_buf_add_text(&text, "\"k77\": 0}");
    assert_int_equal(cpm_json_check(cpm_buf_str(&text), "x.json", &err), CPM_EJSONPARSE);
    assert_string_equal(err.text, "x.json:1001:1: duplicate key");
    cpm_buf_release(&text);
}

static void nesting_is_bounded(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    char text[4 * CPM_JSON_DEPTH];

    (void)state;
    memset(text, '[', CPM_JSON_DEPTH);
    memset(text + CPM_JSON_DEPTH, ']', CPM_JSON_DEPTH);
    assert_int_equal(cpm_json_check(cpm_str_n(text, 2 * CPM_JSON_DEPTH), "x", &err), 0);
    memset(text, '[', CPM_JSON_DEPTH + 1);
    assert_int_equal(cpm_json_check(cpm_str_n(text, CPM_JSON_DEPTH + 1), "x", &err),
                     CPM_EJSONPARSE);
    assert_string_equal(err.text, "x:1:129: nested too deeply");
}

static void the_last_of_equal_keys_counts_when_asked(void **state)
{
    struct cpm_json *doc = parsed("{\"a\":1,\"b\":2,\"a\":3}", CPM_JSON_LAST_WINS);

    (void)state;
    assert_int_equal(cpm_json_count(doc), 2);
    assert_string_equal(cpm_json_key(cpm_json_first(doc)).ptr, "a");
    assert_true(cpm_json_number(cpm_json_get(doc, CPM_STR("a"))) == 3);
    cpm_json_free(doc);
}

static void look_ups_are_case_sensitive(void **state)
{
    struct cpm_json *doc = parsed("{\"Name\":\"x\",\"name\":\"y\"}", 0);

    (void)state;
    assert_string_equal(cpm_json_get_str(doc, "name").ptr, "y");
    assert_null(cpm_json_get(doc, CPM_STR("NAME")));
    cpm_json_free(doc);
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    assert_written("\xEF\xBB\xBF{}", "", "{}");
}

static void writing_is_json_stringify(void **state)
{
    (void)state;
    assert_written("{\"b\":[],\"a\":{},\"c\":[1,{\"d\":null}]}", "  ",
                   "{\n  \"b\": [],\n  \"a\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n"
                   "    }\n  ]\n}");
    assert_written("{\"b\":[true,false],\"a\":\"x\"}", "", "{\"b\":[true,false],\"a\":\"x\"}");
    assert_written("{\"x\":1,\"10\":1,\"9\":1,\"01\":1,\"4294967295\":1}", "",
                   "{\"9\":1,\"10\":1,\"x\":1,\"01\":1,\"4294967295\":1}");
}

static void strings_are_escaped_as_javascript_does(void **state)
{
    (void)state;
    assert_written("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\\u007f\\u2028\"", "",
                   "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\xE2\x80\xA8\"");
    assert_written("\"\\uD83D\\uDE00 \\ud83d \\ude00\"", "",
                   "\"\xF0\x9F\x98\x80 \\ud83d \\ude00\"");
}

static void numbers_are_the_shortest_that_javascript_prints(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"1.0", "1"},
        {"-1.50", "-1.5"},
        {"0.1", "0.1"},
        {"1e21", "1e+21"},
        {"1e20", "100000000000000000000"},
        {"1e-6", "0.000001"},
        {"1e-7", "1e-7"},
        {"123456789012345680000", "123456789012345680000"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"5e-324", "5e-324"},
        {"1e400", "null"},
        {"9007199254740993", "9007199254740992"},
        {"0.30000000000000004", "0.30000000000000004"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_written(pairs[i][0], "", pairs[i][1]);
}

static void members_are_replaced_in_place_and_deleted(void **state)
{
    struct cpm_json *doc = parsed("{\"a\":1,\"b\":2}", 0);
    struct cpm_buf out = CPM_BUF_INIT(1 << 10);

    (void)state;
    cpm_json_set_str(doc, "a", CPM_STR("x"));
    cpm_json_set_str(doc, "c", CPM_STR("y"));
    assert_true(cpm_json_del(doc, CPM_STR("b")));
    assert_false(cpm_json_del(doc, CPM_STR("b")));
    cpm_json_write(doc, CPM_STR_NONE, CPM_STR_NONE, &out);
    assert_string_equal(cpm_buf_text(&out), "{\"a\":\"x\",\"c\":\"y\"}");
    cpm_buf_release(&out);
    cpm_json_free(doc);
}

static void assert_style(const char *text, const char *indent, const char *newline, bool final)
{
    struct cpm_json_style style;

    cpm_json_style_detect(cpm_str(text), &style);
    assert_string_equal(style.indent, indent);
    assert_string_equal(style.newline, newline);
    assert_int_equal(style.final_newline, final);
}

static void the_style_of_a_text_is_found_as_npm_finds_it(void **state)
{
    (void)state;
    assert_style("{\n  \"a\": 1\n}\n", "  ", "\n", true);
    assert_style("{\r\n\t\"a\": 1\r\n}", "\t", "\r\n", false);
    assert_style("\xEF\xBB\xBF{\n\n    \"a\": 1}", "    ", "\n\n", false);
    assert_style("{\"a\": 1}\n", "", "", true);
    assert_style("{}", "  ", "\n", false);
    assert_style("[]\r\n", "  ", "\r\n", true);
    assert_style("{ \n \"a\": 1}", "", "", false);
    assert_style("{\n              \"a\": 1}", "          ", "\n", false);
    assert_style("", "", "", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_named_with_file_line_and_column),
        cmocka_unit_test(identity_tricks_are_refused),
        cmocka_unit_test(a_duplicate_among_many_keys_is_found),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(the_last_of_equal_keys_counts_when_asked),
        cmocka_unit_test(look_ups_are_case_sensitive),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(writing_is_json_stringify),
        cmocka_unit_test(strings_are_escaped_as_javascript_does),
        cmocka_unit_test(numbers_are_the_shortest_that_javascript_prints),
        cmocka_unit_test(members_are_replaced_in_place_and_deleted),
        cmocka_unit_test(the_style_of_a_text_is_found_as_npm_finds_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
