/* Asymmetric keys in and out of PEM and DER. */
#define OPENSSL_SUPPRESS_DEPRECATED /* PKCS#1's public keys have no other door */
#include "runtime/native/crypto/crypto.h"

#include "base/mem.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static void key_free(void *content)
{
    EVP_PKEY_free(content);
}

const struct cpm_box_kind cpm_crypto_key_kind = {"Key", key_free};

JSValueRef cpm_crypto_key_box(JSContextRef ctx, EVP_PKEY *key)
{
    return cpm_box_new(ctx, &cpm_crypto_key_kind, key);
}

EVP_PKEY *cpm_crypto_key_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    return cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, i), &cpm_crypto_key_kind);
}

EVP_PKEY *cpm_crypto_key_ref(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, i);

    if (key)
        EVP_PKEY_up_ref(key);
    return key;
}

/* What is read, and the password that may be asked for. */
struct reading {
    BIO *in;
    struct cpm_js_bytes bytes;
    char *format, *type;
    struct cpm_js_bytes password;
    bool has_password;
};

static int on_password(char *into, int room, CPM_UNUSED int writing, void *data)
{
    struct reading *r = data;

    if (!r->has_password || r->password.len > (size_t)room)
        return -1;
    if (r->password.len)
        memcpy(into, r->password.ptr, r->password.len);
    return (int)r->password.len;
}

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

static EVP_PKEY *read_pkcs8(struct reading *r)
{
    EVP_PKEY *key = NULL;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO_bio(r->in, NULL);

    if (info) {
        key = EVP_PKCS82PKEY(info);
        PKCS8_PRIV_KEY_INFO_free(info);
        return key;
    }
    ERR_clear_error();
    BIO_free(r->in);
    r->in = BIO_new_mem_buf(r->bytes.ptr, (int)r->bytes.len);
    return d2i_PKCS8PrivateKey_bio(r->in, NULL, on_password, r);
}

static EVP_PKEY *read_private(struct reading *r)
{
    const unsigned char *at = r->bytes.ptr;

    if (is(r->format, "pem"))
        return PEM_read_bio_PrivateKey(r->in, NULL, on_password, r);
    if (is(r->type, "pkcs1"))
        return d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, (long)r->bytes.len);
    if (is(r->type, "sec1"))
        return d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, (long)r->bytes.len);
    return read_pkcs8(r);
}

static EVP_PKEY *key_of_certificate(X509 *certificate)
{
    EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;

    X509_free(certificate);
    return key;
}

/* The bytes of a PEM block of that label are handed to `read`. */
static EVP_PKEY *read_labelled(const char *label, const unsigned char *der, long len)
{
    if (is(label, "PUBLIC KEY"))
        return d2i_PUBKEY(NULL, &der, len);
    if (is(label, "RSA PUBLIC KEY"))
        return d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, len);
    if (is(label, "CERTIFICATE") || is(label, "X509 CERTIFICATE"))
        return key_of_certificate(d2i_X509(NULL, &der, len));
    return NULL;
}

/* A private key will do as well: it has the public one. */
static EVP_PKEY *read_public(struct reading *r)
{
    const unsigned char *at = r->bytes.ptr;
    char *label = NULL, *header = NULL;
    unsigned char *der = NULL;
    long len = 0;

    if (is(r->format, "der")) {
        if (is(r->type, "pkcs1"))
            return d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)r->bytes.len);
        return is(r->type, "spki") ? d2i_PUBKEY(NULL, &at, (long)r->bytes.len) : read_private(r);
    }
    EVP_PKEY *key = NULL;
    if (PEM_read_bio(r->in, &label, &header, &der, &len) == 1)
        key = read_labelled(label, der, len);
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_free(der);
    if (key)
        return key;
    ERR_clear_error();
    BIO_free(r->in);
    r->in = BIO_new_mem_buf(r->bytes.ptr, (int)r->bytes.len);
    return read_private(r);
}

