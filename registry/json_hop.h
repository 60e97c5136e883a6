/* Passing over a JSON value that nobody keeps, as fast as the bytes can be looked at: only strings
 * and nesting are followed, the grammar inside is not checked. For READMEs, maintainers and the
 * like in packuments, which are most of a full document. */
#ifndef CPM_REGISTRY_JSON_HOP_H
#define CPM_REGISTRY_JSON_HOP_H

#include "base/jsonread.h"

/* Stands behind the next value afterwards; a text that ends inside it is a fault of `r`. */
void cpm_json_hop(struct cpm_jsonread *r);
/* True when exactly the text `last` (an object, array or string read before) comes next; it is then
 * consumed. Neighbouring versions repeat most of their members. */
bool cpm_json_hop_same(struct cpm_jsonread *r, struct cpm_str last);

#endif
