/* Which workspaces a command works in: --workspaces, -w NAME, -w PATH, -w PARENT, with or without
 * the root, by npm's rule. Commands that run once per workspace read it. */
#ifndef CPM_CLI_WORKSPACE_FILTER_H
#define CPM_CLI_WORKSPACE_FILTER_H

#include "cli/cli.h"

struct cpm_workspace_pick {
    const char *name;
    const char *path; /* absolute */
};

/* True when the command line (or standing in a workspace) asks for workspaces. */
bool cpm_workspaces_wanted(const struct cpm_cli *cli);
/* --no-workspaces was said. */
bool cpm_workspaces_left_out(const struct cpm_cli *cli);
/* The picked ones, in npm's order, each once, in the run's arena. Errors: CPM_ENOWORKSPACES and
 * those of reading package.json. */
int cpm_workspaces_pick(struct cpm_cli *cli, struct cpm_workspace_pick **out, size_t *count,
                        struct cpm_error *err);
/* The same for npm's commands that work on the tree: the root alone is none. */
int cpm_workspaces_pick_of_tree(struct cpm_cli *cli, struct cpm_workspace_pick **out, size_t *count,
                                struct cpm_error *err);
/* True when the project's package.json names this folder (absolute) as a workspace. */
bool cpm_workspaces_include(struct cpm_cli *cli, const char *folder);

#endif
