/* The client as a whole: its options, which registry a name belongs to, and the order in which it
 * comes down: HTTP first, so that every running call ends, then what waits, then the packuments. */
#include "registry/registry.h"

#include "base/mem.h"
#include "registry/http_curl.h"
#include "registry/http_url.h"
#include "registry/keyring.h"
#include "registry/registry_private.h"

#include <sys/time.h>

int64_t cpm_epoch_ms(void)
{
    struct timeval t;

    gettimeofday(&t, NULL);
    return (int64_t)t.tv_sec * 1000 + t.tv_usec / 1000;
}

int cpm_registry_new(uv_loop_t *loop, const struct cpm_registry_options *opts,
                     struct cpm_registry **out, struct cpm_error *err)
{
    struct cpm_registry *reg;
    struct cpm_http_url url;

    if (!opts->registry || !cpm_http_url_parse(cpm_str(opts->registry), &url))
        return cpm_error_set(err, CPM_ECONFIG, "the setting registry is no http or https URL");
    reg = cpm_calloc(1, sizeof(*reg));
    reg->loop = loop;
    reg->opts = *opts;
    cpm_arena_init(&reg->arena);
    cpm_map_init(&reg->slots);
    cpm_map_init(&reg->keyrings);
    reg->reader = cpm_cache_reader_new(loop);
    reg->later = cpm_calloc(1, sizeof(*reg->later));
    reg->later->reg = reg;
    reg->later->timer.data = reg->later;
    uv_timer_init(loop, &reg->later->timer);
    *out = reg;
    return 0;
}

static void on_later_closed(uv_handle_t *handle)
{
    cpm_free(handle->data);
}

void cpm_registry_cancel(struct cpm_registry *reg)
{
    if (!reg || reg->closing)
        return;
    reg->closing = true;
    cpm_http_free(reg->http);
    reg->http = NULL;
}

void cpm_registry_free(struct cpm_registry *reg)
{
    if (!reg || reg->freeing)
        return;
    reg->freeing = true;
    cpm_registry_cancel(reg);
    cpm_cache_reader_free(reg->reader);
    cpm_packuments_cancel(reg);
    cpm_packuments_free(reg);
    cpm_keyrings_free(reg);
    reg->later->reg = NULL;
    uv_close((uv_handle_t *)&reg->later->timer, on_later_closed);
    cpm_arena_release(&reg->arena);
    cpm_free(reg);
}

int cpm_not_cached(const char *url, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_error_set(err, CPM_ENOTCACHED,
                  "request to %s failed: cache mode is 'only-if-cached' but no cached response is "
                  "available.",
                  cpm_url_bare(&arena, cpm_str(url)));
    cpm_arena_release(&arena);
    return CPM_ENOTCACHED;
}

void cpm_registry_preload(const struct cpm_registry_options *opts)
{
    if (opts->mode != CPM_OFFLINE)
        cpm_curl_preload();
}

int cpm_registry_http(struct cpm_registry *reg, const char *url, struct cpm_http **out,
                      struct cpm_error *err)
{
    int r = 0;

    if (reg->closing)
        return cpm_error_set(err, CPM_ECANCELED, "canceled");
    if (reg->opts.mode == CPM_OFFLINE)
        return cpm_not_cached(url, err);
    if (!reg->http)
        r = cpm_http_new(reg->loop, &reg->opts, &reg->stats, &reg->http, err);
    *out = reg->http;
    return r;
}

const char *cpm_registry_url_for(const struct cpm_registry *reg, struct cpm_str name)
{
    size_t slash = cpm_str_chr(name, '/');

    if (slash != CPM_NPOS && name.ptr[0] == '@')
        for (size_t i = 0; i < reg->opts.scope_count; i++)
            if (cpm_str_eq(cpm_str_sub(name, 0, slash), cpm_str(reg->opts.scopes[i].scope)))
                return reg->opts.scopes[i].url;
    return reg->opts.registry;
}

const char *cpm_packument_url(struct cpm_arena *arena, const struct cpm_registry *reg,
                              struct cpm_str name)
{
    const char *registry = cpm_registry_url_for(reg, name);

    return CPM_CONCAT(arena, cpm_str(registry),
                      cpm_str(cpm_str_ends(cpm_str(registry), "/") ? "" : "/"),
                      cpm_str(cpm_url_name(arena, name)))
        .ptr;
}

void cpm_registry_stats(const struct cpm_registry *reg, struct cpm_registry_stats *out)
{
    *out = reg->stats;
}
