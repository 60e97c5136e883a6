/* One pass over the JSON. Of each version object only the members that a manifest needs are kept,
 * as they stand in the text; a member that is byte-equal to the same member of the version before
 * (the usual case) costs one memcmp, and what nobody needs is hopped over unread. JavaScript's
 * rules hold: of duplicate keys the last counts, in the place of the first. */
#include "registry/isotime.h"
#include "registry/json_hop.h"
#include "registry/packument_image.h"
#include "registry/packument_pool.h"

#include "base/mem.h"

#include <stdlib.h>

enum field {
    F_NAME,
    F_VERSION,
    F_DEPS,
    F_OPTIONAL,
    F_PEER,
    F_PEER_META,
    F_ACCEPT,
    F_BUNDLE,
    F_BUNDLED,
    F_ENGINES,
    F_OS,
    F_CPU,
    F_LIBC,
    F_LICENSE,
    F_FUNDING,
    F_BIN,
    F_DEPRECATED,
    F_WORKSPACES,
    F_SHRINKWRAP,
    F_INSTALL_SCRIPT,
    F_SCRIPTS, /* becomes a hasInstallScript of its own, behind the other */
    F_DIST,    /* kept apart: it never repeats */
    F_COUNT
};

/* Key and text of the member as the image has it. */
static const struct {
    struct cpm_str key, member;
} fields[F_COUNT] = {
#define FIELD(f, name) [f] = {{name, sizeof(name) - 1}, {"\"" name "\":", sizeof(name) + 2}}
    FIELD(F_NAME, "name"),
    FIELD(F_VERSION, "version"),
    FIELD(F_DEPS, "dependencies"),
    FIELD(F_OPTIONAL, "optionalDependencies"),
    FIELD(F_PEER, "peerDependencies"),
    FIELD(F_PEER_META, "peerDependenciesMeta"),
    FIELD(F_ACCEPT, "acceptDependencies"),
    FIELD(F_BUNDLE, "bundleDependencies"),
    FIELD(F_BUNDLED, "bundledDependencies"),
    FIELD(F_ENGINES, "engines"),
    FIELD(F_OS, "os"),
    FIELD(F_CPU, "cpu"),
    FIELD(F_LIBC, "libc"),
    FIELD(F_LICENSE, "license"),
    FIELD(F_FUNDING, "funding"),
    FIELD(F_BIN, "bin"),
    FIELD(F_DEPRECATED, "deprecated"),
    FIELD(F_WORKSPACES, "workspaces"),
    FIELD(F_SHRINKWRAP, "_hasShrinkwrap"),
    FIELD(F_INSTALL_SCRIPT, "hasInstallScript"),
    FIELD(F_SCRIPTS, "scripts"),
    FIELD(F_DIST, "dist"),
#undef FIELD
};

struct builder {
    struct cpm_jsonread r;
    struct cpm_arena arena;
    struct cpm_buf text, lists; /* lists: uint32_t piece numbers */
    struct cpm_buf versions, extra, tags, engines;
    struct cpm_image_pool pieces;
    struct cpm_str last[F_COUNT]; /* the raw member of the version before, and its piece */
    uint32_t last_piece[F_COUNT];
    uint32_t list, list_len, alien; /* list of the version before */
    struct cpm_str last_tarball;
    struct cpm_str name;
    struct cpm_image_text message;
    struct cpm_jsonread time; /* where the value of "time" begins; .at NULL when there is none */
    uint32_t *by_order;       /* sorted place of each version by place in the document */
    bool license;
};

/* reading a version */

struct entry { /* a version being read */
    struct cpm_image_version v;
    struct cpm_str text;
    uint32_t piece[F_COUNT]; /* CPM_IMAGE_NONE: absent */
};

static struct cpm_image_text keep(struct builder *b, struct cpm_str s)
{
    struct cpm_image_text t = {(uint32_t)b->text.len, (uint32_t)s.len};

    cpm_buf_add_str(&b->text, s);
    return t;
}

