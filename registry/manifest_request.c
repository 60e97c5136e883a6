/* The license of one version: from a full packument that is at hand, else from the version's own
 * small document, else (a registry without such documents) from the full packument after all. */
#include "base/mem.h"
#include "registry/http_url.h"
#include "registry/registry_private.h"

#define DOCUMENT_MAX (8u << 20)

struct cpm_manifest_job {
    struct cpm_http_call call;
    struct cpm_packument_request packument;
    struct cpm_registry *reg;
    struct cpm_manifest_request *req;
    char *url;
};

static void free_job(struct cpm_manifest_job *job)
{
    cpm_http_call_release(&job->call);
    cpm_free(job->url);
    cpm_free(job);
}

static void finish(struct cpm_manifest_job *job, int status)
{
    struct cpm_manifest_request *req = job->req;

    req->status = status;
    req->internal = NULL;
    free_job(job);
    req->done(req);
}

static void set_license(struct cpm_manifest_job *job, const struct cpm_manifest *m)
{
    job->req->license = cpm_arena_str(&job->reg->arena, m->raw[CPM_RAW_LICENSE]);
}

static int read_packument(struct cpm_manifest_job *job, const struct cpm_packument *p)
{
    int64_t i = cpm_packument_find(p, job->req->version);
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_names *names;

    if (i < 0)
        return cpm_error_set(&job->req->err, CPM_ETARGET,
                             "No matching version found for %.*s@%.*s.",
                             CPM_STR_ARG(job->req->name), CPM_STR_ARG(job->req->version));
    names = cpm_names_new();
    set_license(job, cpm_packument_manifest(p, (uint32_t)i, names, &arena));
    cpm_names_free(names);
    cpm_arena_release(&arena);
    return 0;
}

/* Errors: CPM_EJSONPARSE when the answer is not the version's document. */
static int read_document(struct cpm_manifest_job *job)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_names *names = cpm_names_new();
    struct cpm_manifest_source src = {
        .names = names, .arena = &arena, .from = CPM_MANIFEST_REGISTRY_FULL};
    struct cpm_manifest_request *req = job->req;
    struct cpm_manifest m;
    struct cpm_jsonread r;
    int rc;

    cpm_jsonread_init(&r, cpm_buf_str(&job->call.answer), job->url, &arena);
    rc = cpm_manifest_read(&r, &src, &m);
    if (cpm_jsonread_finish(&r, &req->err) < 0)
        rc = CPM_EJSONPARSE;
    if (rc == 0 && (!cpm_str_eq(cpm_name_str(m.name), req->name) ||
                    !cpm_str_eq(cpm_name_str(m.version), req->version)))
        rc = cpm_error_set(&req->err, CPM_EJSONPARSE, "GET %s: the answer is another version's",
                           job->url);
    if (rc == 0)
        set_license(job, &m);
    cpm_names_free(names);
    cpm_arena_release(&arena);
    return rc;
}

static void on_packument(struct cpm_packument_request *packument)
{
    struct cpm_manifest_job *job = packument->data;
    int r = packument->status;

    if (r < 0)
        job->req->err = packument->err;
    else
        r = read_packument(job, packument->packument);
    finish(job, r);
}

static int ask_packument(struct cpm_manifest_job *job, struct cpm_error *err)
{
    job->packument = (struct cpm_packument_request){
        .name = job->req->name, .full = true, .data = job, .done = on_packument};
    return cpm_packument_start(job->reg, &job->packument, err);
}

static void on_document(struct cpm_http_call *call)
{
    struct cpm_manifest_job *job = call->data;
    struct cpm_error *err = &job->req->err;
    int r = call->status;

    if (r < 0) {
        *err = call->err;
        finish(job, r);
        return;
    }
    if (call->http_status / 100 == 2 && read_document(job) == 0) {
        finish(job, 0);
        return;
    }
    if (call->http_status == 401 || call->http_status == 403) {
        finish(job, cpm_http_status_error(call, err));
        return;
    }
    r = ask_packument(job, err);
    if (r < 0)
        finish(job, r);
}

static int ask_document(struct cpm_manifest_job *job, struct cpm_error *err)
{
    struct cpm_registry *reg = job->reg;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_http *http;
    int r;

    job->url = cpm_strdup(cpm_arena_printf(&arena, "%s/%.*s",
                                           cpm_packument_url(&arena, reg, job->req->name),
                                           CPM_STR_ARG(job->req->version)));
    cpm_arena_release(&arena);
    r = cpm_registry_http(reg, job->url, &http, err);
    if (r < 0)
        return r;
    job->call = (struct cpm_http_call){
        .method = "GET",
        .url = job->url,
        .accept = "application/json",
        .auth = true,
        .retry = true,
        .max = DOCUMENT_MAX,
        .data = job,
        .done = on_document,
    };
    return cpm_http_call_start(http, &job->call, err);
}

int cpm_manifest_start(struct cpm_registry *reg, struct cpm_manifest_request *req,
                       struct cpm_error *err)
{
    struct cpm_manifest_job *job = cpm_calloc(1, sizeof(*job));
    int r;

    job->reg = reg;
    job->req = req;
    req->internal = job;
    req->license = CPM_STR_NONE;
    req->err = (struct cpm_error)CPM_ERROR_INIT;
    if (reg->opts.mode == CPM_OFFLINE || cpm_packument_peek(reg, req->name, true))
        r = ask_packument(job, err);
    else
        r = ask_document(job, err);
    if (r < 0)
        free_job(job);
    return r;
}
