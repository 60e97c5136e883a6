/* cpm outdated: what is installed against what its wish allows and what is newest. Steps: gather
 * the edges that are asked about, fetch their packuments all at once, pick twice for each, print.
 */
#include "cli/commands.h"

#include "base/collate.h"
#include "base/grow.h"
#include "cli/config/config.h"
#include "cli/graph_load.h"
#include "cli/net.h"
#include "cli/pick_options.h"
#include "cli/print_json.h"
#include "cli/table.h"
#include "semver/spec.h"

#include <stdlib.h>

/* One edge that is asked about, and the answer. */
struct wish {
    const struct cpm_graph_edge *edge; /* NULL for a global package */
    const struct cpm_graph_node *node; /* NULL: missing */
    struct cpm_spec spec;
    size_t packument; /* index of its name */
    const char *name; /* as it is shown */
    const char *type;
    struct cpm_str current, wanted, latest, homepage;
    const char *dependent;
    struct cpm_str dependent_location;
    bool outdated;
};

struct outdated {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_net net;
    struct cpm_pick_options pick;
    const bool *filter;
    const char *const *omit;
    struct wish *wishes;
    size_t count, cap;
    struct cpm_map seen;  /* edges, by their address */
    struct cpm_map names; /* packument name -> index + 1 */
    struct cpm_net_packuments packuments;
    struct cpm_str *homepages; /* by packument, with --long */
};

static const char *type_of(const struct cpm_graph_edge *e)
{
    switch (e->type) {
    case CPM_GRAPH_OPTIONAL:
    case CPM_GRAPH_PEER_OPTIONAL:
        return "optionalDependencies";
    case CPM_GRAPH_PEER:
        return "peerDependencies";
    case CPM_GRAPH_DEV:
        return "devDependencies";
    default:
        return "dependencies";
    }
}

static bool omits(const struct outdated *o, const struct cpm_graph_edge *e)
{
    const struct cpm_graph_node *n = e->to;
    for (const char *const *kind = o->omit; *kind; kind++) {
        bool dev = strcmp(*kind, "dev") == 0, optional = strcmp(*kind, "optional") == 0;
        bool peer = strcmp(*kind, "peer") == 0;
        if (n ? (dev && n->dev) || (optional && n->optional) || (peer && n->peer)
              : (dev && e->type == CPM_GRAPH_DEV) || (optional && cpm_graph_edge_is_optional(e)) ||
                    (peer && (e->type == CPM_GRAPH_PEER || e->type == CPM_GRAPH_PEER_OPTIONAL)))
            return true;
    }
    return false;
}

static struct wish *new_wish(struct outdated *o)
{
    o->wishes = cpm_arena_grow(o->cli->arena, o->wishes, o->count, &o->cap, sizeof(*o->wishes));
    o->wishes[o->count] = (struct wish){.edge = NULL};
    return &o->wishes[o->count++];
}

/* The packument that answers: of the target for an alias. */
static void note_name(struct outdated *o, struct wish *w)
{
    struct cpm_str name = w->spec.sub ? w->spec.sub->name : w->spec.name;
    uintptr_t at = (uintptr_t)cpm_map_get(&o->names, name);
    if (!at) {
        at = o->names.count + 1;
        cpm_map_set(&o->names, name, (void *)at);
    }
    w->packument = at - 1;
}

static const char *shown_name(struct cpm_arena *arena, const struct wish *w, struct cpm_str name,
                              struct cpm_str spec)
{
    if (w->spec.type != CPM_SPEC_ALIAS)
        return cpm_arena_strndup(arena, name.ptr, name.len);
    spec = cpm_str_sub(spec, strlen("npm"), spec.len);
    return cpm_arena_printf(arena, "%.*s%.*s", CPM_STR_ARG(name), CPM_STR_ARG(spec));
}

