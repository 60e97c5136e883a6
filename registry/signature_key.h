/* Public keys and what they signed: ECDSA (and what else OpenSSL reads) over SHA-256, as registries
 * sign their packages. OpenSSL stays behind this file and is loaded when the
 * first key is read. */
#ifndef CPM_REGISTRY_SIGNATURE_KEY_H
#define CPM_REGISTRY_SIGNATURE_KEY_H

#include "base/error.h"
#include "base/str.h"

struct cpm_public_key;

/* From a DER SubjectPublicKeyInfo. Errors: CPM_EINVAL for no key, CPM_EUNSUPPORTED without OpenSSL.
 */
int cpm_public_key_new(struct cpm_str der, struct cpm_public_key **out, struct cpm_error *err);
void cpm_public_key_free(struct cpm_public_key *key);
/* Did the key's owner sign these bytes? `signature` is DER, from outside. */
bool cpm_public_key_verify(const struct cpm_public_key *key, struct cpm_str bytes,
                           struct cpm_str signature);

#endif
