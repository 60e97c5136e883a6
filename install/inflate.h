/* gzip bytes to the bytes inside, whole, with caps against bombs. The store calls it for each
 * tarball. */
#ifndef CPM_INSTALL_INFLATE_H
#define CPM_INSTALL_INFLATE_H

#include "base/error.h"
#include "base/str.h"

#define CPM_INFLATE_MAX   ((uint64_t)2 << 30) /* bytes unpacked */
#define CPM_INFLATE_RATIO 1000                /* unpacked to packed, past the first MB */

struct cpm_inflated {
    struct cpm_str bytes;
    char *owned;  /* to be freed with cpm_free; NULL when `bytes` is the input itself */
    bool garbage; /* bytes stood behind the stream and were ignored */
};

/* How many bytes cpm_inflate is going to hold, by the stream's own word: a hint. */
uint64_t cpm_inflate_hint(struct cpm_str gzip);

/* Bytes that are no gzip stream come back as they are (npm accepts a bare tar). Errors:
 * CPM_EBADARCHIVE. */
int cpm_inflate(struct cpm_str gzip, struct cpm_inflated *out, struct cpm_error *err);

#endif
