/* What `config` prints and changes: values as npm shows them, with secrets hidden, and single
 * entries of a configuration file. Used by cli/cmd_config.c. */
#ifndef CPM_CLI_CONFIG_SHOW_H
#define CPM_CLI_CONFIG_SHOW_H

#include "base/buf.h"
#include "cli/config/config.h"

/* Appends String(value) of any key. False when the value is a secret. */
bool cpm_config_print(const struct cpm_config *c, const char *key, struct cpm_buf *out);
/* Appends every value that is no secret as one JSON object. */
void cpm_config_print_json(const struct cpm_config *c, struct cpm_buf *out);
/* Appends the values by source, and with `long_form` the defaults too. */
void cpm_config_print_list(struct cpm_config *c, bool long_form, struct cpm_buf *out);

/* Copies text with passwords in URLs and registry tokens as "***". */
struct cpm_str cpm_config_redact(struct cpm_arena *arena, struct cpm_str text);

/* "key" of "//host/:key" must be npm's and not deprecated: CPM_ECONFIG. */
int cpm_config_settable(const char *key, struct cpm_error *err);
/* One change; NULL deletes. */
struct cpm_config_change {
    const char *key;
    const char *value;
};
/* A change in memory, before it is stored. Gives what npm warns of then: every value at that source
 * that has the wrong type; NULL-ended. */
const char *const *cpm_config_try(struct cpm_config *c, enum cpm_config_source where,
                                  const struct cpm_config_change *change);
/* Applies all changes to the file of a source (user, project or global) at once; comments and other
 * lines stay. The user's file gets mode 0600. */
int cpm_config_store(struct cpm_config *c, enum cpm_config_source where,
                     const struct cpm_config_change *changes, size_t count, struct cpm_error *err);
/* The file that a source is read from; NULL when it has none. */
const char *cpm_config_file_of(const struct cpm_config *c, enum cpm_config_source where);

/* A credential without an address in a file: what `config fix` does about it. */
struct cpm_auth_problem {
    const char *key;
    const char *renamed; /* the key bound to the registry; NULL: it is deleted */
};
#define CPM_AUTH_PROBLEMS_MAX 6
size_t cpm_config_auth_problems(struct cpm_config *c, enum cpm_config_source where,
                                struct cpm_auth_problem out[CPM_AUTH_PROBLEMS_MAX]);
/* Mends these in the source's file; values stay as they are written there, ${VAR} included. */
int cpm_config_repair(struct cpm_config *c, enum cpm_config_source where,
                      const struct cpm_auth_problem *problems, size_t count, struct cpm_error *err);
/* The same on a text. */
void cpm_ini_edit(struct cpm_arena *arena, struct cpm_str text,
                  const struct cpm_config_change *changes, size_t count, struct cpm_buf *out);

#endif
