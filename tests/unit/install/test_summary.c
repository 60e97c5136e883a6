#include "install/summary.h"
#include "lockfile/funding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

static void expect(const struct cpm_summary *s, uint64_t ms, bool fund, const char *text)
{
    struct cpm_buf out = CPM_BUF_INIT(4096);

    cpm_summary_write(s, ms, fund ? "cpm" : NULL, &out);
    assert_string_equal(cpm_buf_text(&out), text);
    cpm_buf_release(&out);
}

static void nothing_done_is_up_to_date(void **state)
{
    (void)state;
    expect(&(struct cpm_summary){0}, 312, true, "\nup to date in 312ms\n");
}

static void counts_are_joined_as_npm_joins_them(void **state)
{
    (void)state;
    expect(&(struct cpm_summary){.added = 1}, 2600, true, "\nadded 1 package in 3s\n");
    expect(&(struct cpm_summary){.added = 2, .removed = 1}, 1000, true,
           "\nadded 2 packages, and removed 1 package in 1s\n");
    expect(&(struct cpm_summary){.added = 2, .removed = 1, .changed = 3}, 1000, true,
           "\nadded 2 packages, removed 1 package, and changed 3 packages in 1s\n");
    expect(&(struct cpm_summary){.removed = 1, .changed = 1}, 90000, true,
           "\nremoved 1 package, and changed 1 package in 2m\n");
}

static void funding_is_told_unless_it_is_off(void **state)
{
    const struct cpm_summary s = {.funding = 1};

    (void)state;
    expect(&s, 5, false, "\nup to date in 5ms\n");
    expect(
        &s, 5, true,
        "\nup to date in 5ms\n\n1 package is looking for funding\n  run `cpm fund` for details\n");
}

static void only_web_addresses_are_funding(void **state)
{
    (void)state;
    assert_true(cpm_funding_text_is_valid(CPM_STR("\"https://example.org/x\"")));
    assert_true(
        cpm_funding_text_is_valid(CPM_STR("{\"type\":\"x\",\"url\":\"http://example.org\"}")));
    assert_true(cpm_funding_text_is_valid(
        CPM_STR("[\"https://a.example\",{\"url\":\"https://b.example\"}]")));
    assert_false(
        cpm_funding_text_is_valid(CPM_STR("[\"https://a.example\",[\"https://b.example\"]]")));
    assert_false(cpm_funding_text_is_valid(CPM_STR("\"ftp://example.org\"")));
    assert_false(cpm_funding_text_is_valid(CPM_STR("{}")));
    assert_false(cpm_funding_text_is_valid(CPM_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_done_is_up_to_date),
        cmocka_unit_test(counts_are_joined_as_npm_joins_them),
        cmocka_unit_test(funding_is_told_unless_it_is_off),
        cmocka_unit_test(only_web_addresses_are_funding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
