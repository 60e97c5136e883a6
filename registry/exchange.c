/* Exchanges that are neither packument nor tarball: the caller's request is the HTTP call, no more.
 */
#include "base/mem.h"
#include "registry/registry_private.h"

struct cpm_exchange {
    struct cpm_http_call call;
    struct cpm_http_request *req;
};

static void on_done(struct cpm_http_call *call)
{
    struct cpm_exchange *x = call->data;
    struct cpm_http_request *req = x->req;

    req->status = call->status;
    req->err = call->err;
    req->http_status = call->http_status;
    req->answer = cpm_buf_str(&call->answer);
    req->answer_headers = cpm_buf_str(&call->header_text);
    req->done(req);
}

int cpm_http_start(struct cpm_registry *reg, struct cpm_http_request *req, struct cpm_error *err)
{
    struct cpm_exchange *x;
    struct cpm_http *http;
    int r = cpm_registry_http(reg, req->url, &http, err);

    if (r < 0)
        return r;
    x = cpm_calloc(1, sizeof(*x));
    x->req = req;
    x->call = (struct cpm_http_call){
        .method = req->method,
        .url = req->url,
        .headers = req->headers,
        .body = req->body,
        .auth = req->auth,
        .retry = req->retry,
        .max = req->max,
        .data = x,
        .done = on_done,
    };
    req->internal = x;
    r = cpm_http_call_start(http, &x->call, err);
    if (r < 0)
        cpm_http_release(req);
    return r;
}

int cpm_http_request_error(const struct cpm_http_request *req, struct cpm_error *err)
{
    const struct cpm_exchange *x = req->internal;

    return cpm_http_status_error(&x->call, err);
}

void cpm_http_release(struct cpm_http_request *req)
{
    struct cpm_exchange *x = req->internal;

    if (x) {
        cpm_http_call_release(&x->call);
        cpm_free(x);
    }
    req->internal = NULL;
    req->answer = req->answer_headers = CPM_STR_NONE;
}
