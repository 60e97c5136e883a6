#include "registry/advisories.h"

#include "base/mem.h"
#include "registry/endpoints.h"

#include <libdeflate.h>

#define ANSWER_MAX (64u << 20)
#define LEVEL      6

static int gzip(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out,
                struct cpm_error *err)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
    if (!c)
        return cpm_error_set(err, CPM_ENOMEM, "no memory for gzip");
    size_t room = libdeflate_gzip_compress_bound(c, text.len);
    char *bytes = cpm_arena_alloc(arena, room);
    size_t size = libdeflate_gzip_compress(c, text.ptr, text.len, bytes, room);
    libdeflate_free_compressor(c);
    *out = cpm_str_n(bytes, size);
    return size ? 0 : cpm_error_set(err, CPM_EIO, "the question could not be packed");
}

static void on_answer(struct cpm_http_request *http)
{
    struct cpm_advisories_request *req = http->data;
    req->status = http->status;
    req->err = http->err;
    if (http->status == 0 && http->http_status >= 400)
        req->status = cpm_http_request_error(http, &req->err);
    req->done(req);
}

int cpm_advisories_start(struct cpm_registry *reg, struct cpm_advisories_request *req,
                         struct cpm_error *err)
{
    static const char *const headers[] = {"Accept: application/json",
                                          "Content-Type: application/json",
                                          "Content-Encoding: gzip", NULL};
    struct cpm_str body;
    cpm_arena_init(&req->arena);
    int rc = gzip(&req->arena, req->question, &body, err);
    if (rc < 0)
        return rc;
    req->url = cpm_arena_printf(&req->arena, "%s" CPM_ENDPOINT_ADVISORIES,
                                cpm_registry_url_for(reg, CPM_STR("")));
    req->http = (struct cpm_http_request){.method = "POST",
                                          .url = req->url,
                                          .headers = headers,
                                          .body = body,
                                          .auth = true,
                                          .max = ANSWER_MAX,
                                          .data = req,
                                          .done = on_answer};
    return cpm_http_start(reg, &req->http, err);
}

void cpm_advisories_release(struct cpm_advisories_request *req)
{
    cpm_http_release(&req->http);
    cpm_arena_release(&req->arena);
}
