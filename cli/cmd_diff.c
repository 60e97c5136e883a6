/* cpm diff: what two packages have in different files, as a patch. The words name both sides, or
 * one that is compared with what is here. */
#include "cli/commands.h"

#include "base/path.h"
#include "cli/config/config.h"
#include "cli/diff_format.h"
#include "cli/graph_load.h"
#include "cli/project_name.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

#define NEEDS_PROJECT "Needs multiple arguments to compare or run from a project dir."

struct diff {
    struct cpm_cli *cli;
    struct cpm_net net;
    const char *prefix;   /* the folder that is compared */
    const char *top;      /* whose node_modules is looked into */
    const char *specs[2]; /* "" when not given; then what is fetched */
    struct cpm_graph_load load;
    bool loaded;
};

static bool is_range(struct diff *d, const char *text)
{
    return cpm_range_parse(d->cli->arena, cpm_str(text), 0) != NULL;
}

/* The name in the folder's package.json, or NULL. */
static const char *project_name(struct diff *d)
{
    const char *name = NULL;
    return cpm_project_name(d->cli, d->prefix, &name, NULL) == 0 ? name : NULL;
}

static const char *joined(struct diff *d, const char *name, const char *version)
{
    return cpm_arena_printf(d->cli->arena, "%s@%s", name, version);
}

static const char *file_spec(struct diff *d, const char *folder)
{
    return cpm_arena_printf(d->cli->arena, "file:%s", folder);
}

/* The first node of that name in the tree that stands, or NULL. A tree that cannot be read has
 * none. */
static const struct cpm_graph_node *installed(struct diff *d, struct cpm_str name)
{
    struct cpm_cli here = *d->cli;
    here.local_prefix = d->prefix;
    if (!d->loaded) {
        d->load = (struct cpm_graph_load){.cli = &here};
        d->loaded = cpm_graph_load(&d->load, NULL) == 0;
        d->load.cli = d->cli;
    }
    for (size_t i = 0; d->loaded && i < d->load.graph.count; i++) {
        const struct cpm_graph_node *n = &d->load.graph.nodes[i];
        if (cpm_str_eq(n->name, name))
            return n->manifest->version ? n : NULL;
    }
    return NULL;
}

static const char *name_of(struct diff *d, const char *spec)
{
    struct cpm_spec parsed;
    if (cpm_spec_parse(d->cli->arena, cpm_str(spec), d->top, &parsed, NULL) < 0)
        return "";
    return cpm_arena_str(d->cli->arena, parsed.name).ptr;
}

/* A bare version takes the name of the other side, or the project's. */
static int name_versions(struct diff *d, struct cpm_error *err)
{
    bool ranges[2] = {is_range(d, d->specs[0]), is_range(d, d->specs[1])};
    const char *name = ranges[0] && ranges[1] ? project_name(d) : NULL;
    if (ranges[0] && ranges[1] && !name)
        return cpm_error_set(err, CPM_EUSAGE,
                             "Needs to be run from a project dir in order to diff two versions.");
    for (int i = 0; i < 2; i++)
        if (ranges[i])
            d->specs[i] = joined(d, name ? name : name_of(d, d->specs[!i]), d->specs[i]);
    return 0;
}

/* A bare name is what is installed, where it is; a path begins at the project. */
static int find_installed(struct diff *d, const char **spec, struct cpm_error *err)
{
    struct cpm_spec parsed;
    int rc = cpm_spec_parse(d->cli->arena, cpm_str(*spec), d->top, &parsed, err);
    if (rc == 0 && (parsed.type == CPM_SPEC_DIRECTORY || parsed.type == CPM_SPEC_FILE))
        *spec = file_spec(d, cpm_arena_str(d->cli->arena, parsed.fetch).ptr);
    if (rc < 0 || !parsed.registry || !cpm_str_is(parsed.raw_spec, "*"))
        return rc;
    const struct cpm_graph_node *node = installed(d, parsed.name);
    *spec = joined(d, cpm_arena_str(d->cli->arena, parsed.name).ptr,
                   node ? file_spec(d, node->real) : "*");
    return 0;
}

/* The range that the root asks for, or who comes first: what `outdated` calls wanted. */
static const char *wanted_range(struct diff *d, const struct cpm_graph_node *node)
{
    const struct cpm_graph_node *root = d->load.graph.root;
    struct cpm_str range = CPM_STR_NONE;
    if (node->edge_in_count)
        range = node->edges_in[0]->spec;
    for (size_t i = 0; i < root->edge_count; i++)
        if (cpm_str_eq(root->edges[i].name, node->name))
            range = root->edges[i].spec;
    return range.len ? cpm_arena_str(d->cli->arena, range).ptr
                     : cpm_config_str(d->cli->config, "tag");
}

static int with_registry(struct diff *d, const struct cpm_spec *spec, struct cpm_error *err)
{
    struct cpm_arena *arena = d->cli->arena;
    const struct cpm_graph_node *node = installed(d, spec->name);
    const char *name = cpm_arena_str(arena, spec->name).ptr;
    if (node) {
        bool bare = cpm_str_is(spec->raw_spec, "*");
        d->specs[0] = joined(d, name, file_spec(d, node->real));
        d->specs[1] = joined(
            d, name, bare ? wanted_range(d, node) : cpm_arena_str(arena, spec->raw_spec).ptr);
        return 0;
    }
    if (!project_name(d))
        return cpm_error_set(err, CPM_EUSAGE, NEEDS_PROJECT);
    d->specs[0] = joined(d, name, cpm_arena_str(arena, spec->fetch).ptr);
    d->specs[1] = file_spec(d, d->prefix);
    return 0;
}

