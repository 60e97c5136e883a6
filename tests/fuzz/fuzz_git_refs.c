/* Bytes: a committish, a range, then what git ls-remote wrote, parted by line breaks. What is found
 * is one of the refs that were listed. */
#include "install/git/refs.h"
#include "semver/range.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_listed(const struct cpm_git_refs *refs, const struct cpm_git_ref *ref)
{
    if (ref && (ref < refs->v || ref >= refs->v + refs->count || ref->gone))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str rest = cpm_str_n((const char *)data, size), committish, range;
    const struct cpm_range *parsed;
    struct cpm_git_refs refs;

    if (!size || !cpm_str_split(&rest, '\n', &committish) || !rest.ptr ||
        !cpm_str_split(&rest, '\n', &range))
        return 0;
    cpm_git_refs_parse(&arena, rest, &refs);
    require_listed(&refs, cpm_git_refs_find(&refs, committish));
    parsed = cpm_range_parse(&arena, range, CPM_SEMVER_LOOSE);
    if (parsed)
        require_listed(&refs, cpm_git_refs_pick(&refs, parsed));
    cpm_arena_release(&arena);
    return 0;
}
