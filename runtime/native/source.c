/* A text goes from the disk into the engine with as few copies as its size is worth: it is read
 * behind the wrapper, and stays where it was read as long as the engine needs it (compiled.h).
 * Where no compiled code is kept a long ASCII text stays for ever, which is nearly always the same.
 */
#include "runtime/native/source.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "runtime/compiled.h"
#include "runtime/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_MAX (512u << 20)
#define WRAPPER    "(function (exports, require, module, __filename, __dirname) { "
#define BOM        "\xef\xbb\xbf"

/* Below that a copy costs nothing, and a text that is loaded again and again must be freed. */
#define LONG_TEXT (64u << 10)

/* Room for what closes the wrapper. */
#define AFTER 8

/* Appends the file; 0 or a negative errno. */
static int read_into(const char *path, struct cpm_buf *out)
{
    size_t begin = out->len;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
    struct stat st;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
        rc = S_ISDIR(st.st_mode) ? -EISDIR : -errno;
        goto out;
    }
    for (ssize_t got = 1; got > 0;) {
        size_t have = out->len - begin, size = (size_t)st.st_size;
        size_t room = size > have ? size - have + 1 : 65536;
        if (!cpm_buf_reserve(out, room + AFTER)) {
            rc = -EFBIG;
            goto out;
        }
        got = read(fd, out->ptr + out->len, room);
        if (got < 0) {
            rc = -errno;
            goto out;
        }
        out->len += (size_t)got;
        if (S_ISREG(st.st_mode) && size > 0 && (size_t)got < room)
            break;
    }
out:
    close(fd);
    return rc;
}

static struct cpm_str without_bom(struct cpm_str text)
{
    return cpm_str_starts(text, BOM) ? cpm_str_sub(text, 3, text.len) : text;
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

/* `text` is of `bytes`, which are taken. */
static JSValueRef evaluate_compiled(struct cpm_runtime *rt, struct cpm_buf *bytes,
                                    struct cpm_str text, const char *url, JSValueRef *exception)
{
    bool is_plain = cpm_js_is_plain(text.ptr, text.len);
    const struct cpm_compiled_text kept = {
        .bytes = text,
        .memory = bytes->ptr,
        .wide = is_plain ? NULL : cpm_js_string(text.ptr, text.len),
        .url = url,
    };

    cpm_buf_init(bytes, SOURCE_MAX);
    return cpm_compiled_evaluate(rt, &kept, exception);
}

/* The value of the script at bytes[begin…), for which there is room for a NUL behind it. May take
 * the bytes. */
static JSValueRef evaluate(JSContextRef ctx, struct cpm_buf *bytes, size_t begin, const char *url,
                           JSValueRef *exception)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_str text = cpm_str_sub(cpm_buf_str(bytes), begin, bytes->len);
    JSValueRef value = NULL;

    if (cpm_compiled_wants(rt, text.len)) {
        value = evaluate_compiled(rt, bytes, text, url, exception);
        return value ? value : JSValueMakeUndefined(ctx);
    }
    if (text.len >= LONG_TEXT && cpm_js_is_plain(text.ptr, text.len)) {
        value = cpm_engine_evaluate(rt, text.ptr, text.len, url, exception);
        if (value || *exception) { /* else it is no script: the other way says why */
            cpm_buf_init(bytes, SOURCE_MAX);
            return value ? value : JSValueMakeUndefined(ctx);
        }
    }
    JSStringRef source = cpm_js_string(text.ptr, text.len);
    JSStringRef name = cpm_js_string(url, strlen(url));
    value = JSEvaluateScript(ctx, source, NULL, name, 1, exception);
    JSStringRelease(name);
    JSStringRelease(source);
    return value ? value : JSValueMakeUndefined(ctx);
}

/* Reads the file behind the wrapper; 0 or a negative errno. Whatever says how the file is to be
 * read becomes blank or a comment. */
static int read_wrapped(const char *path, struct cpm_buf *out)
{
    const size_t begin = strlen(WRAPPER);

    cpm_buf_add_text(out, WRAPPER);
    int rc = read_into(path, out);
    if (rc < 0)
        return rc;
    if (cpm_str_starts(cpm_str_sub(cpm_buf_str(out), begin, out->len), BOM)) {
        memmove(out->ptr + begin, out->ptr + begin + 3, out->len - begin - 3);
        out->len -= 3;
    }
    if (cpm_str_starts(cpm_str_sub(cpm_buf_str(out), begin, out->len), "#!"))
        memcpy(out->ptr + begin, "//", 2);
    return 0;
}

/* (path): the file as a CommonJS function; undefined when JavaScript has to look at its text (it
 * holds import()); a negative errno. Throws the syntax error. */
CPM_JS_FUNCTION(compile_file)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    struct cpm_buf source = CPM_BUF_INIT(SOURCE_MAX);
    int rc = read_wrapped(path, &source);
    JSValueRef value = JSValueMakeUndefined(ctx);

    if (rc < 0) {
        value = JSValueMakeNumber(ctx, rc);
    } else if (!may_import(cpm_buf_str(&source))) {
        cpm_buf_add_text(&source, "\n})");
        value = evaluate(ctx, &source, 0, path, exception);
    }
    cpm_buf_release(&source);
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

    for (size_t i = 0; i < text.len; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        size_t left = text.len - i;
        memcpy(&word, text.ptr + i, left < sizeof(word) ? left : sizeof(word));
        b = (b ^ word) * 0xff51afd7ed558ccdu + (b >> 29);
    }
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
        parts[3] = evaluate(ctx, &kept, (size_t)(code.ptr - kept.ptr), url, exception);
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

const struct cpm_js_method cpm_source_methods[] = {
    {"readText", read_text},
    {"compileFile", compile_file},
    {"evaluate", evaluate_text},
    {"check", check_text},
    {"loadCached", load_cached},
    {"storeCached", store_cached},
    {NULL, NULL},
};