/* One side is given: a version of the project, an installed package, a folder. */
static int complete(struct diff *d, struct cpm_error *err)
{
    struct cpm_spec spec;
    const char *given = d->specs[0], *name = project_name(d);
    d->specs[1] = file_spec(d, d->prefix);
    if (is_range(d, given)) {
        if (!name)
            return cpm_error_set(err, CPM_EUSAGE, NEEDS_PROJECT);
        d->specs[0] = joined(d, name, given);
        return 0;
    }
    int rc = cpm_spec_parse(d->cli->arena, cpm_str(given), d->cli->cwd, &spec, err);
    if (rc < 0)
        return rc;
    if (spec.registry)
        return with_registry(d, &spec, err);
    if (spec.type != CPM_SPEC_DIRECTORY)
        return cpm_error_set(err, CPM_EUSAGE, "Spec type %s not supported.",
                             cpm_spec_type_name(spec.type));
    d->specs[0] = file_spec(d, cpm_arena_str(d->cli->arena, spec.fetch).ptr);
    return 0;
}

static int decide(struct diff *d, struct cpm_error *err)
{
    if (*d->specs[0] && *d->specs[1]) {
        int rc = name_versions(d, err);
        for (int i = 0; i < 2 && rc == 0; i++)
            rc = find_installed(d, &d->specs[i], err);
        return rc;
    }
    if (*d->specs[0])
        return complete(d, err);
    const char *name = project_name(d);
    if (!name)
        return cpm_error_set(err, CPM_EUSAGE, NEEDS_PROJECT);
    d->specs[0] = joined(d, name, cpm_config_str(d->cli->config, "tag"));
    d->specs[1] = file_spec(d, d->prefix);
    return 0;
}

static const char *or_default(const char *text, const char *fallback)
{
    return text && *text ? text : fallback;
}

static void print(struct diff *d, const struct cpm_diff_side sides[2])
{
    const struct cpm_config *c = d->cli->config;
    bool bare = cpm_config_bool(c, "diff-no-prefix");
    double context = cpm_config_num(c, "diff-unified");
    struct cpm_diff_format format = {
        .from = &sides[0],
        .to = &sides[1],
        .from_prefix = bare ? "" : or_default(cpm_config_str(c, "diff-src-prefix"), "a/"),
        .to_prefix = bare ? "" : or_default(cpm_config_str(c, "diff-dst-prefix"), "b/"),
        .version_prefix = or_default(cpm_config_str(c, "tag-version-prefix"), "v"),
        .context = context >= 0 && context < 1e9 ? (size_t)context : 3,
        .names_only = cpm_config_bool(c, "diff-name-only"),
        .ignore_space = cpm_config_bool(c, "diff-ignore-all-space"),
        .all_text = cpm_config_bool(c, "diff-text"),
        .color = cpm_term_color(d->cli->term)};
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    cpm_diff_format(&format, &text);
    if (format.color) {
        cpm_buf_add_char(&text, '\n');
        cpm_term_put(d->cli->term, cpm_buf_str(&text));
    } else {
        cpm_term_out(d->cli->term, cpm_buf_str(&text));
    }
    cpm_buf_release(&text);
}

static int compare(struct diff *d, int *exit_code, struct cpm_error *err)
{
    struct cpm_diff_side sides[2] = {0};
    int rc = 0;
    for (int i = 0; i < 2 && rc == 0; i++) {
        sides[i] = (struct cpm_diff_side){
            .cli = d->cli, .net = &d->net, .top = d->top, .filters = d->cli->argv};
        rc = cpm_diff_side_read(&sides[i], d->specs[i], err);
        if (rc == CPM_ELIFECYCLE)
            *exit_code = sides[i].run.exit_code;
    }
    if (rc == 0)
        print(d, sides);
    for (int i = 0; i < 2; i++)
        cpm_diff_side_release(&sides[i]);
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}

static int read_words(struct diff *d, struct cpm_error *err)
{
    size_t count = 0;
    d->specs[0] = d->specs[1] = "";
    for (const char *const *v = cpm_config_list(d->cli->config, "diff"); v && *v; v++) {
        if (!**v)
            continue;
        if (count == 2)
            return cpm_error_set(err, CPM_EUSAGE, "Can't use more than two --diff arguments.");
        d->specs[count++] = *v;
    }
    return 0;
}

static int run_in(struct cpm_cli *cli, const char *folder, int *exit_code, struct cpm_error *err)
{
    struct diff d = {.cli = cli, .prefix = folder, .top = folder};
    if (cpm_config_bool(cli->config, "global"))
        d.top = cpm_path_join(cli->arena, cli->global_prefix, "lib");
    int rc = read_words(&d, err);
    if (rc == 0)
        rc = decide(&d, err);
    if (rc == 0)
        rc = compare(&d, exit_code, err);
    if (d.loaded || d.load.cli)
        cpm_graph_load_release(&d.load);
    cpm_net_close(&d.net);
    return rc;
}

int cpm_cmd_diff(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    if (!cpm_workspaces_wanted(cli))
        return run_in(cli, cli->local_prefix, exit_code, err);
    int rc = cpm_workspaces_pick(cli, &picks, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = run_in(cli, picks[i].path, exit_code, err);
    return rc;
}
