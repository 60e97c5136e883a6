/* cpm exec, cpm x, cpx: a command of a package, wherever that is. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/exec.h"
#include "cli/workspace_filter.h"

#include <unistd.h>

/* npm's process.cwd of a folder that was entered through a link is the real one, and so is ours. */
static void fill(struct cpm_cli *cli, struct cpm_exec *x)
{
    const char *call = cpm_config_str(cli->config, "call");
    const char *const *packages = cpm_config_list(cli->config, "package");
    size_t n = 0;

    while (packages[n])
        n++;
    *x = (struct cpm_exec){.cli = cli,
                           .call = call && *call ? call : NULL,
                           .args = CPM_NEW_ARRAY(cli->arena, const char *, (size_t)cli->argc + 1),
                           .arg_count = (size_t)cli->argc,
                           .packages = CPM_NEW_ARRAY(cli->arena, const char *, n + 2),
                           .package_count = n,
                           .local_path = cli->local_prefix,
                           .package_path = cli->local_prefix,
                           .run_path = cli->cwd,
                           .last = true};
    for (int i = 0; i < cli->argc; i++)
        x->args[i] = cli->argv[i];
    for (size_t i = 0; i < n; i++)
        x->packages[i] = packages[i];
}

static int in_workspaces(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_workspace_pick *picks;
    size_t count;
    int rc = cpm_workspaces_pick(cli, &picks, &count, err);

    for (size_t i = 0; i < count && rc == 0 && *exit_code == 0; i++) {
        struct cpm_exec x;

        fill(cli, &x);
        x.local_path = x.package_path = x.run_path = picks[i].path;
        x.place = cpm_arena_printf(cli->arena, "in workspace %s at location:\n%s", picks[i].name,
                                   picks[i].path);
        x.last = i + 1 == count;
        rc = cpm_exec(&x, exit_code, err);
    }
    return rc;
}

int cpm_exec(struct cpm_exec *x, int *exit_code, struct cpm_error *err)
{
    int rc = 0;

    if (x->arg_count && !x->package_count && !x->call && cpm_exec_find(x))
        return cpm_exec_run(x, exit_code, err);
    if (x->package_count)
        rc = cpm_exec_provide(x, exit_code, err);
    return rc < 0 || *exit_code ? rc : cpm_exec_run(x, exit_code, err);
}

int cpm_cmd_exec(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_exec x;

    fill(cli, &x);
    if (x.call && x.arg_count)
        return cpm_error_set(err, CPM_EUSAGE,
                             "--call is the whole command: give no other words with it");
    if (cpm_workspaces_wanted(cli))
        return in_workspaces(cli, exit_code, err);
    return cpm_exec(&x, exit_code, err);
}
