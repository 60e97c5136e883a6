/* The client's decisions as plain functions: what an answer's headers mean, when and how long to
 * wait before another try, how long a packument is fresh. Pure. */
#ifndef CPM_REGISTRY_HTTP_RULES_H
#define CPM_REGISTRY_HTTP_RULES_H

#include "registry/registry.h"

#define CPM_RETRY_AFTER_MAX_MS 30000
#define CPM_RETRY_FIRST_MS     200 /* most of the first wait: faults of one moment are the rule */
#define CPM_REDIRECTS_MAX      8

/* Retry-After as seconds or HTTP-date, in ms from `now_ms` (the epoch's), capped; -1 when it is
 * neither. */
int64_t cpm_retry_after_ms(struct cpm_str value, int64_t now_ms);
/* "Sun, 06 Nov 1994 08:49:37 GMT" in seconds since the epoch; false when it is none. */
bool cpm_http_date(struct cpm_str value, int64_t *seconds);
/* The wait before try `attempt` + 1 (attempt counts from 1); `random` is any number. */
unsigned cpm_retry_delay_ms(const struct cpm_registry_options *opts, unsigned attempt,
                            uint64_t random);
bool cpm_retry_status(int http_status);

/* max-age of Cache-Control in seconds: 0 for no-cache and no-store, -1 when it says nothing. */
int64_t cpm_cache_max_age(struct cpm_str cache_control);

/* How long an answer that says nothing of it is fresh, in seconds: a tenth of its age (RFC 9111,
 * 4.2.2), at most npm's own five minutes; -1 without a date of change. */
int64_t cpm_cache_guess_age(struct cpm_str last_modified, int64_t now_ms);

struct cpm_freshness {
    int64_t fetched_ms; /* when the answer came or was last confirmed; since the epoch */
    int64_t max_age;    /* seconds, -1 unknown */
};
enum cpm_cache_use { CPM_CACHE_USE, CPM_CACHE_ASK, CPM_CACHE_REFUSE };
/* What to do with a cached packument (`have` NULL: none): use it, ask the registry, or refuse
 * (offline without one). A clock that went back makes nothing fresh for ever. */
enum cpm_cache_use cpm_cache_decide(enum cpm_cache_mode mode, const struct cpm_freshness *have,
                                    int64_t now_ms);

#endif
