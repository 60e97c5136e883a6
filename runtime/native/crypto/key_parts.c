/* A key's kind and numbers, and a key of numbers: for asymmetricKeyDetails, JWK and raw keys. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <ctype.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

enum { MOST_PARAMS = 16 };

/* (key): 'rsa', 'ec', 'ed25519', …  */
CPM_JS_FUNCTION(key_type)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);
    const char *name = key ? EVP_PKEY_get0_type_name(key) : NULL;
    char lower[32] = "";

    for (size_t i = 0; name && name[i] && i < sizeof(lower) - 1; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    return cpm_js_text(ctx, lower);
}

/* (key, name, least size): a number of the key as bytes; undefined when it has none of that name.
 */
CPM_JS_FUNCTION(key_number)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 1);
    BIGNUM *number = NULL;
    bool found = key && name && EVP_PKEY_get_bn_param(key, name, &number) == 1;
    size_t size = found ? (size_t)BN_num_bytes(number) : 0,
           least = (size_t)cpm_js_int(ctx, argc, argv, 2);
    JSValueRef value = JSValueMakeUndefined(ctx);

    cpm_free(name);
    if (found) {
        size = size < least ? least : size;
        unsigned char *bytes = cpm_alloc(size + 1);
        BN_bn2binpad(number, bytes, (int)size);
        value = cpm_js_take_bytes(ctx, bytes, size);
    }
    BN_clear_free(number);
    ERR_clear_error();
    return value;
}

/* (key, name): a text of the key, as its group; undefined when it has none. */
CPM_JS_FUNCTION(key_text)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 1), text[128];
    size_t len = 0;
    bool found =
        key && name && EVP_PKEY_get_utf8_string_param(key, name, text, sizeof(text), &len) == 1;

    cpm_free(name);
    ERR_clear_error();
    return found ? cpm_js_text_n(ctx, text, len) : JSValueMakeUndefined(ctx);
}

/* (key, name): an integer of the key, as a salt's length; undefined when it has none. */
CPM_JS_FUNCTION(key_integer)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 1);
    int value = 0;
    bool found = key && name && EVP_PKEY_get_int_param(key, name, &value) == 1;

    cpm_free(name);
    ERR_clear_error();
    return found ? JSValueMakeNumber(ctx, value) : JSValueMakeUndefined(ctx);
}

/* (key): its size in bits. */
CPM_JS_FUNCTION(key_bits)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);

    return JSValueMakeNumber(ctx, key ? EVP_PKEY_get_bits(key) : 0);
}

/* (key, whether private): the bytes of a key that is one string (ed25519, …) or a point. */
CPM_JS_FUNCTION(key_raw)
{
    EVP_PKEY *key = cpm_crypto_key_arg(ctx, argc, argv, 0);
    bool private = argc > 1 && JSValueToBoolean(ctx, argv[1]);
    const char *name = private ? OSSL_PKEY_PARAM_PRIV_KEY : OSSL_PKEY_PARAM_PUB_KEY;
    size_t len = 0;

    if (!key || EVP_PKEY_get_octet_string_param(key, name, NULL, 0, &len) != 1) {
        ERR_clear_error();
        return JSValueMakeUndefined(ctx);
    }
    unsigned char *bytes = cpm_alloc(len + 1);
    EVP_PKEY_get_octet_string_param(key, name, bytes, len, &len);
    return cpm_js_take_bytes(ctx, bytes, len);
}

/* (type, bytes, whether private): a key of one string; undefined when it is none. */
CPM_JS_FUNCTION(key_of_raw)
{
    char *type = cpm_js_arg_utf8(ctx, argc, argv, 0);
    bool private = argc > 2 && JSValueToBoolean(ctx, argv[2]);
    struct cpm_js_bytes bytes = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes);
    EVP_PKEY *key = private
                        ? EVP_PKEY_new_raw_private_key_ex(NULL, type, NULL, bytes.ptr, bytes.len)
                        : EVP_PKEY_new_raw_public_key_ex(NULL, type, NULL, bytes.ptr, bytes.len);
    cpm_free(type);
    ERR_clear_error();
    return key ? cpm_crypto_key_box(ctx, key) : JSValueMakeUndefined(ctx);
}

/* The builder borrows names, texts and numbers until the key is made. */
struct numbers {
    OSSL_PARAM_BLD *builder;
    BIGNUM *made[MOST_PARAMS];
    char *texts[2 * MOST_PARAMS];
    unsigned count, text_count;
};

