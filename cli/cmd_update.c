/* update, dedupe, find-dupes and prune: the install flow with other eyes on the tree that stands.
 */
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/flow_options.h"
#include "cli/term.h"

int cpm_cmd_update(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    if (cpm_config_where(cli->config, "depth") != CPM_CONFIG_DEFAULT)
        cpm_term_log(cli->term, CPM_LOG_WARN, "update",
                     "The --depth option no longer has any effect.");
    opts.mode = CPM_FLOW_UPDATE;
    opts.specs = cli->argv;
    opts.tree.update_all = cli->argc == 0;
    if (cpm_config_where(cli->config, "save") == CPM_CONFIG_DEFAULT)
        opts.save = opts.tree.save = false;
    return cpm_flow_command(cli, &opts, exit_code, err);
}

static int dedupe(struct cpm_cli *cli, bool dry_run, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    if (opts.global)
        return cpm_error_set(err, CPM_EUSAGE, "`cpm dedupe` does not work in global mode.");
    opts.mode = CPM_FLOW_DEDUPE;
    opts.save = opts.tree.save = false;
    opts.tree.prefer_dedupe = true;
    opts.dry_run = opts.install.dry_run = dry_run || opts.dry_run;
    opts.tree.complete |= dry_run;
    opts.tree.unpacks &= !dry_run;
    return cpm_flow_command(cli, &opts, exit_code, err);
}

int cpm_cmd_dedupe(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    return dedupe(cli, false, exit_code, err);
}

int cpm_cmd_find_dupes(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    return dedupe(cli, true, exit_code, err);
}

int cpm_cmd_prune(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_flow_options opts;
    int rc = cpm_flow_options_fill(cli, &opts, err);

    if (rc < 0)
        return rc;
    opts.mode = CPM_FLOW_PRUNE;
    opts.tree.prune_always = true;
    opts.tree.complete = false; /* npm's prune never looks inside tarballs for a lock */
    return cpm_flow_command(cli, &opts, exit_code, err);
}
