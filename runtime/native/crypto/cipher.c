/* Symmetric ciphers. A running one is a box. What node tells apart by its error codes is told by
 * the code's name, and JavaScript makes the error; the rest are OpenSSL's own errors. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/objects.h>

enum { MOST_TAG = 16, NO_LENGTH = -1, CHACHA_IV = 12 };

struct cipher {
    EVP_CIPHER_CTX *ctx;
    int mode;
    bool encrypting, authenticated, tag_passed, failed;
    int tag_length; /* NO_LENGTH: not yet known */
    bool has_tag;
    unsigned char tag[MOST_TAG];
};

static void cipher_free(void *content)
{
    struct cipher *cipher = content;

    EVP_CIPHER_CTX_free(cipher->ctx);
    cpm_free(cipher);
}

static const struct cpm_box_kind kind = {"Cipher", cipher_free};

static struct cipher *cipher_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    return cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);
}

/* Names that only the old tables know ("aes256", "id-aes128-GCM") too. To be freed. */
static EVP_CIPHER *find(const char *name)
{
    const EVP_CIPHER *old = EVP_get_cipherbyname(name);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, old ? EVP_CIPHER_get0_name(old) : name, NULL);

    ERR_clear_error();
    return cipher;
}

static bool is_authenticated(const EVP_CIPHER *cipher)
{
    return EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER;
}

static bool is_tag_length(const struct cipher *cipher, int64_t length)
{
    if (cipher->mode == EVP_CIPH_GCM_MODE)
        return length == 4 || length == 8 || (length >= 12 && length <= 16);
    return length >= 0 && length <= MOST_TAG;
}

/* NULL, or the code of what is wrong with the initialization vector. */
static const char *iv_fault(const EVP_CIPHER *evp, bool given, size_t len)
{
    int expected = EVP_CIPHER_get_iv_length(evp);

    if (!given)
        return expected > 0 ? "ERR_CRYPTO_INVALID_IV" : NULL;
    if (!is_authenticated(evp))
        return len == (size_t)expected ? NULL : "ERR_CRYPTO_INVALID_IV";
    if (len == 0 || (EVP_CIPHER_is_a(evp, "ChaCha20-Poly1305") && len > CHACHA_IV))
        return "ERR_CRYPTO_INVALID_IV";
    return NULL;
}

/* NULL, or the code of what is wrong; the length of the tag is settled here. */
static const char *set_up_tag(struct cipher *cipher, size_t iv_len, int tag_length)
{
    if (EVP_CIPHER_CTX_ctrl(cipher->ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)iv_len, NULL) != 1)
        return "ERR_CRYPTO_INVALID_IV";
    cipher->tag_length = tag_length;
    if (tag_length != NO_LENGTH && !is_tag_length(cipher, tag_length))
        return "ERR_CRYPTO_INVALID_AUTH_TAG";
    if (cipher->mode != EVP_CIPH_CCM_MODE && cipher->mode != EVP_CIPH_OCB_MODE)
        return NULL;
    if (tag_length == NO_LENGTH)
        return "authTagLength required";
    return EVP_CIPHER_CTX_ctrl(cipher->ctx, EVP_CTRL_AEAD_SET_TAG, tag_length, NULL) == 1
               ? NULL
               : "ERR_CRYPTO_INVALID_AUTH_TAG";
}

struct opening {
    struct cpm_js_bytes key, iv;
    bool has_iv;
    int tag_length;
};

static const char *cipher_open(struct cipher *cipher, const EVP_CIPHER *evp,
                               const struct opening *how)
{
    const char *fault = iv_fault(evp, how->has_iv, how->iv.len);

    if (fault)
        return fault;
    if (cipher->mode == EVP_CIPH_WRAP_MODE)
        EVP_CIPHER_CTX_set_flags(cipher->ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(cipher->ctx, evp, NULL, NULL, NULL, cipher->encrypting) != 1)
        return "";
    if (cipher->authenticated && (fault = set_up_tag(cipher, how->iv.len, how->tag_length)))
        return fault;
    if (EVP_CIPHER_CTX_set_key_length(cipher->ctx, (int)how->key.len) != 1)
        return "ERR_CRYPTO_INVALID_KEYLEN";
    return EVP_CipherInit_ex(cipher->ctx, NULL, NULL, how->key.ptr,
                             how->iv.len ? how->iv.ptr : NULL, cipher->encrypting) == 1
               ? NULL
               : "";
}

