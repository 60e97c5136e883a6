/* A value inside a JSON document by npm's path syntax: "a.b", "a[0].c", "a.c" over a list of
 * objects. Used by view. Pure. */
#ifndef CPM_CLI_FIELDS_H
#define CPM_CLI_FIELDS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

/* Adds what `path` names to `out`, an object of label → value: one member named by the path, or one
 * for each element of a list on the way. `unwrap`: a list of one is its element. Error: empty
 * brackets. */
int cpm_field_get(struct cpm_arena *arena, const struct cpm_json *doc, struct cpm_str path,
                  bool unwrap, struct cpm_json *out, struct cpm_error *err);

#endif
