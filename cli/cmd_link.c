/* cpm link: without a name the project (or the picked workspaces) becomes a link among the global
 * packages; with names these are linked from there into the project, after what is not there yet
 * was installed globally. package.json changes only when a save option asks for it: npm's rule. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/project_name.h"
#include "cli/workspace_filter.h"
#include "semver/range.h"
#include "semver/spec.h"

struct link {
    struct cpm_cli *cli;
    const char **args; /* without the project itself */
    size_t count;
};

static int link_here(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    struct cpm_workspace_pick *picks = NULL;
    size_t count = 0;
    int rc = cpm_workspaces_wanted(cli) ? cpm_workspaces_pick_of_tree(cli, &picks, &count, err) : 0;
    if (rc < 0)
        return rc;
    const char **specs = CPM_NEW_ARRAY(cli->arena, const char *, count + 2);
    for (size_t i = 0; i < count; i++)
        specs[i] = cpm_arena_printf(cli->arena, "file:%s", picks[i].path);
    if (!count)
        specs[0] = cpm_arena_printf(cli->arena, "file:%s", cli->local_prefix);
    rc = cpm_flow_options_fill_global(cli, &opts, err);
    if (rc < 0)
        return rc;
    opts.tree.install_links = false;
    opts.specs = specs;
    return cpm_flow_command(cli, &opts, exit_code, err);
}

static const char *global_folder(struct cpm_cli *cli, const char *name)
{
    return cpm_arena_printf(cli->arena, "%s/lib/node_modules/%s", cli->global_prefix, name);
}

/* Does a global package of this name, and of this version if one is asked for, stand there? */
static bool is_global(struct cpm_cli *cli, const struct cpm_spec *spec)
{
    struct cpm_json *doc = NULL;
    struct cpm_version version;
    if (!spec->name.len)
        return false;
    const char *folder = global_folder(cli, cpm_arena_str(cli->arena, spec->name).ptr);
    if (cpm_project_read(cli, folder, &doc, NULL) < 0)
        return false;
    bool fits = true;
    if (spec->type == CPM_SPEC_VERSION)
        fits = cpm_version_parse(cpm_json_get_str(doc, "version"), CPM_SEMVER_LOOSE, &version) &&
               cpm_version_cmp(&version, spec->version) == 0;
    cpm_json_free(doc);
    return fits;
}

/* A folder is called what its package.json says. */
static int name_of(struct cpm_cli *cli, const struct cpm_spec *spec, const char **name,
                   struct cpm_error *err)
{
    if (spec->type == CPM_SPEC_DIRECTORY)
        return cpm_project_name(cli, cpm_arena_str(cli->arena, spec->fetch).ptr, name, err);
    *name = cpm_arena_str(cli->arena, spec->name).ptr;
    if (!*name)
        return cpm_error_set(err, CPM_EUSAGE, "'%.*s' has no name by which it could be linked.",
                             CPM_STR_ARG(spec->raw));
    return 0;
}

/* *missing gets what is to be installed globally first, *names what is linked then. */
static int sort_args(struct link *l, const char **missing, const char **names,
                     struct cpm_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct cpm_spec spec;
        int rc = cpm_spec_parse(l->cli->arena, cpm_str(l->args[i]), l->cli->cwd, &spec, err);
        if (rc == 0)
            rc = name_of(l->cli, &spec, &names[i], err);
        if (rc < 0)
            return rc;
        if (!is_global(l->cli, &spec))
            missing[n++] = l->args[i];
    }
    return 0;
}

/* 1 when a failure is told already. */
static int install_globally(struct link *l, const char **missing, int *exit_code,
                            struct cpm_error *err)
{
    struct cpm_flow_options opts;
    struct cpm_flow_result result;
    if (!missing[0])
        return 0;
    int rc = cpm_flow_options_fill_global(l->cli, &opts, err);
    if (rc < 0)
        return rc;
    opts.tree.install_links = false;
    opts.specs = missing;
    rc = cpm_flow_command_quiet(l->cli, &opts, &result, exit_code, err);
    return rc < 0 ? rc : *exit_code != 0;
}

static bool asks_to_save(const struct cpm_config *config)
{
    static const char *const groups[] = {"save-optional", "save-peer", "save-dev", "save-prod"};
    if (cpm_config_where(config, "save") != CPM_CONFIG_DEFAULT && cpm_config_bool(config, "save"))
        return true;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        if (cpm_config_bool(config, groups[i]))
            return true;
    return false;
}

static int link_names(struct link *l, const char **names, int *exit_code, struct cpm_error *err)
{
    struct cpm_cli *cli = l->cli;
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < l->count; i++) {
        const char *folder = global_folder(cli, names[i]);
        const char *real = cpm_fs_realpath(cli->arena, folder, NULL); /* dry-run: not there yet */
        names[i] = cpm_arena_printf(cli->arena, "%s@file:%s", names[i], real ? real : folder);
    }
    opts.save = opts.tree.save = asks_to_save(cli->config);
    opts.tree.install_links = false;
    opts.specs = names;
    return cpm_flow_command(cli, &opts, exit_code, err);
}

int cpm_cmd_link(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    size_t room = (size_t)cli->argc + 1;
    struct link l = {.cli = cli, .args = CPM_NEW_ARRAY(cli->arena, const char *, room)};
    const char **missing = CPM_NEW_ARRAY(cli->arena, const char *, room);
    const char **names = CPM_NEW_ARRAY(cli->arena, const char *, room);
    if (cpm_config_bool(cli->config, "global"))
        return cpm_error_set(err, CPM_ELINKGLOBAL,
                             "link should never be --global.\n"
                             "Please re-run this command with --local");
    for (int i = 0; i < cli->argc; i++)
        if (strcmp(cpm_path_resolve(cli->arena, cli->cwd, cli->argv[i]), cli->local_prefix) != 0)
            l.args[l.count++] = cli->argv[i];
    if (l.count == 0)
        return link_here(cli, exit_code, err);
    int rc = sort_args(&l, missing, names, err);
    if (rc == 0)
        rc = install_globally(&l, missing, exit_code, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    return link_names(&l, names, exit_code, err);
}