/* (name, key, iv or null, whether encrypting, length of the tag or -1): a cipher, or a code. */
CPM_JS_FUNCTION(cipher_new)
{
    char *name = cpm_js_arg_utf8(ctx, argc, argv, 0);
    EVP_CIPHER *evp = name ? find(name) : NULL;
    struct opening how = {.tag_length = (int)cpm_js_int(ctx, argc, argv, 4)};

    cpm_free(name);
    if (!evp)
        return cpm_js_text(ctx, "ERR_CRYPTO_UNKNOWN_CIPHER");
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &how.key);
    how.has_iv = argc > 2 && cpm_js_bytes(ctx, argv[2], &how.iv);
    struct cipher *cipher = cpm_calloc(1, sizeof(*cipher));
    cipher->ctx = EVP_CIPHER_CTX_new();
    cipher->mode = EVP_CIPHER_get_mode(evp);
    cipher->authenticated = is_authenticated(evp);
    cipher->encrypting = argc > 3 && JSValueToBoolean(ctx, argv[3]);
    cipher->tag_length = NO_LENGTH;
    const char *fault = cipher_open(cipher, evp, &how);
    EVP_CIPHER_free(evp);
    if (!fault)
        return cpm_box_new(ctx, &kind, cipher);
    cipher_free(cipher);
    if (!*fault)
        return cpm_crypto_throw(ctx, exception, "Failed to initialize cipher");
    ERR_clear_error();
    return cpm_js_text(ctx, fault);
}

/* The tag that was given goes to OpenSSL before the first byte. */
static bool pass_tag(struct cipher *cipher)
{
    if (cipher->encrypting || !cipher->has_tag || cipher->tag_passed)
        return true;
    cipher->tag_passed = EVP_CIPHER_CTX_ctrl(cipher->ctx, EVP_CTRL_AEAD_SET_TAG, cipher->tag_length,
                                             cipher->tag) == 1;
    return cipher->tag_passed;
}

/* (cipher, bytes): what comes out; undefined when it does not take them. */
CPM_JS_FUNCTION(cipher_update)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);
    struct cpm_js_bytes in = {NULL, 0};
    int len = 0;

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &in);
    if (!cipher || !cipher->ctx || in.len > INT32_MAX - 64 || !pass_tag(cipher))
        return JSValueMakeUndefined(ctx);
    int room = (int)in.len + EVP_CIPHER_CTX_get_block_size(cipher->ctx);
    if (cipher->mode == EVP_CIPH_WRAP_MODE &&
        EVP_CipherUpdate(cipher->ctx, NULL, &room, in.ptr, (int)in.len) != 1)
        return JSValueMakeUndefined(ctx);
    unsigned char *out = cpm_alloc((size_t)room + 1);
    bool fine = EVP_CipherUpdate(cipher->ctx, out, &len, in.ptr, (int)in.len) == 1;
    ERR_clear_error();
    if (!fine && !cipher->encrypting && cipher->mode == EVP_CIPH_CCM_MODE) {
        cipher->failed = true; /* told by final, as in the other modes */
        fine = true;
        len = 0;
    }
    if (fine && len > 0)
        return cpm_js_take_bytes(ctx, out, (size_t)len);
    cpm_free(out);
    return fine ? cpm_js_take_bytes(ctx, NULL, 0) : JSValueMakeUndefined(ctx);
}

/* The last bytes into `out`; NO_LENGTH when it failed. */
static int finish(struct cipher *cipher, unsigned char *out)
{
    int len = 0;
    bool fine = !cipher->failed && pass_tag(cipher);

    if (!cipher->encrypting && cipher->authenticated && !cipher->has_tag)
        fine = false;
    if (fine && (cipher->encrypting || cipher->mode != EVP_CIPH_CCM_MODE))
        fine = EVP_CipherFinal_ex(cipher->ctx, out, &len) == 1;
    if (fine && cipher->encrypting && cipher->authenticated) {
        if (cipher->tag_length == NO_LENGTH)
            cipher->tag_length = MOST_TAG;
        fine = EVP_CIPHER_CTX_ctrl(cipher->ctx, EVP_CTRL_AEAD_GET_TAG, cipher->tag_length,
                                   cipher->tag) == 1;
        cipher->has_tag = fine;
    }
    return fine ? len : NO_LENGTH;
}

