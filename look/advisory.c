/* A verdict is remembered the first time it is given, so the order of questions matters, as it does
 * for npm: what was asked with a dependent's own spec stays so. */
#include "look/advisory.h"

#include "semver/sets.h"

static const char fine, vulnerable; /* marks in maps: only their addresses count */

static const void *mark(bool bad)
{
    return bad ? &vulnerable : &fine;
}

static struct cpm_advisory *advisory_new(struct cpm_arena *arena,
                                         const struct cpm_packument *packument)
{
    struct cpm_advisory *a = CPM_NEW(arena, struct cpm_advisory);
    uint32_t count = packument ? cpm_packument_count(packument) : 0;
    a->arena = arena;
    a->packument = packument;
    a->tested = CPM_NEW_ARRAY(arena, unsigned char, count + 1);
    a->vulnerable = CPM_NEW_ARRAY(arena, bool, count + 1);
    return a;
}

static void set_range(struct cpm_advisory *a, struct cpm_str range)
{
    a->range = range;
    a->parsed = cpm_range_parse(a->arena, range, CPM_ADVISORY_SEMVER);
}

struct cpm_advisory *cpm_advisory_new(struct cpm_arena *arena, struct cpm_str name,
                                      const struct cpm_json *told,
                                      const struct cpm_packument *packument)
{
    struct cpm_advisory *a = advisory_new(arena, packument);
    struct cpm_str range = cpm_json_get_str(told, "vulnerable_versions");
    struct cpm_str severity = cpm_json_get_str(told, "severity");
    a->name = a->dependency = name;
    a->told = told;
    a->title = cpm_json_get_str(told, "title");
    a->url = cpm_json_get_str(told, "url");
    a->severity = severity.len ? severity : CPM_STR("high");
    set_range(a, range.len ? range : CPM_STR("*"));
    cpm_advisory_test_all(a);
    return a;
}

static struct cpm_str version_text(const struct cpm_advisory *a, uint32_t i)
{
    struct cpm_packument_facts facts;
    cpm_packument_facts(a->packument, i, &facts);
    return facts.text;
}

static bool is_prerelease(const struct cpm_advisory *a, uint32_t i)
{
    return cpm_str_chr(version_text(a, i), '-') != CPM_NPOS;
}

/* Takes one run of vulnerable versions from *v on; prereleases between do not end it, for they were
 * not tested. False when the version at *v begins none. */
static bool take_run(const struct cpm_advisory *a, uint32_t *v, uint32_t *first, uint32_t *last)
{
    uint32_t count = cpm_advisory_count(a);
    bool any = false;
    *first = *v;
    for (; *v < count; ++*v) {
        if (!a->vulnerable[*v]) {
            if (is_prerelease(a, *v))
                continue;
            break;
        }
        *last = *v;
        any = true;
    }
    return any;
}

static void calculate_range(struct cpm_advisory *a)
{
    uint32_t count = cpm_advisory_count(a), first, last;
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    struct cpm_str *versions = CPM_NEW_ARRAY(a->arena, struct cpm_str, count + 1), range;
    for (uint32_t i = 0; i < count; i++)
        versions[i] = version_text(a, i);
    for (uint32_t v = 0; v < count; v++) {
        if (!take_run(a, &v, &first, &last))
            continue;
        cpm_buf_add_text(&text, text.len ? " || " : "");
        if (last == count - 1)
            cpm_buf_addf(&text, ">=%.*s", CPM_STR_ARG(versions[first]));
        else if (first == last)
            cpm_buf_add_str(&text, versions[first]);
        else
            cpm_buf_addf(&text, "%.*s - %.*s", CPM_STR_ARG(versions[first]),
                         CPM_STR_ARG(versions[last]));
    }
    struct cpm_simplify in = {.range = cpm_arena_str(a->arena, cpm_buf_str(&text)),
                              .versions = versions,
                              .count = count,
                              .flags = CPM_ADVISORY_SEMVER};
    if (text.len == 0)
        range = CPM_STR("<0.0.0-0");
    else if (cpm_range_simplify(a->arena, &in, &range, NULL) < 0)
        range = in.range;
    cpm_buf_release(&text);
    set_range(a, range);
}

struct cpm_advisory *cpm_advisory_derive(struct cpm_advisory *cause, struct cpm_names *names,
                                         struct cpm_str name, const struct cpm_packument *packument)
{
    struct cpm_advisory *a = advisory_new(cause->arena, packument);
    a->name = name;
    a->dependency = cause->name;
    a->told = cause->told;
    a->cause = cause;
    a->names = names;
    a->title = cpm_str(cpm_arena_printf(a->arena, "Depends on vulnerable versions of %.*s",
                                        CPM_STR_ARG(cause->name)));
    a->severity = cause->severity;
    cpm_advisory_test_all(a);
    calculate_range(a);
    return a;
}

