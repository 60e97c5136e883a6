/* Both directions need the edges of a flat lock, which look/graph.h gives. It leaves out optional
 * packages for other platforms, and so does npm here: it writes the file a second time, together
 * with the lock in node_modules. */
#include "install/yarn_file.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/path.h"
#include "look/graph.h"
#include "registry/registry.h"

#include <stdlib.h>

enum { YARN_MAX = 64 << 20 };

int cpm_yarn_file_read(struct cpm_yarn_file *file, const char *path, struct cpm_arena *arena,
                       struct cpm_error *err)
{
    static const char *const hosts[] = {"registry." CPM_NPM_DOMAIN, "registry." CPM_YARN_DOMAIN,
                                        NULL};
    int rc;

    *file = (struct cpm_yarn_file){.path = path};
    rc = cpm_fs_read(cpm_path_join(arena, path, "yarn.lock"), YARN_MAX, arena, &file->text, err);
    if (rc < 0)
        return rc == CPM_ENOENT ? 0 : rc;
    cpm_yarn_read(file->text, hosts, arena, &file->yarn);
    return 0;
}

static bool is_incomplete(const struct cpm_lock_entry *e)
{
    return e->location.len && !e->link && (!e->resolved.len || !e->integrity.len);
}

static bool differ(struct cpm_str a, struct cpm_str b)
{
    return a.len && b.len && !cpm_str_eq(a, b);
}

static void complete_entry(struct cpm_lock_entry *e, const struct cpm_yarn_entry *known)
{
    if (differ(cpm_name_str(e->manifest->version), known->version) ||
        differ(e->integrity, known->integrity) || differ(e->resolved, known->resolved))
        return;
    if (!e->integrity.len)
        e->integrity = known->integrity;
    if (!e->resolved.len)
        e->resolved = known->resolved;
}

void cpm_yarn_file_complete(const struct cpm_yarn_file *file, struct cpm_lock *lock,
                            struct cpm_arena *arena)
{
    const struct cpm_graph_input in = {.path = file->path, .lock = lock};
    struct cpm_map by_wish = CPM_MAP_INIT;
    struct cpm_graph graph;
    bool wanted = false;

    for (size_t i = 0; i < lock->count; i++)
        wanted |= is_incomplete(&lock->entries[i]);
    if (!wanted || !file->yarn.count)
        return;
    for (size_t i = 0; i < file->yarn.count; i++)
        cpm_map_set(&by_wish, file->yarn.entries[i].wish, &file->yarn.entries[i]);
    cpm_graph_build(arena, &in, &graph);
    for (size_t i = 0; i < graph.count; i++) {
        const struct cpm_graph_node *n = &graph.nodes[i];

        for (size_t k = 0; k < n->edge_in_count && is_incomplete(n->entry); k++) {
            const struct cpm_graph_edge *e = n->edges_in[k];
            const char *wish =
                cpm_arena_printf(arena, "%.*s@%.*s", CPM_STR_ARG(n->name), CPM_STR_ARG(e->spec));
            const struct cpm_yarn_entry *known = cpm_map_get(&by_wish, cpm_str(wish));

            if (known && !cpm_graph_edge_is_invalid(&graph, e))
                complete_entry((struct cpm_lock_entry *)n->entry, known);
        }
    }
    cpm_graph_release(&graph);
    cpm_map_release(&by_wish);
}

/* A level's nodes: below the earlier ones of the level above; folders before packages; by name. */
struct place {
    const struct cpm_graph_node *node;
    size_t above; /* index of the node above, in the graph */
    bool package;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->above != y->above)
        return x->above < y->above ? -1 : 1;
    if (x->package != y->package)
        return x->package ? 1 : -1;
    return cpm_collate(x->node->name, y->node->name);
}

