/* cpm publish: pack, ask the registry what it has, put the document, in npm's order of scripts:
 * prepublishOnly, prepack, prepare, postpack, publish, postpublish. */
#include "cli/commands.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/config/definitions.h"
#include "cli/config/show.h"
#include "cli/pack_report.h"
#include "cli/publish_options.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"
#include "registry/publish/document.h"
#include "registry/publish/normalize.h"
#include "semver/version.h"

#define PROVENANCE_MAX (16u << 20)

struct publish {
    struct cpm_cli *cli;
    const char *workspace; /* its name, or NULL */
    struct cpm_pack_run run;
    struct cpm_json *manifest; /* normalised; owned */
    struct cpm_publish_options opts;
    struct cpm_net net;
    const char *registry;
    struct cpm_json *report; /* with --json: name → facts, of all packages */
};

#define LOG(p, level, ...) cpm_term_log((p)->cli->term, CPM_LOG_##level, __VA_ARGS__)

static bool flag(const struct publish *p, const char *key)
{
    return cpm_config_bool(p->cli->config, key);
}

/* Keys that are none of npm's; an address or a scope in front makes any key one. */
static void warn_unknown(struct publish *p)
{
    CPM_JSON_EACH (cpm_json_get(p->manifest, CPM_STR("publishConfig")), v) {
        struct cpm_str key = cpm_json_key(v);
        const char *text = cpm_arena_str(p->cli->arena, key).ptr;
        if (!cpm_definition_find(key) && cpm_str_chr(key, ':') == CPM_NPOS &&
            cpm_config_where(p->cli->config, text) != CPM_CONFIG_CLI)
            LOG(p, WARN, "",
                "Unknown publishConfig config \"%s\". This will stop working in the next major "
                "version of cpm. See `cpm help npmrc` for supported config options.",
                text);
    }
}

static void warn_changes(struct publish *p, const struct cpm_normalize *n)
{
    for (size_t i = 0; i < n->missing.count; i++)
        LOG(p, WARN, "package-json", "%s No bin file found at %s", p->run.package.id,
            n->missing.v[i]);
    if (n->changes.count == 0)
        return;
    LOG(p, WARN, "publish",
        "cpm auto-corrected some errors in your package.json when publishing.  Please run \"cpm "
        "pkg fix\" to address these errors.");
    LOG(p, WARN, "publish", "errors corrected:");
    for (size_t i = 0; i < n->changes.count; i++)
        LOG(p, WARN, "publish", "%s", n->changes.v[i]);
}

/* As it is now: scripts may have changed it. */
static int read_manifest(struct publish *p, bool warn, struct cpm_error *err)
{
    struct cpm_arena *arena = p->cli->arena;
    bool folder = p->run.spec.type == CPM_SPEC_DIRECTORY;
    struct cpm_normalize n = {.arena = arena, .folder = folder ? p->run.package.path : NULL};
    struct cpm_str text;
    int rc = 0;
    cpm_json_free(p->manifest);
    p->manifest = NULL;
    if (folder) {
        const char *file = cpm_path_join(arena, n.folder, "package.json");
        rc = cpm_fs_read(file, CPM_JSON_MAX, arena, &text, err);
        if (rc == 0)
            rc = cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &p->manifest, err);
    } else {
        p->manifest = cpm_json_copy(p->run.package.json);
    }
    n.doc = p->manifest;
    if (rc == 0)
        rc = cpm_normalize_fix(&n, err);
    if (rc == 0 && warn) {
        warn_changes(p, &n);
        warn_unknown(p);
    }
    return rc == 0 ? cpm_normalize_prepare(&n, err) : rc;
}

static int check_prerelease(const struct publish *p, struct cpm_error *err)
{
    struct cpm_str text = cpm_json_get_str(p->manifest, "version");
    struct cpm_version version;
    if (!cpm_version_parse(text, CPM_SEMVER_LOOSE, &version))
        return cpm_error_set(err, CPM_EUNKNOWN, "invalid semver: %.*s", CPM_STR_ARG(text));
    if (!flag(p, "force") && version.prerelease.len > 0 && !p->opts.tag_given)
        return cpm_error_set(
            err, CPM_EUNKNOWN,
            "You must specify a tag using --tag when publishing a prerelease version.");
    return 0;
}

static int check_login(const struct publish *p, struct cpm_net *net, struct cpm_error *err)
{
    const char *shown = cpm_config_redact(p->cli->arena, cpm_str(p->registry)).ptr;
    if (p->workspace && cpm_json_truthy(cpm_json_get(p->manifest, CPM_STR("private"))))
        return cpm_error_set(err, CPM_EPRIVATE,
                             "This package has been marked as private\n  Remove the 'private' "
                             "field from the package.json to publish it.");
    if (cpm_net_has_credentials(net, p->registry))
        return 0;
    if (!flag(p, "dry-run"))
        return cpm_error_set(err, CPM_ENEEDAUTH, "This command requires you to be logged in to %s",
                             shown);
    LOG(p, WARN, "publish", "This command requires you to be logged in to %s (dry-run)", shown);
    return 0;
}

