/* Everything here comes from outside; what is of another form than expected is no key and no
 * signature, and so verifies nothing. */
#include "registry/signatures.h"

#include "base/digest.h"
#include "base/json.h"
#include "registry/isotime.h"
#include "registry/packument.h"

#define KEYS_COUNT_MAX 1000
#define SIGNATURES_MAX 100

static int read_key(const struct cpm_json *json, struct cpm_arena *arena,
                    struct cpm_registry_key *out, struct cpm_error *err)
{
    struct cpm_str der;
    out->id = cpm_arena_str(arena, cpm_json_get_str(json, "keyid"));
    out->expires = cpm_arena_str(arena, cpm_json_get_str(json, "expires"));
    if (!cpm_base64_decode(arena, cpm_json_get_str(json, "key"), &der))
        return 0;
    int rc = cpm_public_key_new(der, &out->key, err);
    return rc == CPM_EINVAL ? 0 : rc;
}

int cpm_registry_keys_read(struct cpm_str json, struct cpm_arena *arena,
                           struct cpm_registry_keys *out, struct cpm_error *err)
{
    struct cpm_json *doc = NULL;
    int rc = cpm_json_parse(json, "keys of the registry", CPM_JSON_LAST_WINS, &doc, err);
    const struct cpm_json *list = cpm_json_get(doc, CPM_STR("keys"));
    size_t count = cpm_json_is(list, CPM_JSON_ARRAY) ? cpm_json_count(list) : 0;
    *out = (struct cpm_registry_keys){0};
    if (rc == 0 && count > KEYS_COUNT_MAX)
        rc = cpm_error_set(err, CPM_ETOOBIG, "the registry publishes more than %d keys",
                           KEYS_COUNT_MAX);
    if (rc == 0) {
        out->v = CPM_NEW_ARRAY(arena, struct cpm_registry_key, count + 1);
        for (const struct cpm_json *k = count ? cpm_json_first(list) : NULL; k && rc == 0;
             k = cpm_json_next(k))
            rc = read_key(k, arena, &out->v[out->count++], err);
    }
    cpm_json_free(doc);
    return rc;
}

void cpm_registry_keys_release(struct cpm_registry_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        cpm_public_key_free(keys->v[i].key);
    keys->count = 0;
}

static const struct cpm_registry_key *find_key(const struct cpm_registry_keys *keys,
                                               struct cpm_str id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (cpm_str_eq(keys->v[i].id, id))
            return &keys->v[i];
    return NULL;
}

static bool has_expired(const struct cpm_registry_key *key, int64_t at)
{
    int64_t end;
    if (!key->expires.len)
        return false;
    if (!cpm_isotime_parse(key->expires, &end))
        return true;
    return at != CPM_TIME_NONE && at >= end;
}

int cpm_registry_keys_pick(const struct cpm_registry_keys *keys, const struct cpm_key_use *use,
                           const struct cpm_registry_key **out, struct cpm_error *err)
{
    *out = find_key(keys, use->key_id);
    if (!*out)
        return cpm_error_set(err, CPM_EMISSINGSIGNATUREKEY,
                             "%.*s has %s with keyid: %.*s but no corresponding public key can be "
                             "found",
                             CPM_STR_ARG(use->package), use->what, CPM_STR_ARG(use->key_id));
    if (has_expired(*out, use->at))
        return cpm_error_set(err, CPM_EEXPIREDSIGNATUREKEY,
                             "%.*s has %s with keyid: %.*s but the corresponding public key has "
                             "expired %.*s",
                             CPM_STR_ARG(use->package), use->what, CPM_STR_ARG(use->key_id),
                             CPM_STR_ARG((*out)->expires));
    return 0;
}

static int verify_one(const struct cpm_registry_keys *keys, struct cpm_signed *what,
                      struct cpm_arena *arena, struct cpm_error *err)
{
    const struct cpm_key_use use = {what->id, "a registry signature", what->key_id,
                                    what->published};
    const struct cpm_registry_key *key;
    struct cpm_str message = CPM_CONCAT(arena, what->id, CPM_STR(":"), what->integrity), der;
    int rc = cpm_registry_keys_pick(keys, &use, &key, err);
    if (rc < 0)
        return rc;
    if (key->key && cpm_base64_decode(arena, what->signature, &der) &&
        cpm_public_key_verify(key->key, message, der))
        return 0;
    return cpm_error_set(err, CPM_EINTEGRITYSIGNATURE,
                         "%.*s has an invalid registry signature with keyid: %.*s and signature: "
                         "%.*s",
                         CPM_STR_ARG(what->id), CPM_STR_ARG(what->key_id),
                         CPM_STR_ARG(what->signature));
}

int cpm_signatures_verify(const struct cpm_registry_keys *keys, struct cpm_signed *what,
                          struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_json *list = NULL;
    int rc = cpm_json_parse(what->signatures, "dist.signatures", CPM_JSON_LAST_WINS, &list, err);
    if (rc == 0 && (!cpm_json_is(list, CPM_JSON_ARRAY) || cpm_json_count(list) > SIGNATURES_MAX))
        rc = cpm_error_set(err, CPM_EINTEGRITYSIGNATURE, "the signatures of %.*s are no list",
                           CPM_STR_ARG(what->id));
    for (const struct cpm_json *s = cpm_json_first(list); s && rc == 0; s = cpm_json_next(s)) {
        what->key_id = cpm_arena_str(arena, cpm_json_get_str(s, "keyid"));
        what->signature = cpm_arena_str(arena, cpm_json_get_str(s, "sig"));
        rc = verify_one(keys, what, arena, err);
    }
    cpm_json_free(list);
    return rc;
}
