#include "base/digest.h"

#include "base/library.h"
#include "base/mem.h"

#include <openssl/evp.h>
#include <pthread.h>

/* libcrypto is no load-time dependency: its functions are looked up once, when the first digest is
 * made, into the table below. The algorithms themselves are fetched once too: since OpenSSL 3 an
 * implicit fetch costs more than hashing a small file. */

#define CRYPTO_SONAME "libcrypto.so.3"

#define CRYPTO_FUNCTIONS(X)                                                                        \
    X(EVP_MD_CTX_new)                                                                              \
    X(EVP_MD_CTX_free)                                                                             \
    X(EVP_MD_fetch)                                                                                \
    X(EVP_DigestInit_ex)                                                                           \
    X(EVP_DigestUpdate)                                                                            \
    X(EVP_DigestFinal_ex)                                                                          \
    X(EVP_DigestFinalXOF)

#define ALGO_COUNT 6

static const struct {
    const char *sri;  /* as in integrity texts */
    const char *name; /* OpenSSL's */
    unsigned size;
} algos[ALGO_COUNT] = {
    [CPM_MD5] = {"md5", "MD5", 16},          [CPM_SHA1] = {"sha1", "SHA1", 20},
    [CPM_SHA256] = {"sha256", "SHA256", 32}, [CPM_SHA384] = {"sha384", "SHA384", 48},
    [CPM_SHA512] = {"sha512", "SHA512", 64}, [CPM_SHAKE256_128] = {"shake256", "SHAKE256", 16},
};

/* Written by load() under pthread_once, only read afterwards. */
static struct {
#define X(name) __typeof__(name) *name;
    CRYPTO_FUNCTIONS(X)
#undef X
    EVP_MD *md[ALGO_COUNT];
    char fault[CPM_LIBRARY_FAULT]; /* "": none */
} crypto;
static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;

struct cpm_digest {
    EVP_MD_CTX *ctx;
    enum cpm_digest_algo algo;
};

static void load(void)
{
#define X(name) {#name, &crypto.name},
    static const struct cpm_library_function functions[] = {CRYPTO_FUNCTIONS(X)};
#undef X

    if (!cpm_library_load(CRYPTO_SONAME, functions, sizeof(functions) / sizeof(functions[0]),
                          crypto.fault))
        return;
    for (size_t i = 0; i < ALGO_COUNT; i++)
        crypto.md[i] = crypto.EVP_MD_fetch(NULL, algos[i].name, NULL);
}

struct cpm_digest *cpm_digest_new(enum cpm_digest_algo algo, struct cpm_error *err)
{
    struct cpm_digest *d;

    pthread_once(&crypto_once, load);
    if (crypto.fault[0] || !crypto.md[algo]) {
        cpm_error_set(err, CPM_EUNSUPPORTED, "cannot compute %s: %s %s", algos[algo].sri,
                      CRYPTO_SONAME, crypto.fault[0] ? crypto.fault : "does not offer it");
        return NULL;
    }
    d = cpm_calloc(1, sizeof(*d));
    d->algo = algo;
    d->ctx = crypto.EVP_MD_CTX_new();
    if (!d->ctx || crypto.EVP_DigestInit_ex(d->ctx, crypto.md[algo], NULL) != 1) {
        cpm_error_set(err, CPM_ENOMEM, "cannot start a %s digest", algos[algo].sri);
        cpm_digest_free(d);
        return NULL;
    }
    return d;
}

void cpm_digest_update(struct cpm_digest *d, const void *bytes, size_t len)
{
    if (len)
        crypto.EVP_DigestUpdate(d->ctx, bytes, len);
}

size_t cpm_digest_finish(struct cpm_digest *d, unsigned char out[CPM_DIGEST_MAX])
{
    unsigned size = 0;

    if (d->algo == CPM_SHAKE256_128)
        crypto.EVP_DigestFinalXOF(d->ctx, out, size = algos[d->algo].size);
    else
        crypto.EVP_DigestFinal_ex(d->ctx, out, &size);
    cpm_digest_free(d);
    return size;
}

void cpm_digest_free(struct cpm_digest *d)
{
    if (!d)
        return;
    crypto.EVP_MD_CTX_free(d->ctx);
    cpm_free(d);
}