/* JavaScript's truthiness of a value's raw text. */
static bool is_truthy(struct cpm_str raw)
{
    double n;
    struct cpm_jsonread r;
    struct cpm_arena none;

    if (!raw.len || cpm_str_is(raw, "null") || cpm_str_is(raw, "false") || cpm_str_is(raw, "\"\""))
        return false;
    if (raw.ptr[0] != '-' && (raw.ptr[0] < '0' || raw.ptr[0] > '9'))
        return true;
    cpm_arena_init(&none);
    cpm_jsonread_init(&r, raw, "", &none);
    n = cpm_jsonread_number(&r, &n) ? n : 0;
    cpm_arena_release(&none);
    return n != 0;
}

static enum field find_field(struct cpm_str key)
{
    for (int f = 0; f < F_COUNT; f++)
        if (key.len == fields[f].key.len && key.ptr[0] == fields[f].key.ptr[0] &&
            memcmp(key.ptr, fields[f].key.ptr, key.len) == 0)
            return (enum field)f;
    return F_COUNT;
}

/* The inside of a raw JSON string; "" for another value. */
static struct cpm_str inside(struct cpm_str raw)
{
    return raw.len >= 2 && raw.ptr[0] == '"' ? cpm_str_sub(raw, 1, raw.len - 2) : CPM_STR_NONE;
}

/* The tarball's URL is nearly always FOLDER/NAME-VERSION.tgz: then only the part before the version
 * is kept, once for all. */
static void set_tarball(struct builder *b, struct entry *e, struct cpm_str url)
{
    size_t tail = e->text.len + 4;

    e->v.flags &= (uint16_t)~CPM_VERSION_TEMPLATE;
    if (url.len > tail && cpm_str_ends(url, ".tgz") &&
        memcmp(url.ptr + url.len - tail, e->text.ptr, e->text.len) == 0) {
        e->v.flags |= CPM_VERSION_TEMPLATE;
        url.len -= tail;
    }
    if (url.len)
        e->v.tarball = cpm_image_pool_add(&b->pieces, CPM_STR(""), url);
}

static void read_dist(struct builder *b, struct entry *e)
{
    struct cpm_str key, tarball = CPM_STR_NONE, integrity = CPM_STR_NONE, shasum = CPM_STR_NONE;

    e->v.tarball = CPM_IMAGE_NONE;
    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return;
    }
    while (cpm_jsonread_key(&b->r, &key))
        if (cpm_str_is(key, "tarball"))
            tarball = inside(cpm_jsonread_raw(&b->r));
        else if (cpm_str_is(key, "integrity"))
            integrity = inside(cpm_jsonread_raw(&b->r));
        else if (cpm_str_is(key, "shasum"))
            shasum = inside(cpm_jsonread_raw(&b->r));
        else
            cpm_json_hop(&b->r);
    if (b->r.fault)
        return;
    set_tarball(b, e, tarball);
    e->v.flags &= (uint16_t)~CPM_VERSION_SHASUM;
    if (!integrity.len && shasum.len)
        e->v.flags |= CPM_VERSION_SHASUM;
    e->v.digest = keep(b, integrity.len ? integrity : shasum);
}

/* True when a truthy preinstall, install or postinstall stands in the `scripts` object at r. */
static bool reads_install_script(struct builder *b)
{
    struct cpm_str key, text;
    bool has[3] = {false, false, false};

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return false;
    }
    while (cpm_jsonread_key(&b->r, &key)) {
        int i = cpm_str_is(key, "preinstall")    ? 0
                : cpm_str_is(key, "install")     ? 1
                : cpm_str_is(key, "postinstall") ? 2
                                                 : -1;

        text = CPM_STR_NONE;
        if (i < 0)
            cpm_json_hop(&b->r);
        else
            has[i] = cpm_jsonread_str(&b->r, &text) && text.len;
    }
    return has[0] || has[1] || has[2];
}

