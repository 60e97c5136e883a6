/* The tree is cJSON's, the reading is not: base/jsonread.h walks the text once and builds the
 * nodes, so there is no second parser whose idea of the text could differ. A struct cpm_json is a
 * cJSON by another name; no other file knows. */
#include "base/json.h"

#include "base/jsonread.h"
#include "base/map.h"
#include "base/mem.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static struct cpm_json *wrap(cJSON *node)
{
    return (struct cpm_json *)node;
}

static cJSON *node_of(const struct cpm_json *value)
{
    return (cJSON *)value;
}

/* cJSON answers NULL when memory is short; the house ends the process there (base/mem.h). */
static cJSON *made(cJSON *node)
{
    if (!node)
        abort();
    return node;
}

static cJSON *new_string(struct cpm_str s)
{
    char *text = cpm_strndup(s.ptr, s.len);
    cJSON *node = made(cJSON_CreateString(text));

    cpm_free(text);
    return node;
}

static void append_member(cJSON *object, struct cpm_str key, cJSON *value)
{
    char *name = cpm_strndup(key.ptr, key.len);

    if (!cJSON_AddItemToObject(object, name, value))
        abort();
    cpm_free(name);
}

static void replace_member(cJSON *object, struct cpm_str key, cJSON *value)
{
    char *name = cpm_strndup(key.ptr, key.len);

    if (!cJSON_ReplaceItemInObjectCaseSensitive(object, name, value))
        abort();
    cpm_free(name);
}

/* reading */

static cJSON *read_value(struct cpm_jsonread *r);

/* The last of equal keys counts, in the place of the first. Keys are looked up in a map, not in the
 * list, so that a long object costs no square. */
static cJSON *read_members(struct cpm_jsonread *r)
{
    cJSON *object = made(cJSON_CreateObject());
    struct cpm_map seen = CPM_MAP_INIT;
    struct cpm_str key;

    while (cpm_jsonread_key(r, &key)) {
        cJSON *value = read_value(r);

        if (!value)
            break;
        if (cpm_map_set(&seen, key, object))
            replace_member(object, key, value);
        else
            append_member(object, key, value);
    }
    cpm_map_release(&seen);
    return object;
}

static cJSON *read_elements(struct cpm_jsonread *r)
{
    cJSON *array = made(cJSON_CreateArray());

    while (cpm_jsonread_element(r)) {
        cJSON *value = read_value(r);

        if (!value)
            break;
        cJSON_AddItemToArray(array, value);
    }
    return array;
}

static cJSON *read_scalar(struct cpm_jsonread *r, enum cpm_json_type type)
{
    struct cpm_str text;
    double number;
    bool yes;

    if (type == CPM_JSON_STRING && cpm_jsonread_str(r, &text))
        return new_string(text);
    if (type == CPM_JSON_NUMBER && cpm_jsonread_number(r, &number))
        return made(cJSON_CreateNumber(number));
    if (type == CPM_JSON_BOOL && cpm_jsonread_bool(r, &yes))
        return made(cJSON_CreateBool(yes));
    if (type != CPM_JSON_NULL)
        return NULL;
    cpm_jsonread_skip(r);
    return r->fault ? NULL : made(cJSON_CreateNull());
}

/* NULL after a fault (a container may come back cut short as well). */
static cJSON *read_value(struct cpm_jsonread *r)
{
    enum cpm_json_type type = cpm_jsonread_peek(r);

    if (cpm_jsonread_object(r))
        return read_members(r);
    if (cpm_jsonread_array(r))
        return read_elements(r);
    return read_scalar(r, type);
}

int cpm_json_parse(struct cpm_str text, const char *file, unsigned flags, struct cpm_json **out,
                   struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r;
    cJSON *root = NULL;
    int rc = 0;

    if (!(flags & CPM_JSON_LAST_WINS))
        rc = cpm_json_check(text, file, err);
    if (rc == 0) {
        cpm_jsonread_init(&r, text, file, &arena);
        root = read_value(&r);
        rc = cpm_jsonread_finish(&r, err);
    }
    if (rc == 0)
        *out = wrap(root);
    else
        cJSON_Delete(root);
    cpm_arena_release(&arena);
    return rc;
}

void cpm_json_free(struct cpm_json *doc)
{
    cJSON_Delete(node_of(doc));
}

/* asking */

enum cpm_json_type cpm_json_type(const struct cpm_json *value)
{
    switch (node_of(value)->type & 0xFF) {
    case cJSON_False:
    case cJSON_True:
        return CPM_JSON_BOOL;
    case cJSON_Number:
        return CPM_JSON_NUMBER;
    case cJSON_String:
        return CPM_JSON_STRING;
    case cJSON_Array:
        return CPM_JSON_ARRAY;
    case cJSON_Object:
        return CPM_JSON_OBJECT;
    default:
        return CPM_JSON_NULL;
    }
}

