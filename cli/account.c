/* Credentials are bound to an address without its scheme ("//host/path/"). A file that holds
 * several kinds for one address is asked for the token first, so a new token takes the others away.
 */
#include "cli/account.h"

#include "base/digest.h"
#include "cli/config/config.h"
#include "cli/config/show.h"
#include "registry/endpoints.h"
#include "registry/http_url.h"

#define CHANGES 16

static const char *with_slash(struct cpm_arena *arena, const char *url)
{
    return cpm_str_ends(cpm_str(url), "/") ? url : cpm_arena_printf(arena, "%s/", url);
}

const char *cpm_account_registry(struct cpm_cli *cli)
{
    const char *registry = cpm_config_str(cli->config, "registry");
    const char *scope = cpm_config_str(cli->config, "scope");
    if (scope && *scope) {
        const char *own =
            cpm_config_raw(cli->config, cpm_arena_printf(cli->arena, "%s:registry", scope));
        if (own && cpm_config_where(cli->config, "registry") != CPM_CONFIG_CLI)
            registry = own;
    }
    return with_slash(cli->arena, registry);
}

const char *cpm_account_nerf(struct cpm_arena *arena, const char *registry)
{
    struct cpm_http_url url;
    if (!cpm_http_url_parse(cpm_str(registry), &url))
        return cpm_arena_printf(arena, "//%s", registry);
    size_t slash = cpm_str_rchr(url.path, '/');
    struct cpm_str path = slash == CPM_NPOS ? CPM_STR("/") : cpm_str_sub(url.path, 0, slash + 1);
    bool usual = url.port == (url.https ? 443 : 80);
    if (usual)
        return cpm_arena_printf(arena, "//%.*s%.*s", CPM_STR_ARG(url.host), CPM_STR_ARG(path));
    return cpm_arena_printf(arena, "//%.*s:%u%.*s", CPM_STR_ARG(url.host), url.port,
                            CPM_STR_ARG(path));
}

struct changes {
    struct cpm_arena *arena;
    const char *nerf;
    struct cpm_config_change v[CHANGES];
    size_t count;
};

static void change(struct changes *c, const char *key, const char *value)
{
    c->v[c->count++] = (struct cpm_config_change){
        .key = cpm_arena_printf(c->arena, "%s:%s", c->nerf, key), .value = value};
}

static void change_scope(struct changes *c, const char *scope, const char *registry)
{
    if (scope && *scope)
        c->v[c->count++] = (struct cpm_config_change){
            .key = cpm_arena_printf(c->arena, "%s:registry", scope), .value = registry};
}

int cpm_account_save(struct cpm_cli *cli, const char *registry, const char *scope,
                     const char *token, struct cpm_error *err)
{
    struct changes c = {.arena = cli->arena, .nerf = cpm_account_nerf(cli->arena, registry)};
    change(&c, "_authToken", token);
    change(&c, "_password", NULL);
    change(&c, "username", NULL);
    change(&c, "email", NULL);
    change(&c, "always-auth", NULL);
    change_scope(&c, scope, registry);
    return cpm_config_store(cli->config, CPM_CONFIG_USER, c.v, c.count, err);
}

/* The level that a credential comes from; a file's, for nothing else can be written. */
static enum cpm_config_source level_of(struct cpm_cli *cli, const char *nerf)
{
    static const char *const keys[] = {"_authToken", "_auth", "username", "certfile"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *key = cpm_arena_printf(cli->arena, "%s:%s", nerf, keys[i]);
        if (cpm_config_raw(cli->config, key)) {
            enum cpm_config_source where = cpm_config_where(cli->config, key);
            return where == CPM_CONFIG_PROJECT || where == CPM_CONFIG_GLOBAL ? where
                                                                             : CPM_CONFIG_USER;
        }
    }
    return CPM_CONFIG_USER;
}

int cpm_account_forget(struct cpm_cli *cli, const char *registry, const char *scope,
                       struct cpm_error *err)
{
    static const char *const keys[] = {"_authToken", "_auth",    "_password", "username",
                                       "email",      "certfile", "keyfile"};
    struct changes c = {.arena = cli->arena, .nerf = cpm_account_nerf(cli->arena, registry)};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        change(&c, keys[i], NULL);
    change_scope(&c, scope, NULL);
    return cpm_config_store(cli->config, level_of(cli, c.nerf), c.v, c.count, err);
}

/* "user:password" in base64 as it stands in the configuration. */
static const char *name_of_basic(struct cpm_arena *arena, const char *basic)
{
    struct cpm_str plain;
    if (!basic || !cpm_base64_decode(arena, cpm_str(basic), &plain))
        return NULL;
    size_t colon = cpm_str_chr(plain, ':');
    return cpm_arena_str(arena, cpm_str_sub(plain, 0, colon)).ptr;
}

int cpm_account_name(struct cpm_net *net, const char **name, struct cpm_error *err)
{
    struct cpm_arena *arena = net->cli->arena;
    struct cpm_net_call call = {.url = CPM_ENDPOINT_WHOAMI};
    struct cpm_http_url url;
    const struct cpm_auth_entry *auth = cpm_http_url_parse(cpm_str(net->opts.registry), &url)
                                            ? cpm_auth_find(&net->opts, &url)
                                            : NULL;
    *name = auth && !auth->token ? name_of_basic(arena, auth->basic) : NULL;
    if (*name)
        return 0;
    if (auth && (auth->token || (auth->certfile && auth->keyfile))) {
        int rc = cpm_net_exchange(net, &call, err);
        struct cpm_str text = cpm_arena_str(arena, cpm_json_get_str(call.json, "username"));
        cpm_json_free(call.json);
        if (rc < 0)
            return rc;
        if (text.len) {
            *name = text.ptr;
            return 0;
        }
    }
    return cpm_error_set(err, CPM_ENEEDAUTH, "This command requires you to be logged in.");
}
