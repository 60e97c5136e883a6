/* A bundle holds a DSSE envelope: its payload is an in-toto statement, and what is signed is the
 * payload's type and bytes in DSSE's own encoding. Everything comes from outside: what has another
 * form verifies nothing. */
#include "registry/attestations.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"
#include "registry/packument.h"

#define MESSAGE_MAX (16u << 20)

struct envelope {
    struct cpm_str type, payload; /* decoded */
    struct cpm_str signature;     /* decoded */
    int64_t logged;               /* ms since the epoch, CPM_TIME_NONE when no log is named */
};

static const struct cpm_json *member(const struct cpm_json *object, const char *key)
{
    return cpm_json_get(object, cpm_str(key));
}

static int refuse(struct cpm_attested *what, const char *why, struct cpm_error *err)
{
    return cpm_error_set(err, CPM_EATTESTATIONVERIFY, "%.*s failed to verify attestation: %s",
                         CPM_STR_ARG(what->id), why);
}

static int64_t logged_at(const struct cpm_json *bundle)
{
    const struct cpm_json *entries = member(member(bundle, "verificationMaterial"), "tlogEntries");
    const struct cpm_json *time = member(cpm_json_at(entries, 0), "integratedTime");
    uint64_t seconds;
    if (cpm_json_is(time, CPM_JSON_NUMBER) && cpm_json_number(time) >= 0 &&
        cpm_json_number(time) < 1e12)
        return (int64_t)cpm_json_number(time) * 1000;
    if (!cpm_str_u64(cpm_json_str(time), &seconds) || seconds > UINT32_MAX * 100ull)
        return CPM_TIME_NONE;
    return (int64_t)seconds * 1000;
}

static bool read_envelope(const struct cpm_json *bundle, struct cpm_attested *what,
                          struct cpm_arena *arena, struct envelope *out)
{
    const struct cpm_json *dsse = member(bundle, "dsseEnvelope");
    const struct cpm_json *signatures = member(dsse, "signatures");
    const struct cpm_json *first = cpm_json_at(signatures, 0);
    what->key_id = cpm_arena_str(arena, cpm_json_get_str(first, "keyid"));
    what->signature = cpm_arena_str(arena, cpm_json_get_str(first, "sig"));
    out->type = cpm_json_get_str(dsse, "payloadType");
    out->logged = logged_at(bundle);
    return cpm_json_count(signatures) == 1 && out->type.len &&
           cpm_base64_decode(arena, cpm_json_get_str(dsse, "payload"), &out->payload) &&
           cpm_base64_decode(arena, what->signature, &out->signature);
}

/* DSSE's pre-authentication encoding. */
static bool is_signed(const struct cpm_registry_key *key, const struct envelope *e)
{
    struct cpm_buf message = CPM_BUF_INIT(MESSAGE_MAX);
    cpm_buf_addf(&message, "DSSEv1 %zu %.*s %zu ", e->type.len, CPM_STR_ARG(e->type),
                 e->payload.len);
    cpm_buf_add_str(&message, e->payload);
    bool valid = key->key && cpm_public_key_verify(key->key, cpm_buf_str(&message), e->signature);
    cpm_buf_release(&message);
    return valid;
}

/* The first subject's name and hash, as npm looks at them. */
static int check_subject(struct cpm_attested *what, const struct cpm_json *statement,
                         struct cpm_arena *arena, struct cpm_error *err)
{
    const struct cpm_json *subject = cpm_json_at(member(statement, "subject"), 0);
    struct cpm_str name = cpm_json_get_str(subject, "name");
    struct cpm_str hash = cpm_json_get_str(member(subject, "digest"), "sha512");
    struct cpm_sri sri;
    const char *have = cpm_sri_parse(what->integrity, &sri) && sri.algo == CPM_SHA512
                           ? cpm_hex(arena, sri.digest[0], 64)
                           : "";
    if (!cpm_str_eq(name, what->purl))
        return cpm_error_set(err, CPM_EATTESTATIONSUBJECT,
                             "%.*s package name and version (PURL): %.*s doesn't match what was "
                             "signed: %.*s",
                             CPM_STR_ARG(what->id), CPM_STR_ARG(what->purl), CPM_STR_ARG(name));
    if (!*have || !cpm_str_is(hash, have))
        return cpm_error_set(err, CPM_EATTESTATIONSUBJECT,
                             "%.*s package integrity (hex digest): %.16s… doesn't match what was "
                             "signed: %.*s",
                             CPM_STR_ARG(what->id), have, CPM_STR_ARG(hash));
    return 0;
}

static int verify_one(const struct cpm_registry_keys *keys, struct cpm_attested *what,
                      const struct cpm_json *attestation, struct cpm_arena *arena,
                      struct cpm_error *err)
{
    const struct cpm_registry_key *key = NULL;
    struct cpm_json *statement = NULL;
    struct envelope e;
    what->predicate = cpm_arena_str(arena, cpm_json_get_str(attestation, "predicateType"));
    if (!read_envelope(member(attestation, "bundle"), what, arena, &e))
        return refuse(what, "no envelope with one signature", err);
    const struct cpm_key_use use = {what->id, "attestations", what->key_id, e.logged};
    int rc = what->key_id.len ? cpm_registry_keys_pick(keys, &use, &key, err) : 0;
    if (rc == 0 && cpm_json_parse(e.payload, "statement", CPM_JSON_LAST_WINS, &statement, NULL) < 0)
        rc = refuse(what, "its statement is no JSON", err);
    if (rc == 0)
        rc = check_subject(what, statement, arena, err);
    if (rc == 0 && key && !is_signed(key, &e))
        rc = refuse(what, "signature verification failed", err);
    if (rc == 0)
        *(key ? &what->verified : &what->unchecked) += 1;
    cpm_json_free(statement);
    return rc;
}

int cpm_attestations_verify(const struct cpm_registry_keys *keys, struct cpm_attested *what,
                            struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_json *doc = NULL;
    int rc = 0;
    what->verified = what->unchecked = 0;
    if (cpm_json_parse(what->document, "attestations", CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return refuse(what, "the registry's answer is no JSON", err);
    const struct cpm_json *list = member(doc, "attestations");
    if (!cpm_json_is(list, CPM_JSON_ARRAY) || !cpm_json_count(list) ||
        cpm_json_count(list) > CPM_ATTESTATIONS_MAX)
        rc = refuse(what, "the registry has no list of them", err);
    for (const struct cpm_json *a = cpm_json_first(list); a && rc == 0; a = cpm_json_next(a))
        rc = verify_one(keys, what, a, arena, err);
    cpm_json_free(doc);
    return rc;
}
