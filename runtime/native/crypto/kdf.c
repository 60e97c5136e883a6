/* Keys out of passwords and secrets: pbkdf2, scrypt, hkdf. All are jobs. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>

struct derivation {
    struct cpm_bytes_job bytes; /* first */
    EVP_MD *md;
    struct cpm_js_bytes secret, salt, info;
    uint64_t n, r, p, most; /* n is pbkdf2's rounds too */
};

static void release(struct cpm_job *job)
{
    struct derivation *d = (struct derivation *)job;

    EVP_MD_free(d->md);
    OPENSSL_cleanse(d->secret.ptr, d->secret.len);
    cpm_free(d->secret.ptr);
    cpm_free(d->salt.ptr);
    cpm_free(d->info.ptr);
}

static struct derivation *derivation_new(JSContextRef ctx, JSValueRef secret, JSValueRef salt,
                                         int64_t length)
{
    struct derivation *d = cpm_calloc(1, sizeof(*d));

    d->secret = cpm_job_copy(ctx, secret);
    d->salt = cpm_job_copy(ctx, salt);
    d->bytes.len = (size_t)length;
    d->bytes.out = cpm_alloc(d->bytes.len + 1);
    d->bytes.job.result = cpm_bytes_job_result;
    d->bytes.job.release = release;
    return d;
}

static void run_pbkdf2(struct cpm_job *job)
{
    struct derivation *d = (struct derivation *)job;

    if (d->bytes.len &&
        PKCS5_PBKDF2_HMAC((char *)d->secret.ptr, (int)d->secret.len, d->salt.ptr, (int)d->salt.len,
                          (int)d->n, d->md, (int)d->bytes.len, d->bytes.out) != 1)
        cpm_bytes_job_fail(&d->bytes);
}

/* (password, salt, iterations, length, digest, callback): bytes; null when there is no such digest.
 */
CPM_JS_FUNCTION(pbkdf2)
{
    EVP_MD *md = cpm_crypto_digest_arg(ctx, argc, argv, 4);

    if (!md)
        return JSValueMakeNull(ctx);
    struct derivation *d = derivation_new(ctx, argv[0], argv[1], cpm_js_int(ctx, argc, argv, 3));
    d->md = md;
    d->n = (uint64_t)cpm_js_int(ctx, argc, argv, 2);
    d->bytes.job.run = run_pbkdf2;
    return cpm_job_start(&d->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 5), exception);
}

static void run_scrypt(struct cpm_job *job)
{
    struct derivation *d = (struct derivation *)job;

    if (d->bytes.len &&
        EVP_PBE_scrypt((char *)d->secret.ptr, d->secret.len, d->salt.ptr, d->salt.len, d->n, d->r,
                       d->p, d->most, d->bytes.out, d->bytes.len) != 1)
        cpm_bytes_job_fail(&d->bytes);
}

/* (N, r, p, most memory): whether scrypt takes them. */
CPM_JS_FUNCTION(scrypt_check)
{
    int rc = EVP_PBE_scrypt(NULL, 0, NULL, 0, (uint64_t)cpm_js_int(ctx, argc, argv, 0),
                            (uint64_t)cpm_js_int(ctx, argc, argv, 1),
                            (uint64_t)cpm_js_int(ctx, argc, argv, 2),
                            (uint64_t)cpm_js_int(ctx, argc, argv, 3), NULL, 0);

    ERR_clear_error();
    return JSValueMakeBoolean(ctx, rc == 1);
}

/* (password, salt, length, N, r, p, most memory, callback): bytes */
CPM_JS_FUNCTION(scrypt)
{
    struct derivation *d =
        derivation_new(ctx, cpm_js_arg(ctx, argc, argv, 0), cpm_js_arg(ctx, argc, argv, 1),
                       cpm_js_int(ctx, argc, argv, 2));

    d->n = (uint64_t)cpm_js_int(ctx, argc, argv, 3);
    d->r = (uint64_t)cpm_js_int(ctx, argc, argv, 4);
    d->p = (uint64_t)cpm_js_int(ctx, argc, argv, 5);
    d->most = (uint64_t)cpm_js_int(ctx, argc, argv, 6);
    d->bytes.job.run = run_scrypt;
    return cpm_job_start(&d->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 7), exception);
}

static void run_hkdf(struct cpm_job *job)
{
    struct derivation *d = (struct derivation *)job;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)EVP_MD_get0_name(d->md), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, d->secret.ptr, d->secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, d->salt.ptr, d->salt.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, d->info.ptr, d->info.len),
        OSSL_PARAM_construct_end()};

    if (d->bytes.len && EVP_KDF_derive(context, d->bytes.out, d->bytes.len, params) != 1)
        cpm_bytes_job_fail(&d->bytes);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

/* (digest, key, salt, info, length, callback): bytes; null when there is no such digest. */
CPM_JS_FUNCTION(hkdf)
{
    EVP_MD *md = cpm_crypto_digest_arg(ctx, argc, argv, 0);

    if (!md)
        return JSValueMakeNull(ctx);
    struct derivation *d = derivation_new(ctx, argv[1], argv[2], cpm_js_int(ctx, argc, argv, 4));
    d->md = md;
    d->info = cpm_job_copy(ctx, argv[3]);
    d->bytes.job.run = run_hkdf;
    return cpm_job_start(&d->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 5), exception);
}

const struct cpm_js_method cpm_crypto_kdf[] = {
    {"pbkdf2", pbkdf2}, {"scrypt", scrypt}, {"scryptCheck", scrypt_check},
    {"hkdf", hkdf},     {NULL, NULL},
};