void cpm_advisory_release(struct cpm_advisory *a)
{
    cpm_map_release(&a->others);
    cpm_map_release(&a->specs);
}

/* dependencies, then optional, then peers; development does not count for a dependent. */
static struct cpm_str wished_spec(const struct cpm_manifest *m, struct cpm_str name)
{
    static const enum cpm_dep_group groups[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_PEER};
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        const struct cpm_deps *deps = &m->deps[groups[g]];
        for (uint32_t i = 0; i < deps->n; i++)
            if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
                return cpm_name_str(deps->v[i].spec);
    }
    return CPM_STR_NONE;
}

static bool is_bundled(const struct cpm_manifest *m, struct cpm_str name)
{
    for (uint32_t i = 0; i < m->bundle_count; i++)
        if (cpm_str_eq(cpm_name_str(m->bundle[i]), name))
            return true;
    return false;
}

/* A spec that is no range leaves nothing to hope for; a bundled dependency may be any of its range.
 */
static bool derived_has(struct cpm_advisory *a, const struct cpm_manifest *m, struct cpm_str spec)
{
    if (!spec.len && m)
        spec = wished_spec(m, a->dependency);
    if (!spec.ptr)
        return false;
    const struct cpm_range *range = cpm_range_parse(a->arena, spec, CPM_ADVISORY_SEMVER);
    if (!range)
        return true;
    if (m && is_bundled(m, a->dependency))
        return a->cause->parsed &&
               cpm_range_intersects(range, a->cause->parsed, CPM_ADVISORY_SEMVER);
    return cpm_advisory_has_spec(a->cause, spec);
}

static bool in_range(const struct cpm_advisory *a, const struct cpm_version *version)
{
    return a->parsed && cpm_range_satisfies(a->parsed, version, CPM_ADVISORY_SEMVER);
}

bool cpm_advisory_has_index(struct cpm_advisory *a, uint32_t i, struct cpm_str spec)
{
    struct cpm_packument_facts facts;
    bool bad = a->vulnerable[i];
    if (a->tested[i] != CPM_VERDICT_NONE)
        return a->tested[i] == CPM_VERDICT_VULNERABLE;
    if (!bad && !a->cause) {
        cpm_packument_facts(a->packument, i, &facts);
        bad = in_range(a, &facts.version);
    } else if (!bad) {
        bad = derived_has(a, cpm_packument_manifest(a->packument, i, a->names, a->arena), spec);
    }
    a->tested[i] = bad ? CPM_VERDICT_VULNERABLE : CPM_VERDICT_FINE;
    a->vulnerable[i] |= bad;
    return bad;
}

bool cpm_advisory_has(struct cpm_advisory *a, struct cpm_str version, struct cpm_str spec)
{
    int64_t i = a->packument ? cpm_packument_find(a->packument, version) : -1;
    struct cpm_version parsed;
    bool bad;
    if (i >= 0 && i < (int64_t)cpm_advisory_count(a))
        return cpm_advisory_has_index(a, (uint32_t)i, spec);
    const void *known = cpm_map_get(&a->others, version);
    if (known)
        return known == &vulnerable;
    if (a->cause)
        bad = derived_has(a, NULL, spec);
    else
        bad = cpm_version_parse(version, CPM_SEMVER_LOOSE, &parsed) && in_range(a, &parsed);
    cpm_map_set(&a->others, cpm_arena_str(a->arena, version), (void *)mark(bad));
    return bad;
}

bool cpm_advisory_has_spec(struct cpm_advisory *a, struct cpm_str spec)
{
    const void *known = cpm_map_get(&a->specs, spec);
    const struct cpm_range *range = cpm_range_parse(a->arena, spec, CPM_ADVISORY_SEMVER);
    struct cpm_packument_facts facts;
    bool bad = true;
    if (known)
        return known == &vulnerable;
    for (uint32_t i = 0; range && bad && i < cpm_advisory_count(a); i++) {
        cpm_packument_facts(a->packument, i, &facts);
        if (cpm_range_satisfies(range, &facts.version, CPM_ADVISORY_SEMVER) &&
            !cpm_advisory_has_index(a, i, CPM_STR_NONE))
            bad = false;
    }
    cpm_map_set(&a->specs, cpm_arena_str(a->arena, spec), (void *)mark(bad));
    return bad;
}
