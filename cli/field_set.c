/* Each level is taken out of its parent, changed and put back, so that a value may become a list or
 * an object on the way, as npm allows. */
#include "cli/field_path.h"
#include "cli/fields.h"

struct setter {
    struct cpm_str path;          /* as typed */
    const struct cpm_json *value; /* NULL deletes */
    bool force;
    struct cpm_field_path keys;
    struct cpm_error *err;
    int rc;
};

static bool is_forbidden(struct cpm_str key)
{
    return cpm_str_is(key, "__proto__") || cpm_str_is(key, "constructor") ||
           cpm_str_is(key, "prototype");
}

/* A list becomes an object with the indices for keys. */
static struct cpm_json *to_object(struct cpm_json *list)
{
    struct cpm_json *object = cpm_json_new_object();
    struct cpm_buf key = CPM_BUF_INIT(32);
    size_t i = 0;
    CPM_JSON_EACH (list, v) {
        cpm_buf_clear(&key);
        cpm_buf_addf(&key, "%zu", i++);
        cpm_json_set(object, cpm_buf_str(&key), cpm_json_copy(v));
    }
    cpm_buf_release(&key);
    cpm_json_free(list);
    return object;
}

/* A place: an element of a list or a member of an object. */
struct place {
    struct cpm_json *container;
    struct cpm_str key;
    size_t index;
    bool list;
};

static struct cpm_json *place_get(const struct place *p)
{
    return p->list ? cpm_json_at(p->container, p->index) : cpm_json_get(p->container, p->key);
}

static void place_put(const struct place *p, struct cpm_json *value)
{
    if (p->list)
        cpm_json_put(p->container, p->index, value);
    else
        cpm_json_set(p->container, p->key, value);
}

static void place_clear(const struct place *p)
{
    if (!p->list)
        cpm_json_del(p->container, p->key);
    else if (cpm_json_at(p->container, p->index))
        cpm_json_remove(p->container, p->index);
}

static bool is_container(const struct cpm_json *value)
{
    return cpm_json_is(value, CPM_JSON_OBJECT) || cpm_json_is(value, CPM_JSON_ARRAY);
}

/* What the next key is set in: a copy of what is there, or an empty object. NULL: refused. */
static struct cpm_json *next_level(struct setter *s, const struct place *at, size_t depth)
{
    const struct cpm_json *now = place_get(at);
    const struct cpm_field_key *key = &s->keys.keys[depth + 1];
    bool guarded = !s->force && s->value && now && !cpm_json_is(now, CPM_JSON_NULL);
    size_t index;
    if (guarded && !is_container(now)) {
        s->rc = cpm_error_set(s->err, CPM_EOVERRIDEVALUE,
                              "Property %.*s already exists and is not an Array or Object.",
                              CPM_STR_ARG(s->keys.keys[depth].text));
        return NULL;
    }
    if (guarded && cpm_json_is(now, CPM_JSON_ARRAY) && !key->append &&
        !cpm_field_index(key, &index)) {
        s->rc = cpm_error_set(s->err, CPM_ENOADDPROP, "Can't add property %.*s to an Array.",
                              CPM_STR_ARG(s->path));
        return NULL;
    }
    return is_container(now) ? cpm_json_copy(now) : cpm_json_new_object();
}

/* Finds the place that a key means in `data`, which may be replaced. */
static struct place find_place(struct setter *s, struct cpm_json *data, size_t depth)
{
    const struct cpm_field_key *key = &s->keys.keys[depth];
    struct place at = {.container = data, .key = key->text};
    bool index = cpm_field_index(key, &at.index);
    if (depth > 0 && (index || key->append) && cpm_json_count(data) == 0 &&
        !cpm_json_is(data, CPM_JSON_ARRAY)) {
        cpm_json_free(data);
        at.container = cpm_json_new_array();
    }
    if (s->force && cpm_json_is(at.container, CPM_JSON_ARRAY) && !index && !key->append)
        at.container = to_object(at.container);
    at.list = cpm_json_is(at.container, CPM_JSON_ARRAY);
    if (key->append && at.list)
        at.index = cpm_json_count(at.container);
    else if (key->append)
        s->rc =
            cpm_error_set(s->err, CPM_ENOAPPEND, "Can't use append syntax in non-Array element");
    else if (is_forbidden(key->text))
        s->rc = cpm_error_set(s->err, CPM_EFORBIDDENKEY, "Forbidden key: \"%.*s\"",
                              CPM_STR_ARG(key->text));
    else if (at.list && !index)
        s->rc = cpm_error_set(s->err, CPM_ENOADDPROP, "Can't add property %.*s to an Array.",
                              CPM_STR_ARG(s->path));
    return at;
}

/* Takes `data`, gives what stands in its place. */
static struct cpm_json *set_level(struct setter *s, struct cpm_json *data, size_t depth)
{
    struct place at = find_place(s, data, depth);
    if (s->rc != 0)
        return at.container;
    if (depth + 1 < s->keys.count) {
        struct cpm_json *inner = next_level(s, &at, depth);
        if (inner)
            place_put(&at, set_level(s, inner, depth + 1));
    } else if (s->value) {
        place_put(&at, cpm_json_copy(s->value));
    } else {
        place_clear(&at);
    }
    return at.container;
}

int cpm_field_set(struct cpm_json **doc, struct cpm_str path, const struct cpm_json *value,
                  bool force, struct cpm_error *err)
{
    struct setter s = {.path = path, .value = value, .force = force, .err = err};
    if (!cpm_field_path_parse(path, &s.keys))
        return cpm_error_set(err, CPM_ETOOBIG, "'%.*s' goes too deep", CPM_STR_ARG(path));
    *doc = set_level(&s, *doc, 0);
    return s.rc;
}