static void read_scripts(struct builder *b, struct entry *e)
{
    const char *from;
    bool has;

    if (cpm_json_hop_same(&b->r, b->last[F_SCRIPTS])) {
        e->piece[F_SCRIPTS] = b->last_piece[F_SCRIPTS];
        return;
    }
    cpm_jsonread_peek(&b->r);
    from = b->r.at;
    has = reads_install_script(b);
    if (b->r.fault)
        return;
    e->piece[F_SCRIPTS] =
        has ? cpm_image_pool_add(&b->pieces, fields[F_INSTALL_SCRIPT].member, CPM_STR("true"))
            : CPM_IMAGE_NONE;
    b->last[F_SCRIPTS] = cpm_str_n(from, (size_t)(b->r.at - from));
    b->last_piece[F_SCRIPTS] = e->piece[F_SCRIPTS];
}

/* The engines of a piece: read once however many versions have it. */
static void set_engines(struct builder *b, struct entry *e, struct cpm_str raw)
{
    uint32_t *tag = &b->pieces.tags[e->piece[F_ENGINES]];
    struct cpm_image_engines engines = {{0, 0}, {0, 0}};
    struct cpm_str key, text;
    struct cpm_jsonread r;

    if (*tag == CPM_IMAGE_NONE) {
        cpm_jsonread_init(&r, raw, "engines", &b->arena);
        if (cpm_jsonread_object(&r))
            while (cpm_jsonread_key(&r, &key)) {
                text = CPM_STR_NONE;
                cpm_jsonread_str(&r, &text);
                if (cpm_str_is(key, "node"))
                    engines.node = keep(b, text);
                else if (cpm_str_is(key, "npm"))
                    engines.npm = keep(b, text);
            }
        *tag = (uint32_t)(b->engines.len / sizeof(engines));
        cpm_buf_add(&b->engines, &engines, sizeof(engines));
    }
    e->v.engines = *tag;
}

static void set_version_text(struct builder *b, struct entry *e, struct cpm_str raw)
{
    bool same = cpm_str_eq(inside(raw), e->text);

    e->v.flags &= (uint16_t)~CPM_VERSION_SAME;
    e->v.flags |= same ? CPM_VERSION_SAME : 0;
    e->piece[F_VERSION] =
        same ? CPM_IMAGE_NONE : cpm_image_pool_add(&b->pieces, fields[F_VERSION].member, raw);
}

static void read_member(struct builder *b, struct entry *e, enum field f)
{
    struct cpm_str raw;

    if (cpm_json_hop_same(&b->r, b->last[f])) {
        raw = b->last[f];
        e->piece[f] = b->last_piece[f];
    } else {
        raw = cpm_jsonread_raw(&b->r);
        if (b->r.fault)
            return;
        b->last[f] = raw;
        e->piece[f] = cpm_image_pool_add(&b->pieces, fields[f].member, raw);
        b->last_piece[f] = e->piece[f];
    }
    if (f == F_ENGINES)
        set_engines(b, e, raw);
    else if (f == F_DEPRECATED)
        e->v.flags = (uint16_t)((e->v.flags & ~CPM_VERSION_DEPRECATED) |
                                (is_truthy(raw) ? CPM_VERSION_DEPRECATED : 0));
    b->license = b->license || f == F_LICENSE;
}

/* False when the value is no object. */
static bool read_entry(struct builder *b, struct entry *e)
{
    struct cpm_str key;

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return false;
    }
    while (cpm_jsonread_key(&b->r, &key)) {
        enum field f = find_field(key);

        if (f == F_COUNT)
            cpm_json_hop(&b->r);
        else if (f == F_DIST)
            read_dist(b, e);
        else if (f == F_SCRIPTS)
            read_scripts(b, e);
        else if (f == F_VERSION)
            set_version_text(b, e, cpm_jsonread_raw(&b->r));
        else
            read_member(b, e, f);
    }
    return !b->r.fault;
}

/* the table of versions */

/* The piece numbers of e as a list; the list of the version before when it is the same. */
static void set_list(struct builder *b, struct entry *e)
{
    uint32_t list[F_COUNT], n = 0;
    size_t bytes;

    for (int f = 0; f < F_COUNT; f++)
        if (e->piece[f] != CPM_IMAGE_NONE)
            list[n++] = e->piece[f];
    bytes = n * sizeof(list[0]);
    if (n != b->list_len ||
        (n && memcmp(b->lists.ptr + b->list * sizeof(list[0]), list, bytes) != 0)) {
        b->list = (uint32_t)(b->lists.len / sizeof(list[0]));
        b->list_len = n;
        cpm_buf_add(&b->lists, list, bytes);
    }
    e->v.list = b->list;
    e->v.list_len = b->list_len;
}

