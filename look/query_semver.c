/* :semver(value, attribute, function): compares a version or range of the selector with one of the
 * package.json. Without a function the kinds of both decide, as in npm. */
#include "look/query_private.h"
#include "semver/sets.h"

struct semver {
    struct cpm_query *q;
    struct cpm_query_lookup lookup;
    struct cpm_str func; /* "infer" when none is named */
    struct cpm_str value;
    bool value_is_version;
    struct cpm_error *err;
};

struct side {
    struct cpm_version version;
    const struct cpm_range *range; /* also of a version; NULL: neither */
    bool is_version;
};

static struct side side_of(struct cpm_arena *arena, struct cpm_str text)
{
    struct side side = {.range = cpm_range_parse(arena, text, 0)};
    side.is_version = cpm_version_parse(text, 0, &side.version);
    return side;
}

static bool is_static(const struct cpm_selector *arg)
{
    return arg->first &&
           (arg->first->type == CPM_SELECTOR_TAG || arg->first->type == CPM_SELECTOR_COMBINATOR ||
            /* ".x" and a range of which the word begins with a dot */
            arg->first->type == CPM_SELECTOR_UNIVERSAL);
}

static int read_func(struct semver *s, const struct cpm_selector *arg)
{
    const struct cpm_selector_part *part = arg->first;
    if (part && part->type == CPM_SELECTOR_TAG)
        s->func = part->value;
    else if (part && part->type == CPM_SELECTOR_STRING)
        s->func = cpm_str_sub(part->value, 1, part->value.len - 2);
    else
        return cpm_error_set(s->err, CPM_ESEMVERFUNC,
                             "`:semver` pseudo-class expects a function name as last value");
    return 0;
}

/* One argument is the value; of two, the first that can be one. The other is the attribute. */
static int read_args(struct semver *s, const struct cpm_selector_part *part)
{
    const struct cpm_selector *first = part->args, *attribute = NULL;
    const struct cpm_selector *second = first ? first->next : NULL;
    int rc = part->arg_count == 3 ? read_func(s, second->next) : 0;
    if (rc < 0 || !first)
        return rc;
    if (second) {
        bool swapped = !is_static(first);
        if (swapped && !is_static(second))
            return cpm_error_set(
                s->err, CPM_ESEMVERVALUE,
                "`:semver` pseudo-class expects a static value in the first or second position");
        attribute = swapped ? first : second;
        first = swapped ? second : first;
    }
    s->value = first->text;
    if (!attribute)
        return 0;
    struct cpm_selector alone = *attribute;
    alone.next = NULL;
    return cpm_query_lookup_read(s->q, &alone, &s->lookup, s->err);
}

static struct cpm_str inferred(const struct semver *s, const struct side *own)
{
    if (!cpm_str_is(s->func, "infer"))
        return s->func;
    if (s->value_is_version && own->is_version)
        return CPM_STR("eq");
    return s->value_is_version || own->is_version ? CPM_STR("satisfies") : CPM_STR("intersects");
}

/* Both are versions. False: no such function. */
static bool order_matches(struct cpm_str func, int order, bool *out)
{
    static const struct {
        const char *name;
        bool less, equal, greater;
    } orders[] = {{"eq", false, true, false}, {"neq", true, false, true},
                  {"gt", false, false, true}, {"gte", false, true, true},
                  {"lt", true, false, false}, {"lte", true, true, false}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (!cpm_str_is(func, orders[i].name))
            continue;
        *out = order < 0 ? orders[i].less : order > 0 ? orders[i].greater : orders[i].equal;
        return true;
    }
    return false;
}

/* The value is the version where it can be one. False: no such function. */
static bool place_matches(const struct semver *s, struct cpm_str func, const struct side *own,
                          const struct side *value, bool *out)
{
    const struct side *version = s->value_is_version ? value : own;
    const struct cpm_range *range = s->value_is_version ? own->range : value->range;
    bool can = version->is_version;
    if (cpm_str_is(func, "satisfies"))
        *out = can && cpm_range_satisfies(range, &version->version, 0);
    else if (cpm_str_is(func, "gtr"))
        *out = can && cpm_range_above(&version->version, range, 0);
    else if (cpm_str_is(func, "ltr"))
        *out = can && cpm_range_below(&version->version, range, 0);
    else
        return false;
    return true;
}

static int compare(const struct semver *s, struct cpm_str text, bool *out)
{
    struct side own = side_of(s->q->arena, text), value = side_of(s->q->arena, s->value);
    *out = false;
    if (!own.range && !own.is_version)
        return 0;
    struct cpm_str func = inferred(s, &own);
    bool both = own.is_version && value.is_version;
    if (order_matches(func, both ? cpm_version_cmp(&own.version, &value.version) : 0, out)) {
        *out = *out && both;
        return 0;
    }
    if (place_matches(s, func, &own, &value, out))
        return 0;
    if (cpm_str_is(func, "intersects"))
        *out = cpm_range_intersects(own.range, value.range, 0);
    else if (cpm_str_is(func, "subset"))
        *out = cpm_range_subset(own.range, value.range, 0);
    else
        return cpm_error_set(s->err, CPM_EQUERYINVALIDOPERATOR,
                             "`semver.%.*s` is not a supported operator.", CPM_STR_ARG(func));
    return 0;
}

static int object_matches(struct semver *s, const struct cpm_json *object, bool *out)
{
    const struct cpm_selector_attribute *a = &s->lookup.attribute;
    const struct cpm_json *value = cpm_json_get(object, a->name);
    *out = false;
    if ((a->op.len && !cpm_query_has_attribute(s->q, a, object)) ||
        !cpm_json_is(value, CPM_JSON_STRING))
        return 0;
    return compare(s, cpm_json_str(value), out);
}

/* npm follows the first property only. */
static int node_matches(struct semver *s, const struct cpm_graph_node *node, bool *out)
{
    const struct cpm_json *package = cpm_query_package(s->q, node);
    size_t count = 0;
    *out = false;
    if (s->lookup.count == 0)
        return object_matches(s, package, out);
    while (count < s->lookup.count && !s->lookup.properties[count].ptr)
        count++;
    if (count == s->lookup.count)
        return 0;
    struct cpm_json_list objects = cpm_query_follow(s->q, &s->lookup, count + 1, package);
    int rc = 0;
    for (size_t i = 0; i < objects.count && rc == 0 && !*out; i++)
        rc = object_matches(s, objects.v[i], out);
    return rc;
}

int cpm_query_semver(struct cpm_query *q, const struct cpm_selector_part *part,
                     const struct cpm_query_set *in, struct cpm_query_set *out,
                     struct cpm_error *err)
{
    struct semver s = {.q = q, .func = CPM_STR("infer"), .err = err};
    s.lookup.attribute.name = CPM_STR("version");
    int rc = read_args(&s, part);
    if (rc < 0)
        return rc;
    if (!s.value.len) {
        q->world.warn(q->world.data, "usage of :semver() with no parameters is deprecated");
        *out = *in;
        return 0;
    }
    struct side value = side_of(q->arena, s.value);
    s.value_is_version = value.is_version;
    if (!value.range && !value.is_version)
        return cpm_error_set(err, CPM_EQUERYINVALIDSEMVER,
                             "`%.*s` is not a valid semver version or range", CPM_STR_ARG(s.value));
    for (size_t i = 0; i < in->count && rc == 0; i++) {
        bool matches;
        rc = node_matches(&s, in->v[i], &matches);
        if (rc == 0 && matches)
            cpm_query_add(q, out, in->v[i]);
    }
    return rc;
}
