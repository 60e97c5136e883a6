/* A package's fields in the index, both ways. Every length is checked against what is left, and the
 * first that does not fit makes the package as if it were not there. */
#include "base/buf.h"
#include "resolver/module/index.h"

struct cursor {
    struct cpm_str rest;
    struct cpm_arena *arena;
    bool bad;
};

static bool take(struct cursor *c, void *into, size_t size)
{
    c->bad = c->bad || c->rest.len < size;
    if (c->bad)
        return false;
    memcpy(into, c->rest.ptr, size);
    c->rest = cpm_str_sub(c->rest, size, c->rest.len);
    return true;
}

static struct cpm_str take_text(struct cursor *c, size_t length)
{
    struct cpm_str text = cpm_str_sub(c->rest, 0, length);

    c->bad = c->bad || length > c->rest.len;
    if (c->bad)
        return CPM_STR("");
    c->rest = cpm_str_sub(c->rest, length, c->rest.len);
    return text;
}

static struct cpm_str take_optional(struct cursor *c)
{
    int32_t length;

    if (!take(c, &length, sizeof(length)) || length < 0)
        return CPM_STR_NONE;
    return take_text(c, (size_t)length);
}

static void take_value(struct cursor *c, struct cpm_value *out, unsigned depth);

static void take_items(struct cursor *c, struct cpm_value *out, unsigned depth)
{
    c->bad = c->bad || out->count > c->rest.len; /* an item takes a byte at least */
    if (c->bad)
        return;
    out->items = CPM_NEW_ARRAY(c->arena, struct cpm_value, out->count);
    if (out->type == CPM_VALUE_OBJECT)
        out->keys = CPM_NEW_ARRAY(c->arena, struct cpm_str, out->count);
    for (uint32_t i = 0; !c->bad && i < out->count; i++) {
        if (out->keys)
            out->keys[i] = take_optional(c);
        take_value(c, &out->items[i], depth + 1);
    }
}

static void take_value(struct cursor *c, struct cpm_value *out, unsigned depth)
{
    uint8_t head[3];
    uint32_t count;

    if (!take(c, head, sizeof(head)) || !take(c, &count, sizeof(count)))
        return;
    c->bad = head[0] > CPM_VALUE_OTHER || depth > CPM_INDEX_DEPTH;
    out->type = (enum cpm_value_type)head[0];
    out->numeric_key = head[1];
    out->pattern_key = head[2];
    if (out->type == CPM_VALUE_OBJECT || out->type == CPM_VALUE_ARRAY) {
        out->count = count;
        take_items(c, out, depth);
    } else {
        out->text = take_text(c, count);
    }
}

static const struct cpm_value *take_field(struct cursor *c)
{
    struct cpm_value *v;
    uint8_t there;

    if (!take(c, &there, 1) || !there)
        return NULL;
    v = CPM_NEW(c->arena, struct cpm_value);
    take_value(c, v, 0);
    return v;
}

bool cpm_index_fields(struct cpm_str bytes, struct cpm_package *p, struct cpm_arena *arena)
{
    struct cursor c = {.rest = bytes, .arena = arena};
    uint8_t type = 0;

    take(&c, &type, 1);
    c.bad = c.bad || type > CPM_PACKAGE_MODULE;
    p->type = (enum cpm_package_type)type;
    p->name = take_optional(&c);
    p->main = take_optional(&c);
    p->exports = take_field(&c);
    p->imports = take_field(&c);
    return !c.bad;
}

static void put_text(struct cpm_buf *out, struct cpm_str text)
{
    int32_t length = text.ptr ? (int32_t)text.len : CPM_INDEX_NOTHING;

    cpm_buf_add(out, &length, sizeof(length));
    if (text.ptr)
        cpm_buf_add_str(out, text);
}

static void put_value(struct cpm_buf *out, const struct cpm_value *v)
{
    uint8_t head[3] = {(uint8_t)v->type, v->numeric_key, v->pattern_key};
    bool container = v->type == CPM_VALUE_OBJECT || v->type == CPM_VALUE_ARRAY;
    uint32_t count = container ? v->count : (uint32_t)v->text.len;

    cpm_buf_add(out, head, sizeof(head));
    cpm_buf_add(out, &count, sizeof(count));
    if (!container)
        cpm_buf_add_str(out, v->text);
    for (uint32_t i = 0; container && i < v->count; i++) {
        if (v->keys)
            put_text(out, v->keys[i]);
        put_value(out, &v->items[i]);
    }
}

static void put_field(struct cpm_buf *out, const struct cpm_value *v)
{
    cpm_buf_add_char(out, v != NULL);
    if (v)
        put_value(out, v);
}

void cpm_index_put_fields(struct cpm_buf *out, const struct cpm_package *p)
{
    cpm_buf_add_char(out, (char)p->type);
    put_text(out, p->name);
    put_text(out, p->main);
    put_field(out, p->exports);
    put_field(out, p->imports);
}
