/* A registry client on a libuv loop: packuments and tarballs, cached, retried, verified. The
 * install flow and the commands start requests; `done` comes exactly once, on the loop, never from
 * inside _start. Not thread-safe: one loop, one thread. All request structs are the caller's and
 * must live until done. */
#ifndef CPM_REGISTRY_REGISTRY_H
#define CPM_REGISTRY_REGISTRY_H

#include "base/error.h"
#include "registry/options.h"
#include "registry/packument.h"

#include <uv.h>

#define CPM_NPM_DOMAIN       "npmjs.org"
#define CPM_YARN_DOMAIN      "yarnpkg.com" /* the same packages under another name */
#define CPM_DEFAULT_REGISTRY "https://registry." CPM_NPM_DOMAIN "/"
#define CPM_NPM_PAGE         "https://www.npmjs.com/package/" /* a name behind it */
#define CPM_NPM_SHORT        "https://npm.im/"                /* the same */

struct cpm_registry;

/* Opens the cache folder and reads nothing else; libcurl is loaded by the first request that needs
 * the network. */
int cpm_registry_new(uv_loop_t *loop, const struct cpm_registry_options *opts,
                     struct cpm_registry **out, struct cpm_error *err);
/* Loads, unless these options say offline, what the first request to the network needs, ahead of
 * it. Any thread. */
void cpm_registry_preload(const struct cpm_registry_options *opts);
/* Gives up what is asked of the network (their `done` comes with CPM_ECANCELED before this
 * returns), and asks it nothing more. Packuments stay. */
void cpm_registry_cancel(struct cpm_registry *reg);
/* Cancels what runs (their `done` comes with CPM_ECANCELED before this returns) and frees.
 * Packuments it gave die with it. */
void cpm_registry_free(struct cpm_registry *reg);

/* The registry's address for a package name (scope rules); ends in '/'. */
const char *cpm_registry_url_for(const struct cpm_registry *reg, struct cpm_str name);

struct cpm_packument_request {
    /* in */
    struct cpm_str name;
    bool full;     /* licenses, times, scripts: needs the full document */
    bool no_cache; /* ask anew even if fresh */
    void *data;
    void (*done)(struct cpm_packument_request *req);
    /* out */
    int status; /* 0, CPM_E404, CPM_E401, CPM_E403, CPM_ENETWORK, CPM_ETIMEDOUT, CPM_ENOTCACHED, …
                 */
    struct cpm_error err;
    const struct cpm_packument *packument; /* owned by the registry, lives as long as it */
    bool from_cache;
    int64_t fresh_until_ms; /* since the epoch: until then nobody need ask again; 0: not at all */
    void *internal;
};
int cpm_packument_start(struct cpm_registry *reg, struct cpm_packument_request *req,
                        struct cpm_error *err);
/* The packument if it is in memory already, or valid in the cache without asking (offline modes and
 * max-age), else NULL. Synchronous. */
const struct cpm_packument *cpm_packument_peek(struct cpm_registry *reg, struct cpm_str name,
                                               bool full);

/* One version's own document (GET name/version): small, has the license; falls back to the full
 * packument. */
struct cpm_manifest_request {
    struct cpm_str name, version;
    void *data;
    void (*done)(struct cpm_manifest_request *req);
    int status;
    struct cpm_error err;
    struct cpm_str
        license; /* raw JSON, reduced as in the lock; "" when it has none; owned by the registry */
    void *internal;
};
int cpm_manifest_start(struct cpm_registry *reg, struct cpm_manifest_request *req,
                       struct cpm_error *err);

struct cpm_tarball_request {
    /* in */
    struct cpm_str
        url; /* http(s) only; redirects are followed without credentials of another origin */
    struct cpm_str name;      /* package, for messages */
    struct cpm_str integrity; /* "" when none is known: the sha512 is computed and given back */
    /* Raw JSON of dist.signatures: they must be right for "name:integrity", where the registry
     * publishes keys; `name` is "name@version" then. "": none. */
    struct cpm_str signatures;
    bool once; /* do not try again: the caller has another way */
    void *data;
    void (*done)(struct cpm_tarball_request *req);
    /* out */
    int status; /* 0 or CPM_EINTEGRITY, CPM_EINTEGRITYSIGNATURE, CPM_E404, CPM_ENETWORK, … */
    struct cpm_error err;
    char *bytes; /* the verified tarball; the caller takes it (cpm_free) */
    size_t size;
    unsigned char sha512[64];
    void *internal;
};
int cpm_tarball_start(struct cpm_registry *reg, struct cpm_tarball_request *req,
                      struct cpm_error *err);

/* Any other exchange (publish, login, audit …). */
struct cpm_http_request {
    const char *method;         /* "GET", "PUT", "POST", "DELETE" */
    const char *url;            /* absolute */
    const char *const *headers; /* "Name: value", NULL-ended, or NULL */
    struct cpm_str body;
    bool auth;  /* attach the credentials bound to the address */
    bool retry; /* safe to repeat */
    size_t max; /* cap of the answer */
    void *data;
    void (*done)(struct cpm_http_request *req);
    int status; /* 0 when an answer came, whatever its HTTP code */
    struct cpm_error err;
    int http_status;
    struct cpm_str answer;         /* owned by the request until cpm_http_release */
    struct cpm_str answer_headers; /* raw lines */
    void *internal;
};
int cpm_http_start(struct cpm_registry *reg, struct cpm_http_request *req, struct cpm_error *err);
/* The error of an answer with an HTTP status of 400 and more, in npm's words. Before release. */
int cpm_http_request_error(const struct cpm_http_request *req, struct cpm_error *err);
void cpm_http_release(struct cpm_http_request *req);

/* For progress lines: counters that only grow. */
struct cpm_registry_stats {
    uint64_t requests, answers, bytes, retries, from_cache;
    unsigned active;
};
void cpm_registry_stats(const struct cpm_registry *reg, struct cpm_registry_stats *out);

#endif
