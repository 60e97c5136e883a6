/* cpm deprecate and undeprecate: a message in every version of a range, put with the whole
 * packument; an empty one takes it back. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/term.h"
#include "semver/range.h"
#include "semver/spec.h"

/* How many versions got the message. */
static size_t mark(struct cpm_cli *cli, struct cpm_json *packument, const struct cpm_range *range,
                   const char *message)
{
    struct cpm_str name = cpm_json_get_str(packument, "name");
    size_t n = 0;
    CPM_JSON_EACH (cpm_json_get(packument, CPM_STR("versions")), version) {
        struct cpm_version v;
        struct cpm_str text = cpm_json_key(version);
        if (!cpm_version_parse(text, CPM_SEMVER_LOOSE, &v) ||
            !cpm_range_satisfies(range, &v, CPM_SEMVER_INCLUDE_PRERELEASE))
            continue;
        cpm_json_set_str(version, "deprecated", cpm_str(message));
        n++;
        if (*message)
            cpm_term_log(cli->term, CPM_LOG_NOTICE, "", "deprecating %.*s@%.*s with message \"%s\"",
                         CPM_STR_ARG(name), CPM_STR_ARG(text), message);
        else
            cpm_term_log(cli->term, CPM_LOG_NOTICE, "", "undeprecating %.*s@%.*s",
                         CPM_STR_ARG(name), CPM_STR_ARG(text));
    }
    return n;
}

static int exchange(struct cpm_cli *cli, struct cpm_net *net, const struct cpm_spec *spec,
                    const char *message, struct cpm_error *err)
{
    struct cpm_str wanted = cpm_str_is(spec->raw_spec, "*") ? CPM_STR("*") : spec->fetch;
    const struct cpm_range *range = cpm_range_parse(cli->arena, wanted, CPM_SEMVER_LOOSE);
    const char *registry = cpm_net_registry(net, spec->name);
    const char *url = cpm_net_escape(cli->arena, spec->name);
    if (!range)
        return cpm_error_set(err, CPM_EUNKNOWN, "invalid version range: %.*s", CPM_STR_ARG(wanted));
    struct cpm_net_call get = {.registry = registry,
                               .url = cpm_arena_printf(cli->arena, "%s?write=true", url)};
    struct cpm_net_call put = {.method = "PUT", .registry = registry, .url = url};
    int rc = cpm_net_exchange(net, &get, err);
    if (rc == 0 && mark(cli, get.json, range, message) == 0)
        cpm_term_log(cli->term, CPM_LOG_WARN, "deprecate", "No version found for %.*s",
                     CPM_STR_ARG(spec->raw_spec));
    else if (rc == 0 && !cpm_config_bool(cli->config, "dry-run")) {
        put.body = get.json;
        rc = cpm_net_exchange_otp(net, &put, err);
    }
    cpm_json_free(put.json);
    cpm_json_free(get.json);
    return rc;
}

static int deprecate(struct cpm_cli *cli, const char *arg, const char *message,
                     struct cpm_error *err)
{
    struct cpm_net net = {0};
    struct cpm_spec spec;
    if (!arg || !*arg || !message)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = cpm_spec_parse(cli->arena, cpm_str(arg), cli->cwd, &spec, err);
    if (rc == 0)
        rc = cpm_net_open(cli, &net, err);
    if (rc == 0)
        rc = exchange(cli, &net, &spec, message, err);
    cpm_net_close(&net);
    return rc;
}

int cpm_cmd_deprecate(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return deprecate(cli, cli->argc > 0 ? cli->argv[0] : NULL, cli->argc > 1 ? cli->argv[1] : NULL,
                     err);
}

int cpm_cmd_undeprecate(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return deprecate(cli, cli->argc > 0 ? cli->argv[0] : NULL, "", err);
}
