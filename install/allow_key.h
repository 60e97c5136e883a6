/* One entry of the script policy: which packages it means. Internal to install/allow*.c. */
#ifndef CPM_INSTALL_ALLOW_KEY_H
#define CPM_INSTALL_ALLOW_KEY_H

#include "install/allow.h"
#include "semver/spec.h"

struct cpm_allow_key {
    struct cpm_spec spec;
    bool any_version;
    enum cpm_allow_verdict verdict;
};

/* What a package is known by. */
struct cpm_allow_subject {
    bool registry;
    struct cpm_str name, version; /* of a registry package; version "" when it cannot be known */
    struct cpm_str resolved;      /* as the lock has it */
};

/* Fills what cannot be forged. */
void cpm_allow_identify(struct cpm_arena *arena, const struct cpm_lock *lock,
                        const struct cpm_lock_entry *entry, struct cpm_allow_subject *out);
/* False for what a policy cannot speak of: links, workspaces, bundled and inert packages. */
bool cpm_allow_is_subject(const struct cpm_lock_entry *entry);

/* False when npm's rule refuses the text; *fault is then the reason behind the quoted text, ""
 * when it could not be read at all. */
bool cpm_allow_key_parse(struct cpm_arena *arena, struct cpm_str text, const char *where,
                         struct cpm_allow_key *out, const char **fault);
bool cpm_allow_key_matches(struct cpm_arena *arena, const struct cpm_allow_key *key,
                           const struct cpm_allow_subject *subject);

/* The same whatever versions and commits the key names. */
bool cpm_allow_key_targets(struct cpm_arena *arena, const struct cpm_allow_key *key,
                           const struct cpm_allow_subject *subject);

#endif
