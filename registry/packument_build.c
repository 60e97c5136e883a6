/* One pass over the JSON. Versions are read as they come; dist-tags and times are joined to them
 * when all are there, since a document may have them in any order. */
#include "base/mem.h"
#include "registry/isotime.h"
#include "registry/json_hop.h"
#include "registry/packument_builder.h"

/* times */

static void index_by_order(struct cpm_image_builder *b)
{
    const struct cpm_image_version *v = (const struct cpm_image_version *)b->versions.ptr;
    size_t n = b->versions.len / sizeof(*v);

    b->by_order = cpm_arena_array(&b->arena, n + 1, sizeof(b->by_order[0]));
    memset(b->by_order, 0xFF, n * sizeof(b->by_order[0]));
    for (size_t i = 0; i < n; i++)
        if (v[i].order < n)
            b->by_order[v[i].order] = (uint32_t)i;
}

static void set_time(struct cpm_image_builder *b, uint32_t i, struct cpm_str text)
{
    struct cpm_image_version *v = (struct cpm_image_version *)b->versions.ptr + i;

    if (!cpm_isotime_parse(text, &v->time))
        v->time = text.len ? INT64_MAX : CPM_TIME_NONE;
}

/* `time` lists the versions in the same order as `versions` nearly always: the next one is tried
 * first. */
static void read_times(struct cpm_image_builder *b)
{
    const struct cpm_image_version *v = (const struct cpm_image_version *)b->versions.ptr;
    uint32_t n = (uint32_t)(b->versions.len / sizeof(*v)), next = 0;
    struct cpm_str key, text;

    if (!b->time.at || !cpm_jsonread_object(&b->time))
        return;
    index_by_order(b);
    while (cpm_jsonread_key(&b->time, &key)) {
        uint32_t i = next < n ? b->by_order[next] : CPM_IMAGE_NONE;

        if (i == CPM_IMAGE_NONE || v[i].text_len != key.len ||
            memcmp(b->text.ptr + v[i].text, key.ptr, key.len) != 0)
            i = cpm_image_find_version(b, key);
        text = CPM_STR_NONE;
        cpm_jsonread_str(&b->time, &text);
        if (i == CPM_IMAGE_NONE)
            continue;
        next = v[i].order + 1;
        set_time(b, i, text);
    }
    if (b->time.fault && !b->r.fault)
        b->r = b->time;
}

/* the document */

static void read_tags(struct cpm_image_builder *b)
{
    struct cpm_image_tag t;
    struct cpm_str key, text;

    b->tags.len = 0;
    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return;
    }
    while (cpm_jsonread_key(&b->r, &key)) {
        if (!cpm_jsonread_str(&b->r, &text))
            continue;
        t.tag = cpm_image_keep(b, key);
        t.version = cpm_image_keep(b, text);
        t.index = CPM_IMAGE_NONE;
        cpm_buf_add(&b->tags, &t, sizeof(t));
    }
}

/* {"versions": {…}, "message": …} of staged and restricted versions. */
static void read_extra(struct cpm_image_builder *b, uint16_t flag)
{
    struct cpm_str key, text = CPM_STR_NONE;

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return;
    }
    while (cpm_jsonread_key(&b->r, &key))
        if (cpm_str_is(key, "versions"))
            cpm_image_read_versions(b, &b->extra, flag);
        else if (cpm_str_is(key, "message") && cpm_jsonread_str(&b->r, &text))
            b->message = cpm_image_keep(b, text);
        else if (!cpm_str_is(key, "message"))
            cpm_json_hop(&b->r);
}

static void read_key(struct cpm_image_builder *b, struct cpm_str key)
{
    if (cpm_str_is(key, "versions")) {
        b->versions.len = 0;
        b->alien = 0;
        cpm_image_read_versions(b, &b->versions, 0);
    } else if (cpm_str_is(key, "time")) {
        b->time = b->r;
        cpm_json_hop(&b->r);
    } else if (cpm_str_is(key, "dist-tags")) {
        read_tags(b);
    } else if (cpm_str_is(key, "name")) {
        b->name = CPM_STR_NONE;
        cpm_jsonread_str(&b->r, &b->name);
    } else if (cpm_str_is(key, "stagedVersions")) {
        read_extra(b, CPM_VERSION_STAGED);
    } else if (cpm_str_is(key, "policyRestrictions")) {
        read_extra(b, CPM_VERSION_RESTRICTED);
    } else {
        cpm_json_hop(&b->r);
    }
}

static int read_document(struct cpm_image_builder *b, struct cpm_str name, struct cpm_error *err)
{
    struct cpm_str key;

    if (cpm_jsonread_object(&b->r))
        while (cpm_jsonread_key(&b->r, &key))
            read_key(b, key);
    else
        cpm_jsonread_fail(&b->r, "a packument is an object");
    if (!b->r.fault) {
        cpm_image_sort_versions(b);
        read_times(b);
    }
    if (cpm_jsonread_finish(&b->r, err) < 0)
        return CPM_EJSONPARSE;
    if (b->name.len && name.len && !cpm_str_eq(b->name, name))
        return cpm_error_set(err, CPM_E404, "the registry's answer for '%.*s' names '%.*s'",
                             CPM_STR_ARG(name), CPM_STR_ARG(b->name));
    if (!b->name.len)
        b->name = name;
    return 0;
}

