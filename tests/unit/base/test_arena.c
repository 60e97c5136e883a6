#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    char *pieces[1000];

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        pieces[i] = cpm_arena_alloc(&arena, i);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++)
            assert_int_equal(pieces[i][j], 0);
        memset(pieces[i], 0x5A, i);
    }
    for (size_t i = 1; i < 1000; i++)
        assert_int_equal(pieces[i][i - 1], 0x5A);
    cpm_arena_release(&arena);
}

static void a_piece_larger_than_a_block_is_given(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    char *large = cpm_arena_alloc(&arena, 3 << 20);

    (void)state;
    large[(3 << 20) - 1] = 1;
    assert_true(arena.total >= 3 << 20);
    cpm_arena_release(&arena);
    assert_int_equal(arena.total, 0);
}

static void copies_end_with_nul(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(cpm_arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(cpm_arena_str(&arena, CPM_STR("xyz")).ptr, "xyz");
    assert_string_equal(cpm_arena_printf(&arena, "%s-%d", "n", 7), "n-7");
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(a_piece_larger_than_a_block_is_given),
        cmocka_unit_test(copies_end_with_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
