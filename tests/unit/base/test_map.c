#include "base/map.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void values_are_found_by_key(void **state)
{
    struct cpm_map map = CPM_MAP_INIT;
    int one, two;

    (void)state;
    assert_null(cpm_map_get(&map, CPM_STR("a")));
    assert_null(cpm_map_set(&map, CPM_STR("a"), &one));
    assert_ptr_equal(cpm_map_set(&map, CPM_STR("a"), &two), &one);
    assert_ptr_equal(cpm_map_get(&map, CPM_STR("a")), &two);
    assert_int_equal(map.count, 1);
    cpm_map_release(&map);
}

static void walking_keeps_the_order_of_insertion(void **state)
{
    struct cpm_map map = CPM_MAP_INIT;
    char keys[500][8];
    int value, n = 0;

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        cpm_map_set(&map, cpm_str(keys[i]), &value);
    }
    for (int i = 0; i < 500; i += 2)
        assert_ptr_equal(cpm_map_del(&map, cpm_str(keys[i])), &value);
    CPM_MAP_EACH (&map, e) {
        assert_string_equal(e->key.ptr, keys[2 * n + 1]);
        n++;
    }
    assert_int_equal(n, 250);
    assert_int_equal(map.count, 250);
    cpm_map_release(&map);
}

static void what_was_removed_can_come_back(void **state)
{
    struct cpm_map map = CPM_MAP_INIT;
    int value;

    (void)state;
    cpm_map_set(&map, CPM_STR("a"), &value);
    assert_ptr_equal(cpm_map_del(&map, CPM_STR("a")), &value);
    assert_null(cpm_map_del(&map, CPM_STR("a")));
    assert_null(cpm_map_get(&map, CPM_STR("a")));
    assert_null(cpm_map_set(&map, CPM_STR("a"), &value));
    assert_int_equal(map.count, 1);
    cpm_map_release(&map);
}

static void keys_may_be_parts_of_longer_texts(void **state)
{
    struct cpm_map map = CPM_MAP_INIT;
    int one, two;

    (void)state;
    cpm_map_set(&map, cpm_str_n("abc", 2), &one);
    cpm_map_set(&map, cpm_str_n("abc", 3), &two);
    assert_ptr_equal(cpm_map_get(&map, CPM_STR("ab")), &one);
    assert_ptr_equal(cpm_map_get(&map, CPM_STR("abc")), &two);
    cpm_map_release(&map);
}

static void a_removed_key_may_go_away(void **state)
{
    struct cpm_map map = CPM_MAP_INIT;
    char *key = cpm_strdup("a");
    int value = 0;

    (void)state;
    cpm_map_set(&map, CPM_STR("b"), &value);
    cpm_map_set(&map, cpm_str(key), &value);
    cpm_map_del(&map, cpm_str(key));
    cpm_free(key);
    assert_null(cpm_map_get(&map, CPM_STR("a")));
    assert_null(cpm_map_set(&map, CPM_STR("a"), &value));
    assert_int_equal(map.count, 2);
    cpm_map_release(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_removed_key_may_go_away),
        cmocka_unit_test(values_are_found_by_key),
        cmocka_unit_test(walking_keeps_the_order_of_insertion),
        cmocka_unit_test(what_was_removed_can_come_back),
        cmocka_unit_test(keys_may_be_parts_of_longer_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
