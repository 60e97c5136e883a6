/* Attributes are members of a package.json. A member that is a list matches when one of its
 * elements does; :attr follows members into objects and lists. */
#include "look/query_private.h"

const struct cpm_json *cpm_query_missing_package(const struct cpm_graph_node *node)
{
    return ((const struct cpm_query_missing *)(const void *)node)->package;
}

const struct cpm_json *cpm_query_package(struct cpm_query *q, const struct cpm_graph_node *node)
{
    return cpm_query_is_missing(node) ? cpm_query_missing_package(node)
                                      : q->world.package(q->world.data, node);
}

static struct cpm_str lower(struct cpm_arena *arena, struct cpm_str text)
{
    char *copy = cpm_arena_strndup(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] += 'a' - 'A';
    return cpm_str_n(copy, text.len);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool has_word(struct cpm_str text, struct cpm_str word)
{
    for (size_t i = 0, from; i < text.len; i++) {
        for (from = i; i < text.len && is_word_char(text.ptr[i]);)
            i++;
        if (i > from && cpm_str_eq(cpm_str_sub(text, from, i - from), word))
            return true;
    }
    return false;
}

static bool compare(struct cpm_arena *arena, struct cpm_str op, struct cpm_str text,
                    struct cpm_str value)
{
    const char *wanted = cpm_arena_str(arena, value).ptr;
    switch (op.ptr[0]) {
    case '~':
        return has_word(text, value);
    case '*':
        return value.len == 0 || cpm_str_find(text, wanted) != CPM_NPOS;
    case '|':
        return cpm_str_starts(text, wanted) && text.len > value.len && text.ptr[value.len] == '-';
    case '^':
        return cpm_str_starts(text, wanted);
    case '$':
        return cpm_str_ends(text, wanted);
    default:
        return cpm_str_eq(text, value);
    }
}

/* What is not truthy counts as "". */
static bool value_matches(struct cpm_query *q, const struct cpm_selector_attribute *a,
                          const struct cpm_json *value)
{
    struct cpm_str text = CPM_STR(""), wanted = a->value;
    struct cpm_buf number = CPM_BUF_INIT(64);
    if (cpm_json_truthy(value)) {
        if (cpm_json_is(value, CPM_JSON_NUMBER))
            cpm_json_write(value, CPM_STR(""), CPM_STR(""), &number);
        else if (!cpm_json_is(value, CPM_JSON_STRING))
            return false;
        text = number.len ? cpm_arena_str(q->arena, cpm_buf_str(&number)) : cpm_json_str(value);
        cpm_buf_release(&number);
    }
    if (a->insensitive) {
        text = lower(q->arena, text);
        wanted = lower(q->arena, wanted);
    }
    return compare(q->arena, a->op, text, wanted);
}

bool cpm_query_has_attribute(struct cpm_query *q, const struct cpm_selector_attribute *a,
                             const struct cpm_json *object)
{
    const struct cpm_json *value = cpm_json_get(object, a->name);
    if (!a->op.len)
        return cpm_json_truthy(value);
    if (!cpm_json_is(value, CPM_JSON_ARRAY))
        return value_matches(q, a, value);
    CPM_JSON_EACH (value, element)
        if (value_matches(q, a, element))
            return cpm_json_truthy(element);
    return false;
}

static int read_end(struct cpm_query *q, const struct cpm_selector *last,
                    struct cpm_query_lookup *out, struct cpm_error *err)
{
    const struct cpm_selector_part *part = last ? last->first : NULL;
    if (part && part->type == CPM_SELECTOR_PSEUDO && cpm_str_is(part->value, ":attr")) {
        out->properties[out->count++] = CPM_STR_NONE;
        return cpm_query_lookup_read(q, part->args, out, err);
    }
    if (!part || part->type != CPM_SELECTOR_ATTRIBUTE)
        return cpm_error_set(err, CPM_EQUERYATTR,
                             "`:attr` pseudo-class expects an attribute matcher as the last value");
    out->attribute = part->attribute;
    return 0;
}

int cpm_query_lookup_read(struct cpm_query *q, const struct cpm_selector *args,
                          struct cpm_query_lookup *out, struct cpm_error *err)
{
    const struct cpm_selector *last = args;
    size_t count = out->count + 2;
    for (const struct cpm_selector *arg = args; arg; arg = arg->next)
        count++;
    struct cpm_str *grown = CPM_NEW_ARRAY(q->arena, struct cpm_str, count);
    for (size_t i = 0; i < out->count; i++)
        grown[i] = out->properties[i];
    out->properties = grown;
    for (const struct cpm_selector *arg = args; arg; arg = arg->next) {
        if (arg->first && arg->first->type == CPM_SELECTOR_TAG)
            out->properties[out->count++] = arg->first->value;
        last = arg;
    }
    return read_end(q, last, out, err);
}

static void add_json(struct cpm_query *q, struct cpm_json_list *list, const struct cpm_json *value)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        const struct cpm_json **v = CPM_NEW_ARRAY(q->arena, const struct cpm_json *, cap);
        if (list->count)
            memcpy(v, list->v, list->count * sizeof(*v));
        list->v = v;
        list->cap = cap;
    }
    list->v[list->count++] = value;
}

/* A list counts as its elements. */
static void add_flat(struct cpm_query *q, struct cpm_json_list *list, const struct cpm_json *value)
{
    if (!cpm_json_is(value, CPM_JSON_ARRAY)) {
        add_json(q, list, value);
        return;
    }
    CPM_JSON_EACH (value, element)
        add_json(q, list, element);
}

struct cpm_json_list cpm_query_follow(struct cpm_query *q, const struct cpm_query_lookup *lookup,
                                      size_t count, const struct cpm_json *package)
{
    struct cpm_json_list objects = {.count = 0};
    add_json(q, &objects, package);
    for (size_t i = 0; i < count && objects.count; i++) {
        struct cpm_json_list next = {.count = 0};
        for (size_t k = 0; k < objects.count; k++) {
            const struct cpm_json *value = lookup->properties[i].ptr
                                               ? cpm_json_get(objects.v[k], lookup->properties[i])
                                               : objects.v[k];
            if (cpm_json_truthy(value) || !lookup->properties[i].ptr)
                add_flat(q, &next, value);
        }
        objects = next;
    }
    return objects;
}

int cpm_query_attr(struct cpm_query *q, const struct cpm_selector_part *part,
                   const struct cpm_query_set *in, struct cpm_query_set *out, struct cpm_error *err)
{
    struct cpm_query_lookup lookup = {.count = 0};
    int rc = cpm_query_lookup_read(q, part->args, &lookup, err);
    for (size_t i = 0; i < in->count && rc == 0; i++) {
        struct cpm_json_list objects =
            cpm_query_follow(q, &lookup, lookup.count, cpm_query_package(q, in->v[i]));
        for (size_t k = 0; k < objects.count; k++) {
            if (!cpm_query_has_attribute(q, &lookup.attribute, objects.v[k]))
                continue;
            cpm_query_add(q, out, in->v[i]);
            break;
        }
    }
    return rc;
}
