/* cpm login, adduser, logout. Two ways in: the registry's page in a browser, which gives a token
 * when the user is done there, and couch's: name and password, put as a document. A registry that
 * knows no pages answers the first with 4xx, and the second is tried. */
#include "cli/commands.h"

#include "base/digest.h"
#include "cli/account.h"
#include "cli/config/config.h"
#include "cli/config/show.h"
#include "cli/prompt.h"
#include "cli/term.h"
#include "registry/endpoints.h"

#include <time.h>

struct login {
    struct cpm_cli *cli;
    struct cpm_net net;
    bool create; /* adduser */
    const char *registry;
    const char *user, *password, *email;
};

static struct cpm_json *user_document(const struct login *l)
{
    struct cpm_json *doc = cpm_json_new_object();
    char date[32];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
    cpm_json_set_str(doc, "_id",
                     cpm_str(cpm_arena_printf(l->cli->arena, "org.couchdb.user:%s", l->user)));
    cpm_json_set_str(doc, "name", cpm_str(l->user));
    cpm_json_set_str(doc, "password", cpm_str(l->password));
    if (l->create)
        cpm_json_set_str(doc, "email", cpm_str(l->email));
    cpm_json_set_str(doc, "type", CPM_STR("user"));
    cpm_json_set(doc, CPM_STR("roles"), cpm_json_new_array());
    cpm_json_set_str(doc, "date", cpm_str(date));
    return doc;
}

static int ask_user(struct login *l, struct cpm_error *err)
{
    int rc = cpm_prompt(l->cli, "Username:", false, NULL, &l->user, err);
    if (rc == 0)
        rc = cpm_prompt(l->cli, "Password:", true, NULL, &l->password, err);
    if (rc == 0 && l->create)
        rc = cpm_prompt(l->cli, "Email (this will be public):", false, NULL, &l->email, err);
    return rc;
}

/* The registry knows the user: the document that it has is sent back, changed, in the name of who
 * knows the password. */
static int put_revision(struct login *l, const char *url, struct cpm_json *doc,
                        struct cpm_net_call *put, struct cpm_error *err)
{
    struct cpm_net_call get = {.url = cpm_arena_printf(l->cli->arena, "%s?write=true", url)};
    int rc = cpm_net_exchange(&l->net, &get, err);
    CPM_JSON_EACH (get.json, v)
        if (!cpm_json_get(doc, cpm_json_key(v)) || cpm_str_is(cpm_json_key(v), "roles"))
            cpm_json_set(doc, cpm_json_key(v), cpm_json_copy(v));
    cpm_json_free(get.json);
    if (rc < 0)
        return rc;
    cpm_json_free(put->json);
    put->json = NULL;
    struct cpm_str rev = cpm_json_get_str(doc, "_rev");
    const char *both = cpm_arena_printf(l->cli->arena, "%s:%s", l->user, l->password);
    put->header = cpm_arena_printf(l->cli->arena, "Authorization: Basic %s",
                                   cpm_base64(l->cli->arena, both, strlen(both)));
    put->url = cpm_arena_printf(l->cli->arena, CPM_ENDPOINT_REVISION, url,
                                CPM_STR_ARG(rev.len ? rev : CPM_STR("undefined")));
    return cpm_net_exchange_otp(&l->net, put, err);
}

static int couch(struct login *l, const char **token, struct cpm_error *err)
{
    int rc = ask_user(l, err);
    if (rc < 0)
        return rc;
    struct cpm_json *doc = user_document(l);
    struct cpm_error fault = CPM_ERROR_INIT;
    const char *url = cpm_arena_printf(l->cli->arena, CPM_ENDPOINT_USER,
                                       cpm_net_encode(l->cli->arena, cpm_str(l->user)));
    struct cpm_net_call call = {.method = "PUT", .url = url, .body = doc, .anonymous = true};
    rc = cpm_net_exchange_otp(&l->net, &call, &fault);
    if (rc == CPM_E409 && !l->create)
        rc = put_revision(l, url, doc, &call, &fault);
    else if (rc == CPM_E400 && !l->create)
        cpm_error_set(&fault, rc, "There is no user with the username \"%s\".", l->user);
    struct cpm_str text = cpm_arena_str(l->cli->arena, cpm_json_get_str(call.json, "token"));
    if (rc == 0 && !text.len)
        rc = cpm_error_set(&fault, CPM_EHTTP, "the registry gave no token");
    *token = text.ptr;
    cpm_json_free(call.json);
    cpm_json_free(doc);
    return rc < 0 ? cpm_error_set(err, rc, "%s", fault.text) : 0;
}

