/* What enhanced-resolve answers on its own test fixtures, with the options of each case: CORPUS is
 * enhanced-resolve-fs.jsonl, ROOT a copy of its repository (lib and test), in which the links that
 * its tests make on the fly are made here.
 *
 *     resolve_fs CORPUS ROOT
 *
 * Foreign cases are those that only JavaScript can have (a request that is no string, a stack of
 * requests or a cache handed in from outside, answers by yield, a URL object where JSON holds the
 * same text as for a string, a request with NULs) and one about a folder that its test made and did
 * not keep. docs/resolver.md lists them. */
#include "base/fs.h"
#include "base/json.h"
#include "cpm/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
    const char *root;
    struct cpm_arena arena; /* of one case */
    size_t passed, failed, foreign;
};

/* "$ROOT" replaced. */
static const char *text_of(struct run *run, struct cpm_str text)
{
    size_t at = cpm_str_find(text, "$ROOT");

    if (at == CPM_NPOS)
        return cpm_arena_strndup(&run->arena, text.ptr, text.len);
    return cpm_arena_printf(&run->arena, "%.*s%s%s", (int)at, text.ptr, run->root,
                            text_of(run, cpm_str_sub(text, at + 5, text.len)));
}

/* A field as the library takes it: keys with \x1f between them. */
static const char *field_of(struct run *run, const struct cpm_json *value)
{
    const char *path = NULL;

    if (!cpm_json_is(value, CPM_JSON_ARRAY))
        return text_of(run, cpm_json_str(value));
    CPM_JSON_EACH (value, key)
        path =
            path ? cpm_arena_printf(&run->arena, "%s\x1f%s", path, text_of(run, cpm_json_str(key)))
                 : text_of(run, cpm_json_str(key));
    return path;
}

/* A string or a list of them; NULL when absent. */
static const char *const *list_of(struct run *run, const struct cpm_json *options, const char *name,
                                  size_t *count)
{
    const struct cpm_json *value = cpm_json_get(options, cpm_str(name));
    const char **list;
    size_t n = 0;

    if (count)
        *count = 0;
    if (!value)
        return NULL;
    list = CPM_NEW_ARRAY(&run->arena, const char *, cpm_json_count(value) + 2);
    if (cpm_json_is(value, CPM_JSON_STRING))
        list[n++] = text_of(run, cpm_json_str(value));
    else
        CPM_JSON_EACH (value, item)
            list[n++] = field_of(run, item);
    if (count)
        *count = n;
    return list;
}

static bool flag_of(const struct cpm_json *options, const char *name)
{
    return cpm_json_bool(cpm_json_get(options, cpm_str(name)));
}

static void take_alias(struct run *run, const struct cpm_json *value, struct cpm_str name,
                       struct cpm_alias *out)
{
    const char **targets = CPM_NEW_ARRAY(&run->arena, const char *, cpm_json_count(value) + 1);

    out->name = text_of(run, name);
    out->targets = targets;
    if (cpm_json_is(value, CPM_JSON_STRING))
        targets[out->target_count++] = text_of(run, cpm_json_str(value));
    else if (cpm_json_is(value, CPM_JSON_ARRAY))
        CPM_JSON_EACH (value, item)
            targets[out->target_count++] = text_of(run, cpm_json_str(item));
}

static struct cpm_alias *aliases_of(struct run *run, const struct cpm_json *value, size_t *count)
{
    struct cpm_alias *list = CPM_NEW_ARRAY(&run->arena, struct cpm_alias, cpm_json_count(value));

    *count = 0;
    CPM_JSON_EACH (value, item) {
        struct cpm_alias *alias = &list[(*count)++];

        if (cpm_json_is(value, CPM_JSON_OBJECT))
            take_alias(run, item, cpm_json_key(item), alias);
        else
            take_alias(run, cpm_json_get(item, CPM_STR("alias")), cpm_json_get_str(item, "name"),
                       alias);
        alias->only_module = flag_of(item, "onlyModule");
    }
    return list;
}

static struct cpm_extension_alias *extension_aliases(struct run *run, const struct cpm_json *value,
                                                     size_t *count)
{
    struct cpm_extension_alias *list =
        CPM_NEW_ARRAY(&run->arena, struct cpm_extension_alias, cpm_json_count(value));

    *count = 0;
    CPM_JSON_EACH (value, item) {
        struct cpm_extension_alias *alias = &list[(*count)++];

        alias->extension = text_of(run, cpm_json_key(item));
        alias->others = list_of(run, value, alias->extension, &alias->other_count);
    }
    return list;
}

/* A regular expression here is always one of endings: /\.(sass|scss)$/. */
static void take_suffixes(struct run *run, struct cpm_str regexp, const char **suffixes)
{
    struct cpm_str rest = cpm_str_sub(regexp, 3, regexp.len - 5), part;
    size_t n = 0;

    if (cpm_str_starts(rest, "("))
        rest = cpm_str_sub(rest, 1, rest.len - 2);
    while (cpm_str_split(&rest, '|', &part))
        suffixes[n++] = cpm_arena_printf(&run->arena, ".%.*s", CPM_STR_ARG(part));
}

