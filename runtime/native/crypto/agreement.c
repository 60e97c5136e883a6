/* A secret that two parties agree on: derived from two keys, and the numbers behind the classes
 * ECDH and DiffieHellman, whose keys JavaScript holds as bytes. */
#define OPENSSL_SUPPRESS_DEPRECATED /* points and groups of one's own have no other door */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>

struct deriving {
    struct cpm_bytes_job bytes; /* first */
    EVP_PKEY *own, *other;
};

static void run(struct cpm_job *job)
{
    struct deriving *d = (struct deriving *)job;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(d->own, NULL);
    bool fine = context && EVP_PKEY_derive_init(context) > 0 &&
                EVP_PKEY_derive_set_peer(context, d->other) > 0 &&
                EVP_PKEY_derive(context, NULL, &d->bytes.len) > 0;

    if (fine) {
        d->bytes.out = cpm_alloc(d->bytes.len + 1);
        fine = EVP_PKEY_derive(context, d->bytes.out, &d->bytes.len) > 0;
    }
    if (!fine)
        cpm_bytes_job_fail(&d->bytes);
    EVP_PKEY_CTX_free(context);
}

static void release(struct cpm_job *job)
{
    struct deriving *d = (struct deriving *)job;

    EVP_PKEY_free(d->own);
    EVP_PKEY_free(d->other);
}

/* (private key, public key, callback): the secret */
CPM_JS_FUNCTION(derive)
{
    struct deriving *d = cpm_calloc(1, sizeof(*d));

    d->own = cpm_crypto_key_ref(ctx, argc, argv, 0);
    d->other = cpm_crypto_key_ref(ctx, argc, argv, 1);
    d->bytes.job.run = run;
    d->bytes.job.result = cpm_bytes_job_result;
    d->bytes.job.release = release;
    return cpm_job_start(&d->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 2), exception);
}

static EC_GROUP *group_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 0);
    int nid = name ? OBJ_sn2nid(name) : NID_undef;

    cpm_free(name);
    return nid == NID_undef ? NULL : EC_GROUP_new_by_curve_name(nid);
}

static EC_POINT *point_arg(JSContextRef ctx, const EC_GROUP *group, JSValueRef value)
{
    struct cpm_js_bytes bytes = {NULL, 0};
    EC_POINT *point = EC_POINT_new(group);

    cpm_js_bytes(ctx, value, &bytes);
    if (EC_POINT_oct2point(group, point, bytes.ptr, bytes.len, NULL) == 1)
        return point;
    EC_POINT_free(point);
    return NULL;
}

static BIGNUM *number_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    struct cpm_js_bytes bytes = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, i), &bytes);
    return BN_bin2bn(bytes.ptr, (int)bytes.len, NULL);
}

static JSValueRef number_value(JSContextRef ctx, const BIGNUM *number, size_t size)
{
    unsigned char *bytes = cpm_alloc(size + 1);

    BN_bn2binpad(number, bytes, (int)size);
    return cpm_js_take_bytes(ctx, bytes, size);
}

static JSValueRef point_value(JSContextRef ctx, const EC_GROUP *group, const EC_POINT *point,
                              int form)
{
    size_t len = EC_POINT_point2oct(group, point, (point_conversion_form_t)form, NULL, 0, NULL);
    unsigned char *bytes = cpm_alloc(len + 1);

    EC_POINT_point2oct(group, point, (point_conversion_form_t)form, bytes, len, NULL);
    return cpm_js_take_bytes(ctx, bytes, len);
}

/* (curve): a new private number. */
CPM_JS_FUNCTION(curve_private)
{
    EC_GROUP *group = group_arg(ctx, argc, argv);
    EC_KEY *key = EC_KEY_new();
    JSValueRef value;

    if (group && EC_KEY_set_group(key, group) == 1 && EC_KEY_generate_key(key) == 1)
        value = number_value(ctx, EC_KEY_get0_private_key(key),
                             (size_t)(EC_GROUP_order_bits(group) + 7) / 8);
    else
        value = cpm_crypto_throw(ctx, exception, "Failed to generate key");
    EC_KEY_free(key);
    EC_GROUP_free(group);
    return value;
}

/* (curve, private number): its point, not compressed; undefined when the number is none of the
 * curve's. */
CPM_JS_FUNCTION(curve_public)
{
    EC_GROUP *group = group_arg(ctx, argc, argv);
    BIGNUM *number = number_arg(ctx, argc, argv, 1);
    EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    JSValueRef value = JSValueMakeUndefined(ctx);

    if (point && !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
        EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1)
        value = point_value(ctx, group, point, POINT_CONVERSION_UNCOMPRESSED);
    EC_POINT_free(point);
    BN_clear_free(number);
    EC_GROUP_free(group);
    ERR_clear_error();
    return value;
}

