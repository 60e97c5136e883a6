/* Node's algorithm for import: ESM_RESOLVE of its documentation. */
#ifndef CPM_RESOLVER_MODULE_IMPORT_H
#define CPM_RESOLVER_MODULE_IMPORT_H

#include "resolver/module/url.h"

/* Fills the search's outcome; false with Node's error. */
bool cpm_import_resolve(struct cpm_search *s);

/* PACKAGE_IMPORTS_RESOLVE for a '#name': a file's URL, or a builtin in s->text. Used by require()
 * too. */
bool cpm_import_internal(struct cpm_search *s, struct cpm_url *out);

/* The package.json at a folder does not parse: Node's error. */
bool cpm_import_bad_config(struct cpm_search *s, const struct cpm_place *folder);

#endif
