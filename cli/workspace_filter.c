/* A filter is a name, a folder (seen from where the user stands) or a parent folder's pattern. The
 * order is that of the filters, then of the workspaces; the root comes first. */
#include "cli/workspace_filter.h"

#include "base/fs.h"
#include "base/glob.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "install/workspaces.h"

#define MANIFEST_MAX (16u << 20)

struct picker {
    struct cpm_cli *cli;
    struct cpm_workspace_pick *picks;
    size_t count;
};

bool cpm_workspaces_wanted(const struct cpm_cli *cli)
{
    return cpm_config_list(cli->config, "workspace")[0] ||
           cpm_config_bool(cli->config, "workspaces");
}

bool cpm_workspaces_left_out(const struct cpm_cli *cli)
{
    return cpm_config_where(cli->config, "workspaces") != CPM_CONFIG_DEFAULT &&
           !cpm_config_bool(cli->config, "workspaces");
}

static void pick(struct picker *p, const char *name, const char *path)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->picks[i].path, path) == 0)
            return;
    p->picks[p->count++] = (struct cpm_workspace_pick){.name = name, .path = path};
}

static bool filter_matches(struct cpm_cli *cli, const char *filter, const char *name,
                           const char *path)
{
    struct cpm_arena *arena = cli->arena;
    const char *rel = cpm_path_relative(arena, cli->cwd, path);
    if (strcmp(filter, name) == 0 || strcmp(cpm_path_resolve(arena, cli->cwd, filter), path) == 0)
        return true;
    if (strncmp(filter, "./", 2) == 0)
        filter += 2;
    const char *below = cpm_path_join(arena, filter, "*");
    return cpm_glob_match(below, rel);
}

static const char *root_name(struct cpm_cli *cli, struct cpm_json *json)
{
    return cpm_arena_str(cli->arena, cpm_json_get_str(json, "name")).ptr;
}

static int no_workspaces(struct cpm_cli *cli, struct cpm_error *err)
{
    const char *const *filters = cpm_config_list(cli->config, "workspace");
    struct cpm_buf text = CPM_BUF_INIT(CPM_ERROR_TEXT);
    for (; *filters; filters++)
        cpm_buf_addf(&text, " --workspace=%s", *filters);
    int rc = text.len
                 ? cpm_error_set(err, CPM_ECONFIG, "No workspaces found:\n %s", cpm_buf_text(&text))
                 : cpm_error_set(err, CPM_ECONFIG, "No workspaces found!");
    cpm_buf_release(&text);
    return rc;
}

static void pick_all(struct picker *p, const struct cpm_workspaces *ws, const char *filter)
{
    for (size_t i = 0; i < ws->count; i++) {
        const char *name = ws->v[i].name->text;
        const char *location = cpm_arena_str(p->cli->arena, ws->v[i].location).ptr;
        const char *path = cpm_path_join(p->cli->arena, p->cli->local_prefix, location);
        name = cpm_arena_strndup(p->cli->arena, name, strlen(name));
        if (!filter || filter_matches(p->cli, filter, name, path))
            pick(p, name, path);
    }
}

static struct cpm_str workspaces_text(struct cpm_arena *arena, const struct cpm_json *json)
{
    const struct cpm_json *value = cpm_json_get(json, CPM_STR("workspaces"));
    struct cpm_buf text = CPM_BUF_INIT(MANIFEST_MAX);
    if (!value)
        return CPM_STR_NONE;
    cpm_json_write(value, CPM_STR(""), CPM_STR(""), &text);
    struct cpm_str copy = cpm_arena_str(arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

/* All workspaces of the project; *json is its package.json, to be freed with the names. */
static int read_workspaces(struct cpm_cli *cli, struct cpm_json **json, struct cpm_names **names,
                           struct cpm_workspaces *ws, struct cpm_error *err)
{
    const char *file = cpm_path_join(cli->arena, cli->local_prefix, "package.json");
    struct cpm_str text;
    int rc = cpm_fs_read(file, MANIFEST_MAX, cli->arena, &text, err);
    if (rc < 0)
        return rc;
    rc = cpm_json_parse(text, file, CPM_JSON_LAST_WINS, json, err);
    if (rc < 0)
        return rc;
    *names = cpm_names_new();
    return cpm_workspaces_read(cli->local_prefix, workspaces_text(cli->arena, *json), *names,
                               cli->arena, ws, err);
}

bool cpm_workspaces_include(struct cpm_cli *cli, const char *folder)
{
    struct cpm_names *names = NULL;
    struct cpm_json *json = NULL;
    struct cpm_workspaces ws = {0};
    bool found = false;
    if (read_workspaces(cli, &json, &names, &ws, NULL) == 0)
        for (size_t i = 0; i < ws.count && !found; i++) {
            const char *location = cpm_arena_str(cli->arena, ws.v[i].location).ptr;
            found = strcmp(cpm_path_join(cli->arena, cli->local_prefix, location), folder) == 0;
        }
    cpm_names_free(names);
    cpm_json_free(json);
    return found;
}

int cpm_workspaces_pick(struct cpm_cli *cli, struct cpm_workspace_pick **out, size_t *count,
                        struct cpm_error *err)
{
    const char *const *filters = cpm_config_list(cli->config, "workspace");
    struct cpm_names *names = NULL;
    struct cpm_json *json = NULL;
    struct cpm_workspaces ws = {0};
    int rc = read_workspaces(cli, &json, &names, &ws, err);
    if (rc < 0)
        goto out;
    struct picker p = {.cli = cli,
                       .picks = CPM_NEW_ARRAY(cli->arena, struct cpm_workspace_pick, ws.count + 1)};
    if (cpm_config_bool(cli->config, "include-workspace-root"))
        pick(&p, root_name(cli, json), cli->local_prefix);
    if (!*filters)
        pick_all(&p, &ws, NULL);
    for (; *filters; filters++)
        pick_all(&p, &ws, *filters);
    *out = p.picks;
    *count = p.count;
    if (p.count == 0)
        rc = no_workspaces(cli, err);
out:
    cpm_names_free(names);
    cpm_json_free(json);
    return rc;
}

int cpm_workspaces_pick_of_tree(struct cpm_cli *cli, struct cpm_workspace_pick **out, size_t *count,
                                struct cpm_error *err)
{
    int rc = cpm_workspaces_pick(cli, out, count, err);

    if (rc == 0 && *count == 1 && strcmp((*out)[0].path, cli->local_prefix) == 0)
        rc = no_workspaces(cli, err);
    return rc;
}
