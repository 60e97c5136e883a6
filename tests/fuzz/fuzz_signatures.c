/* Bytes: a registry's keys and a version's signatures, parted by a NUL. What is made of random
 * bytes must never be a right signature. */
#include "registry/packument.h"
#include "registry/signatures.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_registry_keys keys;
    struct cpm_str text = cpm_str_n((const char *)data, size);
    size_t cut = cpm_str_chr(text, '\0');
    struct cpm_signed what = {.id = CPM_STR("a@1.0.0"),
                              .integrity = CPM_STR("sha512-x"),
                              .published = 0,
                              .signatures =
                                  cpm_str_sub(text, cut == CPM_NPOS ? size : cut + 1, size)};
    if (cpm_registry_keys_read(cpm_str_sub(text, 0, cut), &arena, &keys, NULL) == 0 &&
        cpm_signatures_verify(&keys, &what, &arena, NULL) == 0 && what.signature.len)
        abort();
    cpm_registry_keys_release(&keys);
    cpm_arena_release(&arena);
    return 0;
}
