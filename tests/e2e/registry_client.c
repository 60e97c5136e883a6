#include "registry_client.h"

#include "base/fs.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *faults_ports[2];

void faults_open_client(struct faults_client *c, const char *path)
{
    static const struct cpm_registry_options defaults = CPM_REGISTRY_OPTIONS_INIT;
    struct cpm_error err = CPM_ERROR_INIT;

    c->opts.strict_ssl = true;
    c->opts.max_sockets = defaults.max_sockets;
    c->opts.retries = defaults.retries;
    c->opts.retry_factor = defaults.retry_factor;
    c->opts.retry_min_ms = 500;
    c->opts.retry_max_ms = defaults.retry_max_ms;
    c->opts.timeout_ms = defaults.timeout_ms;
    c->opts.stall_ms = FAULTS_STALL_MS;
    c->opts.packument_max = c->opts.tarball_max = 4u << 20;
    if (!c->cache[0]) {
        snprintf(c->cache, sizeof(c->cache), "/tmp/cpm-faults-XXXXXX");
        if (!mkdtemp(c->cache))
            abort();
    }
    snprintf(c->url, sizeof(c->url), "http://127.0.0.1:%s/%s", faults_ports[0], path);
    c->opts.registry = c->url;
    c->opts.cache_dir = c->cache;
    c->counted = 0;
    uv_loop_init(&c->loop);
    if (cpm_registry_new(&c->loop, &c->opts, &c->reg, &err) < 0) {
        puts(err.text);
        abort();
    }
}

void faults_close_loop(struct faults_client *c)
{
    cpm_registry_free(c->reg);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&c->loop) != 0)
        abort();
}

void faults_close_client(struct faults_client *c)
{
    faults_close_loop(c);
    cpm_fs_remove(c->cache, NULL);
}

static void packument_done(struct cpm_packument_request *req)
{
    struct faults_outcome *o = req->data;

    o->status = req->status;
    o->packument = req->packument;
    o->from_cache = req->from_cache;
    if (req->status < 0)
        snprintf(o->text, sizeof(o->text), "%s", req->err.text);
}

void faults_run(struct faults_client *c, struct faults_outcome *o)
{
    struct cpm_registry_stats stats;
    uint64_t begin = uv_hrtime();

    uv_run(&c->loop, UV_RUN_DEFAULT);
    cpm_registry_stats(c->reg, &stats);
    o->ms = (uv_hrtime() - begin) / 1000000;
    o->requests = stats.requests - c->counted;
    c->counted = stats.requests;
}

struct faults_outcome faults_get_packument(struct faults_client *c, const char *name, bool full)
{
    struct cpm_packument_request req = {
        .name = cpm_str(name), .full = full, .done = packument_done};
    struct faults_outcome o = {.status = 1};
    struct cpm_error err = CPM_ERROR_INIT;

    req.data = &o;
    if (cpm_packument_start(c->reg, &req, &err) < 0) {
        o.status = err.code;
        snprintf(o.text, sizeof(o.text), "%s", err.text);
        return o;
    }
    faults_run(c, &o);
    return o;
}

static void tarball_done(struct cpm_tarball_request *req)
{
    struct faults_outcome *o = req->data;

    o->status = req->status;
    if (req->status < 0)
        snprintf(o->text, sizeof(o->text), "%s", req->err.text);
    cpm_free(req->bytes);
    req->bytes = NULL;
}

struct faults_outcome faults_get_tarball(struct faults_client *c, const char *url,
                                         const char *integrity)
{
    struct cpm_tarball_request req = {.url = cpm_str(url), .name = CPM_STR("pkg")};
    struct faults_outcome o = {.status = 1};
    struct cpm_error err = CPM_ERROR_INIT;

    req.integrity = cpm_str(integrity);
    req.data = &o;
    req.done = tarball_done;
    if (cpm_tarball_start(c->reg, &req, &err) < 0) {
        o.status = err.code;
        snprintf(o.text, sizeof(o.text), "%s", err.text);
        return o;
    }
    faults_run(c, &o);
    return o;
}

static unsigned failures, rows;
char faults_integrity[128];

void faults_expect(bool good, const char *what, const struct faults_outcome *o)
{
    rows++;
    if (good)
        return;
    failures++;
    printf("WRONG  %s: %s after %llu ms and %llu requests: %s\n", what, cpm_error_name(o->status),
           (unsigned long long)o->ms, (unsigned long long)o->requests, o->text);
}

unsigned faults_report(void)
{
    printf("%u checks, %u wrong\n", rows, failures);
    return failures;
}

void faults_learn_integrity(void)
{
    struct faults_client c = {.reg = NULL};
    struct cpm_names *names = cpm_names_new();
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct faults_outcome o;

    faults_open_client(&c, "bare/");
    o = faults_get_packument(&c, "pkg", false);
    if (o.status == 0)
        snprintf(faults_integrity, sizeof(faults_integrity), "%.*s",
                 CPM_STR_ARG(cpm_packument_manifest(o.packument, 0, names, &arena)->integrity));
    cpm_arena_release(&arena);
    cpm_names_free(names);
    faults_close_client(&c);
}
