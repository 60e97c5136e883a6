/* Configuration: command line, npm_config_* environment, project, user, global and builtin .npmrc,
 * defaults; npm's keys, types, precedence and ${VAR} rules. Made once at start; every command reads
 * it. Strings live in the arena it was loaded into. */
#ifndef CPM_CLI_CONFIG_CONFIG_H
#define CPM_CLI_CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

struct cpm_config;

enum cpm_config_source {
    CPM_CONFIG_DEFAULT,
    CPM_CONFIG_BUILTIN,
    CPM_CONFIG_GLOBAL,
    CPM_CONFIG_USER,
    CPM_CONFIG_PROJECT,
    CPM_CONFIG_ENV,
    CPM_CONFIG_CLI,
};

struct cpm_config_input {
    int argc; /* of the program, argv[0] included */
    char **argv;
    char **environ_;
    const char *cwd;
};

/* Parses argv by npm's rules (abbreviations, shorthands, --no-x, --x=y, lists), finds the prefixes
 * and reads the files. Warnings (unknown keys, …) are kept for the terminal. */
int cpm_config_load(struct cpm_arena *arena, const struct cpm_config_input *in,
                    struct cpm_config **out, struct cpm_error *err);

/* Positional arguments; *rest is the index of the first that stood behind "--". */
const char **cpm_config_args(const struct cpm_config *c, int *argc, int *rest);

/* The value after precedence, by npm's key; type as npm's definition says. NULL / false / 0 when
 * null or unset. */
const char *cpm_config_str(const struct cpm_config *c, const char *key);
bool cpm_config_bool(const struct cpm_config *c, const char *key);
double cpm_config_num(const struct cpm_config *c, const char *key);
/* Lists (omit, workspace …): NULL-ended, never NULL. */
const char *const *cpm_config_list(const struct cpm_config *c, const char *key);
/* Where the value comes from. */
enum cpm_config_source cpm_config_where(const struct cpm_config *c, const char *key);
/* Any key, also ones npm does not define (@scope:registry, //host/:_authToken …): raw text or NULL.
 */
const char *cpm_config_raw(const struct cpm_config *c, const char *key);

/* Checks the types of what files and environment say (values of the wrong type give way to the next
 * source, with a warning) and refuses credentials without an address: CPM_EINVALIDAUTH. Every
 * command but `config` needs it. */
int cpm_config_validate(struct cpm_config *c, struct cpm_error *err);
/* The command that runs, for npm_command and the registry's header. */
void cpm_config_set_command(struct cpm_config *c, const char *command);
/* "v20.20.2" of the node on PATH, or "" when there is none. Asked of node once, then remembered in
 * the cache folder for as long as the program file is the same. */
const char *cpm_config_node_version(struct cpm_config *c);
/* Begins to find it out, so that other work fills the time. */
void cpm_config_node_begin(struct cpm_config *c);
/* The node on PATH, links resolved, or NULL. */
const char *cpm_config_node_path(const struct cpm_config *c);
/* True in continuous integration, where nobody can be asked. */
bool cpm_config_is_ci(const struct cpm_config *c);
/* The version of npm that cpm stands in for ("11.19.1"). */
const char *cpm_config_npm_version(const struct cpm_config *c);
/* The user-agent key with its fields filled in. */
const char *cpm_config_user_agent(struct cpm_config *c);

const char *cpm_config_local_prefix(const struct cpm_config *c);
const char *cpm_config_global_prefix(const struct cpm_config *c);
const char *const *cpm_config_warnings(const struct cpm_config *c); /* NULL-ended */

/* What the registry client needs, derived from the configuration (auth entries, scopes, proxies,
 * timeouts, cache); all but the user agent. */
struct cpm_registry_options;
int cpm_config_registry(struct cpm_config *c, struct cpm_registry_options *out,
                        struct cpm_error *err);

/* What npm puts into the environment of scripts besides npm_package_* and PATH: npm_config_* for
 * values that are not the default, npm_command, npm_execpath, INIT_CWD, NODE, HOME, EDITOR, COLOR.
 * KEY=VALUE lines, NULL-ended. */
const char *const *cpm_config_environment(struct cpm_config *c, struct cpm_arena *arena);

#endif
