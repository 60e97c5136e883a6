/* cpm owner: the maintainers of a package, which are put as a whole. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/project_name.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"
#include "registry/endpoints.h"
#include "semver/spec.h"

struct owner {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_spec spec;
    struct cpm_json *packument; /* owned */
};

static int fetch(struct owner *o, const char *package, struct cpm_error *err)
{
    struct cpm_cli *cli = o->cli;
    int rc = package ? 0 : cpm_project_name(cli, cli->local_prefix, &package, err);
    if (rc == 0)
        rc = cpm_spec_parse(cli->arena, cpm_str(package), cli->cwd, &o->spec, err);
    if (rc < 0)
        return rc;
    struct cpm_net_call call = {.registry = cpm_net_registry(&o->net, o->spec.name),
                                .url = cpm_net_escape(cli->arena, o->spec.name)};
    rc = cpm_net_exchange(&o->net, &call, err);
    cpm_json_free(o->packument);
    o->packument = call.json;
    return rc;
}

static const struct cpm_json *owners(const struct owner *o)
{
    return cpm_json_get(o->packument, CPM_STR("maintainers"));
}

static int list(struct owner *o, const char *package, struct cpm_error *err)
{
    int rc = fetch(o, package, err);
    if (rc < 0 && rc != CPM_EUSAGE)
        cpm_term_log(o->cli->term, CPM_LOG_ERROR, "owner ls", "Couldn't get owner data %s",
                     package ? package : "");
    if (rc < 0)
        return rc;
    if (cpm_json_count(owners(o)) == 0)
        cpm_term_out(o->cli->term, CPM_STR("no admin found"));
    CPM_JSON_EACH (owners(o), m)
        cpm_term_outf(o->cli->term, "%.*s <%.*s>", CPM_STR_ARG(cpm_json_get_str(m, "name")),
                      CPM_STR_ARG(cpm_json_get_str(m, "email")));
    return 0;
}

/* The user's {name, email} as the registry knows them. */
static int fetch_user(struct owner *o, const char *user, struct cpm_json **out,
                      struct cpm_error *err)
{
    struct cpm_arena *arena = o->cli->arena;
    struct cpm_net_call call = {
        .url = cpm_arena_printf(arena, CPM_ENDPOINT_USER, cpm_net_encode(arena, cpm_str(user)))};
    int rc = cpm_net_exchange(&o->net, &call, err);
    if (rc < 0)
        cpm_term_log(o->cli->term, CPM_LOG_ERROR, "owner mutate", "Error getting user data for %s",
                     user);
    *out = cpm_json_new_object();
    const struct cpm_json *name = cpm_json_get(call.json, CPM_STR("name"));
    const struct cpm_json *email = cpm_json_get(call.json, CPM_STR("email"));
    if (name)
        cpm_json_set(*out, CPM_STR("name"), cpm_json_copy(name));
    if (email)
        cpm_json_set(*out, CPM_STR("email"), cpm_json_copy(email));
    cpm_json_free(call.json);
    return rc;
}

/* The list without the user; *had tells whether the user was on it. */
static struct cpm_json *others(const struct owner *o, struct cpm_str user, bool *had)
{
    struct cpm_json *list = cpm_json_new_array();
    *had = false;
    CPM_JSON_EACH (owners(o), m)
        if (cpm_str_eq(cpm_json_get_str(m, "name"), user))
            *had = true;
        else
            cpm_json_add(list, cpm_json_copy(m));
    return list;
}

