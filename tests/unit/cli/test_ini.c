#include "base/buf.h"
#include "cli/config/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct cpm_arena arena;

static const char *parsed(const char *text)
{
    struct cpm_value v = {.kind = CPM_VALUE_OBJECT, .fields = CPM_NEW(&arena, struct cpm_fields)};
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    assert_int_equal(cpm_ini_parse(&arena, cpm_str(text), v.fields, NULL), 0);
    cpm_value_json(&v, CPM_JSON_ONE_LINE, &out);
    const char *copy = cpm_arena_strndup(&arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return copy;
}

static void a_line_is_key_and_value(void **state)
{
    (void)state;
    assert_string_equal(parsed("a = b\n c=d=e \nf\ng="),
                        "{\"a\":\"b\",\"c\":\"d=e\",\"f\":true,\"g\":\"\"}");
    assert_string_equal(parsed("t=true\nf=false\nn=null\r\nx=undefined"),
                        "{\"t\":true,\"f\":false,\"n\":null,\"x\":\"undefined\"}");
}

static void comments_begin_anywhere_unless_escaped(void **state)
{
    (void)state;
    assert_string_equal(parsed("; a=b\n  # c=d\ne=f ; g\nh=i\\;j\nk=l#m"),
                        "{\"e\":\"f\",\"h\":\"i;j\",\"k\":\"l\"}");
}

static void quotes_are_json(void **state)
{
    (void)state;
    assert_string_equal(parsed("a=\"x;\\ny\"\nb='5'\nc='it''s'\nd=\"unclosed"),
                        "{\"a\":\"x;\\ny\",\"b\":5,\"c\":\"it''s\",\"d\":\"\\\"unclosed\"}");
    assert_string_equal(parsed("a='\nb=\""), "{\"a\":\"\",\"b\":\"\\\"\"}");
}

static void brackets_make_a_list(void **state)
{
    (void)state;
    assert_string_equal(parsed("a[]=1\na=2\nb=1\nb=2\nc=1\nc[]=2"),
                        "{\"a\":[\"1\",\"2\"],\"b\":\"2\",\"c\":[\"1\",\"2\"]}");
}

static void sections_nest_at_dots(void **state)
{
    (void)state;
    assert_string_equal(parsed("[a]\nx=1\n[a.b]\ny=2\n[c\\.d]\nz=3"),
                        "{\"a\":{\"x\":\"1\",\"b\":{\"y\":\"2\"}},\"c.d\":{\"z\":\"3\"}}");
}

static void a_hostile_file_is_refused(void **state)
{
    struct cpm_fields out = {.v = NULL};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    (void)state;
    assert_string_equal(parsed("__proto__=1\n[__proto__]\na=1"), "{}");
    for (int i = 0; i <= CPM_FIELDS_MAX; i++)
        cpm_buf_addf(&text, "k%d=1\n", i);
    assert_int_equal(cpm_ini_parse(&arena, cpm_buf_str(&text), &out, &err), CPM_ECONFIG);
    cpm_buf_clear(&text);
    cpm_buf_add_text(&text, "[a");
    for (int i = 0; i < 2 * CPM_INI_DEPTH; i++)
        cpm_buf_add_text(&text, ".a");
    cpm_buf_add_text(&text, "]\nx=1\n");
    out.count = 0;
    assert_int_equal(cpm_ini_parse(&arena, cpm_buf_str(&text), &out, &err), CPM_ECONFIG);
    cpm_buf_release(&text);
}

static void a_written_text_reads_back(void **state)
{
    static const char *const texts[] = {"plain", "a;b#c", "a=b", " spaced ", "[x]", "\"q\"",
                                        "'",     "a\nb",  "",    "\\;",      "it's"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct cpm_buf out = CPM_BUF_INIT(1024);
        cpm_ini_safe(cpm_str(texts[i]), &out);
        struct cpm_value v = cpm_ini_unsafe(&arena, cpm_buf_str(&out));
        if (strcmp(texts[i], "'") != 0 && strcmp(texts[i], "\\;") != 0) /* npm loses these two */
            assert_string_equal(cpm_value_text(&arena, &v), texts[i]);
        cpm_buf_release(&out);
    }
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
        cmocka_unit_test(a_line_is_key_and_value),
        cmocka_unit_test(comments_begin_anywhere_unless_escaped),
        cmocka_unit_test(quotes_are_json),
        cmocka_unit_test(brackets_make_a_list),
        cmocka_unit_test(sections_nest_at_dots),
        cmocka_unit_test(a_hostile_file_is_refused),
        cmocka_unit_test(a_written_text_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
