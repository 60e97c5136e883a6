#include "registry/signatures.h"

#include "registry/packument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* A P-256 key made for this test, and what it signed: "pkg@1.0.0:sha512-abc=". */
#define KEY                                                                                        \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEepFKHxcrO5xkXgPZPNsR6164GHEXdeLbapAq1bOqGfSFrAa68+"       \
    "6EQwThgWO9yvMaNz0WAOJovG1sgiKnvwwzZg=="
#define SIG                                                                                        \
    "MEUCIA5ElmJA1Yw8Rl3TsyFkBCMfNnVC8o6Vuuz3MxeaQ3vuAiEAsjbvqNYk9mCf0G5OWec7LyCQpotFVcsJOjGMOKn1" \
    "Pgk="

#define KEYS(more)         "{\"keys\":[{\"keyid\":\"k\",\"key\":\"" KEY "\"" more "}]}"
#define SIGNED_BY(id, sig) "[{\"keyid\":\"" id "\",\"sig\":\"" sig "\"}]"

static int verify(const char *json, struct cpm_signed what, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_registry_keys keys;
    int rc = cpm_registry_keys_read(cpm_str(json), &arena, &keys, err);
    if (rc == 0)
        rc = cpm_signatures_verify(&keys, &what, &arena, err);
    cpm_registry_keys_release(&keys);
    cpm_arena_release(&arena);
    return rc;
}

static struct cpm_signed right(void)
{
    return (struct cpm_signed){.id = CPM_STR("pkg@1.0.0"),
                               .integrity = CPM_STR("sha512-abc="),
                               .published = CPM_TIME_NONE,
                               .signatures = CPM_STR(SIGNED_BY("k", SIG))};
}

static void a_signature_of_the_key_is_right(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    (void)state;
    assert_int_equal(verify(KEYS(""), right(), &err), 0);
    assert_int_equal(verify(KEYS(",\"expires\":null"), right(), &err), 0);
}

static void another_name_or_integrity_is_not_what_was_signed(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_signed what = right();
    (void)state;
    what.id = CPM_STR("pkg@1.0.1");
    assert_int_equal(verify(KEYS(""), what, &err), CPM_EINTEGRITYSIGNATURE);
    what = right();
    what.integrity = CPM_STR("sha512-abd=");
    assert_int_equal(verify(KEYS(""), what, &err), CPM_EINTEGRITYSIGNATURE);
}

static void every_signature_must_be_right(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_signed what = right();
    (void)state;
    what.signatures =
        CPM_STR("[{\"keyid\":\"k\",\"sig\":\"" SIG "\"},{\"keyid\":\"k\",\"sig\":\"\"}]");
    assert_int_equal(verify(KEYS(""), what, &err), CPM_EINTEGRITYSIGNATURE);
    what.signatures = CPM_STR(SIGNED_BY("k", "no base64!"));
    assert_int_equal(verify(KEYS(""), what, &err), CPM_EINTEGRITYSIGNATURE);
    what.signatures = CPM_STR("{}");
    assert_int_equal(verify(KEYS(""), what, &err), CPM_EINTEGRITYSIGNATURE);
}

static void a_key_must_be_there_and_readable(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_signed what = right();
    (void)state;
    assert_int_equal(verify("{\"keys\":[]}", what, &err), CPM_EMISSINGSIGNATUREKEY);
    assert_int_equal(verify("{}", what, &err), CPM_EMISSINGSIGNATUREKEY);
    assert_int_equal(verify("{\"keys\":[{\"keyid\":\"k\",\"key\":\"AAAA\"}]}", what, &err),
                     CPM_EINTEGRITYSIGNATURE);
    assert_true(verify("no json", what, &err) < 0);
}

static void a_key_signs_nothing_that_came_after_its_end(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_signed what = right();
    (void)state;
    what.published = 1735689600000; /* 2025-01-01 */
    assert_int_equal(verify(KEYS(",\"expires\":\"2025-01-02T00:00:00.000Z\""), what, &err), 0);
    assert_int_equal(verify(KEYS(",\"expires\":\"2024-12-31T00:00:00.000Z\""), what, &err),
                     CPM_EEXPIREDSIGNATUREKEY);
    assert_int_equal(verify(KEYS(",\"expires\":\"soon\""), what, &err), CPM_EEXPIREDSIGNATUREKEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_of_the_key_is_right),
        cmocka_unit_test(another_name_or_integrity_is_not_what_was_signed),
        cmocka_unit_test(every_signature_must_be_right),
        cmocka_unit_test(a_key_must_be_there_and_readable),
        cmocka_unit_test(a_key_signs_nothing_that_came_after_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
