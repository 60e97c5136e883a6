/* The commands (rows of cli/commands.def), finding one by what was typed, and what was probably
 * meant. A command's file includes this header for the declaration of its function. */
#ifndef CPM_CLI_COMMANDS_H
#define CPM_CLI_COMMANDS_H

#include "base/buf.h"
#include "cli/cli.h"

#define CPM_COMMAND(function, ...)                                                                 \
    int cpm_cmd_##function(struct cpm_cli *cli, int *exit_code, struct cpm_error *err);
#define CPM_COMMAND_PLAIN(function, ...) int cpm_cmd_##function(int argc, char **argv);
#define CPM_COMMAND_LATER(name, aliases)
#include "cli/commands.def"
#undef CPM_COMMAND
#undef CPM_COMMAND_PLAIN
#undef CPM_COMMAND_LATER

/* By name, alias or unambiguous beginning; NULL when there is none. */
const struct cpm_command *cpm_command_find(const char *word);
/* False for a row that only keeps the name of a command of npm's. */
bool cpm_command_exists(const struct cpm_command *command);

/* Levenshtein's distance in bytes. */
unsigned cpm_edit_distance(const char *a, const char *b);
/* npm's measure of a likely typo: the distance is less than 0.4 of what was typed. */
bool cpm_word_close(const char *typed, const char *known);

/* What `cpm CMD -h` prints. */
void cpm_command_usage(const struct cpm_command *command, struct cpm_buf *out);
/* What `cpm` alone and `cpm help` print. */
struct cpm_overview_options {
    const char *userconfig; /* the user's .npmrc */
    const char *program;    /* where cpm is */
    bool long_form;         /* every command's usage, not only its name */
};
void cpm_overview(struct cpm_buf *out, const struct cpm_overview_options *o);
/* The same, as the configuration says, to stdout. */
void cpm_overview_print(struct cpm_cli *cli);
/* "Unknown command: …" with the commands that were probably meant; `scripts` (may be NULL) is a
 * NULL-ended list of the project's script names. */
void cpm_unknown_command(struct cpm_buf *out, const char *typed, const char *const *scripts);

/* The version that --version prints: cpm's own, or npm's when CPM_NPM_VERSION says so. */
const char *cpm_cli_version(void);

#endif
