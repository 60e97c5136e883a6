/* A version's key is its index + 1, which is no null pointer. */
#include "resolver/tree/picked.h"

#include "resolver/tree/pairs.h"

const struct cpm_manifest *cpm_tree_manifest(const struct cpm_tree_input *in,
                                             const struct cpm_packument *p, uint32_t index)
{
    const void *key = (const void *)((uintptr_t)index + 1);
    const struct cpm_manifest *m = in->manifests ? cpm_pairs_get(in->manifests, p, key) : NULL;

    if (m)
        return m;
    m = cpm_packument_manifest(p, index, in->names, in->arena);
    if (in->manifests)
        cpm_pairs_set(in->manifests, p, key, (void *)m);
    return m;
}
