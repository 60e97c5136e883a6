/* Modules as the loader in js/internal/modules sees them: the resolver's answers, and what source.c
 * makes of a file. */
#include "runtime/native/source.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "cpm/resolver.h"
#include "runtime/builtins.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cpm_resolver *resolver_of(JSObjectRef self)
{
    return JSObjectGetPrivate(self);
}

static void finalize(JSObjectRef object)
{
    cpm_resolver_free(JSObjectGetPrivate(object));
}

static void set_text(JSContextRef ctx, JSObjectRef object, const char *name, const char *text)
{
    if (text)
        cpm_js_set(ctx, object, name, cpm_js_text(ctx, text));
}

static JSValueRef answer(JSContextRef ctx, const struct cpm_resolution *r)
{
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);

    if (r->code) {
        set_text(ctx, out, "code", r->code);
        set_text(ctx, out, "message", r->message);
        set_text(ctx, out, "package", r->package_json);
        return out;
    }
    set_text(ctx, out, "path", r->path);
    set_text(ctx, out, "query", r->query);
    set_text(ctx, out, "format", cpm_format_name(r->format));
    cpm_js_set(ctx, out, "typeless", JSValueMakeBoolean(ctx, r->typeless));
    return out;
}

/* (is import, specifier, parent): { path, query, format, typeless }, or { code, message }. With
 * `only path` it is the path alone for a require that succeeds. */
CPM_JS_FUNCTION(resolve)
{
    enum cpm_resolve_mode mode = JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0))
                                     ? CPM_RESOLVE_IMPORT
                                     : CPM_RESOLVE_REQUIRE;
    char *specifier = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    char *parent = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 2), NULL);
    const struct cpm_resolution *r =
        cpm_resolver_resolve(resolver_of(self), mode, specifier, parent);

    cpm_free(specifier);
    cpm_free(parent);
    return answer(ctx, r);
}

CPM_JS_FUNCTION(forget)
{
    cpm_resolver_forget(resolver_of(self));
    return JSValueMakeUndefined(ctx);
}

/* (path): 0 a file, 1 a folder, a negative errno. */
CPM_JS_FUNCTION(kind)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct stat st;
    int rc = stat(path, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? 1 : 0;

    cpm_free(path);
    return JSValueMakeNumber(ctx, rc);
}

/* (path): absolute and without dots, from the current folder; a negative errno. */
CPM_JS_FUNCTION(absolute)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL), base[PATH_MAX] = "/";
    size_t size = sizeof(base);
    int rc = *path == '/' ? 0 : uv_cwd(base, &size);
    JSValueRef value = rc < 0 ? JSValueMakeNumber(ctx, rc)
                              : cpm_js_text(ctx, cpm_path_resolve(&arena, base, path));

    cpm_arena_release(&arena);
    cpm_free(path);
    return value;
}

static const struct cpm_js_method resolver_methods[] = {
    {"resolve", resolve}, {"forget", forget}, {NULL, NULL}};

/* The nearest node_modules with an index, from the folder or file `main` on upwards; NULL when
 * there is none. To be freed. */
static char *find_index(const char *main)
{
    char at[PATH_MAX], file[PATH_MAX + sizeof("/node_modules/" CPM_RESOLVER_INDEX)];
    char *slash;

    if (!main || !realpath(main, at))
        return NULL;
    for (;;) {
        int len = snprintf(file, sizeof(file), "%s/node_modules", at);
        snprintf(file + len, sizeof(file) - (size_t)len, "/" CPM_RESOLVER_INDEX);
        if (access(file, R_OK) == 0)
            return cpm_strndup(file, (size_t)len);
        if (!(slash = strrchr(at, '/')))
            return NULL;
        *slash = '\0';
    }
}

/* ({ conditions, extensions, builtins, nodePath, preserveSymlinks, main }): a resolver. */
CPM_JS_FUNCTION(open_resolver)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    JSObjectRef from = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);
    JSClassDefinition definition = kJSClassDefinitionEmpty;

    if (!from)
        return JSValueMakeUndefined(ctx);
    JSValueRef path = cpm_js_get(ctx, from, "nodePath"), main = cpm_js_get(ctx, from, "main");
    char **conditions = cpm_js_texts(ctx, cpm_js_get(ctx, from, "conditions"));
    char **extensions = cpm_js_texts(ctx, cpm_js_get(ctx, from, "extensions"));
    char *node_path = cpm_js_arg_utf8(ctx, 1, &path, 0);
    options.conditions = (const char *const *)conditions;
    options.extensions = (const char *const *)extensions;
    char *main_path = cpm_js_arg_utf8(ctx, 1, &main, 0), *index = find_index(main_path);
    options.node_path = node_path;
    options.index = index;
    options.preserve_symlinks = JSValueToBoolean(ctx, cpm_js_get(ctx, from, "preserveSymlinks"));
    struct cpm_resolver *resolver = cpm_resolver_new(&options, &err);
    cpm_js_texts_free(conditions);
    cpm_js_texts_free(extensions);
    cpm_free(node_path);
    cpm_free(main_path);
    cpm_free(index);
    if (!resolver)
        return cpm_js_throw(ctx, exception, "%s", err.text);
    definition.finalize = finalize;
    JSClassRef class = JSClassCreate(&definition);
    JSObjectRef object = JSObjectMake(ctx, class, resolver);
    JSClassRelease(class);
    cpm_js_add(ctx, object, resolver_methods);
    return object;
}

JSObjectRef cpm_native_module(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"openResolver", open_resolver},
        {"absolute", absolute},
        {"kind", kind},
        {NULL, NULL},
    };
    JSObjectRef object = cpm_js_object(rt->ctx, methods);

    cpm_js_add(rt->ctx, object, cpm_source_methods);
    return object;
}