static uint32_t number32(uint64_t n, uint16_t *flags)
{
    if (n > UINT32_MAX)
        *flags |= CPM_VERSION_BIG;
    return (uint32_t)n;
}

static void set_numbers(struct builder *b, struct entry *e, const struct cpm_version *v)
{
    struct cpm_image_version *to = &e->v;

    to->number[0] = number32(v->major, &to->flags);
    to->number[1] = number32(v->minor, &to->flags);
    to->number[2] = number32(v->patch, &to->flags);
    to->pre_len = (uint16_t)v->prerelease.len;
    to->pre_at = v->prerelease.len ? (uint16_t)(v->prerelease.ptr - e->text.ptr) : 0;
    to->build_len = (uint16_t)v->build.len;
    to->build_at = v->build.len ? (uint16_t)(v->build.ptr - e->text.ptr) : 0;
    to->text_len = (uint16_t)e->text.len;
    to->text = keep(b, e->text).at;
}

/* Reads a `versions` object at r into `to`. */
static void read_versions(struct builder *b, struct cpm_buf *to, uint16_t flags)
{
    struct cpm_version v;
    struct entry e;

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return;
    }
    while (e.v = (struct cpm_image_version){.time = CPM_TIME_NONE, .flags = flags},
           cpm_jsonread_key(&b->r, &e.text)) {
        if (!cpm_version_parse(e.text, CPM_SEMVER_LOOSE, &v)) {
            b->alien++;
            cpm_json_hop(&b->r);
            continue;
        }
        memset(e.piece, 0xFF, sizeof(e.piece));
        e.v.engines = e.v.tarball = CPM_IMAGE_NONE;
        e.v.order = (uint32_t)(to->len / sizeof(e.v));
        set_numbers(b, &e, &v);
        if (!read_entry(b, &e))
            continue;
        set_list(b, &e);
        cpm_buf_add(to, &e.v, sizeof(e.v));
    }
}

static struct cpm_version version_of(const char *text, const struct cpm_image_version *v)
{
    struct cpm_version out = {v->number[0], v->number[1], v->number[2], CPM_STR_NONE, CPM_STR_NONE};

    if (v->flags & CPM_VERSION_BIG)
        cpm_version_parse(cpm_str_n(text + v->text, v->text_len), CPM_SEMVER_LOOSE, &out);
    out.prerelease = cpm_str_n(text + v->text + v->pre_at, v->pre_len);
    return out;
}

/* Equal precedence ("1.0.0", "1.0.0+x"): by text, so that duplicates of one key are neighbours. */
static int compare_spelling(const char *text, const struct cpm_image_version *a,
                            const struct cpm_image_version *b)
{
    int r =
        cpm_str_cmp(cpm_str_n(text + a->text, a->text_len), cpm_str_n(text + b->text, b->text_len));

    return r ? r : a->order < b->order ? -1 : 1;
}

static int compare(const void *left, const void *right, void *text)
{
    const struct cpm_image_version *a = left, *b = right;
    struct cpm_version va, vb;
    int r;

    if (!((a->flags | b->flags) & CPM_VERSION_BIG)) {
        for (int i = 0; i < 3; i++)
            if (a->number[i] != b->number[i])
                return a->number[i] < b->number[i] ? -1 : 1;
        if (!a->pre_len && !b->pre_len)
            return compare_spelling(text, a, b);
    }
    va = version_of(text, a);
    vb = version_of(text, b);
    r = cpm_version_cmp(&va, &vb);
    return r ? r : compare_spelling(text, a, b);
}

static bool is_twin(const char *text, const struct cpm_image_version *a,
                    const struct cpm_image_version *b)
{
    return a->text_len == b->text_len && memcmp(text + a->text, text + b->text, a->text_len) == 0;
}

