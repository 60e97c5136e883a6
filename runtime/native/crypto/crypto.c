/* The object native('crypto'): the functions of all files, and OpenSSL's errors in node's shape. */
#include "runtime/native/crypto/crypto.h"

#include "base/mem.h"
#include "runtime/builtins.h"

#include <ctype.h>
#include <stdio.h>

/* Node names the library in the code for those that had a C face once. */
static const char *library_prefix(int library)
{
    static const struct {
        int library;
        const char *prefix;
    } rows[] = {
        {ERR_LIB_BN, "BN_"},         {ERR_LIB_RSA, "RSA_"},   {ERR_LIB_DH, "DH_"},
        {ERR_LIB_EVP, "EVP_"},       {ERR_LIB_BUF, "BUF_"},   {ERR_LIB_OBJ, "OBJ_"},
        {ERR_LIB_PEM, "PEM_"},       {ERR_LIB_DSA, "DSA_"},   {ERR_LIB_X509, "X509_"},
        {ERR_LIB_ASN1, "ASN1_"},     {ERR_LIB_CONF, "CONF_"}, {ERR_LIB_CRYPTO, "CRYPTO_"},
        {ERR_LIB_EC, "EC_"},         {ERR_LIB_BIO, "BIO_"},   {ERR_LIB_PKCS7, "PKCS7_"},
        {ERR_LIB_X509V3, "X509V3_"}, {ERR_LIB_RAND, "RAND_"}, {ERR_LIB_PKCS12, "PKCS12_"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].library == library)
            return rows[i].prefix;
    return "";
}

static void add_code(JSContextRef ctx, JSObjectRef error, unsigned long code, const char *reason)
{
    char text[128];
    int len =
        snprintf(text, sizeof(text), "ERR_OSSL_%s%s", library_prefix(ERR_GET_LIB(code)), reason);

    for (int i = 0; i < len && text[i]; i++)
        text[i] = text[i] == ' ' ? '_' : (char)toupper((unsigned char)text[i]);
    cpm_js_set(ctx, error, "code", cpm_js_text(ctx, text));
}

JSValueRef cpm_crypto_error(JSContextRef ctx, unsigned long code, const char *otherwise)
{
    char text[256];

    if (!code)
        return cpm_js_error(ctx, "Error", "%s", otherwise);
    ERR_error_string_n(code, text, sizeof(text));
    JSValueRef value = cpm_js_error(ctx, "Error", "%s", text);
    JSObjectRef error = JSValueToObject(ctx, value, NULL);
    const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
    if (library)
        cpm_js_set(ctx, error, "library", cpm_js_text(ctx, library));
    if (reason) {
        cpm_js_set(ctx, error, "reason", cpm_js_text(ctx, reason));
        add_code(ctx, error, code, reason);
    }
    return value;
}

/* What is left in this thread's queue, as node's opensslErrorStack. */
static void add_rest(JSContextRef ctx, JSObjectRef error)
{
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);
    unsigned long code;
    unsigned count = 0;
    char text[256];

    while ((code = ERR_get_error()) != 0) {
        ERR_error_string_n(code, text, sizeof(text));
        JSObjectSetPropertyAtIndex(ctx, list, count++, cpm_js_text(ctx, text), NULL);
    }
    if (count)
        cpm_js_set(ctx, error, "opensslErrorStack", list);
}

JSValueRef cpm_crypto_throw(JSContextRef ctx, JSValueRef *exception, const char *otherwise)
{
    *exception = cpm_crypto_error(ctx, ERR_get_error(), otherwise);
    add_rest(ctx, JSValueToObject(ctx, *exception, NULL));
    return JSValueMakeUndefined(ctx);
}

void cpm_bytes_job_fail(struct cpm_bytes_job *job)
{
    job->failed = true;
    job->fault = ERR_get_error();
    ERR_clear_error();
}

JSValueRef cpm_bytes_job_result(struct cpm_job *base, JSContextRef ctx, JSValueRef *exception)
{
    struct cpm_bytes_job *job = (struct cpm_bytes_job *)base;

    if (!job->failed && job->len)
        return cpm_js_take_bytes(ctx, job->out, job->len);
    cpm_free(job->out);
    if (!job->failed)
        return cpm_js_take_bytes(ctx, NULL, 0);
    *exception = cpm_crypto_error(ctx, job->fault, "Operation failed");
    return JSValueMakeUndefined(ctx);
}

__attribute__((visibility("default"))) cpm_native_fn cpm_native_crypto;

JSObjectRef cpm_native_crypto(struct cpm_runtime *rt)
{
    static const struct cpm_js_method *const files[] = {
        cpm_crypto_kdf,       cpm_crypto_random, cpm_crypto_cipher, cpm_crypto_key,
        cpm_crypto_key_parts, cpm_crypto_sign,   cpm_crypto_keygen, cpm_crypto_agreement,
        cpm_crypto_rsa,       cpm_crypto_x509,
    };
    JSObjectRef object = cpm_js_object(rt->ctx, cpm_crypto_hash);

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        cpm_js_add(rt->ctx, object, files[i]);
    cpm_js_set(rt->ctx, object, "version", JSValueMakeNumber(rt->ctx, OPENSSL_VERSION_NUMBER));
    return object;
}
