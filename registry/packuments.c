/* The packuments of one run: memory before cache, cache before network, and one question at a time
 * for each name. What was given out stays until the registry goes, even when a fuller document has
 * taken its place. */
#include "base/mem.h"
#include "registry/http_url.h"
#include "registry/packument_slot.h"

/* requests */

void cpm_packument_queue_add(struct cpm_packument_request **first,
                             struct cpm_packument_request **last, struct cpm_packument_request *req)
{
    req->internal = NULL;
    if (*first)
        (*last)->internal = req;
    else
        *first = req;
    *last = req;
}

struct cpm_packument_request *cpm_packument_queue_take(struct cpm_packument_request **first)
{
    struct cpm_packument_request *req = *first;

    if (req) {
        *first = req->internal;
        req->internal = NULL;
    }
    return req;
}

void cpm_packument_answer(struct cpm_packument_request *req, const struct cpm_packument_slot *slot,
                          const struct cpm_packument *p, bool from_cache)
{
    const struct cpm_freshness *fresh = &slot->held->cached.freshness;

    req->status = 0;
    req->fresh_until_ms = fresh->max_age > 0 ? fresh->fetched_ms + fresh->max_age * 1000 : 0;
    req->err = (struct cpm_error)CPM_ERROR_INIT;
    req->packument = p;
    req->from_cache = from_cache;
}

void cpm_packument_refuse(struct cpm_packument_request *req, const struct cpm_error *err)
{
    req->status = err->code;
    req->err = *err;
    req->packument = NULL;
    req->from_cache = false;
}

static void on_later(uv_timer_t *timer)
{
    struct cpm_later *later = timer->data;
    struct cpm_packument_request *req;

    if (later->reg)
        cpm_cache_reader_flush(later->reg->reader);
    while (later->reg && (req = cpm_packument_queue_take(&later->reg->ready)) != NULL)
        req->done(req);
}

static void come_back(struct cpm_registry *reg)
{
    uv_timer_start(&reg->later->timer, on_later, 0, 0);
}

void cpm_packument_tell_later(struct cpm_registry *reg, struct cpm_packument_request *req)
{
    cpm_packument_queue_add(&reg->ready, &reg->ready_last, req);
    come_back(reg);
}

/* slots */

static struct cpm_packument_slot *get_slot(struct cpm_registry *reg, struct cpm_str name)
{
    struct cpm_packument_slot *slot = cpm_map_get(&reg->slots, name);

    if (slot)
        return slot;
    slot = CPM_NEW(&reg->arena, struct cpm_packument_slot);
    slot->reg = reg;
    slot->name = cpm_arena_str(&reg->arena, name);
    slot->url = cpm_packument_url(&reg->arena, reg, name);
    slot->path = cpm_cache_path(&reg->arena, reg->opts.cache_dir, slot->url);
    cpm_map_set(&reg->slots, slot->name, slot);
    return slot;
}

void cpm_packument_hold(struct cpm_packument_slot *slot, struct cpm_packument *p,
                        const struct cpm_cached *cached)
{
    struct cpm_held *h = cpm_calloc(1, sizeof(*h));

    if (cached)
        h->cached = *cached;
    h->packument = p;
    h->older = slot->held;
    slot->held = h;
}

/* Takes over what the cache file gave, unless somebody was quicker. */
static void take_cached(struct cpm_packument_slot *slot, struct cpm_cached *cached)
{
    if (slot->looked || !cpm_str_eq(cpm_packument_name(cached->packument), slot->name))
        cpm_cache_close(cached);
    else
        cpm_packument_hold(slot, cached->packument, cached);
    slot->looked = true;
}

static void look_in_cache(struct cpm_registry *reg, struct cpm_packument_slot *slot)
{
    struct cpm_cached cached;

    if (slot->looked)
        return;
    if (reg->opts.cache_dir && cpm_cache_open(slot->path, slot->url, &cached))
        take_cached(slot, &cached);
    slot->looked = true;
}

bool cpm_packument_suffices(const struct cpm_packument_slot *slot, bool full)
{
    return slot->held && (!full || cpm_packument_is_full(slot->held->packument));
}

/* What to do for a request: use slot->held, ask, or refuse. */
static enum cpm_cache_use decide(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                                 bool full)
{
    enum cpm_cache_use use;

