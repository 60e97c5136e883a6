/* The HTTP client's decisions: waits, freshness, dates. */
#include "registry/http_rules.h"
#include "registry/isotime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOV_6_1994 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static void retry_after_is_seconds_or_a_date(void **state)
{
    const int64_t now = (int64_t)NOV_6_1994 * 1000 - 2500;

    (void)state;
    assert_int_equal(cpm_retry_after_ms(CPM_STR("3"), now), 3000);
    assert_int_equal(cpm_retry_after_ms(CPM_STR(" 0 "), now), 0);
    assert_int_equal(cpm_retry_after_ms(CPM_STR("Sun, 06 Nov 1994 08:49:37 GMT"), now), 2500);
    assert_int_equal(cpm_retry_after_ms(CPM_STR("Sun, 06 Nov 1994 08:49:37 GMT"), now + 9999), 0);
}

static void retry_after_is_capped(void **state)
{
    (void)state;
    assert_int_equal(cpm_retry_after_ms(CPM_STR("86400"), 0), 30000);
    assert_int_equal(cpm_retry_after_ms(CPM_STR("Sun, 06 Nov 1994 08:49:37 GMT"), 0), 30000);
}

static void what_is_no_retry_after_says_nothing(void **state)
{
    static const char *texts[] = {"",
                                  "soon",
                                  "-1",
                                  "1.5",
                                  "Sun, 06 Nox 1994 08:49:37 GMT",
                                  "Sun, 06 Nov 1994 08:49:37 CET",
                                  "99999999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(cpm_retry_after_ms(cpm_str(texts[i]), 0), -1);
}

static void the_first_wait_is_short_and_later_ones_grow(void **state)
{
    struct cpm_registry_options opts = CPM_REGISTRY_OPTIONS_INIT;

    (void)state;
    for (uint64_t random = 0; random < 1000; random += 37) {
        assert_in_range(cpm_retry_delay_ms(&opts, 1, random), 100, 200);
        assert_in_range(cpm_retry_delay_ms(&opts, 2, random), 500, 1000);
        assert_in_range(cpm_retry_delay_ms(&opts, 3, random), 5000, 10000);
        assert_in_range(cpm_retry_delay_ms(&opts, 9, random), 30000, 60000);
    }
}

static void only_passing_statuses_are_tried_again(void **state)
{
    static const int again[] = {408, 420, 429, 500, 502, 503, 504};
    static const int never[] = {200, 301, 304, 400, 401, 403, 404, 410, 501};

    (void)state;
    for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
        assert_true(cpm_retry_status(again[i]));
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        assert_false(cpm_retry_status(never[i]));
}

static void max_age_is_read_among_other_directives(void **state)
{
    (void)state;
    assert_int_equal(cpm_cache_max_age(CPM_STR("public, max-age=300")), 300);
    assert_int_equal(cpm_cache_max_age(CPM_STR("Max-Age=5,must-revalidate")), 5);
    assert_int_equal(cpm_cache_max_age(CPM_STR("max-age=300, no-cache")), 0);
    assert_int_equal(cpm_cache_max_age(CPM_STR("no-store")), 0);
    assert_int_equal(cpm_cache_max_age(CPM_STR("private")), -1);
    assert_int_equal(cpm_cache_max_age(CPM_STR("max-age=x")), -1);
    assert_int_equal(cpm_cache_max_age(CPM_STR_NONE), -1);
}

static void freshness_depends_on_mode_and_age(void **state)
{
    const struct cpm_freshness fresh = {1000000, 300}, unknown = {1000000, -1};
    const int64_t now = 1000000 + 299999, later = 1000000 + 300000;

    (void)state;
    assert_int_equal(cpm_cache_decide(CPM_CACHE_DEFAULT, &fresh, now), CPM_CACHE_USE);
    assert_int_equal(cpm_cache_decide(CPM_CACHE_DEFAULT, &fresh, later), CPM_CACHE_ASK);
    assert_int_equal(cpm_cache_decide(CPM_CACHE_DEFAULT, &unknown, now), CPM_CACHE_ASK);
    assert_int_equal(cpm_cache_decide(CPM_PREFER_ONLINE, &fresh, now), CPM_CACHE_ASK);
    assert_int_equal(cpm_cache_decide(CPM_PREFER_OFFLINE, &fresh, later), CPM_CACHE_USE);
    assert_int_equal(cpm_cache_decide(CPM_OFFLINE, &unknown, later), CPM_CACHE_USE);
}

static void without_a_cache_offline_refuses_and_others_ask(void **state)
{
    (void)state;
    assert_int_equal(cpm_cache_decide(CPM_OFFLINE, NULL, 0), CPM_CACHE_REFUSE);
    assert_int_equal(cpm_cache_decide(CPM_PREFER_OFFLINE, NULL, 0), CPM_CACHE_ASK);
    assert_int_equal(cpm_cache_decide(CPM_CACHE_DEFAULT, NULL, 0), CPM_CACHE_ASK);
}

static void a_clock_that_went_back_makes_nothing_fresh(void **state)
{
    const struct cpm_freshness future = {1000000, 300};

    (void)state;
    assert_int_equal(cpm_cache_decide(CPM_CACHE_DEFAULT, &future, 999999), CPM_CACHE_ASK);
}

static void dates_of_registries_are_read(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(cpm_isotime_parse(CPM_STR("2018-01-01T00:00:00.000Z"), &ms));
    assert_true(ms == INT64_C(1514764800000));
    assert_true(cpm_isotime_parse(CPM_STR("2018-01-01"), &ms));
    assert_true(ms == INT64_C(1514764800000));
    assert_true(cpm_isotime_parse(CPM_STR("2018-01-01T02:00:00.123456+02:00"), &ms));
    assert_true(ms == INT64_C(1514764800123));
    assert_true(cpm_isotime_parse(CPM_STR("2020-02-29T23:59:59Z"), &ms));
    assert_true(ms == INT64_C(1583020799000));
    assert_false(cpm_isotime_parse(CPM_STR("yesterday"), &ms));
    assert_false(cpm_isotime_parse(CPM_STR("2018-13-01"), &ms));
    assert_false(cpm_isotime_parse(CPM_STR("2018-01-01T00:00:00Z and more"), &ms));
}

static void an_answer_without_a_rule_is_fresh_for_a_tenth_of_its_age(void **state)
{
    const int64_t now = 784111777LL * 1000; /* Sun, 06 Nov 1994 08:49:37 GMT */

    (void)state;
    assert_int_equal(cpm_cache_guess_age(CPM_STR("Sun, 06 Nov 1994 08:49:37 GMT"), now), 0);
    assert_int_equal(
        cpm_cache_guess_age(CPM_STR("Sun, 06 Nov 1994 08:49:37 GMT"), now + 1000 * 1000), 100);
    assert_int_equal(cpm_cache_guess_age(CPM_STR("Sun, 06 Nov 1993 08:49:37 GMT"), now), 300);
    assert_int_equal(cpm_cache_guess_age(CPM_STR("Sun, 06 Nov 1995 08:49:37 GMT"), now), 0);
    assert_int_equal(cpm_cache_guess_age(CPM_STR(""), now), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_without_a_rule_is_fresh_for_a_tenth_of_its_age),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(retry_after_is_capped),
        cmocka_unit_test(what_is_no_retry_after_says_nothing),
        cmocka_unit_test(the_first_wait_is_short_and_later_ones_grow),
        cmocka_unit_test(only_passing_statuses_are_tried_again),
        cmocka_unit_test(max_age_is_read_among_other_directives),
        cmocka_unit_test(freshness_depends_on_mode_and_age),
        cmocka_unit_test(without_a_cache_offline_refuses_and_others_ask),
        cmocka_unit_test(a_clock_that_went_back_makes_nothing_fresh),
        cmocka_unit_test(dates_of_registries_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
