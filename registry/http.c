/* The life of a call: queued at its origin, running as a transfer, perhaps waiting for another try,
 * then done. Each origin runs only as many calls at once as it has connections (or streams), so
 * that a call is never idle inside libcurl and a silent one is a stalled one. */
#include "registry/http.h"

#include "base/mem.h"
#include "registry/http_multi.h"
#include "registry/http_rules.h"
#include "registry/http_url.h"

#include <sys/time.h>

#define HTTP2_STREAMS 96
#define CLOCK_MS      250 /* how often stalls are looked for, at most */

static void pump(struct cpm_http *http, struct cpm_http_origin *origin);

static int64_t epoch_ms(void)
{
    struct timeval t;

    gettimeofday(&t, NULL);
    return (int64_t)t.tv_sec * 1000 + t.tv_usec / 1000;
}

static uint64_t next_random(struct cpm_http *http)
{
    http->random ^= http->random << 13;
    http->random ^= http->random >> 7;
    http->random ^= http->random << 17;
    return http->random;
}

/* lists */

static void link_call(struct cpm_http *http, struct cpm_http_call *call)
{
    call->prev = NULL;
    call->next = http->calls;
    if (call->next)
        call->next->prev = call;
    http->calls = call;
    http->stats->active++;
}

static void unlink_call(struct cpm_http *http, struct cpm_http_call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        http->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
    http->stats->active--;
}

static struct cpm_http_origin *find_origin(struct cpm_http *http, const struct cpm_http_url *url)
{
    struct cpm_buf key = CPM_BUF_INIT(4096);
    struct cpm_http_origin *o;

    cpm_buf_addf(&key, "%d %.*s:%u", url->https, CPM_STR_ARG(url->host), url->port);
    for (o = http->origins; o; o = o->next)
        if (strcmp(o->key, cpm_buf_text(&key)) == 0)
            break;
    if (!o) {
        o = cpm_calloc(1, sizeof(*o));
        o->key = cpm_strdup(cpm_buf_text(&key));
        o->limit = http->opts->max_sockets ? http->opts->max_sockets : 1;
        o->next = http->origins;
        http->origins = o;
    }
    cpm_buf_release(&key);
    return o;
}

static void enqueue(struct cpm_http_call *call)
{
    struct cpm_http_origin *o = call->origin;

    call->state = CPM_HTTP_QUEUED;
    call->queue_next = NULL;
    if (o->last)
        o->last->queue_next = call;
    else
        o->first = call;
    o->last = call;
}

static struct cpm_http_call *dequeue(struct cpm_http_origin *o)
{
    struct cpm_http_call *call = o->first;

    o->first = call->queue_next;
    if (!o->first)
        o->last = NULL;
    return call;
}

/* the clock */

static void set_clock(struct cpm_http *http);

/* Calls to wait `ms` for its next step. */
static void wait(struct cpm_http_call *call, uint64_t ms)
{
    struct cpm_http *http = call->http;

    call->state = CPM_HTTP_WAITING;
    call->wake = uv_now(http->loop) + ms;
    call->queue_next = http->waiting;
    http->waiting = call;
    set_clock(http);
}

static void end(struct cpm_http_call *call, int status)
{
    unlink_call(call->http, call);
    call->state = CPM_HTTP_IDLE;
    call->status = status;
    call->done(call);
}

static void resume(struct cpm_http_call *call)
{
    if (call->fault) { /* could not even begin */
        end(call, call->fault);
        return;
    }
    enqueue(call);
    pump(call->http, call->origin);
}

/* Takes one call out of the waiting ones whose time has come; NULL when there is none. */
static struct cpm_http_call *take_due(struct cpm_http *http)
{
    uint64_t now = uv_now(http->loop);

    for (struct cpm_http_call *call, **at = &http->waiting; (call = *at); at = &call->queue_next)
        if (call->wake <= now) {
            *at = call->queue_next;
            return call;
        }
    return NULL;
}

static void wake_waiting(struct cpm_http *http)
{
    struct cpm_http_call *call;

    while (!http->closing && (call = take_due(http)) != NULL)
        resume(call);
}

static void leave_transfer(struct cpm_http_call *call)
{
    cpm_http_transfer_end(call);
    call->origin->active--;
}

static void settle(struct cpm_http_call *call, enum cpm_http_again again);

static void check_stalls(struct cpm_http *http)
{
    uint64_t now = uv_now(http->loop);

    for (struct cpm_http_call *call = http->calls, *next; call; call = next) {
        next = call->next;
        if (call->state != CPM_HTTP_RUNNING || now - call->last_byte < http->opts->stall_ms)
            continue;
        cpm_http_read_headers(call);
        call->status = cpm_http_stall_error(call, &call->err);
        leave_transfer(call);
        settle(call, CPM_HTTP_AGAIN);
        next = http->calls; /* `done` may have changed the list */
    }
}

