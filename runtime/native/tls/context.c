/* SSL_CTX from what createSecureContext takes. Certificates and keys are PEM, or together PKCS#12;
 * who trusts nobody by name trusts what the system does. */
#include "runtime/native/tls/tls.h"

#include "base/mem.h"
#include "runtime/js.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

static void context_free(void *content)
{
    SSL_CTX *context = content;

    cpm_free(SSL_CTX_get_app_data(context));
    SSL_CTX_free(context);
}

const struct cpm_box_kind cpm_tls_context_kind = {"SecureContext", context_free};

const unsigned char *cpm_tls_context_alpn(const SSL_CTX *context, unsigned *len)
{
    const struct cpm_tls_extra *extra = SSL_CTX_get_app_data(context);

    *len = extra->alpn_len;
    return extra->alpn_len ? extra->alpn : NULL;
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

/* The item of a list [bytes, passphrase or none, …]. */
static bool use_secret(JSContextRef ctx, JSObjectRef list, unsigned i, SSL_CTX *context,
                       bool (*use)(SSL_CTX *, struct cpm_js_bytes, char *))
{
    struct cpm_js_bytes bytes;
    JSValueRef text = JSObjectGetPropertyAtIndex(ctx, list, i + 1, NULL);

    if (!cpm_js_bytes(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), &bytes))
        return true;
    char *passphrase = cpm_js_arg_utf8(ctx, 1, &text, 0);
    bool good = use(context, bytes, passphrase);
    cpm_free(passphrase);
    return good;
}

static bool each_secret(JSContextRef ctx, JSObjectRef options, const char *name, SSL_CTX *context,
                        bool (*use)(SSL_CTX *, struct cpm_js_bytes, char *))
{
    JSValueRef value = cpm_js_get(ctx, options, name);

    if (!JSValueIsObject(ctx, value))
        return true;
    JSObjectRef list = JSValueToObject(ctx, value, NULL);
    unsigned count = (unsigned)cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0);
    for (unsigned i = 0; i + 1 < count; i += 2)
        if (!use_secret(ctx, list, i, context, use))
            return false;
    return true;
}

static bool use_pfx(SSL_CTX *context, struct cpm_js_bytes bytes, char *passphrase)
{
    BIO *bio = bio_of(bytes);
    PKCS12 *pfx = d2i_PKCS12_bio(bio, NULL);
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    STACK_OF(X509) *others = NULL;
    bool good = pfx && PKCS12_parse(pfx, passphrase, &key, &cert, &others) == 1 && key && cert &&
                SSL_CTX_use_cert_and_key(context, cert, key, others, 1) == 1;

    for (int i = 0; good && i < sk_X509_num(others); i++) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), sk_X509_value(others, i));
        SSL_CTX_add_client_CA(context, sk_X509_value(others, i));
    }
    sk_X509_pop_free(others, X509_free);
    X509_free(cert);
    EVP_PKEY_free(key);
    PKCS12_free(pfx);
    BIO_free(bio);
    return good;
}

static bool use_crl(SSL_CTX *context, struct cpm_js_bytes pem)
{
    BIO *bio = bio_of(pem);
    X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, on_passphrase, NULL);
    X509_STORE *store = SSL_CTX_get_cert_store(context);

    if (crl) {
        X509_STORE_add_crl(store, crl);
        X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
    X509_CRL_free(crl);
    BIO_free(bio);
    return crl != NULL;
}

static bool use_dhparam(SSL_CTX *context, struct cpm_js_bytes pem)
{
    BIO *bio = bio_of(pem);
    EVP_PKEY *params = PEM_read_bio_Parameters(bio, NULL);
    bool good = params && SSL_CTX_set0_tmp_dh_pkey(context, params) == 1;

    if (!good)
        EVP_PKEY_free(params);
    BIO_free(bio);
    return good;
}

/* Calls set() with the text options[name], where it is one. */
static bool with_text(JSContextRef ctx, JSObjectRef options, const char *name, SSL_CTX *context,
                      bool (*set)(SSL_CTX *, const char *))
{
    JSValueRef value = cpm_js_get(ctx, options, name);
    char *text = JSValueIsString(ctx, value) ? cpm_js_arg_utf8(ctx, 1, &value, 0) : NULL;
    bool good = !text || set(context, text);

    cpm_free(text);
    return good;
}

static bool set_curves(SSL_CTX *context, const char *names)
{
    return SSL_CTX_set1_groups_list(context, names) == 1;
}

static bool set_sigalgs(SSL_CTX *context, const char *names)
{
    return SSL_CTX_set1_sigalgs_list(context, names) == 1;
}

/* Sessions of one name are not taken up under another. */
static bool set_session_name(SSL_CTX *context, const char *name)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    return EVP_Digest(name, strlen(name), digest, &len, EVP_sha256(), NULL) == 1 &&
           SSL_CTX_set_session_id_context(
               context, digest, len < SSL_MAX_SID_CTX_LENGTH ? len : SSL_MAX_SID_CTX_LENGTH) == 1;
}

static void set_flags(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    double timeout = cpm_js_number(ctx, cpm_js_get(ctx, options, "sessionTimeout"), -1);

    SSL_CTX_set_options(context,
                        (uint64_t)cpm_js_number(ctx, cpm_js_get(ctx, options, "secureOptions"), 0));
    if (timeout >= 0)
        SSL_CTX_set_timeout(context, (long)timeout);
    if (JSValueToBoolean(ctx, cpm_js_get(ctx, options, "autoDh")))
        SSL_CTX_set_dh_auto(context, 1);
    if (JSValueToBoolean(ctx, cpm_js_get(ctx, options, "partialChain")))
        X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
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

static void keep_extra(JSContextRef ctx, JSObjectRef options, SSL_CTX *context)
{
    struct cpm_js_bytes names = {NULL, 0};

    if (!cpm_js_bytes(ctx, cpm_js_get(ctx, options, "alpn"), &names) || names.len > UINT16_MAX)
        names.len = 0;
    struct cpm_tls_extra *extra = cpm_calloc(1, sizeof(*extra) + names.len + 1);
    extra->alpn_len = (unsigned)names.len;
    if (names.len)
        memcpy(extra->alpn, names.ptr, names.len);
    SSL_CTX_set_app_data(context, extra);
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
    keep_extra(ctx, options, context);
    if (!own_trust)
        SSL_CTX_set_default_verify_paths(context);
    set_flags(ctx, options, context);
    return set_ciphers(ctx, options, context) && each(ctx, options, "cert", context, use_chain) &&
           each_secret(ctx, options, "key", context, use_key) &&
           each_secret(ctx, options, "pfx", context, use_pfx) &&
           each(ctx, options, "ca", context, trust) &&
           each(ctx, options, "extra", context, trust) &&
           each(ctx, options, "crl", context, use_crl) &&
           each(ctx, options, "dhparam", context, use_dhparam) &&
           with_text(ctx, options, "curves", context, set_curves) &&
           with_text(ctx, options, "sigalgs", context, set_sigalgs) &&
           with_text(ctx, options, "sessionName", context, set_session_name);
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
