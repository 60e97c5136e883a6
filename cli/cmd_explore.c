/* cpm edit and cpm explore: the folder of an installed package, in the editor or in a shell. What
 * stands there may share its files with the store, so it gets files of its own before. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/editor.h"
#include "cli/script_host.h"
#include "cli/term.h"
#include "install/detach.h"

#include <errno.h>

static const char *modules_folder(const struct cpm_cli *cli)
{
    bool global = cpm_config_bool(cli->config, "global");
    return cpm_path_join(cli->arena, global ? cli->global_prefix : cli->local_prefix,
                         global ? "lib/node_modules" : "node_modules");
}

/* "a/b" is a's b: a/node_modules/b; scopes stay together. */
static const char *nested_path(struct cpm_cli *cli, const char *arg)
{
    struct cpm_buf path = CPM_BUF_INIT(1 << 16);
    struct cpm_str rest = cpm_str(arg), part;
    bool scope = false;
    while (cpm_str_split(&rest, '/', &part)) {
        if (!part.len || cpm_str_is(part, "node_modules"))
            continue;
        cpm_buf_addf(&path, "%s%.*s",
                     !path.len ? ""
                     : scope   ? "/"
                               : "/node_modules/",
                     CPM_STR_ARG(part));
        scope = !scope && *part.ptr == '@';
    }
    const char *full = cpm_path_join(cli->arena, modules_folder(cli), cpm_buf_text(&path));
    cpm_buf_release(&path);
    return full;
}

/* A link leads to somebody's own files. */
static int detach(struct cpm_cli *cli, const char *folder, struct cpm_error *err)
{
    return cpm_fs_readlink(cli->arena, folder) ? 0 : cpm_detach_package(folder, err);
}

int cpm_cmd_edit(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    const char **argv = CPM_NEW_ARRAY(cli->arena, const char *, 2);
    if (cli->argc != 1)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    const char *folder = nested_path(cli, cli->argv[0]);
    if (!cpm_path_within(modules_folder(cli), folder) || !cpm_fs_is_dir(folder))
        return cpm_error_sys(err, ENOENT, "lstat '%s'", folder);
    int rc = detach(cli, folder, err);
    if (rc == 0)
        rc = cpm_editor_run(cli, folder, err);
    if (rc < 0)
        return rc;
    argv[0] = folder;
    cli->argv = argv;
    return cpm_cmd_rebuild(cli, exit_code, err);
}

static const char *command_line(struct cpm_cli *cli)
{
    struct cpm_buf line = CPM_BUF_INIT(1 << 20);
    for (int i = 1; i < cli->argc; i++)
        cpm_buf_addf(&line, "%s%s", i > 1 ? " " : "", cli->argv[i]);
    const char *copy = cpm_arena_strndup(cli->arena, cpm_buf_text(&line), line.len);
    cpm_buf_release(&line);
    return copy;
}

static int run(struct cpm_cli *cli, const struct cpm_script_package *package, int *exit_code,
               struct cpm_error *err)
{
    const char *shell = cpm_config_str(cli->config, "shell"), *command = command_line(cli);
    struct cpm_script_options opts;
    bool interactive = cli->argc == 1;
    if (!*command)
        command = shell && *shell ? shell : "sh";
    if (interactive)
        cpm_term_outf(cli->term, "\nExploring %s\nType 'exit' or ^D when finished\n",
                      package->path);
    struct cpm_script script = {
        .package = package, .event = "_explore", .command = cpm_str(command)};
    struct cpm_script_job job = {.script = script};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .inherit = true, .opts = &opts};
    cpm_script_host_options(cli, &opts);
    if (!interactive)
        return cpm_script_host_run(cli, &opts, &script, true, exit_code, err);
    cpm_script_host_banner(cli, &script);
    int rc = cpm_script_run(&batch, err); /* how a shell ended is its user's own matter */
    *exit_code = job.exit_code;
    cpm_script_job_release(&job);
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}

int cpm_cmd_explore(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_script_package package;
    const char *dir = modules_folder(cli);
    if (cli->argc == 0 || !*cli->argv[0])
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    const char *rooted = cpm_arena_printf(cli->arena, "/%s", cli->argv[0]);
    const char *name = cpm_path_normalize(cli->arena, cpm_str(rooted));
    const char *path = cpm_path_join(cli->arena, dir, name);
    if (strcmp(name, "/") == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    int rc = cpm_script_package_read(path, cli->arena, &package, err);
    if (rc < 0) {
        cpm_term_log(cli->term, CPM_LOG_ERROR, "explore", "It doesn't look like %s is installed.",
                     cli->argv[0]);
        return rc;
    }
    rc = detach(cli, path, err);
    if (rc == 0)
        rc = run(cli, &package, exit_code, err);
    cpm_script_package_release(&package);
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}
