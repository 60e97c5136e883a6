/* What the store keeps of a package's own package.json: its license as the lock records it, its
 * commands, and the fields that a manifest, the linker and the script policy need. */
#ifndef CPM_INSTALL_FACTS_H
#define CPM_INSTALL_FACTS_H

#include "install/write_plan.h"

struct cpm_facts {
    struct cpm_str license; /* raw JSON, "" when none */
    struct cpm_str
        manifest; /* raw JSON object; "_hasBindingGyp": true is added when there is one */
};

/* Reads the plan's package.json and marks the plan's commands as executable. Texts are kept in the
 * arena or are views into the archive. Errors: CPM_EJSONPARSE, CPM_EBADARCHIVE. */
int cpm_facts_read(struct cpm_write_plan *plan, struct cpm_arena *arena, struct cpm_facts *out,
                   struct cpm_error *err);

#endif
