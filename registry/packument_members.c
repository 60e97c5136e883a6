/* Of a version object only the members that a manifest needs are kept, as they stand in the text. A
 * member that is byte-equal to the same member of the version before (the usual case) costs one
 * memcmp; what nobody needs is hopped over unread. */
#include "registry/packument_builder.h"

#include "base/integrity.h"
#include "registry/json_hop.h"

static const struct cpm_str fields[CPM_FIELD_COUNT] = {
#define FIELD(f, name) [f] = {name, sizeof(name) - 1}
    FIELD(CPM_FIELD_NAME, "name"),
    FIELD(CPM_FIELD_VERSION, "version"),
    FIELD(CPM_FIELD_DEPS, "dependencies"),
    FIELD(CPM_FIELD_OPTIONAL, "optionalDependencies"),
    FIELD(CPM_FIELD_PEER, "peerDependencies"),
    FIELD(CPM_FIELD_PEER_META, "peerDependenciesMeta"),
    FIELD(CPM_FIELD_ACCEPT, "acceptDependencies"),
    FIELD(CPM_FIELD_BUNDLE, "bundleDependencies"),
    FIELD(CPM_FIELD_BUNDLED, "bundledDependencies"),
    FIELD(CPM_FIELD_ENGINES, "engines"),
    FIELD(CPM_FIELD_OS, "os"),
    FIELD(CPM_FIELD_CPU, "cpu"),
    FIELD(CPM_FIELD_LIBC, "libc"),
    FIELD(CPM_FIELD_LICENSE, "license"),
    FIELD(CPM_FIELD_FUNDING, "funding"),
    FIELD(CPM_FIELD_BIN, "bin"),
    FIELD(CPM_FIELD_DEPRECATED, "deprecated"),
    FIELD(CPM_FIELD_WORKSPACES, "workspaces"),
    FIELD(CPM_FIELD_SHRINKWRAP, "_hasShrinkwrap"),
    FIELD(CPM_FIELD_INSTALL_SCRIPT, "hasInstallScript"),
    FIELD(CPM_FIELD_SCRIPTS, "scripts"),
    FIELD(CPM_FIELD_DIST, "dist"),
#undef FIELD
};

struct cpm_image_text cpm_image_keep(struct cpm_image_builder *b, struct cpm_str s)
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

static enum cpm_image_field find_field(struct cpm_str key)
{
    for (int f = 0; f < CPM_FIELD_COUNT; f++)
        if (key.len == fields[f].len && key.ptr[0] == fields[f].ptr[0] &&
            memcmp(key.ptr, fields[f].ptr, key.len) == 0)
            return (enum cpm_image_field)f;
    return CPM_FIELD_COUNT;
}

/* The inside of a raw JSON string; "" for another value. */
static struct cpm_str inside(struct cpm_str raw)
{
    return raw.len >= 2 && raw.ptr[0] == '"' ? cpm_str_sub(raw, 1, raw.len - 2) : CPM_STR_NONE;
}

/* Versions have room for 16 bits of length. */
static uint16_t length(struct cpm_image_builder *b, struct cpm_str text)
{
    if (text.len > UINT16_MAX)
        cpm_jsonread_fail(&b->r, "a tarball's address or hash is too long");
    return (uint16_t)text.len;
}

/* The tarball's URL is nearly always FOLDER/NAME-VERSION.tgz: then only the part before the version
 * is kept, once for all. */
static void set_tarball(struct cpm_image_builder *b, struct cpm_image_entry *e, struct cpm_str url)
{
    size_t tail = e->text.len + 4;

    e->v.flags &= (uint16_t)~CPM_VERSION_TEMPLATE;
    if (url.len > tail && cpm_str_ends(url, ".tgz") &&
        memcmp(url.ptr + url.len - tail, e->text.ptr, e->text.len) == 0) {
        e->v.flags |= CPM_VERSION_TEMPLATE;
        url.len -= tail;
    }
    e->v.tarball_len = length(b, url);
    if (url.len) {
        uint32_t piece = cpm_image_pool_add(&b->pieces, url); /* moves the table */

        e->v.tarball = b->pieces.v[piece].at;
    }
}

static bool is_normal(struct cpm_image_builder *b, struct cpm_str integrity)
{
    return cpm_str_chr(integrity, '\\') == CPM_NPOS &&
           cpm_integrity_normal(&b->arena, integrity).ptr == integrity.ptr;
}

static void set_digest(struct cpm_image_builder *b, struct cpm_image_entry *e, struct cpm_str text)
{
    e->v.digest_len = length(b, text);
    e->v.digest = cpm_image_keep(b, text).at;
}

static void set_flag(struct cpm_image_entry *e, enum cpm_image_version_flags flag, bool holds)
{
    e->v.flags = (uint16_t)(holds ? e->v.flags | flag : e->v.flags & ~flag);
}

