/* One configuration value as npm's (JavaScript's) types have it, and an ordered list of named ones.
 * Readers of .npmrc, environment and argv make them; config.c keeps them by source. Texts live in
 * the arena and are NUL-terminated unless said otherwise. */
#ifndef CPM_CLI_CONFIG_VALUE_H
#define CPM_CLI_CONFIG_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

enum cpm_value_kind {
    CPM_VALUE_UNDEFINED,
    CPM_VALUE_NULL,
    CPM_VALUE_BOOL,
    CPM_VALUE_NUMBER,
    CPM_VALUE_STRING,
    CPM_VALUE_DATE, /* number is milliseconds since 1970, NaN when invalid; text its ISO form */
    CPM_VALUE_LIST,
    CPM_VALUE_OBJECT, /* a section of an ini file */
};

struct cpm_fields;

struct cpm_value {
    enum cpm_value_kind kind;
    bool truth;
    double number;
    struct cpm_str text;
    struct cpm_value *items;
    size_t count, cap;
    struct cpm_fields *fields;
};

struct cpm_field {
    struct cpm_str key;
    struct cpm_value value;
};

/* Insertion order; few entries (at most CPM_FIELDS_MAX), so that look-up is a walk. */
#define CPM_FIELDS_MAX 4096
struct cpm_fields {
    struct cpm_field *v;
    size_t count, cap;
};

struct cpm_value cpm_value_bool(bool b);
struct cpm_value cpm_value_number(double n);
struct cpm_value cpm_value_null(void);
/* Copies the text. */
struct cpm_value cpm_value_str(struct cpm_arena *arena, struct cpm_str text);
struct cpm_value cpm_value_date(struct cpm_arena *arena, double ms);
struct cpm_value cpm_value_list(void);
void cpm_value_push(struct cpm_arena *arena, struct cpm_value *list, struct cpm_value item);
/* From a JSON document's value. */
struct cpm_value cpm_value_from_json(struct cpm_arena *arena, const struct cpm_json *json);

/* JavaScript's === for scalars; lists element by element. */
bool cpm_value_same(const struct cpm_value *a, const struct cpm_value *b);
bool cpm_value_truthy(const struct cpm_value *v);
bool cpm_value_is(const struct cpm_value *v, const char *text);
/* JavaScript's String(value): lists with ',' between. */
void cpm_value_print(const struct cpm_value *v, struct cpm_buf *out);
const char *cpm_value_text(struct cpm_arena *arena, const struct cpm_value *v);
/* JSON.stringify(value, null, 2) at a depth of nesting; CPM_JSON_ONE_LINE gives no line breaks. */
#define CPM_JSON_ONE_LINE 1000u
void cpm_value_json(const struct cpm_value *v, unsigned depth, struct cpm_buf *out);

/* NULL when absent. */
struct cpm_value *cpm_fields_find(const struct cpm_fields *f, struct cpm_str key);
/* Sets or appends; false when there are too many. The key is borrowed. */
bool cpm_fields_set(struct cpm_arena *arena, struct cpm_fields *f, struct cpm_str key,
                    struct cpm_value value);
bool cpm_fields_del(struct cpm_fields *f, struct cpm_str key);

/* JavaScript's Number(text); false for NaN. */
bool cpm_js_number(struct cpm_str text, double *out);
/* Date.parse of the ISO 8601 forms; false for anything else. */
bool cpm_js_date(struct cpm_str text, double *ms);

#endif
