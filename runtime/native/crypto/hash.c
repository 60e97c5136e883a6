/* Digests and HMACs: one running computation is a box, which copies. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>

/* One of the two is set. */
struct hash {
    EVP_MD_CTX *digest;
    EVP_MAC_CTX *mac;
    size_t length; /* of the output */
    bool extendable;
};

static void hash_free(void *content)
{
    struct hash *hash = content;

    EVP_MD_CTX_free(hash->digest);
    EVP_MAC_CTX_free(hash->mac);
    cpm_free(hash);
}

static const struct cpm_box_kind kind = {"Hash", hash_free};

EVP_MD *cpm_crypto_digest(const char *name)
{
    /* names of node's that only the old tables know: "RSA-SHA256", "ssl3-sha1" */
    const EVP_MD *old = EVP_get_digestbyname(name);
    EVP_MD *md = EVP_MD_fetch(NULL, old ? EVP_MD_get0_name(old) : name, NULL);

    ERR_clear_error();
    return md;
}

EVP_MD *cpm_crypto_digest_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    char *name = cpm_js_arg_utf8(ctx, argc, argv, i);
    EVP_MD *md = name ? cpm_crypto_digest(name) : NULL;

    cpm_free(name);
    return md;
}

/* argv[i] as what is hashed: bytes, or the UTF-8 of a string, which the caller frees. */
static struct cpm_js_bytes input(JSContextRef ctx, JSValueRef value, char **text)
{
    struct cpm_js_bytes bytes = {NULL, 0};

    *text = NULL;
    if (JSValueIsString(ctx, value)) {
        *text = cpm_js_utf8(ctx, value, &bytes.len);
        bytes.ptr = (unsigned char *)*text;
    } else {
        cpm_js_bytes(ctx, value, &bytes);
    }
    return bytes;
}

/* (name, length or undefined): a hash; undefined when there is no such digest, null when its length
 * cannot be chosen. */
CPM_JS_FUNCTION(hash_new)
{
    EVP_MD *md = cpm_crypto_digest_arg(ctx, argc, argv, 0);

    if (!md)
        return JSValueMakeUndefined(ctx);
    struct hash *hash = cpm_calloc(1, sizeof(*hash));
    hash->digest = EVP_MD_CTX_new();
    hash->length = (size_t)EVP_MD_get_size(md);
    hash->extendable = EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF;
    bool started = EVP_DigestInit_ex(hash->digest, md, NULL) == 1;
    EVP_MD_free(md);
    bool chosen = argc > 1 && JSValueIsNumber(ctx, argv[1]);
    size_t wanted = chosen ? (size_t)cpm_js_int(ctx, argc, argv, 1) : hash->length;
    if (!started || (wanted != hash->length && !hash->extendable)) {
        hash_free(hash);
        return started ? JSValueMakeNull(ctx)
                       : cpm_crypto_throw(ctx, exception, "Digest method not supported");
    }
    hash->length = wanted;
    return cpm_box_new(ctx, &kind, hash);
}

/* (name, key): an HMAC; undefined when there is no such digest. */
CPM_JS_FUNCTION(hmac_new)
{
    EVP_MD *md = cpm_crypto_digest_arg(ctx, argc, argv, 0);
    struct cpm_js_bytes key = {NULL, 0};

    if (!md)
        return JSValueMakeUndefined(ctx);
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &key);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    struct hash *hash = cpm_calloc(1, sizeof(*hash));
    hash->mac = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)EVP_MD_get0_name(md), 0),
        OSSL_PARAM_construct_end()};
    static const unsigned char none[1];
    bool started =
        hash->mac && EVP_MAC_init(hash->mac, key.len ? key.ptr : none, key.len, params) == 1;
    EVP_MD_free(md);
    if (!started) {
        hash_free(hash);
        return cpm_crypto_throw(ctx, exception, "HMAC failed");
    }
    hash->length = EVP_MAC_CTX_get_mac_size(hash->mac);
    return cpm_box_new(ctx, &kind, hash);
}

