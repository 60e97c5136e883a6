/* First the object is read into slices by a table of keys, then npm's normalisation runs over them
 * in its order: bundledDependencies, bundleDependencies, optional over prod, scripts, funding, bin,
 * directories.bin. The order shows: `bundleDependencies: true` still names what optional takes out
 * of dependencies afterwards. */
#include "lockfile/manifest.h"

#include "base/digest.h"
#include "base/integrity.h"
#include "lockfile/depmap.h"
#include "lockfile/manifest_bin.h"
#include "lockfile/raw.h"

enum slot_kind { AS_RAW, AS_DEPS, AS_DRAFT };

/* Values that are needed only until the manifest is made. */
enum draft {
    DRAFT_NAME,
    DRAFT_VERSION,
    DRAFT_BUNDLED,
    DRAFT_DIST,
    DRAFT_DIRECTORIES,
    DRAFT_INSTALL_SCRIPT,
    DRAFT_SHRINKWRAP,
    DRAFT_COUNT
};

static const struct slot {
    const char *key;
    unsigned char len;
    unsigned char kind; /* enum slot_kind */
    unsigned char at;   /* enum cpm_raw_field, cpm_dep_group or draft */
} slots[CPM_KEY_COUNT] = {
#define SLOT(key, kind, at)                                                                        \
    {                                                                                              \
        key, sizeof(key) - 1, kind, at                                                             \
    }
    [CPM_KEY_NAME] = SLOT("name", AS_DRAFT, DRAFT_NAME),
    [CPM_KEY_VERSION] = SLOT("version", AS_DRAFT, DRAFT_VERSION),
    [CPM_KEY_DEPS] = SLOT("dependencies", AS_DEPS, CPM_DEPS_PROD),
    [CPM_KEY_DEV] = SLOT("devDependencies", AS_DEPS, CPM_DEPS_DEV),
    [CPM_KEY_OPTIONAL] = SLOT("optionalDependencies", AS_DEPS, CPM_DEPS_OPTIONAL),
    [CPM_KEY_PEER] = SLOT("peerDependencies", AS_DEPS, CPM_DEPS_PEER),
    [CPM_KEY_ACCEPT] = SLOT("acceptDependencies", AS_DEPS, CPM_DEPS_ACCEPT),
    [CPM_KEY_ENGINES] = SLOT("engines", AS_RAW, CPM_RAW_ENGINES),
    [CPM_KEY_OS] = SLOT("os", AS_RAW, CPM_RAW_OS),
    [CPM_KEY_CPU] = SLOT("cpu", AS_RAW, CPM_RAW_CPU),
    [CPM_KEY_LIBC] = SLOT("libc", AS_RAW, CPM_RAW_LIBC),
    [CPM_KEY_LICENSE] = SLOT("license", AS_RAW, CPM_RAW_LICENSE),
    [CPM_KEY_FUNDING] = SLOT("funding", AS_RAW, CPM_RAW_FUNDING),
    [CPM_KEY_BIN] = SLOT("bin", AS_RAW, CPM_RAW_BIN),
    [CPM_KEY_DEPRECATED] = SLOT("deprecated", AS_RAW, CPM_RAW_DEPRECATED),
    [CPM_KEY_PEER_META] = SLOT("peerDependenciesMeta", AS_RAW, CPM_RAW_PEER_META),
    [CPM_KEY_BUNDLE] = SLOT("bundleDependencies", AS_RAW, CPM_RAW_BUNDLE),
    [CPM_KEY_WORKSPACES] = SLOT("workspaces", AS_RAW, CPM_RAW_WORKSPACES),
    [CPM_KEY_OVERRIDES] = SLOT("overrides", AS_RAW, CPM_RAW_OVERRIDES),
    [CPM_KEY_SCRIPTS] = SLOT("scripts", AS_RAW, CPM_RAW_SCRIPTS),
    [CPM_KEY_BUNDLED] = SLOT("bundledDependencies", AS_DRAFT, DRAFT_BUNDLED),
    [CPM_KEY_DIST] = SLOT("dist", AS_DRAFT, DRAFT_DIST),
    [CPM_KEY_DIRECTORIES] = SLOT("directories", AS_DRAFT, DRAFT_DIRECTORIES),
    [CPM_KEY_INSTALL_SCRIPT] = SLOT("hasInstallScript", AS_DRAFT, DRAFT_INSTALL_SCRIPT),
    [CPM_KEY_HAS_SHRINKWRAP] = SLOT("hasShrinkwrap", AS_DRAFT, DRAFT_SHRINKWRAP),
    [CPM_KEY_SHRINKWRAP] = SLOT("_hasShrinkwrap", AS_DRAFT, DRAFT_SHRINKWRAP),
#undef SLOT
};

