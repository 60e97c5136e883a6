/* A member's rank says its class (array index, preferred, other; scalar, object); only members of
 * equal rank are compared by text. */
#include "lockfile/nice.h"

#include "base/collate.h"
#include "base/map.h"
#include "base/mem.h"
#include "lockfile/raw.h"

#include <assert.h>
#include <stdlib.h>

static const char *const preferred[] = {
    "name",      "version",  "lockfileVersion", "resolved",
    "integrity", "requires", "packages",        "dependencies",
};

enum { PREFERRED = sizeof(preferred) / sizeof(preferred[0]), CLASS = 2 * PREFERRED };

/* order */

static int64_t rank_of(const struct cpm_nice_member *m)
{
    int64_t index = cpm_json_array_index(m->key), base;
    int at = 0;

    if (index >= 0)
        return index;
    base = (int64_t)UINT32_MAX + (m->object ? CLASS : 0);
    while (at < PREFERRED && !cpm_str_is(m->key, preferred[at]))
        at++;
    return base + at;
}

static int compare(const struct cpm_nice_member *a, const struct cpm_nice_member *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return cpm_collate(a->key, b->key);
}

static int compare_pointers(const void *va, const void *vb)
{
    const struct cpm_nice_member *a = *(const struct cpm_nice_member *const *)va;
    const struct cpm_nice_member *b = *(const struct cpm_nice_member *const *)vb;
    int order = compare(a, b);

    return order ? order : (a > b) - (a < b);
}

static bool in_order(const struct cpm_nice_member *members, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare(&members[i - 1], &members[i]) > 0)
            return false;
    return true;
}

void cpm_nice_sort(struct cpm_nice_member *members, size_t count)
{
    const struct cpm_nice_member **order;
    struct cpm_nice_member *sorted;

    for (size_t i = 0; i < count; i++)
        members[i].rank = rank_of(&members[i]);
    if (in_order(members, count)) /* what comes from a lock mostly is */
        return;
    order = cpm_alloc(count * sizeof(*order));
    sorted = cpm_alloc(count * sizeof(*sorted));
    for (size_t i = 0; i < count; i++)
        order[i] = &members[i];
    qsort(order, count, sizeof(*order), compare_pointers);
    for (size_t i = 0; i < count; i++)
        sorted[i] = *order[i];
    memcpy(members, sorted, count * sizeof(*members));
    cpm_free(order);
    cpm_free(sorted);
}

/* gathering */

size_t cpm_nice_count(struct cpm_str object)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r;
    struct cpm_str key;
    size_t count = 0;

    cpm_raw_open(&r, object, &arena);
    if (object.len && cpm_jsonread_object(&r))
        for (; cpm_jsonread_key(&r, &key); count++)
            cpm_jsonread_skip(&r);
    cpm_arena_release(&arena);
    return count;
}

size_t cpm_nice_gather(struct cpm_nice *n, struct cpm_str object, struct cpm_nice_member *members)
{
    struct cpm_map seen = CPM_MAP_INIT;
    struct cpm_jsonread r;
    struct cpm_str key;
    size_t count = 0;

    cpm_raw_open(&r, object, n->scratch);
    if (!object.len || !cpm_jsonread_object(&r))
        return 0;
    while (cpm_jsonread_key(&r, &key)) {
        struct cpm_nice_member *m = cpm_map_get(&seen, key);

        if (!m)
            m = &members[count];
        *m = (struct cpm_nice_member){.key = key, .raw = cpm_jsonread_raw(&r)};
        m->object = cpm_raw_is(m->raw, CPM_JSON_OBJECT);
        if (m == &members[count] && !cpm_str_is(key, "__proto__")) {
            cpm_map_set(&seen, key, m);
            count++;
        }
    }
    cpm_map_release(&seen);
    return count;
}

/* writing */

void cpm_nice_init(struct cpm_nice *n, struct cpm_buf *out, struct cpm_arena *scratch,
                   struct cpm_str indent, struct cpm_str newline)
{
    struct cpm_buf breaks = CPM_BUF_INIT(4096);

