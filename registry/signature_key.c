/* Like base/digest.c: a table of functions, looked up once. An error queue that OpenSSL fills is
 * left to it: what counts is yes or no. */
#include "registry/signature_key.h"

#include "base/library.h"
#include "base/mem.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <pthread.h>

#define CRYPTO_SONAME "libcrypto.so.3"

#define KEY_MAX (64u << 10) /* bytes */

#define CRYPTO_FUNCTIONS(X)                                                                        \
    X(d2i_PUBKEY)                                                                                  \
    X(EVP_PKEY_free)                                                                               \
    X(EVP_MD_CTX_new)                                                                              \
    X(EVP_MD_CTX_free)                                                                             \
    X(EVP_sha256)                                                                                  \
    X(EVP_DigestVerifyInit)                                                                        \
    X(EVP_DigestVerify)

/* Written by load() under pthread_once, only read afterwards. */
static struct {
#define X(name) __typeof__(name) *name;
    CRYPTO_FUNCTIONS(X)
#undef X
    char fault[CPM_LIBRARY_FAULT]; /* "": none */
} crypto;
static pthread_once_t crypto_once = PTHREAD_ONCE_INIT;

struct cpm_public_key {
    EVP_PKEY *pkey;
};

static void load(void)
{
#define X(name) {#name, &crypto.name},
    static const struct cpm_library_function functions[] = {CRYPTO_FUNCTIONS(X)};
#undef X

    cpm_library_load(CRYPTO_SONAME, functions, sizeof(functions) / sizeof(functions[0]),
                     crypto.fault);
}

int cpm_public_key_new(struct cpm_str der, struct cpm_public_key **out, struct cpm_error *err)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    EVP_PKEY *pkey = NULL;
    pthread_once(&crypto_once, load);
    if (crypto.fault[0])
        return cpm_error_set(err, CPM_EUNSUPPORTED, "cannot check signatures: %s %s", CRYPTO_SONAME,
                             crypto.fault);
    if (der.len && der.len <= KEY_MAX)
        pkey = crypto.d2i_PUBKEY(NULL, &at, (long)der.len);
    if (!pkey)
        return cpm_error_set(err, CPM_EINVAL, "a public key cannot be read");
    *out = cpm_calloc(1, sizeof(**out));
    (*out)->pkey = pkey;
    return 0;
}

void cpm_public_key_free(struct cpm_public_key *key)
{
    if (!key)
        return;
    crypto.EVP_PKEY_free(key->pkey);
    cpm_free(key);
}

bool cpm_public_key_verify(const struct cpm_public_key *key, struct cpm_str bytes,
                           struct cpm_str signature)
{
    EVP_MD_CTX *ctx = crypto.EVP_MD_CTX_new();
    bool valid =
        ctx && crypto.EVP_DigestVerifyInit(ctx, NULL, crypto.EVP_sha256(), NULL, key->pkey) == 1 &&
        crypto.EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
                                (const unsigned char *)bytes.ptr, bytes.len) == 1;
    crypto.EVP_MD_CTX_free(ctx);
    return valid;
}
