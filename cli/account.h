/* Who the user is at a registry: which registry a command means, the credentials in the user's
 * .npmrc, and the name behind them. Used by login, logout, whoami and the commands that act in the
 * user's name. */
#ifndef CPM_CLI_ACCOUNT_H
#define CPM_CLI_ACCOUNT_H

#include "cli/net.h"

/* The registry that login and logout mean: of --scope if it has one and --registry is not on the
 * command line. Ends in '/'. */
const char *cpm_account_registry(struct cpm_cli *cli);
/* "//host:port/path/" of a registry's address: what its credentials are bound to. */
const char *cpm_account_nerf(struct cpm_arena *arena, const char *registry);

/* Puts a token into the user's .npmrc, mode 0600, instead of other credentials for the registry;
 * with `scope` also the scope's registry. Other lines stay. */
int cpm_account_save(struct cpm_cli *cli, const char *registry, const char *scope,
                     const char *token, struct cpm_error *err);
/* Takes all credentials for the registry out of the file that holds them. */
int cpm_account_forget(struct cpm_cli *cli, const char *registry, const char *scope,
                       struct cpm_error *err);

/* The user's name: of the configured password, else asked of the registry. CPM_ENEEDAUTH. */
int cpm_account_name(struct cpm_net *net, const char **name, struct cpm_error *err);

#endif