/* (hash, bytes or text): whether it went well. */
CPM_JS_FUNCTION(hash_update)
{
    struct hash *hash = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);
    char *text;
    struct cpm_js_bytes bytes = input(ctx, cpm_js_arg(ctx, argc, argv, 1), &text);
    int rc = !hash       ? 0
             : hash->mac ? EVP_MAC_update(hash->mac, bytes.ptr, bytes.len)
                         : EVP_DigestUpdate(hash->digest, bytes.ptr, bytes.len);

    cpm_free(text);
    ERR_clear_error();
    return JSValueMakeBoolean(ctx, rc == 1);
}

/* What comes out of a computation that is over, `out` of hash->length bytes. */
static bool finish(struct hash *hash, unsigned char *out)
{
    size_t written;

    if (hash->mac)
        return EVP_MAC_final(hash->mac, out, &written, hash->length) == 1;
    if (hash->extendable)
        return EVP_DigestFinalXOF(hash->digest, out, hash->length) == 1;
    return EVP_DigestFinal_ex(hash->digest, out, NULL) == 1;
}

/* (hash): its digest; it is of no more use. */
CPM_JS_FUNCTION(hash_digest)
{
    struct hash *hash = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);

    if (!hash)
        return JSValueMakeUndefined(ctx);
    if (!hash->length)
        return cpm_js_take_bytes(ctx, NULL, 0);
    unsigned char *out = cpm_alloc(hash->length);
    if (finish(hash, out))
        return cpm_js_take_bytes(ctx, out, hash->length);
    cpm_free(out);
    return cpm_crypto_throw(ctx, exception, "Digest failed");
}

/* (hash, length or undefined): another that stands where this one stands; null when its length
 * cannot be chosen. */
CPM_JS_FUNCTION(hash_copy)
{
    struct hash *from = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);

    if (!from || !from->digest)
        return JSValueMakeUndefined(ctx);
    bool chosen = argc > 1 && JSValueIsNumber(ctx, argv[1]);
    size_t length = chosen ? (size_t)cpm_js_int(ctx, argc, argv, 1) : from->length;
    if (length != from->length && !from->extendable)
        return JSValueMakeNull(ctx);
    struct hash *hash = cpm_calloc(1, sizeof(*hash));
    *hash = (struct hash){EVP_MD_CTX_new(), NULL, length, from->extendable};
    if (EVP_MD_CTX_copy_ex(hash->digest, from->digest) == 1)
        return cpm_box_new(ctx, &kind, hash);
    hash_free(hash);
    return cpm_crypto_throw(ctx, exception, "Digest copy error");
}

struct names {
    JSContextRef ctx;
    JSObjectRef list;
    unsigned count;
};

static void add_digest(CPM_UNUSED const EVP_MD *md, const char *from, CPM_UNUSED const char *to,
                       void *arg)
{
    struct names *names = arg;
    EVP_MD *found = from ? cpm_crypto_digest(from) : NULL;

    if (!found)
        return;
    EVP_MD_free(found);
    JSObjectSetPropertyAtIndex(names->ctx, names->list, names->count++,
                               cpm_js_text(names->ctx, from), NULL);
}

CPM_JS_FUNCTION(hashes)
{
    struct names names = {ctx, JSObjectMakeArray(ctx, 0, NULL, NULL), 0};

    EVP_MD_do_all_sorted(add_digest, &names);
    ERR_clear_error();
    return names.list;
}

/* (name): the digest's size in bytes, or undefined. */
CPM_JS_FUNCTION(digest_size)
{
    EVP_MD *md = cpm_crypto_digest_arg(ctx, argc, argv, 0);

    if (!md)
        return JSValueMakeUndefined(ctx);
    int size = EVP_MD_get_size(md);
    EVP_MD_free(md);
    return JSValueMakeNumber(ctx, size);
}

const struct cpm_js_method cpm_crypto_hash[] = {
    {"hashNew", hash_new},       {"hmacNew", hmac_new},
    {"hashUpdate", hash_update}, {"hashDigest", hash_digest},
    {"hashCopy", hash_copy},     {"hashes", hashes},
    {"digestSize", digest_size}, {NULL, NULL},
};
