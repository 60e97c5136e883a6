#include "cli/fields.h"
#include "cli/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

static void assert_inspected(const char *json, const char *want)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_json *value = NULL;
    assert_int_equal(cpm_json_parse(cpm_str(json), "value", 0, &value, NULL), 0);
    assert_string_equal(cpm_inspect(&arena, value).ptr, want);
    cpm_json_free(value);
    cpm_arena_release(&arena);
}

static void short_objects_stand_on_one_line(void **state)
{
    (void)state;
    assert_inspected("{\"a\":\"b\",\"c-d\":[1,true,null]}", "{ a: 'b', 'c-d': [ 1, true, null ] }");
    assert_inspected("{\"a\":{},\"b\":[]}", "{ a: {}, b: [] }");
}

static void more_than_three_levels_are_parted(void **state)
{
    (void)state;
    assert_inspected("{\"a\":{\"b\":{\"c\":{}}}}", "{ a: { b: { c: {} } } }");
    assert_inspected("{\"a\":{\"b\":{\"c\":{\"d\":1}}}}", "{\n  a: { b: { c: { d: 1 } } }\n}");
}

static void a_text_is_quoted_with_what_needs_no_escape(void **state)
{
    (void)state;
    assert_inspected("\"it's\"", "\"it's\"");
    assert_inspected("\"it's \\\"so\\\"\"", "`it's \"so\"`");
    assert_inspected("\"a\\nb\"", "'a\\nb'");
}

static void long_lists_stand_in_columns(void **state)
{
    (void)state;
    assert_inspected("[1,2,3,4,5,6,7,8,9,10]", "[\n  1, 2, 3, 4,  5,\n  6, 7, 8, 9, 10\n]");
    assert_inspected("[\"1.0.0\",\"1.0.1\",\"1.0.2\",\"1.0.3\",\"1.0.4\",\"1.0.5\",\"1.0.10\"]",
                     "[\n  '1.0.0',  '1.0.1',\n  '1.0.2',  '1.0.3',\n  '1.0.4',  '1.0.5',\n"
                     "  '1.0.10'\n]");
}

static void assert_field(const char *path, bool unwrap, const char *want)
{
    static const char doc_text[] = "{\"a\":{\"b.c\":1,\"d\":[{\"n\":\"x\"},{\"n\":\"y\"}]},"
                                   "\"one\":[\"z\"]}";
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_json *doc = NULL, *out = cpm_json_new_object();
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    assert_int_equal(cpm_json_parse(cpm_str(doc_text), "doc", 0, &doc, NULL), 0);
    assert_int_equal(cpm_field_get(&arena, doc, cpm_str(path), unwrap, out, NULL), 0);
    cpm_json_write(out, CPM_STR(""), CPM_STR(""), &text);
    assert_string_equal(cpm_buf_text(&text), want);
    cpm_buf_release(&text);
    cpm_json_free(out);
    cpm_json_free(doc);
    cpm_arena_release(&arena);
}

static void a_path_leads_through_objects_brackets_and_lists(void **state)
{
    (void)state;
    assert_field("a[b.c]", true, "{\"a[b.c]\":1}");
    assert_field("a.d[1].n", true, "{\"a.d[1].n\":\"y\"}");
    assert_field("a.d.n", true, "{\"ad[0].n\":\"x\",\"ad[1].n\":\"y\"}");
    assert_field("one", true, "{\"one\":\"z\"}");
    assert_field("one", false, "{\"one\":[\"z\"]}");
    assert_field("a.x.y", true, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_objects_stand_on_one_line),
        cmocka_unit_test(more_than_three_levels_are_parted),
        cmocka_unit_test(a_text_is_quoted_with_what_needs_no_escape),
        cmocka_unit_test(long_lists_stand_in_columns),
        cmocka_unit_test(a_path_leads_through_objects_brackets_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
