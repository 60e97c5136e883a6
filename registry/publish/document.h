/* The document that publishing puts to a registry: the version's manifest, its tag, the tarball as
 * an attachment. Filled from what pack.h and normalize.h made. */
#ifndef CPM_REGISTRY_PUBLISH_DOCUMENT_H
#define CPM_REGISTRY_PUBLISH_DOCUMENT_H

#include "registry/publish/pack.h"

struct cpm_document_input {
    const struct cpm_json *manifest; /* normalised */
    const struct cpm_packed *packed;
    const char *registry;     /* ends in '/' */
    const char *tag;          /* package.json's own `tag` goes before it */
    const char *access;       /* "public", "restricted" or NULL: the registry decides */
    const char *node_version; /* "20.1.0", or "" when there is none */
    const char *npm_version;
    const char *provenance; /* text of a provenance bundle, or NULL */
};

/* *out is to be freed. Errors: CPM_EJSONPARSE for the bundle. */
int cpm_document_new(struct cpm_arena *arena, const struct cpm_document_input *in,
                     struct cpm_json **out, struct cpm_error *err);

#endif
