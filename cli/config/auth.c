/* From configuration to what the registry client needs. A credential keeps the address it was given
 * for ("//host/path/"); one without address is an error, never a guess. */
#include "base/digest.h"
#include "base/path.h"
#include "cli/config/expand.h"
#include "cli/config/internal.h"
#include "registry/registry.h"

#define AUTH_MAX 1024

struct auth_list {
    struct cpm_config *c;
    struct cpm_auth_entry *v;
    size_t count;
};

/* "//host/path/:key" in two; the address always ends in '/'. */
static bool split_key(struct cpm_arena *arena, struct cpm_str key, const char **nerf,
                      struct cpm_str *name)
{
    size_t colon = cpm_str_rchr(key, ':');
    if (!cpm_str_starts(key, "//") || colon == CPM_NPOS)
        return false;
    struct cpm_str address = cpm_str_sub(key, 0, colon);
    *name = cpm_str_sub(key, colon + 1, key.len);
    *nerf = cpm_arena_printf(arena, "%.*s%s", CPM_STR_ARG(address),
                             cpm_str_ends(address, "/") ? "" : "/");
    return cpm_nerf_key(*name);
}

static const char *raw(const struct auth_list *l, const char *nerf, const char *name)
{
    struct cpm_config *c = l->c;
    const char *value = cpm_config_raw(c, cpm_arena_printf(c->arena, "%s:%s", nerf, name));
    if (!value) /* written without the slash at the end */
        value = cpm_config_raw(
            c, cpm_arena_printf(c->arena, "%.*s:%s", (int)strlen(nerf) - 1, nerf, name));
    return value && *value ? value : NULL;
}

/* username + _password, the latter in base64. */
static const char *basic_of(const struct auth_list *l, const char *nerf)
{
    struct cpm_arena *arena = l->c->arena;
    const char *user = raw(l, nerf, "username"), *password = raw(l, nerf, "_password");
    struct cpm_str plain;
    if (!user || !password || !cpm_base64_decode(arena, cpm_str(password), &plain))
        return raw(l, nerf, "_auth");
    const char *both = cpm_arena_printf(arena, "%s:%.*s", user, CPM_STR_ARG(plain));
    return cpm_base64(arena, both, strlen(both));
}

static void add_entry(struct auth_list *l, const char *nerf)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->v[i].nerf, nerf) == 0)
            return;
    struct cpm_auth_entry e = {.nerf = nerf, .token = raw(l, nerf, "_authToken")};
    e.basic = e.token ? NULL : basic_of(l, nerf);
    e.certfile = raw(l, nerf, "certfile");
    e.keyfile = raw(l, nerf, "keyfile");
    if (!e.certfile || !e.keyfile)
        e.certfile = e.keyfile = NULL;
    if (e.token || e.basic || e.certfile)
        l->v[l->count++] = e;
}

static void collect_auth(struct cpm_config *c, struct cpm_registry_options *out)
{
    struct auth_list l = {.c = c, .v = CPM_NEW_ARRAY(c->arena, struct cpm_auth_entry, AUTH_MAX)};
    for (int where = CPM_CONFIG_CLI; where > 0; where--)
        for (size_t i = 0; i < c->seen[where].count && l.count < AUTH_MAX; i++) {
            const char *nerf;
            struct cpm_str name;
            if (split_key(c->arena, c->seen[where].v[i].key, &nerf, &name))
                add_entry(&l, nerf);
        }
    out->auth = l.v;
    out->auth_count = l.count;
}

static const char *with_slash(struct cpm_arena *arena, const char *url)
{
    return cpm_str_ends(cpm_str(url), "/") ? url : cpm_arena_printf(arena, "%s/", url);
}

static bool has_scope(const struct cpm_scope_registry *v, size_t count, const char *scope)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(v[i].scope, scope) == 0)
            return true;
    return false;
}

static void collect_scopes(struct cpm_config *c, struct cpm_registry_options *out)
{
    static const char suffix[] = ":registry";
    size_t count = 0, max = 1;
    for (int where = CPM_CONFIG_CLI; where > 0; where--)
        max += c->seen[where].count;
    struct cpm_scope_registry *v = CPM_NEW_ARRAY(c->arena, struct cpm_scope_registry, max);
    for (int where = CPM_CONFIG_CLI; where > 0; where--)
        for (size_t i = 0; i < c->seen[where].count; i++) {
            const struct cpm_field *f = &c->seen[where].v[i];
            if (f->key.len < sizeof(suffix) || f->key.ptr[0] != '@' ||
                !cpm_str_ends(f->key, suffix) || f->value.kind != CPM_VALUE_STRING)
                continue;
            const char *scope =
                cpm_arena_strndup(c->arena, f->key.ptr, f->key.len - sizeof(suffix) + 1);
            if (!has_scope(v, count, scope))
                v[count++] =
                    (struct cpm_scope_registry){scope, with_slash(c->arena, f->value.text.ptr)};
        }
    out->scopes = v;
    out->scope_count = count;
}

