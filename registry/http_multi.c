/* libcurl tells which sockets to watch and when to wake it; libuv does so. Every poll handle
 * belongs to one socket and is closed when libcurl lets go of it. */
#include "registry/http_multi.h"

#include "base/mem.h"

struct watch {
    uv_poll_t poll;
    struct cpm_http *http;
    curl_socket_t socket;
};

static void drop(struct cpm_http *http)
{
    if (--http->handles == 0)
        cpm_free(http);
}

static void take_ended(struct cpm_http *http)
{
    struct cpm_http_call *call;
    CURLMsg *message;
    int left;

    while (!http->closing && (message = http->curl.multi_info_read(http->multi, &left)) != NULL) {
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        http->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        cpm_http_transfer_done(call, code);
    }
}

static void act(struct cpm_http *http, curl_socket_t socket, int events)
{
    int running;

    if (http->closing)
        return;
    http->curl.multi_socket_action(http->multi, socket, events, &running);
    take_ended(http);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;

    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    act(w->http, w->socket, flags);
}

static void on_curl_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *w = handle->data;

    drop(w->http);
    cpm_free(w);
}

static void unwatch(struct cpm_http *http, struct watch *w, curl_socket_t socket)
{
    if (!w)
        return;
    uv_poll_stop(&w->poll);
    http->curl.multi_assign(http->multi, socket, NULL);
    uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static struct watch *watch(struct cpm_http *http, curl_socket_t socket)
{
    struct watch *w = cpm_calloc(1, sizeof(*w));

    w->http = http;
    w->socket = socket;
    w->poll.data = w;
    if (uv_poll_init_socket(http->loop, &w->poll, socket) < 0) {
        cpm_free(w);
        return NULL;
    }
    http->handles++;
    http->curl.multi_assign(http->multi, socket, w);
    return w;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *data, void *assigned)
{
    struct cpm_http *http = data;
    struct watch *w = assigned;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        unwatch(http, w, socket);
        return 0;
    }
    if (!w)
        w = watch(http, socket);
    if (!w)
        return -1;
    uv_poll_start(&w->poll, events, on_poll);
    return 0;
}

static int on_timeout(CURLM *multi, long ms, void *data)
{
    struct cpm_http *http = data;

    (void)multi;
    if (ms < 0)
        uv_timer_stop(&http->curl_timer);
    else
        uv_timer_start(&http->curl_timer, on_curl_timer, (uint64_t)ms, 0);
    return 0;
}

int cpm_http_multi_init(struct cpm_http *http, struct cpm_error *err)
{
    const struct cpm_curl *curl = &http->curl;

    http->multi = curl->multi_init();
    if (!http->multi)
        return cpm_error_set(err, CPM_ENOMEM, "libcurl has no memory");
    curl->multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl->multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl->multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl->multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl->multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl->multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)http->opts->max_sockets);
    curl->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 4L * http->opts->max_sockets);
    uv_timer_init(http->loop, &http->curl_timer);
    uv_timer_init(http->loop, &http->clock);
    http->curl_timer.data = http->clock.data = http;
    http->handles = 2;
    return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
    drop(handle->data);
}

void cpm_http_multi_close(struct cpm_http *http)
{
    while (http->spare) {
        struct cpm_http_transfer *t = http->spare;

        http->spare = t->next;
        http->curl.easy_cleanup(t->easy);
        cpm_free(t);
    }
    http->closing = true;
    http->curl.multi_cleanup(http->multi); /* lets go of its sockets through on_socket */
    uv_close((uv_handle_t *)&http->curl_timer, on_timer_closed);
    uv_close((uv_handle_t *)&http->clock, on_timer_closed);
}
