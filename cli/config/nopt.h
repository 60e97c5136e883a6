/* argv to options by the rules of npm's nopt: --key value, --key=value, --no-key, lists,
 * abbreviations of keys and shorthands, -abc for single letters, "--" ends it. The tables say what
 * is known; values are cleaned by their types. */
#ifndef CPM_CLI_CONFIG_NOPT_H
#define CPM_CLI_CONFIG_NOPT_H

#include "cli/config/definitions.h"

#define CPM_NOPT_WORDS (64u << 10) /* words of a command line, after expansion */

enum cpm_nopt_event {
    CPM_NOPT_ABBREVIATED, /* `word` was read as `other` */
    CPM_NOPT_UNKNOWN,     /* key `word` is not defined; `other` is the next word or NULL */
    CPM_NOPT_INVALID,     /* `value` is not valid for key `word` */
};

struct cpm_nopt_note {
    enum cpm_nopt_event event;
    const char *word, *other;
    const struct cpm_value *value;
    const struct cpm_types *types;
};

struct cpm_nopt {
    /* in */
    const struct cpm_definition *definitions; /* key and types are read */
    size_t definition_count;
    const struct cpm_shorthand *shorthands;
    size_t shorthand_count;
    struct cpm_type_context ctx;
    void (*note)(void *data, const struct cpm_nopt_note *note); /* may be NULL */
    void *data;
    /* out */
    struct cpm_fields options;
    const char **remain; /* positional arguments, NULL-ended */
    int remain_count;
    int rest; /* index of the first that stood behind "--" */
};

/* `args` is NULL-ended or `count` long. CPM_ETOOBIG when there are too many words. */
int cpm_nopt_parse(struct cpm_nopt *n, const char *const *args, size_t count,
                   struct cpm_error *err);
/* What a shorthand stands for: blank-separated words ("" for none at all), NULL when it is none. */
const char *cpm_nopt_short(const struct cpm_nopt *n, const char *arg);

#endif
