/* A list of advisories that grows while it is walked: each marks nodes, and each marked node's
 * dependents get an advisory derived for them when nothing that they allow is safe. What a top asks
 * for decides about the fix; nothing depends on a top. */
#include "look/audit.h"

#include "look/advisory.h"
#include "semver/spec.h"

static const struct cpm_audit_fix no_fix = {.kind = CPM_FIX_NONE};
static const struct cpm_audit_fix in_range_fix = {.kind = CPM_FIX_IN_RANGE};

struct run {
    struct cpm_audit *audit;
    struct cpm_arena *arena;
    struct cpm_ptrs queue; /* struct cpm_advisory */
    struct cpm_map seen;   /* name@range */
    bool *linked;          /* by node: a link leads there */
    bool wanting;          /* a packument is missing */
};

static struct cpm_str name_of(const struct cpm_graph_node *n)
{
    struct cpm_str own = cpm_name_str(n->manifest->name);
    return own.len ? own : n->name;
}

static bool *find_linked(const struct cpm_graph *g)
{
    bool *linked = CPM_NEW_ARRAY(g->arena, bool, g->count + 1);
    for (size_t i = 0; i < g->count; i++)
        if (g->nodes[i].target != &g->nodes[i])
            linked[cpm_graph_index(g, g->nodes[i].target)] = true;
    return linked;
}

static bool is_asked(const struct cpm_audit *a, const bool *linked, const struct cpm_graph_node *n)
{
    size_t i = cpm_graph_index(a->graph, n);
    return n->manifest->version && !n->is_root && n->target == n && !n->entry->link && !linked[i] &&
           (!a->filter || a->filter[i]) && !cpm_graph_node_is_omitted(n, a->omit);
}

struct cpm_json *cpm_audit_question(const struct cpm_audit *audit)
{
    const struct cpm_graph *g = audit->graph;
    const bool *linked = find_linked(g);
    struct cpm_json *doc = cpm_json_new_object();
    struct cpm_map lists = CPM_MAP_INIT, versions = CPM_MAP_INIT;
    for (size_t i = 0; i < g->count; i++) {
        const struct cpm_graph_node *n = &g->nodes[i];
        struct cpm_str name = name_of(n), version = cpm_name_str(n->manifest->version);
        if (!is_asked(audit, linked, n))
            continue;
        struct cpm_json *list = cpm_map_get(&lists, name);
        if (!list) {
            list = cpm_json_new_array();
            cpm_map_set(&lists, name, list);
            cpm_json_set(doc, name, list);
        }
        const char *id =
            cpm_arena_printf(g->arena, "%.*s@%.*s", CPM_STR_ARG(name), CPM_STR_ARG(version));
        if (!cpm_map_set(&versions, cpm_str(id), list))
            cpm_json_add(list, cpm_json_new_str(version));
    }
    cpm_map_release(&lists);
    cpm_map_release(&versions);
    return doc;
}

static bool get_packument(struct run *r, struct cpm_str name, const struct cpm_packument **out)
{
    *out = NULL;
    if (r->audit->packument(r->audit->data, name, out) == CPM_EAGAIN) {
        r->wanting = true;
        return false;
    }
    return true;
}

/* An advisory is made once for each name and cause. NULL: its packument is not there yet. */
static struct cpm_advisory *make(struct run *r, struct cpm_str name, struct cpm_advisory *cause,
                                 const struct cpm_json *told)
{
    const struct cpm_packument *p;
    struct cpm_json *id = cpm_json_get(told, CPM_STR("id"));
    const char *key = cause
                          ? cpm_arena_printf(r->arena, "%p %.*s", (void *)cause, CPM_STR_ARG(name))
                          : cpm_arena_printf(r->arena, "%.*s %.0f %.*s", CPM_STR_ARG(name),
                                             cpm_json_number(id), CPM_STR_ARG(cpm_json_str(id)));
    struct cpm_advisory *a = cpm_map_get(&r->audit->memo, cpm_str(key));
    if (a || !get_packument(r, name, &p))
        return a;
    a = cause ? cpm_advisory_derive(cause, r->audit->names, name, p)
              : cpm_advisory_new(r->arena, name, told, p);
    cpm_map_set(&r->audit->memo, cpm_str(key), a);
    cpm_ptrs_add(r->arena, &r->audit->made, a);
    return a;
}