static void on_clock(uv_timer_t *timer)
{
    struct cpm_http *http = timer->data;

    wake_waiting(http);
    check_stalls(http);
    set_clock(http);
}

static void set_clock(struct cpm_http *http)
{
    uint64_t now = uv_now(http->loop), soon = http->opts->stall_ms / 4;

    if (!http->calls) {
        uv_timer_stop(&http->clock);
        return;
    }
    soon = soon < 10 ? 10 : soon > CLOCK_MS ? CLOCK_MS : soon;
    for (struct cpm_http_call *call = http->waiting; call; call = call->queue_next) {
        uint64_t left = call->wake > now ? call->wake - now : 0;

        soon = left < soon ? left : soon;
    }
    uv_timer_start(&http->clock, on_clock, soon, 0);
}

/* running */

static void run(struct cpm_http_call *call)
{
    call->attempt++;
    call->err = (struct cpm_error)CPM_ERROR_INIT;
    if (cpm_http_transfer_begin(call, &call->err) < 0) {
        call->fault = call->err.code;
        wait(call, 0);
        return;
    }
    call->state = CPM_HTTP_RUNNING;
    call->origin->active++;
}

/* An origin that cannot be reached at all (unknown host, refused certificate) fails what is queued
 * for it as well: a thousand more tries would take minutes to say the same. */
static void fail_queued(struct cpm_http_call *call)
{
    call->err = call->origin->fault;
    call->fault = call->err.code;
    wait(call, 0);
}

static void pump(struct cpm_http *http, struct cpm_http_origin *origin)
{
    while (!http->closing && origin->first && origin->fault.code)
        fail_queued(dequeue(origin));
    while (!http->closing && origin->first && origin->active < origin->limit)
        run(dequeue(origin));
    set_clock(http);
}

static bool may_retry(const struct cpm_http_call *call, enum cpm_http_again again)
{
    unsigned tries =
        1 +
        (again == CPM_HTTP_ONCE && call->http->opts->retries > 1 ? 1 : call->http->opts->retries);

    return call->retry && again != CPM_HTTP_NEVER && call->attempt < tries;
}

static void wait_for_retry(struct cpm_http_call *call)
{
    struct cpm_http *http = call->http;
    int64_t asked = cpm_retry_after_ms(call->header.retry_after, epoch_ms());
    unsigned ms = cpm_retry_delay_ms(http->opts, call->attempt, next_random(http));

    http->stats->retries++;
    wait(call, asked >= 0 && call->http_status >= 400 ? (uint64_t)asked + ms / 4 : ms);
}

/* The end of a failed try: another one, or the call's end. The transfer is left already. */
static void settle(struct cpm_http_call *call, enum cpm_http_again again)
{
    struct cpm_http_origin *origin = call->origin;
    struct cpm_http *http = call->http;

    bool retry = may_retry(call, again);

    call->fault = 0;
    if (!retry && again != CPM_HTTP_AGAIN && call->status < 0 && !origin->answered &&
        call->origin == origin)
        origin->fault = call->err;
    if (retry)
        wait_for_retry(call);
    else
        end(call, call->status);
    pump(http, origin);
}

/* answers */

static int redirect_error(struct cpm_http_call *call, const char *why)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_error_set(&call->err, CPM_ENETWORK, "%s %s: %s", call->method,
                  cpm_url_bare(&arena, cpm_str(call->url_now)), why);
    cpm_arena_release(&arena);
    return CPM_ENETWORK;
}

/* Takes the call to another address: no user:password of the URL goes along, and never from https
 * down to http. */
static int redirect(struct cpm_http_call *call, const char *target)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_http_url from, to;
    const char *bare;

    if (++call->redirects > CPM_REDIRECTS_MAX)
        return redirect_error(call, "too many redirects");
    if (!target || !cpm_http_url_parse(cpm_str(target), &to) ||
        !cpm_http_url_parse(cpm_str(call->url_now), &from))
        return redirect_error(call, "redirected to an address that is no http or https URL");
    if (from.https && !to.https)
        return redirect_error(call, "redirected from https to plain http, which is refused");
    bare = cpm_url_bare(&arena, cpm_str(target));
    cpm_free(call->url_now);
    call->url_now = cpm_strdup(bare);
    call->origin = find_origin(call->http, &to);
    cpm_arena_release(&arena);
    return 0;
}

static bool is_redirect(const struct cpm_http_call *call)
{
    int s = call->http_status;
    bool reads = strcmp(call->method, "GET") == 0 || strcmp(call->method, "HEAD") == 0;

    return s == 307 || s == 308 || (reads && (s == 301 || s == 302 || s == 303));
}

/* HTTP/2 was agreed on: the origin's one connection takes many calls. */
static void learn_version(struct cpm_http_call *call)
{
    long version = 0;

    call->http->curl.easy_getinfo(call->transfer->easy, CURLINFO_HTTP_VERSION, &version);
    if (version >= CURL_HTTP_VERSION_2_0 && version != CURL_HTTP_VERSION_NONE &&
        call->origin->limit < HTTP2_STREAMS)
        call->origin->limit = HTTP2_STREAMS;
}

