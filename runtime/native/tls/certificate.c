/* A certificate as tls.getPeerCertificate shows it. */
#include "runtime/native/tls/tls.h"

#include "base/buf.h"
#include "base/mem.h"
#include "runtime/js.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 1 << 20 };

/* What a memory BIO holds, which is freed. */
static JSValueRef text_of(JSContextRef ctx, BIO *bio)
{
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    JSValueRef value = cpm_js_text_n(ctx, text, (size_t)len);

    BIO_free(bio);
    return value;
}

/* { CN: 'localhost', O: … }; a field that comes again makes an array. */
static JSObjectRef name_of(JSContextRef ctx, const X509_NAME *name)
{
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);

    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
        char field[80];
        int nid = OBJ_obj2nid(object);
        if (nid == NID_undef)
            OBJ_obj2txt(field, sizeof(field), object, 1);
        else
            snprintf(field, sizeof(field), "%s", OBJ_nid2sn(nid));
        unsigned char *bytes;
        int len = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
        if (len < 0)
            continue;
        JSValueRef value = cpm_js_text_n(ctx, (char *)bytes, (size_t)len);
        OPENSSL_free(bytes);
        JSValueRef old = cpm_js_get(ctx, out, field);
        if (JSValueIsString(ctx, old)) {
            const JSValueRef both[] = {old, value};
            value = JSObjectMakeArray(ctx, 2, both, NULL);
        }
        cpm_js_set(ctx, out, field, value);
    }
    return out;
}

/* A name that could be taken for another is written as a text of JSON. */
static void add_name(struct cpm_buf *out, const unsigned char *name, size_t len)
{
    bool safe = true;

    for (size_t i = 0; i < len && safe; i++)
        safe = name[i] >= ' ' && name[i] <= '~' && !strchr("\",\\'", name[i]);
    if (safe) {
        cpm_buf_add(out, name, len);
        return;
    }
    cpm_buf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (name[i] < ' ' || name[i] > '~')
            cpm_buf_addf(out, "\\u%04x", name[i]);
        else
            cpm_buf_addf(out, "%s%c", strchr("\"\\", name[i]) ? "\\" : "", name[i]);
    }
    cpm_buf_add_char(out, '"');
}

static JSValueRef alt_names(JSContextRef ctx, X509 *cert)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

    if (!names)
        return JSValueMakeUndefined(ctx);
    struct cpm_buf out = CPM_BUF_INIT(LONGEST);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const ASN1_STRING *text = name->d.ia5;
        if (name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL) {
            cpm_buf_addf(&out, "%s%s:", out.len ? ", " : "",
                         name->type == GEN_DNS   ? "DNS"
                         : name->type == GEN_URI ? "URI"
                                                 : "email");
            add_name(&out, ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
        } else if (name->type == GEN_IPADD) {
            const unsigned char *b = ASN1_STRING_get0_data(text);
            cpm_buf_addf(&out, "%sIP Address:", out.len ? ", " : "");
            if (ASN1_STRING_length(text) == 4)
                cpm_buf_addf(&out, "%d.%d.%d.%d", b[0], b[1], b[2], b[3]);
            else
                for (int k = 0; k + 1 < ASN1_STRING_length(text); k += 2)
                    cpm_buf_addf(&out, "%s%X", k ? ":" : "", b[k] << 8 | b[k + 1]);
        }
    }
    GENERAL_NAMES_free(names);
    JSValueRef value = cpm_js_text_n(ctx, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return value;
}

static JSValueRef time_of(JSContextRef ctx, const ASN1_TIME *time)
{
    BIO *bio = BIO_new(BIO_s_mem());

    ASN1_TIME_print(bio, time);
    return text_of(ctx, bio);
}

/* "AA:BB:…" */
static JSValueRef fingerprint(JSContextRef ctx, X509 *cert, const EVP_MD *digest)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[3 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned len = 0;

    if (X509_digest(cert, digest, hash, &len) != 1)
        return JSValueMakeUndefined(ctx);
    for (unsigned i = 0; i < len; i++)
        snprintf(text + 3 * i, 4, "%02X%s", hash[i], i + 1 < len ? ":" : "");
    return cpm_js_text(ctx, text);
}

static JSValueRef serial(JSContextRef ctx, X509 *cert)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get_serialNumber(cert), NULL);
    char *text = number ? BN_bn2hex(number) : NULL;
    JSValueRef value = cpm_js_text(ctx, text ? text : "");

    OPENSSL_free(text);
    BN_free(number);
    return value;
}

static JSValueRef raw(JSContextRef ctx, X509 *cert)
{
    int len = i2d_X509(cert, NULL);

    if (len <= 0)
        return JSValueMakeUndefined(ctx);
    unsigned char *bytes = cpm_alloc((size_t)len), *at = bytes;
    i2d_X509(cert, &at);
    return cpm_js_take_bytes(ctx, bytes, (size_t)len);
}

