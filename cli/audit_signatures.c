/* The steps are npm's: the packages that an edge of a registry's kind leads to, the keys of their
 * registries, the full packuments (which know when a version was published), and a verdict each. */
#include "cli/audit_signatures.h"

#include "base/collate.h"
#include "cli/config/config.h"
#include "cli/term.h"
#include "registry/keyring.h"
#include "semver/spec.h"

#include <stdlib.h>
#include <time.h>

struct audit {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_net net;
    struct cpm_signatures_report report;
    struct cpm_map keys; /* by address: struct cpm_keyring_wait */
    size_t edges;
};

/* The spec that an edge asks its registry for: of an alias the target's name. */
static bool spec_of(struct audit *a, const struct cpm_graph_edge *e, struct cpm_spec *out)
{
    struct cpm_arena *arena = a->cli->arena;
    struct cpm_str name = e->name;
    if (cpm_spec_parse(arena, e->spec, NULL, out, NULL) == 0 && out->sub)
        name = out->sub->name;
    struct cpm_str both = CPM_CONCAT(arena, name, CPM_STR("@"), e->spec);
    return cpm_spec_parse(arena, both, e->from->real, out, NULL) == 0;
}

static bool is_omitted(const struct audit *a, const struct cpm_graph_node *n)
{
    for (const char *const *o = cpm_config_list(a->cli->config, "omit"); *o; o++)
        if ((strcmp(*o, "dev") == 0 && n->dev) || (strcmp(*o, "peer") == 0 && n->peer) ||
            (strcmp(*o, "optional") == 0 && n->optional))
            return true;
    return false;
}

static const char *type_of(const struct cpm_graph_edge *e)
{
    return cpm_graph_edge_is_optional(e) ? "optionalDependencies"
           : e->type == CPM_GRAPH_PEER   ? "peerDependencies"
           : e->type == CPM_GRAPH_DEV    ? "devDependencies"
                                         : "dependencies";
}

static void add_package(struct audit *a, const struct cpm_graph_edge *e, bool *seen)
{
    const struct cpm_graph_node *n = e->to;
    struct cpm_spec spec;
    if (!n || n->workspace || !n->manifest->version || seen[cpm_graph_index(&a->load.graph, n)] ||
        !spec_of(a, e, &spec) || !spec.registry || is_omitted(a, n))
        return;
    seen[cpm_graph_index(&a->load.graph, n)] = true;
    a->report.v[a->report.count++] =
        (struct cpm_signed_package){.name = cpm_arena_str(a->cli->arena, spec.name),
                                    .version = cpm_name_str(n->manifest->version),
                                    .location = n->entry->location,
                                    .type = type_of(e),
                                    .registry = cpm_net_registry(&a->net, spec.name)};
}

static void collect(struct audit *a, const bool *filter)
{
    const struct cpm_graph *g = &a->load.graph;
    bool *seen = CPM_NEW_ARRAY(a->cli->arena, bool, g->count + 1);
    a->report.v = CPM_NEW_ARRAY(a->cli->arena, struct cpm_signed_package, g->count + 1);
    for (size_t i = 0; i < g->count; i++) {
        if (filter && !filter[cpm_graph_index(g, g->nodes[i].target)])
            continue;
        for (size_t k = 0; k < g->nodes[i].edge_count; k++, a->edges++)
            add_package(a, &g->nodes[i].edges[k], seen);
    }
}

static void on_keys(struct cpm_keyring_wait *wait)
{
    *(bool *)wait->data = true;
}

static int fetch_keys(struct audit *a, const char *registry, struct cpm_error *err)
{
    struct cpm_keyring_wait *wait = CPM_NEW(a->cli->arena, struct cpm_keyring_wait);
    bool done = false;
    if (cpm_map_get(&a->keys, cpm_str(registry)))
        return 0;
    *wait = (struct cpm_keyring_wait){.registry = registry, .data = &done, .done = on_keys};
    int rc = cpm_keyring_start(a->net.registry, wait, err);
    while (rc == 0 && !done)
        uv_run(&a->net.loop, UV_RUN_ONCE);
    if (rc < 0)
        return rc;
    if (wait->status < 0)
        return cpm_error_set(err, wait->status, "%s", wait->err.text);
    cpm_map_set(&a->keys, cpm_str(registry), wait);
    return 0;
}

/* The verdict on a package whose version has signatures. */
static int verify(struct audit *a, struct cpm_signed_package *p, struct cpm_signed *what,
                  struct cpm_error *err)
{
    const struct cpm_keyring_wait *wait = cpm_map_get(&a->keys, cpm_str(p->registry));
    static const struct cpm_registry_keys none;
    struct cpm_error fault = CPM_ERROR_INIT;
    what->id = CPM_CONCAT(a->cli->arena, p->name, CPM_STR("@"), p->version);
    what->integrity = p->integrity;
    int rc = cpm_signatures_verify(wait->keys ? wait->keys : &none, what, a->cli->arena, &fault);
    if (rc < 0 && rc != CPM_EINTEGRITYSIGNATURE)
        return cpm_error_set(err, rc, "%s", fault.text);
    p->state = rc == 0 ? CPM_SIGNED_WELL : CPM_SIGNED_WRONGLY;
    p->code = rc;
    p->key_id = what->key_id;
    p->signature = what->signature;
    p->message = cpm_arena_strndup(a->cli->arena, fault.text, strlen(fault.text));
    return 0;
}

