/* npm's keys in npm's order. A copy ("deduped") has its version and nothing else of the package. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/ls_print.h"

#define FILE_MAX (256u << 20)

struct builder {
    const struct cpm_ls_walk *walk;
    const struct cpm_ls_style *style;
    struct cpm_json *lock; /* for --long; NULL otherwise */
};

/* A link's is its target seen from where it stands. */
static struct cpm_str resolved_of(const struct cpm_ls_walk *walk, const struct cpm_graph_node *node)
{
    struct cpm_arena *arena = walk->tree->arena;
    if (!node->entry->link)
        return node->entry->resolved;
    const char *dir = cpm_path_dirname(arena, node->path);
    return cpm_str(cpm_arena_printf(arena, "file:%s", cpm_path_relative(arena, dir, node->real)));
}

static struct cpm_json *deps_object(const struct cpm_manifest *m, const enum cpm_dep_group *groups,
                                    size_t count)
{
    struct cpm_json *object = cpm_json_new_object();
    for (size_t g = 0; g < count; g++)
        for (uint32_t i = 0; i < m->deps[groups[g]].n; i++)
            cpm_json_set(object, cpm_name_str(m->deps[groups[g]].v[i].name),
                         cpm_json_new_str(cpm_name_str(m->deps[groups[g]].v[i].spec)));
    return object;
}

static struct cpm_json *read_document(struct cpm_arena *arena, const char *file)
{
    struct cpm_json *doc = NULL;
    struct cpm_str text;
    if (cpm_fs_read(file, FILE_MAX, arena, &text, NULL) == 0)
        cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &doc, NULL);
    return doc;
}

/* All that npm knows of the package; its dependencies get a key of their own below. */
static void add_fields(struct cpm_json *object, const struct cpm_json *package)
{
    CPM_JSON_EACH (package, v) {
        struct cpm_str key = cpm_json_key(v);
        if (cpm_str_is(key, "dependencies") || cpm_str_starts(key, "_"))
            continue;
        struct cpm_json *value = cpm_json_copy(v);
        if (cpm_str_is(key, "funding") && cpm_json_is(value, CPM_JSON_STRING)) {
            struct cpm_json *funding = cpm_json_new_object();
            cpm_json_set(funding, CPM_STR("url"), value);
            value = funding;
        }
        cpm_json_set(object, key, value);
    }
}

static void add_known(const struct builder *b, struct cpm_json *object,
                      const struct cpm_graph_node *node)
{
    struct cpm_arena *arena = b->walk->tree->arena;
    const struct cpm_json *packages = cpm_json_get(b->lock, CPM_STR("packages"));
    if (!node->is_root && !b->style->from_folders) {
        add_fields(object, cpm_json_get(packages, node->target->entry->location));
        return;
    }
    struct cpm_json *own = read_document(arena, cpm_path_join(arena, node->real, "package.json"));
    add_fields(object, own);
    cpm_json_free(own);
}

static void add_long(const struct builder *b, struct cpm_json *object,
                     const struct cpm_ls_item *item)
{
    static const enum cpm_dep_group prod[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL};
    static const enum cpm_dep_group dev[] = {CPM_DEPS_DEV}, peer[] = {CPM_DEPS_PEER};
    const struct cpm_manifest *m = item->node->manifest;
    struct cpm_str name = cpm_name_str(m->name), version = cpm_name_str(m->version);
    cpm_json_set_str(object, "name", cpm_str(item->name));
    add_known(b, object, item->node);
    name = name.len ? name : item->node->name;
    if (version.len)
        cpm_json_set_str(object, "_id",
                         cpm_str(cpm_arena_printf(b->walk->tree->arena, "%.*s@%.*s",
                                                  CPM_STR_ARG(name), CPM_STR_ARG(version))));
    cpm_json_set(object, CPM_STR("extraneous"), cpm_json_new_bool(false));
    cpm_json_set_str(object, "path", cpm_str(item->node->path));
    cpm_json_set(object, CPM_STR("_dependencies"), deps_object(m, prod, 2));
    cpm_json_set(object, CPM_STR("devDependencies"), deps_object(m, dev, 1));
    cpm_json_set(object, CPM_STR("peerDependencies"), deps_object(m, peer, 1));
}

static void add_package(const struct builder *b, struct cpm_json *object,
                        const struct cpm_ls_item *item)
{
    const struct cpm_graph_node *node = item->node;
    struct cpm_str version = cpm_name_str(node->manifest->version);
    struct cpm_str own = cpm_name_str(node->manifest->name);
    struct cpm_str resolved = item->copy ? CPM_STR_NONE : resolved_of(b->walk, node);
    if (version.len)
        cpm_json_set_str(object, "version", version);
    if (resolved.len)
        cpm_json_set_str(object, "resolved", resolved);
    if (!item->copy && !node->is_root)
        cpm_json_set(object, CPM_STR("overridden"), cpm_json_new_bool(node->overridden));
    if (node->is_root && (b->style->has_manifest || b->walk->tree->global))
        cpm_json_set_str(object, "name", own.len ? own : node->name);
    if (b->style->is_long)
        add_long(b, object, item);
    if (!item->copy && node->extraneous && !b->walk->tree->global)
        cpm_json_set(object, CPM_STR("extraneous"), cpm_json_new_bool(true));
}

static void add_problems(struct cpm_json *object, const struct cpm_ls_item *item)
{
    bool optional = item->type == CPM_GRAPH_OPTIONAL || item->type == CPM_GRAPH_PEER_OPTIONAL;
    if (item->invalid)
        cpm_json_set_str(object, "invalid", cpm_str(item->invalid));
    if (item->missing && !optional) {
        if (item->required)
            cpm_json_set_str(object, "required", cpm_str(item->required));
        cpm_json_set(object, CPM_STR("missing"), cpm_json_new_bool(true));
    }
    if (!item->match || item->problem_count == 0)
        return;
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < item->problem_count; i++)
        cpm_json_add(list, cpm_json_new_str(cpm_str(item->problems[i])));
    cpm_json_set(object, CPM_STR("problems"), list);
}

static struct cpm_json *build(const struct builder *b, const struct cpm_ls_item *item)
{
    struct cpm_json *object = cpm_json_new_object();
    if (item->node)
        add_package(b, object, item);
    add_problems(object, item);
    if (!item->parent && b->walk->problems.count) {
        struct cpm_json *list = cpm_json_new_array();
        CPM_MAP_EACH (&b->walk->problems, e)
            cpm_json_add(list, cpm_json_new_str(e->key));
        cpm_json_set(object, CPM_STR("problems"), list);
    }
    if (!item->first_kid)
        return object;
    struct cpm_json *kids = cpm_json_new_object();
    for (const struct cpm_ls_item *kid = item->first_kid; kid; kid = kid->next_kid)
        cpm_json_set(kids, cpm_str(kid->name), build(b, kid));
    cpm_json_set(object, CPM_STR("dependencies"), kids);
    return object;
}

struct cpm_json *cpm_ls_print_json(const struct cpm_ls_walk *walk, const struct cpm_ls_style *style)
{
    struct builder b = {.walk = walk, .style = style};
    if (style->is_long && style->lock_file)
        b.lock = read_document(walk->tree->arena, style->lock_file);
    struct cpm_json *doc = build(&b, walk->root);
    cpm_json_free(b.lock);
    return doc;
}
