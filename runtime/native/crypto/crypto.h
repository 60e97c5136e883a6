/* What the files of crypto share. Every function here and there takes bytes, never text with an
 * encoding: runtime/js/internal/crypto turns one into the other and checks the arguments. What
 * OpenSSL refuses becomes an Error with its words, as node words it. */
#ifndef CPM_RUNTIME_NATIVE_CRYPTO_H
#define CPM_RUNTIME_NATIVE_CRYPTO_H

#include "runtime/native/box.h"
#include "runtime/native/job.h"

#include <openssl/err.h>
#include <openssl/evp.h>

/* The functions of each file. */
extern const struct cpm_js_method cpm_crypto_hash[], cpm_crypto_kdf[], cpm_crypto_random[],
    cpm_crypto_cipher[], cpm_crypto_key[], cpm_crypto_key_parts[], cpm_crypto_sign[],
    cpm_crypto_keygen[], cpm_crypto_agreement[], cpm_crypto_rsa[], cpm_crypto_x509[];

/* The error that OpenSSL told last (`code`, of ERR_get_error), or `otherwise` when it is 0. */
JSValueRef cpm_crypto_error(JSContextRef ctx, unsigned long code, const char *otherwise);
/* Sets *exception to the error this thread has; gives undefined, for `return`. */
JSValueRef cpm_crypto_throw(JSContextRef ctx, JSValueRef *exception, const char *otherwise);

/* The digest of that name, as createHash takes names; to be freed. NULL when there is none, and no
 * error is left behind. */
EVP_MD *cpm_crypto_digest(const char *name);
/* The same for argv[i]. */
EVP_MD *cpm_crypto_digest_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);

/* A key, as a box that owns it; EVP_PKEYs do not change. */
extern const struct cpm_box_kind cpm_crypto_key_kind;
JSValueRef cpm_crypto_key_box(JSContextRef ctx, EVP_PKEY *key);
/* The key in argv[i], or NULL; one more reference of it for a job. */
EVP_PKEY *cpm_crypto_key_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);
EVP_PKEY *cpm_crypto_key_ref(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);

/* A job whose result is bytes. */
struct cpm_bytes_job {
    struct cpm_job job; /* first */
    unsigned char *out; /* what run made; goes to JavaScript */
    size_t len;
    bool failed;
    unsigned long fault; /* OpenSSL's code when it failed */
};
/* The result of such a job: a Uint8Array, or the error. */
JSValueRef cpm_bytes_job_result(struct cpm_job *job, JSContextRef ctx, JSValueRef *exception);
/* Marks it failed, with the error that this thread has. */
void cpm_bytes_job_fail(struct cpm_bytes_job *job);

#endif