/* Among the published versions that are neither prereleases nor deprecated. */
static int check_versions(const struct publish *p, const struct cpm_json *packument,
                          struct cpm_error *err)
{
    struct cpm_str own = cpm_json_get_str(p->manifest, "version"), highest = CPM_STR_NONE;
    struct cpm_version mine, best = {0}, v;
    if (!cpm_version_parse(own, CPM_SEMVER_LOOSE, &mine))
        return 0;
    CPM_JSON_EACH (cpm_json_get(packument, CPM_STR("versions")), each) {
        struct cpm_str text = cpm_json_key(each);
        if (!cpm_version_parse(text, CPM_SEMVER_LOOSE, &v) || v.prerelease.len > 0 ||
            cpm_json_truthy(cpm_json_get(each, CPM_STR("deprecated"))))
            continue;
        if (cpm_str_eq(text, own))
            return cpm_error_set(err, CPM_EUNKNOWN,
                                 "You cannot publish over the previously published versions: %.*s.",
                                 CPM_STR_ARG(own));
        if (!highest.len || cpm_version_cmp(&v, &best) > 0) {
            best = v;
            highest = text;
        }
    }
    if (highest.len && cpm_version_cmp(&best, &mine) >= 0 && !p->opts.tag_given)
        return cpm_error_set(
            err, CPM_EUNKNOWN,
            "Cannot implicitly apply the \"latest\" tag because previously published version %.*s "
            "is higher than the new version %.*s. You must specify a tag using --tag.",
            CPM_STR_ARG(highest), CPM_STR_ARG(own));
    return 0;
}

static int ask_versions(struct publish *p, struct cpm_net *net, struct cpm_error *err)
{
    struct cpm_net_call call = {
        .registry = p->registry,
        .any_status = true,
        .url = cpm_net_escape(p->cli->arena, cpm_json_get_str(p->manifest, "name"))};
    int rc = 0;
    if (cpm_net_exchange(net, &call, NULL) == 0 && call.status == 200)
        rc = check_versions(p, call.json, err);
    cpm_json_free(call.json);
    return rc;
}

/* What a refusal most likely means, for whoever took a name that somebody has. */
static int put_error(const struct publish *p, struct cpm_error *err)
{
    struct cpm_str name = cpm_json_get_str(p->manifest, "name");
    struct cpm_error told = *err;
    if (err->code == CPM_E409)
        return cpm_error_set(err, CPM_EPUBLISHCONFLICT,
                             "%s\nCannot publish over existing version.\nUpdate the 'version' "
                             "field in package.json and try again.\nTo automatically increment "
                             "version numbers, see:\n    cpm help version",
                             told.text);
    if (err->code == CPM_E403 && name.len && *name.ptr != '@' &&
        cpm_str_find(cpm_str(told.text), "previously published") == CPM_NPOS)
        return cpm_error_set(err, CPM_E403,
                             "%s\nIf the name is taken, publish under a scope of your own: "
                             "\"name\": \"@your-scope/%.*s\".",
                             told.text, CPM_STR_ARG(name));
    return err->code;
}

static int read_provenance(struct publish *p, const char **out, struct cpm_error *err)
{
    struct cpm_str text;
    *out = NULL;
    if (!p->opts.provenance_file) {
        if (!p->opts.provenance)
            return 0;
        return cpm_error_set(err, CPM_EUSAGE,
                             "Automatic provenance generation is not supported: give a bundle with "
                             "--provenance-file");
    }
    const char *file = cpm_path_resolve(p->cli->arena, p->cli->cwd, p->opts.provenance_file);
    int rc = cpm_fs_read(file, PROVENANCE_MAX, p->cli->arena, &text, err);
    *out = text.ptr;
    return rc;
}

static int put(struct publish *p, struct cpm_net *net, struct cpm_error *err)
{
    struct cpm_config *config = p->cli->config;
    struct cpm_str name = cpm_json_get_str(p->manifest, "name");
    const char *node = cpm_config_node_version(config);
    struct cpm_document_input in = {.manifest = p->manifest,
                                    .packed = &p->run.packed,
                                    .registry = p->registry,
                                    .tag = p->opts.tag,
                                    .access = p->opts.access,
                                    .node_version = *node == 'v' ? node + 1 : node,
                                    .npm_version = cpm_config_npm_version(config)};
    struct cpm_json *doc = NULL;
    if (cpm_json_truthy(cpm_json_get(p->manifest, CPM_STR("private"))))
        return cpm_error_set(err, CPM_EPRIVATE,
                             "This package has been marked as private\nRemove the 'private' field "
                             "from the package.json to publish it.");
    if (*name.ptr != '@' && p->opts.access && strcmp(p->opts.access, "restricted") == 0)
        return cpm_error_set(err, CPM_EUNSCOPED, "Can't restrict access to unscoped packages.");
    int rc = read_provenance(p, &in.provenance, err);
    if (rc == 0)
        rc = cpm_document_new(p->cli->arena, &in, &doc, err);
    if (rc < 0)
        return rc;
    struct cpm_net_call call = {.method = "PUT",
                                .registry = p->registry,
                                .url = cpm_net_escape(p->cli->arena, name),
                                .body = doc,
                                .otp = p->opts.otp};
    rc = cpm_net_exchange_otp(net, &call, err);
    cpm_json_free(call.json);
    cpm_json_free(doc);
    return rc < 0 ? put_error(p, err) : 0;
}

