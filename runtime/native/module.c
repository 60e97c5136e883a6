/* Modules as the loader in js/internal/modules sees them: the resolver's answers, a file's text,
 * and text made into a function. A CommonJS file goes from the disk into the engine without a stop
 * in JavaScript. */
#include "runtime/js.h"

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

#define SOURCE_MAX (512u << 20)
#define WRAPPER    "(function (exports, require, module, __filename, __dirname) { "

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

/* Appends the file; 0 or a negative errno. */
static int read_into(const char *path, struct cpm_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
    struct stat st;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
        rc = S_ISDIR(st.st_mode) ? -EISDIR : -errno;
        goto out;
    }
    for (ssize_t got = 1; got > 0;) {
        size_t room = st.st_size > (off_t)out->len ? (size_t)st.st_size - out->len + 1 : 65536;
        if (!cpm_buf_reserve(out, room)) {
            rc = -EFBIG;
            goto out;
        }
        got = read(fd, out->ptr + out->len, room);
        if (got < 0) {
            rc = -errno;
            goto out;
        }
        out->len += (size_t)got;
    }
out:
    close(fd);
    return rc;
}

static struct cpm_str without_bom(struct cpm_str text)
{
    return cpm_str_starts(text, "\xef\xbb\xbf") ? cpm_str_sub(text, 3, text.len) : text;
}

/* (path): its text, or a negative errno. */
CPM_JS_FUNCTION(read_text)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct cpm_buf bytes = CPM_BUF_INIT(SOURCE_MAX);
    int rc = read_into(path, &bytes);
    struct cpm_str text = without_bom(cpm_buf_str(&bytes));
    JSValueRef value = rc < 0 ? JSValueMakeNumber(ctx, rc) : cpm_js_text_n(ctx, text.ptr, text.len);

    cpm_buf_release(&bytes);
    cpm_free(path);
    return value;
}

/* Whether "import" stands before a parenthesis, dot or blank somewhere: such a file may need its
 * import() rewritten. */
static bool may_import(struct cpm_str text)
{
    const char *end = text.ptr + text.len;

    for (const char *at = text.ptr; at && (at = memmem(at, (size_t)(end - at), "import", 6));) {
        at += 6;
        while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r' || *at == '/'))
            at++;
        if (at < end && *at == '(')
            return true;
    }
    return false;
}

static JSValueRef evaluate(JSContextRef ctx, struct cpm_str text, const char *url,
                           JSValueRef *exception)
{
    JSStringRef source = cpm_js_string(text.ptr, text.len);
    JSStringRef name = cpm_js_string(url, strlen(url));
    JSValueRef value = JSEvaluateScript(ctx, source, NULL, name, 1, exception);

    JSStringRelease(name);
    JSStringRelease(source);
    return value ? value : JSValueMakeUndefined(ctx);
}

/* (path): the file as a CommonJS function; undefined when JavaScript has to look at its text (it
 * holds import()); a negative errno. Throws the syntax error. */
CPM_JS_FUNCTION(compile_file)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct cpm_buf bytes = CPM_BUF_INIT(SOURCE_MAX), source = CPM_BUF_INIT(SOURCE_MAX);
    int rc = read_into(path, &bytes);
    struct cpm_str text = without_bom(cpm_buf_str(&bytes));
    JSValueRef value = JSValueMakeUndefined(ctx);

    if (rc < 0) {
        value = JSValueMakeNumber(ctx, rc);
    } else if (!may_import(text)) {
        cpm_buf_reserve(&source, text.len + sizeof(WRAPPER) + 8);
        cpm_buf_add_text(&source, WRAPPER);
        if (cpm_str_starts(text, "#!"))
            cpm_buf_add_text(&source, "//");
        cpm_buf_add_str(&source, text);
        cpm_buf_add_text(&source, "\n})");
        value = evaluate(ctx, cpm_buf_str(&source), path, exception);
    }
    cpm_buf_release(&source);
    cpm_buf_release(&bytes);
    cpm_free(path);
    return value;
}

/* (text, url): the value of a script. */
CPM_JS_FUNCTION(evaluate_text)
{
    JSStringRef source = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);
    JSStringRef url = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    int64_t line = argc > 2 ? cpm_js_int(ctx, argc, argv, 2) : 1;
    JSValueRef value =
        source ? JSEvaluateScript(ctx, source, NULL, url, (int)line, exception) : NULL;

    if (source)
        JSStringRelease(source);
    if (url)
        JSStringRelease(url);
    return value ? value : JSValueMakeUndefined(ctx);
}

/* (text, url): throws when it is no script. */
CPM_JS_FUNCTION(check_text)
{
    JSStringRef source = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);
    JSStringRef url = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    bool good = source && JSCheckScriptSyntax(ctx, source, url, 1, exception);

    if (source)
        JSStringRelease(source);
    if (url)
        JSStringRelease(url);
    return JSValueMakeBoolean(ctx, good);
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

