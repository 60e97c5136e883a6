#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void appending_grows_and_ends_with_nul(void **state)
{
    struct cpm_buf buf = CPM_BUF_INIT(1 << 20);

    (void)state;
    assert_string_equal(cpm_buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        cpm_buf_addf(&buf, "%03d,", i);
    cpm_buf_add_char(&buf, '!');
    assert_int_equal(buf.len, 4001);
    assert_int_equal(buf.ptr[buf.len], '\0');
    assert_memory_equal(buf.ptr, "000,001,", 8);
    cpm_buf_release(&buf);
    assert_null(buf.ptr);
}

static void passing_the_maximum_changes_nothing_and_is_remembered(void **state)
{
    struct cpm_buf buf = CPM_BUF_INIT(4);

    (void)state;
    cpm_buf_add_text(&buf, "abc");
    cpm_buf_add_text(&buf, "de");
    assert_true(buf.overflow);
    cpm_buf_add_char(&buf, 'x'); /* would fit, but the chain is broken */
    assert_string_equal(cpm_buf_text(&buf), "abc");
    cpm_buf_clear(&buf);
    cpm_buf_add_text(&buf, "abcd");
    assert_false(buf.overflow);
    assert_string_equal(cpm_buf_text(&buf), "abcd");
    cpm_buf_release(&buf);
}

static void sizes_that_overflow_are_refused(void **state)
{
    struct cpm_buf buf = CPM_BUF_INIT(SIZE_MAX);

    (void)state;
    cpm_buf_add_char(&buf, 'a');
    buf.max = 1 << 20;
    assert_false(cpm_buf_reserve(&buf, SIZE_MAX));
    assert_true(buf.overflow);
    cpm_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_grows_and_ends_with_nul),
        cmocka_unit_test(passing_the_maximum_changes_nothing_and_is_remembered),
        cmocka_unit_test(sizes_that_overflow_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