static void read_dist(struct cpm_image_builder *b, struct cpm_image_entry *e)
{
    struct cpm_str key, tarball = CPM_STR_NONE, integrity = CPM_STR_NONE, shasum = CPM_STR_NONE;
    struct cpm_str signatures = CPM_STR_NONE;

    e->v.tarball_len = 0;
    e->v.flags &= (uint16_t) ~(CPM_VERSION_SHASUM | CPM_VERSION_SIGNED | CPM_VERSION_ATTESTED |
                               CPM_VERSION_NORMAL);
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
        else if (cpm_str_is(key, "signatures"))
            signatures = cpm_jsonread_raw(&b->r);
        else if (cpm_str_is(key, "attestations"))
            set_flag(e, CPM_VERSION_ATTESTED, is_truthy(cpm_jsonread_raw(&b->r)));
        else
            cpm_json_hop(&b->r);
    if (b->r.fault)
        return;
    set_tarball(b, e, tarball);
    set_flag(e, CPM_VERSION_SHASUM, !integrity.len && shasum.len);
    set_flag(e, CPM_VERSION_SIGNED, is_truthy(signatures));
    set_flag(e, CPM_VERSION_NORMAL, integrity.len && is_normal(b, integrity));
    set_digest(b, e, integrity.len ? integrity : shasum);
    if (e->v.flags & CPM_VERSION_SIGNED) {
        cpm_image_keep(b, signatures);
        e->v.signed_len = (uint16_t)(signatures.len < UINT16_MAX ? signatures.len : UINT16_MAX);
    }
}

/* True when a truthy preinstall, install or postinstall stands in the `scripts` object at r. */
static bool reads_install_script(struct cpm_image_builder *b)
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

static void read_scripts(struct cpm_image_builder *b, struct cpm_image_entry *e)
{
    const char *from;
    bool has;

    if (cpm_json_hop_same(&b->r, b->last[CPM_FIELD_SCRIPTS])) {
        e->piece[CPM_FIELD_SCRIPTS] = b->last_piece[CPM_FIELD_SCRIPTS];
        return;
    }
    cpm_jsonread_peek(&b->r);
    from = b->r.at;
    has = reads_install_script(b);
    if (b->r.fault)
        return;
    e->piece[CPM_FIELD_SCRIPTS] =
        has ? cpm_image_pool_add(&b->pieces, CPM_STR("true")) : CPM_IMAGE_NONE;
    b->last[CPM_FIELD_SCRIPTS] = cpm_str_n(from, (size_t)(b->r.at - from));
    b->last_piece[CPM_FIELD_SCRIPTS] = e->piece[CPM_FIELD_SCRIPTS];
}

/* The engines of a piece: read once however many versions have it. */
static void set_engines(struct cpm_image_builder *b, struct cpm_image_entry *e, struct cpm_str raw)
{
    uint32_t *tag = &b->pieces.tags[e->piece[CPM_FIELD_ENGINES]];
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
                    engines.node = cpm_image_keep(b, text);
                else if (cpm_str_is(key, "npm"))
                    engines.npm = cpm_image_keep(b, text);
            }
        *tag = (uint32_t)(b->engines.len / sizeof(engines));
        cpm_buf_add(&b->engines, &engines, sizeof(engines));
    }
    e->v.engines = *tag;
}

static void set_version_text(struct cpm_image_builder *b, struct cpm_image_entry *e,
                             struct cpm_str raw)
{
    bool same = cpm_str_eq(inside(raw), e->text);

    e->v.flags &= (uint16_t)~CPM_VERSION_SAME;
    e->v.flags |= same ? CPM_VERSION_SAME : 0;
    e->piece[CPM_FIELD_VERSION] = same ? CPM_IMAGE_NONE : cpm_image_pool_add(&b->pieces, raw);
}

static void read_member(struct cpm_image_builder *b, struct cpm_image_entry *e,
                        enum cpm_image_field f)
{
    struct cpm_str raw;

    if (cpm_json_hop_same(&b->r, b->last[f])) {
        raw = b->last[f];
        e->piece[f] = b->last_piece[f];
    } else {
        raw = cpm_jsonread_raw(&b->r);
        if (raw.len >> CPM_IMAGE_LEN_BITS)
            cpm_jsonread_fail(&b->r, "a member is too long");
        if (b->r.fault)
            return;
        b->last[f] = raw;
        e->piece[f] = cpm_image_pool_add(&b->pieces, raw);
        b->last_piece[f] = e->piece[f];
    }
    if (f == CPM_FIELD_ENGINES)
        set_engines(b, e, raw);
    else if (f == CPM_FIELD_DEPRECATED)
        e->v.flags = (uint16_t)((e->v.flags & ~CPM_VERSION_DEPRECATED) |
                                (is_truthy(raw) ? CPM_VERSION_DEPRECATED : 0));
    b->license = b->license || f == CPM_FIELD_LICENSE;
}

bool cpm_image_read_entry(struct cpm_image_builder *b, struct cpm_image_entry *e)
{
    struct cpm_str key;

    if (!cpm_jsonread_object(&b->r)) {
        cpm_jsonread_skip(&b->r);
        return false;
    }
    while (cpm_jsonread_key(&b->r, &key)) {
        enum cpm_image_field f = find_field(key);

        if (f == CPM_FIELD_COUNT)
            cpm_json_hop(&b->r);
        else if (f == CPM_FIELD_DIST)
            read_dist(b, e);
        else if (f == CPM_FIELD_SCRIPTS)
            read_scripts(b, e);
        else if (f == CPM_FIELD_VERSION)
            set_version_text(b, e, cpm_jsonread_raw(&b->r));
        else
            read_member(b, e, f);
    }
    return !b->r.fault;
}