/* Of what is not there only plain dependencies are told; what no registry answers for, never. */
static void track_edge(struct outdated *o, const struct cpm_graph_edge *e)
{
    struct cpm_arena *arena = o->cli->arena;
    struct wish w = {.edge = e, .node = e->to, .type = type_of(e)};
    const char *key = cpm_arena_printf(arena, "%p", (const void *)e);
    bool plain = e->type == CPM_GRAPH_PROD || e->type == CPM_GRAPH_WORKSPACE;
    if (o->filter && !o->filter[cpm_graph_index(&o->load.graph, e->from->target)])
        return;
    if (cpm_map_set(&o->seen, cpm_str(key), o) || omits(o, e) ||
        (cpm_graph_edge_is_missing(e) && !plain) ||
        cpm_spec_resolve(arena, e->name, e->spec, o->load.src.path, &w.spec, NULL) < 0 ||
        !w.spec.registry)
        return;
    w.current = w.node ? cpm_name_str(w.node->manifest->version) : CPM_STR_NONE;
    w.name = shown_name(arena, &w, e->name, e->spec);
    w.dependent = cpm_arena_strndup(arena, e->from->name.ptr, e->from->name.len);
    w.dependent_location = e->from->entry->location;
    note_name(o, &w);
    *new_wish(o) = w;
}

static void track_edges_out(struct outdated *o, const struct cpm_graph_node *node)
{
    for (size_t i = 0; i < node->edge_count; i++)
        track_edge(o, &node->edges[i]);
}

static void track_global(struct outdated *o)
{
    CPM_MAP_EACH (&o->load.graph.root->kids, kid) {
        const struct cpm_graph_node *n = kid->value;
        struct wish w = {.node = n,
                         .type = "dependencies",
                         .current = cpm_name_str(n->manifest->version),
                         .name = cpm_arena_strndup(o->cli->arena, n->name.ptr, n->name.len),
                         .dependent = "global",
                         .dependent_location = CPM_STR("global")};
        if (cpm_spec_resolve(o->cli->arena, n->name, CPM_STR("*"), "/", &w.spec, NULL) < 0)
            continue;
        note_name(o, &w);
        *new_wish(o) = w;
    }
}

static bool is_named(const struct cpm_cli *cli, struct cpm_str name)
{
    for (int i = 0; i < cli->argc; i++)
        if (cpm_str_is(name, cli->argv[i]))
            return true;
    return false;
}

static void gather(struct outdated *o)
{
    const struct cpm_graph *g = &o->load.graph;
    if (g->global) {
        track_global(o);
        return;
    }
    for (size_t i = 0; i < g->count; i++) {
        const struct cpm_graph_node *n = &g->nodes[i];
        if (o->cli->argc == 0 && cpm_config_bool(o->cli->config, "all"))
            track_edges_out(o, n);
        for (size_t k = 0; is_named(o->cli, n->name) && k < n->edge_in_count; k++)
            track_edge(o, n->edges_in[k]);
    }
    if (o->cli->argc)
        return;
    track_edges_out(o, g->root);
    for (size_t i = 0; i < g->root->edge_count; i++) {
        const struct cpm_graph_node *to = g->root->edges[i].to;
        if (to && to->target->workspace)
            track_edges_out(o, to->target);
    }
}

