/* Values are copied by struct; what they point to is never changed in place, except by the list
 * they were pushed onto. */
#include "cli/config/value.h"

#include "base/grow.h"
#include "base/jsonread.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct cpm_value cpm_value_bool(bool b)
{
    return (struct cpm_value){.kind = CPM_VALUE_BOOL, .truth = b};
}

struct cpm_value cpm_value_number(double n)
{
    return (struct cpm_value){.kind = CPM_VALUE_NUMBER, .number = n};
}

struct cpm_value cpm_value_null(void)
{
    return (struct cpm_value){.kind = CPM_VALUE_NULL};
}

struct cpm_value cpm_value_str(struct cpm_arena *arena, struct cpm_str text)
{
    const char *copy = cpm_arena_strndup(arena, text.ptr ? text.ptr : "", text.len);
    return (struct cpm_value){.kind = CPM_VALUE_STRING, .text = cpm_str_n(copy, text.len)};
}

struct cpm_value cpm_value_list(void)
{
    return (struct cpm_value){.kind = CPM_VALUE_LIST};
}

void cpm_value_push(struct cpm_arena *arena, struct cpm_value *list, struct cpm_value item)
{
    list->items = cpm_arena_grow(arena, list->items, list->count, &list->cap, sizeof(*list->items));
    list->items[list->count++] = item;
}

static struct cpm_value object_from_json(struct cpm_arena *arena, const struct cpm_json *json)
{
    struct cpm_value out = {.kind = CPM_VALUE_OBJECT, .fields = CPM_NEW(arena, struct cpm_fields)};
    CPM_JSON_EACH (json, member) {
        cpm_fields_set(arena, out.fields, cpm_arena_str(arena, cpm_json_key(member)),
                       cpm_value_from_json(arena, member));
    }
    return out;
}

struct cpm_value cpm_value_from_json(struct cpm_arena *arena, const struct cpm_json *json)
{
    struct cpm_value list = cpm_value_list();
    switch (cpm_json_type(json)) {
    case CPM_JSON_NULL:
        return cpm_value_null();
    case CPM_JSON_BOOL:
        return cpm_value_bool(cpm_json_bool(json));
    case CPM_JSON_NUMBER:
        return cpm_value_number(cpm_json_number(json));
    case CPM_JSON_STRING:
        return cpm_value_str(arena, cpm_json_str(json));
    case CPM_JSON_OBJECT:
        return object_from_json(arena, json);
    case CPM_JSON_ARRAY:
        break;
    }
    CPM_JSON_EACH (json, item) {
        cpm_value_push(arena, &list, cpm_value_from_json(arena, item));
    }
    return list;
}

static bool same_list(const struct cpm_value *a, const struct cpm_value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!cpm_value_same(&a->items[i], &b->items[i]))
            return false;
    return true;
}

bool cpm_value_same(const struct cpm_value *a, const struct cpm_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CPM_VALUE_BOOL:
        return a->truth == b->truth;
    case CPM_VALUE_NUMBER:
    case CPM_VALUE_DATE:
        return a->number == b->number;
    case CPM_VALUE_STRING:
        return cpm_str_eq(a->text, b->text);
    case CPM_VALUE_LIST:
        return same_list(a, b);
    case CPM_VALUE_OBJECT:
        return a->fields == b->fields;
    default:
        return true;
    }
}

bool cpm_value_truthy(const struct cpm_value *v)
{
    switch (v ? v->kind : CPM_VALUE_UNDEFINED) {
    case CPM_VALUE_BOOL:
        return v->truth;
    case CPM_VALUE_NUMBER:
        return v->number != 0 && !isnan(v->number);
    case CPM_VALUE_STRING:
        return v->text.len > 0;
    case CPM_VALUE_DATE:
    case CPM_VALUE_LIST:
    case CPM_VALUE_OBJECT:
        return true;
    default:
        return false;
    }
}

bool cpm_value_is(const struct cpm_value *v, const char *text)
{
    return v && v->kind == CPM_VALUE_STRING && cpm_str_is(v->text, text);
}

/* From 2^53 on every number is whole. */
static bool is_whole(double n)
{
    return fabs(n) >= 9007199254740992.0 || n == (double)(int64_t)n;
}

/* The shortest digits that read back as the same number, as JavaScript prints it. */
static void print_number(double n, struct cpm_buf *out)
{
    char text[40];
    if (isnan(n)) {
        cpm_buf_add_text(out, "NaN");
    } else if (isinf(n)) {
        cpm_buf_add_text(out, n < 0 ? "-Infinity" : "Infinity");
    } else if (fabs(n) < 1e21 && is_whole(n)) {
        cpm_buf_addf(out, "%.0f", n == 0 ? 0.0 : n);
    } else {
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof(text), "%.*g", digits, n);
            if (strtod(text, NULL) == n)
                break;
        }
        cpm_buf_add_text(out, text);
    }
}

