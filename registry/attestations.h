/* Attestations: signed statements about a version that a registry keeps (dist.attestations), one
 * that it was published there, one of where it was built. `audit signatures` fetches them. Pure.
 *
 * What a registry's key signed is verified. What was signed with a certificate is not: that needs a
 * trust root, which cpm has none of. Nor is the entry of the transparency log. */
#ifndef CPM_REGISTRY_ATTESTATIONS_H
#define CPM_REGISTRY_ATTESTATIONS_H

#include "registry/signatures.h"

#define CPM_ATTESTATIONS_MAX 100 /* of one version */

struct cpm_attested {
    struct cpm_str id;        /* "name@version", for the words */
    struct cpm_str purl;      /* what the statements must be about … */
    struct cpm_str integrity; /* … by name and by its sha512 */
    struct cpm_str document;  /* the registry's answer */
    /* out */
    size_t verified;
    size_t unchecked; /* signed with a certificate; what they say is compared all the same */
    struct cpm_str key_id, signature, predicate; /* of the one at fault; in the arena */
};

/* Errors, in npm's words: CPM_EMISSINGSIGNATUREKEY, CPM_EEXPIREDSIGNATUREKEY,
 * CPM_EATTESTATIONSUBJECT (about something else), CPM_EATTESTATIONVERIFY (signed wrongly, or no
 * attestation). */
int cpm_attestations_verify(const struct cpm_registry_keys *keys, struct cpm_attested *what,
                            struct cpm_arena *arena, struct cpm_error *err);

#endif
