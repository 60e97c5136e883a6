/* A credential goes out only when scheme, host, port and path all agree with the address it was
 * given for; everything doubtful is a no. */
#include "registry/http_url.h"

static bool is_odd(unsigned char c)
{
    return c <= ' ' || c == 0x7F || c == '\\';
}

static bool parse_port(struct cpm_str text, unsigned *port)
{
    uint64_t n;

    if (!cpm_str_u64(text, &n) || n == 0 || n > 65535)
        return false;
    *port = (unsigned)n;
    return true;
}

/* "host", "host:port", "[::1]:port". */
static bool parse_host(struct cpm_str text, unsigned default_port, struct cpm_str *host,
                       unsigned *port)
{
    size_t bracket = text.len && text.ptr[0] == '[' ? cpm_str_chr(text, ']') : CPM_NPOS;
    size_t from = bracket == CPM_NPOS ? 0 : bracket;
    size_t colon = cpm_str_chr(cpm_str_sub(text, from, text.len), ':');

    *port = default_port;
    *host = text;
    if (colon != CPM_NPOS) {
        *host = cpm_str_sub(text, 0, from + colon);
        if (from + colon + 1 < text.len &&
            !parse_port(cpm_str_sub(text, from + colon + 1, text.len), port))
            return false;
    }
    return host->len > 0;
}

static size_t authority_len(struct cpm_str s)
{
    size_t n = 0;

    while (n < s.len && s.ptr[n] != '/' && s.ptr[n] != '?' && s.ptr[n] != '#')
        n++;
    return n;
}

bool cpm_http_url_parse(struct cpm_str text, struct cpm_http_url *out)
{
    struct cpm_str rest, authority;
    size_t at;

    *out = (struct cpm_http_url){.https = false};
    for (size_t i = 0; i < text.len; i++)
        if (is_odd((unsigned char)text.ptr[i]))
            return false;
    out->https = cpm_str_eq_nocase(cpm_str_sub(text, 0, 8), CPM_STR("https://"));
    if (!out->https && !cpm_str_eq_nocase(cpm_str_sub(text, 0, 7), CPM_STR("http://")))
        return false;
    rest = cpm_str_sub(text, out->https ? 8 : 7, text.len);
    authority = cpm_str_sub(rest, 0, authority_len(rest));
    out->path = cpm_str_sub(rest, authority.len, rest.len);
    at = cpm_str_rchr(authority, '@');
    if (at != CPM_NPOS) {
        out->user = cpm_str_sub(authority, 0, at);
        authority = cpm_str_sub(authority, at + 1, authority.len);
    }
    return parse_host(authority, out->https ? 443 : 80, &out->host, &out->port);
}

bool cpm_http_url_same_origin(const struct cpm_http_url *a, const struct cpm_http_url *b)
{
    return a->https == b->https && a->port == b->port && cpm_str_eq_nocase(a->host, b->host);
}

/* "." and "..", plain or percent-encoded: a server may leave the folder that the path seems to be
 * in. */
static bool is_dots(struct cpm_str segment)
{
    unsigned dots = 0;

    while (segment.len) {
        size_t n = cpm_str_eq_nocase(cpm_str_sub(segment, 0, 3), CPM_STR("%2e")) ? 3
                   : segment.ptr[0] == '.'                                       ? 1
                                                                                 : 0;

        if (n == 0)
            return false;
        dots++;
        segment = cpm_str_sub(segment, n, segment.len);
    }
    return dots == 1 || dots == 2;
}

static bool has_dots(struct cpm_str path)
{
    struct cpm_str segment, rest = path;
    size_t end = 0;

    while (end < path.len && path.ptr[end] != '?' && path.ptr[end] != '#')
        end++;
    rest.len = end;
    if (!rest.ptr)
        return false;
    while (cpm_str_split(&rest, '/', &segment))
        if (is_dots(segment))
            return true;
    return false;
}

