/* What was explained once is shared, and written in full wherever it is met, as JSON.stringify
 * does: so the number of values has a limit. Keys come in npm's order. */
#include "cli/explain_json.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/print_json.h"

#define NODES_MAX (1u << 21)
#define FILE_MAX  (16u << 20)

struct builder {
    struct cpm_cli *cli;
    size_t nodes;
};

static struct cpm_json *node_json(struct builder *b, const struct cpm_explained_node *n);

static void set_bool(struct cpm_json *object, const char *key, bool value)
{
    cpm_json_set(object, cpm_str(key), cpm_json_new_bool(value));
}

/* What lacks a name or version shows its package.json, without npm's private keys. */
static void add_nameless(struct builder *b, struct cpm_json *out, const char *folder)
{
    const char *file = cpm_path_join(b->cli->arena, folder, "package.json");
    struct cpm_json *doc = NULL, *errors = cpm_json_new_array();
    struct cpm_str text;

    cpm_json_add(errors, cpm_json_new_object());
    cpm_json_set(out, CPM_STR("errors"), errors);
    if (cpm_fs_read(file, FILE_MAX, b->cli->arena, &text, NULL) < 0 ||
        cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return;
    struct cpm_json *package = cpm_json_new_object();
    CPM_JSON_EACH (doc, v)
        if (!cpm_str_starts(cpm_json_key(v), "_"))
            cpm_json_set(package, cpm_json_key(v), cpm_json_copy(v));
    cpm_json_set(out, CPM_STR("package"), package);
    cpm_json_free(doc);
}

static struct cpm_json *edge_json(struct builder *b, const struct cpm_explained_edge *e)
{
    struct cpm_json *out = cpm_json_new_object();

    cpm_json_set_str(out, "type", e->type);
    cpm_json_set_str(out, "name", e->name);
    cpm_json_set_str(out, "spec", e->spec);
    if (e->overridden) {
        cpm_json_set_str(out, "rawSpec", e->raw_spec);
        set_bool(out, "overridden", true);
    }
    if (e->bundled)
        set_bool(out, "bundled", true);
    if (e->error)
        cpm_json_set_str(out, "error", cpm_str(e->error));
    cpm_json_set(out, CPM_STR("from"), node_json(b, e->from));
    return out;
}

static void add_ways(struct builder *b, struct cpm_json *out, const struct cpm_explained_node *n)
{
    struct cpm_json *list = cpm_json_new_array();

    set_bool(out, "isWorkspace", n->workspace);
    for (size_t i = 0; i < n->dependent_count; i++)
        cpm_json_add(list, edge_json(b, n->dependents[i]));
    cpm_json_set(out, CPM_STR("dependents"), list);
    if (!n->link_count)
        return;
    list = cpm_json_new_array();
    for (size_t i = 0; i < n->link_count; i++)
        cpm_json_add(list, node_json(b, n->links[i]));
    cpm_json_set(out, CPM_STR("linksIn"), list);
}

static void add_flags(struct cpm_json *out, const struct cpm_explained_node *n)
{
    if (n->extraneous) {
        set_bool(out, "extraneous", true);
        return;
    }
    set_bool(out, "dev", n->dev);
    set_bool(out, "optional", n->optional);
    set_bool(out, "devOptional", n->dev_optional);
    set_bool(out, "peer", n->peer);
    set_bool(out, "bundled", n->bundled);
    set_bool(out, "overridden", n->overridden);
}

static struct cpm_json *node_json(struct builder *b, const struct cpm_explained_node *n)
{
    struct cpm_json *out = cpm_json_new_object();
    bool root = !n->name.len && !n->version.len;

    if (++b->nodes > NODES_MAX)
        return out;
    if (n->name.len)
        cpm_json_set_str(out, "name", n->name);
    if (n->version.len)
        cpm_json_set_str(out, "version", n->version);
    if (n->nameless)
        add_nameless(b, out, n->nameless);
    if (n->location.len)
        cpm_json_set_str(out, "location", n->location);
    if (n->location.len && !root)
        add_ways(b, out, n);
    if (n->asked)
        add_flags(out, n);
    return out;
}

int cpm_explain_print_json(struct cpm_cli *cli, const struct cpm_explained_node *const *nodes,
                           size_t count, struct cpm_error *err)
{
    struct builder b = {.cli = cli};
    struct cpm_json *list = cpm_json_new_array();

    for (size_t i = 0; i < count; i++)
        cpm_json_add(list, node_json(&b, nodes[i]));
    if (b.nodes > NODES_MAX) {
        cpm_json_free(list);
        return cpm_error_set(err, CPM_ETOOBIG,
                             "the explanation has more than %u places: ask for one, as in 'cpm "
                             "explain node_modules/NAME'",
                             NODES_MAX);
    }
    cpm_print_json(cli->term, list);
    return 0;
}
