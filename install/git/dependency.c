/* The commit names the content, so one note in the store is enough to find the packed entry again:
 * "INTEGRITY" or "INTEGRITY prepare", the latter for a package that builds something first. What
 * was packed without building and with it are two entries. */
#include "install/git/dependency.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "install/git/clone.h"
#include "install/git/prepare.h"
#include "install/inflate.h"
#include "install/pack_folder.h"
#include "install/store_entry.h"
#include "install/unpack.h"
#include "semver/hosted.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define WANTS_PREPARING " prepare"

static const char *note_key(const struct cpm_git_dependency *dep, const struct cpm_spec *spec,
                            bool prepared)
{
    return cpm_arena_printf(dep->arena, "git %d %.*s %.*s", prepared, CPM_STR_ARG(dep->resolved),
                            CPM_STR_ARG(spec->git_subdir));
}

static const struct cpm_store_entry *noted(const struct cpm_git_dependency *dep,
                                           const struct cpm_spec *spec, bool prepared, bool *wants)
{
    struct cpm_str note =
        cpm_store_note_get(dep->store, cpm_str(note_key(dep, spec, prepared)), dep->arena);

    *wants = cpm_str_ends(note, WANTS_PREPARING);
    if (*wants)
        note.len -= strlen(WANTS_PREPARING);
    return note.len ? cpm_store_find(dep->store, note) : NULL;
}

/* Sets dep->entry when the store has what is wanted. */
static bool find_stored(struct cpm_git_dependency *dep, const struct cpm_spec *spec)
{
    bool wants;

    dep->entry = noted(dep, spec, false, &wants);
    if (dep->prepare && (wants || !dep->entry))
        dep->entry = noted(dep, spec, true, &wants);
    return dep->entry != NULL;
}

/* The spec's folder in the clone; a link must not lead out of it. */
static int find_folder(const struct cpm_git_dependency *dep, const struct cpm_spec *spec,
                       const char *clone, const char **out, struct cpm_error *err)
{
    const char *path = cpm_arena_printf(dep->arena, "%s%.*s", clone, CPM_STR_ARG(spec->git_subdir));
    const char *root = cpm_fs_realpath(dep->arena, clone, err);

    if (!root)
        return CPM_EIO;
    *out = cpm_fs_realpath(dep->arena, path, NULL);
    if (*out && cpm_path_within(root, *out))
        return 0;
    return cpm_error_sys(err, ENOENT, "open the folder '%.*s' of '%.*s'",
                         CPM_STR_ARG(spec->git_subdir), CPM_STR_ARG(dep->spec));
}

static int pack(struct cpm_git_dependency *dep, const struct cpm_spec *spec, const char *clone,
                struct cpm_error *err)
{
    struct cpm_script_package package;
    const char *folder;
    struct cpm_str integrity;
    bool wants, prepared;
    int rc = find_folder(dep, spec, clone, &folder, err);

    if (rc == 0)
        rc = cpm_script_package_read(folder, dep->arena, &package, err);
    if (rc < 0)
        return rc;
    wants = cpm_git_wants_preparing(&package);
    prepared = wants && dep->prepare;
    if (prepared)
        rc = cpm_git_prepare(dep->arena, &package, dep->resolved, dep->opts->scripts, err);
    if (rc == 0)
        rc = cpm_pack_into_store(dep->store, &package, dep->name, &dep->entry, err);
    cpm_script_package_release(&package);
    if (rc < 0)
        return rc;
    integrity = cpm_store_entry_integrity(dep->entry);
    cpm_store_note_set(dep->store, cpm_str(note_key(dep, spec, prepared)),
                       cpm_str(cpm_arena_printf(dep->arena, "%.*s%s", CPM_STR_ARG(integrity),
                                                wants ? WANTS_PREPARING : "")));
    return 0;
}

/* A host's tarball as a folder. What it has as .gitignore stays one: whoever prepares the package
 * may look at it. */
static int unpack_tarball(const struct cpm_git_dependency *dep, const char *folder,
                          struct cpm_error *err)
{
    struct cpm_inflated inflated = {.owned = NULL};
    struct cpm_write_plan plan = {.dirs = NULL};
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc;

