/* corpus_runner CORPUS DIR: prints "N of M" and fails unless all pass. */
#include "corpus.h"

#include "base/buf.h"
#include "base/fs.h"
#include "semver/version.h"

#include <stdio.h>

enum { MAX_FILE = 64 << 20 };

static const struct {
    const char *name;
    int (*run)(struct corpus *c);
} drivers[] = {
    {"semver", corpus_semver},
    {"npm-package-arg", corpus_npm_package_arg},
    {"hosted-git-info", corpus_hosted_git_info},
    {"validate-npm-package-name", corpus_package_name},
    {"package-json", corpus_package_json},
    {"normalize-package-data", corpus_package_data},
    {"npm-normalize-package-bin", corpus_package_bin},
    {"ssri", corpus_ssri},
    {"npm-install-checks", corpus_install_checks},
};

void corpus_count(struct corpus *c, enum verdict verdict, struct cpm_str text)
{
    if (verdict == FOREIGN) {
        c->foreign++;
        return;
    }
    c->total++;
    c->passed += verdict == PASSED;
    if (verdict == FAILED)
        printf("%s:%zu: %.*s\n", c->file, c->line, CPM_STR_ARG(text));
}

/* The JSON reader refuses NUL, which some cases try: they get U+FFFD, as invalid in every place
 * where it stands. */
static struct cpm_str without_nul(struct corpus *c, struct cpm_str text)
{
    char *copy = cpm_arena_strndup(&c->arena, text.ptr, text.len);
    char *at = copy;

    while ((at = strstr(at, "\\u0000")))
        memcpy(at, "\\ufffd", 6);
    return cpm_str_n(copy, text.len);
}

static struct cpm_json *parse(struct corpus *c, struct cpm_str text)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *json = NULL;

    if (cpm_json_parse(without_nul(c, text), c->file, CPM_JSON_LAST_WINS, &json, &err) < 0)
        printf("%s:%zu: %s\n", c->file, c->line, err.text);
    return json;
}

static void run_one(struct corpus *c, corpus_case_fn *run, const struct cpm_json *test)
{
    struct cpm_buf buf = CPM_BUF_INIT(1 << 20);
    enum verdict verdict = run(c, test);

    if (verdict == FAILED)
        cpm_json_write(test, CPM_STR(""), CPM_STR(""), &buf);
    corpus_count(c, verdict, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
}

static void run_lines(struct corpus *c, struct cpm_str text, corpus_case_fn *run)
{
    struct cpm_str line;

    while (cpm_str_split(&text, '\n', &line)) {
        struct cpm_json *test;

        c->line++;
        if (!line.len)
            continue;
        test = parse(c, line);
        if (test)
            run_one(c, run, test);
        else
            c->total++;
        cpm_json_free(test);
        cpm_arena_release(&c->arena);
    }
}

static bool read_text(struct corpus *c, struct cpm_arena *arena, const char *file,
                      struct cpm_str *out)
{
    struct cpm_error err = CPM_ERROR_INIT;
    const char *path = cpm_arena_printf(arena, "%s/%s", c->dir, file);

    c->file = file;
    c->line = 0;
    if (cpm_fs_read(path, MAX_FILE, arena, out, &err) == 0)
        return true;
    printf("%s\n", err.text);
    return false;
}

struct cpm_json *corpus_read(struct corpus *c, const char *file)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_json *json = NULL;
    struct cpm_str text;

    if (read_text(c, &arena, file, &text))
        json = parse(c, text);
    cpm_arena_release(&arena);
    return json;
}

bool corpus_run(struct corpus *c, const char *file, corpus_case_fn *run)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str text;
    bool ok = read_text(c, &arena, file, &text);

    if (ok && cpm_str_ends(cpm_str(file), ".jsonl")) {
        run_lines(c, text, run);
    } else if (ok) {
        struct cpm_json *all = parse(c, text);

        ok = all != NULL;
        CPM_JSON_EACH (all, test) {
            c->line++;
            run_one(c, run, test);
        }
        cpm_json_free(all);
        cpm_arena_release(&c->arena);
    }
    cpm_arena_release(&arena);
    return ok;
}

const struct cpm_json *corpus_at(const struct cpm_json *array, size_t i)
{
    const struct cpm_json *value = cpm_json_first(array);

    while (value && i--)
        value = cpm_json_next(value);
    return value;
}

struct cpm_str corpus_str(const struct cpm_json *array, size_t i)
{
    return cpm_json_str(corpus_at(array, i));
}

static bool truthy(const struct cpm_json *value)
{
    if (cpm_str_is(cpm_json_get_str(value, "$number"), "NaN") ||
        cpm_json_get(value, CPM_STR("$undefined")))
        return false;
    return cpm_json_truthy(value);
}

unsigned corpus_flags(const struct cpm_json *options)
{
    unsigned flags = 0;

    if (!truthy(options))
        return 0;
    if (!cpm_json_is(options, CPM_JSON_OBJECT))
        return CPM_SEMVER_LOOSE;
    if (truthy(cpm_json_get(options, CPM_STR("loose"))))
        flags |= CPM_SEMVER_LOOSE;
    if (truthy(cpm_json_get(options, CPM_STR("includePrerelease"))))
        flags |= CPM_SEMVER_INCLUDE_PRERELEASE;
    return flags;
}

bool corpus_same(const struct cpm_json *expected, struct cpm_str have)
{
    if (!cpm_json_is(expected, CPM_JSON_STRING))
        return have.ptr == NULL;
    return have.ptr && cpm_str_eq(cpm_json_str(expected), have);
}

int main(int argc, char **argv)
{
    struct corpus c = {.dir = argc == 3 ? argv[2] : NULL};

    for (size_t i = 0; argc == 3 && i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        if (strcmp(drivers[i].name, argv[1]) != 0)
            continue;
        if (drivers[i].run(&c) < 0)
            return 1;
        printf("%s: %zu of %zu", argv[1], c.passed, c.total);
        if (c.foreign)
            printf(" (and %zu that have no meaning here)", c.foreign);
        printf("\n");
        return c.passed == c.total && c.total ? 0 : 1;
    }
    fprintf(stderr, "usage: corpus_runner CORPUS DIR\n");
    return 2;
}
