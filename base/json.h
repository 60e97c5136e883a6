/* JSON documents as trees: package.json, configuration, .json answers and outputs. cJSON stays
 * behind this file, with its traps closed: reading fails (with line and column) on duplicate keys,
 * NUL escapes, invalid UTF-8, raw control characters, trailing text, depth over CPM_JSON_DEPTH and
 * texts over CPM_JSON_MAX. A lone surrogate escape, which JavaScript lets pass, is held as the
 * three bytes that UTF-8 would have for it and written as an escape again. Key order is kept. A
 * document owns its tree; a value borrowed from it lives as long as the document. */
#ifndef CPM_BASE_JSON_H
#define CPM_BASE_JSON_H

#include "base/buf.h"
#include "base/error.h"

#define CPM_JSON_DEPTH 128
#define CPM_JSON_MAX   (256u << 20) /* bytes of a text */

struct cpm_json; /* one value of a document */

enum cpm_json_type {
    CPM_JSON_NULL,
    CPM_JSON_BOOL,
    CPM_JSON_NUMBER,
    CPM_JSON_STRING,
    CPM_JSON_ARRAY,
    CPM_JSON_OBJECT,
};

enum cpm_json_flags {
    CPM_JSON_LAST_WINS =
        1, /* duplicate keys: the last one counts, as in JavaScript, instead of an error */
};

/* Parses a whole text (a leading BOM is skipped). `file` names it in errors. Errors:
 * CPM_EJSONPARSE, CPM_ETOOBIG. *out is to be freed with cpm_json_free. */
int cpm_json_parse(struct cpm_str text, const char *file, unsigned flags, struct cpm_json **out,
                   struct cpm_error *err);
void cpm_json_free(struct cpm_json *doc);
/* Only checks a text for all of the above, duplicate keys in every object included. Keeps nothing.
 */
int cpm_json_check(struct cpm_str text, const char *file, struct cpm_error *err);

enum cpm_json_type cpm_json_type(const struct cpm_json *value);
static inline bool cpm_json_is(const struct cpm_json *value, enum cpm_json_type type)
{
    return value && cpm_json_type(value) == type;
}
/* These give "", false, 0 for a value of another type or NULL. */
struct cpm_str cpm_json_str(const struct cpm_json *value);
bool cpm_json_bool(const struct cpm_json *value);
double cpm_json_number(const struct cpm_json *value);
/* JavaScript's truthiness: false for NULL, null, false, 0 and "". */
bool cpm_json_truthy(const struct cpm_json *value);

/* Members, exactly by case; NULL when absent or when `object` is no object (or NULL). */
struct cpm_json *cpm_json_get(const struct cpm_json *object, struct cpm_str key);
/* The member's text when it is a string, else CPM_STR_NONE. */
struct cpm_str cpm_json_get_str(const struct cpm_json *object, const char *key);
size_t cpm_json_count(const struct cpm_json *container);
/* Walks members or elements in order: first, then next until NULL. */
struct cpm_json *cpm_json_first(const struct cpm_json *container);
struct cpm_json *cpm_json_next(const struct cpm_json *value);
/* The key of a member; "" for an element. */
struct cpm_str cpm_json_key(const struct cpm_json *value);
#define CPM_JSON_EACH(container, v)                                                                \
    for (struct cpm_json *v = cpm_json_first(container); v; v = cpm_json_next(v))

/* Making: each gives a value of its own, to be put into a container (which then owns it) or freed.
 */
struct cpm_json *cpm_json_new_null(void);
struct cpm_json *cpm_json_new_bool(bool b);
struct cpm_json *cpm_json_new_number(double n);
struct cpm_json *cpm_json_new_str(struct cpm_str s);
struct cpm_json *cpm_json_new_array(void);
struct cpm_json *cpm_json_new_object(void);
struct cpm_json *cpm_json_copy(const struct cpm_json *value);
/* Replaces in place when the key is there (keeping its position), else appends. Takes `value`. */
void cpm_json_set(struct cpm_json *object, struct cpm_str key, struct cpm_json *value);
void cpm_json_set_str(struct cpm_json *object, const char *key, struct cpm_str s);
/* True when something was deleted. */
bool cpm_json_del(struct cpm_json *object, struct cpm_str key);
void cpm_json_add(struct cpm_json *array, struct cpm_json *value);
/* Elements by index: NULL past the end; put replaces or, at the end or past it, appends (what lies
 * between is null), and takes `value`; remove closes the gap. */
struct cpm_json *cpm_json_at(const struct cpm_json *array, size_t index);
void cpm_json_put(struct cpm_json *array, size_t index, struct cpm_json *value);
void cpm_json_remove(struct cpm_json *array, size_t index);

/* Writes as JSON.stringify(value, null, indent) does: indent "" gives one line. newline is put for
 * each line break. Canonical array-index keys come first, ascending, as JavaScript objects emit
 * them. No final newline. */
void cpm_json_write(const struct cpm_json *value, struct cpm_str indent, struct cpm_str newline,
                    struct cpm_buf *out);

/* The indentation and newline of a JSON text, by npm's rule (json-parse-even-better-errors): see
 * docs/lockfile.md. */
struct cpm_json_style {
    char indent[11];  /* "" when the text is minified */
    char newline[32]; /* the whole run of line breaks after the first brace; "" when minified */
    bool final_newline;
};
void cpm_json_style_detect(struct cpm_str text, struct cpm_json_style *out);

#endif
