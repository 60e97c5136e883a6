/* Bytes: a registry's keys and its attestations of a version, parted by a NUL. What is made of
 * random bytes must never be signed rightly. */
#include "registry/attestations.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_registry_keys keys;
    struct cpm_str text = cpm_str_n((const char *)data, size);
    size_t cut = cpm_str_chr(text, '\0');
    struct cpm_attested what = {
        .id = CPM_STR("a@1.0.0"),
        .purl = CPM_STR("pkg:npm/a@1.0.0"),
        .integrity =
            CPM_STR("sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7k"
                    "xvUdBeoGlODJ6+SfaPg=="),
        .document = cpm_str_sub(text, cut == CPM_NPOS ? size : cut + 1, size)};
    if (cpm_registry_keys_read(cpm_str_sub(text, 0, cut), &arena, &keys, NULL) == 0 &&
        cpm_attestations_verify(&keys, &what, &arena, NULL) == 0 && what.verified)
        abort();
    cpm_registry_keys_release(&keys);
    cpm_arena_release(&arena);
    return 0;
}
