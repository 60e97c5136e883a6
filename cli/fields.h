/* A value inside a JSON document by npm's path syntax: "a.b", "a[0].c", "a.c" over a list of
 * objects. Used by view and pkg. Pure. */
#ifndef CPM_CLI_FIELDS_H
#define CPM_CLI_FIELDS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

/* Adds what `path` names to `out`, an object of label → value: one member named by the path, or one
 * for each element of a list on the way. `unwrap`: a list of one is its element. Errors:
 * CPM_EINVALIDSYNTAX for empty brackets, CPM_ETOOBIG. */
int cpm_field_get(struct cpm_arena *arena, const struct cpm_json *doc, struct cpm_str path,
                  bool unwrap, struct cpm_json *out, struct cpm_error *err);
/* Sets what `path` names to a copy of `value`, or deletes it for NULL; what is missing on the way
 * is made. "a[]" adds to a list. `force` puts an object where a text or a list stood. After an
 * error the document is to be thrown away. Errors: CPM_EOVERRIDEVALUE, CPM_ENOADDPROP,
 * CPM_ENOAPPEND, CPM_EFORBIDDENKEY, CPM_ETOOBIG, with npm's words. */
int cpm_field_set(struct cpm_json **doc, struct cpm_str path, const struct cpm_json *value,
                  bool force, struct cpm_error *err);

#endif
