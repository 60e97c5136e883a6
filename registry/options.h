/* What configuration says about the network. The cli fills it from .npmrc, environment and command
 * line; the registry client reads it. Strings are borrowed and outlive the registry. */
#ifndef CPM_REGISTRY_OPTIONS_H
#define CPM_REGISTRY_OPTIONS_H

#include "base/str.h"

/* One credential or client certificate, bound to the address it was given for: "//host:port/path/".
 */
struct cpm_auth_entry {
    const char *nerf;  /* "//localhost:4873/team/" */
    const char *token; /* _authToken, or NULL */
    const char *basic; /* base64 of user:password (_auth, or username + _password), or NULL */
    const char *certfile, *keyfile; /* or NULL */
};

struct cpm_scope_registry {
    const char *scope; /* "@scope" */
    const char *url;   /* ends in '/' */
};

enum cpm_cache_mode { CPM_CACHE_DEFAULT, CPM_PREFER_OFFLINE, CPM_OFFLINE, CPM_PREFER_ONLINE };

/* Everything configuration says about the network; strings outlive the registry. */
struct cpm_registry_options {
    const char *registry; /* default registry, ends in '/' */
    const struct cpm_scope_registry *scopes;
    size_t scope_count;
    const struct cpm_auth_entry *auth;
    size_t auth_count;
    const char *cache_dir; /* absolute; cpm's own folder below npm's cache folder */
    const char *user_agent;
    const char *proxy, *https_proxy, *noproxy; /* or NULL */
    const char *cafile;                        /* or NULL: the system's */
    const char *ca;                            /* PEM text, or NULL */
    const char *cert, *key;                    /* PEM texts, or NULL */
    bool strict_ssl;
    bool verify_signatures; /* of tarballs, where the registry gives signatures and keys */
    enum cpm_cache_mode mode;
    unsigned max_sockets; /* per host for HTTP/1.1 */
    unsigned retries;     /* after the first try */
    unsigned retry_factor;
    unsigned retry_min_ms, retry_max_ms;
    unsigned timeout_ms;      /* of one whole request */
    unsigned stall_ms;        /* no byte for so long is a failure */
    size_t packument_max;     /* bytes after inflation */
    size_t tarball_max;       /* bytes on the wire */
    const char *replace_host; /* replace-registry-host: "npmjs", "never", "always" or a host */
    const char *npm_command;  /* npm-command header, or NULL */
    /* What an answer wants users to read (its npm-notice header); on the loop; or NULL. */
    void (*notice)(void *data, struct cpm_str text);
    void *notice_data;
};
#define CPM_REGISTRY_OPTIONS_INIT                                                                  \
    {                                                                                              \
        .strict_ssl = true, .verify_signatures = true, .max_sockets = 15, .retries = 2,            \
        .retry_factor = 10, .retry_min_ms = 1000, .retry_max_ms = 60000, .timeout_ms = 300000,     \
        .stall_ms = 15000, .packument_max = 256u << 20, .tarball_max = 512u << 20                  \
    }

#endif