/* A file of the cache: a hash of all behind its first line, facts, code. False when it is another:
 * what was cut or changed on the disk is as if it were not there. */
static bool read_cached(const struct cpm_buf *kept, struct cpm_str *facts, struct cpm_str *code)
{
    struct cpm_str rest = cpm_buf_str(kept), hash;
    char wanted[17];

    if (!cpm_str_split(&rest, '\n', &hash) || !rest.ptr)
        return false;
    snprintf(wanted, sizeof(wanted), "%016llx", (unsigned long long)cpm_str_hash(rest));
    if (!cpm_str_is(hash, wanted) || !cpm_str_split(&rest, '\n', facts))
        return false;
    *code = rest;
    return rest.ptr != NULL;
}

/* A text's name in the cache: two hashes of 64 bits, and its length. */
static void cache_key(struct cpm_str text, char into[64])
{
    uint64_t a = cpm_str_hash(text), b = 0x9e3779b97f4a7c15u;

    for (size_t i = 0; i < text.len; i++)
        b = (b ^ (unsigned char)text.ptr[i]) * 0xff51afd7ed558ccdu + (b >> 29);
    snprintf(into, 64, "%016llx%016llx-%zx", (unsigned long long)a, (unsigned long long)b,
             text.len);
}

/* (file, url, cache folder): [text, key] of a file that the cache does not know, [text, key, facts,
 * function] of one that it knows (text undefined); a negative errno. */
CPM_JS_FUNCTION(load_cached)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    char *url = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    char *folder = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 2), NULL);
    struct cpm_buf bytes = CPM_BUF_INIT(SOURCE_MAX), kept = CPM_BUF_INIT(SOURCE_MAX);
    struct cpm_buf name = CPM_BUF_INIT(PATH_MAX);
    int rc = read_into(path, &bytes);
    struct cpm_str text = without_bom(cpm_buf_str(&bytes));
    JSValueRef parts[4] = {JSValueMakeUndefined(ctx), NULL, NULL, NULL}, value = NULL;
    struct cpm_str facts, code;
    size_t count = 2;
    char key[64];

    if (rc < 0) {
        value = JSValueMakeNumber(ctx, rc);
        goto out;
    }
    cache_key(text, key);
    parts[1] = cpm_js_text(ctx, key);
    cpm_buf_addf(&name, "%s/%.2s/%s", folder, key, key + 2);
    if (*folder && read_into(cpm_buf_text(&name), &kept) == 0 &&
        read_cached(&kept, &facts, &code)) {
        parts[2] = cpm_js_text_n(ctx, facts.ptr, facts.len);
        parts[3] = evaluate(ctx, code, url, exception);
        count = 4;
    } else {
        parts[0] = cpm_js_text_n(ctx, text.ptr, text.len);
    }
    value = JSObjectMakeArray(ctx, count, parts, NULL);
out:
    cpm_buf_release(&name);
    cpm_buf_release(&kept);
    cpm_buf_release(&bytes);
    cpm_free(folder);
    cpm_free(url);
    cpm_free(path);
    return value;
}

/* (cache folder, key, facts, code): keeps it; what cannot be written is made again next time. */
CPM_JS_FUNCTION(store_cached)
{
    char *folder = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    char *key = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    size_t facts_len, code_len;
    char *facts = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 2), &facts_len);
    char *code = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 3), &code_len);
    struct cpm_buf name = CPM_BUF_INIT(PATH_MAX), bytes = CPM_BUF_INIT(SOURCE_MAX),
                   file = CPM_BUF_INIT(SOURCE_MAX);

    cpm_buf_addf(&name, "%s/%.2s", folder, key);
    if (cpm_fs_mkdirs(cpm_buf_text(&name), 0700, NULL) == 0) {
        cpm_buf_addf(&name, "/%s", key + 2);
        cpm_buf_add(&bytes, facts, facts_len);
        cpm_buf_add_char(&bytes, '\n');
        cpm_buf_add(&bytes, code, code_len);
        cpm_buf_addf(&file, "%016llx\n", (unsigned long long)cpm_str_hash(cpm_buf_str(&bytes)));
        cpm_buf_add_str(&file, cpm_buf_str(&bytes));
        if (!bytes.overflow && !file.overflow)
            cpm_fs_replace(cpm_buf_text(&name), cpm_buf_str(&file), 0600, false, NULL);
    }
    cpm_buf_release(&file);
    cpm_buf_release(&bytes);
    cpm_buf_release(&name);
    cpm_free(code);
    cpm_free(facts);
    cpm_free(key);
    cpm_free(folder);
    return JSValueMakeUndefined(ctx);
}

JSObjectRef cpm_native_module(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"openResolver", open_resolver},
        {"loadCached", load_cached},
        {"storeCached", store_cached},
        {"absolute", absolute},
        {"readText", read_text},
        {"compileFile", compile_file},
        {"evaluate", evaluate_text},
        {"check", check_text},
        {"kind", kind},
        {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
