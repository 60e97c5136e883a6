/* The HTTP client below packuments, tarballs and other exchanges: calls on libcurl's multi
 * interface on a libuv loop. It follows redirects itself (credentials are decided anew for every
 * hop), tries again what may pass, watches for stalls and caps what comes in. One loop, one thread.
 */
#ifndef CPM_REGISTRY_HTTP_H
#define CPM_REGISTRY_HTTP_H

#include "base/buf.h"
#include "registry/registry.h"

struct cpm_http;
struct cpm_http_transfer; /* one try of a call, as libcurl sees it */

struct cpm_http_headers { /* of the last answer; views into the call's header text */
    struct cpm_str etag, last_modified, cache_control, encoding, retry_after, authenticate;
    struct cpm_str notice; /* what the registry wants users to read */
};

enum cpm_http_state { CPM_HTTP_IDLE, CPM_HTTP_QUEUED, CPM_HTTP_RUNNING, CPM_HTTP_WAITING };

struct cpm_http_call {
    /* in; what they point at lives until done */
    const char *method;
    const char *url;
    const char *accept;         /* or NULL */
    const char *const *headers; /* more "Name: value" lines, NULL-ended, or NULL */
    struct cpm_str body;
    bool auth;  /* attach the credentials bound to the address */
    bool retry; /* safe to repeat */
    bool gzip;  /* gzip is welcome; the answer is kept as it came */
    bool fresh; /* past every cache on the way */
    size_t max; /* bytes of the answer */
    void *data;
    /* A good answer's body begins (again, after a failed try), or a part of it has come. Or NULL.
     */
    void (*begin)(struct cpm_http_call *call);
    void (*bytes)(struct cpm_http_call *call, const char *bytes, size_t len);
    void (*done)(struct cpm_http_call *call);

    /* out */
    int status; /* 0: an answer came, whatever its HTTP status */
    struct cpm_error err;
    int http_status;
    struct cpm_buf answer;
    struct cpm_buf header_text; /* raw lines */
    struct cpm_http_headers header;

    /* the client's own */
    struct cpm_http *http;
    struct cpm_http_transfer *transfer;
    struct cpm_http_origin *origin;
    enum cpm_http_state state;
    char *url_now; /* of this hop */
    unsigned attempt, redirects;
    uint64_t last_byte, wake; /* loop time in ms */
    int fault;                /* why a callback stopped the transfer */
    struct cpm_http_call *prev, *next, *queue_next;
};

/* Loads libcurl. `stats` is counted into. */
int cpm_http_new(uv_loop_t *loop, const struct cpm_registry_options *opts,
                 struct cpm_registry_stats *stats, struct cpm_http **out, struct cpm_error *err);
/* Ends all calls with CPM_ECANCELED and frees the client, whose last memory goes when the loop has
 * closed its handles. */
void cpm_http_free(struct cpm_http *http);

/* `done` comes once, never from inside. Error: CPM_EUNSUPPORTEDPROTOCOL. */
int cpm_http_call_start(struct cpm_http *http, struct cpm_http_call *call, struct cpm_error *err);
/* From `done`, when the answer proved to be damaged: one more try after a short wait, past caches;
 * how often is the caller's to limit (`attempt` counts the tries). False when the client is
 * closing. */
bool cpm_http_call_again(struct cpm_http_call *call);
/* Frees what the call holds; it is not under way. */
void cpm_http_call_release(struct cpm_http_call *call);

/* The answer's error in npm's words for an HTTP status of 400 and more ("404 Not Found - GET …"),
 * with the code for it. */
int cpm_http_status_error(const struct cpm_http_call *call, struct cpm_error *err);

#endif