static void follow(struct cpm_http_call *call, struct cpm_http_origin *left)
{
    call->attempt--; /* a hop is no try */
    enqueue(call);
    pump(call->http, call->origin);
    if (left != call->origin)
        pump(call->http, left);
}

/* A status that another try may change; 304 is one when nobody asked for changes. */
static bool is_passing(const struct cpm_http_call *call)
{
    return cpm_retry_status(call->http_status) || (call->http_status == 304 && !call->headers);
}

static void take_answer(struct cpm_http_call *call)
{
    struct cpm_http_origin *origin = call->origin;
    const char *target = NULL;
    long status = 0;
    int r = 0;

    call->http->curl.easy_getinfo(call->transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    call->http->curl.easy_getinfo(call->transfer->easy, CURLINFO_REDIRECT_URL, &target);
    learn_version(call);
    call->http_status = (int)status;
    call->status = 0;
    call->http->stats->answers++;
    if (is_redirect(call))
        r = redirect(call, target); /* before the transfer's text goes */
    cpm_http_transfer_end(call);
    origin->active--;
    if (is_redirect(call) && r == 0) {
        follow(call, origin);
        return;
    }
    call->status = r;
    settle(call, r == 0 && is_passing(call) ? CPM_HTTP_AGAIN : CPM_HTTP_NEVER);
}

void cpm_http_transfer_done(struct cpm_http_call *call, CURLcode code)
{
    const struct cpm_registry_options *opts = call->http->opts;
    enum cpm_http_again again;

    cpm_http_read_headers(call);
    if (opts->notice && call->header.notice.len)
        opts->notice(opts->notice_data, call->header.notice);
    call->origin->answered = call->origin->answered || call->header_text.len;
    if (code == CURLE_OK && !call->fault) {
        take_answer(call);
        return;
    }
    again = cpm_http_fault(call, code, &call->err);
    call->status = call->err.code;
    leave_transfer(call);
    settle(call, again);
}

/* the interface */

int cpm_http_new(uv_loop_t *loop, const struct cpm_registry_options *opts,
                 struct cpm_registry_stats *stats, struct cpm_http **out, struct cpm_error *err)
{
    struct cpm_http *http = cpm_calloc(1, sizeof(*http));
    int r;

    http->loop = loop;
    http->opts = opts;
    http->stats = stats;
    http->random = uv_hrtime() | 1;
    r = cpm_curl_load(&http->curl, err);
    if (r == 0)
        r = cpm_http_multi_init(http, err);
    if (r < 0) {
        cpm_free(http);
        return r;
    }
    *out = http;
    return 0;
}

static void free_origins(struct cpm_http *http)
{
    while (http->origins) {
        struct cpm_http_origin *o = http->origins;

        http->origins = o->next;
        cpm_free(o->key);
        cpm_free(o);
    }
}

void cpm_http_free(struct cpm_http *http)
{
    if (!http)
        return;
    http->closing = true;
    while (http->calls) {
        struct cpm_http_call *call = http->calls;

        if (call->state == CPM_HTTP_RUNNING)
            cpm_http_transfer_end(call);
        cpm_error_set(&call->err, CPM_ECANCELED, "canceled");
        end(call, CPM_ECANCELED);
    }
    http->waiting = NULL;
    free_origins(http);
    cpm_http_multi_close(http);
}

int cpm_http_call_start(struct cpm_http *http, struct cpm_http_call *call, struct cpm_error *err)
{
    struct cpm_http_url url;

    if (!cpm_http_url_parse(cpm_str(call->url), &url))
        return cpm_error_set(err, CPM_EUNSUPPORTEDPROTOCOL,
                             "only http and https addresses are fetched, not '%.200s'", call->url);
    call->http = http;
    call->transfer = NULL;
    call->url_now = cpm_strdup(call->url);
    call->attempt = call->redirects = 0;
    call->fault = 0;
    call->err = (struct cpm_error)CPM_ERROR_INIT;
    cpm_buf_init(&call->answer, 0);
    cpm_buf_init(&call->header_text, (256u << 10));
    call->origin = find_origin(http, &url);
    link_call(http, call);
    enqueue(call);
    pump(http, call->origin);
    return 0;
}

bool cpm_http_call_again(struct cpm_http_call *call)
{
    if (call->http->closing)
        return false;
    link_call(call->http, call);
    call->fresh = true;
    call->header.retry_after = CPM_STR_NONE;
    wait_for_retry(call);
    return true;
}

void cpm_http_call_release(struct cpm_http_call *call)
{
    cpm_free(call->url_now);
    call->url_now = NULL;
    cpm_buf_release(&call->answer);
    cpm_buf_release(&call->header_text);
}
