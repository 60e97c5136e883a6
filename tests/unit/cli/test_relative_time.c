#include "cli/relative_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

#define NOW 1700000000000 /* 2023-11-14T22:13:20Z */

static int in_utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC0", 1);
    tzset();
    return 0;
}

static void expect(int64_t seconds_before, const char *words)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    assert_string_equal(cpm_relative_time(&arena, NOW - seconds_before * 1000, NOW), words);
    cpm_arena_release(&arena);
}

static void the_past_is_told_from_seconds_to_years(void **state)
{
    (void)state;
    expect(0, "just now");
    expect(29, "just now");
    expect(30, "30 seconds ago");
    expect(59, "59 seconds ago");
    expect(60, "a minute ago");
    expect(120, "2 minutes ago");
    expect(3599, "59 minutes ago");
    expect(3600, "an hour ago");
    expect(7200, "2 hours ago");
    expect(86399, "23 hours ago");
    expect(86400, "yesterday");
    expect(7 * 86400, "a week ago");
    expect(14 * 86400, "2 weeks ago");
    expect(30 * 86400, "a month ago");
    expect(60 * 86400, "2 months ago");
    expect(365 * 86400 - 1, "12 months ago");
    expect(365 * 86400, "a year ago");
    expect(730 * 86400, "over a year ago");
    expect(15 * 365 * (int64_t)86400, "over a year ago");
}

static void within_a_week_days_begin_at_midnight(void **state)
{
    (void)state;
    expect(86400 + 1, "yesterday");
    expect(86400 + 79999, "yesterday");
    expect(86400 + 80001, "2 days ago");
    expect(6 * 86400, "6 days ago");
    expect(7 * 86400 - 1, "a week ago");
}

static void the_future_is_told_too(void **state)
{
    (void)state;
    expect(-10, "just now");
    expect(-30, "30 seconds from now");
    expect(-3600, "an hour from now");
    expect(-86400, "tomorrow");
    expect(-2 * 86400, "tomorrow");
    expect(-20 * 86400, "2 weeks from now");
    expect(-800 * 86400, "over a year from now");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_past_is_told_from_seconds_to_years),
        cmocka_unit_test(within_a_week_days_begin_at_midnight),
        cmocka_unit_test(the_future_is_told_too),
    };
    return cmocka_run_group_tests(tests, in_utc, NULL);
}
