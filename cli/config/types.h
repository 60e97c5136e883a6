/* The types of configuration keys and what nopt and npm do with them: reading a text as the best
 * type, and checking a value against the types that are allowed.
 *
 * A type is written as words in order of preference: Array String Boolean Number Path URL Umask
 * Semver Date, literals null true false, numbers, and any other word (or one in 'quotes') is that
 * text itself: "null dev development". */
#ifndef CPM_CLI_CONFIG_TYPES_H
#define CPM_CLI_CONFIG_TYPES_H

#include "cli/config/value.h"

enum cpm_type {
    CPM_TYPE_LITERAL, /* one of the values in `literal` */
    CPM_TYPE_ARRAY,
    CPM_TYPE_STRING,
    CPM_TYPE_BOOLEAN,
    CPM_TYPE_NUMBER,
    CPM_TYPE_PATH,
    CPM_TYPE_URL,
    CPM_TYPE_UMASK,
    CPM_TYPE_SEMVER,
    CPM_TYPE_DATE,
};

#define CPM_TYPES_MAX 12

struct cpm_types {
    unsigned has; /* bits 1 << cpm_type */
    unsigned count;
    struct {
        enum cpm_type type;
        struct cpm_value literal; /* its text is a view into the type's words */
    } v[CPM_TYPES_MAX];
};

void cpm_types_parse(const char *words, struct cpm_types *out);
static inline bool cpm_types_has(const struct cpm_types *types, enum cpm_type type)
{
    return types->has & (1u << type);
}
/* Is this value one of the literals? */
bool cpm_types_literal(const struct cpm_types *types, const struct cpm_value *value);

/* What paths and ${VAR} are resolved against. */
struct cpm_type_context {
    struct cpm_arena *arena;
    char *const *environ_;
    const char *home;
    const char *cwd;
};

/* npm's parseField: a text (or list of texts) from a file, the environment or argv as the best
 * type; `types` is NULL for unknown keys. Other values pass unchanged. */
struct cpm_value cpm_field_parse(const struct cpm_type_context *ctx, const struct cpm_types *types,
                                 struct cpm_value value);
/* nopt's clean: converts, and drops what no type allows, telling `invalid` (may be NULL) of each.
 * False when nothing is left of the value. */
typedef void cpm_invalid_fn(void *data, const struct cpm_value *value);
bool cpm_types_clean(const struct cpm_type_context *ctx, const struct cpm_types *types,
                     struct cpm_value *value, cpm_invalid_fn *invalid, void *data);
/* "Must be one of: null, prod, production": what npm says of the types. */
void cpm_types_describe(const struct cpm_types *types, struct cpm_buf *out);

/* url.parse(text).href for URLs with "//": false when it has no host. */
bool cpm_url_normalize(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out);

#endif
