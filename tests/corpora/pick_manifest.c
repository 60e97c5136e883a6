/* npm-pick-manifest's own cases. Argument: npm-pick-manifest.jsonl. A case gives a packument, what
 * is wanted, options, and npm's pick or its error. Prints the ones that differ and the count. */
#include "base/fs.h"
#include "registry/isotime.h"
#include "registry/packument.h"
#include "semver/spec.h"

#include <stdio.h>

#define NODE_VERSION "18.0.0" /* for cases that give none; no case depends on it */

struct scene {
    struct cpm_arena arena;
    struct cpm_packument *p;
    struct cpm_spec spec;
    struct cpm_pick_options opts;
    struct cpm_json *args; /* packument, wanted, options */
};

static const struct cpm_json *nth(const struct cpm_json *array, int n)
{
    const struct cpm_json *v = cpm_json_first(array);

    while (v && n--)
        v = cpm_json_next(v);
    return v;
}

static void read_before(const struct cpm_json *value, int64_t *before)
{
    if (cpm_json_is(value, CPM_JSON_NUMBER))
        *before = (int64_t)cpm_json_number(value);
    else if (cpm_json_is(value, CPM_JSON_OBJECT))
        cpm_isotime_parse(cpm_json_get_str(value, "$date"), before);
    else if (value)
        cpm_isotime_parse(cpm_json_str(value), before);
}

static void read_options(struct scene *s, const struct cpm_json *o)
{
    s->opts = (struct cpm_pick_options)CPM_PICK_INIT;
    s->opts.node_version = CPM_STR(NODE_VERSION);
    s->opts.default_tag = cpm_json_get_str(o, "defaultTag");
    if (cpm_json_get(o, CPM_STR("nodeVersion")))
        s->opts.node_version = cpm_json_get_str(o, "nodeVersion");
    s->opts.npm_version = cpm_json_get_str(o, "npmVersion");
    read_before(cpm_json_get(o, CPM_STR("before")), &s->opts.before);
    if (cpm_json_get(o, CPM_STR("avoid")))
        s->opts.avoid = cpm_range_parse(&s->arena, cpm_json_get_str(o, "avoid"),
                                        CPM_SEMVER_LOOSE | CPM_SEMVER_INCLUDE_PRERELEASE);
    s->opts.avoid_strict = cpm_json_truthy(cpm_json_get(o, CPM_STR("avoidStrict")));
    s->opts.include_staged = cpm_json_truthy(cpm_json_get(o, CPM_STR("includeStaged")));
}

/* Names that the case leaves out are "undefined" in npm's words. */
static int pick(struct scene *s, const struct cpm_json *args, uint32_t *index,
                struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_str wanted = cpm_json_str(nth(args, 1)), name = CPM_STR("undefined");
    int r;

    if (cpm_json_get_str(nth(args, 0), "name").len)
        name = cpm_json_get_str(nth(args, 0), "name");
    cpm_json_write(nth(args, 0), CPM_STR(""), CPM_STR(""), &text);
    r = cpm_packument_build(cpm_buf_str(&text), name, false, &s->p, err);
    cpm_buf_release(&text);
    if (r == 0)
        r = cpm_spec_resolve(&s->arena, name, wanted, "/", &s->spec, err);
    if (r == 0) {
        read_options(s, nth(args, 2));
        r = cpm_pick(s->p, &s->spec, &s->opts, index, err);
    }
    return r;
}

static bool is_expected(struct scene *s, const struct cpm_json *c, int r, uint32_t index,
                        const struct cpm_error *err)
{
    const struct cpm_json *want = cpm_json_get(c, CPM_STR("error"));
    struct cpm_names *names;
    bool same;

    if (want && !cpm_json_get(want, CPM_STR("code")))
        return r < 0 && cpm_str_eq(cpm_str(err->text), cpm_json_get_str(want, "message"));
    if (want)
        return r < 0 && cpm_str_eq(cpm_str(cpm_error_name(r)), cpm_json_get_str(want, "code")) &&
               (r == CPM_E403 || r == CPM_EINVALIDTAGNAME ||
                cpm_str_eq(cpm_str(err->text), cpm_json_get_str(want, "message")));
    if (r < 0)
        return false;
    names = cpm_names_new();
    same = cpm_str_eq(cpm_name_str(cpm_packument_manifest(s->p, index, names, &s->arena)->version),
                      cpm_json_get_str(cpm_json_get(c, CPM_STR("result")), "version"));
    cpm_names_free(names);
    return same;
}

static bool try_case(struct cpm_str line)
{
    struct scene s = {.arena = CPM_ARENA_INIT};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *c = NULL;
    uint32_t index = 0;
    bool good = false;
    int r;

    if (cpm_json_parse(line, "case", 0, &c, &err) == 0) {
        r = pick(&s, cpm_json_get(c, CPM_STR("args")), &index, &err);
        good = is_expected(&s, c, r, index, &err);
    }
    if (!good)
        printf("%.*s\n  gives %u %s %s\n", CPM_STR_ARG(line), index, cpm_error_name(err.code),
               err.text);
    cpm_packument_free(s.p);
    cpm_json_free(c);
    cpm_arena_release(&s.arena);
    return good;
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str text, line;
    unsigned good = 0, all = 0;

    if (argc != 2 || cpm_fs_read(argv[1], 64 << 20, &arena, &text, &err) < 0)
        return 2;
    while (cpm_str_split(&text, '\n', &line))
        if (line.len) {
            all++;
            good += try_case(line);
        }
    printf("%u of %u\n", good, all);
    cpm_arena_release(&arena);
    return good == all ? 0 : 1;
}
