/* A tarball is hashed as its bytes come; one that does not match is fetched exactly once more, past
 * every cache on the way, since a damaged copy in a proxy is the usual cause. The sha512 is always
 * made: the store is addressed by it, and the lock records it when nothing else was known. A signed
 * one is given only when its signature is right, so that whatever is in the store was checked. */
#include "base/digest.h"
#include "base/mem.h"
#include "registry/http_url.h"
#include "registry/keyring.h"
#include "registry/registry_private.h"
#include "semver/package_absent.h"

struct cpm_tarball_job {
    struct cpm_http_call call;
    struct cpm_registry *reg;
    struct cpm_tarball_request *req;
    struct cpm_keyring_wait wait;
    struct cpm_digest *sha512, *other; /* other: when the integrity is of another kind */
    struct cpm_sri sri;
    bool has_sri, again;
    char *url;
};

static void free_job(struct cpm_tarball_job *job)
{
    cpm_digest_free(job->sha512);
    cpm_digest_free(job->other);
    cpm_http_call_release(&job->call);
    cpm_free(job->url);
    cpm_free(job);
}

static void finish(struct cpm_tarball_job *job, int status)
{
    struct cpm_tarball_request *req = job->req;

    req->status = status;
    free_job(job);
    req->internal = NULL;
    req->done(req);
}

static void on_begin(struct cpm_http_call *call)
{
    struct cpm_tarball_job *job = call->data;

    cpm_digest_free(job->sha512);
    cpm_digest_free(job->other);
    job->other = NULL;
    job->sha512 = cpm_digest_new(CPM_SHA512, &job->req->err);
    if (job->has_sri && job->sri.algo != CPM_SHA512)
        job->other = cpm_digest_new(job->sri.algo, &job->req->err);
}

static void on_bytes(struct cpm_http_call *call, const char *bytes, size_t len)
{
    struct cpm_tarball_job *job = call->data;

    if (job->sha512)
        cpm_digest_update(job->sha512, bytes, len);
    if (job->other)
        cpm_digest_update(job->other, bytes, len);
}

static const char *wanted_text(struct cpm_arena *arena, const struct cpm_sri *sri)
{
    const char *text = "";

    for (unsigned i = 0; i < sri->count; i++)
        text = cpm_arena_printf(arena, "%s%s%s", text, i ? "," : "",
                                cpm_sri_text(arena, sri->algo, sri->digest[i]));
    return text;
}

static const char *algo_name(enum cpm_digest_algo algo)
{
    static const char *const names[] = {"md5", "sha1", "sha256", "sha384", "sha512"};

    return names[algo];
}

/* In ssri's words. */
static int mismatch(struct cpm_tarball_job *job, const unsigned char *digest)
{
    struct cpm_tarball_request *req = job->req;
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_error_set(&req->err, CPM_EINTEGRITY,
                  "%.*s integrity checksum failed when using %s: wanted %s but got %s. (%zu bytes)",
                  CPM_STR_ARG(req->integrity), algo_name(job->sri.algo),
                  wanted_text(&arena, &job->sri), cpm_sri_text(&arena, job->sri.algo, digest),
                  job->call.answer.len);
    cpm_arena_release(&arena);
    return CPM_EINTEGRITY;
}

static int verify(struct cpm_tarball_job *job)
{
    unsigned char other[CPM_DIGEST_MAX];
    const unsigned char *digest = job->req->sha512;
    size_t size;

    if (!job->sha512) /* no byte came, or the digests cannot be made */
        on_begin(&job->call);
    if (!job->sha512 || (job->has_sri && job->sri.algo != CPM_SHA512 && !job->other))
        return job->req->err.code;
    size = cpm_digest_finish(job->sha512, job->req->sha512);
    job->sha512 = NULL;
    if (job->other) {
        size = cpm_digest_finish(job->other, other);
        job->other = NULL;
        digest = other;
    }
    if (job->has_sri && !cpm_sri_matches(&job->sri, digest, size))
        return mismatch(job, digest);
    return 0;
}

static int status_error(struct cpm_tarball_job *job)
{
    if (cpm_http_status_error(&job->call, &job->req->err) == CPM_E404)
        cpm_package_absent(&job->req->err, CPM_STR_NONE, job->req->name);
    else if (job->req->name.len)
        cpm_error_prefix(&job->req->err, "the tarball of '%.*s': ", CPM_STR_ARG(job->req->name));
    return job->req->err.code;
}

