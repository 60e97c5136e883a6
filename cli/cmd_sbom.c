/* cpm sbom: a software bill of materials of what is installed, or of the lock. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/graph_load.h"
#include "cli/print_json.h"
#include "cli/project_name.h"
#include "cli/workspace_filter.h"
#include "look/sbom.h"

#include <sys/random.h>
#include <time.h>

struct sbom {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_sbom sbom;
    struct cpm_json **packages; /* one a node, owned */
};

static const char *random_uuid(struct cpm_arena *arena)
{
    unsigned char b[16];
    if (getrandom(b, sizeof(b), 0) != sizeof(b))
        memset(b, 0, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    return cpm_arena_printf(
        arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static const char *time_of_now(struct cpm_arena *arena)
{
    struct timespec now;
    struct tm tm;
    char text[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    return cpm_arena_printf(arena, "%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
}

static int pick_workspaces(struct sbom *s, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    const struct cpm_config *config = s->cli->config;
    s->sbom.no_workspaces = cpm_workspaces_left_out(s->cli);
    if (!cpm_workspaces_wanted(s->cli) ||
        (!cpm_config_bool(config, "workspaces") &&
         cpm_config_where(config, "workspace") == CPM_CONFIG_DEFAULT))
        return 0; /* standing in a workspace limits nothing here */
    int rc = cpm_workspaces_pick(s->cli, &picks, &count, err);
    if (rc < 0)
        return rc;
    const char **folders = CPM_NEW_ARRAY(s->cli->arena, const char *, count + 1);
    for (size_t i = 0, n = 0; i < count; i++)
        if (strcmp(picks[i].path, s->cli->local_prefix) != 0)
            folders[n++] = picks[i].path;
    s->sbom.workspaces = folders;
    return 0;
}

/* All that a lock says: name, version and license. */
static struct cpm_json *locked_package(const struct cpm_graph_node *n)
{
    struct cpm_json *doc = cpm_json_new_object(), *license = NULL;
    cpm_json_set_str(doc, "name", cpm_name_str(n->manifest->name));
    cpm_json_set_str(doc, "version", cpm_name_str(n->manifest->version));
    if (n->manifest->raw[CPM_RAW_LICENSE].len &&
        cpm_json_parse(n->manifest->raw[CPM_RAW_LICENSE], "license", CPM_JSON_LAST_WINS, &license,
                       NULL) == 0)
        cpm_json_set(doc, CPM_STR("license"), license);
    return doc;
}

/* A package.json that cannot be read says nothing. */
static struct cpm_json *package_of(struct sbom *s, const struct cpm_graph_node *n)
{
    struct cpm_json *doc = NULL;
    if (s->sbom.lock_only && n->parent)
        doc = locked_package(n);
    else if (cpm_project_read(s->cli, n->real, &doc, NULL) < 0)
        doc = s->sbom.lock_only ? locked_package(n) : cpm_json_new_object();
    return doc;
}

static void read_packages(struct sbom *s)
{
    const struct cpm_graph *g = &s->load.graph;
    s->packages = CPM_NEW_ARRAY(s->cli->arena, struct cpm_json *, g->count + 1);
    for (size_t i = 0; i < s->sbom.count; i++) {
        const struct cpm_graph_node *n = s->sbom.nodes[i];
        if (n->target == n)
            s->packages[cpm_graph_index(g, n)] = package_of(s, n);
    }
    s->sbom.packages = (const struct cpm_json **)s->packages;
}

static int print(struct sbom *s, const char *format, struct cpm_error *err)
{
    struct cpm_json *doc = NULL;
    s->sbom.type = cpm_str(cpm_config_str(s->cli->config, "sbom-type"));
    s->sbom.version = cpm_str(cpm_cli_version());
    s->sbom.uuid = random_uuid(s->cli->arena);
    s->sbom.time = time_of_now(s->cli->arena);
    read_packages(s);
    int rc = strcmp(format, "spdx") == 0 ? cpm_sbom_spdx(&s->sbom, &doc, err)
                                         : cpm_sbom_cyclonedx(&s->sbom, &doc, err);
    if (rc == 0)
        cpm_print_json(s->cli->term, doc);
    return rc;
}

/* More text than an error holds. */
static void tell_problems(struct cpm_term *term, const struct cpm_buf *problems)
{
    cpm_term_failure(
        term, &(struct cpm_failure){.code = "ESBOMPROBLEMS", .summary = cpm_buf_str(problems)});
}

static int show(struct sbom *s, const char *format, int *exit_code, struct cpm_error *err)
{
    struct cpm_buf problems = CPM_BUF_INIT(64u << 20);
    int rc = pick_workspaces(s, err);
    if (rc == 0)
        cpm_sbom_select(&s->sbom, &problems);
    if (problems.len) {
        tell_problems(s->cli->term, &problems);
        *exit_code = 1;
    } else if (rc == 0) {
        rc = print(s, format, err);
    }
    cpm_buf_release(&problems);
    return rc;
}

static void release(struct sbom *s)
{
    for (size_t i = 0; s->packages && i < s->load.graph.count; i++)
        cpm_json_free(s->packages[i]);
    cpm_graph_load_release(&s->load);
}

int cpm_cmd_sbom(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    bool lock_only = cpm_config_bool(cli->config, "package-lock-only");
    const char *format = cpm_config_raw(cli->config, "sbom-format");
    struct sbom s = {
        .cli = cli,
        .load = {.cli = cli, .lock_only = lock_only, .folders_only = true},
        .sbom = {.omit = cpm_config_list(cli->config, "omit"), .lock_only = lock_only}};
    s.sbom.graph = &s.load.graph;
    if (!format || !*format)
        return cpm_error_set(err, CPM_EUSAGE,
                             "Must specify --sbom-format flag with one of: cyclonedx, spdx.");
    int rc = cpm_graph_load(&s.load, err);
    if (rc < 0 && lock_only)
        rc = cpm_error_set(
            err, CPM_EUSAGE,
            "A package lock or shrinkwrap file is required in package-lock-only mode");
    if (rc == 0)
        rc = show(&s, format, exit_code, err);
    release(&s);
    return rc;
}
