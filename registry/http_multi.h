/* Inside the HTTP client: libcurl's multi handle on the loop, and the tries that run on it. */
#ifndef CPM_REGISTRY_HTTP_MULTI_H
#define CPM_REGISTRY_HTTP_MULTI_H

#include "registry/http.h"
#include "registry/http_curl.h"

struct cpm_http_origin { /* scheme, host and port: what shares connections */
    char *key;
    unsigned active, limit;
    bool answered;
    struct cpm_error
        fault; /* why nothing can be had from it; code 0: nothing is known against it */
    struct cpm_http_call *first, *last; /* queued */
    struct cpm_http_origin *next;
};

struct cpm_http {
    uv_loop_t *loop;
    const struct cpm_registry_options *opts;
    struct cpm_registry_stats *stats;
    struct cpm_curl curl;
    CURLM *multi;
    uv_timer_t curl_timer; /* libcurl's */
    uv_timer_t clock;      /* waits and stalls */
    unsigned handles;      /* not yet closed */
    bool closing;
    struct cpm_http_origin *origins;
    struct cpm_http_call *calls;   /* all that are under way */
    struct cpm_http_call *waiting; /* for their next try */
    struct cpm_http_transfer *spare;
    uint64_t random;
};

struct cpm_http_transfer {
    CURL *easy;
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    struct cpm_http_transfer *next; /* among the spare ones */
};

int cpm_http_multi_init(struct cpm_http *http, struct cpm_error *err);
/* Closes the handles; `http` itself is freed when the last one is gone. */
void cpm_http_multi_close(struct cpm_http *http);
/* Begins one try; negative with an error when it cannot. */
int cpm_http_transfer_begin(struct cpm_http_call *call, struct cpm_error *err);
void cpm_http_transfer_end(struct cpm_http_call *call);
/* Fills call->header from what has come. */
void cpm_http_read_headers(struct cpm_http_call *call);
/* A try has ended by itself: told by the multi handle, done by http.c. */
void cpm_http_transfer_done(struct cpm_http_call *call, CURLcode code);

/* What a try's end means. */
enum cpm_http_again { CPM_HTTP_NEVER, CPM_HTTP_ONCE, CPM_HTTP_AGAIN };
enum cpm_http_again cpm_http_fault(const struct cpm_http_call *call, CURLcode code,
                                   struct cpm_error *err);
int cpm_http_stall_error(const struct cpm_http_call *call, struct cpm_error *err);

#endif
