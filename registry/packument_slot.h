/* What is known of one name's packument in a run, who waits for it, and the question that is under
 * way about it. Shared by packuments.c (slots) and packument_flight.c (questions). */
#ifndef CPM_REGISTRY_PACKUMENT_SLOT_H
#define CPM_REGISTRY_PACKUMENT_SLOT_H

#include "registry/registry_private.h"

struct cpm_held {             /* a packument in memory */
    struct cpm_cached cached; /* when it came from a cache file */
    struct cpm_packument *packument;
    struct cpm_held *older;
};

struct cpm_packument_slot { /* all that is known of one name */
    struct cpm_str name;
    const char *url, *path;
    struct cpm_held *held;      /* newest first */
    struct cpm_cache_read read; /* of the cache file */
    struct cpm_registry *reg;
    struct cpm_packument_request *first, *last; /* wait for it */
    bool reading;                               /* it is under way */
    bool looked;                                /* the cache file was tried */
    bool confirmed;                             /* held is this run's answer, or was fresh */
    struct cpm_flight *flight[2];               /* under way: abbreviated, full */
};

/* Requests in a queue are chained by their `internal`. */
void cpm_packument_queue_add(struct cpm_packument_request **first,
                             struct cpm_packument_request **last,
                             struct cpm_packument_request *req);
struct cpm_packument_request *cpm_packument_queue_take(struct cpm_packument_request **first);
/* Fill a request's out fields; `done` is the caller's. */
void cpm_packument_answer(struct cpm_packument_request *req, const struct cpm_packument_slot *slot,
                          const struct cpm_packument *p, bool from_cache);
void cpm_packument_refuse(struct cpm_packument_request *req, const struct cpm_error *err);
/* Takes the packument (and the open cache file that it lies in, or NULL). */
void cpm_packument_hold(struct cpm_packument_slot *slot, struct cpm_packument *p,
                        const struct cpm_cached *cached);
bool cpm_packument_suffices(const struct cpm_packument_slot *slot, bool full);

/* Asks the registry; the request is told when the answer came. */
int cpm_flight_start(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                     struct cpm_packument_request *req, struct cpm_error *err);
/* A flight that will answer the request as well; NULL when there is none. */
struct cpm_flight *cpm_flight_find(const struct cpm_packument_slot *slot, bool full);
void cpm_flight_join(struct cpm_flight *flight, struct cpm_packument_request *req);
/* When the registry goes: all who wait are refused. */
void cpm_flights_cancel(struct cpm_registry *reg, const struct cpm_error *canceled);

#endif
