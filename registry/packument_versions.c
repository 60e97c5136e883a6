/* The table of versions: in document order while it is read, then sorted, which is nearly nothing
 * to do for most documents. Of duplicate keys the last counts, in the place of the first. */
#include "registry/json_hop.h"
#include "registry/packument_builder.h"

#include <stdlib.h>

/* The members of e; the list of the version before when it is the same. */
static void set_list(struct cpm_image_builder *b, struct cpm_image_entry *e)
{
    struct cpm_image_member list[CPM_FIELD_COUNT];
    uint32_t n = 0;
    size_t bytes;

    for (uint32_t f = 0; f < CPM_FIELD_COUNT; f++)
        if (e->piece[f] != CPM_IMAGE_NONE) {
            const struct cpm_image_text *text = &b->pieces.v[e->piece[f]];

            list[n++] = (struct cpm_image_member){.at = text->at, .len = text->len, .field = f};
        }
    bytes = n * sizeof(list[0]);
    if (n != b->list_len ||
        (n && memcmp(b->members.ptr + b->list * sizeof(list[0]), list, bytes) != 0)) {
        b->list = (uint32_t)(b->members.len / sizeof(list[0]));
        b->list_len = n;
        cpm_buf_add(&b->members, list, bytes);
    }
    e->v.list = b->list;
    e->v.list_len = (uint16_t)b->list_len;
}

static uint32_t number32(uint64_t n, uint16_t *flags)
{
    if (n > UINT32_MAX)
        *flags |= CPM_VERSION_BIG;
    return (uint32_t)n;
}

static void set_numbers(struct cpm_image_builder *b, struct cpm_image_entry *e,
                        const struct cpm_version *v)
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
    to->text = cpm_image_keep(b, e->text).at;
}

void cpm_image_read_versions(struct cpm_image_builder *b, struct cpm_buf *to, uint16_t flags)
{
    struct cpm_version v;
    struct cpm_image_entry e;

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
        e.v.engines = CPM_IMAGE_NONE;
        e.v.order = (uint32_t)(to->len / sizeof(e.v));
        set_numbers(b, &e, &v);
        if (!cpm_image_read_entry(b, &e))
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
static void fold_twins(struct cpm_image_builder *b)
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

void cpm_image_sort_versions(struct cpm_image_builder *b)
{
    struct cpm_image_version *v = (struct cpm_image_version *)b->versions.ptr;
    size_t n = b->versions.len / sizeof(*v), i = 1;

    while (i < n && compare(&v[i - 1], &v[i], b->text.ptr) < 0)
        i++;
    if (i < n)
        qsort_r(v, n, sizeof(*v), compare, b->text.ptr);
    fold_twins(b);
}

uint32_t cpm_image_find_version(const struct cpm_image_builder *b, struct cpm_str text)
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
