/* The recorded answers of npm's ini, nopt and configuration packages. Usage: config_libs CORPORA.
 * Lines about what cpm has no function for (writing ini files, nopt's inner functions) are counted
 * as not applicable. */
#include "base/fs.h"
#include "base/mem.h"
#include "cli/config/expand.h"
#include "cli/config/ini.h"
#include "cli/config/nopt.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX (16u << 20)

enum verdict { PASS, FAIL, SKIP };

struct run {
    struct cpm_arena arena;
    unsigned counts[3];
};

static const struct cpm_json *arg(const struct cpm_json *line, size_t n)
{
    const struct cpm_json *v = cpm_json_first(cpm_json_get(line, CPM_STR("args")));
    while (v && n--)
        v = cpm_json_next(v);
    return v;
}

static const struct cpm_json *result(const struct cpm_json *line)
{
    return cpm_json_get(line, CPM_STR("result"));
}

static struct cpm_str fn(const struct cpm_json *line)
{
    return cpm_json_get_str(line, "fn");
}

static enum verdict compare_json(const struct cpm_value *got, const struct cpm_json *want,
                                 struct cpm_arena *arena)
{
    struct cpm_buf a = CPM_BUF_INIT(FILE_MAX), b = CPM_BUF_INIT(FILE_MAX);
    struct cpm_value expected = cpm_value_from_json(arena, want);
    cpm_value_json(got, 0, &a);
    cpm_value_json(&expected, 0, &b);
    enum verdict v = cpm_str_eq(cpm_buf_str(&a), cpm_buf_str(&b)) ? PASS : FAIL;
    if (v == FAIL)
        printf("got  %s\nwant %s\n", cpm_buf_text(&a), cpm_buf_text(&b));
    cpm_buf_release(&a);
    cpm_buf_release(&b);
    return v;
}

static enum verdict run_ini(struct run *r, const struct cpm_json *line)
{
    if (cpm_str_is(fn(line), "ini.unsafe")) {
        struct cpm_value v = cpm_ini_unsafe(&r->arena, cpm_json_str(arg(line, 0)));
        return compare_json(&v, result(line), &r->arena);
    }
    if (!cpm_str_is(fn(line), "ini.parse") || arg(line, 1))
        return SKIP;
    struct cpm_value v = {.kind = CPM_VALUE_OBJECT,
                          .fields = CPM_NEW(&r->arena, struct cpm_fields)};
    if (cpm_ini_parse(&r->arena, cpm_json_str(arg(line, 0)), v.fields, NULL) != 0)
        return FAIL;
    return compare_json(&v, result(line), &r->arena);
}

static char **environ_of(struct cpm_arena *arena, const struct cpm_json *object)
{
    char **out = CPM_NEW_ARRAY(arena, char *, cpm_json_count(object) + 1);
    size_t n = 0;
    CPM_JSON_EACH (object, v) {
        out[n++] = cpm_arena_printf(arena, "%.*s=%.*s", CPM_STR_ARG(cpm_json_key(v)),
                                    CPM_STR_ARG(cpm_json_str(v)));
    }
    return out;
}

static enum verdict text_is(struct cpm_str got, struct cpm_str want)
{
    if (cpm_str_eq(got, want))
        return PASS;
    printf("got  %.*s\nwant %.*s\n", CPM_STR_ARG(got), CPM_STR_ARG(want));
    return FAIL;
}

static enum verdict run_config(struct run *r, const struct cpm_json *line)
{
    struct cpm_str text = cpm_json_str(arg(line, 0));
    if (cpm_str_is(fn(line), "lib/env-replace"))
        return text_is(cpm_env_expand(&r->arena, text, environ_of(&r->arena, arg(line, 1))),
                       cpm_json_str(result(line)));
    if (!cpm_str_is(fn(line), "lib/nerf-dart"))
        return SKIP;
    const char *nerf = cpm_nerf_dart(&r->arena, text);
    if (!nerf || !result(line))
        return !nerf == !result(line) ? PASS : FAIL;
    return text_is(cpm_str(nerf), cpm_json_str(result(line)));
}

/* Types were functions and got lost in the recording: only lines without them, or with shorthands
 * alone, can be asked again. */
static bool nopt_applies(const struct cpm_json *line)
{
    static const char *const typed[] = {"--empty", "--parse-me", "--file",
                                        "--key",   "-cl",        "--clear"};
    const struct cpm_json *words = arg(line, 2);
    const struct cpm_json *first = cpm_json_first(words);
    if (!cpm_str_is(fn(line), "nopt") || !first || cpm_json_count(arg(line, 0)))
        return false;
    if (cpm_str_is(cpm_json_str(first), "--short") && !cpm_json_count(arg(line, 1)))
        return false;
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
        CPM_JSON_EACH (words, word) {
            if (cpm_str_starts(cpm_json_str(word), typed[i]) &&
                !cpm_json_is(arg(line, 0), CPM_JSON_NULL))
                return false;
        }
    return true;
}