int cpm_digest_of(enum cpm_digest_algo algo, struct cpm_str bytes,
                  unsigned char out[CPM_DIGEST_MAX], struct cpm_error *err)
{
    struct cpm_error own = CPM_ERROR_INIT;
    struct cpm_digest *d = cpm_digest_new(algo, &own);

    if (!d) {
        if (err)
            *err = own;
        return own.code;
    }
    cpm_digest_update(d, bytes.ptr, bytes.len);
    cpm_digest_finish(d, out);
    return 0;
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const char *cpm_base64(struct cpm_arena *arena, const void *bytes, size_t len)
{
    const unsigned char *in = bytes;
    char *out = cpm_arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    char *at = out;

    for (size_t i = 0; i < len; i += 3) {
        uint32_t word = (uint32_t)in[i] << 16 | (uint32_t)(i + 1 < len ? in[i + 1] : 0) << 8 |
                        (i + 2 < len ? in[i + 2] : 0);

        *at++ = digits64[word >> 18];
        *at++ = digits64[word >> 12 & 63];
        *at++ = i + 1 < len ? digits64[word >> 6 & 63] : '=';
        *at++ = i + 2 < len ? digits64[word & 63] : '=';
    }
    *at = '\0';
    return out;
}

static int digit64(char c)
{
    const char *at = c ? strchr(digits64, c) : NULL;

    return at ? (int)(at - digits64) : -1;
}

/* Decodes without padding into `out` (room for len * 3 / 4); -1 when it is no base64. */
static int decode64(struct cpm_str text, unsigned char *out, size_t *size)
{
    uint32_t word = 0;
    unsigned bits = 0;

    *size = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit64(text.ptr[i]);

        if (digit < 0)
            return -1;
        word = word << 6 | (uint32_t)digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*size)++] = (unsigned char)(word >> bits);
        }
    }
    return bits < 6 ? 0 : -1;
}

static struct cpm_str without_padding(struct cpm_str text)
{
    for (int i = 0; i < 2 && text.len && text.ptr[text.len - 1] == '='; i++)
        text.len--;
    return text;
}

bool cpm_base64_decode(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out)
{
    struct cpm_str bare = without_padding(text);
    unsigned char *bytes = cpm_arena_alloc(arena, bare.len * 3 / 4 + 1);
    size_t size;

    if (decode64(bare, bytes, &size) < 0)
        return false;
    *out = cpm_str_n((char *)bytes, size);
    return true;
}

/* "ALGO-BASE64[?options]" to a raw digest of exactly the algorithm's size. */
static bool parse_hash(struct cpm_str text, enum cpm_digest_algo *algo,
                       unsigned char digest[CPM_DIGEST_MAX])
{
    size_t dash = cpm_str_chr(text, '-');
    size_t option = cpm_str_chr(text, '?');
    struct cpm_str body;
    size_t size;

    if (option != CPM_NPOS)
        text.len = option;
    if (dash == CPM_NPOS || dash >= text.len)
        return false;
    body = without_padding(cpm_str_sub(text, dash + 1, text.len));
    for (size_t i = CPM_SHA1; i <= CPM_SHA512; i++) {
        if (!cpm_str_is(cpm_str_sub(text, 0, dash), algos[i].sri))
            continue;
        *algo = (enum cpm_digest_algo)i;
        return body.len * 3 / 4 == algos[i].size && decode64(body, digest, &size) == 0;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool cpm_sri_parse(struct cpm_str integrity, struct cpm_sri *out)
{
    unsigned char digest[CPM_DIGEST_MAX];
    enum cpm_digest_algo algo;
    size_t at = 0;

    memset(out, 0, sizeof(*out));
    while (at < integrity.len) {
        size_t begin = at;

        while (at < integrity.len && !is_blank(integrity.ptr[at]))
            at++;
        if (parse_hash(cpm_str_sub(integrity, begin, at - begin), &algo, digest)) {
            if (out->count && algo > out->algo)
                out->count = 0;
            if (out->count == 0)
                out->algo = algo;
            if (algo == out->algo && out->count < sizeof(out->digest) / sizeof(out->digest[0]))
                memcpy(out->digest[out->count++], digest, algos[algo].size);
        }
        at++;
    }
    return out->count > 0;
}

bool cpm_sri_matches(const struct cpm_sri *sri, const unsigned char *digest, size_t size)
{
    for (unsigned i = 0; i < sri->count; i++)
        if (size == algos[sri->algo].size && memcmp(sri->digest[i], digest, size) == 0)
            return true;
    return false;
}

const char *cpm_sri_text(struct cpm_arena *arena, enum cpm_digest_algo algo,
                         const unsigned char *digest)
{
    return cpm_arena_printf(arena, "%s-%s", algos[algo].sri,
                            cpm_base64(arena, digest, algos[algo].size));
}

void cpm_hex_write(const unsigned char *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

const char *cpm_hex(struct cpm_arena *arena, const unsigned char *bytes, size_t len)
{
    char *out = cpm_arena_alloc(arena, len * 2 + 1);

    cpm_hex_write(bytes, len, out);
    out[len * 2] = '\0';
    return out;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *cpm_sri_from_shasum(struct cpm_arena *arena, struct cpm_str shasum)
{
    unsigned char digest[20];

    if (shasum.len != 2 * sizeof(digest))
        return NULL;
    for (size_t i = 0; i < sizeof(digest); i++) {
        int high = hex_digit(shasum.ptr[2 * i]), low = hex_digit(shasum.ptr[2 * i + 1]);

        if (high < 0 || low < 0)
            return NULL;
        digest[i] = (unsigned char)(high << 4 | low);
    }
    return cpm_sri_text(arena, CPM_SHA1, digest);
}
