/* Questions to the user: a line from the terminal or from a pipe. */
#ifndef CPM_CLI_PROMPT_H
#define CPM_CLI_PROMPT_H

#include "cli/cli.h"

/* True when somebody can be asked: stdin and stdout are terminals. */
bool cpm_prompt_interactive(void);
/* Prints `question` and reads a line, without its newline, in the run's arena; `hidden` does not
 * show what is typed. An empty line gives `fallback` (may be NULL: asked again). CPM_ECANCELED at
 * the end of the input. */
int cpm_prompt(struct cpm_cli *cli, const char *question, bool hidden, const char *fallback,
               const char **out, struct cpm_error *err);

#endif