static struct cpm_value nopt_result(struct run *r, const struct cpm_nopt *n)
{
    struct cpm_value out = {.kind = CPM_VALUE_OBJECT,
                            .fields = CPM_NEW(&r->arena, struct cpm_fields)};
    struct cpm_value remain = cpm_value_list();
    for (size_t i = 0; i < n->options.count; i++)
        cpm_fields_set(&r->arena, out.fields, n->options.v[i].key, n->options.v[i].value);
    for (int i = 0; i < n->remain_count; i++)
        cpm_value_push(&r->arena, &remain, cpm_value_str(&r->arena, cpm_str(n->remain[i])));
    cpm_fields_set(&r->arena, out.fields, CPM_STR("remain"), remain);
    return out;
}

static enum verdict run_nopt(struct run *r, const struct cpm_json *line)
{
    const char *words[64];
    size_t count = 0, shorts = 0;
    struct cpm_shorthand *table =
        CPM_NEW_ARRAY(&r->arena, struct cpm_shorthand, cpm_json_count(arg(line, 1)) + 1);
    if (!nopt_applies(line))
        return SKIP;
    CPM_JSON_EACH (arg(line, 2), word) {
        words[count++] = cpm_arena_str(&r->arena, cpm_json_str(word)).ptr;
    }
    CPM_JSON_EACH (arg(line, 1), row) {
        table[shorts++] = (struct cpm_shorthand){cpm_arena_str(&r->arena, cpm_json_key(row)).ptr,
                                                 cpm_arena_str(&r->arena, cpm_json_str(row)).ptr};
    }
    struct cpm_nopt n = {
        .shorthands = table, .shorthand_count = shorts, .ctx = {.arena = &r->arena, .cwd = "/"}};
    if (cpm_nopt_parse(&n, words, count, NULL) != 0)
        return FAIL;
    struct cpm_value got = nopt_result(r, &n), want = cpm_value_from_json(&r->arena, result(line));
    const struct cpm_value *argv = cpm_fields_find(want.fields, CPM_STR("argv"));
    struct cpm_value remain = *cpm_fields_find(argv->fields, CPM_STR("remain"));
    cpm_fields_del(want.fields, CPM_STR("argv"));
    cpm_fields_set(&r->arena, want.fields, CPM_STR("remain"), remain);
    struct cpm_buf a = CPM_BUF_INIT(FILE_MAX), b = CPM_BUF_INIT(FILE_MAX);
    cpm_value_json(&got, 0, &a);
    cpm_value_json(&want, 0, &b);
    enum verdict v = text_is(cpm_buf_str(&a), cpm_buf_str(&b));
    cpm_buf_release(&a);
    cpm_buf_release(&b);
    return v;
}

static void run_file(struct run *r, const char *folder, const char *name,
                     enum verdict (*one)(struct run *, const struct cpm_json *))
{
    struct cpm_str text, line;
    const char *path = cpm_arena_printf(&r->arena, "%s/libs/%s.jsonl", folder, name);
    struct cpm_error err = CPM_ERROR_INIT;
    unsigned counts[3] = {0};
    if (cpm_fs_read(path, FILE_MAX, &r->arena, &text, &err) != 0) {
        printf("%s\n", err.text);
        r->counts[FAIL]++;
        return;
    }
    for (unsigned number = 1; text.len && cpm_str_split(&text, '\n', &line); number++) {
        struct cpm_json *doc = NULL;
        if (line.len == 0 || cpm_json_parse(line, path, CPM_JSON_LAST_WINS, &doc, &err) != 0)
            continue;
        enum verdict v = one(r, doc);
        if (v == FAIL)
            printf("%s.jsonl:%u failed\n", name, number);
        counts[v]++;
        r->counts[v]++;
        cpm_json_free(doc);
    }
    printf("%s: %u passed, %u failed, %u not applicable\n", name, counts[PASS], counts[FAIL],
           counts[SKIP]);
}

int main(int argc, char **argv)
{
    struct run r = {.counts = {0}};
    if (argc != 2)
        return 2;
    cpm_arena_init(&r.arena);
    run_file(&r, argv[1], "ini", run_ini);
    run_file(&r, argv[1], "nopt", run_nopt);
    run_file(&r, argv[1], "config", run_config);
    cpm_arena_release(&r.arena);
    return r.counts[FAIL] != 0;
}
