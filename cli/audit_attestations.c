/* Where a version's attestations are stands in its manifest; npm takes only the path of that
 * address and asks the registry that it is configured for, so that no packument leads elsewhere. */
#include "cli/audit_signatures.h"

#include "cli/config/config.h"
#include "registry/attestations.h"
#include "registry/http_url.h"
#include "semver/spec.h"

static struct cpm_json *taken(struct cpm_json *object, const char *key)
{
    const struct cpm_json *value = cpm_json_get(object, cpm_str(key));
    return value ? cpm_json_copy(value) : NULL;
}

static int ask(struct cpm_net *net, const struct cpm_signed_package *p, const char *url,
               struct cpm_net_call *call, struct cpm_error *err)
{
    *call = (struct cpm_net_call){.url = url, .registry = p->registry};
    return cpm_net_exchange(net, call, err);
}

/* dist.attestations of the version's manifest, and its address at the registry. */
static int find_address(struct cpm_net *net, struct cpm_signed_package *p, const char **url,
                        struct cpm_error *err)
{
    struct cpm_arena *arena = net->cli->arena;
    struct cpm_net_call call;
    const char *path =
        cpm_arena_printf(arena, "%s/%.*s", cpm_net_escape(arena, p->name), CPM_STR_ARG(p->version));
    int rc = ask(net, p, path, &call, err);
    p->attestations = taken(cpm_json_get(call.json, CPM_STR("dist")), "attestations");
    cpm_json_free(call.json);
    struct cpm_str text = cpm_json_get_str(p->attestations, "url");
    struct cpm_http_url parts;
    if (rc == 0 && !cpm_http_url_parse(text, &parts))
        rc = cpm_error_set(err, CPM_EINVAL, "the attestations of %.*s@%.*s have no address",
                           CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
    if (rc == 0)
        *url = cpm_url_replace_host(arena, "always", p->registry, text);
    return rc;
}

static int verify(struct cpm_net *net, const struct cpm_registry_keys *keys,
                  struct cpm_signed_package *p, struct cpm_str document, struct cpm_error *err)
{
    struct cpm_arena *arena = net->cli->arena;
    struct cpm_attested what = {.id = CPM_CONCAT(arena, p->name, CPM_STR("@"), p->version),
                                .integrity = p->integrity,
                                .document = document};
    struct cpm_error fault = CPM_ERROR_INIT;
    struct cpm_spec spec;
    int rc = cpm_spec_parse(arena, what.id, NULL, &spec, err);
    if (rc == 0)
        rc = cpm_spec_purl(arena, &spec, NULL, &what.purl, err);
    if (rc < 0)
        return rc;
    rc = cpm_attestations_verify(keys, &what, arena, &fault);
    if (rc < 0 && rc != CPM_EATTESTATIONVERIFY)
        return cpm_error_set(err, rc, "%s", fault.text);
    if (rc == 0) {
        p->attestation = what.unchecked ? CPM_ATTESTED_PARTLY : CPM_ATTESTED_WELL;
        return 0;
    }
    p->state = CPM_SIGNED_WRONGLY;
    p->code = rc;
    p->key_id = what.key_id;
    p->signature = what.signature;
    p->predicate = what.predicate;
    p->message = cpm_arena_strndup(arena, fault.text, strlen(fault.text));
    return 0;
}

int cpm_audit_attestations(struct cpm_net *net, const struct cpm_registry_keys *keys,
                           struct cpm_signed_package *p, struct cpm_error *err)
{
    struct cpm_net_call call = {0};
    const char *url = NULL;
    int rc = find_address(net, p, &url, err);
    if (rc == 0)
        rc = ask(net, p, url, &call, err);
    if (rc == 0)
        rc = verify(net, keys, p, call.text, err);
    p->bundles = taken(call.json, "attestations");
    cpm_json_free(call.json);
    return rc;
}