    if (slot->confirmed && cpm_packument_suffices(slot, full))
        return CPM_CACHE_USE;
    look_in_cache(reg, slot);
    use = cpm_cache_decide(
        reg->opts.mode, cpm_packument_suffices(slot, full) ? &slot->held->cached.freshness : NULL,
        cpm_epoch_ms());
    slot->confirmed = slot->confirmed || use == CPM_CACHE_USE;
    return use;
}

const struct cpm_packument *cpm_packument_peek(struct cpm_registry *reg, struct cpm_str name,
                                               bool full)
{
    struct cpm_packument_slot *slot = get_slot(reg, name);

    return decide(reg, slot, full) == CPM_CACHE_USE ? slot->held->packument : NULL;
}

/* What is to be done once the cache file was looked at. */
static int go_on(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                 struct cpm_packument_request *req, struct cpm_error *err)
{
    struct cpm_flight *flight = cpm_flight_find(slot, req->full);
    enum cpm_cache_use use;

    if (flight) {
        cpm_flight_join(flight, req);
        return 0;
    }
    use = decide(reg, slot, req->full);
    if (use == CPM_CACHE_USE && req->no_cache && reg->opts.mode != CPM_OFFLINE)
        use = CPM_CACHE_ASK;
    if (use == CPM_CACHE_ASK)
        return cpm_flight_start(reg, slot, req, err);
    if (use == CPM_CACHE_USE) {
        reg->stats.from_cache++;
        cpm_packument_answer(req, slot, slot->held->packument, true);
    } else {
        struct cpm_error none;

        cpm_not_cached(slot->url, &none);
        cpm_packument_refuse(req, &none);
    }
    cpm_packument_tell_later(reg, req);
    return 0;
}

static void on_read(struct cpm_cache_read *read)
{
    struct cpm_packument_slot *slot = read->data;
    struct cpm_packument_request *req, *first = slot->first;
    struct cpm_error err = CPM_ERROR_INIT;

    slot->reading = false;
    slot->first = NULL;
    if (read->found)
        take_cached(slot, &read->cached);
    slot->looked = true;
    while ((req = cpm_packument_queue_take(&first)) != NULL) {
        if (go_on(slot->reg, slot, req, &err) == 0)
            continue;
        cpm_packument_refuse(req, &err);
        cpm_packument_tell_later(slot->reg, req);
    }
}

static void read_cache(struct cpm_packument_slot *slot, struct cpm_packument_request *req)
{
    cpm_packument_queue_add(&slot->first, &slot->last, req);
    if (slot->reading)
        return;
    slot->reading = true;
    slot->read = (struct cpm_cache_read){
        .path = slot->path, .url = slot->url, .data = slot, .done = on_read};
    if (!cpm_cache_reader_add(slot->reg->reader, &slot->read))
        come_back(slot->reg);
}

int cpm_packument_start(struct cpm_registry *reg, struct cpm_packument_request *req,
                        struct cpm_error *err)
{
    struct cpm_packument_slot *slot;

    if (!req->name.len) /* npm reads some words, as "node_modules", as the tag of no package */
        return cpm_error_set(err, CPM_EINVALIDPACKAGENAME,
                             "what is asked for has no package's name (node_modules and "
                             "favicon.ico are none)");
    slot = get_slot(reg, req->name);
    if (slot->looked || !reg->opts.cache_dir || cpm_flight_find(slot, req->full))
        return go_on(reg, slot, req, err);
    read_cache(slot, req);
    return 0;
}

/* the end */

void cpm_packuments_cancel(struct cpm_registry *reg)
{
    struct cpm_error canceled;
    struct cpm_packument_request *req;

    cpm_error_set(&canceled, CPM_ECANCELED, "canceled");
    CPM_MAP_EACH (&reg->slots, e) {
        struct cpm_packument_slot *slot = e->value;

        while ((req = cpm_packument_queue_take(&slot->first)) != NULL) {
            cpm_packument_refuse(req, &canceled);
            req->done(req);
        }
    }
    cpm_flights_cancel(reg, &canceled);
    while ((req = cpm_packument_queue_take(&reg->ready)) != NULL) {
        cpm_packument_refuse(req, &canceled);
        req->done(req);
    }
}

void cpm_packuments_free(struct cpm_registry *reg)
{
    CPM_MAP_EACH (&reg->slots, e) {
        struct cpm_packument_slot *slot = e->value;

        while (slot->held) {
            struct cpm_held *h = slot->held;

            slot->held = h->older;
            if (h->cached.map)
                cpm_cache_close(&h->cached);
            else
                cpm_packument_free(h->packument);
            cpm_free(h);
        }
    }
    cpm_map_release(&reg->slots);
}
