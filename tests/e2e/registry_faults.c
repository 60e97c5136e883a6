/* The registry client against a registry that fails on purpose (tests/fixtures/fault_server.mjs,
 * which runs this program with its two ports). Every row is a fault, met by a packument and by a
 * tarball; it must be survived, or end cleanly with the code that the row names, in the time that
 * it gives. */
#include "registry_client.h"

#include "base/fs.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* what is expected */

static unsigned failures, rows, survived, clean;
static char integrity[128]; /* of the server's tarball */

static void expect(bool good, const char *what, const struct faults_outcome *o)
{
    rows++;
    if (good)
        return;
    failures++;
    printf("WRONG  %s: %s after %llu ms and %llu requests: %s\n", what, cpm_error_name(o->status),
           (unsigned long long)o->ms, (unsigned long long)o->requests, o->text);
}

static void learn_integrity(void)
{
    struct faults_client c = {.reg = NULL};
    struct cpm_names *names = cpm_names_new();
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct faults_outcome o;

    faults_open_client(&c, "bare/");
    o = faults_get_packument(&c, "pkg", false);
    if (o.status == 0)
        snprintf(integrity, sizeof(integrity), "%.*s",
                 CPM_STR_ARG(cpm_packument_manifest(o.packument, 0, names, &arena)->integrity));
    cpm_arena_release(&arena);
    cpm_names_free(names);
    faults_close_client(&c);
}

#define SURVIVES 0

struct row {
    const char *fault;
    int packument, tarball; /* the code, or SURVIVES */
    unsigned ms;            /* at most */
};

static void try_row(const char *when, const struct row *row)
{
    char path[128], url[512], what[160];
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    snprintf(path, sizeof(path), "%s/%s/1/", when, row->fault);
    faults_open_client(&c, path);
    o = faults_get_packument(&c, "pkg", false);
    snprintf(what, sizeof(what), "%s %s packument", when, row->fault);
    expect(o.status == row->packument && o.ms <= row->ms, what, &o);
    survived += o.status == 0;
    clean += o.status < 0;
    snprintf(url, sizeof(url), "%spkg/-/pkg-1.0.0.tgz", c.url);
    o = faults_get_tarball(&c, url, integrity);
    snprintf(what, sizeof(what), "%s %s tarball", when, row->fault);
    expect(o.status == row->tarball && o.ms <= row->ms, what, &o);
    survived += o.status == 0;
    clean += o.status < 0;
    faults_close_client(&c);
}

static void faults_of_one_moment_are_survived(void)
{
    static const struct row once[] = {
        {"reset-before", 0, 0, 2000},
        {"reset-mid", 0, 0, 2000},
        {"close-before", 0, 0, 2000},
        {"cut-length", 0, 0, 2000},
        {"cut-no-length", 0, 0, 2000},
        {"cut-chunked", 0, 0, 2000},
        {"cut-header", 0, 0, 2000},
        {"short-length", 0, 0, 2000},
        {"long-length", 0, 0, 2000},
        {"bad-chunk", 0, 0, 2000},
        {"429-seconds", 0, 0, 3000},
        {"429-date", 0, 0, 3000},
        {"503-seconds", 0, 0, 3000},
        {"503-date", 0, 0, 3000},
        {"500", 0, 0, 2000},
        {"502", 0, 0, 2000},
        {"504", 0, 0, 2000},
        {"bit-flip", 0, 0, 2000},
        {"empty-200", 0, 0, 2000},
        {"html-200", 0, 0, 2000},
        {"bad-gzip", 0, 0, 2000},
        {"cut-gzip", 0, 0, 2000},
        {"wrong-encoding", 0, 0, 2000},
        {"not-http", 0, 0, 2000},
        {"304", 0, 0, 2000},
        {"stall-before", 0, 0, FAULTS_STALL_MS + 2000},
        {"stall-mid", 0, 0, FAULTS_STALL_MS + 2000},
    };

    survived = clean = 0;
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
        try_row("once", &once[i]);
    printf("one-shot faults: %u survived, %u not\n", survived, clean);
}

