/* The exports and imports fields: which target a subpath or a '#name' stands for under a set of
 * conditions. Node's PACKAGE_EXPORTS_RESOLVE, PACKAGE_IMPORTS_RESOLVE and PACKAGE_TARGET_RESOLVE
 * without the file system: the answer is a URL relative to the package, or a bare specifier. */
#ifndef CPM_RESOLVER_MODULE_TARGET_H
#define CPM_RESOLVER_MODULE_TARGET_H

#include "resolver/module/search.h"

struct cpm_target_query {
    const struct cpm_value *field; /* exports or imports */
    struct cpm_str subpath;        /* "." or "./x"; "#x" */
    struct cpm_place *folder;      /* of the package, for messages */
    struct cpm_str base;           /* file in messages; ptr NULL: none */
    bool imports;
    bool folder_keys; /* "./x/" stands for what is below, as it once did in Node */
};

/* False with Node's error. On success *target is "./file" (the '*' filled in), or, of imports, a
 * bare specifier. */
bool cpm_target_find(struct cpm_search *s, const struct cpm_target_query *query,
                     struct cpm_str *target);

#endif
