/* A pull reader over JSON text: one pass, no tree, strings given as views where they hold no
 * escape. For packuments, locks and manifests, which go straight into structs. Same limits as
 * base/json.h; duplicate keys are the caller's matter.
 *
 *     struct cpm_jsonread r;
 *     cpm_jsonread_init(&r, text, "package-lock.json", &arena);
 *     if (cpm_jsonread_object(&r))
 *         while (cpm_jsonread_key(&r, &key))
 *             if (cpm_str_is(key, "name")) cpm_jsonread_str(&r, &name);
 *             else cpm_jsonread_skip(&r);
 *     if (cpm_jsonread_finish(&r, err) < 0) …      // the first fault, with file, line and column
 *
 * After a fault every call says false/"end", so that loops end by themselves and only the last call
 * is checked. */
#ifndef CPM_BASE_JSONREAD_H
#define CPM_BASE_JSONREAD_H

#include "base/arena.h"
#include "base/json.h"

struct cpm_jsonread {
    const char *at;
    const char *end;
    const char *begin;
    const char *file;
    const char *fault;       /* words of the first fault, or NULL; the place is `at` */
    struct cpm_arena *arena; /* holds unescaped strings */
    unsigned depth;
    bool first; /* no comma is due before the next key or element */
    unsigned char stack[CPM_JSON_DEPTH / 8];
};

void cpm_jsonread_init(struct cpm_jsonread *r, struct cpm_str text, const char *file,
                       struct cpm_arena *arena);
/* The type of the value that comes next; CPM_JSON_NULL after a fault. */
enum cpm_json_type cpm_jsonread_peek(struct cpm_jsonread *r);
/* Enter an object / array; false (and nothing is consumed) when the next value is something else.
 */
bool cpm_jsonread_object(struct cpm_jsonread *r);
bool cpm_jsonread_array(struct cpm_jsonread *r);
/* The next key (view into the text, or unescaped in the arena); false at the end of the object,
 * which is then left. */
bool cpm_jsonread_key(struct cpm_jsonread *r, struct cpm_str *key);
/* True when another element follows; false at the end of the array, which is then left. */
bool cpm_jsonread_element(struct cpm_jsonread *r);
/* Read the value when it is of the type; otherwise skip it and give false, leaving *out alone. */
bool cpm_jsonread_str(struct cpm_jsonread *r, struct cpm_str *out);
bool cpm_jsonread_bool(struct cpm_jsonread *r, bool *out);
bool cpm_jsonread_number(struct cpm_jsonread *r, double *out);
/* Skips one value of any type. */
void cpm_jsonread_skip(struct cpm_jsonread *r);
/* The raw text of the next value, exactly as it stands (validated), and skips it. */
struct cpm_str cpm_jsonread_raw(struct cpm_jsonread *r);
/* Marks a fault of the caller's own ("duplicate key" …) at the current place. */
void cpm_jsonread_fail(struct cpm_jsonread *r, const char *fault);
/* Checks that the text is used up. Error: CPM_EJSONPARSE with file, line and column. */
int cpm_jsonread_finish(struct cpm_jsonread *r, struct cpm_error *err);

/* Appends text as a JSON string with quotes, as JSON.stringify writes it. */
void cpm_json_quote(struct cpm_buf *out, struct cpm_str text);
/* Appends a number in the shortest form, as JSON.stringify writes it ("null" when not finite). */
void cpm_json_put_number(struct cpm_buf *out, double n);
/* The value of a canonical array index ("0" … "4294967294", no leading zeros), which JavaScript
 * objects keep before all other keys, ascending; -1 for every other key. */
int64_t cpm_json_array_index(struct cpm_str key);

#endif
