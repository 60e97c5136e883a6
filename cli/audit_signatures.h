/* `cpm audit signatures`: does the registry's signature stand behind each package that is
 * installed, and its attestations, as far as they are signed with the registry's key? Called by
 * cmd_audit.c; the report is printed by audit_signatures_text.c. */
#ifndef CPM_CLI_AUDIT_SIGNATURES_H
#define CPM_CLI_AUDIT_SIGNATURES_H

#include "base/json.h"
#include "cli/graph_load.h"
#include "cli/net.h"
#include "registry/signatures.h"

struct cpm_signed_package {
    struct cpm_str name, version, integrity, resolved;
    struct cpm_str location;
    const char *registry;
    const char *type; /* "dependencies", "devDependencies" … */
    enum { CPM_SIGNED_NOT, CPM_SIGNED_MISSING, CPM_SIGNED_WELL, CPM_SIGNED_WRONGLY } state;
    bool attested; /* the registry has attestations */
    /* PARTLY: some are signed with a certificate, which cpm does not check. */
    enum { CPM_ATTESTED_NOT, CPM_ATTESTED_WELL, CPM_ATTESTED_PARTLY } attestation;
    struct cpm_json *attestations, *bundles; /* the registry's words of them; owned, or NULL */
    /* of what is signed wrongly */
    int code; /* CPM_EINTEGRITYSIGNATURE or CPM_EATTESTATIONVERIFY */
    struct cpm_str key_id, signature, predicate;
    const char *message;
};

struct cpm_signatures_report {
    struct cpm_signed_package *v; /* by name */
    size_t count;
    size_t with_keys; /* of registries that publish keys */
    unsigned seconds;
};

/* Errors: what npm ends with: nothing to audit, a key that is missing or has expired, and the
 * registry's. *exit_code is 1 when a signature is missing or wrong. */
int cpm_audit_signatures(struct cpm_cli *cli, int *exit_code, struct cpm_error *err);
/* Asks the registry for the attestations of a version that has some, and fills the fields above.
 * Errors: cpm_attestations_verify's but CPM_EATTESTATIONVERIFY, and the registry's. */
int cpm_audit_attestations(struct cpm_net *net, const struct cpm_registry_keys *keys,
                           struct cpm_signed_package *p, struct cpm_error *err);
/* Prints it as text or JSON. */
void cpm_audit_signatures_print(struct cpm_cli *cli, const struct cpm_signatures_report *report);

#endif
