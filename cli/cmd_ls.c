/* cpm ls: what is installed, as a tree, and what is wrong with it. Steps: read the tree, give it
 * edges, walk it, print it, and fail when something is missing or invalid. */
#include "cli/commands.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/graph_load.h"
#include "cli/ls_print.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

#include <math.h>

struct ls {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_ls_walk walk;
    struct cpm_ls_style style;
};

static int parse_specs(struct ls *ls, struct cpm_error *err)
{
    size_t n = (size_t)ls->cli->argc;
    struct cpm_spec *specs = CPM_NEW_ARRAY(ls->cli->arena, struct cpm_spec, n + 1);
    for (size_t i = 0; i < n; i++) {
        int rc =
            cpm_spec_parse(ls->cli->arena, cpm_str(ls->cli->argv[i]), ls->cli->cwd, &specs[i], err);
        if (rc < 0)
            return rc;
    }
    ls->walk.specs = specs;
    ls->walk.spec_count = n;
    return 0;
}

static int pick_workspaces(struct ls *ls, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    const struct cpm_config *config = ls->cli->config;
    ls->walk.no_workspaces = cpm_workspaces_left_out(ls->cli);
    ls->walk.with_root = cpm_config_bool(config, "include-workspace-root");
    if (!cpm_workspaces_wanted(ls->cli))
        return 0;
    int rc = cpm_workspaces_pick(ls->cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    const char **paths = CPM_NEW_ARRAY(ls->cli->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        paths[i] = picks[i].path;
    ls->walk.only = paths;
    return 0;
}

/* npm: unlimited with --all or names, else the top alone; --depth says otherwise. */
static double wanted_depth(const struct ls *ls)
{
    const struct cpm_config *config = ls->cli->config;
    bool said = cpm_config_where(config, "depth") != CPM_CONFIG_DEFAULT;
    if (said)
        return cpm_config_num(config, "depth");
    return cpm_config_bool(config, "all") || ls->cli->argc > 0 ? INFINITY : 0;
}

static void print_json(struct ls *ls, bool failed, struct cpm_str problems)
{
    struct cpm_json *doc = cpm_ls_print_json(&ls->walk, &ls->style);
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    if (failed) {
        struct cpm_json *error = cpm_json_new_object();
        cpm_json_set_str(error, "code", CPM_STR("ELSPROBLEMS"));
        cpm_json_set_str(error, "summary", problems);
        cpm_json_set_str(error, "detail", CPM_STR(""));
        cpm_json_set(doc, CPM_STR("error"), error);
    }
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_out(ls->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    cpm_json_free(doc);
}

static void print(struct ls *ls, bool failed, struct cpm_str problems)
{
    const struct cpm_config *config = ls->cli->config;
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    if (cpm_term_json(ls->cli->term)) {
        print_json(ls, failed, problems);
    } else if (cpm_config_bool(config, "parseable")) {
        cpm_ls_print_parseable(&ls->walk, ls->style.is_long, &text);
        cpm_term_out(ls->cli->term, cpm_buf_str(&text));
    } else {
        cpm_ls_print_tree(&ls->walk, &ls->style, &text);
        cpm_buf_add_char(&text, '\n');
        cpm_term_put(ls->cli->term, cpm_buf_str(&text));
    }
    cpm_buf_release(&text);
}

/* Extraneous packages alone are no failure. */
static bool collect_problems(const struct ls *ls, struct cpm_buf *out)
{
    bool failed = false;
    CPM_MAP_EACH (&ls->walk.problems, e) {
        cpm_buf_addf(out, "%s%.*s", out->len ? "\n" : "", CPM_STR_ARG(e->key));
        failed |= !cpm_str_starts(e->key, "extraneous:");
    }
    return failed;
}

static int show(struct ls *ls, int *exit_code)
{
    struct cpm_buf problems = CPM_BUF_INIT(64u << 20);
    cpm_ls_walk(&ls->walk);
    bool failed = collect_problems(ls, &problems);
    print(ls, failed, cpm_buf_str(&problems));
    if (failed) {
        cpm_term_log(ls->cli->term, CPM_LOG_ERROR, "code", "ELSPROBLEMS");
        cpm_term_log(ls->cli->term, CPM_LOG_ERROR, NULL, "%s", cpm_buf_text(&problems));
    }
    if (failed || (ls->cli->argc > 0 && !ls->walk.root->include))
        *exit_code = 1;
    cpm_buf_release(&problems);
    cpm_map_release(&ls->walk.problems);
    return 0;
}

static int run(struct ls *ls, int *exit_code, struct cpm_error *err)
{
    const struct cpm_config *config = ls->cli->config;
    ls->load = (struct cpm_graph_load){.cli = ls->cli,
                                       .lock_only = cpm_config_bool(config, "package-lock-only")};
    int rc = cpm_graph_load(&ls->load, err);
    if (rc < 0)
        return rc;
    const char *package = cpm_path_join(ls->cli->arena, ls->load.src.path, "package.json");
    ls->style.has_manifest = cpm_fs_exists(package);
    ls->style.lock_file = ls->load.lock_file;
    ls->style.from_folders = !ls->load.lock_file;
    ls->style.color = cpm_term_color(ls->cli->term);
    ls->style.unicode = cpm_term_unicode(ls->cli->term);
    ls->style.is_long |= cpm_config_bool(config, "long");
    ls->walk.tree = &ls->load.graph;
    ls->walk.depth = wanted_depth(ls);
    ls->walk.link = cpm_config_bool(config, "link");
    ls->walk.omit = cpm_config_list(config, "omit");
    rc = parse_specs(ls, err);
    if (rc == 0)
        rc = pick_workspaces(ls, err);
    if (rc == 0)
        rc = show(ls, exit_code);
    return rc;
}

int cpm_cmd_ls(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct ls ls = {.cli = cli};
    ls.style.is_long = strcmp(cli->command, "ll") == 0;
    int rc = run(&ls, exit_code, err);
    cpm_graph_load_release(&ls.load);
    return rc;
}
