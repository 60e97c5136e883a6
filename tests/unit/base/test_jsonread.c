#include "base/jsonread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct cpm_jsonread reader(const char *text, struct cpm_arena *arena)
{
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, cpm_str(text), "x.json", arena);
    return r;
}

static void assert_str(struct cpm_str have, const char *want)
{
    if (!cpm_str_is(have, want))
        fail_msg("'%.*s' is not '%s'", CPM_STR_ARG(have), want);
}

static void an_object_is_read_member_by_member(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r =
        reader("{ \"a\" : \"x\", \"n\":-1.5e1,\"t\":true , \"z\": null }", &arena);
    struct cpm_str key, text = CPM_STR_NONE;
    double number = 0;
    bool yes = false;

    (void)state;
    assert_true(cpm_jsonread_object(&r));
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "a"))
            assert_true(cpm_jsonread_str(&r, &text));
        else if (cpm_str_is(key, "n"))
            assert_true(cpm_jsonread_number(&r, &number));
        else if (cpm_str_is(key, "t"))
            assert_true(cpm_jsonread_bool(&r, &yes));
        else
            cpm_jsonread_skip(&r);
    assert_int_equal(cpm_jsonread_finish(&r, NULL), 0);
    assert_str(text, "x");
    assert_true(number == -15);
    assert_true(yes);
    cpm_arena_release(&arena);
}

static void a_string_without_escapes_is_a_view(void **state)
{
    static const char text[] = "\"plain \xC3\xA9 text, longer than a word\"";
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r = reader(text, &arena);
    struct cpm_str value;

    (void)state;
    assert_true(cpm_jsonread_str(&r, &value));
    assert_ptr_equal(value.ptr, text + 1);
    assert_int_equal(arena.total, 0);
}

static void escapes_are_resolved(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r =
        reader("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\",\"\\ud83d!\"]", &arena);
    struct cpm_str value;

    (void)state;
    assert_true(cpm_jsonread_array(&r));
    assert_true(cpm_jsonread_element(&r));
    assert_true(cpm_jsonread_str(&r, &value));
    assert_str(value, "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    assert_true(cpm_jsonread_element(&r));
    assert_true(cpm_jsonread_str(&r, &value));
    assert_str(value, "\xED\xA0\xBD!"); /* a lone surrogate; quoting makes it an escape again */
    assert_false(cpm_jsonread_element(&r));
    assert_int_equal(cpm_jsonread_finish(&r, NULL), 0);
    cpm_arena_release(&arena);
}

static void a_value_of_another_type_is_skipped(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r = reader("[{\"a\":[1,{}]},\"s\",2]", &arena);
    struct cpm_str text = CPM_STR("untouched");
    double number = 7;

    (void)state;
    assert_true(cpm_jsonread_array(&r));
    assert_true(cpm_jsonread_element(&r));
    assert_false(cpm_jsonread_str(&r, &text));
    assert_str(text, "untouched");
    assert_true(cpm_jsonread_element(&r));
    assert_false(cpm_jsonread_number(&r, &number));
    assert_true(number == 7);
    assert_true(cpm_jsonread_element(&r));
    assert_false(cpm_jsonread_object(&r));
    assert_true(cpm_jsonread_number(&r, &number));
    assert_false(cpm_jsonread_element(&r));
    assert_int_equal(cpm_jsonread_finish(&r, NULL), 0);
    cpm_arena_release(&arena);
}

static void raw_gives_a_value_as_it_stands(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r = reader(" { \"a\" : [ 1, \"\\u0041\" ] } ", &arena);

    (void)state;
    assert_str(cpm_jsonread_raw(&r), "{ \"a\" : [ 1, \"\\u0041\" ] }");
    assert_int_equal(cpm_jsonread_finish(&r, NULL), 0);
    cpm_arena_release(&arena);
}

static void loops_end_by_themselves_after_a_fault(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r = reader("{\"a\": tru, \"b\": 1}", &arena);
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str key;
    unsigned keys = 0;

    (void)state;
    cpm_jsonread_object(&r);
    for (; cpm_jsonread_key(&r, &key); keys++)
        cpm_jsonread_skip(&r);
    assert_int_equal(keys, 1);
    assert_false(cpm_jsonread_object(&r));
    assert_int_equal(cpm_jsonread_peek(&r), CPM_JSON_NULL);
    assert_int_equal(cpm_jsonread_finish(&r, &err), CPM_EJSONPARSE);
    assert_string_equal(err.text, "x.json:1:7: unexpected token");
    cpm_arena_release(&arena);
}

static void a_fault_of_the_caller_names_the_place(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r = reader("[\n 1,\n 2]", &arena);
    struct cpm_error err = CPM_ERROR_INIT;

    (void)state;
    cpm_jsonread_array(&r);
    cpm_jsonread_element(&r);
    cpm_jsonread_skip(&r);
    cpm_jsonread_element(&r);
    cpm_jsonread_peek(&r);
    cpm_jsonread_fail(&r, "not two, please");
    cpm_jsonread_fail(&r, "the first fault counts");
    assert_int_equal(cpm_jsonread_finish(&r, &err), CPM_EJSONPARSE);
    assert_string_equal(err.text, "x.json:3:2: not two, please");
    cpm_arena_release(&arena);
}

static void numbers_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {"-", "1.", ".5", "1e", "1e+", "+1", "0x1", "00", "-01"};
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cpm_jsonread r = reader(bad[i], &arena);

        cpm_jsonread_skip(&r);
        if (cpm_jsonread_finish(&r, NULL) == 0)
            fail_msg("'%s' passed", bad[i]);
    }
    cpm_arena_release(&arena);
}

static void only_canonical_whole_numbers_are_array_indices(void **state)
{
    (void)state;
    assert_int_equal(cpm_json_array_index(CPM_STR("0")), 0);
    assert_int_equal(cpm_json_array_index(CPM_STR("4294967294")), 4294967294);
    assert_int_equal(cpm_json_array_index(CPM_STR("4294967295")), -1);
    assert_int_equal(cpm_json_array_index(CPM_STR("01")), -1);
    assert_int_equal(cpm_json_array_index(CPM_STR("")), -1);
    assert_int_equal(cpm_json_array_index(CPM_STR("-1")), -1);
    assert_int_equal(cpm_json_array_index(CPM_STR("1.0")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_read_member_by_member),
        cmocka_unit_test(a_string_without_escapes_is_a_view),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(a_value_of_another_type_is_skipped),
        cmocka_unit_test(raw_gives_a_value_as_it_stands),
        cmocka_unit_test(loops_end_by_themselves_after_a_fault),
        cmocka_unit_test(a_fault_of_the_caller_names_the_place),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(only_canonical_whole_numbers_are_array_indices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