struct making {
    const struct cpm_manifest_source *src;
    struct cpm_manifest *m;
    struct cpm_str draft[DRAFT_COUNT];
};

static const struct slot *find_slot(struct cpm_str key)
{
    for (size_t i = 0; i < CPM_KEY_COUNT; i++)
        if (slots[i].len == key.len && memcmp(slots[i].key, key.ptr, key.len) == 0)
            return &slots[i];
    return NULL;
}

static void read_member(struct cpm_jsonread *r, struct cpm_str key, struct making *mk)
{
    const struct slot *slot = find_slot(key);

    if (!slot) {
        if (!mk->src->field || !mk->src->field(r, key, mk->src->data))
            cpm_jsonread_skip(r);
    } else if (slot->kind == AS_DEPS) {
        cpm_depmap_read(r, mk->src, &mk->m->deps[slot->at]);
    } else {
        *(slot->kind == AS_RAW ? &mk->m->raw[slot->at] : &mk->draft[slot->at]) =
            cpm_jsonread_raw(r);
    }
}

/* bundleDependencies */

/* Writes the names, which `name` gives until it says NONE, as a JSON array. */
static struct cpm_str array_of_keys(struct cpm_str object, struct cpm_arena *arena)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_jsonread r;
    struct cpm_str key, text;

    cpm_raw_open(&r, object, arena);
    cpm_buf_add_char(&out, '[');
    if (cpm_jsonread_object(&r))
        while (cpm_jsonread_key(&r, &key)) {
            if (out.len > 1)
                cpm_buf_add_char(&out, ',');
            cpm_json_quote(&out, key);
            cpm_jsonread_skip(&r);
        }
    cpm_buf_add_char(&out, ']');
    text = cpm_raw_keep(&out, arena);
    cpm_buf_release(&out);
    return text;
}

static struct cpm_str array_of_deps(const struct cpm_deps *deps, struct cpm_arena *arena)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str text;

    cpm_buf_add_char(&out, '[');
    for (uint32_t i = 0; i < deps->n; i++) {
        if (i)
            cpm_buf_add_char(&out, ',');
        cpm_json_quote(&out, cpm_name_str(deps->v[i].name));
    }
    cpm_buf_add_char(&out, ']');
    text = cpm_raw_keep(&out, arena);
    cpm_buf_release(&out);
    return text;
}

static void read_bundle_names(struct making *mk)
{
    struct cpm_manifest *m = mk->m;
    const struct cpm_name **names;
    struct cpm_jsonread r;
    struct cpm_str name;
    uint32_t room = 0;

    cpm_raw_open(&r, m->raw[CPM_RAW_BUNDLE], mk->src->arena);
    if (!cpm_jsonread_array(&r))
        return;
    for (; cpm_jsonread_element(&r); room++)
        cpm_jsonread_skip(&r);
    names = CPM_NEW_ARRAY(mk->src->arena, const struct cpm_name *, room);
    cpm_raw_open(&r, m->raw[CPM_RAW_BUNDLE], mk->src->arena);
    cpm_jsonread_array(&r);
    while (cpm_jsonread_element(&r))
        if (cpm_jsonread_str(&r, &name))
            names[m->bundle_count++] = cpm_names_get(mk->src->names, name);
    m->bundle = names;
}

static void normalize_bundle(struct making *mk)
{
    struct cpm_str *raw = &mk->m->raw[CPM_RAW_BUNDLE];

    if (raw->len == 0)
        *raw = mk->draft[DRAFT_BUNDLED];
    if (cpm_str_is(*raw, "true"))
        *raw = array_of_deps(&mk->m->deps[CPM_DEPS_PROD], mk->src->arena);
    else if (cpm_raw_is(*raw, CPM_JSON_OBJECT))
        *raw = array_of_keys(*raw, mk->src->arena);
    else if (!cpm_raw_is(*raw, CPM_JSON_ARRAY))
        *raw = CPM_STR_NONE;
    if (raw->len)
        read_bundle_names(mk);
    *raw = cpm_raw_worth(*raw);
}

