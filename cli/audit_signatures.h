/* `cpm audit signatures`: does the registry's signature stand behind each package that is
 * installed? Called by cmd_audit.c; the report is printed by audit_signatures_text.c. */
#ifndef CPM_CLI_AUDIT_SIGNATURES_H
#define CPM_CLI_AUDIT_SIGNATURES_H

#include "cli/graph_load.h"
#include "cli/net.h"
#include "registry/signatures.h"

struct cpm_signed_package {
    struct cpm_str name, version, integrity, resolved;
    struct cpm_str location;
    const char *registry;
    const char *type; /* "dependencies", "devDependencies" … */
    enum { CPM_SIGNED_NOT, CPM_SIGNED_MISSING, CPM_SIGNED_WELL, CPM_SIGNED_WRONGLY } state;
    bool attested;
    struct cpm_str key_id, signature; /* of a wrong signature */
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
/* Prints it as text or JSON. */
void cpm_audit_signatures_print(struct cpm_cli *cli, const struct cpm_signatures_report *report);

#endif
