#include "install/git/locked.h"

#include "semver/hosted.h"
#include "semver/spec.h"

bool cpm_git_is_locked(const struct cpm_lock_entry *entry)
{
    return !entry->link &&
           (cpm_str_starts(entry->resolved, "git+") || cpm_str_starts(entry->resolved, "git:"));
}

static bool same_repository(struct cpm_arena *arena, const struct cpm_spec *a,
                            const struct cpm_spec *b)
{
    static const struct cpm_hosted_options plain = {.no_committish = true};

    if (!a->hosted || !b->hosted)
        return !a->hosted && !b->hosted && cpm_str_eq(a->fetch, b->fetch);
    return cpm_str_eq(cpm_hosted_url(arena, a->hosted, CPM_HOSTED_SSH, &plain),
                      cpm_hosted_url(arena, b->hosted, CPM_HOSTED_SSH, &plain));
}

/* The folder that one package asks for, or "". */
static struct cpm_str asked_by(struct cpm_arena *arena, const struct cpm_manifest *m,
                               struct cpm_str name, const struct cpm_spec *locked)
{
    struct cpm_spec spec;

    for (int g = CPM_DEPS_PROD; m && g <= CPM_DEPS_PEER; g++)
        for (uint32_t i = 0; i < m->deps[g].n; i++) {
            const struct cpm_name *text = m->deps[g].v[i].spec;

            if (cpm_str_eq(cpm_name_str(m->deps[g].v[i].name), name) &&
                cpm_str_find(cpm_name_str(text), "path:") != CPM_NPOS &&
                cpm_spec_resolve(arena, name, cpm_name_str(text), "/", &spec, NULL) == 0 &&
                spec.git_subdir.len && same_repository(arena, &spec, locked))
                return spec.git_subdir;
        }
    return CPM_STR_NONE;
}

struct cpm_str cpm_git_locked_spec(struct cpm_arena *arena, const struct cpm_lock *lock,
                                   const struct cpm_lock_entry *entry)
{
    struct cpm_str name = cpm_location_name(entry->location), folder = CPM_STR_NONE;
    struct cpm_spec locked;

    if (cpm_spec_resolve(arena, name, entry->resolved, "/", &locked, NULL) < 0 ||
        locked.git_subdir.len)
        return entry->resolved;
    for (size_t i = 0; i < lock->count && !folder.len; i++)
        folder = asked_by(arena, lock->entries[i].manifest, name, &locked);
    if (!folder.len)
        return entry->resolved;
    return cpm_str(cpm_arena_printf(arena, "%.*s::path:%.*s", CPM_STR_ARG(entry->resolved),
                                    CPM_STR_ARG(cpm_str_sub(folder, 1, folder.len))));
}

static bool asks_for(struct cpm_arena *arena, const struct cpm_manifest *m,
                     const struct cpm_spec *locked)
{
    struct cpm_spec spec;

    for (int g = CPM_DEPS_PROD; m && g <= CPM_DEPS_PEER; g++)
        for (uint32_t i = 0; i < m->deps[g].n; i++) {
            struct cpm_str text = cpm_name_str(m->deps[g].v[i].spec);

            if (cpm_str_chr(text, '/') != CPM_NPOS &&
                cpm_spec_resolve(arena, CPM_STR("x"), text, "/", &spec, NULL) == 0 &&
                spec.type == CPM_SPEC_GIT && same_repository(arena, &spec, locked))
                return true;
        }
    return false;
}

bool cpm_git_is_asked_for(const struct cpm_lock *lock, const struct cpm_lock_entry *entry)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_spec locked;
    bool found = false;

    if (cpm_spec_resolve(&arena, CPM_STR("x"), entry->resolved, "/", &locked, NULL) == 0)
        for (size_t i = 0; i < lock->count && !found; i++)
            found = asks_for(&arena, lock->entries[i].manifest, &locked);
    cpm_arena_release(&arena);
    return found;
}