static void find_tags(struct cpm_image_builder *b)
{
    struct cpm_image_tag *t = (struct cpm_image_tag *)b->tags.ptr;

    b->latest = CPM_IMAGE_NONE;
    for (size_t i = 0; i < b->tags.len / sizeof(*t); i++) {
        t[i].index =
            cpm_image_find_version(b, cpm_str_n(b->text.ptr + t[i].version.at, t[i].version.len));
        if (cpm_str_is(cpm_str_n(b->text.ptr + t[i].tag.at, t[i].tag.len), "latest"))
            b->latest = t[i].index;
    }
}

/* the image */

static void init(struct cpm_image_builder *b, struct cpm_str json)
{
    /* No table is larger than the JSON it comes from, records of 64 bytes for `"1.0.0":{},` aside.
     */
    size_t max = (size_t)8 * (json.len + 1024);

    *b = (struct cpm_image_builder){.list_len = CPM_IMAGE_NONE};
    max = max < UINT32_MAX / 4 ? max : UINT32_MAX / 4;
    cpm_arena_init(&b->arena);
    cpm_jsonread_init(&b->r, json, "packument", &b->arena);
    cpm_buf_init(&b->text, max);
    cpm_buf_init(&b->versions, max);
    cpm_buf_init(&b->extra, max);
    cpm_buf_init(&b->tags, max);
    cpm_buf_init(&b->members, max);
    cpm_buf_init(&b->engines, max);
    cpm_image_pool_init(&b->pieces, &b->text);
    cpm_buf_reserve(&b->text, json.len / 4 + 64);
}

static void release(struct cpm_image_builder *b)
{
    cpm_image_pool_release(&b->pieces);
    cpm_buf_release(&b->engines);
    cpm_buf_release(&b->members);
    cpm_buf_release(&b->tags);
    cpm_buf_release(&b->extra);
    cpm_buf_release(&b->versions);
    cpm_buf_release(&b->text);
    cpm_arena_release(&b->arena);
}

static void fill_header(struct cpm_image_builder *b, bool full, struct cpm_image_header *h)
{
    memcpy(h->magic, CPM_IMAGE_MAGIC, sizeof(h->magic));
    h->flags = (b->time.at ? CPM_IMAGE_TIME : 0u) |
               (full || (b->time.at && b->license) ? CPM_IMAGE_FULL : 0u);
    h->count = (uint32_t)(b->versions.len / sizeof(struct cpm_image_version));
    h->extra = (uint32_t)(b->extra.len / sizeof(struct cpm_image_version));
    h->alien = b->alien;
    h->tags = (uint32_t)(b->tags.len / sizeof(struct cpm_image_tag));
    h->members = (uint32_t)(b->members.len / sizeof(struct cpm_image_member));
    h->engines = (uint32_t)(b->engines.len / sizeof(struct cpm_image_engines));
    h->latest = b->latest;
    h->name = cpm_image_keep(b, b->name);
    h->message = b->message;
}

static char *put(char *to, const void *bytes, size_t len)
{
    if (len)
        memcpy(to, bytes, len);
    return to + len;
}

static int assemble(struct cpm_image_builder *b, bool full, struct cpm_packument **out,
                    struct cpm_error *err)
{
    struct cpm_image_header h = {.magic = ""};
    struct cpm_packument *p;
    char *at;

    fill_header(b, full, &h);
    h.size = sizeof(h) + b->versions.len + b->extra.len + b->tags.len + b->members.len +
             b->engines.len + b->text.len;
    if (b->text.overflow || b->versions.overflow || b->extra.overflow || b->members.overflow)
        return cpm_error_set(err, CPM_ETOOBIG, "the packument of '%.*s' is larger than the limit",
                             CPM_STR_ARG(b->name));
    p = cpm_calloc(1, sizeof(*p));
    p->own = at = cpm_alloc(h.size);
    at = put(at, &h, sizeof(h));
    at = put(at, b->versions.ptr, b->versions.len);
    at = put(at, b->extra.ptr, b->extra.len);
    at = put(at, b->tags.ptr, b->tags.len);
    at = put(at, b->members.ptr, b->members.len);
    at = put(at, b->engines.ptr, b->engines.len);
    put(at, b->text.ptr, b->text.len);
    h.checksum = cpm_packument_checksum(p->own, h.size);
    memcpy(p->own, &h, sizeof(h));
    cpm_packument_lay(p, p->own, h.size);
    *out = p;
    return 0;
}

int cpm_packument_build(struct cpm_str json, struct cpm_str name, bool full,
                        struct cpm_packument **out, struct cpm_error *err)
{
    struct cpm_image_builder b;
    int r;

    init(&b, json);
    r = read_document(&b, name, err);
    if (r == 0) {
        find_tags(&b);
        r = assemble(&b, full, out, err);
    }
    release(&b);
    return r;
}
