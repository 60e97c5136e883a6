#include "cpm/semver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_version_tells_its_parts(void **state)
{
    struct cpm_semver *v = cpm_semver_new("1.2.3-beta.4+sha.5", NULL, NULL);
    struct cpm_semver_parts parts = cpm_semver_parts(v);

    (void)state;
    assert_string_equal(cpm_semver_text(v), "1.2.3-beta.4");
    assert_int_equal(parts.major, 1);
    assert_int_equal(parts.minor, 2);
    assert_int_equal(parts.patch, 3);
    assert_string_equal(parts.prerelease, "beta.4");
    assert_string_equal(parts.build, "sha.5");
    cpm_semver_free(v);
    v = cpm_semver_new("1.2.3", NULL, NULL);
    assert_string_equal(cpm_semver_parts(v).prerelease, "");
    cpm_semver_free(v);
}

static void what_is_no_version_or_range_is_an_error(void **state)
{
    struct cpm_semver_options old = CPM_SEMVER_OPTIONS_INIT;
    struct cpm_error err;

    (void)state;
    assert_null(cpm_semver_new("1.2", NULL, &err));
    assert_int_equal(err.code, CPM_EINVALIDVERSION);
    assert_null(cpm_semver_range_new("no range", NULL, &err));
    assert_int_equal(err.code, CPM_EINVALIDRANGE);
    old.size = 1;
    assert_null(cpm_semver_new("1.2.3", &old, &err));
    assert_int_equal(err.code, CPM_EINVAL);
    assert_null(cpm_semver_new(NULL, NULL, &err));
    assert_false(cpm_semver_satisfies("1.2.3", "no range", NULL));
    assert_false(cpm_semver_satisfies("no version", "*", NULL));
}

static void a_range_is_asked_with_its_own_options(void **state)
{
    struct cpm_semver_options pre = CPM_SEMVER_OPTIONS_INIT;
    struct cpm_semver *v = cpm_semver_new("1.3.0-rc.1", NULL, NULL);
    struct cpm_semver_range *plain = cpm_semver_range_new("^1.2", NULL, NULL), *wide;

    (void)state;
    pre.include_prerelease = true;
    wide = cpm_semver_range_new("^1.2", &pre, NULL);
    assert_string_equal(cpm_semver_range_text(plain), ">=1.2.0 <2.0.0-0");
    assert_false(cpm_semver_range_holds(plain, v));
    assert_true(cpm_semver_range_holds(wide, v));
    assert_true(cpm_semver_satisfies("1.3.0-rc.1", "^1.2", &pre));
    assert_true(cpm_semver_range_intersects(plain, wide));
    cpm_semver_range_free(plain);
    cpm_semver_range_free(wide);
    cpm_semver_free(v);
}

static void the_greatest_and_least_that_satisfy_are_found(void **state)
{
    static const char *const versions[] = {"1.2.0", "2.0.0", "1.10.0", "nonsense", "1.9.0"};

    (void)state;
    assert_int_equal(cpm_semver_max_satisfying(versions, 5, "1", NULL), 2);
    assert_int_equal(cpm_semver_min_satisfying(versions, 5, "1", NULL), 0);
    assert_int_equal(cpm_semver_max_satisfying(versions, 5, "3", NULL), -1);
    assert_int_equal(cpm_semver_max_satisfying(versions, 0, "*", NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_tells_its_parts),
        cmocka_unit_test(what_is_no_version_or_range_is_an_error),
        cmocka_unit_test(a_range_is_asked_with_its_own_options),
        cmocka_unit_test(the_greatest_and_least_that_satisfy_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