/* Takes `list`. */
static int put(struct owner *o, struct cpm_json *list, struct cpm_error *err)
{
    struct cpm_arena *arena = o->cli->arena;
    struct cpm_json *body = cpm_json_new_object();
    struct cpm_str rev = cpm_json_get_str(o->packument, "_rev");
    struct cpm_error fault = CPM_ERROR_INIT;
    cpm_json_set_str(body, "_id", cpm_json_get_str(o->packument, "_id"));
    cpm_json_set_str(body, "_rev", rev);
    cpm_json_set(body, CPM_STR("maintainers"), list);
    struct cpm_net_call call = {
        .method = "PUT",
        .registry = cpm_net_registry(&o->net, o->spec.name),
        .url = cpm_arena_printf(arena, CPM_ENDPOINT_REVISION, cpm_net_escape(arena, o->spec.name),
                                CPM_STR_ARG(cpm_str(cpm_net_encode(arena, rev)))),
        .body = body};
    int rc = cpm_net_exchange_otp(&o->net, &call, &fault);
    cpm_json_free(call.json);
    cpm_json_free(body);
    return rc < 0 ? cpm_error_set(err, CPM_EOWNERMUTATE, "Failed to update package: \"%s\"",
                                  fault.text)
                  : 0;
}

static int add(struct owner *o, const struct cpm_json *user, struct cpm_error *err)
{
    bool had;
    cpm_json_free(others(o, cpm_json_get_str(user, "name"), &had));
    if (had) {
        cpm_term_log(o->cli->term, CPM_LOG_INFO, "owner add", "Already a package owner: %.*s",
                     CPM_STR_ARG(cpm_json_get_str(user, "name")));
        return 0;
    }
    struct cpm_json *list = owners(o) ? cpm_json_copy(owners(o)) : cpm_json_new_array();
    cpm_json_add(list, cpm_json_copy(user));
    int rc = put(o, list, err);
    return rc < 0 ? rc : 1;
}

static int take(struct owner *o, const struct cpm_json *user, struct cpm_error *err)
{
    bool had;
    struct cpm_str name = cpm_json_get_str(user, "name");
    struct cpm_json *list = others(o, name, &had);
    if (had && cpm_json_count(list) > 0) {
        int rc = put(o, list, err);
        return rc < 0 ? rc : 1;
    }
    cpm_json_free(list);
    if (!had) {
        cpm_term_log(o->cli->term, CPM_LOG_INFO, "owner rm", "Not a package owner: %.*s",
                     CPM_STR_ARG(name));
        return 0;
    }
    return cpm_error_set(err, CPM_EOWNERRM,
                         "Cannot remove all owners of a package. Add someone else first.");
}

static int change(struct owner *o, bool adds, const char *user, const char *package,
                  struct cpm_error *err)
{
    struct cpm_json *data = NULL;
    if (!user)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = fetch_user(o, user, &data, err);
    if (rc == 0)
        rc = fetch(o, package, err);
    if (rc == 0)
        rc = adds ? add(o, data, err) : take(o, data, err);
    if (rc > 0)
        cpm_term_outf(o->cli->term, "%s %s (%.*s)", adds ? "+" : "-", user,
                      CPM_STR_ARG(o->spec.name));
    cpm_json_free(data);
    return rc < 0 ? rc : 0;
}

static int run(struct owner *o, const char *package, struct cpm_error *err)
{
    const char *word = o->cli->argc > 0 ? o->cli->argv[0] : "";
    const char *user = o->cli->argc > 1 ? o->cli->argv[1] : NULL;
    bool takes = strcmp(word, "rm") == 0 || strcmp(word, "remove") == 0;
    if (strcmp(word, "ls") == 0 || strcmp(word, "list") == 0)
        return list(o, package ? package : user, err);
    if (!package && o->cli->argc > 2)
        package = o->cli->argv[2];
    if (takes || strcmp(word, "add") == 0)
        return change(o, !takes, user, package, err);
    return cpm_error_set(err, CPM_EUSAGE, "%s", "");
}

static int run_workspaces(struct owner *o, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(o->cli, &picks, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = run(o, picks[i].name, err);
    return rc;
}

int cpm_cmd_owner(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct owner o = {.cli = cli};
    bool ls = cli->argc > 0 && strcmp(cli->argv[0], "ls") == 0;
    bool named = cli->argc > (ls ? 1 : 2);
    int rc = cpm_net_open(cli, &o.net, err);
    (void)exit_code;
    if (rc == 0)
        rc = cpm_workspaces_wanted(cli) && !named ? run_workspaces(&o, err) : run(&o, NULL, err);
    cpm_json_free(o.packument);
    cpm_net_close(&o.net);
    return rc;
}
