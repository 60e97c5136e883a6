/* cpm star, unstar and stars. */
#include "cli/commands.h"

#include "cli/account.h"
#include "cli/config/config.h"
#include "cli/term.h"
#include "registry/endpoints.h"
#include "semver/spec.h"

static struct cpm_json *users_of(const struct cpm_json *packument, const char *user, bool star)
{
    const struct cpm_json *old = cpm_json_get(packument, CPM_STR("users"));
    struct cpm_json *users = old ? cpm_json_copy(old) : cpm_json_new_object();
    if (star)
        cpm_json_set(users, cpm_str(user), cpm_json_new_bool(true));
    else
        cpm_json_del(users, cpm_str(user));
    return users;
}

static int put(struct cpm_net *net, const struct cpm_spec *spec, const char *user, bool star,
               struct cpm_error *err)
{
    struct cpm_arena *arena = net->cli->arena;
    const char *registry = cpm_net_registry(net, spec->name);
    const char *url = cpm_net_escape(arena, spec->name);
    struct cpm_net_call get = {.registry = registry,
                               .url = cpm_arena_printf(arena, "%s?write=true", url)};
    struct cpm_net_call call = {.method = "PUT", .registry = registry, .url = url};
    int rc = cpm_net_exchange(net, &get, err);
    if (rc == 0) {
        struct cpm_json *body = cpm_json_new_object();
        cpm_json_set_str(body, "_id", cpm_json_get_str(get.json, "_id"));
        cpm_json_set_str(body, "_rev", cpm_json_get_str(get.json, "_rev"));
        cpm_json_set(body, CPM_STR("users"), users_of(get.json, user, star));
        call.body = body;
        rc = cpm_net_exchange_otp(net, &call, err);
        cpm_json_free(body);
    }
    cpm_json_free(get.json);
    cpm_json_free(call.json);
    return rc;
}

static const char *mark(const struct cpm_cli *cli, bool star)
{
    if (cpm_term_unicode(cli->term))
        return star ? "\u2605 " : "\u2606 ";
    return star ? "(*)" : "( )";
}

static int change(struct cpm_cli *cli, bool star, struct cpm_error *err)
{
    struct cpm_net net = {0};
    const char *user = NULL;
    if (cli->argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = cpm_net_open(cli, &net, err);
    if (rc == 0)
        rc = cpm_account_name(&net, &user, err);
    for (int i = 0; i < cli->argc && rc == 0; i++) {
        struct cpm_spec spec;
        rc = cpm_spec_parse(cli->arena, cpm_str(cli->argv[i]), cli->cwd, &spec, err);
        if (rc == 0)
            rc = put(&net, &spec, user, star, err);
        if (rc == 0)
            cpm_term_outf(cli->term, "%s %.*s", mark(cli, star), CPM_STR_ARG(spec.name));
    }
    cpm_net_close(&net);
    return rc;
}

int cpm_cmd_star(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return change(cli, true, err);
}

int cpm_cmd_unstar(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return change(cli, false, err);
}

int cpm_cmd_stars(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_net net = {0};
    struct cpm_net_call call = {0};
    const char *user = cli->argc > 0 ? cli->argv[0] : NULL;
    int rc = cpm_net_open(cli, &net, err);
    (void)exit_code;
    if (rc == 0 && !user && (rc = cpm_account_name(&net, &user, err)) == CPM_ENEEDAUTH)
        cpm_term_log(cli->term, CPM_LOG_WARN, "stars", "auth is required to look up your username");
    if (rc == 0) {
        const char *key = cpm_arena_printf(cli->arena, "\"%s\"", user);
        call.url = cpm_arena_printf(cli->arena, CPM_ENDPOINT_STARRED,
                                    cpm_net_encode(cli->arena, cpm_str(key)));
        rc = cpm_net_exchange(&net, &call, err);
    }
    const struct cpm_json *rows = cpm_json_get(call.json, CPM_STR("rows"));
    if (rc == 0 && cpm_json_count(rows) == 0)
        cpm_term_log(cli->term, CPM_LOG_WARN, "stars", "user has not starred any packages");
    CPM_JSON_EACH (rows, row)
        cpm_term_out(cli->term, cpm_json_get_str(row, "value"));
    cpm_json_free(call.json);
    cpm_net_close(&net);
    return rc;
}
