/* cpm repo, bugs, docs: the page that package.json names, in the browser, or printed with
 * --browser=false and where no browser can be started. */
#include "cli/commands.h"

#include "cli/browser.h"
#include "cli/net.h"
#include "cli/project_name.h"
#include "cli/workspace_filter.h"
#include "semver/hosted.h"
#include "semver/package_absent.h"
#include "semver/spec.h"

struct page {
    struct cpm_cli *cli;
    struct cpm_net net;
    /* The page's address, "" when the package names none. */
    struct cpm_str (*find)(struct cpm_arena *arena, const struct cpm_json *manifest);
};

static struct cpm_str repository_url(const struct cpm_json *manifest)
{
    const struct cpm_json *r = cpm_json_get(manifest, CPM_STR("repository"));
    return cpm_json_is(r, CPM_JSON_STRING) ? cpm_json_str(r) : cpm_json_get_str(r, "url");
}

static const struct cpm_hosted *host_of(struct cpm_arena *arena, const struct cpm_json *manifest)
{
    struct cpm_str url = repository_url(manifest);
    if (cpm_str_starts(url, "git+"))
        url = cpm_str_sub(url, 4, url.len);
    return url.len ? cpm_hosted_parse(arena, cpm_arena_str(arena, url), NULL, 0) : NULL;
}

static struct cpm_str npm_page(struct cpm_arena *arena, const struct cpm_json *manifest)
{
    return cpm_str(cpm_arena_printf(arena, CPM_NPM_PAGE "%.*s",
                                    CPM_STR_ARG(cpm_json_get_str(manifest, "name"))));
}

static struct cpm_str repo_page(struct cpm_arena *arena, const struct cpm_json *manifest)
{
    const struct cpm_json *r = cpm_json_get(manifest, CPM_STR("repository"));
    struct cpm_hosted_options opts = {.path = cpm_json_get_str(r, "directory")};
    const struct cpm_hosted *hosted = host_of(arena, manifest);
    struct cpm_str unknown = CPM_STR_NONE, url = repository_url(manifest);
    if (hosted)
        return cpm_hosted_url(arena, hosted,
                              opts.path.len ? CPM_HOSTED_BROWSE_TREE : CPM_HOSTED_BROWSE, &opts);
    if (url.len)
        cpm_hosted_repository(arena, cpm_arena_str(arena, url), &unknown);
    return unknown;
}

static struct cpm_str bugs_page(struct cpm_arena *arena, const struct cpm_json *manifest)
{
    const struct cpm_json *bugs = cpm_json_get(manifest, CPM_STR("bugs"));
    const struct cpm_hosted *hosted = host_of(arena, manifest);
    struct cpm_str url =
        cpm_json_is(bugs, CPM_JSON_STRING) ? cpm_json_str(bugs) : cpm_json_get_str(bugs, "url");
    struct cpm_str email = cpm_json_get_str(bugs, "email");
    if (url.len)
        return url;
    if (email.len)
        return cpm_str(cpm_arena_printf(arena, "mailto:%.*s", CPM_STR_ARG(email)));
    if (hosted)
        url = cpm_hosted_url(arena, hosted, CPM_HOSTED_BUGS, NULL);
    return url.len ? url : npm_page(arena, manifest);
}

static struct cpm_str docs_page(struct cpm_arena *arena, const struct cpm_json *manifest)
{
    const struct cpm_hosted *hosted = host_of(arena, manifest);
    struct cpm_str url = cpm_json_get_str(manifest, "homepage");
    if (!url.len && hosted)
        url = cpm_hosted_url(arena, hosted, CPM_HOSTED_DOCS, NULL);
    return url.len ? url : npm_page(arena, manifest);
}

static int show(struct page *p, const struct cpm_json *manifest, struct cpm_error *err)
{
    struct cpm_cli *cli = p->cli;
    struct cpm_str url = cpm_arena_str(cli->arena, p->find(cli->arena, manifest));
    const char *title =
        cpm_arena_printf(cli->arena, "%.*s %s available at the following URL",
                         CPM_STR_ARG(cpm_json_get_str(manifest, "name")), cli->command);
    if (!url.len)
        return cpm_error_set(err, CPM_EUNKNOWN, "no repository");
    return cpm_browser_open(cli, title, url.ptr, err);
}

static int show_published(struct page *p, const struct cpm_spec *spec, struct cpm_error *err)
{
    struct cpm_arena *arena = p->cli->arena;
    struct cpm_str wanted = cpm_str_is(spec->raw_spec, "*") ? CPM_STR("latest") : spec->raw_spec;
    int rc = cpm_net_open(p->cli, &p->net, err);
    if (rc < 0)
        return rc;
    struct cpm_net_call call = {.registry = cpm_net_registry(&p->net, spec->name),
                                .url = cpm_arena_printf(arena, "%s/%s",
                                                        cpm_net_escape(arena, spec->name),
                                                        cpm_net_encode(arena, wanted))};
    rc = cpm_net_exchange(&p->net, &call, err);
    rc = rc == 0 ? show(p, call.json, err) : cpm_package_absent(err, spec->name, spec->raw_spec);
    cpm_json_free(call.json);
    return rc;
}

static int show_one(struct page *p, const char *arg, struct cpm_error *err)
{
    struct cpm_spec spec;
    struct cpm_json *doc = NULL;
    int rc = cpm_spec_parse(p->cli->arena, cpm_str(arg), p->cli->local_prefix, &spec, err);
    if (rc == 0)
        cpm_spec_unalias(&spec);
    if (rc < 0 || spec.registry)
        return rc < 0 ? rc : show_published(p, &spec, err);
    if (spec.type != CPM_SPEC_DIRECTORY)
        return cpm_error_set(err, CPM_EUNSUPPORTED, "name a package of a registry, or a folder");
    rc = cpm_project_read(p->cli, cpm_arena_str(p->cli->arena, spec.fetch).ptr, &doc, err);
    if (rc == 0)
        rc = show(p, doc, err);
    cpm_json_free(doc);
    return rc;
}

static int run(struct page *p, struct cpm_error *err)
{
    struct cpm_cli *cli = p->cli;
    struct cpm_workspace_pick *picks;
    size_t count = 0;
    bool here = cli->argc == 0;
    int rc = here && cpm_workspaces_wanted(cli) ? cpm_workspaces_pick(cli, &picks, &count, err) : 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = show_one(p, picks[i].path, err);
    if (here && count == 0 && rc == 0)
        rc = show_one(p, ".", err);
    for (int i = 0; i < cli->argc && rc == 0; i++)
        rc = show_one(p, cli->argv[i], err);
    cpm_net_close(&p->net);
    return rc;
}

int cpm_cmd_repo(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return run(&(struct page){.cli = cli, .find = repo_page}, err);
}

int cpm_cmd_bugs(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return run(&(struct page){.cli = cli, .find = bugs_page}, err);
}

int cpm_cmd_docs(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code;
    return run(&(struct page){.cli = cli, .find = docs_page}, err);
}
