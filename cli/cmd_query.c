/* cpm query: the packages that a selector names, as npm's JSON. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/print_json.h"
#include "cli/query_world.h"
#include "cli/workspace_filter.h"

struct query {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_query_files files;
    struct cpm_query engine;
    struct cpm_json *items;
    bool *shown; /* by node: with several workspaces each is shown once */
};

static void set_text(struct cpm_json *item, const char *key, struct cpm_str text)
{
    cpm_json_set(item, cpm_str(key), text.len ? cpm_json_new_str(text) : cpm_json_new_null());
}

static void set_neighbours(struct cpm_json *item, const struct cpm_graph_node *node)
{
    struct cpm_json *from = cpm_json_new_array(), *to = cpm_json_new_array();
    for (size_t i = 0; i < node->edge_in_count; i++)
        cpm_json_add(from, cpm_json_new_str(node->edges_in[i]->from->entry->location));
    for (size_t i = 0; i < node->edge_count; i++)
        if (node->edges[i].to)
            cpm_json_add(to, cpm_json_new_str(node->edges[i].to->entry->location));
    cpm_json_set(item, CPM_STR("from"), from);
    cpm_json_set(item, CPM_STR("to"), to);
}

static void set_flags(struct query *q, struct cpm_json *item, const struct cpm_graph_node *node)
{
    const struct cpm_graph_node *target = node->target;
    cpm_json_set(item, CPM_STR("dev"), cpm_json_new_bool(target->dev));
    cpm_json_set(item, CPM_STR("inBundle"),
                 cpm_json_new_bool(cpm_query_is_bundled(&q->engine, target)));
    /* npm counts an empty list, so it is never true; ask ":deduped" */
    cpm_json_set(item, CPM_STR("deduped"), cpm_json_new_bool(false));
    cpm_json_set(item, CPM_STR("overridden"), cpm_json_new_bool(node->overridden));
}

static struct cpm_json *missing_item(struct query *q, const struct cpm_graph_node *node)
{
    struct cpm_json *item = cpm_json_copy(cpm_query_missing_package(node));
    struct cpm_json *context = cpm_json_new_object();
    struct cpm_str name = cpm_json_get_str(item, "name");
    struct cpm_str id =
        CPM_CONCAT(q->cli->arena, name, CPM_STR("@"), cpm_json_get_str(item, "version"));
    cpm_json_set_str(item, "_id", id);
    cpm_json_set_str(item, "pkgid", id);
    set_text(item, "path", CPM_STR_NONE);
    set_text(item, "realpath", CPM_STR_NONE);
    set_text(item, "resolved", CPM_STR_NONE);
    set_neighbours(item, node);
    set_flags(q, item, node);
    cpm_json_set(context, CPM_STR("missing"), cpm_json_new_bool(true));
    cpm_json_set(item, CPM_STR("queryContext"), context);
    return item;
}

static struct cpm_json *item_of(struct query *q, const struct cpm_graph_node *node)
{
    const struct cpm_graph_node *target = node->target;
    const struct cpm_json *context = q->engine.contexts[cpm_graph_index(&q->load.graph, node)];
    struct cpm_json *item = cpm_json_copy(q->engine.world.package(&q->files, target));
    bool stands_alone = target->is_root || !target->parent;
    cpm_json_set_str(item, "pkgid", cpm_str(target->id));
    cpm_json_set_str(item, "location", target->entry->location);
    cpm_json_set_str(item, "path", cpm_str(target->path));
    cpm_json_set_str(item, "realpath", cpm_str(target->real));
    set_text(item, "resolved", stands_alone ? CPM_STR_NONE : target->entry->resolved);
    set_neighbours(item, target);
    set_flags(q, item, node);
    cpm_json_set(item, CPM_STR("queryContext"),
                 context ? cpm_json_copy(context) : cpm_json_new_object());
    return item;
}