/* 0, an error, or CPM_EUNSUPPORTED when the registry has no such page. */
static int web(struct login *l, const char **token, struct cpm_error *err)
{
    struct cpm_json *body = cpm_json_new_object();
    if (l->create)
        cpm_json_set(body, CPM_STR("create"), cpm_json_new_bool(true));
    struct cpm_net_call call = {.method = "POST",
                                .url = CPM_ENDPOINT_LOGIN,
                                .body = body,
                                .anonymous = true,
                                .any_status = true};
    int rc = cpm_net_exchange(&l->net, &call, err);
    if (rc == 0 && call.status >= 400)
        rc = CPM_EUNSUPPORTED;
    if (rc == 0)
        rc = cpm_net_web_token(&l->net, l->create ? "Create your account at" : "Login at",
                               cpm_json_get_str(call.json, "loginUrl"),
                               cpm_json_get_str(call.json, "doneUrl"), token, err);
    cpm_json_free(call.json);
    cpm_json_free(body);
    return rc;
}

static int get_token(struct login *l, const char **token, struct cpm_error *err)
{
    const char *type = cpm_config_str(l->cli->config, "auth-type");
    int rc = CPM_EUNSUPPORTED;
    if (!type || strcmp(type, "web") == 0)
        rc = web(l, token, err);
    return rc == CPM_EUNSUPPORTED ? couch(l, token, err) : rc;
}

static int log_in(struct cpm_cli *cli, bool create, struct cpm_error *err)
{
    struct login l = {.cli = cli, .create = create, .registry = cpm_account_registry(cli)};
    const char *scope = cpm_config_str(cli->config, "scope");
    const char *shown = cpm_config_redact(cli->arena, cpm_str(l.registry)).ptr;
    const char *token = NULL;
    cpm_term_log(cli->term, CPM_LOG_NOTICE, "", "Log in on %s", shown);
    l.net.at = l.registry;
    int rc = cpm_net_open(cli, &l.net, err);
    if (rc == 0)
        rc = get_token(&l, &token, err);
    if (rc == 0)
        rc = cpm_account_save(cli, l.registry, scope, token, err);
    if (rc == 0)
        cpm_term_outf(cli->term, "Logged in%s%s on %s.", scope && *scope ? " to scope " : "",
                      scope ? scope : "", shown);
    cpm_net_close(&l.net);
    return rc;
}

int cpm_cmd_login(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return log_in(cli, false, err);
}

int cpm_cmd_adduser(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return log_in(cli, true, err);
}

static const char *configured(struct cpm_cli *cli, const char *registry, const char *key)
{
    const char *nerf = cpm_account_nerf(cli->arena, registry);
    return cpm_config_raw(cli->config, cpm_arena_printf(cli->arena, "%s:%s", nerf, key));
}

/* A token is ended at the registry before it is forgotten here. */
int cpm_cmd_logout(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    const char *scope = cpm_config_str(cli->config, "scope");
    const char *registry = cpm_account_registry(cli);
    const char *token = configured(cli, registry, "_authToken");
    struct cpm_net net = {.at = registry};
    int rc = cpm_net_open(cli, &net, err);
    (void)exit_code;
    if (rc == 0 && token) {
        struct cpm_net_call call = {
            .method = "DELETE",
            .url = cpm_arena_printf(cli->arena, CPM_ENDPOINT_USER_TOKEN,
                                    cpm_net_encode(cli->arena, cpm_str(token)))};
        rc = cpm_net_exchange(&net, &call, err);
        cpm_json_free(call.json);
    } else if (rc == 0 && !cpm_net_has_credentials(&net, registry)) {
        rc = cpm_error_set(err, CPM_ENEEDAUTH, "not logged in to %s, so can't log out!",
                           cpm_config_redact(cli->arena, cpm_str(registry)).ptr);
    }
    if (rc == 0)
        rc = cpm_account_forget(cli, registry, scope, err);
    cpm_net_close(&net);
    return rc;
}