static void faults_that_stay_end_cleanly(void)
{
    static const struct row always[] = {
        {"reset-before", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"reset-mid", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"cut-length", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"cut-no-length", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"cut-chunked", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"bad-chunk", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"429-seconds", CPM_EHTTP, CPM_EHTTP, 10000},
        {"500", CPM_EHTTP, CPM_EHTTP, 5000},
        {"502", CPM_EHTTP, CPM_EHTTP, 5000},
        {"401", CPM_E401, CPM_E401, 1000},
        {"403", CPM_E403, CPM_E403, 1000},
        {"404", CPM_E404, CPM_E404, 1000},
        {"410", CPM_EHTTP, CPM_EHTTP, 1000},
        {"304", CPM_EHTTP, CPM_EHTTP, 5000},
        {"bit-flip", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"empty-200", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"html-200", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"bad-gzip", CPM_EIO, CPM_EINTEGRITY, 5000},
        {"wrong-encoding", CPM_EIO, CPM_EINTEGRITY, 5000},
        {"not-http", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"redirect-loop", CPM_ENETWORK, CPM_ENETWORK, 1000},
        {"redirect-nowhere", CPM_ENETWORK, CPM_ENETWORK, 1000},
        {"large-headers", CPM_ETOOBIG, CPM_ETOOBIG, 2000},
        {"too-large", CPM_ETOOBIG, CPM_ETOOBIG, 1000},
        {"too-large-chunked", CPM_ETOOBIG, CPM_ETOOBIG, 3000},
        {"stall-before", CPM_ETIMEDOUT, CPM_ETIMEDOUT, 3 * FAULTS_STALL_MS + 3000},
        {"stall-mid", CPM_ETIMEDOUT, CPM_ETIMEDOUT, 3 * FAULTS_STALL_MS + 3000},
        {"other-name", CPM_E404, CPM_EINTEGRITY, 2000},
        {"slow", SURVIVES, SURVIVES, 5000},
    };

    survived = clean = 0;
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        try_row("always", &always[i]);
    printf("persistent faults: %u ended cleanly, %u survived (a slow server is no fault)\n", clean,
           survived);
}

static void damage_is_asked_for_once_more(void)
{
    struct faults_client c = {.reg = NULL};
    char url[512];
    struct faults_outcome o;

    faults_open_client(&c, "always/bit-flip/2/");
    snprintf(url, sizeof(url), "%spkg/-/pkg-1.0.0.tgz", c.url);
    o = faults_get_tarball(&c, url, integrity);
    expect(o.requests == 2 && o.ms < 2000 &&
               strstr(o.text, "integrity checksum failed when using sha512: wanted sha512-"),
           "a wrong hash costs two requests", &o);
    faults_close_client(&c);
}

static void what_cannot_be_trusted_is_refused(void)
{
    struct faults_client c = {.reg = NULL};
    char url[512];
    struct faults_outcome o;

    faults_open_client(&c, "bare/");
    snprintf(url, sizeof(url), "%spkg/-/pkg-1.0.0.tgz", c.url);
    o = faults_get_tarball(&c, url, "md5-1B2M2Y8AsgTpgAmY7PhCfg==");
    expect(o.status == CPM_EINTEGRITY && o.requests == 0, "md5 alone is no integrity", &o);
    o = faults_get_tarball(&c, url, "sha999-AAAA");
    expect(o.status == CPM_EINTEGRITY, "an unknown hash is no integrity", &o);
    o = faults_get_tarball(&c, url, "");
    expect(o.status == 0, "without integrity the hash is made", &o);
    o = faults_get_tarball(&c, "file:///etc/hostname", "");
    expect(o.status == CPM_EUNSUPPORTEDPROTOCOL, "file: is refused", &o);
    o = faults_get_tarball(&c, "ftp://127.0.0.1/x.tgz", "");
    expect(o.status == CPM_EUNSUPPORTEDPROTOCOL, "ftp: is refused", &o);
    faults_close_client(&c);
}

static void unreachable_registries_fail_soon(void)
{
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    faults_open_client(&c, "bare/");
    o = faults_get_tarball(&c, "http://127.0.0.1:1/x.tgz", "");
    expect(o.status == CPM_ENETWORK && o.ms < 1500 && o.requests <= 2, "refused connection", &o);
    o = faults_get_tarball(&c, "http://no-such-host.invalid/x.tgz", "");
    expect(o.status == CPM_ENETWORK && o.ms < 10000 && o.requests <= 2, "unknown host", &o);
    faults_close_client(&c);
}

/* credentials */

