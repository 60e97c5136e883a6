/* JSON.stringify(value, null, indent) over a tree. */
#include "base/json.h"

#include "base/jsonread.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

struct writer {
    struct cpm_buf *out;
    struct cpm_str indent;
    struct cpm_str newline;
};

static void write_value(const struct writer *w, const struct cpm_json *value, unsigned depth);

static void break_line(const struct writer *w, unsigned depth)
{
    if (w->indent.len == 0)
        return;
    cpm_buf_add_str(w->out, w->newline);
    while (depth-- > 0)
        cpm_buf_add_str(w->out, w->indent);
}

static void write_member(const struct writer *w, const struct cpm_json *member, unsigned depth)
{
    cpm_json_quote(w->out, cpm_json_key(member));
    cpm_buf_add_text(w->out, w->indent.len ? ": " : ":");
    write_value(w, member, depth);
}

static int by_array_index(const void *a, const void *b)
{
    int64_t x = cpm_json_array_index(cpm_json_key(*(struct cpm_json *const *)a));
    int64_t y = cpm_json_array_index(cpm_json_key(*(struct cpm_json *const *)b));

    return (x > y) - (x < y);
}

/* The members in JavaScript's order: array indices first, ascending. The array is the caller's. */
static const struct cpm_json **in_order(const struct cpm_json *object, size_t count)
{
    const struct cpm_json **members = cpm_alloc(count * sizeof(*members));
    size_t indices = 0, rest;

    CPM_JSON_EACH (object, member)
        if (cpm_json_array_index(cpm_json_key(member)) >= 0)
            members[indices++] = member;
    if (indices)
        qsort(members, indices, sizeof(*members), by_array_index);
    rest = indices;
    CPM_JSON_EACH (object, member)
        if (cpm_json_array_index(cpm_json_key(member)) < 0)
            members[rest++] = member;
    return members;
}

static void write_object(const struct writer *w, const struct cpm_json *object, unsigned depth)
{
    size_t count = cpm_json_count(object);
    const struct cpm_json **members = in_order(object, count);

    cpm_buf_add_char(w->out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            cpm_buf_add_char(w->out, ',');
        break_line(w, depth + 1);
        write_member(w, members[i], depth + 1);
    }
    if (count)
        break_line(w, depth);
    cpm_buf_add_char(w->out, '}');
    cpm_free(members);
}

static void write_array(const struct writer *w, const struct cpm_json *array, unsigned depth)
{
    bool first = true;

    cpm_buf_add_char(w->out, '[');
    CPM_JSON_EACH (array, element) {
        if (!first)
            cpm_buf_add_char(w->out, ',');
        first = false;
        break_line(w, depth + 1);
        write_value(w, element, depth + 1);
    }
    if (!first)
        break_line(w, depth);
    cpm_buf_add_char(w->out, ']');
}

static void write_value(const struct writer *w, const struct cpm_json *value, unsigned depth)
{
    assert(depth <= CPM_JSON_DEPTH);
    switch (cpm_json_type(value)) {
    case CPM_JSON_NULL:
        cpm_buf_add_text(w->out, "null");
        break;
    case CPM_JSON_BOOL:
        cpm_buf_add_text(w->out, cpm_json_bool(value) ? "true" : "false");
        break;
    case CPM_JSON_NUMBER:
        cpm_json_put_number(w->out, cpm_json_number(value));
        break;
    case CPM_JSON_STRING:
        cpm_json_quote(w->out, cpm_json_str(value));
        break;
    case CPM_JSON_ARRAY:
        write_array(w, value, depth);
        break;
    case CPM_JSON_OBJECT:
        write_object(w, value, depth);
        break;
    }
}

void cpm_json_write(const struct cpm_json *value, struct cpm_str indent, struct cpm_str newline,
                    struct cpm_buf *out)
{
    struct writer w = {.out = out, .indent = cpm_str_sub(indent, 0, 10), .newline = newline};

    write_value(&w, value, 0);
}
