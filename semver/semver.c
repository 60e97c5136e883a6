/* The public face (cpm/semver.h). A handle is an arena with what was read into it; the calls from
 * text to answer work in room of their own and allocate nothing for ranges of usual size. */
#include "cpm/semver.h"

#include "base/mem.h"
#include "semver/range.h"
#include "semver/sets.h"

#include <stdalign.h>

enum { ROOM = 2048 };

struct cpm_semver {
    struct cpm_arena arena;
    struct cpm_version version;
    const char *text;
};

struct cpm_semver_range {
    struct cpm_arena arena;
    const struct cpm_range *range;
    const char *text;
    unsigned flags;
};

static unsigned flags_of(const struct cpm_semver_options *options)
{
    unsigned flags = 0;

    if (options && options->loose)
        flags |= CPM_SEMVER_LOOSE;
    if (options && options->include_prerelease)
        flags |= CPM_SEMVER_INCLUDE_PRERELEASE;
    return flags;
}

static bool is_known(const struct cpm_semver_options *options, const char *text,
                     struct cpm_error *err)
{
    if (text && (!options || options->size == sizeof(*options)))
        return true;
    cpm_error_set(err, CPM_EINVAL,
                  text ? "the options are of another version" : "there is no text");
    return false;
}

struct cpm_semver *cpm_semver_new(const char *text, const struct cpm_semver_options *options,
                                  struct cpm_error *err)
{
    struct cpm_semver *v;

    if (!is_known(options, text, err))
        return NULL;
    v = cpm_calloc(1, sizeof(*v));
    cpm_arena_init(&v->arena);
    if (cpm_version_read(cpm_arena_str(&v->arena, cpm_str(text)), flags_of(options), &v->version,
                         err) < 0) {
        cpm_semver_free(v);
        return NULL;
    }
    v->text = cpm_version_text(&v->arena, &v->version);
    v->version.prerelease = cpm_arena_str(&v->arena, v->version.prerelease); /* NUL-ended */
    v->version.build = cpm_arena_str(&v->arena, v->version.build);
    return v;
}

void cpm_semver_free(struct cpm_semver *v)
{
    if (!v)
        return;
    cpm_arena_release(&v->arena);
    cpm_free(v);
}

const char *cpm_semver_text(const struct cpm_semver *v)
{
    return v->text;
}

struct cpm_semver_parts cpm_semver_parts(const struct cpm_semver *v)
{
    return (struct cpm_semver_parts){v->version.major, v->version.minor, v->version.patch,
                                     v->version.prerelease.ptr, v->version.build.ptr};
}

int cpm_semver_compare(const struct cpm_semver *a, const struct cpm_semver *b)
{
    return cpm_version_cmp(&a->version, &b->version);
}

struct cpm_semver_range *cpm_semver_range_new(const char *text,
                                              const struct cpm_semver_options *options,
                                              struct cpm_error *err)
{
    struct cpm_semver_range *r;

    if (!is_known(options, text, err))
        return NULL;
    r = cpm_calloc(1, sizeof(*r));
    cpm_arena_init(&r->arena);
    r->flags = flags_of(options);
    if (cpm_range_read(&r->arena, cpm_str(text), r->flags, &r->range, err) < 0) {
        cpm_semver_range_free(r);
        return NULL;
    }
    r->text = cpm_range_text(&r->arena, r->range);
    return r;
}

void cpm_semver_range_free(struct cpm_semver_range *r)
{
    if (!r)
        return;
    cpm_arena_release(&r->arena);
    cpm_free(r);
}

const char *cpm_semver_range_text(const struct cpm_semver_range *r)
{
    return r->text;
}

bool cpm_semver_range_holds(const struct cpm_semver_range *r, const struct cpm_semver *v)
{
    return cpm_range_satisfies(r->range, &v->version, r->flags);
}

bool cpm_semver_range_intersects(const struct cpm_semver_range *a, const struct cpm_semver_range *b)
{
    return cpm_range_intersects(a->range, b->range, a->flags | b->flags);
}

bool cpm_semver_range_subset(const struct cpm_semver_range *inner,
                             const struct cpm_semver_range *outer)
{
    return cpm_range_subset(inner->range, outer->range, inner->flags | outer->flags);
}

bool cpm_semver_satisfies(const char *version, const char *range,
                          const struct cpm_semver_options *options)
{
    unsigned flags = flags_of(options);
    struct cpm_version v;

    return is_known(options, range, NULL) && version &&
           cpm_version_parse(cpm_str(version), flags, &v) &&
           cpm_range_holds(cpm_str(range), &v, flags);
}

static ptrdiff_t choose(const char *const *versions, size_t count, const char *range, int sign,
                        const struct cpm_semver_options *options)
{
    alignas(max_align_t) char room[ROOM];
    struct cpm_arena arena;
    struct cpm_best best = CPM_BEST_INIT(NULL, flags_of(options), sign);

    cpm_arena_init_in(&arena, room, sizeof(room));
    if (is_known(options, range, NULL))
        best.range = cpm_range_parse(&arena, cpm_str(range), best.flags);
    for (size_t i = 0; best.range && i < count; i++)
        cpm_best_offer(&best, i, cpm_str(versions[i]));
    cpm_arena_release(&arena);
    return best.at == CPM_NPOS ? -1 : (ptrdiff_t)best.at;
}

ptrdiff_t cpm_semver_max_satisfying(const char *const *versions, size_t count, const char *range,
                                    const struct cpm_semver_options *options)
{
    return choose(versions, count, range, 1, options);
}

ptrdiff_t cpm_semver_min_satisfying(const char *const *versions, size_t count, const char *range,
                                    const struct cpm_semver_options *options)
{
    return choose(versions, count, range, -1, options);
}
