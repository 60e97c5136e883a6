/* Single scenes of the registry client: damage, refusals, credentials, TLS, cache modes, licenses,
 * many requests at once, the end. */
#include "registry_client.h"

#include "base/fs.h"
#include "base/json.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void damage_is_asked_for_once_more(void)
{
    struct faults_client c = {.reg = NULL};
    char url[512];
    struct faults_outcome o;

    faults_open_client(&c, "always/bit-flip/2/");
    snprintf(url, sizeof(url), "%spkg/-/pkg-1.0.0.tgz", c.url);
    o = faults_get_tarball(&c, url, faults_integrity);
    faults_expect(o.requests == 2 && o.ms < 2000 &&
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
    faults_expect(o.status == CPM_EINTEGRITY && o.requests == 0, "md5 alone is no integrity", &o);
    o = faults_get_tarball(&c, url, "sha999-AAAA");
    faults_expect(o.status == CPM_EINTEGRITY, "an unknown hash is no integrity", &o);
    o = faults_get_tarball(&c, url, "");
    faults_expect(o.status == 0, "without integrity the hash is made", &o);
    o = faults_get_tarball(&c, "file:///etc/hostname", "");
    faults_expect(o.status == CPM_EUNSUPPORTEDPROTOCOL, "file: is refused", &o);
    o = faults_get_tarball(&c, "ftp://127.0.0.1/x.tgz", "");
    faults_expect(o.status == CPM_EUNSUPPORTEDPROTOCOL, "ftp: is refused", &o);
    faults_close_client(&c);
}

static void unreachable_registries_fail_soon(void)
{
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    faults_open_client(&c, "bare/");
    o = faults_get_tarball(&c, "http://127.0.0.1:1/x.tgz", "");
    faults_expect(o.status == CPM_ECONNREFUSED && o.ms < 1500 && o.requests <= 2,
                  "refused connection", &o);
    o = faults_get_tarball(&c, "http://no-such-host.invalid/x.tgz", "");
    faults_expect(o.status == CPM_ENOTFOUND && o.ms < 10000 && o.requests <= 2, "unknown host", &o);
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
    faults_expect(strcmp(log, row->want) == 0, row->registry, &o);
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

/* TLS */

/* A tarball of the TLS port; `path` stands before it. */
static struct faults_outcome get_by_tls(struct faults_client *c, const char *port, const char *path)
{
    char url[256];

    snprintf(url, sizeof(url), "https://127.0.0.1:%s/%s/pkg/-/pkg-1.0.0.tgz", port, path);
    return faults_get_tarball(c, url, faults_integrity);
}

static void certificates_are_checked(const char *port, const char *cafile)
{
    struct faults_client trusting = {.reg = NULL}, strange = {.reg = NULL};
    struct faults_outcome o;

    trusting.opts.cafile = cafile;
    faults_open_client(&trusting, "bare/");
    o = get_by_tls(&trusting, port, "bare");
    faults_expect(o.status == 0, "an authority that cafile names", &o);
    o = get_by_tls(&trusting, port, "to0/bare");
    faults_expect(o.status == CPM_ENETWORK && strstr(o.text, "https to plain http"),
                  "no redirect from https to http", &o);
    faults_close_client(&trusting);
    faults_open_client(&strange, "bare/");
    o = get_by_tls(&strange, port, "bare");
    faults_expect(o.status == CPM_ECERTSELFSIGNED && o.requests == 1 && strstr(o.text, "cafile"),
                  "an unknown authority is asked once and the error has a hint", &o);
    faults_close_client(&strange);
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

    faults_expect(o.status == 0 && o.requests == want, what, &o);
}

static void caches_answer_by_mode(void)
{
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    o = ask_in_mode(&c, CPM_OFFLINE, "etag/", false);
    faults_expect(o.status == CPM_ENOTCACHED && o.requests == 0, "offline without a cache", &o);
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 1, "first");
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", false, 0, "fresh for max-age");
    expect_requests(&c, CPM_PREFER_ONLINE, "etag/", false, 1, "prefer-online asks");
    expect_requests(&c, CPM_OFFLINE, "etag/", false, 0, "offline uses the cache");
    o = ask_in_mode(&c, CPM_OFFLINE, "etag/", true);
    faults_expect(o.status == CPM_ENOTCACHED, "abbreviated does not answer for full", &o);
    expect_requests(&c, CPM_CACHE_DEFAULT, "etag/", true, 1, "full is asked");
    expect_requests(&c, CPM_OFFLINE, "etag/", false, 0, "full answers for abbreviated");
    o = ask_in_mode(&c, CPM_PREFER_ONLINE, "etag/", false);
    faults_expect(o.requests == 1 && o.from_cache, "a full document is confirmed as one", &o);
    expect_requests(&c, CPM_CACHE_DEFAULT, "stale/", false, 1, "no max-age");
    expect_requests(&c, CPM_CACHE_DEFAULT, "stale/", false, 1, "revalidated");
    expect_requests(&c, CPM_PREFER_OFFLINE, "stale/", false, 0, "prefer-offline uses stale");
    expect_requests(&c, CPM_CACHE_DEFAULT, "bare/", false, 1, "no validators");
    expect_requests(&c, CPM_CACHE_DEFAULT, "bare/", false, 1, "no validators: asked again");
    expect_requests(&c, CPM_PREFER_OFFLINE, "bare/", false, 0, "no validators: still cached");
    o = ask_in_mode(&c, CPM_CACHE_DEFAULT, "always/404/3/", false);
    faults_expect(o.status == CPM_E404 && strstr(o.text, "resource 'pkg' could not be found"),
                  "404", &o);
    o = ask_in_mode(&c, CPM_OFFLINE, "always/404/3/", false);
    faults_expect(o.status == CPM_ENOTCACHED, "a 404 is not kept", &o);
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
    faults_expect(o.status == 0 && strcmp(license, want) == 0 && o.requests == requests, path, &o);
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
    faults_expect(req.status == 0 && req.http_status == 201 &&
                      cpm_str_is(req.answer, "{\"a\":1}") &&
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
    faults_expect(many_good == MANY && o.requests == MANY / 2, "each name is asked once", &o);
    faults_expect(most <= 17, "at most 15 connections, and the controls'", &o);
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
    faults_expect(cancels == 3, "every done comes before free returns", &o);
    uv_run(&c.loop, UV_RUN_DEFAULT);
    faults_expect(uv_loop_close(&c.loop) == 0, "no handle is left", &o);
    cpm_fs_remove(c.cache, NULL);
}

void faults_play_scenes(const char *tls_port, const char *cafile)
{
    damage_is_asked_for_once_more();
    what_cannot_be_trusted_is_refused();
    unreachable_registries_fail_soon();
    credentials_stay_where_they_belong();
    if (tls_port)
        certificates_are_checked(tls_port, cafile);
    caches_answer_by_mode();
    damaged_cache_files_are_fetched_again();
    licenses_come_the_cheapest_way();
    bodies_are_sent();
    many_requests_share_connections_and_answers();
    freeing_cancels_what_runs();
}