/* --long shows homepages, which only the full documents have. */
static int fetch_homepages(struct outdated *o, struct cpm_error *err)
{
    for (size_t i = 0; i < o->packuments.count; i++) {
        struct cpm_str name = o->packuments.names[i];
        struct cpm_net_call call = {.url = cpm_net_escape(o->cli->arena, name),
                                    .registry = cpm_net_registry(&o->net, name),
                                    .any_status = true};
        int rc = cpm_net_exchange(&o->net, &call, err);
        if (rc == 0)
            o->homepages[i] = cpm_arena_str(o->cli->arena, cpm_json_get_str(call.json, "homepage"));
        cpm_json_free(call.json);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int fetch(struct outdated *o, struct cpm_error *err)
{
    size_t n = 0;
    struct cpm_str *names = CPM_NEW_ARRAY(o->cli->arena, struct cpm_str, o->names.count + 1);
    CPM_MAP_EACH (&o->names, e)
        names[n++] = e->key;
    if (n == 0)
        return 0;
    o->packuments = (struct cpm_net_packuments){
        .names = names, .count = n, .full = o->pick.before != CPM_TIME_NONE};
    o->homepages = CPM_NEW_ARRAY(o->cli->arena, struct cpm_str, n);
    int rc = cpm_net_open(o->cli, &o->net, err);
    if (rc == 0)
        rc = cpm_net_packuments(&o->net, &o->packuments, err);
    if (rc == 0 && cpm_config_bool(o->cli->config, "long"))
        rc = fetch_homepages(o, err);
    return rc;
}

static bool is_passed_over(int rc)
{
    return rc == CPM_ETARGET || rc == CPM_E403 || rc == CPM_E404;
}

static int pick(struct outdated *o, const struct cpm_packument *p, const struct cpm_spec *spec,
                struct cpm_str *version, struct cpm_error *err)
{
    uint32_t index;
    struct cpm_packument_facts facts;
    int rc = cpm_pick(p, spec, &o->pick, &index, err);
    if (rc < 0)
        return rc;
    cpm_packument_facts(p, index, &facts);
    *version = facts.text;
    return 0;
}

static int judge(struct outdated *o, struct wish *w, struct cpm_error *err)
{
    const struct cpm_packument_request *res = &o->packuments.results[w->packument];
    struct cpm_error fault = CPM_ERROR_INIT;
    struct cpm_spec any;
    if (res->status < 0)
        return is_passed_over(res->status) ? 0
                                           : cpm_error_set(err, res->status, "%s", res->err.text);
    int rc = cpm_spec_resolve(o->cli->arena, w->spec.name, CPM_STR("*"), "/", &any, err);
    if (rc < 0)
        return rc;
    rc = pick(o, res->packument, w->spec.sub ? w->spec.sub : &w->spec, &w->wanted, &fault);
    if (rc == 0)
        rc = pick(o, res->packument, &any, &w->latest, &fault);
    if (rc < 0)
        return is_passed_over(rc) ? 0 : cpm_error_set(err, rc, "%s", fault.text);
    w->homepage = o->homepages[w->packument];
    w->outdated =
        !w->current.len || !cpm_str_eq(w->current, w->wanted) || !cpm_str_eq(w->wanted, w->latest);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    int order = cpm_collate(cpm_str(x->name), cpm_str(y->name));
    if (order == 0)
        order = cpm_collate(cpm_str(x->dependent), cpm_str(y->dependent));
    return order ? order : x->edge < y->edge ? -1 : x->edge > y->edge;
}

static const char *parent_text(const struct wish *w)
{
    return w->edge && w->edge->from->workspace ? w->edge->from->id : w->dependent;
}

enum { COLUMNS = 6, LONG_COLUMNS = 9 };

static void fill_row(struct cpm_cell *row, const struct wish *w)
{
    bool as_wanted = cpm_str_eq(w->current, w->wanted);
    bool workspace = w->edge && w->edge->from->workspace;
    const struct cpm_cell cells[LONG_COLUMNS] = {
        {cpm_str(w->name), as_wanted ? CPM_YELLOW : CPM_RED},
        {w->current.len ? w->current : CPM_STR("MISSING"), CPM_PLAIN},
        {w->wanted, CPM_CYAN},
        {w->latest, CPM_BLUE},
        {w->node ? w->node->entry->location : CPM_STR("-"), CPM_PLAIN},
        {cpm_str(parent_text(w)), workspace ? CPM_BLUE : CPM_PLAIN},
        {cpm_str(w->type), CPM_PLAIN},
        {w->homepage, CPM_BLUE},
        {w->dependent_location, CPM_PLAIN}};
    memcpy(row, cells, sizeof(cells));
}

static void print_table(const struct outdated *o)
{
    static const char *const heads[] = {"Package",      "Current",  "Wanted",
                                        "Latest",       "Location", "Depended by",
                                        "Package Type", "Homepage", "Depended By Location"};
    struct cpm_buf out = CPM_BUF_INIT(64u << 20);
    struct cpm_table t = {.align = "lrrrl",
                          .color = cpm_term_color(o->cli->term),
                          .columns =
                              cpm_config_bool(o->cli->config, "long") ? LONG_COLUMNS : COLUMNS};
    struct cpm_cell *cells =
        CPM_NEW_ARRAY(o->cli->arena, struct cpm_cell, (o->count + 1) * t.columns + LONG_COLUMNS);
    for (size_t i = 0; i < t.columns; i++)
        cells[i] = (struct cpm_cell){cpm_str(heads[i]), CPM_HEADING};
    for (t.rows = 1; t.rows <= o->count; t.rows++)
        fill_row(cells + t.rows * t.columns, &o->wishes[t.rows - 1]);
    t.cells = cells;
    cpm_table_write(&t, &out);
    cpm_buf_add_char(&out, '\n');
    cpm_term_put(o->cli->term, cpm_buf_str(&out));
    cpm_buf_release(&out);
}

static void print_parseable(const struct outdated *o)
{
    bool is_long = cpm_config_bool(o->cli->config, "long");
    for (size_t i = 0; i < o->count; i++) {
        const struct wish *w = &o->wishes[i];
        struct cpm_buf line = CPM_BUF_INIT(1 << 20);
        cpm_buf_addf(&line, "%s:%s@%.*s:", w->node ? w->node->path : "", w->name,
                     CPM_STR_ARG(w->wanted));
        if (w->current.len)
            cpm_buf_addf(&line, "%s@%.*s", w->name, CPM_STR_ARG(w->current));
        else
            cpm_buf_add_text(&line, "MISSING");
        cpm_buf_addf(&line, ":%s@%.*s:%s", w->name, CPM_STR_ARG(w->latest), w->dependent);
        if (is_long)
            cpm_buf_addf(&line, ":%s:%.*s:%.*s", w->type, CPM_STR_ARG(w->homepage),
                         CPM_STR_ARG(w->dependent_location));
        cpm_term_out(o->cli->term, cpm_buf_str(&line));
        cpm_buf_release(&line);
    }
}

static struct cpm_json *wish_json(const struct wish *w, bool is_long)
{
    struct cpm_json *one = cpm_json_new_object();
    if (w->current.len)
        cpm_json_set_str(one, "current", w->current);
    cpm_json_set_str(one, "wanted", w->wanted);
    cpm_json_set_str(one, "latest", w->latest);
    cpm_json_set_str(one, "dependent", cpm_str(w->dependent));
    if (w->node)
        cpm_json_set_str(one, "location", cpm_str(w->node->path));
    if (is_long) {
        cpm_json_set_str(one, "type", cpm_str(w->type));
        if (w->homepage.len)
            cpm_json_set_str(one, "homepage", w->homepage);
        cpm_json_set_str(one, "dependedByLocation", w->dependent_location);
    }
    return one;
}

/* A name that is outdated in several places becomes a list. */
static void print_json(const struct outdated *o)
{
    struct cpm_json *doc = cpm_json_new_object();
    for (size_t i = 0; i < o->count; i++) {
        const struct wish *w = &o->wishes[i];
        struct cpm_json *one = wish_json(w, cpm_config_bool(o->cli->config, "long"));
        struct cpm_json *there = cpm_json_get(doc, cpm_str(w->name));
        if (there && cpm_json_is(there, CPM_JSON_ARRAY)) {
            cpm_json_add(there, one);
        } else if (there) {
            struct cpm_json *list = cpm_json_new_array();
            cpm_json_add(list, cpm_json_copy(there));
            cpm_json_add(list, one);
            cpm_json_set(doc, cpm_str(w->name), list);
        } else {
            cpm_json_set(doc, cpm_str(w->name), one);
        }
    }
    cpm_print_json(o->cli->term, doc);
}

static int judge_all(struct outdated *o, struct cpm_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->count; i++) {
        int rc = judge(o, &o->wishes[i], err);
        if (rc < 0)
            return rc;
        if (o->wishes[i].outdated)
            o->wishes[kept++] = o->wishes[i];
    }
    o->count = kept;
    if (kept)
        qsort(o->wishes, kept, sizeof(*o->wishes), by_name);
    return 0;
}

static int run(struct outdated *o, int *exit_code, struct cpm_error *err)
{
    int rc = cpm_graph_load(&o->load, err);
    if (rc == 0)
        rc = cpm_graph_load_filter(&o->load, &o->filter, err);
    if (rc < 0)
        return rc;
    gather(o);
    rc = fetch(o, err);
    if (rc == 0)
        rc = judge_all(o, err);
    if (rc < 0)
        return rc;
    *exit_code = o->count ? 1 : 0;
    if (cpm_config_bool(o->cli->config, "json"))
        print_json(o);
    else if (cpm_config_bool(o->cli->config, "parseable"))
        print_parseable(o);
    else if (o->count)
        print_table(o);
    return 0;
}

int cpm_cmd_outdated(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct outdated o = {.cli = cli,
                         .load = {.cli = cli},
                         .omit = cpm_config_list(cli->config, "omit"),
                         .pick = CPM_PICK_INIT};
    cpm_pick_options_fill(cli, &o.pick);
    int rc = run(&o, exit_code, err);
    cpm_net_close(&o.net);
    cpm_map_release(&o.seen);
    cpm_map_release(&o.names);
    cpm_graph_load_release(&o.load);
    return rc;
}
