/* One line a key, grouped by who reads it. The fingerprint repeats every option that changes what
 * is installed, so that the state file of a run with other options is not believed. */
#include "cli/flow_options.h"

#include "base/path.h"
#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/pick_options.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

static bool flag(const struct cpm_cli *cli, const char *key)
{
    return cpm_config_bool(cli->config, key);
}

static const char *text(const struct cpm_cli *cli, const char *key)
{
    return cpm_config_str(cli->config, key);
}

static enum cpm_save_type save_type(const struct cpm_cli *cli)
{
    bool optional = flag(cli, "save-optional"), peer = flag(cli, "save-peer");

    if (peer)
        return optional ? CPM_SAVE_PEER_OPTIONAL : CPM_SAVE_PEER;
    if (optional)
        return CPM_SAVE_OPTIONAL;
    if (flag(cli, "save-dev"))
        return CPM_SAVE_DEV;
    return flag(cli, "save-prod") ? CPM_SAVE_PROD : CPM_SAVE_INFER;
}

static void fill_request(const struct cpm_cli *cli, struct cpm_request_options *r)
{
    const char *prefix = text(cli, "save-prefix");

    r->save_type = save_type(cli);
    r->save_bundle = flag(cli, "save-bundle");
    r->save_prefix = flag(cli, "save-exact") ? "" : prefix ? prefix : "^";
}

static enum cpm_install_strategy strategy(const struct cpm_cli *cli, bool global)
{
    static const char *const names[] = {[CPM_HOISTED] = "hoisted",
                                        [CPM_NESTED] = "nested",
                                        [CPM_SHALLOW] = "shallow",
                                        [CPM_LINKED] = "linked"};
    const char *wanted = text(cli, "install-strategy");

    if (global)
        return CPM_SHALLOW;
    for (size_t i = 0; wanted && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(wanted, names[i]) == 0)
            return (enum cpm_install_strategy)i;
    return CPM_HOISTED;
}

static enum cpm_tree_allow allow(const struct cpm_cli *cli, const char *key)
{
    const char *word = text(cli, key);

    if (word && strcmp(word, "none") == 0)
        return CPM_ALLOW_NONE;
    return word && strcmp(word, "root") == 0 ? CPM_ALLOW_ROOT : CPM_ALLOW_ALL;
}

static void fill_tree(struct cpm_cli *cli, struct cpm_flow_options *o)
{
    struct cpm_tree_options *t = &o->tree;

    t->path = o->path;
    t->legacy_peer_deps = flag(cli, "legacy-peer-deps");
    t->strict_peer_deps = flag(cli, "strict-peer-deps");
    t->force = flag(cli, "force");
    t->prefer_dedupe = flag(cli, "prefer-dedupe");
    t->engine_strict = flag(cli, "engine-strict");
    t->install_links = flag(cli, "install-links");
    t->allow_git = allow(cli, "allow-git");
    t->allow_remote = allow(cli, "allow-remote");
    t->allow_file = allow(cli, "allow-file");
    t->allow_directory = allow(cli, "allow-directory");
    t->global = o->global;
    t->save = o->save;
    t->complete = o->lock_only || o->dry_run;
    t->unpacks = !t->complete;
    t->strategy = strategy(cli, o->global);
    t->os = text(cli, "os");
    t->cpu = text(cli, "cpu");
    t->libc = text(cli, "libc");
    t->omit = cpm_config_list(cli->config, "omit");
    t->omit_registry_resolved = flag(cli, "omit-lockfile-registry-resolved");
    t->lockfile_version = o->lockfile_version;
    t->trace = cpm_term_level(cli->term) >= CPM_LOG_SILLY;
}

void cpm_flow_options_late(struct cpm_cli *cli, struct cpm_flow_options *o)
{
    o->tree.node_version = cpm_config_node_version(cli->config);
    o->tree.npm_version = cpm_config_npm_version(cli->config);
    cpm_pick_options_fill(cli, &o->tree.pick);
    o->registry.user_agent = cpm_net_agent(cli);
    cpm_script_host_options(cli, &o->scripts);
}

static void fill_install(const struct cpm_cli *cli, struct cpm_flow_options *o)
{
    struct cpm_install_options *i = &o->install;

    i->path = o->path;
    i->global = o->global;
    i->bin_dir = o->global_bin;
    i->force = flag(cli, "force");
    i->dry_run = o->dry_run;
    i->bin_links = flag(cli, "bin-links");
    i->module_index = !flag(cli, "omit-resolve-index");
    i->omit = o->tree.omit;
    i->allow_git = o->tree.allow_git;
    i->allow_remote = o->tree.allow_remote;
    i->allow_file = o->tree.allow_file;
}

