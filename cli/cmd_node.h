/* The embedded runtime as a command: cpm node ARGS, cpm FILE.js, and cpm called as node. */
#ifndef CPM_CLI_CMD_NODE_H
#define CPM_CLI_CMD_NODE_H

#include "base/arena.h"

#include <stdbool.h>

/* Called as node, or given a script where a command would stand: no command of npm's ends so. */
bool cpm_node_wanted(int argc, char **argv);
/* argv[0] is the program's name, then node's options, a script and its arguments. Does not return
 * when a program ran. */
int cpm_node_main(int argc, char **argv);
/* The folder with a program called node that is the embedded runtime; NULL when this cpm has none.
 */
const char *cpm_node_bin(struct cpm_arena *arena);

#endif