static int severity_rank(struct cpm_str s)
{
    static const char *const ranks[] = {"info", "low", "moderate", "high", "critical"};
    for (int i = 0; i < 5; i++)
        if (cpm_str_is(s, ranks[i]))
            return i;
    return -1;
}

/* Range and severity follow from the advisories that are left. */
static void renew(struct run *r, struct cpm_audit_vuln *v)
{
    struct cpm_buf range = CPM_BUF_INIT(64u << 20);
    v->severity = CPM_STR_NONE;
    for (size_t i = 0; i < v->advisories.count; i++) {
        const struct cpm_advisory *a = v->advisories.v[i];
        cpm_buf_addf(&range, "%s%.*s", i ? " || " : "", CPM_STR_ARG(a->range));
        if (severity_rank(a->severity) > severity_rank(v->severity))
            v->severity = a->severity;
    }
    v->range = cpm_arena_str(r->arena, cpm_buf_str(&range));
    cpm_buf_release(&range);
}

static struct cpm_audit_vuln *vuln_of(struct run *r, struct cpm_advisory *a)
{
    struct cpm_audit_vuln *v = cpm_map_get(&r->audit->by_name, a->name);
    if (!v) {
        v = CPM_NEW(r->arena, struct cpm_audit_vuln);
        v->name = a->name;
        v->fix = &in_range_fix;
        cpm_map_set(&r->audit->by_name, v->name, v);
    }
    if (!cpm_ptrs_has(&v->advisories, a))
        cpm_ptrs_add(r->arena, &v->advisories, a);
    renew(r, v);
    return v;
}

static const struct cpm_packument *packument_of(const struct cpm_audit_vuln *v)
{
    return ((const struct cpm_advisory *)v->advisories.v[0])->packument;
}

static bool read_spec(struct run *r, struct cpm_str text, struct cpm_spec *out)
{
    return cpm_spec_resolve(r->arena, CPM_STR("x"), text, r->audit->graph->path, out, NULL) == 0;
}

const struct cpm_range *cpm_audit_range(struct cpm_arena *arena, const struct cpm_audit_vuln *vuln)
{
    return cpm_range_parse(arena, vuln->range, CPM_ADVISORY_SEMVER);
}

/* True when the spec allows nothing but vulnerable versions, or is none of a registry's. */
static bool holds(struct run *r, const struct cpm_audit_vuln *v, const struct cpm_spec *spec)
{
    const struct cpm_packument *p = packument_of(v);
    const struct cpm_spec *real = spec->sub ? spec->sub : spec;
    const struct cpm_range *wanted =
        cpm_range_parse(r->arena, real->raw_spec.len ? real->raw_spec : CPM_STR("*"), 0);
    const struct cpm_range *bad = cpm_audit_range(r->arena, v);
    struct cpm_packument_facts facts;
    if (!spec->registry)
        return true;
    for (uint32_t i = 0; p && wanted && i < cpm_packument_count(p); i++) {
        cpm_packument_facts(p, i, &facts);
        if (cpm_range_satisfies(wanted, &facts.version, 0) &&
            (!bad || !cpm_range_satisfies(bad, &facts.version, CPM_ADVISORY_SEMVER)))
            return false;
    }
    return true;
}

static bool pick(struct run *r, const struct cpm_audit_vuln *v, const struct cpm_spec *spec,
                 const struct cpm_pick_options *opts, struct cpm_packument_facts *out)
{
    uint32_t index;
    struct cpm_pick_options own = *opts;
    own.avoid = cpm_audit_range(r->arena, v);
    if (!packument_of(v) || cpm_pick(packument_of(v), spec, &own, &index, NULL) < 0)
        return false;
    cpm_packument_facts(packument_of(v), index, out);
    return true;
}

/* A fix that stays in the major of what the spec gives now is no breaking one. */
static bool is_breaking(struct run *r, const struct cpm_audit_vuln *v, const struct cpm_spec *spec,
                        const struct cpm_packument_facts *fix)
{
    struct cpm_packument_facts now;
    struct cpm_pick_options opts = r->audit->pick;
    opts.before = CPM_TIME_NONE;
    if (!pick(r, v, spec, &opts, &now))
        return false;
    const char *caret = cpm_arena_printf(r->arena, "^%.*s", CPM_STR_ARG(now.text));
    const struct cpm_range *range = cpm_range_parse(r->arena, cpm_str(caret), CPM_SEMVER_LOOSE);
    return !range || !cpm_range_satisfies(range, &fix->version, CPM_SEMVER_LOOSE);
}

