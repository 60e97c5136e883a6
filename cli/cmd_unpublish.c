/* cpm unpublish: one version is taken out of the packument, which is put back, and then its tarball
 * is deleted; the last one takes the package with it. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/project_name.h"
#include "cli/publish_options.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"
#include "registry/endpoints.h"
#include "registry/http_url.h"
#include "semver/spec.h"
#include "semver/version.h"

struct unpublish {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_spec spec;
    const char *registry;
    const char *url;            /* of the packument */
    struct cpm_json *packument; /* owned */
    struct cpm_publish_options opts;
};

static int fetch(struct unpublish *u, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_net_call call = {.registry = u->registry,
                                .url = cpm_arena_printf(u->cli->arena, "%s?write=true", u->url)};
    int rc = cpm_net_exchange(&u->net, &call, err);
    *out = call.json;
    return rc;
}

/* METHOD URL/-rev/REV. */
static int change(struct unpublish *u, const char *method, const char *url, struct cpm_str rev,
                  const struct cpm_json *body, struct cpm_error *err)
{
    struct cpm_net_call call = {
        .method = method,
        .registry = u->registry,
        .otp = u->opts.otp,
        .url = cpm_arena_printf(u->cli->arena, CPM_ENDPOINT_REVISION, url, CPM_STR_ARG(rev)),
        .body = body};
    int rc = cpm_net_exchange_otp(&u->net, &call, err);
    cpm_json_free(call.json);
    return rc;
}

/* The tags of the version go; `latest` moves to the highest that is left. */
static void move_tags(struct cpm_json *packument, struct cpm_str version)
{
    struct cpm_json *tags = cpm_json_get(packument, CPM_STR("dist-tags"));
    bool was_latest = cpm_str_eq(cpm_json_get_str(tags, "latest"), version);
    struct cpm_str highest = CPM_STR_NONE;
    struct cpm_version best = {0}, v;
    for (struct cpm_json *tag = cpm_json_first(tags), *next; tag; tag = next) {
        next = cpm_json_next(tag);
        if (cpm_str_eq(cpm_json_str(tag), version))
            cpm_json_del(tags, cpm_json_key(tag));
    }
    CPM_JSON_EACH (cpm_json_get(packument, CPM_STR("versions")), each)
        if (cpm_version_parse(cpm_json_key(each), CPM_SEMVER_LOOSE, &v) &&
            (!highest.len || cpm_version_cmp(&v, &best) > 0)) {
            best = v;
            highest = cpm_json_key(each);
        }
    if (was_latest && highest.len)
        cpm_json_set_str(tags, "latest", highest);
}

/* The tarball's path as the registry's own paths are written. */
static const char *tarball_path(struct unpublish *u, struct cpm_str tarball)
{
    struct cpm_http_url url, registry;
    struct cpm_str text = cpm_arena_str(u->cli->arena, tarball);
    if (!cpm_http_url_parse(text, &url) || !cpm_http_url_parse(cpm_str(u->registry), &registry))
        return NULL;
    size_t base = registry.path.len > 1 ? registry.path.len : 1;
    return cpm_arena_str(u->cli->arena, cpm_str_sub(url.path, base, url.path.len)).ptr;
}

static int take_version(struct unpublish *u, struct cpm_str version, struct cpm_error *err)
{
    struct cpm_json *versions = cpm_json_get(u->packument, CPM_STR("versions")), *again = NULL;
    const struct cpm_json *dist = cpm_json_get(cpm_json_get(versions, version), CPM_STR("dist"));
    const char *tarball = tarball_path(u, cpm_json_get_str(dist, "tarball"));
    struct cpm_str rev = cpm_arena_str(u->cli->arena, cpm_json_get_str(u->packument, "_rev"));
    cpm_json_del(versions, version);
    move_tags(u->packument, version);
    cpm_json_del(u->packument, CPM_STR("_revisions"));
    cpm_json_del(u->packument, CPM_STR("_attachments"));
    int rc = change(u, "PUT", u->url, rev, u->packument, err);
    if (rc == 0)
        rc = fetch(u, &again, err);
    if (rc == 0 && tarball)
        rc = change(u, "DELETE", tarball, cpm_json_get_str(again, "_rev"), NULL, err);
    cpm_json_free(again);
    return rc;
}

static int take(struct unpublish *u, struct cpm_error *err)
{
    const struct cpm_json *versions = cpm_json_get(u->packument, CPM_STR("versions"));
    struct cpm_str version = cpm_arena_str(u->cli->arena, u->spec.raw_spec);
    bool all = version.len == 0 || cpm_str_is(version, "*");
    if (all || cpm_json_count(versions) <= 1)
        return change(u, "DELETE", u->url, cpm_json_get_str(u->packument, "_rev"), NULL, err);
    return cpm_json_get(versions, version) ? take_version(u, version, err) : 0;
}