static int upload(struct publish *p, struct cpm_error *err)
{
    struct cpm_net *net = &p->net;
    bool dry = flag(p, "dry-run");
    struct cpm_error local = CPM_ERROR_INIT;
    err = err ? err : &local;
    net->at = p->opts.registry;
    int rc = cpm_net_open(p->cli, net, err);
    if (rc < 0)
        return rc;
    p->registry = p->opts.registry ? p->opts.registry
                                   : cpm_net_registry(net, cpm_json_get_str(p->manifest, "name"));
    rc = check_login(p, net, err);
    if (rc == 0 && !flag(p, "force"))
        rc = ask_versions(p, net, err);
    if (rc < 0)
        return rc;
    LOG(p, NOTICE, "", "Publishing to %s with tag %s and %s access%s",
        cpm_config_redact(p->cli->arena, cpm_str(p->registry)).ptr, p->opts.tag,
        p->opts.access ? p->opts.access : "default", dry ? " (dry-run)" : "");
    return dry ? 0 : put(p, net, err);
}

static int pack(struct publish *p, const char *spec, struct cpm_error *err)
{
    int rc = cpm_pack_run_open(&p->run, spec, err);
    if (rc == 0)
        rc = read_manifest(p, false, err);
    if (rc == 0)
        rc = cpm_pack_run_script(&p->run, "prepublishOnly", NULL, err);
    if (rc == 0)
        rc = cpm_pack_run_pack(&p->run, NULL, err);
    if (rc == 0)
        rc = read_manifest(p, true, err);
    if (rc == 0)
        rc = cpm_publish_options_fill(p->cli, p->manifest, &p->opts, err);
    return rc == 0 ? check_prerelease(p, err) : rc;
}

static int publish_one(struct publish *p, const char *spec, struct cpm_error *err)
{
    int rc = pack(p, spec, err);
    if (rc < 0)
        return rc;
    if (!p->report)
        cpm_pack_report_text(&p->run);
    rc = upload(p, err);
    if (rc == 0 && p->report)
        cpm_json_set(p->report, p->run.package.name, cpm_pack_report_json(&p->run));
    if (rc == 0)
        rc = cpm_pack_run_script(&p->run, "publish", NULL, err);
    if (rc == 0)
        rc = cpm_pack_run_script(&p->run, "postpublish", NULL, err);
    if (rc == 0 && !p->report && cpm_term_level(p->cli->term) != CPM_LOG_SILENT)
        cpm_term_outf(p->cli->term, "+ %s", p->run.package.id);
    return rc;
}

/* A package of its own: nothing is left of the one before. */
static int run_one(struct publish *all, const char *spec, const char *name,
                   const char *const *folders, int *exit_code, struct cpm_error *err)
{
    struct publish p = {.cli = all->cli, .report = all->report, .workspace = name};
    p.run = (struct cpm_pack_run){.cli = all->cli, .net = &p.net, .workspaces = folders};
    int rc = publish_one(&p, spec, err);
    if (rc == CPM_ELIFECYCLE)
        *exit_code = p.run.exit_code;
    cpm_net_close(&p.net);
    cpm_json_free(p.manifest);
    cpm_pack_run_close(&p.run);
    return rc;
}

static int run_workspaces(struct publish *all, int *exit_code, struct cpm_error *err)
{
    struct cpm_cli *cli = all->cli;
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    const char **folders = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        folders[i] = picks[i].path;
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_error fault = CPM_ERROR_INIT;
        rc = run_one(all, picks[i].path, picks[i].name, folders, exit_code, &fault);
        if (rc == CPM_EPRIVATE) {
            LOG(all, WARN, "publish", "Skipping workspace %s, marked as private", picks[i].name);
            rc = 0;
        } else if (rc < 0) {
            cpm_error_set(err, rc, "%s", fault.text);
        }
    }
    return rc;
}

int cpm_cmd_publish(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct publish all = {.cli = cli};
    const char *spec = cli->argc > 0 ? cli->argv[0] : ".";
    bool in_workspaces = cpm_workspaces_wanted(cli);
    int rc;
    if (cli->argc > 1)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (in_workspaces && strcmp(spec, ".") != 0) {
        LOG(&all, WARN, "", "Ignoring workspaces for specified package(s)");
        in_workspaces = false;
    }
    if (cpm_term_json(cli->term))
        all.report = cpm_json_new_object();
    rc = in_workspaces ? run_workspaces(&all, exit_code, err)
                       : run_one(&all, spec, NULL, NULL, exit_code, err);
    if (rc == 0 && all.report) {
        struct cpm_buf text = CPM_BUF_INIT(1u << 30);
        cpm_json_write(all.report, CPM_STR("  "), CPM_STR("\n"), &text);
        cpm_term_out(cli->term, cpm_buf_str(&text));
        cpm_buf_release(&text);
    }
    cpm_json_free(all.report);
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}