static void take_restrictions(struct run *run, const struct cpm_json *value,
                              struct cpm_bundler_options *o)
{
    const char **folders = CPM_NEW_ARRAY(&run->arena, const char *, cpm_json_count(value) + 1);
    const char **suffixes = CPM_NEW_ARRAY(&run->arena, const char *, 16);
    size_t n = 0;

    CPM_JSON_EACH (value, item) {
        if (cpm_json_is(item, CPM_JSON_STRING))
            folders[n++] = text_of(run, cpm_json_str(item));
        else
            take_suffixes(run, cpm_json_get_str(item, "$regexp"), suffixes);
    }
    o->restrictions = folders;
    o->restriction_suffixes = suffixes;
}

static void take_tsconfig(struct run *run, const struct cpm_json *value,
                          struct cpm_bundler_options *o)
{
    const struct cpm_json *references = cpm_json_get(value, CPM_STR("references"));

    if (cpm_json_is(value, CPM_JSON_STRING))
        o->tsconfig = text_of(run, cpm_json_str(value));
    o->tsconfig_search = cpm_json_bool(value);
    if (!cpm_json_is(value, CPM_JSON_OBJECT))
        return;
    o->tsconfig = text_of(run, cpm_json_get_str(value, "configFile"));
    if (cpm_json_get(value, CPM_STR("baseUrl")))
        o->tsconfig_base_url = text_of(run, cpm_json_get_str(value, "baseUrl"));
    o->tsconfig_own_references = cpm_json_is(references, CPM_JSON_STRING);
    if (cpm_json_is(references, CPM_JSON_ARRAY))
        o->tsconfig_references = list_of(run, value, "references", NULL);
}

static bool has_empty(const char *const *list)
{
    for (; list && *list; list++)
        if (!**list)
            return true;
    return false;
}

static struct cpm_bundler_options bundler_of(struct run *run, const struct cpm_json *o)
{
    struct cpm_bundler_options b = {
        .extensions = list_of(run, o, "extensions", NULL),
        .main_fields = list_of(run, o, "mainFields", NULL),
        .main_files = list_of(run, o, "mainFiles", NULL),
        .alias_fields = list_of(run, o, "aliasFields", NULL),
        .exports_fields = list_of(run, o, "exportsFields", NULL),
        .imports_fields = list_of(run, o, "importsFields", NULL),
        .modules = list_of(run, o, "modules", NULL),
        .roots = list_of(run, o, "roots", NULL),
        .fully_specified = flag_of(o, "fullySpecified"),
        .resolve_to_folder = flag_of(o, "resolveToContext"),
        .prefer_relative = flag_of(o, "preferRelative"),
        .prefer_absolute = flag_of(o, "preferAbsolute"),
        .enforce_extension = flag_of(o, "enforceExtension"),
        .extension_alias_for_exports = flag_of(o, "extensionAliasForExports"),
    };

    if (!cpm_json_get(o, CPM_STR("enforceExtension")))
        b.enforce_extension = has_empty(b.extensions);
    b.alias = aliases_of(run, cpm_json_get(o, CPM_STR("alias")), &b.alias_count);
    b.fallback = aliases_of(run, cpm_json_get(o, CPM_STR("fallback")), &b.fallback_count);
    b.extension_alias = extension_aliases(run, cpm_json_get(o, CPM_STR("extensionAlias")),
                                          &b.extension_alias_count);
    take_restrictions(run, cpm_json_get(o, CPM_STR("restrictions")), &b);
    take_tsconfig(run, cpm_json_get(o, CPM_STR("tsconfig")), &b);
    return b;
}

static const char *answer_of(struct run *run, const struct cpm_resolution *r)
{
    if (r->code)
        return "!error";
    if (r->ignored)
        return "false";
    return cpm_arena_printf(&run->arena, "%s%s", r->path, r->query);
}

/* enhanced-resolve writes a NUL before each '#' of a path. JSON here has no NUL, so they come as
 * ESCAPE. */
enum { ESCAPE = '\1' };

static void spell_escapes(char *text)
{
    for (char *at = text; (at = strstr(at, "\\u0000")); at += strlen("\\u0000"))
        at[strlen("\\u000")] = '1';
}

static const char *without_escapes(struct run *run, const char *text)
{
    char *out = cpm_arena_strndup(&run->arena, text, strlen(text));
    size_t n = 0;

    for (; *text; text++)
        if (*text != ESCAPE)
            out[n++] = *text;
    out[n] = '\0';
    return out;
}

static const char *expected(struct run *run, const struct cpm_json *test)
{
    const struct cpm_json *expect = cpm_json_get(test, CPM_STR("expect"));

    if (cpm_json_get(test, CPM_STR("error")))
        return "!error";
    if (!expect)
        return NULL;
    if (!cpm_json_is(expect, CPM_JSON_STRING))
        return "false";
    return without_escapes(run, text_of(run, cpm_json_str(expect)));
}

