#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void equal_texts_have_equal_hashes(void **state)
{
    char text[] = "a-package-name", same[] = "a-package-name";

    (void)state;
    assert_true(cpm_hash(cpm_hash_key(), cpm_str(text)) == cpm_hash(cpm_hash_key(), cpm_str(same)));
    assert_false(cpm_hash(cpm_hash_key(), CPM_STR("")) ==
                 cpm_hash(cpm_hash_key(), cpm_str_n("", 1)));
}

/* The second text flips a bit that multiplication only carries on, and then what became of it. */
static void texts_made_to_collide_without_a_key_do_not_with_one(void **state)
{
    char a[] = "0123456789abcdef", b[] = "0123456789abcdef";

    (void)state;
    b[7] = (char)(b[7] ^ 0x80);
    b[15] = (char)(b[15] ^ 0x80);
    b[11] = (char)(b[11] ^ 0x80);
    assert_true(cpm_str_hash(cpm_str(a)) == cpm_str_hash(cpm_str(b)));
    assert_false(cpm_hash(cpm_hash_key(), cpm_str(a)) == cpm_hash(cpm_hash_key(), cpm_str(b)));
}

static void other_keys_give_other_hashes(void **state)
{
    struct cpm_hash_key key = cpm_hash_key(), other = {key.start + 1, key.factor};

    (void)state;
    assert_false(cpm_hash(key, CPM_STR("react")) == cpm_hash(other, CPM_STR("react")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_equal_hashes),
        cmocka_unit_test(texts_made_to_collide_without_a_key_do_not_with_one),
        cmocka_unit_test(other_keys_give_other_hashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
