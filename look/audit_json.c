/* The document is npm's to the key order, because programs and the terminal's report read it. */
#include "look/audit.h"

#include "base/collate.h"
#include "look/advisory.h"
#include "semver/sets.h"

#include <stdlib.h>
#include <time.h>

static int by_text(const void *a, const void *b)
{
    return cpm_collate(*(const struct cpm_str *)a, *(const struct cpm_str *)b);
}

static struct cpm_json *sorted_list(struct cpm_str *v, size_t count)
{
    struct cpm_json *list = cpm_json_new_array();
    if (count)
        qsort(v, count, sizeof(*v), by_text);
    for (size_t i = 0; i < count; i++)
        cpm_json_add(list, cpm_json_new_str(v[i]));
    return list;
}

static struct cpm_json *effects_json(struct cpm_arena *arena, const struct cpm_audit_vuln *v)
{
    struct cpm_str *names = CPM_NEW_ARRAY(arena, struct cpm_str, v->effects.count + 1);
    for (size_t i = 0; i < v->effects.count; i++)
        names[i] = ((const struct cpm_audit_vuln *)v->effects.v[i])->name;
    return sorted_list(names, v->effects.count);
}

static struct cpm_json *nodes_json(struct cpm_arena *arena, const struct cpm_audit_vuln *v)
{
    struct cpm_str *places = CPM_NEW_ARRAY(arena, struct cpm_str, v->nodes.count + 1);
    for (size_t i = 0; i < v->nodes.count; i++)
        places[i] = ((const struct cpm_graph_node *)v->nodes.v[i])->entry->location;
    return sorted_list(places, v->nodes.count);
}

static void copy_member(struct cpm_json *to, const char *as, const struct cpm_json *from,
                        const char *key)
{
    const struct cpm_json *value = cpm_json_get(from, cpm_str(key));
    if (value)
        cpm_json_set(to, cpm_str(as), cpm_json_copy(value));
}

static struct cpm_json *advisory_json(const struct cpm_advisory *a)
{
    struct cpm_json *one = cpm_json_new_object();
    copy_member(one, "source", a->told, "id");
    cpm_json_set_str(one, "name", a->name);
    cpm_json_set_str(one, "dependency", a->dependency);
    copy_member(one, "title", a->told, "title");
    copy_member(one, "url", a->told, "url");
    cpm_json_set_str(one, "severity", a->severity);
    copy_member(one, "cwe", a->told, "cwe");
    copy_member(one, "cvss", a->told, "cvss");
    cpm_json_set_str(one, "range", a->range);
    return one;
}

/* What npm sorts causes by. */
struct cause {
    const struct cpm_advisory *advisory;
    struct cpm_str key;
};

static int by_cause(const void *a, const void *b)
{
    return cpm_collate(((const struct cause *)a)->key, ((const struct cause *)b)->key);
}

static struct cpm_json *via_json(struct cpm_arena *arena, const struct cpm_audit_vuln *v)
{
    struct cpm_json *list = cpm_json_new_array();
    struct cause *causes = CPM_NEW_ARRAY(arena, struct cause, v->advisories.count + 1);
    for (size_t i = 0; i < v->advisories.count; i++) {
        const struct cpm_advisory *a = v->advisories.v[i];
        const struct cpm_json *id = cpm_json_get(a->told, CPM_STR("id"));
        causes[i] = (struct cause){.advisory = a, .key = a->dependency};
        if (!a->cause && cpm_json_is(id, CPM_JSON_NUMBER))
            causes[i].key = cpm_str(cpm_arena_printf(arena, "%.0f", cpm_json_number(id)));
        else if (!a->cause)
            causes[i].key = cpm_json_str(id);
    }
    if (v->advisories.count)
        qsort(causes, v->advisories.count, sizeof(*causes), by_cause);
    for (size_t i = 0; i < v->advisories.count; i++)
        cpm_json_add(list, causes[i].advisory->cause ? cpm_json_new_str(causes[i].key)
                                                     : advisory_json(causes[i].advisory));
    return list;
}

static bool is_direct(const struct cpm_audit_vuln *v)
{
    for (size_t i = 0; i < v->nodes.count; i++) {
        const struct cpm_graph_node *n = v->nodes.v[i];
        for (size_t k = 0; k < n->edge_in_count; k++)
            if (n->edges_in[k]->from->is_root || n->edges_in[k]->from->workspace)
                return true;
    }
    return false;
}

static struct cpm_json *fix_json(const struct cpm_audit_fix *fix)
{
    if (fix->kind != CPM_FIX_FORCE)
        return cpm_json_new_bool(fix->kind == CPM_FIX_IN_RANGE);
    struct cpm_json *one = cpm_json_new_object();
    cpm_json_set_str(one, "name", fix->name);
    cpm_json_set_str(one, "version", fix->version);
    cpm_json_set(one, CPM_STR("isSemVerMajor"), cpm_json_new_bool(fix->major));
    return one;
}

