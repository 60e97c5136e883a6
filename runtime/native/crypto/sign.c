/* Signatures: made and checked in one go, of data or of its digest. All are jobs. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

enum { UNSET = -100 };

struct signing {
    struct cpm_bytes_job bytes; /* first */
    EVP_PKEY *key;
    EVP_MD *md; /* NULL: the key knows */
    struct cpm_js_bytes data, signature;
    int padding, salt; /* UNSET */
    bool hashed;       /* the data is a digest */
    bool flat;         /* r and s one behind the other (IEEE P1363) */
    bool verifying, valid;
};

static bool set_options(const struct signing *s, EVP_PKEY_CTX *context)
{
    bool rsa = EVP_PKEY_is_a(s->key, "RSA") || EVP_PKEY_is_a(s->key, "RSA-PSS");

    if (!rsa)
        return true;
    if (s->padding != UNSET && EVP_PKEY_CTX_set_rsa_padding(context, s->padding) <= 0)
        return false;
    return s->salt == UNSET || s->padding != RSA_PKCS1_PSS_PADDING ||
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, s->salt) > 0;
}

/* Half of a flat signature; 0 when the key's signatures have no halves. */
static int half_size(EVP_PKEY *key)
{
    BIGNUM *q = NULL;
    int bits = 0;

    if (EVP_PKEY_is_a(key, "EC")) {
        bits = EVP_PKEY_get_bits(key);
    } else if (EVP_PKEY_is_a(key, "DSA") &&
               EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_Q, &q) == 1) {
        bits = BN_num_bits(q);
        BN_free(q);
    }
    return (bits + 7) / 8;
}

static void flatten(struct signing *s)
{
    int half = half_size(s->key);
    const unsigned char *at = s->bytes.out;
    ECDSA_SIG *pair = half ? d2i_ECDSA_SIG(NULL, &at, (long)s->bytes.len) : NULL;

    if (!pair)
        return;
    unsigned char *flat = cpm_alloc((size_t)half * 2);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), flat, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), flat + half, half);
    ECDSA_SIG_free(pair);
    cpm_free(s->bytes.out);
    s->bytes.out = flat;
    s->bytes.len = (size_t)half * 2;
}

/* The DER of a flat signature, which OpenSSL frees; NULL when it is none. */
static unsigned char *unflatten(const struct signing *s, int *len)
{
    int half = half_size(s->key);
    unsigned char *der = NULL;

    if (!half || s->signature.len != (size_t)half * 2)
        return NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(s->signature.ptr, half, NULL),
                   BN_bin2bn(s->signature.ptr + half, half, NULL));
    *len = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    return der;
}

static bool sign_digest(struct signing *s, EVP_PKEY_CTX *context)
{
    if (EVP_PKEY_sign_init(context) <= 0 || !set_options(s, context) ||
        (s->md && EVP_PKEY_CTX_set_signature_md(context, s->md) <= 0) ||
        EVP_PKEY_sign(context, NULL, &s->bytes.len, s->data.ptr, s->data.len) <= 0)
        return false;
    s->bytes.out = cpm_alloc(s->bytes.len + 1);
    return EVP_PKEY_sign(context, s->bytes.out, &s->bytes.len, s->data.ptr, s->data.len) > 0;
}

static bool sign_data(struct signing *s, EVP_MD_CTX *context)
{
    EVP_PKEY_CTX *options;

    if (EVP_DigestSignInit(context, &options, s->md, NULL, s->key) <= 0 ||
        !set_options(s, options) ||
        EVP_DigestSign(context, NULL, &s->bytes.len, s->data.ptr, s->data.len) <= 0)
        return false;
    s->bytes.out = cpm_alloc(s->bytes.len + 1);
    return EVP_DigestSign(context, s->bytes.out, &s->bytes.len, s->data.ptr, s->data.len) > 0;
}

static bool verify_digest(struct signing *s, EVP_PKEY_CTX *context, const unsigned char *signature,
                          size_t len)
{
    if (EVP_PKEY_verify_init(context) <= 0 || !set_options(s, context) ||
        (s->md && EVP_PKEY_CTX_set_signature_md(context, s->md) <= 0))
        return false;
    s->valid = EVP_PKEY_verify(context, signature, len, s->data.ptr, s->data.len) == 1;
    return true;
}

