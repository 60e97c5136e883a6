/* The packuments of one run: memory before cache, cache before network, and one question at a time
 * for each name. An answer is inflated, built into an image and written to the cache on a worker
 * thread, so that the loop goes on fetching meanwhile. What was given out stays until the registry
 * goes, even when a fuller document has taken its place. */
#include "base/mem.h"
#include "registry/gunzip.h"
#include "registry/http_url.h"
#include "registry/registry_private.h"

static const char abbreviated[] =
    "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

struct held {                 /* a packument in memory */
    struct cpm_cached cached; /* when it came from a cache file */
    struct cpm_packument *packument;
    struct held *older;
};

struct cpm_packument_slot { /* all that is known of one name */
    struct cpm_str name;
    const char *url, *path;
    struct held *held;          /* newest first */
    struct cpm_cache_read read; /* of the cache file */
    struct cpm_registry *reg;
    struct cpm_packument_request *first, *last; /* wait for it */
    bool reading;                               /* it is under way */
    bool looked;                                /* the cache file was tried */
    bool confirmed;                             /* held is this run's answer, or was fresh */
    struct cpm_flight *flight[2];               /* under way: abbreviated, full */
};

struct cpm_flight {
    struct cpm_http_call call;
    uv_work_t work;
    struct cpm_registry *reg; /* NULL: the registry is gone, the worker still runs */
    struct cpm_packument_slot *slot;
    bool full, working;
    struct cpm_packument_request *first, *last;
    struct cpm_buf conditions; /* texts of the conditional headers */
    const char *headers[3];
    char *url, *path, *name; /* copies: the worker may outlive the registry */
    /* the worker's */
    size_t max;
    struct cpm_packument *built;
    struct cpm_error err;
    struct cpm_flight *prev, *next;
};

/* requests */

static void append(struct cpm_packument_request **first, struct cpm_packument_request **last,
                   struct cpm_packument_request *req)
{
    req->internal = NULL;
    if (*first)
        (*last)->internal = req;
    else
        *first = req;
    *last = req;
}

static struct cpm_packument_request *take_first(struct cpm_packument_request **first)
{
    struct cpm_packument_request *req = *first;

    if (req) {
        *first = req->internal;
        req->internal = NULL;
    }
    return req;
}

static void answer(struct cpm_packument_request *req, const struct cpm_packument_slot *slot,
                   const struct cpm_packument *p, bool from_cache)
{
    const struct cpm_freshness *fresh = &slot->held->cached.freshness;

    req->status = 0;
    req->fresh_until_ms = fresh->max_age > 0 ? fresh->fetched_ms + fresh->max_age * 1000 : 0;
    req->err = (struct cpm_error)CPM_ERROR_INIT;
    req->packument = p;
    req->from_cache = from_cache;
}

static void refuse(struct cpm_packument_request *req, const struct cpm_error *err)
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
    while (later->reg && (req = take_first(&later->reg->ready)) != NULL)
        req->done(req);
}

static void come_back(struct cpm_registry *reg)
{
    uv_timer_start(&reg->later->timer, on_later, 0, 0);
}

