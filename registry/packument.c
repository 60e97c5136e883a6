/* Reading an image. Every place is checked against the size before it is followed, so that an image
 * whose checksum lies can give wrong answers, but never a wrong access. The members of a version go
 * to the one maker of manifests as they stand: most of what a manifest refers to is never read. */
#include "registry/packument_image.h"

#include "base/digest.h"
#include "base/integrity.h"
#include "base/mem.h"

__extension__ typedef unsigned __int128 wide;

/* Two words make one product, of which both halves count, and the products overlap. */
static void stir(uint64_t lane[4], const char *bytes)
{
    const uint64_t prime = 0xff51afd7ed558ccdu;
    uint64_t w[8];

    memcpy(w, bytes, sizeof(w));
    for (int i = 0; i < 4; i++) {
        wide product = (wide)(lane[i] ^ w[2 * i]) * (prime ^ w[2 * i + 1]);

        lane[i] = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
}

uint64_t cpm_packument_checksum(const char *bytes, size_t size)
{
    uint64_t lane[4] = {1, 2, 3, size};
    size_t at = offsetof(struct cpm_image_header, size);
    char rest[64] = "";

    for (; at + sizeof(rest) <= size; at += sizeof(rest))
        stir(lane, bytes + at);
    if (at < size)
        memcpy(rest, bytes + at, size - at);
    stir(lane, rest);
    return lane[0] ^ lane[1] << 1 ^ lane[2] << 2 ^ lane[3] << 3;
}

static const void *take(const char **at, const char *end, uint64_t count, size_t size)
{
    const char *table = *at;

    if (!table || count > (uint64_t)(end - table) / size) {
        *at = NULL;
        return NULL;
    }
    *at += count * size;
    return table;
}

bool cpm_packument_lay(struct cpm_packument *p, const char *bytes, size_t size)
{
    const char *at = bytes, *end = bytes + size;
    const struct cpm_image_header *h = take(&at, end, 1, sizeof(*h));

    p->bytes = bytes;
    p->size = size;
    p->head = h;
    if (!h)
        return false;
    p->versions = take(&at, end, (uint64_t)h->count + h->extra, sizeof(*p->versions));
    p->tags = take(&at, end, h->tags, sizeof(*p->tags));
    p->members = take(&at, end, h->members, sizeof(*p->members));
    p->engines = take(&at, end, h->engines, sizeof(*p->engines));
    p->text = at;
    p->text_size = at ? (size_t)(end - at) : 0;
    return at != NULL;
}

int cpm_packument_open(struct cpm_str image, struct cpm_packument **out, struct cpm_error *err)
{
    struct cpm_packument p = {.own = NULL};

    if ((uintptr_t)image.ptr % 8 || !cpm_packument_lay(&p, image.ptr, image.len) ||
        memcmp(p.head->magic, CPM_IMAGE_MAGIC, sizeof(p.head->magic)) != 0 ||
        p.head->size != image.len || p.head->count > CPM_IMAGE_NONE - p.head->extra ||
        p.head->checksum != cpm_packument_checksum(image.ptr, image.len))
        return cpm_error_set(err, CPM_EIO, "a cached packument is damaged");
    *out = cpm_alloc(sizeof(p));
    **out = p;
    return 0;
}

void cpm_packument_free(struct cpm_packument *p)
{
    if (!p)
        return;
    cpm_free(p->own);
    cpm_free(p);
}

struct cpm_str cpm_packument_image(const struct cpm_packument *p)
{
    return cpm_str_n(p->bytes, p->size);
}

static struct cpm_str text_at(const struct cpm_packument *p, uint32_t at, uint32_t len)
{
    if (at > p->text_size || len > p->text_size - at)
        return CPM_STR_NONE;
    return cpm_str_n(p->text + at, len);
}

static struct cpm_str text_of(const struct cpm_packument *p, struct cpm_image_text t)
{
    return text_at(p, t.at, t.len);
}

struct cpm_str cpm_packument_name(const struct cpm_packument *p)
{
    return text_of(p, p->head->name);
}

bool cpm_packument_is_full(const struct cpm_packument *p)
{
    return p->head->flags & CPM_IMAGE_FULL;
}

bool cpm_packument_has_time(const struct cpm_packument *p)
{
    return p->head->flags & CPM_IMAGE_TIME;
}

uint32_t cpm_packument_count(const struct cpm_packument *p)
{
    return p->head->count;
}

static struct cpm_str version_text(const struct cpm_packument *p, const struct cpm_image_version *v)
{
    return text_at(p, v->text, v->text_len);
}

static void version_numbers(const struct cpm_packument *p, const struct cpm_image_version *v,
                            struct cpm_version *out)
{
    struct cpm_str text = version_text(p, v);

    *out =
        (struct cpm_version){v->number[0], v->number[1], v->number[2], CPM_STR_NONE, CPM_STR_NONE};
    if (v->flags & CPM_VERSION_BIG) {
        cpm_version_parse(text, CPM_SEMVER_LOOSE, out);
        return;
    }
    if (v->pre_len)
        out->prerelease = cpm_str_sub(text, v->pre_at, v->pre_len);
    if (v->build_len)
        out->build = cpm_str_sub(text, v->build_at, v->build_len);
}

void cpm_packument_version(const struct cpm_packument *p, uint32_t i, struct cpm_version *out)
{
    version_numbers(p, &p->versions[i], out);
}

void cpm_packument_facts(const struct cpm_packument *p, uint32_t i, struct cpm_packument_facts *out)
{
    const struct cpm_image_version *v = &p->versions[i];

    *out = (struct cpm_packument_facts){
        .text = version_text(p, v),
        .time = v->time,
        .deprecated = v->flags & CPM_VERSION_DEPRECATED,
        .staged = v->flags & CPM_VERSION_STAGED,
        .attested = v->flags & CPM_VERSION_ATTESTED,
        .restricted = v->flags & CPM_VERSION_RESTRICTED,
        .engines = v->engines,
        .order = v->order,
    };
    version_numbers(p, v, &out->version);
    if (v->engines < p->head->engines) {
        out->engines_node = text_of(p, p->engines[v->engines].node);
        out->engines_npm = text_of(p, p->engines[v->engines].npm);
    }
}

/* The first version that is not below `want`. */
static uint32_t lower_bound(const struct cpm_packument *p, const struct cpm_version *want)
{
    uint32_t low = 0, high = p->head->count;
    struct cpm_version have;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        version_numbers(p, &p->versions[middle], &have);
        if (cpm_version_cmp(&have, want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t cpm_packument_above(const struct cpm_packument *p, const struct cpm_version *version)
{
    uint32_t low = 0, high = p->head->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct cpm_image_version *v = &p->versions[middle];
        struct cpm_version have = {.major = v->number[0], v->number[1], v->number[2]};

        if (v->flags & CPM_VERSION_BIG)
            version_numbers(p, v, &have);
        if (cpm_version_cmp_main(&have, version) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* node-semver compares prerelease numbers over 2^53 as doubles, which is no order: what the search
 * does not meet is looked for everywhere before it is said to be missing. */
int64_t cpm_packument_find(const struct cpm_packument *p, struct cpm_str version)
{
    struct cpm_version want;

    if (!cpm_version_parse(version, CPM_SEMVER_LOOSE, &want))
        return -1;
    for (uint32_t i = lower_bound(p, &want), n = 0; i < p->head->count && n < 4; i++, n++)
        if (cpm_str_eq(version_text(p, &p->versions[i]), version))
            return i;
    for (uint32_t i = 0; i < p->head->count; i++)
        if (cpm_str_eq(version_text(p, &p->versions[i]), version))
            return i;
    return -1;
}

int64_t cpm_packument_tag(const struct cpm_packument *p, struct cpm_str tag, struct cpm_str *text)
{
    *text = CPM_STR_NONE;
    for (uint32_t i = p->head->tags; i-- > 0;) { /* of duplicates the last counts */
        const struct cpm_image_tag *t = &p->tags[i];

        if (!cpm_str_eq(text_of(p, t->tag), tag))
            continue;
        *text = text_of(p, t->version);
        return t->index < p->head->count ? (int64_t)t->index : -1;
    }
    return -1;
}

int64_t cpm_packument_latest(const struct cpm_packument *p)
{
    return p->head->latest < p->head->count ? (int64_t)p->head->latest : -1;
}

static void fetch_text(const struct cpm_packument *p, uint32_t at)
{
    if (at < p->text_size)
        __builtin_prefetch(p->text + at);
}

static void fetch_members(const struct cpm_packument *p, const struct cpm_image_version *v)
{
    for (uint32_t i = v->list; i - v->list < v->list_len && i < p->head->members; i++)
        fetch_text(p, p->members[i].at);
}

void cpm_packument_fetch_step(const struct cpm_packument *p, unsigned step)
{
    const struct cpm_image_version *v = NULL;

    if (step >= 2 && p->head->latest < p->head->count)
        v = &p->versions[p->head->latest];
    if (step == 0) {
        __builtin_prefetch(p);
        __builtin_prefetch((const char *)(p + 1) - 1);
    } else if (step == 1) {
        __builtin_prefetch(p->head);
        __builtin_prefetch((const char *)(p->head + 1) - 1);
    } else if (v && step == 2) {
        __builtin_prefetch(v);
        __builtin_prefetch((const char *)(v + 1) - 1);
    } else if (v && step == 3) {
        if (v->list < p->head->members)
            __builtin_prefetch(&p->members[v->list]);
        fetch_text(p, v->text);
        fetch_text(p, v->tarball);
        fetch_text(p, v->digest);
    } else if (v) {
        fetch_members(p, v);
    }
}

uint32_t cpm_packument_tag_count(const struct cpm_packument *p)
{
    return p->head->tags;
}

struct cpm_str cpm_packument_tag_at(const struct cpm_packument *p, uint32_t i, struct cpm_str *text)
{
    *text = text_of(p, p->tags[i].version);
    return text_of(p, p->tags[i].tag);
}

bool cpm_packument_no_versions(const struct cpm_packument *p)
{
    return p->head->count + p->head->extra == 0 && p->head->alien == 0;
}

uint32_t cpm_packument_extra(const struct cpm_packument *p)
{
    return p->head->extra;
}

struct cpm_str cpm_packument_policy(const struct cpm_packument *p)
{
    return text_of(p, p->head->message);
}

/* manifests */

static const enum cpm_manifest_key keys[CPM_FIELD_COUNT] = {
    [CPM_FIELD_NAME] = CPM_KEY_NAME,
    [CPM_FIELD_VERSION] = CPM_KEY_VERSION,
    [CPM_FIELD_DEPS] = CPM_KEY_DEPS,
    [CPM_FIELD_OPTIONAL] = CPM_KEY_OPTIONAL,
    [CPM_FIELD_PEER] = CPM_KEY_PEER,
    [CPM_FIELD_PEER_META] = CPM_KEY_PEER_META,
    [CPM_FIELD_ACCEPT] = CPM_KEY_ACCEPT,
    [CPM_FIELD_BUNDLE] = CPM_KEY_BUNDLE,
    [CPM_FIELD_BUNDLED] = CPM_KEY_BUNDLED,
    [CPM_FIELD_ENGINES] = CPM_KEY_ENGINES,
    [CPM_FIELD_OS] = CPM_KEY_OS,
    [CPM_FIELD_CPU] = CPM_KEY_CPU,
    [CPM_FIELD_LIBC] = CPM_KEY_LIBC,
    [CPM_FIELD_LICENSE] = CPM_KEY_LICENSE,
    [CPM_FIELD_FUNDING] = CPM_KEY_FUNDING,
    [CPM_FIELD_BIN] = CPM_KEY_BIN,
    [CPM_FIELD_DEPRECATED] = CPM_KEY_DEPRECATED,
    [CPM_FIELD_WORKSPACES] = CPM_KEY_WORKSPACES,
    [CPM_FIELD_SHRINKWRAP] = CPM_KEY_SHRINKWRAP,
    [CPM_FIELD_INSTALL_SCRIPT] = CPM_KEY_INSTALL_SCRIPT,
    [CPM_FIELD_SCRIPTS] = CPM_KEY_INSTALL_SCRIPT,
    [CPM_FIELD_DIST] = CPM_KEY_DIST,
};

static struct cpm_str signatures_at(const struct cpm_packument *p,
                                    const struct cpm_image_version *v, struct cpm_arena *arena)
{
    uint64_t at = (uint64_t)v->digest + v->digest_len;
    struct cpm_jsonread r;

    if (!(v->flags & CPM_VERSION_SIGNED) || at >= p->text_size)
        return CPM_STR_NONE;
    if (v->signed_len < UINT16_MAX)
        return text_at(p, (uint32_t)at, v->signed_len);
    cpm_jsonread_init(&r, cpm_str_n(p->text + at, p->text_size - at), "signatures", arena);
    return cpm_jsonread_raw(&r);
}

struct cpm_str cpm_packument_signatures(const struct cpm_packument *p, uint32_t i,
                                        struct cpm_arena *arena)
{
    return signatures_at(p, &p->versions[i], arena);
}

static void find_members(const struct cpm_packument *p, const struct cpm_image_version *v,
                         struct cpm_str values[CPM_KEY_COUNT])
{
    for (uint32_t i = v->list; i - v->list < v->list_len && i < p->head->members; i++)
        if (p->members[i].field < CPM_FIELD_COUNT)
            values[keys[p->members[i].field]] = text_at(p, p->members[i].at, p->members[i].len);
}

/* A string's inside, which the image has as the document spelled it. */
static struct cpm_str unescaped(struct cpm_str inside, struct cpm_arena *arena)
{
    struct cpm_str text = CPM_STR_NONE;
    struct cpm_jsonread r;

    if (cpm_str_chr(inside, '\\') == CPM_NPOS)
        return inside;
    inside = CPM_CONCAT(arena, CPM_STR("\""), inside, CPM_STR("\""));
    cpm_jsonread_init(&r, inside, "dist", arena);
    cpm_jsonread_str(&r, &text);
    return text;
}

static void add_dist(const struct cpm_packument *p, const struct cpm_image_version *v,
                     struct cpm_arena *arena, struct cpm_manifest *m)
{
    bool template = v->flags & CPM_VERSION_TEMPLATE;
    struct cpm_str digest = text_at(p, v->digest, v->digest_len);

    m->tarball = unescaped(CPM_CONCAT(arena, text_at(p, v->tarball, v->tarball_len),
                                      template ? version_text(p, v) : CPM_STR_NONE,
                                      cpm_str(template ? ".tgz" : "")),
                           arena);
    m->signatures = signatures_at(p, v, arena);
    if (v->flags & CPM_VERSION_NORMAL)
        m->integrity = digest;
    else if (v->flags & CPM_VERSION_SHASUM && digest.len)
        m->integrity = cpm_str(cpm_sri_from_shasum(arena, unescaped(digest, arena)));
    else
        m->integrity = cpm_integrity_normal(arena, unescaped(digest, arena));
}

const struct cpm_manifest *cpm_packument_manifest(const struct cpm_packument *p, uint32_t i,
                                                  struct cpm_names *names, struct cpm_arena *arena)
{
    const struct cpm_image_version *v = &p->versions[i];
    struct cpm_manifest_source src = {
        .names = names,
        .arena = arena,
        .from = cpm_packument_is_full(p) ? CPM_MANIFEST_REGISTRY_FULL
                                         : CPM_MANIFEST_REGISTRY_ABBREVIATED,
    };
    struct cpm_manifest *m = CPM_NEW(arena, struct cpm_manifest);
    struct cpm_str values[CPM_KEY_COUNT] = {CPM_STR_NONE};

    find_members(p, v, values);
    cpm_manifest_make(values, &src, m);
    if (v->flags & CPM_VERSION_SAME)
        m->version = cpm_names_get(names, version_text(p, v));
    add_dist(p, v, arena, m);
    return m;
}
