/* Names are interned, so "the same name" is pointer equality; maps are small, so a list is searched
 * until it has LISTED names, and a table by name afterwards. */
#include "lockfile/depmap.h"

#include "base/jsonscan.h"
#include "base/map.h"
#include "base/mem.h"
#include "lockfile/raw.h"

#include <stdlib.h>

enum { LISTED = 24 };

struct dep_list {
    struct cpm_dep fixed[LISTED];
    struct cpm_dep *v;
    uint32_t n, size;
    struct cpm_map places; /* name → index + 1, once there are more than LISTED */
};

static void note_place(struct dep_list *list, uint32_t i)
{
    cpm_map_set(&list->places, cpm_name_str(list->v[i].name), (void *)(uintptr_t)(i + 1));
}

static struct cpm_dep *find(const struct dep_list *list, const struct cpm_name *name)
{
    if (list->n > LISTED) {
        uintptr_t place = (uintptr_t)cpm_map_get(&list->places, cpm_name_str(name));

        return place ? &list->v[place - 1] : NULL;
    }
    for (uint32_t i = 0; i < list->n; i++)
        if (list->v[i].name == name)
            return &list->v[i];
    return NULL;
}

static void grow(struct dep_list *list)
{
    struct cpm_dep *old = list->v == list->fixed ? NULL : list->v;

    list->size *= 2;
    list->v = cpm_realloc(old, list->size, sizeof(*list->v));
    if (!old)
        memcpy(list->v, list->fixed, sizeof(list->fixed));
}

static void add(struct dep_list *list, const struct cpm_name *name, const struct cpm_name *spec)
{
    struct cpm_dep *same = find(list, name);

    if (same) {
        same->spec = spec;
        return;
    }
    if (list->n == list->size)
        grow(list);
    list->v[list->n++] = (struct cpm_dep){name, spec, false};
    if (list->n == LISTED + 1)
        for (uint32_t i = 0; i < list->n; i++)
            note_place(list, i);
    else if (list->n > LISTED)
        note_place(list, list->n - 1);
}

static bool may_be_index(const struct cpm_dep *dep)
{
    return dep->name->text[0] >= '0' && dep->name->text[0] <= '9';
}

static int64_t index_of(const struct cpm_dep *dep)
{
    return cpm_json_array_index(cpm_name_str(dep->name));
}

static int by_index(const void *a, const void *b)
{
    int64_t x = index_of(a), y = index_of(b);

    return (x > y) - (x < y);
}