void cpm_value_print(const struct cpm_value *v, struct cpm_buf *out)
{
    switch (v ? v->kind : CPM_VALUE_UNDEFINED) {
    case CPM_VALUE_UNDEFINED:
        cpm_buf_add_text(out, "undefined");
        break;
    case CPM_VALUE_NULL:
        cpm_buf_add_text(out, "null");
        break;
    case CPM_VALUE_BOOL:
        cpm_buf_add_text(out, v->truth ? "true" : "false");
        break;
    case CPM_VALUE_NUMBER:
        print_number(v->number, out);
        break;
    case CPM_VALUE_STRING:
    case CPM_VALUE_DATE:
        cpm_buf_add_str(out, v->text);
        break;
    case CPM_VALUE_LIST:
        for (size_t i = 0; i < v->count; i++) {
            if (i)
                cpm_buf_add_char(out, ',');
            if (v->items[i].kind > CPM_VALUE_NULL)
                cpm_value_print(&v->items[i], out);
        }
        break;
    case CPM_VALUE_OBJECT:
        cpm_buf_add_text(out, "[object Object]");
        break;
    }
}

#define TEXT_MAX (16u << 20)

const char *cpm_value_text(struct cpm_arena *arena, const struct cpm_value *v)
{
    if (v && v->kind == CPM_VALUE_STRING)
        return v->text.ptr;
    struct cpm_buf buf = CPM_BUF_INIT(TEXT_MAX);
    cpm_value_print(v, &buf);
    const char *text = cpm_arena_strndup(arena, cpm_buf_text(&buf), buf.len);
    cpm_buf_release(&buf);
    return text;
}

static void new_line(struct cpm_buf *out, unsigned depth)
{
    if (depth >= CPM_JSON_ONE_LINE)
        return;
    cpm_buf_add_char(out, '\n');
    for (unsigned i = 0; i < depth; i++)
        cpm_buf_add_text(out, "  ");
}

static void json_list(const struct cpm_value *v, unsigned depth, struct cpm_buf *out)
{
    cpm_buf_add_char(out, '[');
    for (size_t i = 0; i < v->count; i++) {
        if (i)
            cpm_buf_add_char(out, ',');
        new_line(out, depth + 1);
        cpm_value_json(&v->items[i], depth + 1, out);
    }
    if (v->count)
        new_line(out, depth);
    cpm_buf_add_char(out, ']');
}

static void json_object(const struct cpm_value *v, unsigned depth, struct cpm_buf *out)
{
    cpm_buf_add_char(out, '{');
    for (size_t i = 0; i < v->fields->count; i++) {
        if (i)
            cpm_buf_add_char(out, ',');
        new_line(out, depth + 1);
        cpm_json_quote(out, v->fields->v[i].key);
        cpm_buf_add_text(out, depth >= CPM_JSON_ONE_LINE ? ":" : ": ");
        cpm_value_json(&v->fields->v[i].value, depth + 1, out);
    }
    if (v->fields->count)
        new_line(out, depth);
    cpm_buf_add_char(out, '}');
}

void cpm_value_json(const struct cpm_value *v, unsigned depth, struct cpm_buf *out)
{
    if (v->kind == CPM_VALUE_LIST)
        json_list(v, depth, out);
    else if (v->kind == CPM_VALUE_OBJECT)
        json_object(v, depth, out);
    else if (v->kind == CPM_VALUE_STRING || (v->kind == CPM_VALUE_DATE && !isnan(v->number)))
        cpm_json_quote(out, v->text);
    else if (v->kind == CPM_VALUE_DATE || (v->kind == CPM_VALUE_NUMBER && !isfinite(v->number)))
        cpm_buf_add_text(out, "null");
    else
        cpm_value_print(v, out);
}

struct cpm_value *cpm_fields_find(const struct cpm_fields *f, struct cpm_str key)
{
    for (size_t i = 0; i < f->count; i++)
        if (cpm_str_eq(f->v[i].key, key))
            return &f->v[i].value;
    return NULL;
}

bool cpm_fields_set(struct cpm_arena *arena, struct cpm_fields *f, struct cpm_str key,
                    struct cpm_value value)
{
    struct cpm_value *old = cpm_fields_find(f, key);
    if (old) {
        *old = value;
        return true;
    }
    if (f->count == CPM_FIELDS_MAX)
        return false;
    f->v = cpm_arena_grow(arena, f->v, f->count, &f->cap, sizeof(*f->v));
    f->v[f->count++] = (struct cpm_field){.key = key, .value = value};
    return true;
}

bool cpm_fields_del(struct cpm_fields *f, struct cpm_str key)
{
    for (size_t i = 0; i < f->count; i++)
        if (cpm_str_eq(f->v[i].key, key)) {
            memmove(&f->v[i], &f->v[i + 1], (f->count - i - 1) * sizeof(f->v[0]));
            f->count--;
            return true;
        }
    return false;
}
