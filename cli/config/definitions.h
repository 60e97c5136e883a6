/* What npm's configuration keys are: one row a key (definitions.def), and the short forms of the
 * command line. Read by the argv parser, the loader, `config` and help. */
#ifndef CPM_CLI_CONFIG_DEFINITIONS_H
#define CPM_CLI_CONFIG_DEFINITIONS_H

#include "cli/config/types.h"

struct cpm_definition {
    const char *key;
    const char *types;    /* cli/config/types.h */
    const char *fallback; /* the default, see definitions.def */
    const char *usage;    /* "-g|--global" */
    const char *summary;
    const char *deprecated; /* what npm says instead, or NULL */
    const char *exclusive;  /* keys that cannot be given with it, blank-separated, or NULL */
    bool not_exported;      /* not in the environment of scripts */
    bool own;               /* cpm's, not npm's: undefined and not shown until it is set */
};

/* A short form: "-D" is "--save-dev", "-q" is "--loglevel warn". */
struct cpm_shorthand {
    const char *name;
    const char *expansion; /* blank-separated words */
};

extern const struct cpm_definition cpm_definitions[];
extern const size_t cpm_definition_count;
extern const struct cpm_shorthand cpm_shorthands[];
extern const size_t cpm_shorthand_count;

/* NULL when npm has no such key. */
const struct cpm_definition *cpm_definition_find(struct cpm_str key);
/* Keys that may stand behind "//host/path/:" besides defined ones. */
bool cpm_nerf_key(struct cpm_str key);

#endif
