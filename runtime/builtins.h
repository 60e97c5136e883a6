/* The runtime's own JavaScript: embedded texts, each compiled when it is first asked for, and the
 * native objects they stand on.
 *
 * runtime/js/X.js is the builtin "X" (internal/Y too); runtime/native/Y.c with a row in
 * native/natives.def is what such a file gets from native('Y'). */
#ifndef CPM_RUNTIME_BUILTINS_H
#define CPM_RUNTIME_BUILTINS_H

#include "runtime/runtime.h"

/* The embedded texts, sorted by name, ended by a row without one. The build makes the table. Each
 * is one expression: a function (exports, require, module, native, process). */
struct cpm_builtin {
    const char *name;
    const char *text;
    const char *end;
};
extern const struct cpm_builtin cpm_builtin_table[];

/* Makes the native object of a row of natives.def. */
typedef JSObjectRef cpm_native_fn(struct cpm_runtime *rt);
#define CPM_NATIVE(name)      cpm_native_fn cpm_native_##name;
#define CPM_NATIVE_PART(name) /* in a shared object of its own */
#include "runtime/native/natives.def"
#undef CPM_NATIVE
#undef CPM_NATIVE_PART

/* Compiles a builtin; NULL with *exception, or NULL alone when there is none of that name. */
JSValueRef cpm_builtin_compile(struct cpm_runtime *rt, const char *name, JSValueRef *exception);
/* { compile(name), native(name), names() } */
JSObjectRef cpm_builtins_object(struct cpm_runtime *rt);

#endif
