/* Objects here are small or are exports maps: a linear look at keys, length first, beats a hash
 * until there are many of them, and then the reader of the map has patterns to look through
 * anyway. */
#include "base/jsonread.h"
#include "base/mem.h"
#include "resolver/module/package.h"

enum {
    DUPLICATES_UP_TO = 64, /* larger objects are trusted to have unique keys, as the last wins */
    FIRST_ITEMS = 8,
};

/* A list in the arena that doubles. */
static void *grown(struct cpm_arena *arena, void *old, size_t count, size_t size)
{
    void *fresh;

    if (count && (count < FIRST_ITEMS || (count & (count - 1))))
        return old;
    fresh = cpm_arena_array(arena, count ? count * 2 : FIRST_ITEMS, size);
    if (count)
        memcpy(fresh, old, count * size);
    return fresh;
}

static struct cpm_value *item_for(struct cpm_arena *arena, struct cpm_value *v, struct cpm_str key)
{
    for (uint32_t i = 0; v->keys && v->count <= DUPLICATES_UP_TO && i < v->count; i++)
        if (cpm_str_eq(v->keys[i], key))
            return &v->items[i];
    v->keys = grown(arena, v->keys, v->count, sizeof(*v->keys));
    v->items = grown(arena, v->items, v->count, sizeof(*v->items));
    v->keys[v->count] = key;
    v->numeric_key = v->numeric_key || cpm_json_array_index(key) >= 0;
    v->pattern_key = v->pattern_key || cpm_str_chr(key, '*') != CPM_NPOS;
    return &v->items[v->count++];
}

static void read_object(struct cpm_jsonread *json, struct cpm_value *out)
{
    struct cpm_str key;

    while (cpm_jsonread_key(json, &key))
        cpm_value_read(json, item_for(json->arena, out, key));
}

static void read_array(struct cpm_jsonread *json, struct cpm_value *out)
{
    while (cpm_jsonread_element(json)) {
        out->items = grown(json->arena, out->items, out->count, sizeof(*out->items));
        cpm_value_read(json, &out->items[out->count++]);
    }
}

void cpm_value_read(struct cpm_jsonread *json, struct cpm_value *out)
{
    struct cpm_value v = {.type = CPM_VALUE_OTHER};

    switch (cpm_jsonread_peek(json)) {
    case CPM_JSON_STRING:
        v.type = CPM_VALUE_STRING;
        cpm_jsonread_str(json, &v.text);
        break;
    case CPM_JSON_OBJECT:
        v.type = CPM_VALUE_OBJECT;
        if (cpm_jsonread_object(json))
            read_object(json, &v);
        break;
    case CPM_JSON_ARRAY:
        v.type = CPM_VALUE_ARRAY;
        if (cpm_jsonread_array(json))
            read_array(json, &v);
        break;
    default:
        v.text = cpm_jsonread_raw(json);
        if (cpm_str_is(v.text, "null"))
            v.type = CPM_VALUE_NULL;
        else if (cpm_str_is(v.text, "false"))
            v.type = CPM_VALUE_FALSE;
    }
    *out = v;
}

const struct cpm_value *cpm_value_parse(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_value *v = CPM_NEW(arena, struct cpm_value);
    struct cpm_jsonread json;

    cpm_jsonread_init(&json, text, "", arena);
    cpm_value_read(&json, v);
    return cpm_jsonread_finish(&json, NULL) < 0 ? NULL : v;
}

const struct cpm_value *cpm_value_get(const struct cpm_value *object, struct cpm_str key)
{
    if (!object || object->type != CPM_VALUE_OBJECT)
        return NULL;
    for (uint32_t i = object->count; i-- > 0;) /* the last of duplicates wins */
        if (cpm_str_eq(object->keys[i], key))
            return &object->items[i];
    return NULL;
}
