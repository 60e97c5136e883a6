/* A repository is somebody else's: unlike npm, nothing of it is installed or run. */
#include "cli/pack_git.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/term.h"
#include "install/git/clone.h"
#include "install/git/prepare.h"

#include <stdlib.h>

/* The package's folder, which #path: may name, and a link in the repository may not lead out of. */
static int enter(struct cpm_pack_run *run, struct cpm_error *err)
{
    struct cpm_arena *arena = run->cli->arena;
    struct cpm_str below = run->spec.git_subdir;
    const char *root = cpm_fs_realpath(arena, run->clone, err);
    if (!root)
        return CPM_EIO;
    const char *path =
        cpm_fs_realpath(arena, cpm_arena_printf(arena, "%s%.*s", root, CPM_STR_ARG(below)), NULL);
    if (!path || !cpm_path_within(root, path))
        return cpm_error_set(err, CPM_EIO, "there is no folder '%.*s' in '%.*s'",
                             CPM_STR_ARG(below), CPM_STR_ARG(run->spec.raw));
    run->spec =
        (struct cpm_spec){.type = CPM_SPEC_DIRECTORY, .raw = run->spec.raw, .fetch = cpm_str(path)};
    return 0;
}

int cpm_pack_clone(struct cpm_pack_run *run, struct cpm_error *err)
{
    struct cpm_arena *arena = run->cli->arena;
    const char *allow = cpm_config_str(run->cli->config, "allow-git");
    const char *temp = getenv("TMPDIR");
    struct cpm_git_tool git;
    struct cpm_str sha;
    if (allow && strcmp(allow, "none") == 0)
        return cpm_error_set(err, CPM_EALLOWGIT,
                             "Fetching packages of type \"git\" have been disabled");
    int rc = cpm_git_tool_open(arena, cpm_config_str(run->cli->config, "git"), &git, err);
    if (rc < 0)
        return rc;
    char *folder = cpm_arena_printf(arena, "%s/cpm-git-XXXXXX", temp && *temp ? temp : "/tmp");
    if (!mkdtemp(folder))
        return cpm_error_set(err, CPM_EIO, "cannot make the folder '%s'", folder);
    run->clone = folder;
    rc = cpm_git_clone(&git, &run->spec, folder, &sha, err);
    return rc < 0 ? rc : enter(run, err);
}

void cpm_pack_clone_warn(struct cpm_pack_run *run)
{
    if (run->clone && cpm_git_wants_preparing(&run->package))
        cpm_term_log(run->cli->term, CPM_LOG_WARN, "git",
                     "%s has scripts that build it; they are not run, so what it holds is what its "
                     "repository holds",
                     run->package.id ? run->package.id : run->package.path);
}
