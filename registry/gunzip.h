/* gzip in one go, by libdeflate. */
#ifndef CPM_REGISTRY_GUNZIP_H
#define CPM_REGISTRY_GUNZIP_H

#include "base/error.h"
#include "base/str.h"

/* *out is to be freed with cpm_free. Errors: CPM_EIO when damaged, CPM_ETOOBIG when it would be
 * larger than `max`. */
int cpm_gunzip(struct cpm_str gzip, size_t max, char **out, size_t *size, struct cpm_error *err);

#endif
