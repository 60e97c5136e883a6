/* The two pseudo classes that a registry must be asked for. Both leave in a node's context what
 * they know of it, also where it does not match, as npm does for :outdated. */
#include "look/query_private.h"

#include <stdlib.h>

static bool is_published(struct cpm_query *q, const struct cpm_graph_node *node)
{
    return !cpm_query_is_missing(node) && node->target != q->graph->root &&
           !cpm_json_truthy(cpm_json_get(cpm_query_package(q, node), CPM_STR("private")));
}

static struct cpm_str version_of(const struct cpm_graph_node *node)
{
    return cpm_name_str(node->manifest->version);
}

struct outdated {
    struct cpm_query *q;
    const struct cpm_graph_node *node;
    struct cpm_version current;
    struct cpm_packument_facts *versions; /* lowest first */
    size_t count;
    struct cpm_str kind;
};

static int by_version(const void *a, const void *b)
{
    const struct cpm_packument_facts *x = a, *y = b;
    int order = cpm_version_cmp(&x->version, &y->version);
    return order ? order : x->order < y->order ? -1 : 1;
}

static bool has_no_limit(const struct cpm_query *q, struct cpm_str name)
{
    for (const char *const *one = q->world.always; one && *one; one++)
        if (cpm_str_is(name, *one))
            return true;
    return q->world.before == CPM_TIME_NONE;
}

static void read_versions(struct outdated *o)
{
    const struct cpm_packument *p = o->q->world.packument(o->q->world.data, o->node->name);
    uint32_t count = p ? cpm_packument_count(p) : 0;
    bool any = has_no_limit(o->q, o->node->name);
    o->versions = CPM_NEW_ARRAY(o->q->arena, struct cpm_packument_facts, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        cpm_packument_facts(p, i, &o->versions[o->count]);
        if (any || (o->versions[o->count].time != CPM_TIME_NONE &&
                    o->versions[o->count].time <= o->q->world.before))
            o->count++;
    }
    if (o->count)
        qsort(o->versions, o->count, sizeof(*o->versions), by_version);
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < o->count; i++)
        cpm_json_add(list, cpm_json_new_str(o->versions[i].text));
    cpm_json_set(cpm_query_context(o->q, o->node), CPM_STR("versions"), list);
}

static bool is_newer(const struct outdated *o, size_t i)
{
    return cpm_version_cmp(&o->versions[i].version, &o->current) > 0;
}

static bool has_step(const struct outdated *o)
{
    bool any = cpm_str_is(o->kind, "any");
    if (!any && !cpm_str_is(o->kind, "major") && !cpm_str_is(o->kind, "minor") &&
        !cpm_str_is(o->kind, "patch"))
        return false;
    for (size_t i = 0; i < o->count; i++) {
        const char *diff = cpm_version_diff(&o->current, &o->versions[i].version);
        if (is_newer(o, i) && (any || (diff && cpm_str_is(o->kind, diff))))
            return true;
    }
    return false;
}

/* Newer versions that the wish `edge` allows, or does not; NULL for none. */
static struct cpm_json *newer_by_edge(const struct outdated *o, const struct cpm_graph_edge *edge,
                                      bool in_range)
{
    const struct cpm_range *range = cpm_range_parse(o->q->arena, edge->spec, 0);
    struct cpm_json *list = cpm_json_new_array(), *item;
    for (size_t i = 0; i < o->count; i++) {
        bool fits = range && cpm_range_satisfies(range, &o->versions[i].version, 0);
        if (is_newer(o, i) && fits == in_range)
            cpm_json_add(list, cpm_json_new_str(o->versions[i].text));
    }
    if (cpm_json_count(list) == 0) {
        cpm_json_free(list);
        return NULL;
    }
    item = cpm_json_new_object();
    cpm_json_set_str(item, "from", edge->from->entry->location);
    cpm_json_set(item, CPM_STR("versions"), list);
    return item;
}

static bool has_newer_for_edge(const struct outdated *o, bool in_range)
{
    struct cpm_json *found = cpm_json_new_array(), *outdated;
    struct cpm_json *context = cpm_query_context(o->q, o->node);
    for (size_t i = 0; i < o->node->edge_in_count; i++) {
        struct cpm_json *item = newer_by_edge(o, o->node->edges_in[i], in_range);
        if (item)
            cpm_json_add(found, item);
    }
    if (cpm_json_count(found) == 0) {
        cpm_json_free(found);
        return false;
    }
    outdated = cpm_json_get(context, CPM_STR("outdated"));
    if (!outdated) {
        outdated = cpm_json_new_object();
        cpm_json_set(context, CPM_STR("outdated"), outdated);
    }
    cpm_json_set(outdated, in_range ? CPM_STR("inRange") : CPM_STR("outOfRange"), found);
    return true;
}

static bool is_outdated(struct outdated *o)
{
    read_versions(o);
    if (!cpm_version_parse(version_of(o->node), 0, &o->current))
        return false;
    if (cpm_str_is(o->kind, "in-range"))
        return has_newer_for_edge(o, true);
    if (cpm_str_is(o->kind, "out-of-range"))
        return has_newer_for_edge(o, false);
    return has_step(o);
}

