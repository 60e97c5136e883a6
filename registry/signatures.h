/* Registry signatures: the keys that a registry publishes (/-/npm/v1/keys), and whether a version's
 * dist.signatures are of them. Pure; the keys are fetched by keyring.h and by `audit signatures`.
 */
#ifndef CPM_REGISTRY_SIGNATURES_H
#define CPM_REGISTRY_SIGNATURES_H

#include "base/arena.h"
#include "registry/signature_key.h"

#define CPM_KEYS_MAX (1u << 20) /* bytes of the answer */

struct cpm_registry_key {
    struct cpm_str id;
    struct cpm_str expires;     /* as written, "" when it does not */
    struct cpm_public_key *key; /* NULL: one that cannot be read, and signs nothing */
};

struct cpm_registry_keys {
    struct cpm_registry_key *v;
    size_t count;
};

/* The keys of an answer; texts in the arena. Errors: CPM_EJSONPARSE, CPM_EUNSUPPORTED. */
int cpm_registry_keys_read(struct cpm_str json, struct cpm_arena *arena,
                           struct cpm_registry_keys *out, struct cpm_error *err);
void cpm_registry_keys_release(struct cpm_registry_keys *keys);

struct cpm_key_use {
    struct cpm_str package; /* "name@version" */
    const char *what;       /* it has: "a registry signature" */
    struct cpm_str key_id;
    int64_t at; /* when it was signed: ms since the epoch, or CPM_TIME_NONE */
};

/* The key that something was signed with. An end that cannot be read has passed; one that can is
 * not looked at when the time is unknown. Errors, in npm's words: CPM_EMISSINGSIGNATUREKEY,
 * CPM_EEXPIREDSIGNATUREKEY. */
int cpm_registry_keys_pick(const struct cpm_registry_keys *keys, const struct cpm_key_use *use,
                           const struct cpm_registry_key **out, struct cpm_error *err);

struct cpm_signed {
    struct cpm_str id;         /* "name@version" */
    struct cpm_str integrity;  /* what is signed is "id:integrity" */
    int64_t published;         /* ms since the epoch, CPM_TIME_NONE when unknown */
    struct cpm_str signatures; /* raw JSON of dist.signatures */
    /* out, of the signature that is at fault; in the arena */
    struct cpm_str key_id, signature;
};

/* Each signature must be right, as for npm. Errors, in npm's words: CPM_EMISSINGSIGNATUREKEY,
 * CPM_EEXPIREDSIGNATUREKEY (the key ended before the version was published; not looked at when that
 * time is unknown), CPM_EINTEGRITYSIGNATURE. */
int cpm_signatures_verify(const struct cpm_registry_keys *keys, struct cpm_signed *what,
                          struct cpm_arena *arena, struct cpm_error *err);

#endif
