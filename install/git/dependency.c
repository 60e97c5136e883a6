/* The commit names the content, so one note in the store is enough to find the packed entry again:
 * "INTEGRITY" or "INTEGRITY prepare", the latter for a package that builds something first. What
 * was packed without building and with it are two entries. */
#include "install/git/dependency.h"

#include "base/fs.h"
#include "base/path.h"
#include "install/git/clone.h"
#include "install/git/prepare.h"
#include "install/pack_folder.h"
#include "install/store_entry.h"

#include <errno.h>

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

int cpm_git_dependency_get(struct cpm_git_dependency *dep, struct cpm_error *err)
{
    struct cpm_spec spec;
    int rc = cpm_spec_resolve(dep->arena, CPM_STR("x"), dep->spec, "/", &spec, err);

    if (rc < 0)
        return rc;
    if (spec.type != CPM_SPEC_GIT)
        return cpm_error_set(err, CPM_EINVAL, "'%.*s' is no git repository",
                             CPM_STR_ARG(dep->spec));
    spec.name = dep->name;
    if (cpm_spec_is_commit(spec.committish)) {
        dep->resolved = cpm_git_resolved(dep->arena, &spec, spec.committish);
        if (find_stored(dep, &spec))
            return 0;
    }
    return clone_and_pack(dep, &spec, err);
}