static bool has_url_restriction(const struct cpm_json *test)
{
    const struct cpm_json *options = cpm_json_get(test, CPM_STR("options"));

    CPM_JSON_EACH (cpm_json_get(options, CPM_STR("restrictions")), item)
        if (cpm_str_starts(cpm_json_str(item), "file:"))
            return true;
    return false;
}

static bool is_foreign(const struct cpm_json *test)
{
    struct cpm_str error = cpm_json_get_str(test, "error");
    struct cpm_str request = cpm_json_get_str(test, "request");

    if (has_url_restriction(test) || cpm_str_is(cpm_json_get_str(test, "expect"), "cache-hit") ||
        cpm_str_find(cpm_json_get_str(test, "from"), "absolute-tmp-") != CPM_NPOS)
        return true;
    return !request.ptr || cpm_str_chr(request, ESCAPE) != CPM_NPOS ||
           cpm_str_starts(error, "Recursion in") ||
           cpm_str_find(error, "is not a string") != CPM_NPOS ||
           (!cpm_json_get(test, CPM_STR("expect")) && !error.ptr);
}

static void check(struct run *run, const struct cpm_json *test)
{
    const struct cpm_json *options = cpm_json_get(test, CPM_STR("options"));
    const struct cpm_json *symlinks = cpm_json_get(options, CPM_STR("symlinks"));
    struct cpm_resolver_options o = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_bundler_options b = bundler_of(run, options);
    const char *want = expected(run, test), *from = text_of(run, cpm_json_get_str(test, "from"));
    const char *request = text_of(run, cpm_json_get_str(test, "request")), *have;
    struct cpm_resolver *resolver;

    if (is_foreign(test)) {
        run->foreign++;
        return;
    }
    o.bundler = &b;
    o.conditions = list_of(run, options, "conditionNames", NULL);
    o.preserve_symlinks = symlinks && !cpm_json_bool(symlinks);
    resolver = cpm_resolver_new(&o, NULL);
    have = answer_of(run, cpm_resolver_resolve(resolver, CPM_RESOLVE_BUNDLER, request,
                                               cpm_arena_printf(&run->arena, "%s/", from)));
    if (strcmp(want, have) == 0) {
        run->passed++;
    } else {
        run->failed++;
        printf("%.*s: '%s' from %s\n    expected %s\n    got      %s\n",
               CPM_STR_ARG(cpm_json_get_str(test, "test")), request, from, want, have);
    }
    cpm_resolver_free(resolver);
}

/* What enhanced-resolve's own tests make before they run. */
static void make_links(const char *root)
{
    static const char *const folders[] = {"test/temp", "test/temp-restrictions-symlink",
                                          "test/temp-restrictions-symlink/allowed",
                                          "test/temp-restrictions-symlink/outside"};
    static const char *const links[][2] = {
        {"test/temp/index.js", "../../lib/index.js"},
        {"test/temp/lib", "../../lib"},
        {"test/temp/this", "../.."},
        {"test/temp/that", "this"},
        {"test/temp/node.relative.js", "../../lib/index.js"},
        {"test/temp/node.relative.sym.js", "./node.relative.js"},
        {"test/temp-restrictions-symlink/allowed/link.js", "../outside/secret.js"},
        {"test/temp-restrictions-symlink/allowed/rel-link.js", "../outside/secret.js"},
        {"test/temp-restrictions-symlink/outside/secret.js", "../../fixtures/a.js"},
        {"test/temp-restrictions-symlink/allowed/real.js", NULL},
    };
    struct cpm_arena arena = CPM_ARENA_INIT;

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        mkdir(cpm_arena_printf(&arena, "%s/%s", root, folders[i]), 0777);
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        const char *path = cpm_arena_printf(&arena, "%s/%s", root, links[i][0]);

        if (links[i][1] ? symlink(links[i][1], path) < 0
                        : cpm_fs_replace(path, CPM_STR("\n"), 0, false, NULL) < 0)
            continue; /* it stands there already, or its case will tell */
    }
    cpm_arena_release(&arena);
}

int main(int argc, char **argv)
{
    struct run run = {.root = argc == 3 ? realpath(argv[2], NULL) : NULL};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = {.code = 0};
    struct cpm_str text, line;

    if (!run.root || cpm_fs_read(argv[1], 64u << 20, &arena, &text, &err) < 0) {
        fprintf(stderr, "resolve_fs CORPUS ROOT: %s\n", err.text);
        return 2;
    }
    make_links(run.root);
    spell_escapes((char *)text.ptr);
    while (text.len && cpm_str_split(&text, '\n', &line)) {
        struct cpm_json *test = NULL;

        if (!line.len)
            continue;
        if (cpm_json_parse(line, argv[1], 0, &test, &err) < 0) {
            printf("%s\n", err.text);
            run.failed++;
            continue;
        }
        check(&run, test);
        cpm_json_free(test);
        cpm_arena_release(&run.arena);
    }
    printf("%zu passed, %zu failed, %zu foreign\n", run.passed, run.failed, run.foreign);
    cpm_arena_release(&arena);
    free((void *)run.root);
    return run.failed || !run.passed ? 1 : 0;
}