static const struct cpm_audit_fix *find_fix(struct run *r, const struct cpm_audit_vuln *v,
                                            const struct cpm_spec *spec)
{
    struct cpm_packument_facts facts;
    struct cpm_pick_options opts = r->audit->pick;
    opts.before = CPM_TIME_NONE;
    opts.avoid_strict = true;
    if (!holds(r, v, spec))
        return &in_range_fix;
    if (!spec->registry || !pick(r, v, spec->sub ? spec->sub : spec, &opts, &facts))
        return &no_fix;
    struct cpm_audit_fix *fix = CPM_NEW(r->arena, struct cpm_audit_fix);
    fix->kind = CPM_FIX_FORCE;
    fix->name = cpm_packument_name(packument_of(v));
    fix->version = facts.text;
    fix->major = is_breaking(r, v, spec->sub ? spec->sub : spec, &facts);
    return fix;
}

static bool is_safe(struct run *r, const struct cpm_audit_vuln *v,
                    const struct cpm_packument_facts *facts)
{
    const struct cpm_range *bad = cpm_audit_range(r->arena, v);
    return !bad || !cpm_range_satisfies(bad, &facts->version, CPM_ADVISORY_SEMVER);
}

/* A fix within the spec may be too young to be installed. */
static struct cpm_str find_blocked(struct run *r, const struct cpm_audit_vuln *v,
                                   const struct cpm_spec *spec)
{
    struct cpm_packument_facts wanted, windowed;
    struct cpm_pick_options opts = r->audit->pick;
    if (opts.before == CPM_TIME_NONE || !spec->registry)
        return CPM_STR("");
    spec = spec->sub ? spec->sub : spec;
    opts.before = CPM_TIME_NONE;
    if (!pick(r, v, spec, &opts, &wanted))
        return CPM_STR("");
    bool reached = pick(r, v, spec, &r->audit->pick, &windowed) && is_safe(r, v, &windowed);
    return reached ? CPM_STR("") : wanted.text;
}

static void follow_edge(struct run *r, struct cpm_audit_vuln *v, struct cpm_advisory *a,
                        const struct cpm_graph_edge *e)
{
    const struct cpm_graph_node *from = e->from;
    struct cpm_spec spec;
    if (from->parent) {
        struct cpm_advisory *derived = make(r, name_of(from), a, NULL);
        if (derived && cpm_advisory_has(derived, cpm_name_str(from->manifest->version), e->spec) &&
            !cpm_ptrs_has(&r->queue, derived))
            cpm_ptrs_add(r->arena, &r->queue, derived);
        return;
    }
    if (cpm_ptrs_has(&v->top_nodes, from) || !read_spec(r, e->spec, &spec))
        return;
    v->fix = find_fix(r, v, &spec);
    if (v->fix->kind == CPM_FIX_IN_RANGE) {
        v->blocked = find_blocked(r, v, &spec);
        return;
    }
    if (!cpm_ptrs_has(&r->audit->tops, v))
        cpm_ptrs_add(r->arena, &r->audit->tops, v);
    cpm_ptrs_add(r->arena, &v->top_nodes, from);
}

static void mark_nodes(struct run *r, struct cpm_audit_vuln *v, struct cpm_advisory *a)
{
    const struct cpm_graph *g = r->audit->graph;
    const char *key =
        cpm_arena_printf(r->arena, "%.*s@%.*s", CPM_STR_ARG(a->name), CPM_STR_ARG(a->range));
    if (cpm_map_set(&r->seen, cpm_str(key), r))
        return;
    for (size_t i = 0; i < g->count; i++) {
        const struct cpm_graph_node *n = &g->nodes[i];
        if (!cpm_str_eq(name_of(n), a->name) || !is_asked(r->audit, r->linked, n) ||
            !cpm_advisory_has(a, cpm_name_str(n->manifest->version), CPM_STR_NONE) ||
            cpm_ptrs_has(&v->nodes, n))
            continue;
        cpm_ptrs_add(r->arena, &v->nodes, n);
        for (size_t k = 0; k < n->edge_in_count; k++)
            follow_edge(r, v, a, n->edges_in[k]);
    }
}

