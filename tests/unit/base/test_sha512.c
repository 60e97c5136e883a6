#include "base/sha512.h"

#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The ends of blocks are where the padding may go wrong. */
static void short_texts_have_the_digests_that_openssl_gives(void **state)
{
    char text[300];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    for (size_t len = 0; len <= sizeof(text); len++) {
        unsigned char own[CPM_SHA512_SIZE], theirs[CPM_DIGEST_MAX];

        cpm_sha512(cpm_str_n(text, len), own);
        assert_int_equal(cpm_digest_of(CPM_SHA512, cpm_str_n(text, len), theirs, NULL), 0);
        assert_memory_equal(own, theirs, CPM_SHA512_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_texts_have_the_digests_that_openssl_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
