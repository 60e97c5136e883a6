/* The order is npm's: prepack, prepare, the list of files, the tarball, postpack. Only a folder's
 * scripts run; what comes from elsewhere is packed already and is handed on as it is. */
#include "cli/pack_run.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/pack_git.h"
#include "cli/pack_unpack.h"
#include "cli/script_host.h"
#include "cli/term.h"

static const char *folder_of(const struct cpm_pack_run *run)
{
    return cpm_arena_str(run->cli->arena, run->spec.fetch).ptr;
}

static void name_file(struct cpm_pack_run *run)
{
    struct cpm_arena *arena = run->cli->arena;
    struct cpm_str name = run->package.name;
    struct cpm_str version = cpm_json_get_str(run->package.json, "version");
    if (name.len && *name.ptr == '@')
        name = cpm_str_sub(name, 1, name.len);
    char *file = cpm_arena_printf(arena, "%.*s-%.*s.tgz", CPM_STR_ARG(name), CPM_STR_ARG(version));
    for (char *c = file; *c; c++)
        if (*c == '/' || *c == '\\')
            *c = '-';
    run->filename = file;
}

int cpm_pack_run_open(struct cpm_pack_run *run, const char *arg, struct cpm_error *err)
{
    struct cpm_cli *cli = run->cli;
    int rc = cpm_spec_parse(cli->arena, cpm_str(arg), cli->cwd, &run->spec, err);
    if (rc == 0 && run->spec.type == CPM_SPEC_GIT)
        rc = cpm_pack_clone(run, err);
    if (rc < 0)
        return rc;
    if (run->spec.type == CPM_SPEC_DIRECTORY)
        rc = cpm_script_package_read(folder_of(run), cli->arena, &run->package, err);
    else
        rc = cpm_pack_fetch(run, err);
    if (rc < 0)
        return rc;
    if (!run->package.id)
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid package, must have name and version");
    cpm_pack_clone_warn(run);
    name_file(run);
    return 0;
}

int cpm_pack_run_script(struct cpm_pack_run *run, const char *event, const char *const *env,
                        struct cpm_error *err)
{
    const struct cpm_config *config = run->cli->config;
    struct cpm_str command = cpm_json_get_str(cpm_script_table(&run->package), event);
    bool said = cpm_config_where(config, "foreground-scripts") != CPM_CONFIG_DEFAULT;
    bool inherit = !said || cpm_config_bool(config, "foreground-scripts");
    if (run->spec.type != CPM_SPEC_DIRECTORY || run->clone || command.len == 0 ||
        cpm_config_bool(config, "ignore-scripts"))
        return 0;
    if (!run->scripts.environment)
        cpm_script_host_options(run->cli, &run->scripts);
    struct cpm_script script = {
        .package = &run->package, .event = event, .command = command, .env = env};
    return cpm_script_host_run(run->cli, &run->scripts, &script, inherit, &run->exit_code, err);
}

static int pack_folder(struct cpm_pack_run *run, struct cpm_error *err)
{
    struct cpm_cli *cli = run->cli;
    struct cpm_packlist list;
    struct cpm_packlist_options opts = {.path = run->package.path,
                                        .prefix = run->workspaces ? cli->local_prefix : NULL,
                                        .workspaces = run->workspaces};
    int rc = cpm_packlist_read(cli->arena, &opts, &list, err);
    if (rc < 0)
        return rc;
    if (list.gitignore_fallback)
        cpm_term_log(cli->term, CPM_LOG_WARN, "gitignore-fallback",
                     "No .npmignore file found, using .gitignore for file exclusion. Consider "
                     "creating a .npmignore file to explicitly control published files.");
    cpm_packed_release(&run->packed);
    return cpm_pack_folder(cli->arena, run->package.path, &list,
                           cpm_json_get(run->package.json, CPM_STR("bin")), &run->packed, err);
}

static const char **script_env(struct cpm_pack_run *run, const char *from)
{
    struct cpm_arena *arena = run->cli->arena;
    const char **env = CPM_NEW_ARRAY(arena, const char *, 4);
    size_t n = 0;
    env[n++] = cpm_arena_printf(arena, "npm_package_resolved=%s", run->package.path);
    if (run->packed.integrity)
        env[n++] = cpm_arena_printf(arena, "npm_package_integrity=%s", run->packed.integrity);
    if (from)
        env[n++] = cpm_arena_printf(arena, "npm_package_from=%s", from);
    return env;
}

static int write_file(struct cpm_pack_run *run, const char *destination, struct cpm_error *err)
{
    struct cpm_arena *arena = run->cli->arena;
    const char *folder = cpm_path_resolve(arena, run->cli->cwd, destination);
    return cpm_fs_replace(cpm_path_join(arena, folder, run->filename),
                          cpm_str_n(run->packed.tarball, run->packed.size), 0, false, err);
}

int cpm_pack_run_pack(struct cpm_pack_run *run, const char *destination, struct cpm_error *err)
{
    bool folder = run->spec.type == CPM_SPEC_DIRECTORY;
    int rc = run->only_prepare ? 0 : cpm_pack_run_script(run, "prepack", NULL, err);
    if (rc == 0)
        rc = cpm_pack_run_script(run, "prepare", script_env(run, NULL), err);
    if (rc == 0 && folder)
        rc = pack_folder(run, err);
    if (rc == 0 && destination)
        rc = write_file(run, destination, err);
    if (rc == 0 && folder && !run->only_prepare)
        rc = cpm_pack_run_script(
            run, "postpack",
            script_env(run, cpm_arena_printf(run->cli->arena, "file:%s", run->package.path)), err);
    return rc;
}

void cpm_pack_run_close(struct cpm_pack_run *run)
{
    cpm_packed_release(&run->packed);
    cpm_script_package_release(&run->package);
    if (run->clone)
        cpm_fs_remove(run->clone, NULL);
}