/* Copies with the array indices first, ascending, and everything else as it stands. */
static void copy_in_order(struct cpm_dep *to, const struct cpm_dep *from, uint32_t n)
{
    uint32_t used = 0, first = 0;

    while (first < n && !may_be_index(&from[first]))
        first++;
    if (first == n) {
        memcpy(to, from, n * sizeof(*to));
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        if (index_of(&from[i]) >= 0)
            to[used++] = from[i];
    if (used > 1)
        qsort(to, used, sizeof(*to), by_index);
    for (uint32_t i = 0; i < n; i++)
        if (index_of(&from[i]) < 0)
            to[used++] = from[i];
}

static void read_members(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                         struct dep_list *list)
{
    bool lenient = src->from >= CPM_MANIFEST_REGISTRY_FULL;
    struct cpm_str name, spec;

    while (cpm_jsonread_key(r, &name)) {
        if (cpm_jsonread_peek(r) != CPM_JSON_STRING && !lenient)
            cpm_jsonread_fail(r, "the spec of a dependency must be a string");
        else if (cpm_jsonread_str(r, &spec))
            add(list, cpm_names_get(src->names, name), cpm_names_get(src->names, spec));
    }
}

static void release(struct dep_list *list)
{
    cpm_map_release(&list->places);
    if (list->v != list->fixed)
        cpm_free(list->v);
}

static void keep(const struct dep_list *list, struct cpm_arena *arena, struct cpm_deps *out)
{
    struct cpm_dep *kept = CPM_NEW_ARRAY(arena, struct cpm_dep, list->n);

    copy_in_order(kept, list->v, list->n);
    *out = (struct cpm_deps){.v = kept, .n = list->n, .present = true};
}

void cpm_depmap_read(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                     struct cpm_deps *out)
{
    struct dep_list list = {.v = list.fixed, .size = LISTED, .places = CPM_MAP_INIT};

    if (!cpm_jsonread_object(r)) {
        cpm_jsonread_skip(r);
        return;
    }
    read_members(r, src, &list);
    keep(&list, src->arena, out);
    release(&list);
}

/* A string of ASCII without escapes; gives the place behind it, or NULL. */
static const char *plain_string(const char *p, const char *end, struct cpm_str *out)
{
    const char *from = p + 1;

    if (p == end || *p != '"')
        return NULL;
    p = cpm_json_skip_plain(from, end);
    *out = cpm_str_n(from, (size_t)(p - from));
    return p < end && *p == '"' ? p + 1 : NULL;
}

/* {"name":"spec",…} as registries send it: plain strings and not a blank. False for any other map,
 * with the list half filled. */
static bool read_plain(struct cpm_str raw, const struct cpm_manifest_source *src,
                       struct dep_list *list)
{
    const char *p = raw.ptr + 1, *end = raw.ptr + raw.len;
    struct cpm_str name, spec;

    if (raw.len == 0 || raw.ptr[0] != '{')
        return false;
    for (;; p++) {
        p = plain_string(p, end, &name);
        if (!p || p == end || *p != ':')
            return false;
        p = plain_string(p + 1, end, &spec);
        if (!p || p == end || (*p != ',' && *p != '}'))
            return false;
        add(list, cpm_names_get(src->names, name), cpm_names_get(src->names, spec));
        if (*p == '}')
            return p + 1 == end;
    }
}

void cpm_depmap_parse(struct cpm_str raw, const struct cpm_manifest_source *src,
                      struct cpm_deps *out)
{
    struct dep_list list = {.v = list.fixed, .size = LISTED, .places = CPM_MAP_INIT};
    bool plain = read_plain(raw, src, &list);
    struct cpm_jsonread r;

    if (plain)
        keep(&list, src->arena, out);
    release(&list);
    if (plain)
        return;
    cpm_raw_open(&r, raw, src->arena);
    cpm_depmap_read(&r, src, out);
}

static int by_id(const void *a, const void *b)
{
    const struct cpm_dep *x = a, *y = b;

    return (x->name->id > y->name->id) - (x->name->id < y->name->id);
}

/* A copy sorted for bsearch; the caller frees it. */
static struct cpm_dep *sorted_by_id(const struct cpm_deps *deps)
{
    struct cpm_dep *sorted = cpm_alloc(deps->n * sizeof(*sorted));

    if (deps->n) {
        memcpy(sorted, deps->v, deps->n * sizeof(*sorted));
        qsort(sorted, deps->n, sizeof(*sorted), by_id);
    }
    return sorted;
}

static struct cpm_dep *lookup(struct cpm_dep *sorted, uint32_t n, const struct cpm_name *name)
{
    struct cpm_dep wanted = {.name = name};

    return n && name ? bsearch(&wanted, sorted, n, sizeof(*sorted), by_id) : NULL;
}

void cpm_depmap_subtract(struct cpm_deps *deps, const struct cpm_deps *gone,
                         struct cpm_arena *arena)
{
    struct cpm_dep *kept, *sorted;
    uint32_t n = 0;

    if (!deps->present || !gone->present)
        return;
    kept = CPM_NEW_ARRAY(arena, struct cpm_dep, deps->n);
    sorted = sorted_by_id(gone);
    for (uint32_t i = 0; i < deps->n; i++)
        if (!lookup(sorted, gone->n, deps->v[i].name))
            kept[n++] = deps->v[i];
    *deps = (struct cpm_deps){.v = kept, .n = n, .present = n > 0};
    cpm_free(sorted);
}

/* Marks in `sorted` the names whose value in the map at the cursor says optional. */
static void read_optional(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                          struct cpm_dep *sorted, uint32_t n)
{
    struct cpm_str name, value;

    while (cpm_jsonread_key(r, &name)) {
        struct cpm_dep *peer = lookup(sorted, n, cpm_names_find(src->names, name));

        value = cpm_jsonread_raw(r);
        if (peer)
            peer->optional_peer = cpm_raw_truthy(cpm_raw_member(value, "optional", src->arena));
    }
}

void cpm_depmap_mark_optional(struct cpm_deps *peers, struct cpm_str meta,
                              const struct cpm_manifest_source *src)
{
    struct cpm_dep *sorted, *marked;
    struct cpm_jsonread r;

    if (peers->n == 0 || meta.len == 0)
        return;
    sorted = sorted_by_id(peers);
    cpm_raw_open(&r, meta, src->arena);
    if (cpm_jsonread_object(&r))
        read_optional(&r, src, sorted, peers->n);
    marked = CPM_NEW_ARRAY(src->arena, struct cpm_dep, peers->n);
    for (uint32_t i = 0; i < peers->n; i++)
        marked[i] = *lookup(sorted, peers->n, peers->v[i].name);
    peers->v = marked;
    cpm_free(sorted);
}