struct cpm_str cpm_json_str(const struct cpm_json *value)
{
    return cpm_json_is(value, CPM_JSON_STRING) ? cpm_str(node_of(value)->valuestring)
                                               : CPM_STR_NONE;
}

bool cpm_json_bool(const struct cpm_json *value)
{
    return value && cJSON_IsTrue(node_of(value));
}

double cpm_json_number(const struct cpm_json *value)
{
    return cpm_json_is(value, CPM_JSON_NUMBER) ? node_of(value)->valuedouble : 0;
}

bool cpm_json_truthy(const struct cpm_json *value)
{
    if (!value)
        return false;
    switch (cpm_json_type(value)) {
    case CPM_JSON_NULL:
        return false;
    case CPM_JSON_BOOL:
        return cpm_json_bool(value);
    case CPM_JSON_NUMBER:
        return cpm_json_number(value) != 0;
    case CPM_JSON_STRING:
        return cpm_json_str(value).len > 0;
    default:
        return true;
    }
}

struct cpm_json *cpm_json_get(const struct cpm_json *object, struct cpm_str key)
{
    if (!cpm_json_is(object, CPM_JSON_OBJECT))
        return NULL;
    CPM_JSON_EACH (object, member)
        if (cpm_str_eq(cpm_json_key(member), key))
            return member;
    return NULL;
}

struct cpm_str cpm_json_get_str(const struct cpm_json *object, const char *key)
{
    return cpm_json_str(cpm_json_get(object, cpm_str(key)));
}

size_t cpm_json_count(const struct cpm_json *container)
{
    size_t n = 0;

    CPM_JSON_EACH (container, value)
        n++;
    return n;
}

struct cpm_json *cpm_json_first(const struct cpm_json *container)
{
    return container ? wrap(node_of(container)->child) : NULL;
}

struct cpm_json *cpm_json_next(const struct cpm_json *value)
{
    return wrap(node_of(value)->next);
}

struct cpm_str cpm_json_key(const struct cpm_json *value)
{
    return value ? cpm_str(node_of(value)->string) : CPM_STR_NONE;
}

/* making */

struct cpm_json *cpm_json_new_null(void)
{
    return wrap(made(cJSON_CreateNull()));
}

struct cpm_json *cpm_json_new_bool(bool b)
{
    return wrap(made(cJSON_CreateBool(b)));
}

struct cpm_json *cpm_json_new_number(double n)
{
    return wrap(made(cJSON_CreateNumber(n)));
}

struct cpm_json *cpm_json_new_str(struct cpm_str s)
{
    return wrap(new_string(s));
}

struct cpm_json *cpm_json_new_array(void)
{
    return wrap(made(cJSON_CreateArray()));
}

struct cpm_json *cpm_json_new_object(void)
{
    return wrap(made(cJSON_CreateObject()));
}

struct cpm_json *cpm_json_copy(const struct cpm_json *value)
{
    return wrap(made(cJSON_Duplicate(node_of(value), true)));
}

void cpm_json_set(struct cpm_json *object, struct cpm_str key, struct cpm_json *value)
{
    if (cpm_json_get(object, key))
        replace_member(node_of(object), key, node_of(value));
    else
        append_member(node_of(object), key, node_of(value));
}

void cpm_json_set_str(struct cpm_json *object, const char *key, struct cpm_str s)
{
    cpm_json_set(object, cpm_str(key), cpm_json_new_str(s));
}

bool cpm_json_del(struct cpm_json *object, struct cpm_str key)
{
    struct cpm_json *member = cpm_json_get(object, key);

    if (!member)
        return false;
    cJSON_Delete(cJSON_DetachItemViaPointer(node_of(object), node_of(member)));
    return true;
}

void cpm_json_add(struct cpm_json *array, struct cpm_json *value)
{
    cJSON_AddItemToArray(node_of(array), node_of(value));
}

struct cpm_json *cpm_json_at(const struct cpm_json *array, size_t index)
{
    CPM_JSON_EACH (array, element)
        if (index-- == 0)
            return element;
    return NULL;
}

void cpm_json_put(struct cpm_json *array, size_t index, struct cpm_json *value)
{
    struct cpm_json *old = cpm_json_at(array, index);

    if (old) {
        cJSON_ReplaceItemViaPointer(node_of(array), node_of(old), node_of(value));
        return;
    }
    for (size_t n = cpm_json_count(array); n < index; n++)
        cpm_json_add(array, cpm_json_new_null());
    cpm_json_add(array, value);
}

void cpm_json_remove(struct cpm_json *array, size_t index)
{
    struct cpm_json *old = cpm_json_at(array, index);

    if (old)
        cJSON_Delete(cJSON_DetachItemViaPointer(node_of(array), node_of(old)));
}
