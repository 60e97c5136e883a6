/* cpm version: the versions of what runs here, or a new version for the package (or for each of the
 * picked workspaces). */
#include "base/child.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/inspect.h"
#include "cli/print_json.h"
#include "cli/project_name.h"
#include "cli/version_bump.h"
#include "cli/workspace_filter.h"

/* node's process.versions, or nothing where there is no node. */
static void add_node_versions(struct cpm_cli *cli, struct cpm_json *out)
{
    const char *node = cpm_config_node_path(cli->config);
    const char *argv[] = {node, "-p", "JSON.stringify(process.versions)", NULL};
    struct cpm_child child = {.argv = argv};
    struct cpm_json *versions = NULL;
    if (node && cpm_child_run(&child, NULL) == 0 && child.exit_code == 0 &&
        cpm_json_parse(cpm_buf_str(&child.out), "node", 0, &versions, NULL) == 0)
        CPM_JSON_EACH (versions, v)
            cpm_json_set(out, cpm_json_key(v), cpm_json_copy(v));
    cpm_json_free(versions);
    cpm_child_release(&child);
}

static void add_package(struct cpm_cli *cli, const char *folder, struct cpm_json *out)
{
    struct cpm_json *doc = NULL;
    if (cpm_project_read(cli, folder, &doc, NULL) == 0) {
        struct cpm_str name = cpm_json_get_str(doc, "name");
        struct cpm_str version = cpm_json_get_str(doc, "version");
        if (name.len && version.len)
            cpm_json_set(out, name, cpm_json_new_str(version));
    }
    cpm_json_free(doc);
}

/* The picked workspaces, the project itself, then what runs it. */
static int list(struct cpm_cli *cli, const struct cpm_workspace_pick *picks, size_t count)
{
    struct cpm_json *out = cpm_json_new_object();
    for (size_t i = 0; i < count; i++)
        add_package(cli, picks[i].path, out);
    add_package(cli, cli->local_prefix, out);
    cpm_json_set_str(out, "npm", cpm_str(cpm_config_npm_version(cli->config)));
    cpm_json_set_str(out, "cpm", cpm_str(cpm_cli_version()));
    add_node_versions(cli, out);
    if (cpm_term_json(cli->term)) {
        cpm_print_json(cli->term, out);
        return 0;
    }
    cpm_term_out(cli->term, cpm_inspect(cli->arena, out));
    cpm_json_free(out);
    return 0;
}

/* 1 when the failure is told already. */
static int bump(struct cpm_cli *cli, const char *folder, bool git, int *exit_code,
                struct cpm_error *err)
{
    const char *prefix = cpm_config_str(cli->config, "tag-version-prefix");
    struct cpm_version_bump in = {.cli = cli, .folder = folder, .wanted = cli->argv[0], .git = git};
    int rc = cpm_version_bump(&in, err);
    if (rc < 0 && in.exit_code) {
        *exit_code = in.exit_code;
        return 1;
    }
    if (rc == 0)
        cpm_term_outf(cli->term, "%s%s", prefix ? prefix : "", in.version);
    return rc;
}

static int bump_workspaces(struct cpm_cli *cli, const struct cpm_workspace_pick *picks,
                           size_t count, int *exit_code, struct cpm_error *err)
{
    const char **names = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        cpm_term_outf(cli->term, "%s", picks[i].name);
        int rc = bump(cli, picks[i].path, false, exit_code, err);
        if (rc != 0)
            return rc < 0 ? rc : 0;
        names[i] = picks[i].name;
    }
    return cpm_workspaces_update(cli, names, exit_code, err);
}

int cpm_cmd_version(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks = NULL;
    size_t count = 0;
    bool workspaces = cpm_workspaces_wanted(cli);
    if (cli->argc > 1)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = workspaces ? cpm_workspaces_pick(cli, &picks, &count, err) : 0;
    if (rc < 0)
        return rc;
    if (cli->argc == 0)
        return list(cli, picks, count);
    if (workspaces)
        return bump_workspaces(cli, picks, count, exit_code, err);
    bool global = cpm_config_bool(cli->config, "global");
    rc = bump(cli, global ? cli->global_prefix : cli->local_prefix,
              cpm_config_bool(cli->config, "git-tag-version"), exit_code, err);
    return rc < 0 ? rc : 0;
}
