/* Certificates: read once, kept in a box, asked by functions of the box. */
#include "runtime/native/crypto/crypto.h"

#include "base/mem.h"
#include "runtime/native/tls/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

/* As Node prints a name: a line a field. */
enum {
    NAME_FLAGS = ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT |
                 XN_FLAG_SEP_MULTILINE | XN_FLAG_FN_SN
};

static void certificate_free(void *content)
{
    X509_free(content);
}

static const struct cpm_box_kind kind = {"Certificate", certificate_free};

static X509 *certificate_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    return cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, i), &kind);
}

/* (bytes in PEM or DER): a box, or the error. */
CPM_JS_FUNCTION(x509_read)
{
    struct cpm_js_bytes bytes = {NULL, 0};

    ERR_clear_error();
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &bytes);
    BIO *in = BIO_new_mem_buf(bytes.ptr ? bytes.ptr : (void *)"", (int)bytes.len);
    X509 *cert = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
    BIO_free(in);
    if (!cert) {
        unsigned long code = ERR_peek_last_error();
        const unsigned char *at = bytes.ptr;
        cert = at ? d2i_X509(NULL, &at, (long)bytes.len) : NULL;
        ERR_clear_error();
        if (!cert) {
            *exception = cpm_crypto_error(ctx, code, "not a certificate");
            return JSValueMakeUndefined(ctx);
        }
    }
    ERR_clear_error();
    return cpm_box_new(ctx, &kind, cert);
}

static JSValueRef text_of(JSContextRef ctx, BIO *bio)
{
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    JSValueRef value = len > 0 ? cpm_js_text_n(ctx, text, (size_t)len) : JSValueMakeUndefined(ctx);

    BIO_free(bio);
    return value;
}

static JSValueRef name_text(JSContextRef ctx, const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());

    X509_NAME_print_ex(bio, name, 0, NAME_FLAGS);
    return text_of(ctx, bio);
}

/* "OCSP - URI:http://…", a line for each. */
static JSValueRef access_text(JSContextRef ctx, X509 *cert)
{
    AUTHORITY_INFO_ACCESS *list = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    BIO *bio = BIO_new(BIO_s_mem());

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(list); i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(list, i);
        if (one->location->type != GEN_URI)
            continue;
        BIO_puts(bio, i ? "\n" : "");
        i2a_ASN1_OBJECT(bio, one->method);
        const ASN1_STRING *uri = one->location->d.uniformResourceIdentifier;
        BIO_puts(bio, " - URI:");
        BIO_write(bio, ASN1_STRING_get0_data(uri), ASN1_STRING_length(uri));
    }
    AUTHORITY_INFO_ACCESS_free(list);
    return text_of(ctx, bio);
}

/* The purposes' numbers, undefined when none is named. */
static JSValueRef usage(JSContextRef ctx, X509 *cert)
{
    EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    char text[80];

    if (!list)
        return JSValueMakeUndefined(ctx);
    JSObjectRef out = JSObjectMakeArray(ctx, 0, NULL, NULL);
    for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++) {
        if (OBJ_obj2txt(text, sizeof(text), sk_ASN1_OBJECT_value(list, i), 1) > 0)
            JSObjectSetPropertyAtIndex(ctx, out, (unsigned)i, cpm_js_text(ctx, text), NULL);
    }
    EXTENDED_KEY_USAGE_free(list);
    return out;
}

static void add_algorithm(JSContextRef ctx, JSObjectRef out, X509 *cert)
{
    int nid = X509_get_signature_nid(cert);
    char text[80];

    if (nid != NID_undef)
        cpm_js_set(ctx, out, "signatureAlgorithm", cpm_js_text(ctx, OBJ_nid2ln(nid)));
    if (OBJ_obj2txt(text, sizeof(text), X509_get0_tbs_sigalg(cert)->algorithm, 1) > 0)
        cpm_js_set(ctx, out, "signatureAlgorithmOid", cpm_js_text(ctx, text));
}

/* (box): what tls.getPeerCertificate shows, and { names: { subject, issuer }, infoAccess, … } */
CPM_JS_FUNCTION(x509_facts)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);

    if (!cert)
        return JSValueMakeUndefined(ctx);
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);
    cpm_js_set(ctx, out, "legacy", cpm_tls_certificate(ctx, cert));
    cpm_js_set(ctx, out, "subject", name_text(ctx, X509_get_subject_name(cert)));
    cpm_js_set(ctx, out, "issuer", name_text(ctx, X509_get_issuer_name(cert)));
    cpm_js_set(ctx, out, "infoAccess", access_text(ctx, cert));
    cpm_js_set(ctx, out, "keyUsage", usage(ctx, cert));
    add_algorithm(ctx, out, cert);
    return out;
}

/* (box): its public key, as a box. */
CPM_JS_FUNCTION(x509_key)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);
    EVP_PKEY *key = cert ? X509_get_pubkey(cert) : NULL;

    if (!key)
        return cpm_crypto_throw(ctx, exception, "no public key");
    return cpm_crypto_key_box(ctx, key);
}

/* (box): PEM */
CPM_JS_FUNCTION(x509_pem)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);
    BIO *bio = BIO_new(BIO_s_mem());

    if (cert)
        PEM_write_bio_X509(bio, cert);
    return text_of(ctx, bio);
}

/* (box, name, flags, "host", "email" or "ip"): what matched, or undefined. */
CPM_JS_FUNCTION(x509_check)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);
    size_t len = 0;
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 1), &len);
    char *what = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 3), NULL);
    unsigned flags = (unsigned)cpm_js_int(ctx, argc, argv, 2);
    JSValueRef matched = JSValueMakeUndefined(ctx);
    char *peer = NULL;

    if (!cert)
        goto out;
    if (strcmp(what, "host") == 0) {
        if (X509_check_host(cert, name, len, flags, &peer) == 1)
            matched = cpm_js_text(ctx, peer ? peer : name);
    } else if (strcmp(what, "email") == 0 ? X509_check_email(cert, name, len, flags) == 1
                                          : X509_check_ip_asc(cert, name, flags) == 1) {
        matched = cpm_js_text(ctx, name);
    }
out:
    OPENSSL_free(peer);
    cpm_free(what);
    cpm_free(name);
    ERR_clear_error();
    return matched;
}

/* (box, issuer's box) */
CPM_JS_FUNCTION(x509_issued)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0), *by = certificate_arg(ctx, argc, argv, 1);

    return JSValueMakeBoolean(ctx, cert && by && X509_check_issued(by, cert) == X509_V_OK);
}

/* (box, private key's box) */
CPM_JS_FUNCTION(x509_is_of)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 1);
    bool is = cert && key && X509_check_private_key(cert, key) == 1;

    ERR_clear_error();
    return JSValueMakeBoolean(ctx, is);
}

/* (box, public key's box) */
CPM_JS_FUNCTION(x509_verify)
{
    X509 *cert = certificate_arg(ctx, argc, argv, 0);
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 1);
    bool is = cert && key && X509_verify(cert, key) == 1;

    ERR_clear_error();
    return JSValueMakeBoolean(ctx, is);
}

const struct cpm_js_method cpm_crypto_x509[] = {
    {"x509Read", x509_read},  {"x509Facts", x509_facts},   {"x509Key", x509_key},
    {"x509Pem", x509_pem},    {"x509Check", x509_check},   {"x509Issued", x509_issued},
    {"x509IsOf", x509_is_of}, {"x509Verify", x509_verify}, {NULL, NULL},
};
