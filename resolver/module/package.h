/* package.json as resolution needs it: parsed once, never changed, shared by all threads.
 *
 * A value is JSON in memory: strings unescaped, objects in JavaScript's order of insertion with the
 * last of duplicate keys, everything else as its raw text. */
#ifndef CPM_RESOLVER_MODULE_PACKAGE_H
#define CPM_RESOLVER_MODULE_PACKAGE_H

#include "base/arena.h"
#include "resolver/module/place.h"

enum cpm_value_type {
    CPM_VALUE_NULL,
    CPM_VALUE_STRING,
    CPM_VALUE_OBJECT,
    CPM_VALUE_ARRAY,
    CPM_VALUE_FALSE,
    CPM_VALUE_OTHER /* true, a number */
};

struct cpm_value {
    enum cpm_value_type type;
    bool numeric_key; /* an object with a key that is an array index */
    bool pattern_key; /* an object with a key that holds a '*' */
    uint32_t count;
    struct cpm_str text;     /* of a string; else as written */
    struct cpm_value *items; /* of an object or array */
    struct cpm_str *keys;    /* of an object */
};

enum cpm_package_type { CPM_PACKAGE_TYPELESS, CPM_PACKAGE_COMMONJS, CPM_PACKAGE_MODULE };

struct cpm_package {
    bool exists;
    bool invalid; /* a file that is no JSON object */
    enum cpm_package_type type;
    const char *path;                /* of the file, in its real folder */
    struct cpm_str name;             /* ptr NULL when it has none */
    struct cpm_str main;             /* the same */
    const struct cpm_value *exports; /* string, object or array; else NULL */
    const struct cpm_value *imports; /* object; else NULL */
    const struct cpm_value *whole;   /* every field, when the places keep whole packages */
};

/* "FOLDER/package.json" */
const char *cpm_package_path(struct cpm_arena *arena, const struct cpm_place *folder);
/* The package.json in a folder (which need not exist). Never NULL. */
const struct cpm_package *cpm_package_in(struct cpm_places *places, struct cpm_place *folder);
/* The nearest one upward from a folder, as far as the next node_modules; *folder becomes the
 * package's. NULL when there is none. */
const struct cpm_package *cpm_package_above(struct cpm_places *places, struct cpm_place **folder);

/* The fields of a text; p->invalid when it is no JSON object. Keeps nothing of the text. */
void cpm_description_parse(struct cpm_package *p, struct cpm_arena *arena, struct cpm_str text);

struct cpm_jsonread;
/* Reads the next value. */
void cpm_value_read(struct cpm_jsonread *json, struct cpm_value *out);
/* A whole text; NULL when it is no JSON. */
const struct cpm_value *cpm_value_parse(struct cpm_arena *arena, struct cpm_str text);
/* The value under a key of an object, else NULL. */
const struct cpm_value *cpm_value_get(const struct cpm_value *object, struct cpm_str key);

#endif
