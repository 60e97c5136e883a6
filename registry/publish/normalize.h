/* package.json as npm publishes it: cleaned, completed from what lies beside it, in place. The
 * command publish calls it (document.c puts the result into the document), and init. */
#ifndef CPM_REGISTRY_PUBLISH_NORMALIZE_H
#define CPM_REGISTRY_PUBLISH_NORMALIZE_H

#include "base/error.h"
#include "base/glob.h"
#include "base/json.h"

struct cpm_normalize {
    struct cpm_arena *arena;
    const char *folder;           /* the package's; NULL when there is none: nothing is added */
    struct cpm_json *doc;         /* changed in place */
    bool as_node;                 /* `read` does what npm does for a node of a tree: `_id` is
                                     name@version, scripts keep their node_modules/.bin, `bin`
                                     comes from directories.bin */
    struct cpm_glob_list changes; /* out: what `npm pkg fix` would mend, in its words */
    struct cpm_glob_list missing; /* out: bins whose file is not there */
};

/* npm's `fix`: mends what is plainly wrong. Errors: an invalid name or version, which npm gives no
 * code. */
int cpm_normalize_fix(struct cpm_normalize *n, struct cpm_error *err);
/* npm's `normalize`: how npm reads any package.json. `folder` is looked at for a node only. */
void cpm_normalize_read(struct cpm_normalize *n);
/* What init makes of the fields that it has put in. The same errors as fix. */
int cpm_normalize_init(struct cpm_normalize *n, struct cpm_error *err);
/* npm's `prepare`: what the registry gets. The same errors. */
int cpm_normalize_prepare(struct cpm_normalize *n, struct cpm_error *err);

#endif