/* Folds duplicate keys: the last content, the first place. */
static void fold_twins(struct builder *b)
{
    struct cpm_image_version *v = (struct cpm_image_version *)b->versions.ptr;
    size_t n = b->versions.len / sizeof(*v), kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (kept && is_twin(b->text.ptr, &v[kept - 1], &v[i])) {
            v[i].order = v[kept - 1].order;
            v[kept - 1] = v[i];
        } else {
            v[kept++] = v[i];
        }
    }
    b->versions.len = kept * sizeof(*v);
}

static void sort_versions(struct builder *b)
{
    struct cpm_image_version *v = (struct cpm_image_version *)b->versions.ptr;
    size_t n = b->versions.len / sizeof(*v), i = 1;

    while (i < n && compare(&v[i - 1], &v[i], b->text.ptr) < 0)
        i++;
    if (i < n)
        qsort_r(v, n, sizeof(*v), compare, b->text.ptr);
    fold_twins(b);
}

/* Index of exactly this text, or CPM_IMAGE_NONE. */
static uint32_t find_version(const struct builder *b, struct cpm_str text)
{
    const struct cpm_image_version *v = (const struct cpm_image_version *)b->versions.ptr;
    uint32_t low = 0, n = (uint32_t)(b->versions.len / sizeof(*v)), high = n;
    struct cpm_version want, have;

    if (!cpm_version_parse(text, CPM_SEMVER_LOOSE, &want))
        return CPM_IMAGE_NONE;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        have = version_of(b->text.ptr, &v[middle]);
        if (cpm_version_cmp(&have, &want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n; low++) {
        if (cpm_str_eq(cpm_str_n(b->text.ptr + v[low].text, v[low].text_len), text))
            return low;
        have = version_of(b->text.ptr, &v[low]);
        if (cpm_version_cmp(&have, &want) != 0)
            break;
    }
    return CPM_IMAGE_NONE;
}

/* times */

static void index_by_order(struct builder *b)
{
    const struct cpm_image_version *v = (const struct cpm_image_version *)b->versions.ptr;
    size_t n = b->versions.len / sizeof(*v);

    b->by_order = cpm_arena_array(&b->arena, n + 1, sizeof(b->by_order[0]));
    memset(b->by_order, 0xFF, n * sizeof(b->by_order[0]));
    for (size_t i = 0; i < n; i++)
        if (v[i].order < n)
            b->by_order[v[i].order] = (uint32_t)i;
}

static void set_time(struct builder *b, uint32_t i, struct cpm_str text)
{
    struct cpm_image_version *v = (struct cpm_image_version *)b->versions.ptr + i;

    if (!cpm_isotime_parse(text, &v->time))
        v->time = text.len ? INT64_MAX : CPM_TIME_NONE;
}

/* `time` lists the versions in the same order as `versions` nearly always: the next one is tried
 * first. */
static void read_times(struct builder *b)
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
            i = find_version(b, key);
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

static void read_tags(struct builder *b)
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
        t.tag = keep(b, key);
        t.version = keep(b, text);
        t.index = CPM_IMAGE_NONE;
        cpm_buf_add(&b->tags, &t, sizeof(t));
    }
}

/* {"versions": {…}, "message": …} of staged and restricted versions. */
static void read_extra(struct builder *b, uint16_t flag)
{
    struct cpm_str key, text = CPM_STR_NONE;

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return;
    }
    while (cpm_jsonread_key(&b->r, &key))
        if (cpm_str_is(key, "versions"))
            read_versions(b, &b->extra, flag);
        else if (cpm_str_is(key, "message") && cpm_jsonread_str(&b->r, &text))
            b->message = keep(b, text);
        else if (!cpm_str_is(key, "message"))
            cpm_json_hop(&b->r);
}