/* All nodes that hang below the root, level by level; gives how many. */
static size_t by_level(const struct cpm_graph *graph, const struct cpm_graph_node **out)
{
    struct place *places = CPM_NEW_ARRAY(graph->arena, struct place, graph->count + 1);
    size_t *first = CPM_NEW_ARRAY(graph->arena, size_t, graph->count + 1); /* +1 */
    size_t n = 0, count = 0;

    for (size_t i = 0; i < graph->count; i++) {
        const struct cpm_graph_node *node = &graph->nodes[i];
        const struct cpm_graph_node *above = node->parent ? node->parent : node->fs_parent;

        if (above)
            places[n++] = (struct place){node, cpm_graph_index(graph, above), node->parent != NULL};
    }
    if (n)
        qsort(places, n, sizeof(*places), compare_places);
    for (size_t i = n; i-- > 0;)
        first[places[i].above] = i + 1;
    out[count++] = graph->root;
    for (size_t at = 0; at < count; at++) {
        size_t index = cpm_graph_index(graph, out[at]);

        for (size_t i = first[index]; i && i <= n && places[i - 1].above == index; i++)
            out[count++] = places[i - 1].node;
    }
    return count;
}

static void fill_package(const struct cpm_graph *graph, const struct cpm_graph_node *n,
                         struct cpm_yarn_package *out)
{
    const struct cpm_lock_entry *e = n->entry;

    *out = (struct cpm_yarn_package){
        .manifest = n->manifest, .resolved = e->resolved, .integrity = e->integrity};
    if (e->link)
        out->resolved =
            cpm_str(cpm_arena_printf(graph->arena, "file:%.*s", CPM_STR_ARG(e->resolved)));
    out->wishes = CPM_NEW_ARRAY(graph->arena, struct cpm_str, n->edge_in_count + 1);
    for (; out->wish_count < n->edge_in_count; out->wish_count++)
        out->wishes[out->wish_count] =
            cpm_str(cpm_arena_printf(graph->arena, "%.*s@%.*s", CPM_STR_ARG(n->name),
                                     CPM_STR_ARG(n->edges_in[out->wish_count]->spec)));
}

/* What omit-lockfile-registry-resolved leaves out is filled in again, but not in the caller's. */
static struct cpm_lock complete_copy(const struct cpm_yarn_file *file, const struct cpm_lock *lock,
                                     struct cpm_arena *arena)
{
    struct cpm_lock copy = *lock;

    copy.entries = CPM_NEW_ARRAY(arena, struct cpm_lock_entry, lock->count + 1);
    if (lock->count)
        memcpy(copy.entries, lock->entries, lock->count * sizeof(*lock->entries));
    cpm_yarn_file_complete(file, &copy, arena);
    return copy;
}

int cpm_yarn_file_write(const struct cpm_yarn_file *file, const struct cpm_lock *lock,
                        const struct cpm_graph_workspace *workspaces, size_t workspace_count,
                        bool sync, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_lock whole = complete_copy(file, lock, &arena);
    const struct cpm_graph_input in = {.path = file->path,
                                       .lock = &whole,
                                       .workspaces = workspaces,
                                       .workspace_count = workspace_count};
    struct cpm_buf text = CPM_BUF_INIT(YARN_MAX);
    const struct cpm_graph_node **nodes;
    struct cpm_yarn_package *packages;
    struct cpm_graph graph;
    size_t count;
    int rc = 0;

    cpm_graph_build(&arena, &in, &graph);
    nodes = CPM_NEW_ARRAY(&arena, const struct cpm_graph_node *, graph.count + 1);
    count = by_level(&graph, nodes);
    packages = CPM_NEW_ARRAY(&arena, struct cpm_yarn_package, count);
    for (size_t i = 0; i < count; i++)
        fill_package(&graph, nodes[i], &packages[i]);
    count = cpm_yarn_write(packages, count, &text);
    if (text.overflow)
        rc = cpm_error_set(err, CPM_ETOOBIG, "yarn.lock would be larger than %zu bytes", text.max);
    else if (count && !cpm_str_eq(cpm_buf_str(&text), file->text))
        rc = cpm_fs_replace(cpm_path_join(&arena, file->path, "yarn.lock"), cpm_buf_str(&text), 0,
                            sync, err);
    cpm_graph_release(&graph);
    cpm_buf_release(&text);
    cpm_arena_release(&arena);
    return rc;
}
