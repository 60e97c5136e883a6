#include "base/collate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static int order(const char *a, const char *b)
{
    int forth = cpm_collate(cpm_str(a), cpm_str(b)), back = cpm_collate(cpm_str(b), cpm_str(a));

    assert_int_equal(forth, -back);
    return forth;
}

static void assert_rising(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (order(texts[i], texts[j]) >= 0)
                fail_msg("'%s' does not come before '%s'", texts[i], texts[j]);
}

#define RISING(...)                                                                                \
    do {                                                                                           \
        const char *const texts[] = {__VA_ARGS__};                                                 \
        assert_rising(texts, sizeof(texts) / sizeof(texts[0]));                                    \
    } while (0)

static void punctuation_digits_and_letters_come_in_icu_order(void **state)
{
    (void)state;
    RISING("_", "-", ",", ";", ":", "!", "?", ".", "'", "\"", "(", ")", "[", "]", "{", "}", "@",
           "*", "/", "\\", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "9",
           "a", "A", "b", "z", "Z", "\xC3\xA9");
}

static void letters_ignore_case_until_all_else_is_equal(void **state)
{
    (void)state;
    RISING("ab", "Alpha-x", "alphab");
    RISING("foo", "Foo", "FOO", "foo-bar", "Foo-bar");
    RISING("aB", "Ab"); /* the first place where the case differs */
}

static void a_text_comes_after_its_own_beginning(void **state)
{
    (void)state;
    RISING("", "a", "aa", "ab");
    RISING("node_modules/a", "node_modules/a-b", "node_modules/a/node_modules/b");
    RISING("@babel/core", "@babel/core-js", "accepts");
}

static void control_characters_do_not_count(void **state)
{
    (void)state;
    assert_int_equal(order("a\x01"
                           "b",
                           "ab"),
                     0);
    assert_int_equal(order("\x7F", ""), 0);
    RISING("a\x02", "b");
}

static void digits_compare_as_numbers_where_asked_to(void **state)
{
    (void)state;
    assert_true(cpm_collate(CPM_STR("a10"), CPM_STR("a9")) < 0);
    assert_true(cpm_collate_numeric(CPM_STR("a10"), CPM_STR("a9")) > 0);
    assert_true(cpm_collate_numeric(CPM_STR("a010"), CPM_STR("a10")) == 0);
    assert_true(cpm_collate_numeric(CPM_STR("a1b"), CPM_STR("a1.js")) > 0);
    assert_true(cpm_collate_numeric(CPM_STR("a"), CPM_STR("A")) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_compare_as_numbers_where_asked_to),
        cmocka_unit_test(punctuation_digits_and_letters_come_in_icu_order),
        cmocka_unit_test(letters_ignore_case_until_all_else_is_equal),
        cmocka_unit_test(a_text_comes_after_its_own_beginning),
        cmocka_unit_test(control_characters_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