/* scripts, funding, license, dist */

static bool all_strings(struct cpm_str object, struct cpm_arena *arena)
{
    struct cpm_jsonread r;
    struct cpm_str key, text;
    bool all = true;

    cpm_raw_open(&r, object, arena);
    if (cpm_jsonread_object(&r))
        while (cpm_jsonread_key(&r, &key))
            all &= cpm_jsonread_str(&r, &text);
    return all;
}

/* The object without its members that are no strings. */
static struct cpm_str only_strings(struct cpm_str object, struct cpm_arena *arena)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_jsonread r;
    struct cpm_str key, text;

    cpm_raw_open(&r, object, arena);
    cpm_buf_add_char(&out, '{');
    if (cpm_jsonread_object(&r))
        while (cpm_jsonread_key(&r, &key)) {
            if (!cpm_jsonread_str(&r, &text))
                continue;
            if (out.len > 1)
                cpm_buf_add_char(&out, ',');
            cpm_json_quote(&out, key);
            cpm_buf_add_char(&out, ':');
            cpm_json_quote(&out, text);
        }
    cpm_buf_add_char(&out, '}');
    text = cpm_raw_keep(&out, arena);
    cpm_buf_release(&out);
    return text;
}

static void normalize_scripts(struct making *mk)
{
    static const char *const install[] = {"preinstall", "install", "postinstall"};
    struct cpm_str *raw = &mk->m->raw[CPM_RAW_SCRIPTS];

    mk->m->has_install_script = cpm_raw_truthy(mk->draft[DRAFT_INSTALL_SCRIPT]);
    if (!cpm_raw_is(*raw, CPM_JSON_OBJECT)) {
        *raw = CPM_STR_NONE;
        return;
    }
    if (!all_strings(*raw, mk->src->arena))
        *raw = only_strings(*raw, mk->src->arena);
    for (size_t i = 0; i < sizeof(install) / sizeof(install[0]); i++)
        if (cpm_raw_truthy(cpm_raw_member(*raw, install[i], mk->src->arena)))
            mk->m->has_install_script = true;
}

static void normalize_funding(struct making *mk)
{
    struct cpm_str *raw = &mk->m->raw[CPM_RAW_FUNDING];

    *raw = cpm_raw_worth(*raw);
    if (cpm_raw_is(*raw, CPM_JSON_STRING))
        *raw = cpm_str(cpm_arena_printf(mk->src->arena, "{\"url\":%.*s}", CPM_STR_ARG(*raw)));
}

static void normalize_license(struct making *mk)
{
    struct cpm_str *raw = &mk->m->raw[CPM_RAW_LICENSE];
    struct cpm_str type = cpm_raw_member(*raw, "type", mk->src->arena);

    mk->m->license_unknown = mk->src->from == CPM_MANIFEST_REGISTRY_ABBREVIATED && raw->len == 0;
    *raw = cpm_raw_truthy(type) ? type : cpm_raw_worth(*raw);
}

static void read_dist(struct making *mk)
{
    struct cpm_str raw = mk->draft[DRAFT_DIST], key, shasum = CPM_STR_NONE;
    struct cpm_manifest *m = mk->m;
    struct cpm_jsonread r;

    cpm_raw_open(&r, raw, mk->src->arena);
    if (raw.len == 0 || !cpm_jsonread_object(&r))
        return;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "tarball"))
            cpm_jsonread_str(&r, &m->tarball);
        else if (cpm_str_is(key, "integrity"))
            cpm_jsonread_str(&r, &m->integrity);
        else if (cpm_str_is(key, "signatures"))
            m->signatures = cpm_jsonread_raw(&r);
        else if (cpm_str_is(key, "shasum"))
            cpm_jsonread_str(&r, &shasum);
        else
            cpm_jsonread_skip(&r);
    m->integrity = cpm_integrity_normal(mk->src->arena, m->integrity);
    if (m->integrity.len == 0 && shasum.len)
        m->integrity = cpm_str(cpm_sri_from_shasum(mk->src->arena, shasum));
}

