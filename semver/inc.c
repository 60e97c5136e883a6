/* A pre… type is the plain step followed by the prerelease's own step. */
#include "semver/inc.h"

#include "base/buf.h"
#include "semver/scan.h"

#include <inttypes.h>

static const char *const release_names[] = {
    [CPM_RELEASE_MAJOR] = "major",
    [CPM_RELEASE_PREMAJOR] = "premajor",
    [CPM_RELEASE_MINOR] = "minor",
    [CPM_RELEASE_PREMINOR] = "preminor",
    [CPM_RELEASE_PATCH] = "patch",
    [CPM_RELEASE_PREPATCH] = "prepatch",
    [CPM_RELEASE_PRERELEASE] = "prerelease",
    [CPM_RELEASE_RELEASE] = "release",
    [CPM_RELEASE_PRE] = "pre",
};

bool cpm_release_parse(struct cpm_str word, enum cpm_release *out)
{
    for (size_t i = 0; i < sizeof(release_names) / sizeof(release_names[0]); i++) {
        if (cpm_str_is(word, release_names[i])) {
            *out = (enum cpm_release)i;
            return true;
        }
    }
    return false;
}

static bool is_pre(enum cpm_release release)
{
    return strncmp(release_names[release], "pre", 3) == 0;
}

static int check(const struct cpm_inc *how, struct cpm_error *err)
{
    struct cpm_str id = how->identifier;
    const char *end = id.ptr + id.len;
    bool loose = how->flags & CPM_SEMVER_LOOSE;

    if (!is_pre(how->release))
        return 0;
    if (!id.len && how->base == CPM_INC_NONE)
        return cpm_error_set(err, CPM_EINVALIDVERSION,
                             "invalid increment argument: identifier is empty");
    if (id.len && cpm_scan_idlist(id.ptr, end, loose ? CPM_SCAN_ANY : CPM_SCAN_STRICT) != end)
        return cpm_error_set(err, CPM_EINVALIDVERSION, "invalid identifier: %.*s", CPM_STR_ARG(id));
    return 0;
}

static void step_main(struct cpm_version *v, enum cpm_release release)
{
    bool pre = v->prerelease.len > 0;

    v->prerelease = CPM_STR_NONE;
    switch (release) {
    case CPM_RELEASE_MAJOR:
        v->major += v->minor || v->patch || !pre;
        v->minor = v->patch = 0;
        break;
    case CPM_RELEASE_MINOR:
        v->minor += v->patch || !pre;
        v->patch = 0;
        break;
    case CPM_RELEASE_PATCH:
        v->patch += !pre;
        break;
    default:
        break;
    }
}

/* The last number of the prerelease, as [*from, *to); false when it has none. */
static bool last_number(struct cpm_str pre, size_t *from, size_t *to)
{
    uint64_t value;

    for (*to = pre.len;; *to = *from - 1) {
        size_t dot = cpm_str_rchr(cpm_str_sub(pre, 0, *to), '.');

        *from = dot == CPM_NPOS ? 0 : dot + 1;
        if (cpm_scan_small_number(cpm_str_sub(pre, *from, *to - *from), &value))
            return true;
        if (*from == 0)
            return false;
    }
}

static struct cpm_str raise_number(struct cpm_arena *arena, struct cpm_str pre, size_t from,
                                   size_t to)
{
    uint64_t value = 0;

    cpm_scan_small_number(cpm_str_sub(pre, from, to - from), &value);
    return cpm_str(cpm_arena_printf(arena, "%.*s%" PRIu64 "%.*s", (int)from, pre.ptr, value + 1,
                                    (int)(pre.len - to), pre.ptr + to));
}

static bool take_id(struct cpm_str *rest, struct cpm_str *id)
{
    return rest->ptr && cpm_str_split(rest, '.', id);
}

/* The prerelease begins with the identifier, and a number comes next. */
static bool continues(struct cpm_str pre, struct cpm_str identifier)
{
    struct cpm_str have = CPM_STR_NONE, want;
    uint64_t value;

    while (take_id(&identifier, &want))
        if (!take_id(&pre, &have) || cpm_version_cmp_id(have, want) != 0)
            return false;
    return take_id(&pre, &have) && have.len &&
           cpm_scan_number(have.ptr, have.ptr + have.len, &value) == have.ptr + have.len;
}

static int step_pre(struct cpm_arena *arena, struct cpm_version *v, const struct cpm_inc *how,
                    struct cpm_error *err)
{
    const char *base = how->base == CPM_INC_ONE ? "1" : "0";
    struct cpm_str id = how->identifier;
    size_t from, to;

    if (!v->prerelease.len) {
        v->prerelease = cpm_str(base);
    } else if (last_number(v->prerelease, &from, &to)) {
        v->prerelease = raise_number(arena, v->prerelease, from, to);
    } else {
        if (how->base == CPM_INC_NONE && cpm_str_eq(id, v->prerelease))
            return cpm_error_set(err, CPM_EINVALIDVERSION,
                                 "invalid increment argument: identifier already exists");
        v->prerelease =
            cpm_str(cpm_arena_printf(arena, "%.*s.%s", CPM_STR_ARG(v->prerelease), base));
    }
    if (!id.len || continues(v->prerelease, id))
        return 0;
    v->prerelease = cpm_str(cpm_arena_printf(arena, "%.*s%s%s", CPM_STR_ARG(id),
                                             how->base == CPM_INC_NONE ? "" : ".",
                                             how->base == CPM_INC_NONE ? "" : base));
    return 0;
}

static int step_into_pre(struct cpm_arena *arena, struct cpm_version *v, const struct cpm_inc *how,
                         struct cpm_error *err)
{
    switch (how->release) {
    case CPM_RELEASE_PREMAJOR:
        v->major++;
        v->minor = v->patch = 0;
        v->prerelease = CPM_STR_NONE;
        break;
    case CPM_RELEASE_PREMINOR:
        v->minor++;
        v->patch = 0;
        v->prerelease = CPM_STR_NONE;
        break;
    case CPM_RELEASE_PREPATCH:
        v->patch++;
        v->prerelease = CPM_STR_NONE;
        break;
    case CPM_RELEASE_PRERELEASE:
        v->patch += !v->prerelease.len;
        break;
    default:
        break;
    }
    return step_pre(arena, v, how, err);
}

int cpm_version_inc(struct cpm_arena *arena, struct cpm_version *v, const struct cpm_inc *how,
                    struct cpm_error *err)
{
    int rc = check(how, err);

    if (rc < 0)
        return rc;
    if (is_pre(how->release))
        return step_into_pre(arena, v, how, err);
    if (how->release == CPM_RELEASE_RELEASE && !v->prerelease.len)
        return cpm_error_set(err, CPM_EINVALIDVERSION, "version %s is not a prerelease",
                             cpm_version_text(arena, v));
    step_main(v, how->release);
    return 0;
}

bool cpm_version_truncate(struct cpm_version *v, enum cpm_release to)
{
    if (to == CPM_RELEASE_RELEASE || to == CPM_RELEASE_PRE)
        return false;
    v->build = CPM_STR_NONE;
    if (is_pre(to))
        return true;
    v->prerelease = CPM_STR_NONE;
    if (to == CPM_RELEASE_MAJOR)
        v->minor = 0;
    if (to != CPM_RELEASE_PATCH)
        v->patch = 0;
    return true;
}