/* (cipher): the last bytes; undefined when it was finished before. */
CPM_JS_FUNCTION(cipher_final)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);

    if (!cipher || !cipher->ctx)
        return JSValueMakeUndefined(ctx);
    unsigned char *out = cpm_alloc((size_t)EVP_CIPHER_CTX_get_block_size(cipher->ctx) + 1);
    int len = finish(cipher, out);
    EVP_CIPHER_CTX_free(cipher->ctx);
    cipher->ctx = NULL;
    if (len > 0)
        return cpm_js_take_bytes(ctx, out, (size_t)len);
    cpm_free(out);
    if (len == 0)
        return cpm_js_take_bytes(ctx, NULL, 0);
    if (cipher->authenticated)
        ERR_clear_error();
    return cpm_crypto_throw(ctx, exception,
                            cipher->authenticated
                                ? "Unsupported state or unable to authenticate data"
                                : "Unsupported state");
}

/* (cipher, bytes, length of the text or -1): whether they are taken as authenticated data. */
CPM_JS_FUNCTION(cipher_aad)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);
    struct cpm_js_bytes in = {NULL, 0};
    int len, text = (int)cpm_js_int(ctx, argc, argv, 2);

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &in);
    if (!cipher || !cipher->ctx || !cipher->authenticated || in.len > INT32_MAX)
        return JSValueMakeBoolean(ctx, false);
    bool fine = pass_tag(cipher);
    if (fine && cipher->mode == EVP_CIPH_CCM_MODE)
        fine = text >= 0 && EVP_CipherUpdate(cipher->ctx, NULL, &len, NULL, text) == 1;
    fine = fine && EVP_CipherUpdate(cipher->ctx, NULL, &len, in.ptr, (int)in.len) == 1;
    ERR_clear_error();
    return JSValueMakeBoolean(ctx, fine);
}

/* (cipher): the tag; undefined when there is none yet. */
CPM_JS_FUNCTION(cipher_tag)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);

    if (!cipher || cipher->ctx || !cipher->encrypting || !cipher->has_tag)
        return JSValueMakeUndefined(ctx);
    unsigned char *copy = cpm_alloc(MOST_TAG);
    memcpy(copy, cipher->tag, MOST_TAG);
    return cpm_js_take_bytes(ctx, copy, (size_t)cipher->tag_length);
}

/* (cipher, tag): 0, or 1 when it is not the time for it, 2 when its length is wrong. */
CPM_JS_FUNCTION(cipher_set_tag)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);
    struct cpm_js_bytes tag = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &tag);
    if (!cipher || !cipher->ctx || !cipher->authenticated || cipher->encrypting || cipher->has_tag)
        return JSValueMakeNumber(ctx, 1);
    if (!is_tag_length(cipher, (int64_t)tag.len) ||
        (cipher->tag_length != NO_LENGTH && (size_t)cipher->tag_length != tag.len))
        return JSValueMakeNumber(ctx, 2);
    cipher->tag_length = (int)tag.len;
    memcpy(cipher->tag, tag.ptr, tag.len);
    cipher->has_tag = true;
    return JSValueMakeNumber(ctx, 0);
}

/* (cipher, whether): false when it is too late. */
CPM_JS_FUNCTION(cipher_padding)
{
    struct cipher *cipher = cipher_arg(ctx, argc, argv);
    bool pad = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1));

    return JSValueMakeBoolean(ctx, cipher && cipher->ctx &&
                                       EVP_CIPHER_CTX_set_padding(cipher->ctx, pad) == 1);
}

static const char *mode_name(int mode)
{
    static const struct {
        int mode;
        const char *name;
    } rows[] = {
        {EVP_CIPH_CBC_MODE, "cbc"},   {EVP_CIPH_CCM_MODE, "ccm"},
        {EVP_CIPH_CFB_MODE, "cfb"},   {EVP_CIPH_CTR_MODE, "ctr"},
        {EVP_CIPH_ECB_MODE, "ecb"},   {EVP_CIPH_GCM_MODE, "gcm"},
        {EVP_CIPH_OCB_MODE, "ocb"},   {EVP_CIPH_OFB_MODE, "ofb"},
        {EVP_CIPH_WRAP_MODE, "wrap"}, {EVP_CIPH_STREAM_CIPHER, "stream"},
        {EVP_CIPH_XTS_MODE, "xts"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].mode == mode)
            return rows[i].name;
    return NULL;
}

