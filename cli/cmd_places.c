/* cpm root, prefix, bin: where packages and their programs are. */
#include "base/path.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/term.h"

static bool is_global(const struct cpm_cli *cli)
{
    return cpm_config_bool(cli->config, "global");
}

static int print_path(struct cpm_cli *cli, const char *local, const char *global)
{
    const char *path = is_global(cli) ? cpm_path_join(cli->arena, cli->global_prefix, global)
                                      : cpm_path_join(cli->arena, cli->local_prefix, local);
    cpm_term_out(cli->term, cpm_str(path));
    return 0;
}

int cpm_cmd_root(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code, (void)err;
    return print_path(cli, "node_modules", "lib/node_modules");
}

int cpm_cmd_prefix(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code, (void)err;
    return print_path(cli, "", "");
}

int cpm_cmd_bin(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)exit_code, (void)err;
    return print_path(cli, "node_modules/.bin", "bin");
}