static const struct cpm_name *name_in(const struct making *mk, enum draft at)
{
    struct cpm_str text = cpm_raw_str(mk->draft[at], mk->src->arena);

    return text.len ? cpm_names_get(mk->src->names, text) : NULL;
}

static void normalize_rest(struct making *mk)
{
    static const enum cpm_raw_field as_is[] = {
        CPM_RAW_ENGINES,    CPM_RAW_OS,        CPM_RAW_CPU,        CPM_RAW_LIBC,
        CPM_RAW_DEPRECATED, CPM_RAW_PEER_META, CPM_RAW_WORKSPACES, CPM_RAW_OVERRIDES,
    };
    struct cpm_manifest *m = mk->m;

    for (size_t i = 0; i < sizeof(as_is) / sizeof(as_is[0]); i++)
        if (m->raw[as_is[i]].len)
            m->raw[as_is[i]] = cpm_raw_worth(m->raw[as_is[i]]);
    if (mk->src->from != CPM_MANIFEST_DIRECTORY) {
        m->raw[CPM_RAW_OVERRIDES] = CPM_STR_NONE;
        m->raw[CPM_RAW_SCRIPTS] = CPM_STR_NONE;
    }
    if (m->raw[CPM_RAW_BIN].len == 0) {
        m->bin_dir = cpm_raw_str(
            cpm_raw_member(mk->draft[DRAFT_DIRECTORIES], "bin", mk->src->arena), mk->src->arena);
        m->has_bin_dir = m->bin_dir.len > 0;
    }
    m->has_shrinkwrap =
        mk->src->from != CPM_MANIFEST_DIRECTORY && cpm_raw_truthy(mk->draft[DRAFT_SHRINKWRAP]);
}

struct cpm_str cpm_manifest_bins(const struct cpm_manifest *m, struct cpm_arena *arena)
{
    return cpm_bin_normalize(m->raw[CPM_RAW_BIN], cpm_name_str(m->name), arena);
}

static void normalize(struct making *mk)
{
    struct cpm_manifest *m = mk->m;

    m->name = name_in(mk, DRAFT_NAME);
    m->version = name_in(mk, DRAFT_VERSION);
    normalize_bundle(mk);
    cpm_depmap_subtract(&m->deps[CPM_DEPS_PROD], &m->deps[CPM_DEPS_OPTIONAL], mk->src->arena);
    normalize_scripts(mk);
    normalize_funding(mk);
    m->raw[CPM_RAW_BIN] =
        mk->src->from == CPM_MANIFEST_LOCK
            ? cpm_raw_worth(m->raw[CPM_RAW_BIN]) /* npm writes it back as it was */
            : cpm_manifest_bins(m, mk->src->arena);
    normalize_license(mk);
    read_dist(mk);
    normalize_rest(mk);
    cpm_depmap_mark_optional(&m->deps[CPM_DEPS_PEER], m->raw[CPM_RAW_PEER_META], mk->src);
}

int cpm_manifest_read(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                      struct cpm_manifest *out)
{
    struct making mk = {.src = src, .m = out};
    struct cpm_str key;

    *out = (struct cpm_manifest){.name = NULL};
    if (!cpm_jsonread_object(r)) {
        cpm_jsonread_skip(r);
        return CPM_EINVAL;
    }
    while (cpm_jsonread_key(r, &key))
        read_member(r, key, &mk);
    if (!r->fault)
        normalize(&mk);
    return 0;
}

static void take_value(struct making *mk, const struct slot *slot, struct cpm_str raw)
{
    if (slot->kind == AS_RAW)
        mk->m->raw[slot->at] = raw;
    else if (slot->kind == AS_DRAFT)
        mk->draft[slot->at] = raw;
    else
        cpm_depmap_parse(raw, mk->src, &mk->m->deps[slot->at]);
}

void cpm_manifest_make(const struct cpm_str values[CPM_KEY_COUNT],
                       const struct cpm_manifest_source *src, struct cpm_manifest *out)
{
    struct making mk = {.src = src, .m = out};

    *out = (struct cpm_manifest){.name = NULL};
    for (size_t i = 0; i < CPM_KEY_COUNT; i++)
        if (values[i].len)
            take_value(&mk, &slots[i], values[i]);
    normalize(&mk);
}
