/* A package.json is read when a selector (or the answer) first wants it: "#name" reads only what it
 * shows. One that cannot be read counts as empty, as for npm. */
#include "cli/query_world.h"

#include "base/fs.h"
#include "cli/pick_options.h"
#include "cli/project_name.h"
#include "cli/term.h"
#include "registry/publish/normalize.h"

#define LOCK_MAX (256u << 20)

static const struct cpm_json *locked_entry(struct cpm_query_files *files,
                                           const struct cpm_graph_node *node)
{
    struct cpm_str text;
    if (!files->lock &&
        (cpm_fs_read(files->load->lock_file, LOCK_MAX, files->cli->arena, &text, NULL) < 0 ||
         cpm_json_parse(text, files->load->lock_file, CPM_JSON_LAST_WINS, &files->lock, NULL) < 0))
        files->lock = cpm_json_new_object();
    return cpm_json_get(cpm_json_get(files->lock, CPM_STR("packages")), node->entry->location);
}

/* npm adds the name that the folder implies. */
static struct cpm_json *read_locked(struct cpm_query_files *files,
                                    const struct cpm_graph_node *node)
{
    const struct cpm_json *entry = locked_entry(files, node);
    struct cpm_json *doc = entry ? cpm_json_copy(entry) : cpm_json_new_object();
    if (!cpm_json_get_str(doc, "name").len)
        cpm_json_set_str(doc, "name", node->name);
    return doc;
}

static struct cpm_json *read_package(struct cpm_query_files *files,
                                     const struct cpm_graph_node *node)
{
    struct cpm_json *doc = NULL;
    if (files->load->lock_only && !node->is_root)
        doc = read_locked(files, node);
    else if (cpm_project_read(files->cli, node->path, &doc, NULL) < 0)
        doc = cpm_json_new_object();
    struct cpm_normalize how = {.arena = files->cli->arena,
                                .folder = files->load->lock_only ? NULL : node->path,
                                .doc = doc,
                                .as_node = true};
    cpm_normalize_read(&how);
    return doc;
}

static const struct cpm_json *package(void *data, const struct cpm_graph_node *node)
{
    struct cpm_query_files *files = data;
    const struct cpm_graph_node *target = node->target;
    struct cpm_json **slot = &files->packages[cpm_graph_index(&files->load->graph, target)];
    if (!*slot)
        *slot = read_package(files, target);
    return *slot;
}

static void warn(void *data, const char *text)
{
    struct cpm_query_files *files = data;
    cpm_term_log(files->cli->term, CPM_LOG_WARN, "query", "%s", text);
}

/* A name that no registry knows is told and has no versions. */
static int fetch(void *data, const struct cpm_str *names, size_t count, struct cpm_error *err)
{
    struct cpm_query_files *files = data;
    struct cpm_pick_options pick = CPM_PICK_INIT;
    struct cpm_net_packuments all = {.names = names, .count = count, .cached_ok = true};
    cpm_pick_options_fill(files->cli, &pick);
    all.full = pick.before != CPM_TIME_NONE;
    int rc = count ? cpm_net_open(files->cli, &files->net, err) : 0;
    if (rc == 0 && count)
        rc = cpm_net_packuments(&files->net, &all, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (all.results[i].status == 0)
            cpm_map_set(&files->packuments, names[i], (void *)all.results[i].packument);
        else
            warn(files,
                 cpm_arena_printf(files->cli->arena, "could not retrieve packument for %.*s: %s",
                                  CPM_STR_ARG(names[i]), all.results[i].err.text));
    }
    return rc;
}

static const struct cpm_packument *packument(void *data, struct cpm_str name)
{
    struct cpm_query_files *files = data;
    return cpm_map_get(&files->packuments, name);
}

static void on_advisories(struct cpm_advisories_request *req)
{
    *(bool *)req->data = true;
}

static int advisories(void *data, const struct cpm_json *question, const struct cpm_json **answer,
                      struct cpm_error *err)
{
    struct cpm_query_files *files = data;
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    bool done = false;
    int rc = cpm_net_open(files->cli, &files->net, err);
    cpm_json_write(question, CPM_STR(""), CPM_STR(""), &text);
    files->request = (struct cpm_advisories_request){
        .question = cpm_buf_str(&text), .data = &done, .done = on_advisories};
    if (rc == 0)
        rc = cpm_advisories_start(files->net.registry, &files->request, err);
    while (rc == 0 && !done)
        uv_run(&files->net.loop, UV_RUN_ONCE);
    if (rc == 0 && files->request.status < 0)
        rc = cpm_error_set(err, files->request.status, "%s", files->request.err.text);
    if (rc == 0)
        rc = cpm_json_parse(files->request.http.answer, "advisories", CPM_JSON_LAST_WINS,
                            &files->answer, err);
    cpm_buf_release(&text);
    *answer = files->answer;
    return rc;
}

void cpm_query_files_init(struct cpm_query_files *files, struct cpm_cli *cli,
                          const struct cpm_graph_load *load, struct cpm_query *query)
{
    struct cpm_pick_options pick = CPM_PICK_INIT;
    *files = (struct cpm_query_files){.cli = cli, .load = load};
    files->packages = CPM_NEW_ARRAY(cli->arena, struct cpm_json *, load->graph.count + 1);
    cpm_map_init(&files->packuments);
    cpm_pick_options_fill(cli, &pick);
    query->world = (struct cpm_query_world){.package = package,
                                            .fetch = fetch,
                                            .packument = packument,
                                            .advisories = advisories,
                                            .warn = warn,
                                            .data = files,
                                            .before = pick.before,
                                            .always = pick.always};
}

void cpm_query_files_release(struct cpm_query_files *files)
{
    if (!files->load)
        return;
    for (size_t i = 0; i < files->load->graph.count; i++)
        cpm_json_free(files->packages[i]);
    cpm_json_free(files->lock);
    cpm_json_free(files->answer);
    cpm_advisories_release(&files->request);
    cpm_map_release(&files->packuments);
    cpm_net_close(&files->net);
}