/* (curve, point, form): the point in another form; undefined when it is none of the curve's. */
CPM_JS_FUNCTION(curve_point)
{
    EC_GROUP *group = group_arg(ctx, argc, argv);
    EC_POINT *point = group ? point_arg(ctx, group, cpm_js_arg(ctx, argc, argv, 1)) : NULL;
    JSValueRef value = point ? point_value(ctx, group, point, (int)cpm_js_int(ctx, argc, argv, 2))
                             : JSValueMakeUndefined(ctx);

    EC_POINT_free(point);
    EC_GROUP_free(group);
    ERR_clear_error();
    return value;
}

/* (curve, private number, other's point): the secret; undefined when the point is none of the
 * curve's. */
CPM_JS_FUNCTION(curve_secret)
{
    EC_GROUP *group = group_arg(ctx, argc, argv);
    EC_POINT *point = group ? point_arg(ctx, group, cpm_js_arg(ctx, argc, argv, 2)) : NULL;
    BIGNUM *number = number_arg(ctx, argc, argv, 1);
    EC_KEY *key = EC_KEY_new();
    JSValueRef value = JSValueMakeUndefined(ctx);

    if (point && EC_KEY_set_group(key, group) == 1 && EC_KEY_set_private_key(key, number) == 1) {
        size_t size = (size_t)(EC_GROUP_get_degree(group) + 7) / 8;
        unsigned char *out = cpm_alloc(size + 1);
        if (ECDH_compute_key(out, size, point, key, NULL) == (int)size) {
            value = cpm_js_take_bytes(ctx, out, size);
        } else {
            cpm_free(out);
        }
    }
    EC_KEY_free(key);
    BN_clear_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    ERR_clear_error();
    return value;
}

/* (base, exponent, modulus): the power, as long as the modulus: all that DiffieHellman computes. */
CPM_JS_FUNCTION(power)
{
    BIGNUM *base = number_arg(ctx, argc, argv, 0), *exponent = number_arg(ctx, argc, argv, 1),
           *modulus = number_arg(ctx, argc, argv, 2), *out = BN_new();
    BN_CTX *context = BN_CTX_new();
    JSValueRef value;

    BN_set_flags(exponent, BN_FLG_CONSTTIME);
    if (BN_mod_exp(out, base, exponent, modulus, context) == 1)
        value = number_value(ctx, out, (size_t)BN_num_bytes(modulus));
    else
        value = cpm_crypto_throw(ctx, exception, "the modulus is not odd");
    BN_CTX_free(context);
    BN_clear_free(base);
    BN_clear_free(exponent);
    BN_free(modulus);
    BN_clear_free(out);
    return value;
}

/* (prime, generator): the faults of DiffieHellman's verifyError. */
CPM_JS_FUNCTION(dh_check)
{
    DH *dh = DH_new();
    int faults = 0;

    DH_set0_pqg(dh, number_arg(ctx, argc, argv, 0), NULL, number_arg(ctx, argc, argv, 1));
    DH_check(dh, &faults);
    DH_free(dh);
    ERR_clear_error();
    return JSValueMakeNumber(ctx, faults);
}

/* (name): the prime of a group of RFC 2409 or 3526, or undefined. */
CPM_JS_FUNCTION(dh_prime)
{
    static const struct {
        const char *name;
        BIGNUM *(*prime)(BIGNUM *);
    } rows[] = {
        {"modp1", BN_get_rfc2409_prime_768},   {"modp2", BN_get_rfc2409_prime_1024},
        {"modp5", BN_get_rfc3526_prime_1536},  {"modp14", BN_get_rfc3526_prime_2048},
        {"modp15", BN_get_rfc3526_prime_3072}, {"modp16", BN_get_rfc3526_prime_4096},
        {"modp17", BN_get_rfc3526_prime_6144}, {"modp18", BN_get_rfc3526_prime_8192},
    };
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    JSValueRef value = JSValueMakeUndefined(ctx);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        BIGNUM *prime = rows[i].prime(NULL);
        value = number_value(ctx, prime, (size_t)BN_num_bytes(prime));
        BN_free(prime);
    }
    cpm_free(name);
    return value;
}

const struct cpm_js_method cpm_crypto_agreement[] = {
    {"derive", derive},          {"curvePrivate", curve_private}, {"curvePublic", curve_public},
    {"curvePoint", curve_point}, {"curveSecret", curve_secret},   {"power", power},
    {"dhCheck", dh_check},       {"dhPrime", dh_prime},           {NULL, NULL},
};
