/* Read the flat lock, then the workspaces that the root names, then join both to a graph. */
#include "cli/graph_load.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/workspace_filter.h"
#include "install/workspaces.h"

#define LOCK_MAX (256u << 20)

/* The project is part of its tree; a lock leaves it out when there is nothing to say of it. */
static void put_root(struct cpm_graph_load *load, const struct cpm_manifest *root)
{
    struct cpm_lock *lock = &load->lock;
    struct cpm_lock_entry *all;
    for (size_t i = 0; i < lock->count; i++) {
        if (lock->entries[i].location.len == 0) {
            lock->entries[i].manifest = root;
            return;
        }
    }
    all = CPM_NEW_ARRAY(load->src.arena, struct cpm_lock_entry, lock->count + 1);
    all[0] = (struct cpm_lock_entry){.location = CPM_STR(""), .manifest = root};
    if (lock->count)
        memcpy(&all[1], lock->entries, lock->count * sizeof(*all));
    lock->entries = all;
    lock->count++;
}

static int read_locked(struct cpm_graph_load *load, struct cpm_error *err)
{
    const struct cpm_actual_source *src = &load->src;
    struct cpm_lock_source source = {.names = src->names, .arena = src->arena, .root = src->path};
    const char *file = cpm_path_join(src->arena, src->path, "npm-shrinkwrap.json");
    struct cpm_str text;
    const struct cpm_manifest *root;
    if (!cpm_fs_exists(file))
        file = cpm_path_join(src->arena, src->path, "package-lock.json");
    if (!cpm_fs_exists(file))
        return cpm_error_set(err, CPM_ENOLOCK,
                             "This command requires an existing lockfile.\nTry creating "
                             "one first with: cpm i --package-lock-only");
    load->lock_file = file;
    int rc = cpm_fs_read(file, LOCK_MAX, src->arena, &text, err);
    if (rc == 0)
        rc = cpm_lock_read(text, file, &source, &load->lock, err);
    if (rc < 0)
        return rc;
    rc = cpm_actual_manifest(src, src->path, &root, err);
    if (rc < 0)
        return rc;
    put_root(load, root);
    cpm_actual_read_targets(src, &load->lock);
    return 0;
}

static int read_tree(struct cpm_graph_load *load, struct cpm_error *err)
{
    if (!load->src.global && load->lock_only)
        return read_locked(load, err);
    int rc = cpm_actual_read(&load->src, &load->lock, &load->from_hidden, err);
    if (load->from_hidden)
        load->lock_file =
            cpm_path_join(load->src.arena, load->src.path, "node_modules/.package-lock.json");
    return rc;
}

/* The workspaces that the root names, linked or not. */
static int read_workspaces(struct cpm_graph_load *load, struct cpm_workspaces *found,
                           struct cpm_error *err)
{
    const struct cpm_manifest *root;
    int rc = cpm_actual_manifest(&load->src, load->src.path, &root, err);
    struct cpm_str patterns = rc == 0 ? root->raw[CPM_RAW_WORKSPACES] : CPM_STR_NONE;
    if (rc < 0 || !patterns.len)
        return rc;
    rc =
        cpm_workspaces_read(load->src.path, patterns, load->src.names, load->src.arena, found, err);
    const char **folders = CPM_NEW_ARRAY(load->src.arena, const char *, found->count + 1);
    for (size_t i = 0; i < found->count; i++)
        folders[i] = cpm_arena_str(load->src.arena, found->v[i].location).ptr;
    load->src.folders = folders;
    return rc;
}

static void build_graph(struct cpm_graph_load *load, const struct cpm_workspaces *found)
{
    struct cpm_arena *arena = load->src.arena;
    struct cpm_graph_workspace *v =
        CPM_NEW_ARRAY(arena, struct cpm_graph_workspace, found->count + 1);
    for (size_t i = 0; i < found->count; i++) {
        v[i].name = cpm_name_str(found->v[i].name);
        v[i].path = cpm_path_resolve(arena, load->src.path, load->src.folders[i]);
    }
    struct cpm_graph_input in = {.path = load->src.path,
                                 .lock = &load->lock,
                                 .workspaces = v,
                                 .workspace_count = found->count,
                                 .global = load->src.global};
    cpm_graph_build(arena, &in, &load->graph);
}

/* npm judges no tree while a rule changes what the project itself asks for. */
static int check_overrides(const struct cpm_graph *graph, struct cpm_error *err)
{
    for (size_t i = 0; i < graph->root->edge_count; i++) {
        const struct cpm_graph_edge *e = &graph->root->edges[i];
        if (!cpm_str_eq(e->spec, e->raw))
            return cpm_error_set(err, CPM_EOVERRIDE,
                                 "Override for %.*s@%.*s conflicts with direct dependency",
                                 CPM_STR_ARG(e->name), CPM_STR_ARG(e->raw));
    }
    return 0;
}

int cpm_graph_load(struct cpm_graph_load *load, struct cpm_error *err)
{
    struct cpm_cli *cli = load->cli;
    struct cpm_workspaces found = {0};
    bool global = cpm_config_bool(cli->config, "global");
    int rc = 0;
    load->src = (struct cpm_actual_source){
        .path = global ? cpm_path_join(cli->arena, cli->global_prefix, "lib") : cli->local_prefix,
        .names = cpm_names_new(),
        .arena = cli->arena,
        .global = global,
        .folders_only = load->folders_only};
    if (!global)
        rc = read_workspaces(load, &found, err);
    if (rc == 0)
        rc = read_tree(load, err);
    if (rc < 0)
        return rc;
    build_graph(load, &found);
    return check_overrides(&load->graph, err);
}

void cpm_graph_load_release(struct cpm_graph_load *load)
{
    cpm_graph_release(&load->graph);
    cpm_names_free(load->src.names);
}

/* For npm an empty set is no filter. */
static const bool *or_none(const struct cpm_graph *g, const bool *set)
{
    for (size_t i = 0; i < g->count; i++)
        if (set[i])
            return set;
    return NULL;
}

int cpm_graph_load_filter(struct cpm_graph_load *load, const bool **set, struct cpm_error *err)
{
    struct cpm_cli *cli = load->cli;
    struct cpm_workspace_pick *picks;
    size_t count;
    *set = NULL;
    if (cpm_workspaces_left_out(cli))
        *set = or_none(&load->graph, cpm_graph_without_workspaces(&load->graph));
    if (!cpm_workspaces_wanted(cli))
        return 0;
    int rc = cpm_workspaces_pick_of_tree(cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    const char **paths = CPM_NEW_ARRAY(cli->arena, const char *, count + 1);
    for (size_t i = 0, n = 0; i < count; i++)
        if (strcmp(picks[i].path, cli->local_prefix) != 0)
            paths[n++] = picks[i].path;
    bool with_root = cpm_config_bool(cli->config, "include-workspace-root");
    *set = or_none(&load->graph, cpm_graph_of_workspaces(&load->graph, paths, with_root));
    return 0;
}
