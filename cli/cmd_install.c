/* install, ci and uninstall: one flow in three modes. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/project_name.h"

/* The arguments that are packages: npm refuses to install the project into itself and passes over
 * its own path. */
static const char *const *package_args(const struct cpm_cli *cli,
                                       const struct cpm_flow_options *opts)
{
    const char **out = CPM_NEW_ARRAY(cli->arena, const char *, (size_t)cli->argc + 2);
    size_t n = 0;

    for (int i = 0; i < cli->argc; i++)
        if (strcmp(cpm_path_resolve(cli->arena, cli->cwd, cli->argv[i]), cli->local_prefix) != 0 ||
            opts->global)
            out[n++] = cli->argv[i];
    if (opts->global && n == 0)
        out[n++] = ".";
    return out;
}

int cpm_cmd_install(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    opts.mode = CPM_FLOW_INSTALL;
    opts.specs = package_args(cli, &opts);
    return cpm_flow_command(cli, &opts, exit_code, err);
}

int cpm_cmd_ci(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    if (opts.global)
        return cpm_error_set(err, CPM_EUSAGE, "`cpm ci` does not work for global packages");
    opts.mode = CPM_FLOW_CI;
    opts.save = opts.tree.save = false;
    opts.package_lock = true;
    opts.tree.complete = false; /* npm compares before it looks inside tarballs */
    opts.install.clean = !opts.dry_run;
    return cpm_flow_command(cli, &opts, exit_code, err);
}

int cpm_cmd_uninstall(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc;

    const char *const *names = cli->argv;

    if (cli->argc == 0) {
        const char **own = CPM_NEW_ARRAY(cli->arena, const char *, 2);

        if (!cpm_config_bool(cli->config, "global"))
            return cpm_error_set(err, CPM_EUNKNOWN, "Must provide a package name to remove");
        if ((rc = cpm_project_name(cli, cli->local_prefix, own, err)) < 0)
            return rc;
        names = own;
    }
    if ((rc = cpm_flow_options_fill(cli, &opts, err)) < 0)
        return rc;
    opts.mode = CPM_FLOW_UNINSTALL;
    opts.specs = names;
    return cpm_flow_command(cli, &opts, exit_code, err);
}