static void read_key(struct builder *b, struct cpm_str key)
{
    if (cpm_str_is(key, "versions")) {
        b->versions.len = 0;
        b->alien = 0;
        read_versions(b, &b->versions, 0);
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

static int read_document(struct builder *b, struct cpm_str name, struct cpm_error *err)
{
    struct cpm_str key;

    if (cpm_jsonread_object(&b->r))
        while (cpm_jsonread_key(&b->r, &key))
            read_key(b, key);
    else
        cpm_jsonread_fail(&b->r, "a packument is an object");
    if (!b->r.fault) {
        sort_versions(b);
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

static void find_tags(struct builder *b)
{
    struct cpm_image_tag *t = (struct cpm_image_tag *)b->tags.ptr;

    for (size_t i = 0; i < b->tags.len / sizeof(*t); i++)
        t[i].index = find_version(b, cpm_str_n(b->text.ptr + t[i].version.at, t[i].version.len));
}

/* the image */

static void init(struct builder *b, struct cpm_str json)
{
    /* No table is larger than the JSON it comes from, records of 64 bytes for `"1.0.0":{},` aside.
     */
    size_t max = (size_t)8 * (json.len + 1024);

    *b = (struct builder){.list_len = CPM_IMAGE_NONE};
    max = max < UINT32_MAX / 4 ? max : UINT32_MAX / 4;
    cpm_arena_init(&b->arena);
    cpm_jsonread_init(&b->r, json, "packument", &b->arena);
    cpm_buf_init(&b->text, max);
    cpm_buf_init(&b->lists, max);
    cpm_buf_init(&b->versions, max);
    cpm_buf_init(&b->extra, max);
    cpm_buf_init(&b->tags, max);
    cpm_buf_init(&b->engines, max);
    cpm_image_pool_init(&b->pieces, &b->text);
    cpm_buf_reserve(&b->text, json.len / 4 + 64);
}

static void release(struct builder *b)
{
    cpm_image_pool_release(&b->pieces);
    cpm_buf_release(&b->engines);
    cpm_buf_release(&b->tags);
    cpm_buf_release(&b->extra);
    cpm_buf_release(&b->versions);
    cpm_buf_release(&b->lists);
    cpm_buf_release(&b->text);
    cpm_arena_release(&b->arena);
}

static void fill_header(struct builder *b, bool full, struct cpm_image_header *h)
{
    memcpy(h->magic, CPM_IMAGE_MAGIC, sizeof(h->magic));
    h->flags = (b->time.at ? CPM_IMAGE_TIME : 0u) |
               (full || (b->time.at && b->license) ? CPM_IMAGE_FULL : 0u);
    h->count = (uint32_t)(b->versions.len / sizeof(struct cpm_image_version));
    h->extra = (uint32_t)(b->extra.len / sizeof(struct cpm_image_version));
    h->alien = b->alien;
    h->tags = (uint32_t)(b->tags.len / sizeof(struct cpm_image_tag));
    h->pieces = b->pieces.count;
    h->lists = (uint32_t)(b->lists.len / sizeof(uint32_t));
    h->engines = (uint32_t)(b->engines.len / sizeof(struct cpm_image_engines));
    h->name = keep(b, b->name);
    h->message = b->message;
}

static char *put(char *to, const void *bytes, size_t len)
{
    if (len)
        memcpy(to, bytes, len);
    return to + len;
}

static int assemble(struct builder *b, bool full, struct cpm_packument **out, struct cpm_error *err)
{
    struct cpm_image_header h = {.magic = ""};
    size_t pieces = b->pieces.count * sizeof(*b->pieces.v);
    struct cpm_packument *p;
    char *at;

    fill_header(b, full, &h);
    h.size = sizeof(h) + b->versions.len + b->extra.len + b->tags.len + pieces + b->lists.len +
             b->engines.len + b->text.len;
    if (b->text.overflow || b->versions.overflow || b->extra.overflow || b->lists.overflow)
        return cpm_error_set(err, CPM_ETOOBIG, "the packument of '%.*s' is larger than the limit",
                             CPM_STR_ARG(b->name));
    p = cpm_calloc(1, sizeof(*p));
    p->own = at = cpm_alloc(h.size);
    at = put(at, &h, sizeof(h));
    at = put(at, b->versions.ptr, b->versions.len);
    at = put(at, b->extra.ptr, b->extra.len);
    at = put(at, b->tags.ptr, b->tags.len);
    at = put(at, b->pieces.v, pieces);
    at = put(at, b->lists.ptr, b->lists.len);
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
    struct builder b;
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
