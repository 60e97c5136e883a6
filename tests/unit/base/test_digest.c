#include "base/digest.h"
#include "base/integrity.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC_SHA512                                                                                 \
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3"   \
    "feebbd454d4423643ce80e2a9ac94fa54ca49f"

static void the_digest_of_abc_is_the_published_one(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    unsigned char out[CPM_DIGEST_MAX];

    (void)state;
    assert_int_equal(cpm_digest_of(CPM_SHA1, CPM_STR("abc"), out, NULL), 0);
    assert_string_equal(cpm_hex(&arena, out, 20), ABC_SHA1);
    assert_int_equal(cpm_digest_of(CPM_SHA512, CPM_STR("abc"), out, NULL), 0);
    assert_string_equal(cpm_hex(&arena, out, 64), ABC_SHA512);
    cpm_arena_release(&arena);
}

static void *hash_something(void *data)
{
    return (void *)(intptr_t)cpm_digest_of(CPM_SHA256, CPM_STR("x"), data, NULL);
}

static void first_use_may_come_from_several_threads_at_once(void **state)
{
    unsigned char out[4][CPM_DIGEST_MAX];
    pthread_t threads[4];
    void *result;

    (void)state;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, hash_something, out[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        assert_null(result);
        assert_memory_equal(out[i], out[0], 32);
    }
}

static void pieces_give_the_digest_of_the_whole(void **state)
{
    struct cpm_digest *d = cpm_digest_new(CPM_SHA1, NULL);
    struct cpm_arena arena = CPM_ARENA_INIT;
    unsigned char out[CPM_DIGEST_MAX];

    (void)state;
    assert_non_null(d);
    cpm_digest_update(d, "a", 1);
    cpm_digest_update(d, "", 0);
    cpm_digest_update(d, "bc", 2);
    assert_int_equal(cpm_digest_finish(d, out), 20);
    assert_string_equal(cpm_hex(&arena, out, 20), ABC_SHA1);
    cpm_arena_release(&arena);
}

static void base64_goes_both_ways_and_refuses_what_is_none(void **state)
{
    static const struct {
        const char *plain, *coded;
    } cases[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str out;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(cpm_base64(&arena, cases[i].plain, strlen(cases[i].plain)),
                            cases[i].coded);
        assert_true(cpm_base64_decode(&arena, cpm_str(cases[i].coded), &out));
        assert_true(cpm_str_is(out, cases[i].plain));
    }
    assert_false(cpm_base64_decode(&arena, CPM_STR("Z"), &out));
    assert_false(cpm_base64_decode(&arena, CPM_STR("Zm9v!"), &out));
    assert_false(cpm_base64_decode(&arena, CPM_STR("Zg===="), &out));
    cpm_arena_release(&arena);
}

static void the_strongest_hash_of_an_integrity_counts(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    unsigned char sha1[CPM_DIGEST_MAX], sha512[CPM_DIGEST_MAX];
    const char *weak = cpm_sri_from_shasum(&arena, CPM_STR(ABC_SHA1));
    const char *strong;
    struct cpm_sri sri;

    (void)state;
    cpm_digest_of(CPM_SHA1, CPM_STR("abc"), sha1, NULL);
    cpm_digest_of(CPM_SHA512, CPM_STR("abc"), sha512, NULL);
    strong = cpm_sri_text(&arena, CPM_SHA512, sha512);
    assert_true(cpm_sri_parse(cpm_str(cpm_arena_printf(&arena, "%s  %s?x", weak, strong)), &sri));
    assert_int_equal(sri.algo, CPM_SHA512);
    assert_int_equal(sri.count, 1);
    assert_true(cpm_sri_matches(&sri, sha512, 64));
    assert_false(cpm_sri_matches(&sri, sha1, 20));
    assert_true(cpm_sri_parse(cpm_str(weak), &sri));
    assert_true(cpm_sri_matches(&sri, sha1, 20));
    cpm_arena_release(&arena);
}

static void md5_and_hashes_of_the_wrong_length_never_count(void **state)
{
    struct cpm_sri sri;

    (void)state;
    assert_false(cpm_sri_parse(CPM_STR("md5-kAFQmDzST7DWlj99KOF/cg=="), &sri));
    assert_false(cpm_sri_parse(CPM_STR("sha512-AAAA"), &sri));
    assert_false(cpm_sri_parse(CPM_STR("sha512-"), &sri));
    assert_false(cpm_sri_parse(CPM_STR(""), &sri));
    assert_false(cpm_sri_parse(CPM_STR("sha3-AAAA -- ?"), &sri));
}

static void an_integrity_is_written_as_npm_writes_it(void **state)
{
    static const char *const texts[][2] = {
        {"sha512-AAAA", "sha512-AAAA"},
        {" sha1-b  junk sha512-a?x \n sha1-c nope-d sha512- ", "sha1-b sha1-c sha512-a?x"},
        {"", ""},
        {"garbage", ""},
        {"sha512-?x", ""},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct cpm_str got = cpm_integrity_normal(&arena, cpm_str(texts[i][0]));

        assert_true(cpm_str_is(got, texts[i][1]));
    }
    cpm_arena_release(&arena);
}

static void a_shasum_must_be_forty_hex_digits(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    (void)state;
    assert_string_equal(cpm_sri_from_shasum(&arena, CPM_STR(ABC_SHA1)),
                        "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
    assert_null(cpm_sri_from_shasum(&arena, CPM_STR("a9993e")));
    assert_null(cpm_sri_from_shasum(&arena, CPM_STR("z9993e364706816aba3e25717850c26c9cd0d89d")));
    cpm_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_use_may_come_from_several_threads_at_once),
        cmocka_unit_test(the_digest_of_abc_is_the_published_one),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(base64_goes_both_ways_and_refuses_what_is_none),
        cmocka_unit_test(the_strongest_hash_of_an_integrity_counts),
        cmocka_unit_test(an_integrity_is_written_as_npm_writes_it),
        cmocka_unit_test(md5_and_hashes_of_the_wrong_length_never_count),
        cmocka_unit_test(a_shasum_must_be_forty_hex_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
