/* cpm help: the overview, or one command's usage. */
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/term.h"

static int help_command(struct cpm_cli *cli, const char *word, int *exit_code)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    const struct cpm_command *c = cpm_command_find(word);
    if (c && cpm_command_exists(c)) {
        cpm_command_usage(c, &text);
    } else {
        cpm_buf_addf(&text, "No matches in help for: %s\n", word);
        *exit_code = 1;
    }
    cpm_term_out(cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return 0;
}

int cpm_cmd_help(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    (void)err;
    if (cli->argc > 0)
        return help_command(cli, cli->argv[0], exit_code);
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_overview(&text, cpm_config_str(cli->config, "userconfig"),
                 cpm_config_bool(cli->config, "long"));
    cpm_term_out(cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return 0;
}
