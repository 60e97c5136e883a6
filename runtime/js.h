/* The words that native functions are written in: values in and out of the engine.
 *
 * A native function has the engine's own signature (CPM_JS_FUNCTION). Text from JavaScript is a
 * buffer of the caller's (cpm_free) in UTF-8, lone surrogates replaced; text to JavaScript may be
 * any bytes, invalid UTF-8 becomes U+FFFD. Arguments that are missing read as undefined. */
#ifndef CPM_RUNTIME_JS_H
#define CPM_RUNTIME_JS_H

#include "base/error.h"
#include "base/str.h"

#include <JavaScriptCore/JavaScript.h>
#include <stdbool.h>
#include <stddef.h>

#define CPM_UNUSED __attribute__((unused))
#define CPM_JS_FUNCTION(name)                                                                      \
    static JSValueRef name(CPM_UNUSED JSContextRef ctx, CPM_UNUSED JSObjectRef callee,             \
                           CPM_UNUSED JSObjectRef self, CPM_UNUSED size_t argc,                    \
                           CPM_UNUSED const JSValueRef argv[], CPM_UNUSED JSValueRef *exception)

/* A table of functions ends with a row without name. */
struct cpm_js_method {
    const char *name;
    JSObjectCallAsFunctionCallback call;
};
struct cpm_js_constant {
    const char *name;
    double value;
};
JSObjectRef cpm_js_object(JSContextRef ctx, const struct cpm_js_method *methods);
void cpm_js_add(JSContextRef ctx, JSObjectRef object, const struct cpm_js_method *methods);
void cpm_js_add_constants(JSContextRef ctx, JSObjectRef object,
                          const struct cpm_js_constant *constants);

void cpm_js_set(JSContextRef ctx, JSObjectRef object, const char *name, JSValueRef value);
JSValueRef cpm_js_get(JSContextRef ctx, JSObjectRef object, const char *name);

static inline JSValueRef cpm_js_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[],
                                    size_t i)
{
    return i < argc ? argv[i] : JSValueMakeUndefined(ctx);
}
/* `otherwise` when it is no number. */
double cpm_js_number(JSContextRef ctx, JSValueRef value, double otherwise);
/* An argument as an integer: 0 when it is missing or no number; saturates. */
int64_t cpm_js_int(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);
/* A string made of any bytes. */
JSStringRef cpm_js_string(const char *bytes, size_t len);
JSValueRef cpm_js_text(JSContextRef ctx, const char *text);
JSValueRef cpm_js_text_n(JSContextRef ctx, const char *bytes, size_t len);
/* Whether it is ASCII without NUL. */
bool cpm_js_is_plain(const char *bytes, size_t len);
bool cpm_js_is_utf8(const char *bytes, size_t len);
JSValueRef cpm_js_latin1(JSContextRef ctx, const unsigned char *bytes, size_t len);
/* UTF-8 with NUL behind it, to be freed; "" when it cannot be made a string. */
char *cpm_js_utf8(JSContextRef ctx, JSValueRef value, size_t *len);
/* The same of an argument; NULL when it is null or undefined. */
char *cpm_js_arg_utf8(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);
/* The texts of an array, NULL behind them, freed with cpm_js_texts_free; NULL when it is none. */
char **cpm_js_texts(JSContextRef ctx, JSValueRef list);
void cpm_js_texts_free(char **texts);
/* The function at argv[i], or NULL. */
JSObjectRef cpm_js_arg_function(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i);

/* The bytes below an ArrayBuffer, a typed array or a DataView; false when it is none. Valid while
 * the value is alive. */
struct cpm_js_bytes {
    unsigned char *ptr;
    size_t len;
};
bool cpm_js_bytes(JSContextRef ctx, JSValueRef value, struct cpm_js_bytes *out);
/* A Uint8Array that owns `ptr` (from cpm_alloc; NULL when len is 0) and frees it. */
JSValueRef cpm_js_take_bytes(JSContextRef ctx, void *ptr, size_t len);

/* An error object of the named class; its text is printf's. */
JSValueRef cpm_js_error(JSContextRef ctx, const char *name, const char *fmt, ...) CPM_PRINTF(3, 4);
/* Sets *exception to a TypeError; gives undefined, for `return`. */
JSValueRef cpm_js_throw(JSContextRef ctx, JSValueRef *exception, const char *fmt, ...)
    CPM_PRINTF(3, 4);

#endif