static int refuse_all(struct cpm_error *err)
{
    return cpm_error_set(err, CPM_EUSAGE,
                         "Refusing to delete entire project.\nRun with --force to do this.");
}

/* What is meant: the argument, or the package in the folder. */
static int find_spec(struct unpublish *u, const char *arg, const char *folder,
                     struct cpm_json **manifest, struct cpm_error *err)
{
    struct cpm_cli *cli = u->cli;
    bool force = cpm_config_bool(cli->config, "force");
    int rc = 0;
    if (arg) {
        rc = cpm_spec_parse(cli->arena, cpm_str(arg), cli->cwd, &u->spec, err);
        if (rc < 0)
            return rc;
        bool all = cpm_str_is(u->spec.raw_spec, "*");
        if (u->spec.type != CPM_SPEC_VERSION && !all)
            return cpm_error_set(err, CPM_EUSAGE,
                                 "Can only unpublish a single version, or the entire "
                                 "project.\nTags and ranges are not supported.");
        if (all && !force)
            return refuse_all(err);
    }
    struct cpm_error fault = CPM_ERROR_INIT;
    rc = cpm_project_read(cli, folder, manifest, &fault);
    if (rc < 0 && rc != CPM_ENOENT && rc != CPM_ENOTDIR)
        return cpm_error_set(err, rc, "%s", fault.text);
    if (arg)
        return 0;
    struct cpm_str name = cpm_json_get_str(*manifest, "name");
    struct cpm_str version = cpm_json_get_str(*manifest, "version");
    if (!name.len)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (!version.len && !force)
        return refuse_all(err);
    return cpm_spec_resolve(cli->arena, cpm_arena_str(cli->arena, name),
                            cpm_arena_str(cli->arena, version.len ? version : CPM_STR("*")),
                            cli->cwd, &u->spec, err);
}

static int exchange(struct unpublish *u, const struct cpm_json *manifest, struct cpm_error *err)
{
    struct cpm_cli *cli = u->cli;
    bool own = cpm_str_eq(cpm_json_get_str(manifest, "name"), u->spec.name);
    bool force = cpm_config_bool(cli->config, "force");
    int rc = cpm_publish_options_fill(cli, own ? manifest : NULL, &u->opts, err);
    if (rc < 0)
        return rc;
    u->net.at = u->opts.registry;
    rc = cpm_net_open(cli, &u->net, err);
    if (rc < 0)
        return rc;
    u->registry = u->opts.registry ? u->opts.registry : cpm_net_registry(&u->net, u->spec.name);
    u->url = cpm_net_escape(cli->arena, u->spec.name);
    rc = fetch(u, &u->packument, err);
    const struct cpm_json *versions = cpm_json_get(u->packument, CPM_STR("versions"));
    bool last = cpm_json_count(versions) == 1;
    if (rc == 0 && last && !force && cpm_json_get(versions, u->spec.raw_spec))
        return cpm_error_set(err, CPM_EUSAGE,
                             "Refusing to delete the last version of the package. It will block "
                             "from republishing a new version for 24 hours.\nRun with --force to "
                             "do this.");
    bool shows_version = !last && !cpm_str_is(u->spec.raw_spec, "*");
    if (rc == 0 && !cpm_config_bool(cli->config, "dry-run"))
        rc = take(u, err);
    if (rc == 0 && cpm_term_level(cli->term) != CPM_LOG_SILENT)
        cpm_term_outf(cli->term, "- %.*s%s%.*s", CPM_STR_ARG(u->spec.name),
                      shows_version ? "@" : "",
                      CPM_STR_ARG(shows_version ? u->spec.raw_spec : CPM_STR("")));
    return rc;
}

static int run_one(struct cpm_cli *cli, const char *arg, const char *folder, struct cpm_error *err)
{
    struct unpublish u = {.cli = cli};
    struct cpm_json *manifest = NULL;
    int rc = find_spec(&u, arg, folder, &manifest, err);
    if (rc == 0)
        rc = exchange(&u, manifest, err);
    cpm_json_free(manifest);
    cpm_json_free(u.packument);
    cpm_net_close(&u.net);
    return rc;
}

int cpm_cmd_unpublish(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    const char *arg = cli->argc > 0 ? cli->argv[0] : NULL;
    (void)exit_code;
    if (cli->argc > 1)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (!cpm_workspaces_wanted(cli))
        return run_one(cli, arg, cli->local_prefix, err);
    int rc = cpm_workspaces_pick(cli, &picks, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = run_one(cli, arg, picks[i].path, err);
    return rc;
}
