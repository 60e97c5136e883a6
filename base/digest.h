/* Digests and Subresource Integrity texts ("sha512-BASE64 sha1-…"). OpenSSL stays behind this file
 * and is loaded when the first digest is made. */
#ifndef CPM_BASE_DIGEST_H
#define CPM_BASE_DIGEST_H

#include "base/arena.h"
#include "base/error.h"

/* CPM_SHAKE256_128: the first 16 bytes of SHAKE256; in no integrity text. */
enum cpm_digest_algo {
    CPM_MD5,
    CPM_SHA1,
    CPM_SHA256,
    CPM_SHA384,
    CPM_SHA512,
    CPM_SHAKE256_128,
};

#define CPM_DIGEST_MAX 64

struct cpm_digest; /* one running computation; used by one thread at a time */

struct cpm_digest *cpm_digest_new(enum cpm_digest_algo algo, struct cpm_error *err);
void cpm_digest_update(struct cpm_digest *d, const void *bytes, size_t len);
/* Writes the raw digest and gives its size in bytes; the computation is freed. */
size_t cpm_digest_finish(struct cpm_digest *d, unsigned char out[CPM_DIGEST_MAX]);
void cpm_digest_free(struct cpm_digest *d);
/* In one go. */
int cpm_digest_of(enum cpm_digest_algo algo, struct cpm_str bytes,
                  unsigned char out[CPM_DIGEST_MAX], struct cpm_error *err);

/* The strongest usable hash of an integrity text (sha512 > sha384 > sha256 > sha1; md5 and unknown
 * ones never count); false when there is none. Several hashes of the strongest kind: any may match.
 */
struct cpm_sri {
    enum cpm_digest_algo algo;
    unsigned count;
    unsigned char digest[4][CPM_DIGEST_MAX];
};
bool cpm_sri_parse(struct cpm_str integrity, struct cpm_sri *out);
bool cpm_sri_matches(const struct cpm_sri *sri, const unsigned char *digest, size_t size);
/* "sha512-…" of a raw digest; hex; base64. New in the arena. */
const char *cpm_sri_text(struct cpm_arena *arena, enum cpm_digest_algo algo,
                         const unsigned char *digest);
/* Writes 2 * len digits, and no NUL. */
void cpm_hex_write(const unsigned char *bytes, size_t len, char *out);
const char *cpm_hex(struct cpm_arena *arena, const unsigned char *bytes, size_t len);
const char *cpm_base64(struct cpm_arena *arena, const void *bytes, size_t len);
/* False when it is no base64. */
bool cpm_base64_decode(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out);
/* "sha1-…" from a 40-digit hex shasum; NULL when it is none. */
const char *cpm_sri_from_shasum(struct cpm_arena *arena, struct cpm_str shasum);

#endif
