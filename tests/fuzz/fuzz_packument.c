/* Bytes: a packument. What can be read makes an image that opens again, whose versions ascend and
 * are found by their text, and whose every manifest can be read. Behind a first byte of 0xFF: an
 * image's own bytes, which may be refused but never read past, and the same with a header and a
 * checksum that let them pass. */
#include "registry/packument_image.h"

#include "base/mem.h"
#include "semver/spec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

/* Has a prerelease number over 2^53: such versions have no order, in node-semver neither. */
static bool is_wide(const struct cpm_version *v)
{
    size_t digits = 0;

    for (size_t i = 0; i < v->prerelease.len && digits < 16; i++)
        digits = v->prerelease.ptr[i] >= '0' && v->prerelease.ptr[i] <= '9' ? digits + 1 : 0;
    return digits >= 16;
}

static void try_versions(const struct cpm_packument *p)
{
    struct cpm_packument_facts f, before;
    uint32_t n = cpm_packument_count(p);
    bool wide = false;

    for (uint32_t i = 0; i < n; i++) {
        cpm_packument_facts(p, i, &f);
        wide = wide || is_wide(&f.version);
    }
    for (uint32_t i = 0; i < n; i++) {
        cpm_packument_facts(p, i, &f);
        require(cpm_packument_find(p, f.text) == (int64_t)i);
        require(wide || i == 0 || cpm_version_cmp(&before.version, &f.version) <= 0);
        before = f;
    }
}

static void try_manifests(const struct cpm_packument *p)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_names *names = cpm_names_new();
    uint32_t n = cpm_packument_count(p) + cpm_packument_extra(p);

    for (uint32_t i = 0; i < n && i < 64; i++)
        require(cpm_packument_manifest(p, i, names, &arena) != NULL);
    cpm_names_free(names);
    cpm_arena_release(&arena);
}

static void try_pick(const struct cpm_packument *p, const char *wanted)
{
    struct cpm_pick_options opts = CPM_PICK_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_spec spec;
    uint32_t index;

    opts.node_version = CPM_STR("20.0.0");
    if (cpm_spec_resolve(&arena, CPM_STR("pkg"), cpm_str(wanted), "/", &spec, &err) == 0 &&
        cpm_pick(p, &spec, &opts, &index, &err) == 0)
        require(index < cpm_packument_count(p) + cpm_packument_extra(p));
    cpm_arena_release(&arena);
}

static void try_all(const struct cpm_packument *p)
{
    struct cpm_str text;

    try_manifests(p);
    try_pick(p, "^1.0.0");
    try_pick(p, "*");
    try_pick(p, "latest");
    for (uint32_t i = 0; i < cpm_packument_tag_count(p); i++)
        cpm_packument_tag(p, cpm_packument_tag_at(p, i, &text), &text);
}

static void try_image(struct cpm_str bytes)
{
    struct cpm_packument *p = NULL;
    char *copy = cpm_alloc(bytes.len + 1);

    memcpy(copy, bytes.ptr, bytes.len);
    if (cpm_packument_open(cpm_str_n(copy, bytes.len), &p, NULL) == 0)
        try_all(p);
    cpm_packument_free(p);
    cpm_free(copy);
}

/* An image whose checksum lies. */
static void try_forged(struct cpm_str bytes)
{
    struct cpm_image_header h;
    char *copy = cpm_alloc(bytes.len + 1);

    if (bytes.len >= sizeof(h)) {
        memcpy(copy, bytes.ptr, bytes.len);
        memcpy(&h, copy, sizeof(h));
        memcpy(h.magic, CPM_IMAGE_MAGIC, sizeof(h.magic));
        h.size = bytes.len;
        memcpy(copy, &h, sizeof(h));
        h.checksum = cpm_packument_checksum(copy, bytes.len);
        memcpy(copy, &h, sizeof(h));
        try_image(cpm_str_n(copy, bytes.len));
    }
    cpm_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_str text = cpm_str_n((const char *)data, size);
    struct cpm_packument *p = NULL;

    if (size && data[0] == 0xFF) {
        try_image(cpm_str_sub(text, 1, size));
        try_forged(cpm_str_sub(text, 1, size));
        return 0;
    }
    if (cpm_packument_build(text, CPM_STR("pkg"), size & 1, &p, NULL) < 0)
        return 0;
    try_versions(p);
    try_all(p);
    try_image(cpm_packument_image(p));
    cpm_packument_free(p);
    return 0;
}
