/* Drives the cases of npm-install-checks: engines, platforms and devEngines. Have no meaning here:
 * what was recorded on a machine that a mock made up (current-env, and libc without a target), and
 * `undefined` as the value of a property, which JSON does not hold and the recording lost. */
#include "corpus.h"
#include "lockfile/dev_engines.h"
#include "resolver/tree/platform.h"

static const struct cpm_json *member(const struct cpm_json *object, const char *key)
{
    return cpm_json_get(object, cpm_str(key));
}

/* NULL when it is no text. */
static const char *text_at(struct corpus *c, const struct cpm_json *value)
{
    return cpm_json_is(value, CPM_JSON_STRING) ? cpm_arena_str(&c->arena, cpm_json_str(value)).ptr
                                               : NULL;
}

static struct cpm_str raw_text(struct corpus *c, const struct cpm_json *value)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);

    if (value)
        cpm_json_write(value, CPM_STR(""), CPM_STR(""), &out);
    struct cpm_str text = cpm_arena_str(&c->arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return text;
}

static enum verdict engine_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *args = member(test, "args");
    struct cpm_manifest m = {0};
    struct cpm_tree_options opts = {.npm_version = text_at(c, corpus_at(args, 1)),
                                    .node_version = text_at(c, corpus_at(args, 2))};

    m.raw[CPM_RAW_ENGINES] = raw_text(c, member(corpus_at(args, 0), "engines"));
    bool suits = cpm_engine_suits(&c->arena, &opts, &m, cpm_json_truthy(corpus_at(args, 3)));
    return suits == !member(test, "error") ? PASSED : FAILED;
}

static enum verdict platform_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *args = member(test, "args"), *wanted = corpus_at(args, 0);
    const struct cpm_json *here = corpus_at(args, 2);
    bool force = cpm_json_truthy(corpus_at(args, 1)); /* npm does not ask then */
    struct cpm_manifest m = {0};
    struct cpm_tree_options opts = {.os = text_at(c, member(here, "os")),
                                    .cpu = text_at(c, member(here, "cpu")),
                                    .libc = text_at(c, member(here, "libc"))};

    if (member(wanted, "libc") && !here)
        return FOREIGN;
    m.raw[CPM_RAW_OS] = raw_text(c, member(wanted, "os"));
    m.raw[CPM_RAW_CPU] = raw_text(c, member(wanted, "cpu"));
    m.raw[CPM_RAW_LIBC] = raw_text(c, member(wanted, "libc"));
    bool suits = force || cpm_platform_suits(&c->arena, &opts, &m);
    return suits == !member(test, "error") ? PASSED : FAILED;
}

static bool same_failures(const struct cpm_json *want, const struct cpm_dev_engine_failures *have)
{
    size_t i = 0;

    CPM_JSON_EACH (want, each) {
        const struct cpm_dev_engine_failure *f = &have->v[i++];

        if (i > have->count ||
            !cpm_str_is(cpm_json_get_str(each, "engine"), cpm_dev_engine_name(f->engine)) ||
            cpm_json_bool(member(each, "isWarn")) != (f->on_fail == CPM_DEV_ENGINE_WARN) ||
            cpm_json_bool(member(each, "isError")) != (f->on_fail == CPM_DEV_ENGINE_ERROR) ||
            cpm_json_count(member(each, "errors")) != f->reason_count)
            return false;
    }
    return i == have->count;
}

/* The words complain of a value that is not there. */
static bool was_undefined(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str words = cpm_json_get_str(member(test, "error"), "message");
    struct cpm_str args = raw_text(c, corpus_at(member(test, "args"), 0));
    size_t quote = cpm_str_chr(words, '"');

    if (!cpm_str_starts(words, "Invalid non-") || quote == CPM_NPOS)
        return false;
    struct cpm_str key = cpm_str_sub(words, quote, words.len);
    key = cpm_str_sub(key, 0, cpm_str_chr(cpm_str_sub(key, 1, key.len), '"') + 2);
    bool whole = cpm_str_is(key, "\"devEngines\""); /* the argument itself */
    return cpm_str_find(args, "$undefined") != CPM_NPOS ||
           (!whole && cpm_str_find(args, cpm_arena_str(&c->arena, key).ptr) == CPM_NPOS);
}

static enum verdict dev_engines_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *args = member(test, "args"), *want = member(test, "error");
    struct cpm_dev_engines_here here = {0};
    struct cpm_dev_engine_failures failures;
    struct cpm_error err = CPM_ERROR_INIT;

    if (was_undefined(c, test))
        return FOREIGN;
    for (unsigned i = 0; i < CPM_DEV_ENGINES; i++) {
        const struct cpm_json *one =
            member(corpus_at(args, 1), cpm_dev_engine_name((enum cpm_dev_engine)i));

        here.v[i].name = cpm_json_get_str(one, "name");
        here.v[i].version = cpm_json_get_str(one, "version");
    }
    int rc = cpm_dev_engines_check(&c->arena, corpus_at(args, 0), &here, &failures, &err);
    if (want)
        return rc < 0 && cpm_str_is(cpm_json_get_str(want, "message"), err.text) ? PASSED : FAILED;
    return rc == 0 && same_failures(member(test, "result"), &failures) ? PASSED : FAILED;
}

static enum verdict run_case(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str fn = cpm_json_get_str(test, "fn");

    if (cpm_str_is(fn, "checkEngine"))
        return engine_case(c, test);
    if (cpm_str_is(fn, "checkPlatform"))
        return platform_case(c, test);
    return cpm_str_is(fn, "checkDevEngines") ? dev_engines_case(c, test) : FOREIGN;
}

int corpus_install_checks(struct corpus *c)
{
    return corpus_run(c, "libs/npm-install-checks.jsonl", run_case) ? 0 : -1;
}