    if (dir < 0)
        return cpm_error_sys(err, errno, "open '%s'", folder);
    rc = cpm_inflate(dep->tarball, &inflated, err);
    if (rc == 0)
        rc = cpm_write_plan_build(inflated.bytes, false, dep->arena, &plan, err);
    for (uint32_t i = 0; rc == 0 && i < plan.file_count; i++)
        if (plan.files[i].renamed)
            plan.files[i].name = CPM_STR(".gitignore");
    if (rc == 0)
        rc = cpm_unpack(&plan, dir, dep->name, err);
    cpm_write_plan_release(&plan);
    cpm_free(inflated.owned);
    close(dir);
    return rc;
}

/* False when the tarball cannot be used, as when its package lies in a folder and there is none at
 * the top: the clone is left. */
static bool tarball_and_pack(struct cpm_git_dependency *dep, const struct cpm_spec *spec, int *rc,
                             struct cpm_error *err)
{
    const char *folder = NULL;
    bool unpacked = dep->tarball.len &&
                    cpm_store_temp(dep->store, dep->arena, &folder, NULL) == 0 &&
                    unpack_tarball(dep, folder, NULL) == 0;

    if (unpacked)
        *rc = pack(dep, spec, folder, err);
    if (folder)
        cpm_fs_remove(folder, NULL);
    return unpacked;
}

static int clone_and_pack(struct cpm_git_dependency *dep, const struct cpm_spec *spec,
                          struct cpm_error *err)
{
    struct cpm_git_tool git;
    const char *clone = NULL;
    struct cpm_str sha;
    int rc = cpm_git_tool_open(dep->arena, dep->opts->program, &git, err);

    if (rc == 0)
        rc = cpm_store_temp(dep->store, dep->arena, &clone, err);
    if (rc == 0)
        rc = cpm_git_clone(&git, spec, clone, &sha, err);
    if (rc == 0) {
        dep->resolved = cpm_git_resolved(dep->arena, spec, sha);
        if (!find_stored(dep, spec))
            rc = pack(dep, spec, clone, err);
    }
    if (clone)
        cpm_fs_remove(clone, NULL);
    return rc;
}

static int read_spec(const struct cpm_git_dependency *dep, struct cpm_spec *spec,
                     struct cpm_error *err)
{
    int rc = cpm_spec_resolve(dep->arena, CPM_STR("x"), dep->spec, "/", spec, err);

    if (rc < 0)
        return rc;
    if (spec->type != CPM_SPEC_GIT)
        return cpm_error_set(err, CPM_EINVAL, "'%.*s' is no git repository",
                             CPM_STR_ARG(dep->spec));
    spec->name = dep->name;
    return 0;
}

static bool find_commit(struct cpm_git_dependency *dep, const struct cpm_spec *spec)
{
    if (!cpm_spec_is_commit(spec->committish))
        return false;
    dep->resolved = cpm_git_resolved(dep->arena, spec, spec->committish);
    return find_stored(dep, spec);
}

bool cpm_git_dependency_find(struct cpm_git_dependency *dep)
{
    struct cpm_spec spec;

    return read_spec(dep, &spec, NULL) == 0 && find_commit(dep, &spec);
}

struct cpm_str cpm_git_tarball_url(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_spec spec;

    if (cpm_spec_resolve(arena, CPM_STR("x"), text, "/", &spec, NULL) < 0 || !spec.hosted ||
        !cpm_spec_is_commit(spec.committish))
        return CPM_STR_NONE;
    return cpm_hosted_url(arena, spec.hosted, CPM_HOSTED_TARBALL, NULL);
}

int cpm_git_dependency_get(struct cpm_git_dependency *dep, struct cpm_error *err)
{
    struct cpm_spec spec;
    int rc = read_spec(dep, &spec, err);

    if (rc < 0 || find_commit(dep, &spec))
        return rc;
    return tarball_and_pack(dep, &spec, &rc, err) ? rc : clone_and_pack(dep, &spec, err);
}
