#include "look/spdx_license.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_license(const char *text, const char *expected)
{
    struct cpm_str id;
    if (cpm_spdx_license(cpm_str(text), &id) != CPM_SPDX_LICENSE)
        fail_msg("'%s' is no single license", text);
    if (!cpm_str_is(id, expected))
        fail_msg("'%s' is '%.*s', not '%s'", text, CPM_STR_ARG(id), expected);
}

static void assert_kind(enum cpm_spdx_kind kind, const char *text)
{
    struct cpm_str id;
    if (cpm_spdx_license(cpm_str(text), &id) != kind)
        fail_msg("'%s' is not of kind %d", text, kind);
}

static void a_single_license_gives_its_id(void **state)
{
    (void)state;
    assert_license("MIT", "MIT");
    assert_license("(MIT)", "MIT");
    assert_license("GPL-2.0+", "GPL-2.0");
    assert_license("GPL-2.0 WITH Classpath-exception-2.0", "GPL-2.0");
    assert_license("LicenseRef-mine", "LicenseRef-mine");
    assert_license("DocumentRef-a:LicenseRef-b", "DocumentRef-a:LicenseRef-b");
}

static void joined_licenses_are_a_conjunction(void **state)
{
    (void)state;
    assert_kind(CPM_SPDX_CONJUNCTION, "MIT OR Apache-2.0");
    assert_kind(CPM_SPDX_CONJUNCTION, "(MIT or (BSD-3-Clause and ISC))");
}

static void what_is_no_expression_is_none(void **state)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "SEE LICENSE IN LICENSE",
                                        "mit",
                                        "MIT OR",
                                        "(MIT",
                                        "MIT)",
                                        "MIT ISC",
                                        "MIT +",
                                        "GPL-2.0 WITH MIT",
                                        "MIT AND AND ISC",
                                        "DocumentRef-a",
                                        "LicenseRef-",
                                        "UNLICENSED"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_kind(CPM_SPDX_NONE, texts[i]);
}

static void nesting_is_bounded(void **state)
{
    char text[1000];
    (void)state;
    memset(text, '(', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_kind(CPM_SPDX_NONE, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_license_gives_its_id),
        cmocka_unit_test(joined_licenses_are_a_conjunction),
        cmocka_unit_test(what_is_no_expression_is_none),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
