/* The bulk advisory endpoint: names and versions up, known vulnerabilities down. `audit` and the
 * install flow start it; the answer is read by look/audit.h. */
#ifndef CPM_REGISTRY_ADVISORIES_H
#define CPM_REGISTRY_ADVISORIES_H

#include "registry/registry.h"

struct cpm_advisories_request {
    /* in */
    struct cpm_str question; /* JSON: {"name": ["1.0.0", …]} */
    void *data;
    void (*done)(struct cpm_advisories_request *req);
    /* out */
    int status; /* 0 when the answer is in `http.answer`; else err, and perhaps http_status */
    struct cpm_error err;
    const char *url;
    struct cpm_http_request http;
    struct cpm_arena arena;
};

/* Sends it gzipped to the default registry, with its credentials; never twice. */
int cpm_advisories_start(struct cpm_registry *reg, struct cpm_advisories_request *req,
                         struct cpm_error *err);
/* Frees the answer; in any case, after done or after a start that failed. */
void cpm_advisories_release(struct cpm_advisories_request *req);

#endif