void cpm_packument_tell_later(struct cpm_registry *reg, struct cpm_packument_request *req)
{
    append(&reg->ready, &reg->ready_last, req);
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

static void hold(struct cpm_packument_slot *slot, struct cpm_packument *p,
                 const struct cpm_cached *cached)
{
    struct held *h = cpm_calloc(1, sizeof(*h));

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
        hold(slot, cached->packument, cached);
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

static bool suffices(const struct cpm_packument_slot *slot, bool full)
{
    return slot->held && (!full || cpm_packument_is_full(slot->held->packument));
}

/* What to do for a request: use slot->held, ask, or refuse. */
static enum cpm_cache_use decide(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                                 bool full)
{
    enum cpm_cache_use use;

    if (slot->confirmed && suffices(slot, full))
        return CPM_CACHE_USE;
    look_in_cache(reg, slot);
    use = cpm_cache_decide(reg->opts.mode,
                           suffices(slot, full) ? &slot->held->cached.freshness : NULL,
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

/* flights */

static void unlink_flight(struct cpm_flight *f)
{
    if (f->prev)
        f->prev->next = f->next;
    else
        f->reg->flights = f->next;
    if (f->next)
        f->next->prev = f->prev;
    f->slot->flight[f->full] = NULL;
    f->reg = NULL;
}

static void free_flight(struct cpm_flight *f)
{
    cpm_http_call_release(&f->call);
    cpm_buf_release(&f->conditions);
    cpm_packument_free(f->built);
    cpm_free(f->url);
    cpm_free(f->path);
    cpm_free(f->name);
    cpm_free(f);
}

/* Ends a flight: all who wait for it are told. Their `done` may free the registry. */
static void land(struct cpm_flight *f, const struct cpm_packument *p, bool from_cache)
{
    struct cpm_packument_request *req, *first = f->first;
    const struct cpm_packument_slot *slot = f->slot;
    struct cpm_error err = f->err;

    unlink_flight(f);
    free_flight(f);
    while ((req = take_first(&first)) != NULL) {
        if (p)
            answer(req, slot, p, from_cache);
        else
            refuse(req, &err);
        req->done(req);
    }
}

static struct cpm_freshness freshness_of(const struct cpm_flight *f)
{
    int64_t now = cpm_epoch_ms();
    int64_t age = cpm_cache_max_age(f->call.header.cache_control);

    if (age < 0)
        age = cpm_cache_guess_age(f->call.header.last_modified, now);
    return (struct cpm_freshness){now, age};
}

/* On a worker thread: from the answer's bytes to an image, in memory and in the cache. */
static void build(uv_work_t *work)
{
    struct cpm_flight *f = work->data;
    struct cpm_str json = cpm_buf_str(&f->call.answer);
    struct cpm_cache_entry entry = {.url = f->url};
    char *inflated = NULL;
    size_t size = 0;
    int r = 0;

    if (cpm_str_find(f->call.header.encoding, "gzip") != CPM_NPOS) {
        r = cpm_gunzip(json, f->max, &inflated, &size, &f->err);
        json = cpm_str_n(inflated, size);
    }
    if (r == 0)
        r = cpm_packument_build(json, cpm_str(f->name), f->full, &f->built, &f->err);
    cpm_free(inflated);
    if (r < 0 || !f->path)
        return;
    entry.etag = f->call.header.etag;
    entry.last_modified = f->call.header.last_modified;
    entry.freshness = freshness_of(f);
    entry.packument = f->built;
    cpm_cache_write(f->path, &entry, NULL);
}

/* A damaged answer (cut short, a bit flipped, no JSON at all) is asked for again like any other
 * network fault. */
static bool asks_again(struct cpm_flight *f)
{
    if (f->err.code != CPM_EJSONPARSE && f->err.code != CPM_EIO)
        return false;
    if (f->call.attempt > f->reg->opts.retries)
        return false;
    f->call.headers = NULL;
    return cpm_http_call_again(&f->call);
}

static void on_built(uv_work_t *work, int status)
{
    struct cpm_flight *f = work->data;
    const struct cpm_packument *p = f->built;

    f->working = false;
    if (!f->reg) {
        free_flight(f);
        return;
    }
    if (status < 0)
        cpm_error_set(&f->err, CPM_ECANCELED, "canceled");
    if (!p && asks_again(f)) {
        f->err = (struct cpm_error)CPM_ERROR_INIT;
        return;
    }
    if (p) {
        hold(f->slot, f->built, NULL);
        f->slot->held->cached.freshness = freshness_of(f);
        f->built = NULL;
        f->slot->confirmed = true;
    } else {
        cpm_error_prefix(&f->err, "GET %s: ", f->url);
    }
    land(f, p, false);
}

static void confirm(struct cpm_flight *f)
{
    struct held *h = f->slot->held;

    h->cached.freshness = freshness_of(f);
    if (f->path)
        cpm_cache_touch(f->path, &h->cached.freshness);
    f->slot->confirmed = true;
    f->reg->stats.from_cache++;
    land(f, h->packument, true);
}

static void fail_status(struct cpm_flight *f)
{
    size_t used;

    cpm_http_status_error(&f->call, &f->err);
    used = strlen(f->err.text);
    if (f->err.code == CPM_E404)
        snprintf(
            f->err.text + used, sizeof(f->err.text) - used,
            "\n'%.*s' is not in this registry. Check the name and the registry it is "
            "asked of (its scope may have one of its own).\nNote that you can also install from "
            "a tarball, folder or http url.",
            CPM_STR_ARG(f->slot->name));
    land(f, NULL, false);
}

static void on_answer(struct cpm_http_call *call)
{
    struct cpm_flight *f = call->data;

    if (call->status < 0) {
        f->err = call->err;
        land(f, NULL, false);
    } else if (call->http_status == 304 && call->headers && suffices(f->slot, f->full)) {
        confirm(f);
    } else if (call->http_status / 100 != 2) {
        fail_status(f);
    } else {
        f->work.data = f;
        f->working = true;
        uv_queue_work(f->reg->loop, &f->work, build, on_built);
    }
}

/* If-None-Match and If-Modified-Since from the cached file. */
static void set_conditions(struct cpm_flight *f)
{
    const struct cpm_cached *c = &f->slot->held->cached;
    size_t second;

    if (c->etag.len)
        cpm_buf_addf(&f->conditions, "If-None-Match: %.*s", CPM_STR_ARG(c->etag));
    cpm_buf_add_char(&f->conditions, '\0');
    second = f->conditions.len;
    if (c->last_modified.len)
        cpm_buf_addf(&f->conditions, "If-Modified-Since: %.*s", CPM_STR_ARG(c->last_modified));
    cpm_buf_add_char(&f->conditions, '\0');
    if (c->etag.len)
        f->headers[0] = f->conditions.ptr;
    if (c->last_modified.len)
        f->headers[c->etag.len ? 1 : 0] = f->conditions.ptr + second;
    if (f->headers[0])
        f->call.headers = f->headers;
}

static struct cpm_flight *new_flight(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                                     const struct cpm_packument_request *req)
{
    struct cpm_flight *f = cpm_calloc(1, sizeof(*f));

    f->reg = reg;
    f->slot = slot;
    /* A full document is asked about as one: its ETag means nothing to the abbreviated form. */
    f->full = req->full || (slot->held && cpm_packument_is_full(slot->held->packument));
    f->url = cpm_strdup(slot->url);
    f->name = cpm_strndup(slot->name.ptr, slot->name.len);
    f->path = reg->opts.cache_dir ? cpm_strdup(slot->path) : NULL;
    f->max = reg->opts.packument_max;
    cpm_buf_init(&f->conditions, 1u << 16);
    f->call = (struct cpm_http_call){
        .method = "GET",
        .url = f->url,
        .accept = f->full ? "application/json" : abbreviated,
        .auth = true,
        .retry = true,
        .gzip = true,
        .fresh = req->no_cache,
        .max = f->max,
        .data = f,
        .done = on_answer,
    };
    if (suffices(slot, f->full))
        set_conditions(f);
    return f;
}

static int start_flight(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                        struct cpm_packument_request *req, struct cpm_error *err)
{
    struct cpm_flight *f;
    struct cpm_http *http;
    int r = cpm_registry_http(reg, slot->url, &http, err);

    if (r < 0)
        return r;
    f = new_flight(reg, slot, req);
    r = cpm_http_call_start(http, &f->call, err);
    if (r < 0) {
        free_flight(f);
        return r;
    }
    f->next = reg->flights;
    if (f->next)
        f->next->prev = f;
    reg->flights = f;
    slot->flight[f->full] = f;
    append(&f->first, &f->last, req);
    return 0;
}

/* A flight that will answer the request as well; NULL when there is none. */
static struct cpm_flight *find_flight(const struct cpm_packument_slot *slot, bool full)
{
    return slot->flight[true] ? slot->flight[true] : full ? NULL : slot->flight[false];
}

/* What is to be done once the cache file was looked at. */
static int go_on(struct cpm_registry *reg, struct cpm_packument_slot *slot,
                 struct cpm_packument_request *req, struct cpm_error *err)
{
    struct cpm_flight *flight = find_flight(slot, req->full);
    enum cpm_cache_use use;

    if (flight) {
        append(&flight->first, &flight->last, req);
        return 0;
    }
    use = decide(reg, slot, req->full);
    if (use == CPM_CACHE_USE && req->no_cache && reg->opts.mode != CPM_OFFLINE)
        use = CPM_CACHE_ASK;
    if (use == CPM_CACHE_ASK)
        return start_flight(reg, slot, req, err);
    if (use == CPM_CACHE_USE) {
        reg->stats.from_cache++;
        answer(req, slot, slot->held->packument, true);
    } else {
        struct cpm_error none;

        cpm_not_cached(slot->url, &none);
        refuse(req, &none);
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
    while ((req = take_first(&first)) != NULL) {
        if (go_on(slot->reg, slot, req, &err) == 0)
            continue;
        refuse(req, &err);
        cpm_packument_tell_later(slot->reg, req);
    }
}

static void read_cache(struct cpm_packument_slot *slot, struct cpm_packument_request *req)
{
    append(&slot->first, &slot->last, req);
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
    struct cpm_packument_slot *slot = get_slot(reg, req->name);

    if (slot->looked || !reg->opts.cache_dir || find_flight(slot, req->full))
        return go_on(reg, slot, req, err);
    read_cache(slot, req);
    return 0;
}

/* the end */

void cpm_packuments_cancel(struct cpm_registry *reg)
{
    struct cpm_error canceled;
    struct cpm_packument_request *req, *first;

    cpm_error_set(&canceled, CPM_ECANCELED, "canceled");
    CPM_MAP_EACH (&reg->slots, e) {
        struct cpm_packument_slot *slot = e->value;

        while ((req = take_first(&slot->first)) != NULL) {
            refuse(req, &canceled);
            req->done(req);
        }
    }
    while (reg->flights) { /* at work: the worker frees the flight */
        struct cpm_flight *f = reg->flights;

        first = f->first;
        f->first = NULL;
        unlink_flight(f);
        while ((req = take_first(&first)) != NULL) {
            refuse(req, &canceled);
            req->done(req);
        }
    }
    while ((req = take_first(&reg->ready)) != NULL) {
        refuse(req, &canceled);
        req->done(req);
    }
}

void cpm_packuments_free(struct cpm_registry *reg)
{
    CPM_MAP_EACH (&reg->slots, e) {
        struct cpm_packument_slot *slot = e->value;

        while (slot->held) {
            struct held *h = slot->held;

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