static int run_at(struct query *q, const struct cpm_graph_node *scope,
                  const struct cpm_selector *selector, struct cpm_error *err)
{
    q->engine.scope = scope;
    int rc = cpm_query_run(&q->engine, selector, err);
    for (size_t i = 0; i < q->engine.found.count && rc == 0; i++) {
        const struct cpm_graph_node *node = q->engine.found.v[i];
        if (cpm_query_is_missing(node)) {
            cpm_json_add(q->items, missing_item(q, node));
            continue;
        }
        bool *shown = &q->shown[cpm_graph_index(&q->load.graph, node->target)];
        if (!*shown || node->target->is_root)
            cpm_json_add(q->items, item_of(q, node));
        *shown = true;
    }
    return rc;
}

static const struct cpm_graph_node *find_folder(const struct query *q, const char *path)
{
    for (size_t i = 0; i < q->load.graph.count; i++) {
        const struct cpm_graph_node *node = &q->load.graph.nodes[i];
        if ((node->is_root || node->workspace) && strcmp(node->real, path) == 0)
            return node->target;
    }
    return NULL;
}

static int run_in_workspaces(struct query *q, const struct cpm_selector *selector,
                             struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(q->cli, &picks, &count, err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const struct cpm_graph_node *scope = find_folder(q, picks[i].path);
        if (scope)
            rc = run_at(q, scope, selector, err);
    }
    return rc;
}

static void check_expected(struct query *q, int *exit_code)
{
    const struct cpm_config *config = q->cli->config;
    size_t count = cpm_json_count(q->items);
    if (cpm_config_where(config, "expect-results") != CPM_CONFIG_DEFAULT) {
        bool expected = cpm_config_bool(config, "expect-results");
        if (expected == (count > 0))
            return;
        cpm_term_log(q->cli->term, CPM_LOG_WARN, "query", "Expected %sresults, got %zu",
                     expected ? "" : "no ", count);
        *exit_code = 1;
    } else if (cpm_config_where(config, "expect-result-count") != CPM_CONFIG_DEFAULT) {
        double expected = cpm_config_num(config, "expect-result-count");
        if (expected == (double)count)
            return;
        cpm_term_log(q->cli->term, CPM_LOG_WARN, "query", "Expected %s result%s, got %zu",
                     cpm_config_str(config, "expect-result-count"), expected == 1 ? "" : "s",
                     count);
        *exit_code = 1;
    }
}

static int load(struct query *q, struct cpm_error *err)
{
    q->load.lock_only = cpm_config_bool(q->cli->config, "package-lock-only");
    q->load.folders_only = !q->load.lock_only;
    int rc = cpm_graph_load(&q->load, err);
    if (rc == CPM_ENOLOCK)
        return cpm_error_set(
            err, CPM_EUSAGE,
            "A package lock or shrinkwrap file is required in package-lock-only mode");
    if (rc < 0)
        return rc;
    cpm_query_init(&q->engine, &q->load.graph);
    cpm_query_files_init(&q->files, q->cli, &q->load, &q->engine);
    q->shown = CPM_NEW_ARRAY(q->cli->arena, bool, q->load.graph.count + 1);
    return 0;
}

static int run(struct query *q, int *exit_code, struct cpm_error *err)
{
    struct cpm_selector *selector = NULL;
    struct cpm_str text = q->cli->argc ? cpm_str(q->cli->argv[0]) : CPM_STR_NONE;
    int rc = load(q, err);
    if (rc == 0)
        rc = cpm_selector_parse(q->cli->arena, text, &selector, err);
    if (rc < 0)
        return rc;
    q->items = cpm_json_new_array();
    rc = cpm_workspaces_wanted(q->cli) ? run_in_workspaces(q, selector, err)
                                       : run_at(q, q->load.graph.root, selector, err);
    if (rc < 0)
        return rc;
    check_expected(q, exit_code);
    cpm_print_json(q->cli->term, q->items);
    q->items = NULL;
    return 0;
}

int cpm_cmd_query(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct query q = {.cli = cli, .load = {.cli = cli}};
    cpm_term_set_json(cli->term);
    int rc = run(&q, exit_code, err);
    cpm_json_free(q.items);
    cpm_query_files_release(&q.files);
    cpm_query_release(&q.engine);
    cpm_graph_load_release(&q.load);
    return rc;
}
