#include "base/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void equal_texts_are_equal_pointers(void **state)
{
    struct cpm_names *names = cpm_names_new();
    const struct cpm_name *a = cpm_names_get(names, CPM_STR("lodash"));

    (void)state;
    assert_ptr_equal(cpm_names_get(names, cpm_str_n("lodash.merge", 6)), a);
    assert_ptr_not_equal(cpm_names_get(names, CPM_STR("Lodash")), a);
    assert_string_equal(a->text, "lodash");
    assert_int_equal(a->len, 6);
    cpm_names_free(names);
}

static void names_stay_where_they_are_while_the_table_grows(void **state)
{
    struct cpm_names *names = cpm_names_new();
    const struct cpm_name *seen[3000];
    char text[16];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        seen[i] = cpm_names_get(names, cpm_str(text));
        assert_int_equal(seen[i]->id, i);
    }
    assert_int_equal(cpm_names_count(names), 3000);
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof(text), "n%d", i);
        assert_ptr_equal(cpm_names_find(names, cpm_str(text)), seen[i]);
    }
    cpm_names_free(names);
}

static void finding_makes_nothing(void **state)
{
    struct cpm_names *names = cpm_names_new();

    (void)state;
    assert_null(cpm_names_find(names, CPM_STR("a")));
    assert_int_equal(cpm_names_count(names), 0);
    assert_non_null(cpm_names_get(names, CPM_STR("")));
    assert_int_equal(cpm_name_str(NULL).len, 0);
    cpm_names_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_are_equal_pointers),
        cmocka_unit_test(names_stay_where_they_are_while_the_table_grows),
        cmocka_unit_test(finding_makes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