/* Whether the cipher takes a key and a vector of these lengths; -1 is not asked for. */
static bool takes(const EVP_CIPHER *evp, int64_t key_length, int64_t iv_length)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool fine = EVP_CipherInit_ex(ctx, evp, NULL, NULL, NULL, 1) == 1;

    if (fine && key_length >= 0)
        fine = EVP_CIPHER_CTX_set_key_length(ctx, (int)key_length) == 1;
    if (fine && iv_length >= 0)
        fine = is_authenticated(evp)
                   ? EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)iv_length, NULL) == 1
                   : iv_length == EVP_CIPHER_get_iv_length(evp);
    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    return fine;
}

/* (name or number, key's length or -1, vector's length or -1): what getCipherInfo tells. */
CPM_JS_FUNCTION(cipher_info)
{
    char *given = cpm_js_arg_utf8(ctx, argc, argv, 0);
    bool number = argc && JSValueIsNumber(ctx, argv[0]);
    const char *name = number ? OBJ_nid2sn((int)cpm_js_int(ctx, argc, argv, 0)) : given;
    EVP_CIPHER *evp = name ? find(name) : NULL;
    int64_t key_length = cpm_js_int(ctx, argc, argv, 1), iv_length = cpm_js_int(ctx, argc, argv, 2);

    cpm_free(given);
    if (!evp || !takes(evp, key_length, iv_length)) {
        EVP_CIPHER_free(evp);
        return JSValueMakeUndefined(ctx);
    }
    JSObjectRef info = JSObjectMake(ctx, NULL, NULL);
    const char *mode = mode_name(EVP_CIPHER_get_mode(evp));
    int nid = EVP_CIPHER_get_nid(evp), iv = EVP_CIPHER_get_iv_length(evp);
    const char *short_name = OBJ_nid2sn(nid);
    if (mode)
        cpm_js_set(ctx, info, "mode", cpm_js_text(ctx, mode));
    cpm_js_set(ctx, info, "name", cpm_js_text(ctx, short_name ? short_name : ""));
    cpm_js_set(ctx, info, "nid", JSValueMakeNumber(ctx, nid));
    if (EVP_CIPHER_get_mode(evp) != EVP_CIPH_STREAM_CIPHER)
        cpm_js_set(ctx, info, "blockSize", JSValueMakeNumber(ctx, EVP_CIPHER_get_block_size(evp)));
    if (iv > 0)
        cpm_js_set(ctx, info, "ivLength",
                   JSValueMakeNumber(ctx, iv_length >= 0 ? (double)iv_length : iv));
    cpm_js_set(ctx, info, "keyLength",
               JSValueMakeNumber(ctx, key_length >= 0 ? (double)key_length
                                                      : EVP_CIPHER_get_key_length(evp)));
    EVP_CIPHER_free(evp);
    return info;
}

struct names {
    JSContextRef ctx;
    JSObjectRef list;
    unsigned count;
};

static void add_name(CPM_UNUSED const EVP_CIPHER *cipher, const char *from,
                     CPM_UNUSED const char *to, void *arg)
{
    struct names *names = arg;
    EVP_CIPHER *found = from ? find(from) : NULL;

    if (!found)
        return;
    EVP_CIPHER_free(found);
    JSObjectSetPropertyAtIndex(names->ctx, names->list, names->count++,
                               cpm_js_text(names->ctx, from), NULL);
}

CPM_JS_FUNCTION(ciphers)
{
    struct names names = {ctx, JSObjectMakeArray(ctx, 0, NULL, NULL), 0};

    EVP_CIPHER_do_all_sorted(add_name, &names);
    return names.list;
}

const struct cpm_js_method cpm_crypto_cipher[] = {
    {"cipherNew", cipher_new},
    {"cipherUpdate", cipher_update},
    {"cipherFinal", cipher_final},
    {"cipherAad", cipher_aad},
    {"cipherTag", cipher_tag},
    {"cipherSetTag", cipher_set_tag},
    {"cipherPadding", cipher_padding},
    {"cipherInfo", cipher_info},
    {"ciphers", ciphers},
    {NULL, NULL},
};