static bool verify_data(struct signing *s, EVP_MD_CTX *context, const unsigned char *signature,
                        size_t len)
{
    EVP_PKEY_CTX *options;

    if (EVP_DigestVerifyInit(context, &options, s->md, NULL, s->key) <= 0 ||
        !set_options(s, options))
        return false;
    s->valid = EVP_DigestVerify(context, signature, len, s->data.ptr, s->data.len) == 1;
    return true;
}

static bool verify(struct signing *s, EVP_PKEY_CTX *pkey, EVP_MD_CTX *md)
{
    int len = (int)s->signature.len;
    unsigned char *der = s->flat && half_size(s->key) ? unflatten(s, &len) : NULL;
    const unsigned char *signature = der ? der : s->signature.ptr;

    if (s->flat && half_size(s->key) && !der)
        return true; /* of the wrong length: not valid, and no error */
    bool fine = s->hashed ? verify_digest(s, pkey, signature, (size_t)len)
                          : verify_data(s, md, signature, (size_t)len);
    OPENSSL_free(der);
    return fine;
}

static void run(struct cpm_job *job)
{
    struct signing *s = (struct signing *)job;
    EVP_PKEY_CTX *pkey = EVP_PKEY_CTX_new(s->key, NULL);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool fine = s->verifying ? verify(s, pkey, md)
                : s->hashed  ? sign_digest(s, pkey)
                             : sign_data(s, md);

    if (!fine)
        cpm_bytes_job_fail(&s->bytes);
    else if (s->flat && !s->verifying)
        flatten(s);
    ERR_clear_error();
    EVP_PKEY_CTX_free(pkey);
    EVP_MD_CTX_free(md);
}

static JSValueRef result(struct cpm_job *job, JSContextRef ctx, JSValueRef *exception)
{
    struct signing *s = (struct signing *)job;

    if (s->verifying && !s->bytes.failed)
        return JSValueMakeBoolean(ctx, s->valid);
    return cpm_bytes_job_result(job, ctx, exception);
}

static void release(struct cpm_job *job)
{
    struct signing *s = (struct signing *)job;

    EVP_PKEY_free(s->key);
    EVP_MD_free(s->md);
    cpm_free(s->data.ptr);
    cpm_free(s->signature.ptr);
}

/* (key, digest or none, data, { padding, saltLength, flat, hashed, signature }, callback): a
 * signature, or whether the one given is valid. */
CPM_JS_FUNCTION(sign)
{
    EVP_PKEY *key = cpm_crypto_key_ref(ctx, argc, argv, 0);
    JSObjectRef how = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 3), NULL);

    if (!key || !how)
        return cpm_js_throw(ctx, exception, "a key is missing");
    struct signing *s = cpm_calloc(1, sizeof(*s));
    JSValueRef signature = cpm_js_get(ctx, how, "signature");
    s->key = key;
    s->md = cpm_crypto_digest_arg(ctx, argc, argv, 1);
    s->data = cpm_job_copy(ctx, argv[2]);
    s->verifying = !JSValueIsUndefined(ctx, signature);
    s->signature = cpm_job_copy(ctx, signature);
    s->padding = (int)cpm_js_number(ctx, cpm_js_get(ctx, how, "padding"), UNSET);
    s->salt = (int)cpm_js_number(ctx, cpm_js_get(ctx, how, "saltLength"), UNSET);
    s->flat = JSValueToBoolean(ctx, cpm_js_get(ctx, how, "flat"));
    s->hashed = JSValueToBoolean(ctx, cpm_js_get(ctx, how, "hashed"));
    s->bytes.job.run = run;
    s->bytes.job.result = result;
    s->bytes.job.release = release;
    return cpm_job_start(&s->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 4), exception);
}

const struct cpm_js_method cpm_crypto_sign[] = {{"sign", sign}, {NULL, NULL}};
