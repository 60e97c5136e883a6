/* Inside the registry client: what its request kinds share. */
#ifndef CPM_REGISTRY_REGISTRY_PRIVATE_H
#define CPM_REGISTRY_REGISTRY_PRIVATE_H

#include "base/map.h"
#include "registry/cache_reader.h"
#include "registry/http.h"

struct cpm_packument_slot;
struct cpm_flight;
struct cpm_tarball_job;
struct cpm_manifest_job;
struct cpm_exchange;

struct cpm_later { /* what is to be told to the caller from the loop; lives until its handle is
                      closed */
    uv_timer_t timer;
    struct cpm_registry *reg; /* NULL once the registry is gone */
};

struct cpm_registry {
    uv_loop_t *loop;
    struct cpm_registry_options opts;
    struct cpm_http *http; /* NULL until the network is needed */
    struct cpm_registry_stats stats;
    struct cpm_arena arena;  /* names, URLs, licenses */
    struct cpm_map slots;    /* by name: struct cpm_packument_slot */
    struct cpm_map keyrings; /* by address: struct cpm_keyring */
    struct cpm_flight *flights;
    struct cpm_cache_reader *reader;
    struct cpm_later *later;
    struct cpm_packument_request *ready, *ready_last; /* answered, not yet told */
    bool closing;                                     /* the network is not asked any more */
    bool freeing;
};

/* The HTTP client, made when first asked for; CPM_ENOTCACHED when offline. */
int cpm_registry_http(struct cpm_registry *reg, const char *url, struct cpm_http **out,
                      struct cpm_error *err);
/* `done` of an answered request comes on the next turn of the loop. */
void cpm_packument_tell_later(struct cpm_registry *reg, struct cpm_packument_request *req);
int cpm_not_cached(const char *url, struct cpm_error *err);
int64_t cpm_epoch_ms(void);
/* Registry address + escaped name (+ "/version"). New in the arena. */
const char *cpm_packument_url(struct cpm_arena *arena, const struct cpm_registry *reg,
                              struct cpm_str name);

/* When the registry goes: every flight's requests end with CPM_ECANCELED (its HTTP call has ended
 * already), then all packuments go. */
void cpm_packuments_cancel(struct cpm_registry *reg);
void cpm_packuments_free(struct cpm_registry *reg);

#endif