static void ignore_done(struct cpm_http_request *req)
{
    (void)req;
}

/* GETs one of the server's control addresses. */
static void control(const char *path, struct cpm_arena *arena, struct cpm_str *out)
{
    struct faults_client c = {.reg = NULL};
    struct cpm_http_request req = {.method = "GET", .max = 1u << 20, .done = ignore_done};
    char url[128];

    faults_open_client(&c, "");
    snprintf(url, sizeof(url), "http://127.0.0.1:%s%s", faults_ports[0], path);
    req.url = url;
    if (cpm_http_start(c.reg, &req, NULL) < 0)
        abort();
    uv_run(&c.loop, UV_RUN_DEFAULT);
    *out = cpm_arena_str(arena, req.answer);
    cpm_http_release(&req);
    faults_close_client(&c);
}

/* "0 Bearer one, 1 , …": which port got which credential, in order. */
static void read_log(char *out, size_t size, double *most)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_json *doc = NULL;
    struct cpm_str text;
    size_t used = 0;

    control("/log", &arena, &text);
    out[0] = '\0';
    if (cpm_json_parse(text, "log", 0, &doc, NULL) < 0)
        abort();
    *most = cpm_json_number(cpm_json_get(doc, CPM_STR("most")));
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("log")), entry)
        used += (size_t)snprintf(out + used, used < size ? size - used : 0, "%s%d %.*s",
                                 used ? ", " : "",
                                 (int)cpm_json_number(cpm_json_get(entry, CPM_STR("port"))),
                                 CPM_STR_ARG(cpm_json_get_str(entry, "authorization")));
    cpm_json_free(doc);
    cpm_arena_release(&arena);
}

struct secret_row {
    const char *registry;      /* below port 0 */
    const char *nerf0, *nerf1; /* paths of the tokens "one" (port 0) and "two" (port 1); or NULL */
    const char *want;
};

static void try_secret(const struct secret_row *row)
{
    char nerf[2][64], log[1024];
    struct cpm_auth_entry auth[2];
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str text;
    struct faults_client c = {.reg = NULL};
    struct cpm_scope_registry scope = {"@other", NULL};
    char other[64];
    struct faults_outcome o;
    double most;

    control("/forget", &arena, &text);
    snprintf(nerf[0], sizeof(nerf[0]), "//127.0.0.1:%s%s", faults_ports[0], row->nerf0);
    snprintf(nerf[1], sizeof(nerf[1]), "//127.0.0.1:%s%s", faults_ports[1],
             row->nerf1 ? row->nerf1 : "/");
    snprintf(other, sizeof(other), "http://127.0.0.1:%s/", faults_ports[1]);
    auth[0] = (struct cpm_auth_entry){.nerf = nerf[0], .token = "one"};
    auth[1] = (struct cpm_auth_entry){.nerf = nerf[1], .token = "two"};
    scope.url = other;
    c.opts.auth = auth;
    c.opts.auth_count = row->nerf1 ? 2 : 1;
    c.opts.scopes = &scope;
    c.opts.scope_count = 1;
    faults_open_client(&c, row->registry);
    o = faults_get_packument(&c, "pkg", false);
    faults_close_client(&c);
    read_log(log, sizeof(log), &most);
    snprintf(o.text, sizeof(o.text), "sent '%.400s'", log);
    expect(strcmp(log, row->want) == 0, row->registry, &o);
    cpm_arena_release(&arena);
}

static void credentials_stay_where_they_belong(void)
{
    static const struct secret_row secrets[] = {
        {"bare/", "/", NULL, "0 Bearer one"},
        {"bare/", "/bare/", NULL, "0 Bearer one"},
        {"bare/", "/bare", NULL, "0 Bearer one"},
        {"bare/", "/ba", NULL, "0 "},
        {"bare/", "/team/", NULL, "0 "},
        {"bare/team/", "/bare/team/", NULL, "0 Bearer one"},
        {"to1/bare/", "/", NULL, "0 Bearer one, 1 "},
        {"to1userinfo/bare/", "/", NULL, "0 Bearer one, 1 "},
        {"to1/bare/", "/", "/", "0 Bearer one, 1 Bearer two"},
        {"to1/bare/", "/", "/team/", "0 Bearer one, 1 "},
        {"to0/bare/", "/", NULL, "0 Bearer one, 0 Bearer one"},
        {"to0/bare/", "/to0/", NULL, "0 Bearer one, 0 "},
        {"to1/to0/bare/", "/", NULL, "0 Bearer one, 1 , 0 Bearer one"},
        {"team/%2e%2e/bare/", "/team/", NULL, "0 "},
    };

    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        try_secret(&secrets[i]);
}

