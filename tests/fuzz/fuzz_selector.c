/* Bytes: a selector. It is run over a small tree in which there is something of every kind; the
 * answer is a set or an error with words, and the same one when asked again. */
#include "look/query.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char lock_text[] =
    "{\"name\":\"r\",\"lockfileVersion\":3,\"requires\":true,\"packages\":{"
    "\"\":{\"name\":\"r\",\"version\":\"1.0.0\",\"workspaces\":[\"w\"],\"dependencies\":{\"a\":\"^"
    "1\","
    "\"gone\":\"2\"},\"devDependencies\":{\"d\":\"*\"}},"
    "\"node_modules/"
    "a\":{\"version\":\"1.2.3\",\"dependencies\":{\"b\":\"1\"},\"bundleDependencies\":"
    "[\"b\"]},"
    "\"node_modules/a/node_modules/b\":{\"version\":\"2.0.0\",\"peerDependencies\":{\"a\":\"*\"}},"
    "\"node_modules/d\":{\"version\":\"0.1.0-x\",\"dev\":true,\"dependencies\":{\"a\":\"1\"}},"
    "\"node_modules/w\":{\"resolved\":\"w\",\"link\":true},"
    "\"w\":{\"version\":\"1.0.0\",\"dependencies\":{\"d\":\"0\"}}}}";
static const char package_text[] =
    "{\"name\":\"a\",\"version\":\"1.2.3\",\"keywords\":[\"x\",\"y z\"],\"n\":5,\"private\":true,"
    "\"engines\":{\"node\":\">=8\"},\"people\":[{\"name\":\"q\"},[\"r\"],null]}";

static void require(bool ok)
{
    if (!ok)
        abort();
}

static const struct cpm_json *package(void *data, const struct cpm_graph_node *node)
{
    (void)node;
    return data;
}

static int fetch(void *data, const struct cpm_str *names, size_t count, struct cpm_error *err)
{
    (void)data, (void)names, (void)count, (void)err;
    return 0;
}

static const struct cpm_packument *packument(void *data, struct cpm_str name)
{
    (void)data, (void)name;
    return NULL;
}

static int advisories(void *data, const struct cpm_json *question, const struct cpm_json **answer,
                      struct cpm_error *err)
{
    (void)question, (void)err;
    *answer = data;
    return 0;
}

static void warn(void *data, const char *text)
{
    (void)data, (void)text;
}

static void build(struct cpm_arena *arena, struct cpm_names *names, struct cpm_graph *graph)
{
    static const struct cpm_graph_workspace workspace = {.name = {"w", 1}, .path = "/r/w"};
    struct cpm_lock_source source = {.names = names, .arena = arena, .root = "/r"};
    struct cpm_lock *lock = CPM_NEW(arena, struct cpm_lock);
    require(cpm_lock_read(cpm_str(lock_text), "lock", &source, lock, NULL) == 0);
    struct cpm_graph_input in = {
        .path = "/r", .lock = lock, .workspaces = &workspace, .workspace_count = 1};
    cpm_graph_build(arena, &in, graph);
}

static int run(struct cpm_arena *arena, struct cpm_str text, struct cpm_json *doc, size_t *count)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_names *names = cpm_names_new();
    struct cpm_selector *selector;
    struct cpm_graph graph;
    struct cpm_query query;
    build(arena, names, &graph);
    cpm_query_init(&query, &graph);
    query.max_steps = 20000;
    query.world = (struct cpm_query_world){.package = package,
                                           .fetch = fetch,
                                           .packument = packument,
                                           .advisories = advisories,
                                           .warn = warn,
                                           .data = doc,
                                           .before = CPM_TIME_NONE};
    int rc = cpm_selector_parse(arena, text, &selector, &err);
    if (rc == 0)
        rc = cpm_query_run(&query, selector, &err);
    require(rc == 0 || err.text[0]);
    *count = rc == 0 ? query.found.count : 0;
    for (size_t i = 0; i < *count; i++)
        cpm_query_is_bundled(&query, query.found.v[i]);
    cpm_query_release(&query);
    cpm_graph_release(&graph);
    cpm_names_free(names);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str text = cpm_str_n((const char *)data, size);
    struct cpm_json *doc = NULL;
    size_t first, again;
    require(cpm_json_parse(cpm_str(package_text), "package.json", 0, &doc, NULL) == 0);
    int rc = run(&arena, text, doc, &first);
    require(run(&arena, text, doc, &again) == rc && first == again);
    cpm_json_free(doc);
    cpm_arena_release(&arena);
    return 0;
}