static const char *env_any(const struct cpm_config *c, const char *const *names)
{
    for (; *names; names++) {
        const char *text = cpm_environ_get(c->in.environ_, cpm_str(*names));
        if (text && *text)
            return text;
    }
    return NULL;
}

static const char *list_text(struct cpm_config *c, const char *key, const char *between)
{
    struct cpm_buf text = CPM_BUF_INIT(4u << 20);
    for (const char *const *item = cpm_config_list(c, key); *item; item++)
        cpm_buf_addf(&text, "%s%s", text.len ? between : "", *item);
    const char *copy = text.len ? cpm_arena_strndup(c->arena, text.ptr, text.len) : NULL;
    cpm_buf_release(&text);
    return copy;
}

static void collect_proxies(struct cpm_config *c, struct cpm_registry_options *out)
{
    static const char *const https[] = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy",
                                        "PROXY",       "proxy",       NULL};
    static const char *const http[] = {"HTTP_PROXY", "http_proxy", "PROXY", "proxy", NULL};
    static const char *const none[] = {"NO_PROXY", "no_proxy", NULL};
    const struct cpm_value *proxy = cpm_config_seen(c, CPM_STR("proxy"));
    bool refused = proxy && proxy->kind == CPM_VALUE_BOOL && !proxy->truth;
    out->proxy = cpm_config_str(c, "proxy");
    out->https_proxy = cpm_config_str(c, "https-proxy");
    if (!out->https_proxy)
        out->https_proxy = out->proxy;
    if (!out->proxy && !refused)
        out->proxy = env_any(c, http);
    if (!out->https_proxy && !refused)
        out->https_proxy = env_any(c, https);
    out->noproxy = list_text(c, "noproxy", ",");
    if (!out->noproxy)
        out->noproxy = env_any(c, none);
}

static enum cpm_cache_mode cache_mode(const struct cpm_config *c)
{
    if (cpm_config_bool(c, "offline"))
        return CPM_OFFLINE;
    if (cpm_config_bool(c, "prefer-online"))
        return CPM_PREFER_ONLINE;
    return cpm_config_bool(c, "prefer-offline") ? CPM_PREFER_OFFLINE : CPM_CACHE_DEFAULT;
}

static unsigned count_of(const struct cpm_config *c, const char *key, double max)
{
    double n = cpm_config_num(c, key);
    return n > 0 ? (unsigned)(n < max ? n : max) : 0;
}

/* "\n" written out in a one-line PEM of an .npmrc. */
static const char *pem_text(struct cpm_config *c, const char *text)
{
    if (!text || !strstr(text, "\\n"))
        return text;
    char *out = cpm_arena_strndup(c->arena, text, strlen(text)), *to = out;
    for (const char *from = out; *from; from++) {
        bool escape = from[0] == '\\' && from[1] == 'n';
        *to++ = escape ? '\n' : *from;
        from += escape;
    }
    *to = '\0';
    return out;
}

static void collect_limits(struct cpm_config *c, struct cpm_registry_options *out)
{
    const double max = 1u << 30;
    out->max_sockets = count_of(c, "maxsockets", 1024);
    out->retries = count_of(c, "fetch-retries", 100);
    out->retry_factor = count_of(c, "fetch-retry-factor", 1000);
    out->retry_min_ms = count_of(c, "fetch-retry-mintimeout", max);
    out->retry_max_ms = count_of(c, "fetch-retry-maxtimeout", max);
    out->timeout_ms = count_of(c, "fetch-timeout", max);
    if (out->max_sockets == 0)
        out->max_sockets = 15;
}

int cpm_config_registry(struct cpm_config *c, struct cpm_registry_options *out,
                        struct cpm_error *err)
{
    const char *registry = cpm_config_str(c, "registry");
    const char *cache = cpm_config_str(c, "cache");
    struct cpm_str href;
    *out = (struct cpm_registry_options)CPM_REGISTRY_OPTIONS_INIT;
    if (!registry || !cpm_url_normalize(c->arena, cpm_str(registry), &href))
        return cpm_error_set(err, CPM_ECONFIG, "the registry's address is no URL: '%s'",
                             registry ? registry : "");
    out->registry = with_slash(c->arena, href.ptr);
    collect_scopes(c, out);
    collect_auth(c, out);
    collect_proxies(c, out);
    collect_limits(c, out);
    out->cache_dir = cpm_path_join(c->arena, cache ? cache : c->home, "_cpm");
    out->cafile = cpm_config_str(c, "cafile");
    out->ca = pem_text(c, list_text(c, "ca", "\n"));
    out->cert = pem_text(c, cpm_config_str(c, "cert"));
    out->key = pem_text(c, cpm_config_str(c, "key"));
    out->strict_ssl = cpm_config_bool(c, "strict-ssl");
    out->verify_signatures = cpm_config_where(c, "verify-signatures") == CPM_CONFIG_DEFAULT ||
                             cpm_config_bool(c, "verify-signatures");
    out->mode = cache_mode(c);
    out->replace_host = cpm_config_str(c, "replace-registry-host");
    out->npm_command = c->command;
    return 0;
}