static bool concerns_any(const struct cpm_advisory *a, const struct cpm_audit_vuln *v)
{
    for (size_t i = 0; i < v->nodes.count; i++) {
        const struct cpm_graph_node *n = v->nodes.v[i];
        if (cpm_advisory_has((struct cpm_advisory *)a, cpm_name_str(n->manifest->version),
                             CPM_STR_NONE))
            return true;
    }
    return false;
}

static void take(struct run *r, struct cpm_advisory *a)
{
    struct cpm_audit_vuln *v = vuln_of(r, a);
    mark_nodes(r, v, a);
    if (v->nodes.count == 0) {
        cpm_map_del(&r->audit->by_name, v->name);
        return;
    }
    for (size_t i = v->advisories.count; i > 0; i--)
        if (v->advisories.count > 1 && !concerns_any(v->advisories.v[i - 1], v))
            cpm_ptrs_remove(&v->advisories, v->advisories.v[i - 1]);
    renew(r, v);
}

/* The strictest fix goes on to the causes: with it at the top, they are gone too. */
static void set_fix(struct cpm_audit_vuln *v, const struct cpm_audit_fix *fix)
{
    v->fix = fix;
    for (size_t i = 0; i < v->via.count; i++) {
        struct cpm_audit_vuln *cause = (struct cpm_audit_vuln *)v->via.v[i];
        const struct cpm_audit_fix *has = cause->fix;
        if (has == fix)
            continue;
        if (fix->kind == CPM_FIX_NONE || has->kind == CPM_FIX_IN_RANGE ||
            (fix->kind == CPM_FIX_FORCE && (has->kind != CPM_FIX_FORCE || !has->major)))
            set_fix(cause, fix);
    }
}

static void join_causes(struct run *r)
{
    struct cpm_audit *audit = r->audit;
    CPM_MAP_EACH (&audit->by_name, e)
        cpm_ptrs_add(r->arena, &audit->vulns, e->value);
    for (size_t i = 0; i < audit->vulns.count; i++) {
        struct cpm_audit_vuln *v = (struct cpm_audit_vuln *)audit->vulns.v[i];
        for (size_t k = 0; k < v->advisories.count; k++) {
            const struct cpm_advisory *a = v->advisories.v[k];
            struct cpm_audit_vuln *cause =
                a->cause ? cpm_map_get(&audit->by_name, a->dependency) : NULL;
            if (!cause)
                continue;
            if (!cpm_ptrs_has(&v->via, cause))
                cpm_ptrs_add(r->arena, &v->via, cause);
            if (!cpm_ptrs_has(&cause->effects, v))
                cpm_ptrs_add(r->arena, &cause->effects, v);
            set_fix(v, v->fix);
        }
    }
}

static void begin(struct run *r)
{
    CPM_JSON_EACH (r->audit->answer, list)
        CPM_JSON_EACH (list, told) {
            struct cpm_advisory *a = make(r, cpm_json_key(list), NULL, told);
            if (a && !cpm_ptrs_has(&r->queue, a))
                cpm_ptrs_add(r->arena, &r->queue, a);
        }
}

int cpm_audit_run(struct cpm_audit *audit, struct cpm_error *err)
{
    struct run r = {.audit = audit, .arena = audit->graph->arena};
    if (!cpm_json_is(audit->answer, CPM_JSON_OBJECT))
        return cpm_error_set(err, CPM_EINVAL, "the registry's answer is no audit report");
    cpm_map_release(&audit->by_name);
    cpm_map_init(&audit->by_name);
    audit->vulns = audit->tops = (struct cpm_ptrs){0};
    r.linked = find_linked(audit->graph);
    begin(&r);
    for (size_t i = 0; i < r.queue.count; i++)
        take(&r, (struct cpm_advisory *)r.queue.v[i]);
    cpm_map_release(&r.seen);
    if (r.wanting)
        return CPM_EAGAIN;
    join_causes(&r);
    return 0;
}

void cpm_audit_release(struct cpm_audit *audit)
{
    for (size_t i = 0; i < audit->made.count; i++)
        cpm_advisory_release((struct cpm_advisory *)audit->made.v[i]);
    cpm_map_release(&audit->by_name);
    cpm_map_release(&audit->memo);
}