static char *kept_text(JSContextRef ctx, struct numbers *n, JSValueRef value)
{
    if (n->text_count == 2 * MOST_PARAMS)
        return NULL;
    return n->texts[n->text_count++] = cpm_js_utf8(ctx, value, NULL);
}

/* A text is a text; the public part of an elliptic key is a string of bytes; all else a number. */
static bool add_part(JSContextRef ctx, struct numbers *n, const char *name, JSValueRef value,
                     bool point)
{
    struct cpm_js_bytes bytes;

    if (JSValueIsString(ctx, value)) {
        char *text = kept_text(ctx, n, value);
        return text && OSSL_PARAM_BLD_push_utf8_string(n->builder, name, text, 0) == 1;
    }
    if (!cpm_js_bytes(ctx, value, &bytes))
        return true; /* a part that was not given */
    if (point && strcmp(name, OSSL_PKEY_PARAM_PUB_KEY) == 0)
        return OSSL_PARAM_BLD_push_octet_string(n->builder, name, bytes.ptr, bytes.len) == 1;
    BIGNUM *number = n->count < MOST_PARAMS ? BN_bin2bn(bytes.ptr, (int)bytes.len, NULL) : NULL;
    if (number)
        n->made[n->count++] = number;
    return number && OSSL_PARAM_BLD_push_BN(n->builder, name, number) == 1;
}

static EVP_PKEY *build(struct numbers *n, const char *type, bool private)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(n->builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params && context && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

/* (type, whether private, [name, value, …]): a key; undefined when they are none. */
CPM_JS_FUNCTION(key_of_numbers)
{
    char *type = cpm_js_arg_utf8(ctx, argc, argv, 0);
    bool private = argc > 1 && JSValueToBoolean(ctx, argv[1]), fine = type != NULL;
    JSObjectRef list = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 2), NULL);
    unsigned count = list ? (unsigned)cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;
    struct numbers n = {.builder = OSSL_PARAM_BLD_new()};

    for (unsigned i = 0; fine && i + 1 < count; i += 2) {
        char *name = kept_text(ctx, &n, JSObjectGetPropertyAtIndex(ctx, list, i, NULL));
        JSValueRef value = JSObjectGetPropertyAtIndex(ctx, list, i + 1, NULL);
        fine = name && add_part(ctx, &n, name, value, strcmp(type, "EC") == 0);
    }
    EVP_PKEY *key = fine ? build(&n, type, private) : NULL;
    for (unsigned i = 0; i < n.count; i++)
        BN_clear_free(n.made[i]);
    for (unsigned i = 0; i < n.text_count; i++)
        cpm_free(n.texts[i]);
    OSSL_PARAM_BLD_free(n.builder);
    cpm_free(type);
    ERR_clear_error();
    return key ? cpm_crypto_key_box(ctx, key) : JSValueMakeUndefined(ctx);
}

/* (name): the short name of a curve, or undefined. */
CPM_JS_FUNCTION(curve)
{
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 0);
    int nid = name ? EC_curve_nist2nid(name) : NID_undef;

    if (nid == NID_undef && name)
        nid = OBJ_sn2nid(name);
    cpm_free(name);
    EC_GROUP *group = nid == NID_undef ? NULL : EC_GROUP_new_by_curve_name(nid);
    ERR_clear_error();
    if (!group)
        return JSValueMakeUndefined(ctx);
    EC_GROUP_free(group);
    return cpm_js_text(ctx, OBJ_nid2sn(nid));
}

CPM_JS_FUNCTION(curves)
{
    size_t count = EC_get_builtin_curves(NULL, 0);
    EC_builtin_curve *all = cpm_calloc(count, sizeof(*all));
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    EC_get_builtin_curves(all, count);
    for (unsigned i = 0; i < count; i++)
        JSObjectSetPropertyAtIndex(ctx, list, i, cpm_js_text(ctx, OBJ_nid2sn(all[i].nid)), NULL);
    cpm_free(all);
    return list;
}

const struct cpm_js_method cpm_crypto_key_parts[] = {
    {"keyType", key_type},
    {"keyNumber", key_number},
    {"keyText", key_text},
    {"keyInteger", key_integer},
    {"keyBits", key_bits},
    {"keyRaw", key_raw},
    {"keyOfRaw", key_of_raw},
    {"curve", curve},
    {"keyOfNumbers", key_of_numbers},
    {"curves", curves},
    {NULL, NULL},
};
