#include "runtime/builtins.h"

#include "base/mem.h"
#include "runtime/engine.h"
#include "runtime/js.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    cpm_native_fn *make; /* NULL: a part */
} natives[] = {
#define CPM_NATIVE(name)      {#name, cpm_native_##name},
#define CPM_NATIVE_PART(name) {#name, NULL},
#include "runtime/native/natives.def"
#undef CPM_NATIVE
#undef CPM_NATIVE_PART
};

/* A part is cpm-NAME.so, beside the object that this function is in. */
static cpm_native_fn *load_part(const char *name)
{
    char path[PATH_MAX], symbol[64];
    Dl_info self;

    if (!dladdr(cpm_builtin_table, &self))
        return NULL;
    size_t folder = cpm_str_rchr(cpm_str(self.dli_fname), '/') + 1; /* 0 when there is no '/' */
    snprintf(path, sizeof(path), "%.*scpm-%s.so", (int)folder, self.dli_fname, name);
    snprintf(symbol, sizeof(symbol), "cpm_native_%s", name);
    void *part = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return part ? (cpm_native_fn *)dlsym(part, symbol) : NULL;
}

static size_t builtin_count(void)
{
    size_t count = 0;

    while (cpm_builtin_table[count].name)
        count++;
    return count;
}

static int by_name(const void *name, const void *row)
{
    return strcmp(name, ((const struct cpm_builtin *)row)->name);
}

static const struct cpm_builtin *find(const char *name)
{
    return bsearch(name, cpm_builtin_table, builtin_count(), sizeof(cpm_builtin_table[0]), by_name);
}

JSValueRef cpm_builtin_compile(struct cpm_runtime *rt, const char *name, JSValueRef *exception)
{
    const struct cpm_builtin *row = find(name);
    char url[128];

    if (!row)
        return NULL;
    snprintf(url, sizeof(url), "node:%s", name);
    JSValueRef value =
        cpm_engine_evaluate(rt, row->text, (size_t)(row->end - row->text), url, exception);
    if (!value && !*exception)
        *exception = cpm_js_error(rt->ctx, "SyntaxError", "%s: no JavaScript", url);
    return value;
}

/* (name): the function of a builtin, or undefined. */
CPM_JS_FUNCTION(compile)
{
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    JSValueRef value = cpm_builtin_compile(cpm_runtime_current(), name, exception);

    cpm_free(name);
    return value ? value : JSValueMakeUndefined(ctx);
}

/* (name): a new native object; who calls it keeps it. */
CPM_JS_FUNCTION(native)
{
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    cpm_native_fn *make = NULL;

    for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++)
        if (strcmp(natives[i].name, name) == 0)
            make = natives[i].make ? natives[i].make : load_part(name);
    JSValueRef value = make ? make(cpm_runtime_current())
                            : cpm_js_throw(ctx, exception, "the runtime's part '%s' is missing: %s",
                                           name, dlerror());
    cpm_free(name);
    return value;
}

/* (name): whether there is such a builtin. */
CPM_JS_FUNCTION(has)
{
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    bool found = find(name) != NULL;

    cpm_free(name);
    return JSValueMakeBoolean(ctx, found);
}

CPM_JS_FUNCTION(names)
{
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; cpm_builtin_table[i].name; i++)
        JSObjectSetPropertyAtIndex(ctx, list, i, cpm_js_text(ctx, cpm_builtin_table[i].name), NULL);
    return list;
}

JSObjectRef cpm_builtins_object(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"compile", compile}, {"native", native}, {"has", has}, {"names", names}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