/* (bytes, format, type, password or none, whether public): a key */
CPM_JS_FUNCTION(key_read)
{
    struct reading r = {.format = cpm_js_arg_utf8(ctx, argc, argv, 1),
                        .type = cpm_js_arg_utf8(ctx, argc, argv, 2)};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &r.bytes);
    r.has_password = argc > 3 && cpm_js_bytes(ctx, argv[3], &r.password);
    r.in = BIO_new_mem_buf(r.bytes.ptr ? (const void *)r.bytes.ptr : "", (int)r.bytes.len);
    bool public = argc > 4 && JSValueToBoolean(ctx, argv[4]);
    EVP_PKEY *key = public ? read_public(&r) : read_private(&r);
    BIO_free(r.in);
    cpm_free(r.format);
    cpm_free(r.type);
    if (key) {
        ERR_clear_error();
        return cpm_crypto_key_box(ctx, key);
    }
    return cpm_crypto_throw(ctx, exception, "Failed to read asymmetric key");
}

struct writing {
    BIO *out;
    EVP_PKEY *key;
    bool pem;
    const EVP_CIPHER *cipher;
    struct cpm_js_bytes password;
};

static bool write_public(const struct writing *w, const char *type)
{
    if (!is(type, "pkcs1"))
        return (w->pem ? PEM_write_bio_PUBKEY(w->out, w->key) : i2d_PUBKEY_bio(w->out, w->key)) ==
               1;
    const RSA *rsa = EVP_PKEY_get0_RSA(w->key);
    return rsa && (w->pem ? PEM_write_bio_RSAPublicKey(w->out, rsa)
                          : i2d_RSAPublicKey_bio(w->out, rsa)) == 1;
}

static bool write_private(const struct writing *w, const char *type)
{
    char *password = (char *)w->password.ptr;
    int len = (int)w->password.len;

    if (is(type, "pkcs8"))
        return (w->pem ? PEM_write_bio_PKCS8PrivateKey(w->out, w->key, w->cipher, password, len,
                                                       NULL, NULL)
                       : i2d_PKCS8PrivateKey_bio(w->out, w->key, w->cipher, password, len, NULL,
                                                 NULL)) == 1;
    if (!w->pem)
        return i2d_PrivateKey_bio(w->out, w->key) == 1;
    return PEM_write_bio_PrivateKey_traditional(w->out, w->key, w->cipher,
                                                (unsigned char *)password, len, NULL, NULL) == 1;
}

/* (key, whether private, format, type, cipher or none, password or none): bytes; null when there is
 * no such cipher. */
CPM_JS_FUNCTION(key_write)
{
    struct writing w = {.out = BIO_new(BIO_s_mem()), .key = cpm_crypto_key_arg(ctx, argc, argv, 0)};
    char *format = cpm_js_arg_utf8(ctx, argc, argv, 2), *type = cpm_js_arg_utf8(ctx, argc, argv, 3),
         *cipher = cpm_js_arg_utf8(ctx, argc, argv, 4), *text;
    JSValueRef value = JSValueMakeNull(ctx);

    w.pem = is(format, "pem");
    w.cipher = cipher ? EVP_get_cipherbyname(cipher) : NULL;
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 5), &w.password);
    bool private = argc > 1 && JSValueToBoolean(ctx, argv[1]);
    if (cipher && !w.cipher)
        goto out;
    if (w.key && (private ? write_private(&w, type) : write_public(&w, type))) {
        size_t len = (size_t)BIO_get_mem_data(w.out, &text);
        char *copy = cpm_alloc(len + 1);
        memcpy(copy, text, len);
        value = cpm_js_take_bytes(ctx, copy, len);
    } else {
        value = cpm_crypto_throw(ctx, exception, "Failed to encode the key");
    }
out:
    BIO_free(w.out);
    cpm_free(format);
    cpm_free(type);
    cpm_free(cipher);
    return value;
}

/* (key, key) */
CPM_JS_FUNCTION(key_equal)
{
    EVP_PKEY *a = cpm_crypto_key_arg(ctx, argc, argv, 0),
             *b = cpm_crypto_key_arg(ctx, argc, argv, 1);
    int rc = a && b ? EVP_PKEY_eq(a, b) : 0;

    ERR_clear_error();
    return JSValueMakeBoolean(ctx, rc == 1);
}

const struct cpm_js_method cpm_crypto_key[] = {
    {"keyRead", key_read},
    {"keyWrite", key_write},
    {"keyEqual", key_equal},
    {NULL, NULL},
};