static void set_number(JSContextRef ctx, JSObjectRef out, EVP_PKEY *key, const char *param,
                       bool exponent)
{
    BIGNUM *number = NULL;
    char text[32];

    if (EVP_PKEY_get_bn_param(key, param, &number) != 1)
        return;
    char *hex = BN_bn2hex(number);
    if (exponent) {
        snprintf(text, sizeof(text), "0x%lx", (unsigned long)BN_get_word(number));
        cpm_js_set(ctx, out, "exponent", cpm_js_text(ctx, text));
    } else if (hex) {
        cpm_js_set(ctx, out, "modulus", cpm_js_text(ctx, hex));
    }
    OPENSSL_free(hex);
    BN_free(number);
}

static void set_curve(JSContextRef ctx, JSObjectRef out, EVP_PKEY *key)
{
    char group[64];
    size_t len = 0;

    if (EVP_PKEY_get_group_name(key, group, sizeof(group), &len) != 1)
        return;
    int nid = OBJ_sn2nid(group);
    const char *nist = EC_curve_nid2nist(nid);
    cpm_js_set(ctx, out, "asn1Curve", cpm_js_text(ctx, group));
    if (nist)
        cpm_js_set(ctx, out, "nistCurve", cpm_js_text(ctx, nist));
}

static JSValueRef encoded_key(JSContextRef ctx, EVP_PKEY *key, bool curve)
{
    unsigned char *bytes = NULL;
    size_t len = 0;

    if (curve) {
        len = EVP_PKEY_get1_encoded_public_key(key, &bytes);
    } else {
        int count = i2d_PUBKEY(key, &bytes);
        len = count > 0 ? (size_t)count : 0;
    }
    if (!len)
        return JSValueMakeUndefined(ctx);
    void *copy = cpm_alloc(len);
    memcpy(copy, bytes, len);
    OPENSSL_free(bytes);
    return cpm_js_take_bytes(ctx, copy, len);
}

/* What kind of key it certifies. */
static void set_key(JSContextRef ctx, JSObjectRef out, X509 *cert)
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    int type = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;

    if (type != EVP_PKEY_RSA && type != EVP_PKEY_EC)
        return;
    if (type == EVP_PKEY_RSA) {
        set_number(ctx, out, key, OSSL_PKEY_PARAM_RSA_N, false);
        set_number(ctx, out, key, OSSL_PKEY_PARAM_RSA_E, true);
    } else {
        set_curve(ctx, out, key);
    }
    cpm_js_set(ctx, out, "bits", JSValueMakeNumber(ctx, EVP_PKEY_get_bits(key)));
    cpm_js_set(ctx, out, "pubkey", encoded_key(ctx, key, type == EVP_PKEY_EC));
}

static void set_usage(JSContextRef ctx, JSObjectRef out, X509 *cert)
{
    EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);
    char oid[80];

    for (int i = 0; i < sk_ASN1_OBJECT_num(usage); i++) {
        OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(usage, i), 1);
        JSObjectSetPropertyAtIndex(ctx, list, (unsigned)i, cpm_js_text(ctx, oid), NULL);
    }
    if (usage)
        cpm_js_set(ctx, out, "ext_key_usage", list);
    EXTENDED_KEY_USAGE_free(usage);
}

JSValueRef cpm_tls_certificate(JSContextRef ctx, X509 *cert)
{
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);

    cpm_js_set(ctx, out, "subject", name_of(ctx, X509_get_subject_name(cert)));
    cpm_js_set(ctx, out, "issuer", name_of(ctx, X509_get_issuer_name(cert)));
    cpm_js_set(ctx, out, "subjectaltname", alt_names(ctx, cert));
    cpm_js_set(ctx, out, "ca", JSValueMakeBoolean(ctx, X509_check_ca(cert) == 1));
    set_key(ctx, out, cert);
    cpm_js_set(ctx, out, "valid_from", time_of(ctx, X509_get0_notBefore(cert)));
    cpm_js_set(ctx, out, "valid_to", time_of(ctx, X509_get0_notAfter(cert)));
    cpm_js_set(ctx, out, "fingerprint", fingerprint(ctx, cert, EVP_sha1()));
    cpm_js_set(ctx, out, "fingerprint256", fingerprint(ctx, cert, EVP_sha256()));
    cpm_js_set(ctx, out, "fingerprint512", fingerprint(ctx, cert, EVP_sha512()));
    set_usage(ctx, out, cert);
    cpm_js_set(ctx, out, "serialNumber", serial(ctx, cert));
    cpm_js_set(ctx, out, "raw", raw(ctx, cert));
    return out;
}
