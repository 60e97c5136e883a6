#include "install/git/refs.h"

/* npm makes a packument of the tags: versions from names that end like one ("release-v1.2.3"), and
 * `latest` for what the default branch, or a ref with the name latest, stands at. */

static enum cpm_git_ref_type type_of(struct cpm_str raw, struct cpm_str *name)
{
    static const struct {
        const char *prefix;
        size_t cut; /* of the prefix, how much the name is without */
        enum cpm_git_ref_type type;
    } kinds[] = {{"refs/tags/", 10, CPM_REF_TAG},
                 {"refs/heads/", 11, CPM_REF_BRANCH},
                 {"refs/pull/", 5, CPM_REF_OTHER}};

    *name = raw;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!cpm_str_starts(raw, kinds[i].prefix))
            continue;
        *name = cpm_str_sub(raw, kinds[i].cut, raw.len);
        if (kinds[i].type == CPM_REF_OTHER && cpm_str_ends(*name, "/head"))
            name->len -= strlen("/head");
        return kinds[i].type;
    }
    return cpm_str_is(raw, "HEAD") ? CPM_REF_HEAD : CPM_REF_OTHER;
}

/* "SHA<tab>REF"; false for any other line. */
static bool parse_line(struct cpm_str line, struct cpm_git_ref *out)
{
    struct cpm_str trimmed = cpm_str_trim(line);
    size_t tab = cpm_str_chr(trimmed, '\t');

    if (tab == CPM_NPOS)
        return false;
    *out = (struct cpm_git_ref){.sha = cpm_str_sub(trimmed, 0, tab),
                                .raw = cpm_str_trim(cpm_str_sub(trimmed, tab, trimmed.len))};
    out->type = type_of(out->raw, &out->name);
    return cpm_spec_is_commit(out->sha) && out->raw.len;
}

/* The line behind an annotated tag's own names the commit. */
static void peel(struct cpm_git_refs *refs)
{
    for (size_t i = 1; i < refs->count; i++) {
        struct cpm_git_ref *peeled = &refs->v[i], *tag = peeled - 1;

        if (!cpm_str_ends(peeled->raw, "^{}") ||
            !cpm_str_eq(tag->raw, cpm_str_sub(peeled->raw, 0, peeled->raw.len - 3)))
            continue;
        tag->sha = peeled->sha;
        peeled->gone = true;
    }
}

void cpm_git_refs_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_git_refs *out)
{
    struct cpm_str rest = text, line;
    size_t lines = 1;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    *out = (struct cpm_git_refs){.v = CPM_NEW_ARRAY(arena, struct cpm_git_ref, lines)};
    while (rest.ptr && cpm_str_split(&rest, '\n', &line))
        out->count += parse_line(line, &out->v[out->count]);
    peel(out);
}

/* Of two refs with one name the later one counts. */
static const struct cpm_git_ref *by_name(const struct cpm_git_refs *refs, struct cpm_str name)
{
    for (size_t i = refs->count; i-- > 0;)
        if (!refs->v[i].gone &&
            (cpm_str_eq(refs->v[i].name, name) || cpm_str_eq(refs->v[i].raw, name)))
            return &refs->v[i];
    return NULL;
}

const struct cpm_git_ref *cpm_git_refs_find(const struct cpm_git_refs *refs,
                                            struct cpm_str committish)
{
    const struct cpm_git_ref *named = by_name(refs, committish.len ? committish : CPM_STR("HEAD"));

    for (size_t i = 0; !named && i < refs->count; i++)
        if (!refs->v[i].gone && cpm_str_eq(refs->v[i].sha, committish))
            named = &refs->v[i];
    return named;
}

static bool digits(struct cpm_str s, size_t *at)
{
    size_t begin = *at;

    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9')
        ++*at;
    return *at > begin;
}

static bool is_version_from(struct cpm_str s)
{
    size_t at = 0;

    for (int part = 0; part < 3; part++) {
        if (part && (at >= s.len || s.ptr[at++] != '.'))
            return false;
        if (!digits(s, &at))
            return false;
    }
    return at == s.len || ((s.ptr[at] == '-' || s.ptr[at] == '+') && at + 1 < s.len);
}

/* The version that a tag's name ends with, from its earliest beginning on. */
static bool version_of(const struct cpm_git_ref *ref, struct cpm_version *out)
{
    if (ref->gone || ref->type != CPM_REF_TAG)
        return false;
    for (size_t i = 0; i < ref->name.len; i++) {
        struct cpm_str tail = cpm_str_sub(ref->name, i, ref->name.len);

        if (is_version_from(tail))
            return cpm_version_parse(tail, CPM_SEMVER_LOOSE, out);
    }
    return false;
}

/* The last version at the commit that counts as the latest. */
static const struct cpm_git_ref *latest(const struct cpm_git_refs *refs)
{
    const struct cpm_git_ref *named = by_name(refs, CPM_STR("latest")), *found = NULL;
    const struct cpm_git_ref *at = named ? named : by_name(refs, CPM_STR("HEAD"));
    struct cpm_version version;

    for (size_t i = 0; at && i < refs->count; i++)
        if (cpm_str_eq(refs->v[i].sha, at->sha) && version_of(&refs->v[i], &version))
            found = &refs->v[i];
    return found;
}

const struct cpm_git_ref *cpm_git_refs_pick(const struct cpm_git_refs *refs,
                                            const struct cpm_range *range)
{
    const struct cpm_git_ref *best = latest(refs);
    struct cpm_version highest, version;

    if (best && version_of(best, &version) &&
        (cpm_range_is_any(range) || cpm_range_satisfies(range, &version, CPM_SEMVER_LOOSE)))
        return best;
    best = NULL;
    for (size_t i = 0; i < refs->count; i++) {
        if (!version_of(&refs->v[i], &version) ||
            !cpm_range_satisfies(range, &version, CPM_SEMVER_LOOSE) ||
            (best && cpm_version_cmp(&version, &highest) < 0))
            continue;
        best = &refs->v[i];
        highest = version;
    }
    return best;
}