/* the cache */

static struct faults_outcome ask_in_mode(struct faults_client *c, enum cpm_cache_mode mode,
                                         const char *path, bool full)
{
    struct faults_outcome o;

    c->opts.mode = mode;
    faults_open_client(c, path);
    o = faults_get_packument(c, "pkg", full);
    o.packument = NULL;
    faults_close_loop(c);
    return o;
}

static void expect_requests(struct faults_client *c, enum cpm_cache_mode mode, const char *path,
                            bool full, uint64_t want, const char *what)
{
    struct faults_outcome o = ask_in_mode(c, mode, path, full);

    expect(o.status == 0 && o.requests == want, what, &o);
}

static void caches_answer_by_mode(void)
{
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    o = ask_in_mode(&c, CPM_OFFLINE, "etag/", false);
    expect(o.status == CPM_ENOTCACHED && o.requests == 0, "offline without a cache", &o);
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 1, "first");
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 0, "fresh for max-age");
    expect_requests(&c, CPM_PREFER_ONLINE, "etag/", false, 1, "prefer-online asks");
    expect_requests(&c, CPM_OFFLINE, "etag/", false, 0, "offline uses the cache");
    o = ask_in_mode(&c, CPM_OFFLINE, "etag/", true);
    expect(o.status == CPM_ENOTCACHED, "abbreviated does not answer for full", &o);
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", true, 1, "full is asked");
    expect_requests(&c, CPM_OFFLINE, "etag/", false, 0, "full answers for abbreviated");
    expect_requests(&c, CPM_CACHE_DEFAULT, "stale/", false, 1, "no max-age");
    expect_requests(&c, CPM_CACHE_DEFAULT, "stale/", false, 1, "revalidated");
    expect_requests(&c, CPM_PREFER_OFFLINE, "stale/", false, 0, "prefer-offline uses stale");
    expect_requests(&c, CPM_CACHE_DEFAULT, "bare/", false, 1, "no validators");
    expect_requests(&c, CPM_CACHE_DEFAULT, "bare/", false, 1, "no validators: asked again");
    expect_requests(&c, CPM_PREFER_OFFLINE, "bare/", false, 0, "no validators: still cached");
    o = ask_in_mode(&c, CPM_CACHE_DEFAULT, "always/404/3/", false);
    expect(o.status == CPM_E404 && strstr(o.text, "'pkg' is not in this registry."), "404", &o);
    o = ask_in_mode(&c, CPM_OFFLINE, "always/404/3/", false);
    expect(o.status == CPM_ENOTCACHED, "a 404 is not kept", &o);
    cpm_fs_remove(c.cache, NULL);
}

static int truncate_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return type == FTW_F ? truncate(path, 300) : 0;
}

static void damaged_cache_files_are_fetched_again(void)
{
    struct faults_client c = {.reg = NULL};

    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 1, "first");
    if (nftw(c.cache, truncate_file, 8, FTW_PHYS) != 0)
        abort();
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 1, "after damage");
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 0, "repaired");
    cpm_fs_remove(c.cache, NULL);
}

/* the other requests */

static char license[64];

static void manifest_done(struct cpm_manifest_request *req)
{
    struct faults_outcome *o = req->data;

    o->status = req->status;
    snprintf(license, sizeof(license), "%.*s", CPM_STR_ARG(req->license));
}

static void expect_license(const char *path, const char *want, uint64_t requests)
{
    struct cpm_manifest_request req = {
        .name = CPM_STR("pkg"), .version = CPM_STR("1.0.0"), .done = manifest_done};
    struct faults_outcome o = {.status = 1};
    struct faults_client c = {.reg = NULL};

    faults_open_client(&c, path);
    req.data = &o;
    if (cpm_manifest_start(c.reg, &req, NULL) < 0)
        abort();
    faults_run(&c, &o);
    snprintf(o.text, sizeof(o.text), "license %.60s", license);
    faults_close_client(&c);
    expect(o.status == 0 && strcmp(license, want) == 0 && o.requests == requests, path, &o);
}

