/* URLs as the client must look at them: who gets a credential, and what may be shown. Pure. */
#ifndef CPM_REGISTRY_HTTP_URL_H
#define CPM_REGISTRY_HTTP_URL_H

#include "base/arena.h"
#include "registry/registry.h"

struct cpm_http_url { /* views into the text */
    bool https;
    struct cpm_str user; /* "user:password", "" when none */
    struct cpm_str host; /* as written, [::1] with its brackets */
    unsigned port;       /* 80 or 443 when none is written */
    struct cpm_str path; /* from '/' to the end, query included; "" when none */
};

/* False for anything but http and https, and for URLs with control characters, spaces or '\\'. */
bool cpm_http_url_parse(struct cpm_str text, struct cpm_http_url *out);
bool cpm_http_url_same_origin(const struct cpm_http_url *a, const struct cpm_http_url *b);
/* The entry whose address covers the URL, longest path first; NULL when none does. Never one for
 * another port or host, never for a path with "." or ".." in it, and for plain http only when a
 * registry is configured at that very http origin. */
const struct cpm_auth_entry *cpm_auth_find(const struct cpm_registry_options *opts,
                                           const struct cpm_http_url *url);
/* The URL without user and password, for requests and messages. */
const char *cpm_url_bare(struct cpm_arena *arena, struct cpm_str text);
/* A package name as a path segment: "@scope/name" is "@scope%2fname", as npm writes it. */
const char *cpm_url_name(struct cpm_arena *arena, struct cpm_str name);
/* replace-registry-host: the URL with the registry's scheme, host and port when the rule says so.
 */
const char *cpm_url_replace_host(struct cpm_arena *arena, const char *rule, const char *registry,
                                 struct cpm_str url);

#endif
