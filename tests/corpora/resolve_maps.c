/* Exports and imports maps without files: what Node, enhanced-resolve and resolve.exports answer.
 *
 *     resolve_maps table CORPUS     exports-imports-table.jsonl
 *     resolve_maps library CORPUS   resolve.exports.jsonl
 *
 * In the table Node's answer counts where it was asked; elsewhere, and for resolve.exports, the
 * first target of the list that Node would not refuse. Foreign are the helper functions of
 * resolve.exports, which only move strings about. */
#include "base/fs.h"
#include "base/json.h"
#include "resolver/module/disk.h"
#include "resolver/module/import.h"
#include "resolver/module/memory.h"
#include "resolver/module/settings.h"
#include "resolver/module/target.h"

#include <stdio.h>

struct run {
    struct cpm_memory memory;
    struct cpm_places places;
    struct cpm_settings settings;
    size_t passed, failed, foreign;
};

/* One question. */
struct question {
    struct cpm_str field; /* its JSON */
    struct cpm_str subpath;
    bool imports, folder_keys;
    struct cpm_conditions conditions;
};

static void ask(struct run *run, struct cpm_search *s, const struct question *q,
                struct cpm_str *target)
{
    struct cpm_target_query query = {
        .field = cpm_value_parse(&s->arena, q->field),
        .subpath = q->subpath,
        .folder = cpm_place_walk(&run->places, run->places.root, CPM_STR("pkg")),
        .imports = q->imports,
        .folder_keys = q->folder_keys,
    };

    s->places = &run->places;
    s->settings = &run->settings;
    s->conditions = q->conditions;
    if (query.field)
        cpm_target_find(s, &query, target);
}

static struct cpm_str json_text(struct cpm_arena *arena, const struct cpm_json *value)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 24);
    struct cpm_str text;

    cpm_json_write(value, CPM_STR(""), CPM_STR(""), &out);
    text = cpm_arena_str(arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return text;
}

static void report(struct run *run, struct cpm_str line, const char *want, const char *have)
{
    if (strcmp(want, have) == 0) {
        run->passed++;
        return;
    }
    run->failed++;
    printf("%.*s\n    expected %s\n    got      %s\n", CPM_STR_ARG(cpm_str_sub(line, 0, 400)), want,
           have);
}

/* the table */

/* What import says before it looks at a map. */
static bool is_bad_import(struct cpm_str name)
{
    return cpm_str_is(name, "#") || cpm_str_starts(name, "#/") || cpm_str_ends(name, "/");
}

/* The answer as the table has it: "./file", a code. */
static const char *table_answer(struct cpm_search *s, const struct question *q,
                                struct cpm_str target)
{
    if (q->imports && !q->folder_keys && is_bad_import(q->subpath))
        return "ERR_INVALID_MODULE_SPECIFIER";
    if (s->code)
        return s->code;
    if (!cpm_str_starts(target, "./"))
        return "ERR_MODULE_NOT_FOUND"; /* a package that is not there */
    return cpm_arena_strndup(&s->arena, target.ptr, target.len);
}

/* The first target of the list that is not refused for what it is: webpack checks that later. */
static const char *first_valid(struct cpm_arena *arena, const struct cpm_json *list, bool imports)
{
    CPM_JSON_EACH (list, item) {
        struct cpm_str text = cpm_json_str(item);

        if (cpm_str_starts(text, "./") && cpm_str_find(text, "/../") == CPM_NPOS)
            return cpm_arena_strndup(arena, text.ptr, text.len);
        if (imports && !cpm_str_starts(text, "."))
            return "ERR_MODULE_NOT_FOUND"; /* a package that is not there */
    }
    return "an error";
}

static struct cpm_conditions conditions_of(struct cpm_arena *arena, const struct cpm_json *list)
{
    struct cpm_str *names = CPM_NEW_ARRAY(arena, struct cpm_str, cpm_json_count(list) + 3);
    struct cpm_conditions out = {names, 0};

    CPM_JSON_EACH (list, item)
        names[out.count++] = cpm_json_str(item);
    return out;
}

/* "$ROOT" stands for an absolute path. */
static struct cpm_str without_root(struct cpm_arena *arena, struct cpm_str text)
{
    size_t at = cpm_str_find(text, "$ROOT");

    if (at == CPM_NPOS)
        return text;
    return cpm_str(cpm_arena_printf(arena, "%.*s%s", (int)at, text.ptr,
                                    without_root(arena, cpm_str_sub(text, at + 5, text.len)).ptr));
}

static void check_table(struct run *run, const struct cpm_json *test, struct cpm_str line)
{
    const struct cpm_json *node = cpm_json_get(test, CPM_STR("node20"));
    struct cpm_search s = {.arena = CPM_ARENA_INIT};
    struct cpm_str target = CPM_STR("");
    struct question q = {
        .field = without_root(&s.arena, json_text(&s.arena, cpm_json_get(test, CPM_STR("field")))),
        .subpath = cpm_json_get_str(test, "request"),
        .imports = cpm_str_is(cpm_json_get_str(test, "kind"), "imports"),
        .folder_keys = !node,
        .conditions = conditions_of(&s.arena, cpm_json_get(test, CPM_STR("conditions"))),
    };
    struct cpm_str code = cpm_json_get_str(node, "code");
    const char *want, *have;

    ask(run, &s, &q, &target);
    have = table_answer(&s, &q, target);
    if (code.ptr)
        want = cpm_arena_strndup(&s.arena, code.ptr, code.len);
    else if (node)
        want = cpm_arena_strndup(&s.arena, cpm_json_str(node).ptr, cpm_json_str(node).len);
    else
        want = first_valid(&s.arena, cpm_json_get(test, CPM_STR("expect")), q.imports);
    if (!node && s.code)
        have = "an error";
    report(run, line, want, have);
    cpm_arena_release(&s.arena);
}

