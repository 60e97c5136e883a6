/* npm's rule (arborist's script-allowed): a name, or exact versions joined by ||; ranges and tags
 * would allow what nobody has seen. A version that cannot be verified is denied by a deny and not
 * allowed by an allow. */
#include "install/allow_key.h"

#include "semver/hosted.h"

static bool is_exact_list(struct cpm_arena *arena, struct cpm_str text)
{
    while (text.len) {
        size_t bar = cpm_str_find(text, "||");
        struct cpm_str part = cpm_str_trim(bar == CPM_NPOS ? text : cpm_str_sub(text, 0, bar));
        if (!part.len || !cpm_version_valid(arena, part, 0))
            return false;
        if (bar == CPM_NPOS)
            return true;
        text = cpm_str_sub(text, bar + 2, text.len);
    }
    return false;
}

bool cpm_allow_key_parse(struct cpm_arena *arena, struct cpm_str text, const char *where,
                         struct cpm_allow_key *out, const char **fault)
{
    *out = (struct cpm_allow_key){.verdict = CPM_ALLOW_UNREVIEWED};
    *fault = "";
    if (cpm_spec_parse(arena, text, where, &out->spec, NULL) < 0)
        return false;
    if (out->spec.type == CPM_SPEC_TAG) {
        *fault = " — dist-tag specs (@latest, @next, ...) are not allowed; use exact versions "
                 "joined by \"||\", or the bare package name, instead";
        return false;
    }
    if (out->spec.type != CPM_SPEC_RANGE)
        return true;
    out->any_version = cpm_str_is(out->spec.fetch, "*") || out->spec.raw_spec.len == 0 ||
                       cpm_str_is(out->spec.raw_spec, "*");
    if (out->any_version || is_exact_list(arena, out->spec.fetch))
        return true;
    *fault = " — semver ranges (^, ~, >=, <) are not allowed; use exact versions joined by \"||\" "
             "instead";
    return false;
}

static bool matches_registry(const struct cpm_allow_key *key,
                             const struct cpm_allow_subject *subject)
{
    struct cpm_version version;
    if (!subject->registry || !cpm_str_eq(key->spec.name, subject->name))
        return false;
    if (key->any_version)
        return true;
    if (!subject->version.len)
        return key->verdict == CPM_ALLOW_NO;
    if (key->spec.type == CPM_SPEC_VERSION)
        return cpm_str_eq(key->spec.fetch, subject->version);
    return key->spec.range && cpm_version_parse(subject->version, CPM_SEMVER_LOOSE, &version) &&
           cpm_range_satisfies(key->spec.range, &version, 0);
}

/* By repository, and by the beginning of the commit when the key names one. */
static bool matches_git(struct cpm_arena *arena, const struct cpm_spec *key,
                        struct cpm_str resolved)
{
    struct cpm_spec node;
    struct cpm_hosted_options bare = {.no_committish = true};
    if (!cpm_str_starts(resolved, "git") || cpm_spec_parse(arena, resolved, NULL, &node, NULL) < 0)
        return false;
    if (key->hosted && node.hosted) {
        if (!cpm_str_eq(cpm_hosted_url(arena, key->hosted, CPM_HOSTED_SSH, &bare),
                        cpm_hosted_url(arena, node.hosted, CPM_HOSTED_SSH, &bare)))
            return false;
    } else if (!key->fetch.len || !cpm_str_eq(key->fetch, node.fetch)) {
        return false;
    }
    struct cpm_str commit = node.committish;
    return cpm_str_eq(cpm_str_sub(commit, 0, key->committish.len), key->committish);
}

bool cpm_allow_key_matches(struct cpm_arena *arena, const struct cpm_allow_key *key,
                           const struct cpm_allow_subject *subject)
{
    const struct cpm_spec *spec = &key->spec;
    switch (spec->type) {
    case CPM_SPEC_TAG:
    case CPM_SPEC_RANGE:
    case CPM_SPEC_VERSION:
        return matches_registry(key, subject);
    case CPM_SPEC_GIT:
        return matches_git(arena, spec, subject->resolved);
    case CPM_SPEC_FILE:
    case CPM_SPEC_DIRECTORY:
    case CPM_SPEC_REMOTE:
        return subject->resolved.len && (cpm_str_eq(subject->resolved, spec->save) ||
                                         cpm_str_eq(subject->resolved, spec->fetch));
    case CPM_SPEC_ALIAS:
    case CPM_SPEC_WORKSPACE:
        return false;
    }
    return false;
}

bool cpm_allow_key_targets(struct cpm_arena *arena, const struct cpm_allow_key *key,
                           const struct cpm_allow_subject *subject)
{
    struct cpm_allow_key any = *key;
    any.any_version = true;
    any.spec.committish = CPM_STR("");
    return cpm_allow_key_matches(arena, &any, subject);
}