/* True when `path` is `folder` (with or without its last slash) or lies in it. */
static bool in_folder(struct cpm_str path, struct cpm_str folder)
{
    while (folder.len && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    if (path.len < folder.len || (folder.len && memcmp(path.ptr, folder.ptr, folder.len) != 0))
        return false;
    return path.len == folder.len || strchr("/?#", path.ptr[folder.len]) != NULL;
}

/* Length of the entry's path when it covers the URL, else -1. */
static int64_t covers(const struct cpm_auth_entry *entry, const struct cpm_http_url *url)
{
    struct cpm_str nerf = cpm_str(entry->nerf), host;
    size_t len;
    unsigned port;

    if (!cpm_str_starts(nerf, "//"))
        return -1;
    nerf = cpm_str_sub(nerf, 2, nerf.len);
    len = authority_len(nerf);
    if (!parse_host(cpm_str_sub(nerf, 0, len), url->https ? 443 : 80, &host, &port) ||
        port != url->port || !cpm_str_eq_nocase(host, url->host))
        return -1;
    nerf = cpm_str_sub(nerf, len, nerf.len);
    return in_folder(url->path, nerf) ? (int64_t)nerf.len : -1;
}

static bool is_registry_origin(const char *registry, const struct cpm_http_url *url)
{
    struct cpm_http_url parsed;

    return registry && cpm_http_url_parse(cpm_str(registry), &parsed) &&
           cpm_http_url_same_origin(&parsed, url);
}

static bool may_use_plain_http(const struct cpm_registry_options *opts,
                               const struct cpm_http_url *url)
{
    if (is_registry_origin(opts->registry, url))
        return true;
    for (size_t i = 0; i < opts->scope_count; i++)
        if (is_registry_origin(opts->scopes[i].url, url))
            return true;
    return false;
}

const struct cpm_auth_entry *cpm_auth_find(const struct cpm_registry_options *opts,
                                           const struct cpm_http_url *url)
{
    const struct cpm_auth_entry *best = NULL;
    int64_t best_len = -1;

    if (has_dots(url->path) || (!url->https && !may_use_plain_http(opts, url)))
        return NULL;
    for (size_t i = 0; i < opts->auth_count; i++) {
        int64_t len = covers(&opts->auth[i], url);

        if (len > best_len) {
            best = &opts->auth[i];
            best_len = len;
        }
    }
    return best;
}

static const char *port_text(struct cpm_arena *arena, const struct cpm_http_url *url)
{
    return url->port == (url->https ? 443 : 80) ? "" : cpm_arena_printf(arena, ":%u", url->port);
}

const char *cpm_url_bare(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_http_url url;
    size_t hash;

    if (!cpm_http_url_parse(text, &url))
        return "an address that is no URL";
    hash = cpm_str_chr(url.path, '#');
    if (hash != CPM_NPOS)
        url.path.len = hash;
    return cpm_arena_printf(arena, "%s://%.*s%s%s%.*s", url.https ? "https" : "http",
                            CPM_STR_ARG(url.host), port_text(arena, &url),
                            cpm_str_starts(url.path, "/") ? "" : "/", CPM_STR_ARG(url.path));
}

const char *cpm_url_name(struct cpm_arena *arena, struct cpm_str name)
{
    size_t slash = cpm_str_chr(name, '/');

    if (slash == CPM_NPOS)
        return cpm_arena_strndup(arena, name.ptr, name.len);
    return cpm_arena_printf(arena, "%.*s%%2f%.*s", (int)slash, name.ptr,
                            (int)(name.len - slash - 1), name.ptr + slash + 1);
}

static bool host_matches(const char *rule, const struct cpm_http_url *url)
{
    struct cpm_http_url full;

    if (strcmp(rule, "always") == 0)
        return true;
    if (strcmp(rule, "npmjs") == 0)
        rule = "registry." CPM_NPM_DOMAIN;
    if (cpm_http_url_parse(cpm_str(rule), &full))
        return cpm_str_eq_nocase(full.host, url->host) &&
               (full.path.len < 2 || in_folder(url->path, full.path));
    return cpm_str_eq_nocase(cpm_str(rule), url->host);
}

/* As npm's arborist: scheme, host and port become the registry's; its path is put in front unless
 * it stands there, or takes the place of the rule's own path. */
const char *cpm_url_replace_host(struct cpm_arena *arena, const char *rule, const char *registry,
                                 struct cpm_str text)
{
    struct cpm_http_url url, to, full;
    struct cpm_str folder, path;

    if (!rule)
        rule = "npmjs";
    if (strcmp(rule, "never") == 0 || !cpm_http_url_parse(text, &url) ||
        !host_matches(rule, &url) || !cpm_http_url_parse(cpm_str(registry), &to))
        return cpm_arena_strndup(arena, text.ptr, text.len);
    folder = to.path;
    while (folder.len && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    path = url.path;
    if (cpm_http_url_parse(cpm_str(rule), &full) && full.path.len > 1)
        path = cpm_str_sub(path, full.path.len - cpm_str_ends(full.path, "/"), path.len);
    else if (folder.len && in_folder(path, folder))
        folder.len = 0;
    return cpm_arena_printf(arena, "%.*s%.*s%.*s", (int)(to.path.ptr - registry), registry,
                            CPM_STR_ARG(folder), CPM_STR_ARG(path));
}