static void give(struct cpm_tarball_job *job, int status)
{
    struct cpm_tarball_request *req = job->req;

    if (status == 0) {
        req->err = (struct cpm_error)CPM_ERROR_INIT;
        req->size = job->call.answer.len;
        req->bytes = job->call.answer.ptr ? job->call.answer.ptr : cpm_calloc(1, 1);
        job->call.answer.ptr = NULL; /* now the caller's */
    }
    finish(job, status);
}

static void on_keys(struct cpm_keyring_wait *wait)
{
    struct cpm_tarball_job *job = wait->data;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_signed what = {.id = job->req->name,
                              .integrity = job->req->integrity,
                              .published = CPM_TIME_NONE,
                              .signatures = job->req->signatures};
    int r = wait->status;

    if (r < 0)
        job->req->err = wait->err;
    else if (wait->keys)
        r = cpm_signatures_verify(wait->keys, &what, &arena, &job->req->err);
    cpm_arena_release(&arena);
    give(job, r);
}

static void check_signatures(struct cpm_tarball_job *job)
{
    struct cpm_str name = job->req->name;
    size_t at = cpm_str_rchr(name, '@');
    int r;

    name = cpm_str_sub(name, 0, at == 0 ? name.len : at);
    job->wait = (struct cpm_keyring_wait){
        .registry = cpm_registry_url_for(job->reg, name), .data = job, .done = on_keys};
    r = cpm_keyring_start(job->reg, &job->wait, &job->req->err);
    if (r < 0)
        give(job, r);
    else if (r > 0)
        on_keys(&job->wait);
}

static void on_done(struct cpm_http_call *call)
{
    struct cpm_tarball_job *job = call->data;
    struct cpm_tarball_request *req = job->req;
    int r = call->status;

    if (r < 0)
        req->err = call->err;
    else if (call->http_status != 200)
        r = status_error(job);
    else
        r = verify(job);
    if (r == CPM_EINTEGRITY && !job->again && cpm_http_call_again(call)) {
        job->again = true;
        return;
    }
    if (r == 0 && req->signatures.len && job->reg->opts.verify_signatures)
        check_signatures(job);
    else
        give(job, r);
}

static int check_integrity(const struct cpm_tarball_request *req, struct cpm_sri *sri,
                           bool *has_sri, struct cpm_error *err)
{
    *has_sri = cpm_sri_parse(req->integrity, sri);
    if (*has_sri || cpm_str_trim(req->integrity).len == 0)
        return 0;
    return cpm_error_set(err, CPM_EINTEGRITY,
                         "the integrity '%.*s' of '%.*s' has no hash that can be trusted (sha512, "
                         "sha384, sha256 or sha1)",
                         CPM_STR_ARG(req->integrity), CPM_STR_ARG(req->name));
}

static struct cpm_tarball_job *new_job(struct cpm_registry *reg, struct cpm_tarball_request *req,
                                       const char *url)
{
    struct cpm_tarball_job *job = cpm_calloc(1, sizeof(*job));

    job->reg = reg;
    job->req = req;
    job->url = cpm_strdup(url);
    job->call = (struct cpm_http_call){
        .method = "GET",
        .url = job->url,
        .accept = "*/*",
        .auth = true,
        .retry = !req->once,
        .max = reg->opts.tarball_max,
        .data = job,
        .begin = on_begin,
        .bytes = on_bytes,
        .done = on_done,
    };
    return job;
}

int cpm_tarball_start(struct cpm_registry *reg, struct cpm_tarball_request *req,
                      struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *url =
        cpm_url_replace_host(&arena, reg->opts.replace_host, reg->opts.registry, req->url);
    struct cpm_tarball_job *job = NULL;
    struct cpm_http *http;
    struct cpm_sri sri;
    bool has_sri;
    int r;

    req->bytes = NULL;
    req->size = 0;
    req->err = (struct cpm_error)CPM_ERROR_INIT;
    r = check_integrity(req, &sri, &has_sri, err);
    if (r == 0)
        r = cpm_registry_http(reg, url, &http, err);
    if (r == 0) {
        job = new_job(reg, req, url);
        job->has_sri = has_sri;
        job->sri = sri;
        req->internal = job;
        r = cpm_http_call_start(http, &job->call, err);
    }
    if (r < 0 && job)
        free_job(job);
    cpm_arena_release(&arena);
    return r;
}
