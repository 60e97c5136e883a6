/* Bytes: flags, then a version and a range parted by a line break. What parses must print, and what
 * is printed must parse to the same text again and answer the same. */
#include "semver/coerce.h"
#include "semver/sets.h"
#include "semver/spec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void try_version(struct cpm_arena *arena, const struct cpm_version *v, unsigned flags)
{
    const char *text = cpm_version_text(arena, v);
    struct cpm_version again;

    require(cpm_version_cmp(v, v) == 0);
    require(cpm_version_parse(cpm_str(text), flags, &again) || strlen(text) > 256);
    require(strlen(text) > 256 || cpm_version_cmp(v, &again) == 0);
}

static void try_range(struct cpm_arena *arena, const struct cpm_range *range,
                      const struct cpm_version *v, unsigned flags)
{
    const char *text = cpm_range_text(arena, range);
    const struct cpm_range *again = cpm_range_parse(arena, cpm_str(text), flags);
    struct cpm_version low;

    require(again != NULL);
    /* Loose ">=00" prints as ">=0.0.0", which is any: node-semver's own, hence strict ones only. */
    require(flags & CPM_SEMVER_LOOSE || strcmp(text, cpm_range_text(arena, again)) == 0);
    if (v) {
        require(cpm_range_satisfies(range, v, 0) == cpm_range_satisfies(again, v, 0));
        require(!cpm_range_satisfies(range, v, 0) || !cpm_range_above(v, range, 0));
        cpm_range_below(v, range, flags);
    }
    require(!cpm_range_min_version(arena, range, &low) || cpm_range_satisfies(range, &low, 0));
    cpm_range_intersects(range, again, flags);
    cpm_range_subset(range, again, flags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str rest, line;
    struct cpm_version v;
    struct cpm_spec spec;
    const struct cpm_range *range;
    unsigned flags;
    bool known;

    if (size < 1)
        return 0;
    flags = data[0] & (CPM_SEMVER_LOOSE | CPM_SEMVER_INCLUDE_PRERELEASE);
    rest = cpm_str_n((const char *)data + 1, size - 1);
    if (!cpm_str_split(&rest, '\n', &line))
        line = CPM_STR("");
    known = cpm_version_parse(line, flags, &v);
    if (known)
        try_version(&arena, &v, flags);
    cpm_version_coerce(&arena, line, data[0] & 4, flags, &(struct cpm_version){.major = 0});
    rest = rest.ptr ? rest : CPM_STR("");
    range = cpm_range_parse(&arena, rest, flags);
    if (range)
        try_range(&arena, range, known ? &v : NULL, flags);
    cpm_spec_parse(&arena, rest, "/project", &spec, NULL);
    cpm_arena_release(&arena);
    return 0;
}