int cpm_query_outdated(struct cpm_query *q, const struct cpm_selector_part *part,
                       const struct cpm_query_set *in, struct cpm_query_set *out,
                       struct cpm_error *err)
{
    struct cpm_str *names = CPM_NEW_ARRAY(q->arena, struct cpm_str, in->count + 1);
    struct cpm_map seen = CPM_MAP_INIT;
    size_t count = 0;
    for (size_t i = 0; i < in->count; i++)
        if (is_published(q, in->v[i]) && !cpm_map_set(&seen, in->v[i]->name, q))
            names[count++] = in->v[i]->name;
    cpm_map_release(&seen);
    int rc = q->world.fetch(q->world.data, names, count, err);
    for (size_t i = 0; i < in->count && rc == 0; i++) {
        struct outdated o = {
            .q = q, .node = in->v[i], .kind = part->args ? part->args->text : CPM_STR("any")};
        if (is_published(q, o.node) && is_outdated(&o))
            cpm_query_add(q, out, o.node);
    }
    return rc;
}

/* Wanted severities and weaknesses: selectors are alternatives, their attributes all count. */
static int check_vuln(const struct cpm_selector_part *part, struct cpm_error *err)
{
    for (const struct cpm_selector *arg = part->args; arg; arg = arg->next)
        for (const struct cpm_selector_part *one = arg->first; one; one = one->next) {
            const char *fault = NULL;
            if (one->type != CPM_SELECTOR_ATTRIBUTE)
                fault = ":vuln pseudo-class only accepts attribute matchers or \"cwe\" tag";
            else if (!cpm_str_is(one->attribute.name, "severity") &&
                     !cpm_str_is(one->attribute.name, "cwe"))
                fault = ":vuln pseudo-class only matches \"severity\" and \"cwe\" attributes";
            else if (one->attribute.op.len && !cpm_str_is(one->attribute.op, "="))
                fault = ":vuln pseudo-class attribute selector only accepts \"=\" operator";
            if (fault)
                return cpm_error_set(err, CPM_EQUERYATTR, "%s", fault);
        }
    return 0;
}

static int ask(struct cpm_query *q, const struct cpm_query_set *in, struct cpm_error *err)
{
    struct cpm_json *question = cpm_json_new_object();
    for (size_t i = 0; i < in->count; i++) {
        struct cpm_str version = version_of(in->v[i]);
        bool known = false;
        if (!is_published(q, in->v[i]))
            continue;
        struct cpm_json *list = cpm_json_get(question, in->v[i]->name);
        if (!list) {
            list = cpm_json_new_array();
            cpm_json_set(question, in->v[i]->name, list);
        }
        CPM_JSON_EACH (list, one)
            known |= cpm_str_eq(cpm_json_str(one), version);
        if (!known)
            cpm_json_add(list, cpm_json_new_str(version));
    }
    int rc = q->world.advisories(q->world.data, question, &q->vulnerables, err);
    cpm_json_free(question);
    return rc;
}

static bool has_cwe(struct cpm_query *q, const struct cpm_json *advisory, struct cpm_str number)
{
    const struct cpm_json *list = cpm_json_get(advisory, CPM_STR("cwe"));
    struct cpm_str id = CPM_CONCAT(q->arena, CPM_STR("CWE-"), number);
    CPM_JSON_EACH (list, one)
        if (cpm_str_eq(cpm_json_str(one), id))
            return true;
    return false;
}

/* Of several severities one must be it, of several weaknesses all; "*" asks for any. */
static bool fits(struct cpm_query *q, const struct cpm_selector *wanted,
                 const struct cpm_json *advisory)
{
    struct cpm_str severity = cpm_json_get_str(advisory, "severity");
    bool asks_severity = false, severity_fits = false, any_cwe = false, cwe_fits = true;
    for (const struct cpm_selector_part *one = wanted->first; one; one = one->next) {
        bool any = !one->attribute.op.len || cpm_str_is(one->attribute.value, "*");
        if (cpm_str_is(one->attribute.name, "severity")) {
            asks_severity = true;
            severity_fits |= any || cpm_str_eq(one->attribute.value, severity);
        } else if (any) {
            any_cwe = true;
        } else {
            cwe_fits &= has_cwe(q, advisory, one->attribute.value);
        }
    }
    if (any_cwe)
        cwe_fits = cpm_json_count(cpm_json_get(advisory, CPM_STR("cwe"))) > 0;
    return (!asks_severity || severity_fits) && cwe_fits;
}

static bool counts(struct cpm_query *q, const struct cpm_selector_part *part,
                   const struct cpm_graph_node *node, const struct cpm_json *advisory)
{
    struct cpm_str text = cpm_json_get_str(advisory, "vulnerable_versions");
    const struct cpm_range *range = cpm_range_parse(q->arena, text, 0);
    struct cpm_version version;
    if (!range || !cpm_version_parse(version_of(node), 0, &version) ||
        !cpm_range_intersects(range, cpm_range_parse(q->arena, version_of(node), 0), 0))
        return false;
    for (const struct cpm_selector *arg = part->args; arg; arg = arg->next)
        if (fits(q, arg, advisory))
            return true;
    return !part->args;
}

int cpm_query_vuln(struct cpm_query *q, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out, struct cpm_error *err)
{
    int rc = check_vuln(part, err);
    if (rc == 0 && in->count && !q->vulnerables)
        rc = ask(q, in, err);
    for (size_t i = 0; i < in->count && rc == 0; i++) {
        struct cpm_json *found = cpm_json_new_array();
        if (!cpm_query_is_missing(in->v[i]))
            CPM_JSON_EACH (cpm_json_get(q->vulnerables, in->v[i]->name), advisory)
                if (counts(q, part, in->v[i], advisory))
                    cpm_json_add(found, cpm_json_copy(advisory));
        if (cpm_json_count(found)) {
            struct cpm_json *context = cpm_query_context(q, in->v[i]);
            cpm_json_set(context, CPM_STR("advisories"), found);
            cpm_query_add(q, out, in->v[i]);
        } else {
            cpm_json_free(found);
        }
    }
    return rc;
}