static int judge_attestations(struct audit *a, struct cpm_signed_package *p, struct cpm_error *err)
{
    const struct cpm_keyring_wait *wait = cpm_map_get(&a->keys, cpm_str(p->registry));
    static const struct cpm_registry_keys none;
    if (!p->attested || p->state == CPM_SIGNED_WRONGLY)
        return 0;
    return cpm_audit_attestations(&a->net, wait->keys ? wait->keys : &none, p, err);
}

static int judge(struct audit *a, struct cpm_signed_package *p,
                 const struct cpm_packument *packument, struct cpm_error *err)
{
    const struct cpm_keyring_wait *wait = cpm_map_get(&a->keys, cpm_str(p->registry));
    bool has_keys = wait->keys && wait->keys->count > 0;
    int64_t index = cpm_packument_find(packument, p->version);
    struct cpm_packument_facts facts;
    a->report.with_keys += has_keys;
    if (index < 0)
        return cpm_error_set(err, CPM_ETARGET, "No matching version found for %.*s@%.*s.",
                             CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
    const struct cpm_manifest *m =
        cpm_packument_manifest(packument, (uint32_t)index, a->load.src.names, a->cli->arena);
    cpm_packument_facts(packument, (uint32_t)index, &facts);
    p->integrity = m->integrity;
    p->resolved = m->tarball;
    p->attested = facts.attested;
    p->state = has_keys ? CPM_SIGNED_MISSING : CPM_SIGNED_NOT;
    if (!m->signatures.len || cpm_str_is(m->signatures, "[]"))
        return 0;
    struct cpm_signed what = {.published = facts.time, .signatures = m->signatures};
    return verify(a, p, &what, err);
}

static int by_name(const void *left, const void *right)
{
    const struct cpm_signed_package *a = left, *b = right;
    int order = cpm_collate(a->name, b->name);
    return order ? order : cpm_collate(a->location, b->location);
}

/* The packument of each name once; the packages are sorted, so that a name's are neighbours. */
static int judge_all(struct audit *a, struct cpm_error *err)
{
    struct cpm_signatures_report *report = &a->report;
    struct cpm_str *names = CPM_NEW_ARRAY(a->cli->arena, struct cpm_str, report->count + 1);
    struct cpm_net_packuments all = {.names = names, .full = true, .cached_ok = true};
    qsort(report->v, report->count, sizeof(*report->v), by_name);
    for (size_t i = 0; i < report->count; i++)
        if (i == 0 || !cpm_str_eq(report->v[i].name, report->v[i - 1].name))
            names[all.count++] = report->v[i].name;
    int rc = cpm_net_packuments(&a->net, &all, err);
    for (size_t i = 0, at = 0; i < report->count && rc == 0; i++) {
        at += !cpm_str_eq(report->v[i].name, names[at]);
        const struct cpm_packument_request *answer = &all.results[at];
        rc = answer->packument ? judge(a, &report->v[i], answer->packument, err)
                               : cpm_error_set(err, answer->status, "%s", answer->err.text);
        if (rc == 0)
            rc = judge_attestations(a, &report->v[i], err);
    }
    return rc;
}

static int examine(struct audit *a, struct cpm_error *err)
{
    const bool *filter = NULL;
    bool attested = false;
    int rc = cpm_graph_load_filter(&a->load, &filter, err);
    if (rc == 0)
        rc = cpm_net_open(a->cli, &a->net, err);
    if (rc < 0)
        return rc;
    collect(a, filter);
    if (a->edges == 0)
        return cpm_error_set(err, CPM_EUNKNOWN, "found no installed dependencies to audit");
    for (size_t i = 0; i < a->report.count && rc == 0; i++)
        rc = fetch_keys(a, a->report.v[i].registry, err);
    if (rc == 0)
        rc = judge_all(a, err);
    for (size_t i = 0; i < a->report.count; i++)
        attested |= a->report.v[i].attested;
    if (rc == 0 && !a->report.with_keys && !attested)
        rc = cpm_error_set(err, CPM_EUNKNOWN,
                           "found no dependencies to audit that were installed from a supported "
                           "registry");
    return rc;
}

int cpm_audit_signatures(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct audit a = {.cli = cli, .load = {.cli = cli}, .keys = CPM_MAP_INIT};
    time_t start = time(NULL);
    if (cpm_config_bool(cli->config, "global"))
        return cpm_error_set(err, CPM_EAUDITGLOBAL,
                             "`cpm audit signatures` does not support global packages");
    int rc = cpm_graph_load(&a.load, err);
    if (rc == 0)
        rc = examine(&a, err);
    a.report.seconds = (unsigned)(time(NULL) - start);
    if (rc == 0)
        cpm_audit_signatures_print(cli, &a.report);
    for (size_t i = 0; i < a.report.count; i++) {
        if (rc == 0 && (a.report.v[i].state == CPM_SIGNED_MISSING ||
                        a.report.v[i].state == CPM_SIGNED_WRONGLY))
            *exit_code = 1;
        cpm_json_free(a.report.v[i].attestations);
        cpm_json_free(a.report.v[i].bundles);
    }
    cpm_map_release(&a.keys);
    cpm_net_close(&a.net);
    cpm_graph_load_release(&a.load);
    return rc;
}