static const char *fingerprint(const struct cpm_cli *cli, const struct cpm_flow_options *o)
{
    static const char *const keys[] = {"bin-links",
                                       "force",
                                       "install-links",
                                       "legacy-peer-deps",
                                       "strict-peer-deps",
                                       "prefer-dedupe",
                                       "omit-lockfile-registry-resolved",
                                       "format-package-lock"};
    struct cpm_buf out = CPM_BUF_INIT(64 << 10);
    const char *copy;

    cpm_buf_addf(&out, "%s %s %s %d %d ", o->tree.os ? o->tree.os : "",
                 o->tree.cpu ? o->tree.cpu : "", o->tree.libc ? o->tree.libc : "",
                 (int)o->tree.strategy, o->lockfile_version);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        cpm_buf_add_char(&out, flag(cli, keys[i]) ? '1' : '0');
    for (const char *const *omit = o->tree.omit; omit && *omit; omit++)
        cpm_buf_addf(&out, " -%s", *omit);
    copy = cpm_arena_strndup(cli->arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return copy;
}

/* The folders whose package.json -w puts in the root's place. */
static int fill_workspaces(struct cpm_cli *cli, struct cpm_flow_options *o, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    const char **folders;
    size_t count;
    int rc;

    if (o->global || !cpm_workspaces_wanted(cli))
        return 0;
    if ((rc = cpm_workspaces_pick_of_tree(cli, &picks, &count, err)) < 0)
        return rc;
    folders = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        folders[i] = picks[i].path;
    o->workspaces = folders;
    return 0;
}

/* A part of the workspaces is another tree. */
static void fill_filter(struct cpm_cli *cli, struct cpm_flow_options *o)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);

    o->no_workspaces = !o->workspaces && !o->global && cpm_workspaces_left_out(cli);
    cpm_buf_add_text(&out, o->fingerprint);
    if (o->no_workspaces)
        cpm_buf_add_text(&out, " -root");
    for (const char *const *folder = o->workspaces; folder && *folder; folder++)
        cpm_buf_addf(&out, " -w %s", *folder);
    o->fingerprint = cpm_arena_strndup(cli->arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
}

/* All but what depends on where: o->path and o->global are set. */
static int fill(struct cpm_cli *cli, struct cpm_flow_options *o, struct cpm_error *err)
{
    o->names = cpm_names_new();
    o->global_bin = o->global ? cpm_path_join(cli->arena, cli->global_prefix, "bin") : NULL;
    o->cwd = cli->cwd;
    o->save = flag(cli, "save");
    o->lock_only = flag(cli, "package-lock-only");
    o->package_lock = flag(cli, "package-lock") || o->lock_only;
    o->audit = flag(cli, "audit");
    o->dry_run = flag(cli, "dry-run");
    o->audit = flag(cli, "audit");
    o->ignore_scripts = flag(cli, "ignore-scripts");
    o->format_lock = flag(cli, "format-package-lock");
    o->lockfile_version = (int)cpm_config_num(cli->config, "lockfile-version");
    o->git = text(cli, "git");
    o->foreground_scripts = flag(cli, "foreground-scripts");
    o->allow_scripts = cpm_config_list(cli->config, "allow-scripts");
    o->allow_scripts_explicit = cpm_config_where(cli->config, "allow-scripts") >= CPM_CONFIG_ENV;
    o->allow_all_scripts = flag(cli, "dangerously-allow-all-scripts");
    o->strict_allow_scripts = flag(cli, "strict-allow-scripts");
    fill_request(cli, &o->request);
    fill_tree(cli, o);
    fill_install(cli, o);
    o->write_case = text(cli, "write-case");
    o->fingerprint = fingerprint(cli, o);
    return cpm_net_options(cli, &o->registry, err);
}

static const struct cpm_flow_options initial = {.tree = CPM_TREE_OPTIONS_INIT,
                                                .install = CPM_INSTALL_OPTIONS_INIT,
                                                .specs = (const char *const[]){NULL}};

int cpm_flow_options_fill(struct cpm_cli *cli, struct cpm_flow_options *o, struct cpm_error *err)
{
    int rc;

    *o = initial;
    o->global = flag(cli, "global");
    o->path = o->global ? cpm_path_join(cli->arena, cli->global_prefix, "lib") : cli->local_prefix;
    rc = fill(cli, o, err);
    if (rc == 0)
        rc = fill_workspaces(cli, o, err);
    if (rc == 0)
        fill_filter(cli, o);
    return rc;
}

int cpm_flow_options_fill_at(struct cpm_cli *cli, const char *folder, struct cpm_flow_options *o,
                             struct cpm_error *err)
{
    *o = initial;
    o->path = folder;
    return fill(cli, o, err);
}

int cpm_flow_options_fill_global(struct cpm_cli *cli, struct cpm_flow_options *o,
                                 struct cpm_error *err)
{
    *o = initial;
    o->global = true;
    o->path = cpm_path_join(cli->arena, cli->global_prefix, "lib");
    return fill(cli, o, err);
}
