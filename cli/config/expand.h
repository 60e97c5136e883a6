/* npm's two text rules of configuration: ${VAR} in values, and the address under which a registry's
 * credentials stand. Pure text; the environment is handed in. */
#ifndef CPM_CLI_CONFIG_EXPAND_H
#define CPM_CLI_CONFIG_EXPAND_H

#include "base/arena.h"
#include "base/error.h"

/* The variable's text or NULL. */
const char *cpm_environ_get(char *const *environ_, struct cpm_str name);

/* Replaces ${VAR} and ${VAR?}; an unknown VAR stays as it is, or becomes "" with '?'. Backslashes
 * before it escape, two for one. */
struct cpm_str cpm_env_expand(struct cpm_arena *arena, struct cpm_str text, char *const *environ_);
/* Would cpm_env_expand look at a variable? */
bool cpm_env_mentions(struct cpm_str text);

/* "https://user:pw@Host:8080/team/pkg?x" gives "//host:8080/team/" (npm's "nerf dart"). NULL when
 * the text is no URL. */
const char *cpm_nerf_dart(struct cpm_arena *arena, struct cpm_str url);
/* "host:8080" of a nerf dart or of a key that begins with one; empty when it does not. */
struct cpm_str cpm_nerf_host(struct cpm_str nerf);

#endif
