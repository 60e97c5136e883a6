/* A C value as a JavaScript object that nobody but native functions can look into. The collector
 * frees it. `kind` says what is inside: a box of another kind does not open. */
#ifndef CPM_RUNTIME_NATIVE_BOX_H
#define CPM_RUNTIME_NATIVE_BOX_H

#include "runtime/js.h"

struct cpm_box_kind {
    const char *name;
    void (*free)(void *content); /* on the collector's call; must not enter JavaScript */
};

/* Owns `content` from here on. */
JSObjectRef cpm_box_new(JSContextRef ctx, const struct cpm_box_kind *kind, void *content);
/* NULL when `value` is no box of that kind, or an emptied one. */
void *cpm_box_open(JSContextRef ctx, JSValueRef value, const struct cpm_box_kind *kind);
/* The content, which is the caller's now; the box opens no more. */
void *cpm_box_take(JSContextRef ctx, JSValueRef value, const struct cpm_box_kind *kind);

#endif
