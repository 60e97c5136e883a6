/* The inside of struct cpm_config, shared by the files of this folder only.
 *
 * Values are kept twice by source: `plain` is what the sources say (checked and typed), `seen` the
 * same after npm's derivations (--production puts "dev" into omit at its own level …); `flat` are
 * derived values that `config list` does not show. The default level of both holds one entry a
 * definition, in their order, then npm-version. */
#ifndef CPM_CLI_CONFIG_INTERNAL_H
#define CPM_CLI_CONFIG_INTERNAL_H

#include "cli/config/config.h"
#include "cli/config/definitions.h"

#include <sys/types.h>

#define CPM_CONFIG_SOURCES 7

/* The version of npm that cpm answers for: `engines.npm`, user agent, npm_config_npm_version. */
#define CPM_NPM_COMPATIBLE "11.19.1"

struct cpm_config_origin {
    const char *name; /* a file's path or a phrase; NULL when not loaded */
    bool loaded;      /* the file was there */
    bool untrusted;   /* the project's file, or one that it chose: project.c's rules hold for it */
};

struct cpm_config_lines {
    const char **v;
    size_t count, cap;
};

struct cpm_config {
    struct cpm_arena *arena;
    struct cpm_config_input in;
    const char *home;
    const char *exe;  /* this program */
    const char *node; /* the node on PATH, links resolved; NULL when there is none */
    const char *local_prefix, *global_prefix;
    const char *command;      /* for npm_command; NULL before one is known */
    const char *node_version; /* once known */
    struct {                  /* … until then, what node was asked */
        const char *key;
        pid_t pid;
        int answer; /* 0: it could not be asked */
    } asked;
    struct cpm_type_context ctx;
    struct cpm_config_origin sources[CPM_CONFIG_SOURCES];
    struct cpm_fields plain[CPM_CONFIG_SOURCES];
    struct cpm_fields seen[CPM_CONFIG_SOURCES];
    struct cpm_fields flat;
    struct cpm_fields held; /* auth entries of the project with ${VAR}, until hosts are known */
    const char **args;
    int argc, rest;
    struct cpm_config_lines notes;   /* warnings in the order npm prints them … */
    struct cpm_config_lines unknown; /* … and unknown keys, behind them */
};

/* A key's value at one level of `plain` or `seen`, or at that level and those below it; NULL when
 * it is not there. */
struct cpm_value *cpm_level_own(const struct cpm_fields *levels, enum cpm_config_source level,
                                struct cpm_str key);
struct cpm_value *cpm_level_find(const struct cpm_fields *levels, enum cpm_config_source level,
                                 struct cpm_str key);
/* The value after precedence, before and after derivation (without `flat`). */
struct cpm_value *cpm_config_plain(const struct cpm_config *c, const char *key);
struct cpm_value *cpm_config_seen(const struct cpm_config *c, struct cpm_str key);

void cpm_config_line(struct cpm_config *c, struct cpm_config_lines *lines, const char *fmt, ...)
    CPM_PRINTF(3, 4);
const char *cpm_config_source_name(enum cpm_config_source where);

/* defaults.c */
void cpm_config_defaults(struct cpm_config *c);
/* prefix.c: node, this program, home and the default global prefix; then the project's folder. */
void cpm_config_places(struct cpm_config *c);
void cpm_config_find_project(struct cpm_config *c);
/* load.c */
int cpm_config_object(struct cpm_config *c, enum cpm_config_source where,
                      const struct cpm_fields *raw, struct cpm_error *err);
int cpm_config_file(struct cpm_config *c, enum cpm_config_source where, const char *path,
                    struct cpm_error *err);
/* project.c: what a project's .npmrc may say. */
int cpm_config_guard(struct cpm_config *c, enum cpm_config_source where, struct cpm_fields *raw,
                     struct cpm_error *err);
void cpm_config_release_held(struct cpm_config *c);
/* derive.c */
void cpm_config_derive(struct cpm_config *c);
/* ci.c: "github-actions", or NULL outside of continuous integration. */
const char *cpm_ci_name(char *const *environ_);
bool cpm_in_ci(char *const *environ_);
/* True in a global operation: --global or --location=global. */
bool cpm_config_global_mode(const struct cpm_config *c);

#endif
