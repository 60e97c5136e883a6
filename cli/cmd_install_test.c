/* install-test and install-ci-test: install, then run the project's test script. */
#include "cli/commands.h"

static int then_test(int (*first)(struct cpm_cli *, int *, struct cpm_error *), struct cpm_cli *cli,
                     int *exit_code, struct cpm_error *err)
{
    int rc = first(cli, exit_code, err);
    if (rc != 0 || *exit_code != 0)
        return rc;
    cli->command = "test";
    cli->argc = cli->rest = 0;
    return cpm_cmd_lifecycle(cli, exit_code, err);
}

int cpm_cmd_install_test(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    return then_test(cpm_cmd_install, cli, exit_code, err);
}

int cpm_cmd_install_ci_test(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    return then_test(cpm_cmd_ci, cli, exit_code, err);
}
