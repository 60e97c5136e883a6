/* SSL_CTX from what createSecureContext takes. Certificates and keys are PEM; who trusts nobody by
 * name trusts what the system does. */
#include "runtime/native/tls/tls.h"

#include "base/mem.h"
#include "runtime/js.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

/* Beside the SSL_CTX, as its ex_data would be: found by its address in app_data. */
struct alpn {
    unsigned len;
    unsigned char names[];
};

static void context_free(void *content)
{
    SSL_CTX *context = content;

    cpm_free(SSL_CTX_get_app_data(context));
    SSL_CTX_free(context);
}

const struct cpm_box_kind cpm_tls_context_kind = {"SecureContext", context_free};

const unsigned char *cpm_tls_context_alpn(const SSL_CTX *context, unsigned *len)
{
    const struct alpn *alpn = SSL_CTX_get_app_data(context);

    *len = alpn ? alpn->len : 0;
    return alpn ? alpn->names : NULL;
}

static BIO *bio_of(struct cpm_js_bytes bytes)
{
    return BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
}

/* Without a passphrase OpenSSL would ask the terminal. */
static int on_passphrase(char *into, int size, CPM_UNUSED int writing, void *context)
{
    const char *text = context;
    size_t len = text ? strlen(text) : 0;

    if (!text || len > (size_t)size)
        return -1;
    memcpy(into, text, len);
    return (int)len;
}

static bool use_key(SSL_CTX *context, struct cpm_js_bytes pem, char *passphrase)
{
    BIO *bio = bio_of(pem);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, passphrase);
    bool good = key && SSL_CTX_use_PrivateKey(context, key) == 1;

    EVP_PKEY_free(key);
    BIO_free(bio);
    return good;
}

/* The certificate, and behind it the chain that is sent along. */
static bool use_chain(SSL_CTX *context, struct cpm_js_bytes pem)
{
    BIO *bio = bio_of(pem);
    X509 *cert = PEM_read_bio_X509_AUX(bio, NULL, on_passphrase, NULL);
    bool good = cert && SSL_CTX_use_certificate(context, cert) == 1;

    X509_free(cert);
    while (good && (cert = PEM_read_bio_X509(bio, NULL, on_passphrase, NULL)))
        if (SSL_CTX_add0_chain_cert(context, cert) != 1) {
            X509_free(cert);
            good = false;
        }
    BIO_free(bio);
    if (good)
        ERR_clear_error(); /* the end of the file is one to PEM_read */
    return good;
}

static bool trust(SSL_CTX *context, struct cpm_js_bytes pem)
{
    BIO *bio = bio_of(pem);
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    unsigned count = 0;

    for (X509 *cert; (cert = PEM_read_bio_X509_AUX(bio, NULL, on_passphrase, NULL)); count++) {
        X509_STORE_add_cert(store, cert);
        SSL_CTX_add_client_CA(context, cert);
        X509_free(cert);
    }
    BIO_free(bio);
    if (count)
        ERR_clear_error();
    return count > 0;
}

/* Calls use() for the bytes options[name], or for each of an array of them. */
static bool each(JSContextRef ctx, JSObjectRef options, const char *name, SSL_CTX *context,
                 bool (*use)(SSL_CTX *, struct cpm_js_bytes))
{
    JSValueRef value = cpm_js_get(ctx, options, name);
    struct cpm_js_bytes bytes;

    if (cpm_js_bytes(ctx, value, &bytes))
        return use(context, bytes);
    if (!JSValueIsObject(ctx, value))
        return true;
    JSObjectRef list = JSValueToObject(ctx, value, NULL);
    unsigned count = (unsigned)cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0);
    for (unsigned i = 0; i < count; i++)
        if (cpm_js_bytes(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), &bytes) &&
            !use(context, bytes))
            return false;
    return true;
}

static bool set_key(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    struct cpm_js_bytes pem;
    JSValueRef value = cpm_js_get(ctx, options, "passphrase");
    char *passphrase = cpm_js_arg_utf8(ctx, 1, &value, 0);
    bool good = !cpm_js_bytes(ctx, cpm_js_get(ctx, options, "key"), &pem) ||
                use_key(context, pem, passphrase);

    cpm_free(passphrase);
    return good;
}

static bool set_ciphers(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    JSValueRef old = cpm_js_get(ctx, options, "ciphers");
    JSValueRef suites = cpm_js_get(ctx, options, "suites");
    char *list = cpm_js_arg_utf8(ctx, 1, &old, 0), *names = cpm_js_arg_utf8(ctx, 1, &suites, 0);
    bool good = (!list || SSL_CTX_set_cipher_list(context, list) == 1) &&
                (!names || SSL_CTX_set_ciphersuites(context, names) == 1);

    cpm_free(list);
    cpm_free(names);
    return good;
}

static int version_of(JSContextRef ctx, JSObjectRef options, const char *name)
{
    return (int)cpm_js_number(ctx, cpm_js_get(ctx, options, name), 0);
}

static void keep_alpn(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    struct cpm_js_bytes names;

    if (!cpm_js_bytes(ctx, cpm_js_get(ctx, options, "alpn"), &names) || names.len > 65535)
        return;
    struct alpn *alpn = cpm_alloc(sizeof(*alpn) + names.len + 1);
    alpn->len = (unsigned)names.len;
    memcpy(alpn->names, names.ptr, names.len);
    SSL_CTX_set_app_data(context, alpn);
}

static bool set_up(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    bool own_trust = JSValueIsObject(ctx, cpm_js_get(ctx, options, "ca"));

    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_min_proto_version(context, version_of(ctx, options, "min"));
    SSL_CTX_set_max_proto_version(context, version_of(ctx, options, "max"));
    static const unsigned char id[] = "cpm";
    SSL_CTX_set_session_id_context(context, id, sizeof(id) - 1);
    keep_alpn(ctx, options, context);
    if (!own_trust)
        SSL_CTX_set_default_verify_paths(context);
    return set_ciphers(ctx, options, context) && each(ctx, options, "cert", context, use_chain) &&
           set_key(ctx, options, context) && each(ctx, options, "ca", context, trust) &&
           each(ctx, options, "extra", context, trust);
}

JSValueRef cpm_tls_context(JSContextRef ctx, CPM_UNUSED JSObjectRef callee,
                           CPM_UNUSED JSObjectRef self, size_t argc, const JSValueRef argv[],
                           JSValueRef *exception)
{
    JSObjectRef options = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);

    if (!options)
        return JSValueMakeUndefined(ctx);
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    if (set_up(ctx, options, context))
        return cpm_box_new(ctx, &cpm_tls_context_kind, context);
    context_free(context);
    *exception = cpm_tls_error(ctx, "the context is refused");
    return JSValueMakeUndefined(ctx);
}