static void licenses_come_the_cheapest_way(void)
{
    expect_license("bare/versions/", "\"ISC\"", 1);
    expect_license("bare/", "\"MIT\"", 2); /* no such document: the full packument */
}

static void bodies_are_sent(void)
{
    struct cpm_http_request req = {
        .method = "PUT", .body = CPM_STR("{\"a\":1}"), .max = 1000, .done = ignore_done};
    struct faults_outcome o = {.status = 0};
    struct faults_client c = {.reg = NULL};
    char url[300];

    faults_open_client(&c, "bare/");
    snprintf(url, sizeof(url), "%spkg", c.url);
    req.url = url;
    if (cpm_http_start(c.reg, &req, NULL) < 0)
        abort();
    faults_run(&c, &o);
    snprintf(o.text, sizeof(o.text), "%d %.*s", req.http_status, CPM_STR_ARG(req.answer));
    expect(req.status == 0 && req.http_status == 201 && cpm_str_is(req.answer, "{\"a\":1}") &&
               cpm_str_find(req.answer_headers, "X-Method: PUT") != CPM_NPOS,
           "PUT", &o);
    cpm_http_release(&req);
    faults_close_client(&c);
}

/* many at once */

#define MANY 120

static unsigned many_good;

static void many_done(struct cpm_packument_request *req)
{
    many_good += req->status == 0;
}

static void many_requests_share_connections_and_answers(void)
{
    static struct cpm_packument_request reqs[MANY];
    static char names[MANY][16];
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct faults_outcome o = {.status = 0};
    struct faults_client c = {.reg = NULL};
    struct cpm_str text;
    double most;

    control("/forget", &arena, &text);
    faults_open_client(&c, "bare/");
    for (int i = 0; i < MANY; i++) { /* each name twice */
        snprintf(names[i], sizeof(names[i]), "pkg%d", i / 2);
        reqs[i] = (struct cpm_packument_request){.name = cpm_str(names[i]), .done = many_done};
        if (cpm_packument_start(c.reg, &reqs[i], NULL) < 0)
            abort();
    }
    faults_run(&c, &o);
    faults_close_client(&c);
    read_log(o.text, sizeof(o.text), &most);
    o.text[0] = '\0';
    expect(many_good == MANY && o.requests == MANY / 2, "each name is asked once", &o);
    expect(most <= 17, "at most 15 connections, and the controls'", &o);
    cpm_arena_release(&arena);
}

static int cancels;

static void cancel_done(struct cpm_packument_request *req)
{
    cancels += req->status == CPM_ECANCELED;
}

static void freeing_cancels_what_runs(void)
{
    struct cpm_packument_request reqs[3];
    struct faults_outcome o = {.status = 0};
    struct faults_client c = {.reg = NULL};
    int turns = 20;

    faults_open_client(&c, "always/stall-mid/9/");
    for (int i = 0; i < 3; i++) {
        reqs[i] = (struct cpm_packument_request){.name = i == 1 ? CPM_STR("a") : CPM_STR("b"),
                                                 .done = cancel_done};
        if (cpm_packument_start(c.reg, &reqs[i], NULL) < 0)
            abort();
    }
    while (turns--)
        uv_run(&c.loop, UV_RUN_NOWAIT);
    cpm_registry_free(c.reg);
    expect(cancels == 3, "every done comes before free returns", &o);
    uv_run(&c.loop, UV_RUN_DEFAULT);
    expect(uv_loop_close(&c.loop) == 0, "no handle is left", &o);
    cpm_fs_remove(c.cache, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    faults_ports[0] = argv[1];
    faults_ports[1] = argv[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    learn_integrity();
    faults_of_one_moment_are_survived();
    faults_that_stay_end_cleanly();
    damage_is_asked_for_once_more();
    what_cannot_be_trusted_is_refused();
    unreachable_registries_fail_soon();
    credentials_stay_where_they_belong();
    caches_answer_by_mode();
    damaged_cache_files_are_fetched_again();
    licenses_come_the_cheapest_way();
    bodies_are_sent();
    many_requests_share_connections_and_answers();
    freeing_cancels_what_runs();
    printf("%u checks, %u wrong\n", rows, failures);
    return failures ? 1 : 0;
}
