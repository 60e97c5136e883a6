/* One question about one name, from the request to the image: an answer is inflated, built into an
 * image and written to the cache on a worker thread, so that the loop goes on fetching meanwhile. A
 * flight whose registry has gone is freed by its worker. */
#include "base/mem.h"
#include "registry/gunzip.h"
#include "registry/packument_slot.h"
#include "semver/package_absent.h"

#include <stdio.h>

static const char abbreviated[] =
    "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

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
    while ((req = cpm_packument_queue_take(&first)) != NULL) {
        if (p)
            cpm_packument_answer(req, slot, p, from_cache);
        else
            cpm_packument_refuse(req, &err);
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
        cpm_packument_hold(f->slot, f->built, NULL);
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
    struct cpm_held *h = f->slot->held;

    h->cached.freshness = freshness_of(f);
    if (f->path)
        cpm_cache_touch(f->path, &h->cached.freshness);
    f->slot->confirmed = true;
    f->reg->stats.from_cache++;
    land(f, h->packument, true);
}

static void fail_status(struct cpm_flight *f)
{
    cpm_http_status_error(&f->call, &f->err);
    cpm_package_absent(&f->err, f->slot->name, CPM_STR_NONE);
    land(f, NULL, false);
}

static void on_answer(struct cpm_http_call *call)
{
    struct cpm_flight *f = call->data;

    if (call->status < 0) {
        f->err = call->err;
        land(f, NULL, false);
    } else if (call->http_status == 304 && call->headers &&
               cpm_packument_suffices(f->slot, f->full)) {
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
    if (cpm_packument_suffices(slot, f->full))
        set_conditions(f);
    return f;
}

void cpm_flight_join(struct cpm_flight *f, struct cpm_packument_request *req)
{
    cpm_packument_queue_add(&f->first, &f->last, req);
}

int cpm_flight_start(struct cpm_registry *reg, struct cpm_packument_slot *slot,
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
    cpm_flight_join(f, req);
    return 0;
}

struct cpm_flight *cpm_flight_find(const struct cpm_packument_slot *slot, bool full)
{
    return slot->flight[true] ? slot->flight[true] : full ? NULL : slot->flight[false];
}

void cpm_flights_cancel(struct cpm_registry *reg, const struct cpm_error *canceled)
{
    while (reg->flights) { /* at work: the worker frees the flight */
        struct cpm_flight *f = reg->flights;
        struct cpm_packument_request *req, *first = f->first;

        f->first = NULL;
        unlink_flight(f);
        while ((req = cpm_packument_queue_take(&first)) != NULL) {
            cpm_packument_refuse(req, canceled);
            req->done(req);
        }
    }
}