    cpm_buf_add_str(&breaks, newline);
    for (int i = 0; i < CPM_NICE_DEPTH; i++)
        cpm_buf_add_str(&breaks, indent);
    *n = (struct cpm_nice){
        .out = out,
        .scratch = scratch,
        .breaks = cpm_raw_keep(&breaks, scratch),
        .newline_len = newline.len,
        .indent_len = indent.len,
    };
    cpm_buf_release(&breaks);
}

static void break_line(struct cpm_nice *n, unsigned depth)
{
    unsigned ready = depth < CPM_NICE_DEPTH ? depth : CPM_NICE_DEPTH;

    cpm_buf_add(n->out, n->breaks.ptr, n->newline_len + ready * n->indent_len);
    for (; depth > ready; depth--)
        cpm_buf_add(n->out, n->breaks.ptr + n->newline_len, n->indent_len);
}

void cpm_nice_open(struct cpm_nice *n)
{
    cpm_buf_add_char(n->out, '{');
}

void cpm_nice_key(struct cpm_nice *n, struct cpm_str key, unsigned depth, bool *first)
{
    if (!*first)
        cpm_buf_add_char(n->out, ',');
    *first = false;
    break_line(n, depth + 1);
    cpm_json_quote(n->out, key);
    cpm_buf_add_text(n->out, n->newline_len ? ": " : ":");
}

void cpm_nice_close(struct cpm_nice *n, unsigned depth, bool empty)
{
    if (!empty)
        break_line(n, depth);
    cpm_buf_add_char(n->out, '}');
}

void cpm_nice_members(struct cpm_nice *n, const struct cpm_nice_member *members, size_t count,
                      unsigned depth)
{
    bool first = true;

    cpm_nice_open(n);
    for (size_t i = 0; i < count; i++) {
        cpm_nice_key(n, members[i].key, depth, &first);
        if (members[i].raw.len)
            cpm_nice_raw(n, members[i].raw, depth + 1);
        else
            cpm_json_quote(n->out, members[i].text);
    }
    cpm_nice_close(n, depth, first);
}

static void write_object(struct cpm_nice *n, struct cpm_str raw, unsigned depth)
{
    size_t count = cpm_nice_count(raw);
    struct cpm_nice_member *members = CPM_NEW_ARRAY(n->scratch, struct cpm_nice_member, count + 1);

    count = cpm_nice_gather(n, raw, members);
    cpm_nice_sort(members, count);
    cpm_nice_members(n, members, count, depth);
}

static void write_array(struct cpm_nice *n, struct cpm_jsonread *r, unsigned depth)
{
    bool first = true;

    cpm_buf_add_char(n->out, '[');
    while (cpm_jsonread_element(r)) {
        if (!first)
            cpm_buf_add_char(n->out, ',');
        first = false;
        break_line(n, depth + 1);
        cpm_nice_raw(n, cpm_jsonread_raw(r), depth + 1);
    }
    if (!first)
        break_line(n, depth);
    cpm_buf_add_char(n->out, ']');
}

void cpm_nice_raw(struct cpm_nice *n, struct cpm_str raw, unsigned depth)
{
    struct cpm_jsonread r;
    struct cpm_str text;
    double number;

    cpm_raw_open(&r, raw, n->scratch);
    switch (cpm_jsonread_peek(&r)) {
    case CPM_JSON_OBJECT:
        write_object(n, raw, depth);
        break;
    case CPM_JSON_ARRAY:
        cpm_jsonread_array(&r);
        write_array(n, &r, depth);
        break;
    case CPM_JSON_STRING:
        if (cpm_jsonread_str(&r, &text))
            cpm_json_quote(n->out, text);
        break;
    case CPM_JSON_NUMBER:
        if (cpm_jsonread_number(&r, &number))
            cpm_json_put_number(n->out, number);
        break;
    default:
        cpm_buf_add_str(n->out, raw); /* true, false, null */
    }
    assert(!r.fault);
}
