/* File URLs as far as resolution needs them: the WHATWG rules for a path that is resolved against a
 * folder, and the way back from a URL to a path. Texts are URLs' paths: percent-encoded. */
#ifndef CPM_RESOLVER_MODULE_URL_H
#define CPM_RESOLVER_MODULE_URL_H

#include "resolver/module/search.h"

struct cpm_url {
    struct cpm_place *place;
    struct cpm_str query; /* "?…#…", or empty */
    bool folder;          /* the path ends in '/' */
};

/* `text` against a folder. False with the error that Node's fileURLToPath and finalizeResolution
 * would throw: an encoded slash, a malformed escape, a host. */
bool cpm_url_resolve(struct cpm_search *s, struct cpm_place *folder, struct cpm_str text,
                     struct cpm_str base, struct cpm_url *out);
/* The length of "scheme:" when text parses as an absolute URL, else 0. */
size_t cpm_url_scheme(struct cpm_str text);

#endif