/* The range as a person reads it: the shortest that picks the same versions. */
static struct cpm_str simple_range(struct cpm_arena *arena, const struct cpm_audit_vuln *v)
{
    const struct cpm_packument *p = ((const struct cpm_advisory *)v->advisories.v[0])->packument;
    uint32_t count = p ? cpm_packument_count(p) : 0;
    struct cpm_str *versions = CPM_NEW_ARRAY(arena, struct cpm_str, count + 1), out;
    struct cpm_packument_facts facts;
    for (uint32_t i = 0; i < count; i++) {
        cpm_packument_facts(p, i, &facts);
        versions[i] = facts.text;
    }
    const struct cpm_simplify in = {
        .range = v->range, .versions = versions, .count = count, .flags = CPM_ADVISORY_SEMVER};
    return cpm_range_simplify(arena, &in, &out, NULL) < 0 ? v->range : out;
}

static struct cpm_json *blocked_json(const struct cpm_audit *audit, const struct cpm_audit_vuln *v)
{
    struct cpm_json *one = cpm_json_new_object();
    time_t seconds = (time_t)(audit->pick.before / 1000);
    char date[40];
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    cpm_json_set_str(one, "version", v->blocked);
    cpm_json_set_str(one, "before",
                     cpm_str(cpm_arena_printf(audit->graph->arena, "%s.%03dZ", date,
                                              (int)(audit->pick.before % 1000))));
    return one;
}

static struct cpm_json *vuln_json(const struct cpm_audit *audit, const struct cpm_audit_vuln *v)
{
    struct cpm_arena *arena = audit->graph->arena;
    struct cpm_json *one = cpm_json_new_object();
    cpm_json_set_str(one, "name", v->name);
    cpm_json_set_str(one, "severity", v->severity);
    cpm_json_set(one, CPM_STR("isDirect"), cpm_json_new_bool(is_direct(v)));
    cpm_json_set(one, CPM_STR("via"), via_json(arena, v));
    cpm_json_set(one, CPM_STR("effects"), effects_json(arena, v));
    cpm_json_set_str(one, "range", simple_range(arena, v));
    cpm_json_set(one, CPM_STR("nodes"), nodes_json(arena, v));
    cpm_json_set(one, CPM_STR("fixAvailable"), fix_json(v->fix));
    if (v->blocked.len)
        cpm_json_set(one, CPM_STR("fixBlockedByReleaseAge"), blocked_json(audit, v));
    return one;
}

static void set_count(struct cpm_json *object, const char *key, size_t n)
{
    cpm_json_set(object, cpm_str(key), cpm_json_new_number((double)n));
}

static struct cpm_json *severities_json(const struct cpm_audit *audit)
{
    static const char *const names[] = {"info", "low", "moderate", "high", "critical"};
    struct cpm_json *counts = cpm_json_new_object();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t n = 0;
        for (size_t k = 0; k < audit->vulns.count; k++)
            n += cpm_str_is(((const struct cpm_audit_vuln *)audit->vulns.v[k])->severity, names[i]);
        set_count(counts, names[i], n);
    }
    set_count(counts, "total", audit->vulns.count);
    return counts;
}

/* The root counts as one of prod, and not in the total. */
static struct cpm_json *dependencies_json(const struct cpm_graph *g)
{
    struct cpm_json *counts = cpm_json_new_object();
    size_t prod = 0, dev = 0, optional = 0, peer = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct cpm_graph_node *n = &g->nodes[i];
        dev += n->dev;
        optional += n->optional;
        peer += n->peer;
        prod += !n->dev && !n->optional && !n->peer;
    }
    set_count(counts, "prod", prod);
    set_count(counts, "dev", dev);
    set_count(counts, "optional", optional);
    set_count(counts, "peer", peer);
    set_count(counts, "peerOptional", 0);
    set_count(counts, "total", g->count - 1);
    return counts;
}

struct cpm_json *cpm_audit_counts(const struct cpm_audit *audit)
{
    struct cpm_json *meta = cpm_json_new_object();
    cpm_json_set(meta, CPM_STR("vulnerabilities"), severities_json(audit));
    cpm_json_set(meta, CPM_STR("dependencies"), dependencies_json(audit->graph));
    return meta;
}

static int by_name(const void *a, const void *b)
{
    const struct cpm_audit_vuln *x = *(const struct cpm_audit_vuln *const *)a;
    const struct cpm_audit_vuln *y = *(const struct cpm_audit_vuln *const *)b;
    return cpm_collate(x->name, y->name);
}

struct cpm_json *cpm_audit_json(const struct cpm_audit *audit)
{
    struct cpm_json *doc = cpm_json_new_object(), *all = cpm_json_new_object();
    size_t count = audit->vulns.count;
    const struct cpm_audit_vuln **v =
        CPM_NEW_ARRAY(audit->graph->arena, const struct cpm_audit_vuln *, count + 1);
    for (size_t i = 0; i < count; i++)
        v[i] = audit->vulns.v[i];
    qsort(v, count, sizeof(*v), by_name);
    for (size_t i = 0; i < count; i++)
        cpm_json_set(all, v[i]->name, vuln_json(audit, v[i]));
    set_count(doc, "auditReportVersion", 2);
    cpm_json_set(doc, CPM_STR("vulnerabilities"), all);
    cpm_json_set(doc, CPM_STR("metadata"), cpm_audit_counts(audit));
    return doc;
}