/* resolve.exports */

static struct cpm_conditions library_conditions(struct cpm_arena *arena,
                                                const struct cpm_json *options)
{
    struct cpm_conditions out = conditions_of(arena, cpm_json_get(options, CPM_STR("conditions")));
    struct cpm_str *names = (struct cpm_str *)out.names;

    if (cpm_json_bool(cpm_json_get(options, CPM_STR("unsafe"))))
        return out;
    names[out.count++] = cpm_json_bool(cpm_json_get(options, CPM_STR("require")))
                             ? CPM_STR("require")
                             : CPM_STR("import");
    names[out.count++] = cpm_json_bool(cpm_json_get(options, CPM_STR("browser")))
                             ? CPM_STR("browser")
                             : CPM_STR("node");
    return out;
}

/* "name/x", "x", "./x" and nothing, as resolve.exports understands its second argument. */
static struct cpm_str entry_of(struct cpm_arena *arena, struct cpm_str name, struct cpm_str entry)
{
    if (!entry.ptr || cpm_str_eq(entry, name) || cpm_str_is(entry, "."))
        return CPM_STR(".");
    if (entry.len > name.len && entry.ptr[name.len] == '/' &&
        cpm_str_eq(cpm_str_sub(entry, 0, name.len), name))
        entry = cpm_str_sub(entry, name.len + 1, entry.len);
    if (cpm_str_starts(entry, "#") || cpm_str_starts(entry, "./"))
        return entry;
    return cpm_str(cpm_arena_printf(arena, "./%.*s", CPM_STR_ARG(entry)));
}

static const char *library_wants(struct cpm_arena *arena, const struct cpm_json *test)
{
    const struct cpm_json *list = cpm_json_get(test, CPM_STR("result"));
    struct cpm_str first = cpm_json_str(cpm_json_first(list));

    if (cpm_json_get(test, CPM_STR("error")))
        return "an error";
    CPM_JSON_EACH (list, item)
        if (cpm_str_starts(cpm_json_str(item), "./")) {
            first = cpm_json_str(item);
            break;
        }
    return cpm_arena_strndup(arena, first.ptr, first.len);
}

static void check_library(struct run *run, const struct cpm_json *test, struct cpm_str line)
{
    struct cpm_str fn = cpm_json_get_str(test, "fn"), target = CPM_STR(""), name;
    const struct cpm_json *args = cpm_json_get(test, CPM_STR("args")), *package, *field;
    struct cpm_search s = {.arena = CPM_ARENA_INIT};
    struct question q = {.folder_keys = true};

    package = cpm_json_at(args, 0);
    name = cpm_json_get_str(package, "name");
    q.subpath = entry_of(&s.arena, name,
                         cpm_json_is(cpm_json_at(args, 1), CPM_JSON_STRING)
                             ? cpm_json_str(cpm_json_at(args, 1))
                             : CPM_STR_NONE);
    q.imports = cpm_str_is(fn, "imports") || cpm_str_starts(q.subpath, "#");
    field = cpm_json_get(package, q.imports ? CPM_STR("imports") : CPM_STR("exports"));
    if ((!cpm_str_is(fn, "resolve") && !cpm_str_is(fn, "exports") && !cpm_str_is(fn, "imports")) ||
        !field) {
        run->foreign++;
        cpm_arena_release(&s.arena);
        return;
    }
    q.field = json_text(&s.arena, field);
    q.conditions = library_conditions(&s.arena, cpm_json_at(args, 2));
    ask(run, &s, &q, &target);
    report(run, line, library_wants(&s.arena, test),
           s.code ? "an error" : cpm_arena_strndup(&s.arena, target.ptr, target.len));
    cpm_arena_release(&s.arena);
}

int main(int argc, char **argv)
{
    static const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = {.code = 0};
    struct cpm_str text, line;
    struct run run = {.passed = 0};

    if (argc != 3 || cpm_fs_read(argv[2], 64u << 20, &arena, &text, &err) < 0) {
        fprintf(stderr, "resolve_maps table|library CORPUS: %s\n", err.text);
        return 2;
    }
    cpm_memory_init(&run.memory);
    cpm_places_init(&run.places, &run.memory, &cpm_disk);
    cpm_settings_init(&run.settings, &options, NULL);
    while (text.len && cpm_str_split(&text, '\n', &line)) {
        struct cpm_json *test = NULL;

        if (!line.len)
            continue;
        if (cpm_json_parse(line, argv[2], CPM_JSON_LAST_WINS, &test, &err) < 0) {
            printf("%s\n", err.text);
            run.failed++;
            continue;
        }
        if (strcmp(argv[1], "table") == 0)
            check_table(&run, test, line);
        else
            check_library(&run, test, line);
        cpm_json_free(test);
    }
    printf("%zu passed, %zu failed, %zu foreign\n", run.passed, run.failed, run.foreign);
    cpm_settings_release(&run.settings);
    cpm_places_release(&run.places);
    cpm_memory_release(&run.memory);
    cpm_arena_release(&arena);
    return run.failed || !run.passed ? 1 : 0;
}
