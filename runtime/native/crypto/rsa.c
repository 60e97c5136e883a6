/* Encryption with a key pair: publicEncrypt and its three relatives. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/rsa.h>

/* Each of the four is two functions of OpenSSL's. */
static const struct operation {
    const char *name;
    int (*init)(EVP_PKEY_CTX *);
    int (*run)(EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);
} operations[] = {
    {"publicEncrypt", EVP_PKEY_encrypt_init, EVP_PKEY_encrypt},
    {"privateDecrypt", EVP_PKEY_decrypt_init, EVP_PKEY_decrypt},
    {"privateEncrypt", EVP_PKEY_sign_init, EVP_PKEY_sign},
    {"publicDecrypt", EVP_PKEY_verify_recover_init, EVP_PKEY_verify_recover},
};

struct crypting {
    struct cpm_bytes_job bytes; /* first */
    const struct operation *operation;
    EVP_PKEY *key;
    EVP_MD *md; /* OAEP's */
    int padding;
    struct cpm_js_bytes data, label;
};

static bool set_oaep(struct crypting *c, EVP_PKEY_CTX *context)
{
    if (c->md && EVP_PKEY_CTX_set_rsa_oaep_md(context, c->md) <= 0)
        return false;
    if (!c->label.len)
        return true;
    unsigned char *label = OPENSSL_memdup(c->label.ptr, c->label.len);
    return EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, (int)c->label.len) > 0;
}

static bool crypt_data(struct crypting *c, EVP_PKEY_CTX *context)
{
    struct cpm_bytes_job *out = &c->bytes;

    if (!context || c->operation->init(context) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(context, c->padding) <= 0 ||
        (c->padding == RSA_PKCS1_OAEP_PADDING && !set_oaep(c, context)) ||
        c->operation->run(context, NULL, &out->len, c->data.ptr, c->data.len) <= 0)
        return false;
    out->out = cpm_alloc(out->len + 1);
    return c->operation->run(context, out->out, &out->len, c->data.ptr, c->data.len) > 0;
}

static void run(struct cpm_job *job)
{
    struct crypting *c = (struct crypting *)job;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(c->key, NULL);

    if (!crypt_data(c, context))
        cpm_bytes_job_fail(&c->bytes);
    EVP_PKEY_CTX_free(context);
}

static void release(struct cpm_job *job)
{
    struct crypting *c = (struct crypting *)job;

    EVP_PKEY_free(c->key);
    EVP_MD_free(c->md);
    cpm_free(c->data.ptr);
    cpm_free(c->label.ptr);
}

/* (operation's number, key, data, padding, digest or none, label or none, callback): bytes */
CPM_JS_FUNCTION(rsa)
{
    EVP_PKEY *key = cpm_crypto_key_ref(ctx, argc, argv, 1);

    if (!key)
        return cpm_js_throw(ctx, exception, "a key is missing");
    struct crypting *c = cpm_calloc(1, sizeof(*c));
    c->operation = &operations[(size_t)cpm_js_int(ctx, argc, argv, 0) %
                               (sizeof(operations) / sizeof(operations[0]))];
    c->key = key;
    c->data = cpm_job_copy(ctx, cpm_js_arg(ctx, argc, argv, 2));
    c->padding = (int)cpm_js_int(ctx, argc, argv, 3);
    c->md = cpm_crypto_digest_arg(ctx, argc, argv, 4);
    c->label = cpm_job_copy(ctx, cpm_js_arg(ctx, argc, argv, 5));
    c->bytes.job.run = run;
    c->bytes.job.result = cpm_bytes_job_result;
    c->bytes.job.release = release;
    return cpm_job_start(&c->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 6), exception);
}

const struct cpm_js_method cpm_crypto_rsa[] = {{"rsa", rsa}, {NULL, NULL}};
