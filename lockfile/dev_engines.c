/* Rules and words are npm-install-checks'. An engine may name several alternatives, of which one
 * has to suit; the last one says what happens when none does. */
#include "lockfile/dev_engines.h"

#include "semver/range.h"
#include "semver/version.h"

static const char *const engine_names[CPM_DEV_ENGINES] = {
    [CPM_DEV_ENGINE_PACKAGE_MANAGER] = "packageManager",
    [CPM_DEV_ENGINE_RUNTIME] = "runtime",
    [CPM_DEV_ENGINE_CPU] = "cpu",
    [CPM_DEV_ENGINE_LIBC] = "libc",
    [CPM_DEV_ENGINE_OS] = "os",
};

struct check {
    struct cpm_arena *arena;
    const struct cpm_dev_engines_here *here;
    enum cpm_dev_engine engine;
    const char *name; /* of the engine */
    struct cpm_error *err;
};

const char *cpm_dev_engine_name(enum cpm_dev_engine engine)
{
    return engine_names[engine];
}

static bool is_engine(struct cpm_str key, enum cpm_dev_engine *out)
{
    for (unsigned i = 0; i < CPM_DEV_ENGINES; i++)
        if (cpm_str_is(key, engine_names[i])) {
            *out = (enum cpm_dev_engine)i;
            return true;
        }
    return false;
}

static bool is_on_fail(struct cpm_str word)
{
    return cpm_str_is(word, "ignore") || cpm_str_is(word, "warn") || cpm_str_is(word, "error") ||
           cpm_str_is(word, "download");
}

static int must_be_text(const struct check *c, const struct cpm_json *value, const char *key)
{
    if (!value || cpm_json_is(value, CPM_JSON_STRING))
        return 0;
    return cpm_error_set(c->err, CPM_EUNKNOWN, "Invalid non-string value for \"%s\" within \"%s\"",
                         key, c->name);
}

static int check_properties(const struct check *c, const struct cpm_json *dep)
{
    if (!cpm_json_is(dep, CPM_JSON_OBJECT))
        return cpm_error_set(c->err, CPM_EUNKNOWN, "Invalid non-object value for \"%s\"", c->name);
    CPM_JSON_EACH (dep, each) {
        struct cpm_str key = cpm_json_key(each);
        if (!cpm_str_is(key, "name") && !cpm_str_is(key, "version") && !cpm_str_is(key, "onFail"))
            return cpm_error_set(c->err, CPM_EUNKNOWN, "Invalid property \"%.*s\" for \"%s\"",
                                 CPM_STR_ARG(key), c->name);
    }
    if (!cpm_json_get(dep, CPM_STR("name")))
        return cpm_error_set(c->err, CPM_EUNKNOWN, "Missing \"name\" property for \"%s\"", c->name);
    return 0;
}

static int check_form(const struct check *c, const struct cpm_json *dep)
{
    const struct cpm_json *on_fail = cpm_json_get(dep, CPM_STR("onFail"));
    int rc = check_properties(c, dep);
    if (rc == 0)
        rc = must_be_text(c, cpm_json_get(dep, CPM_STR("name")), "name");
    if (rc == 0 && !c->here->v[c->engine].name.len)
        rc =
            cpm_error_set(c->err, CPM_EUNKNOWN, "Unable to determine \"name\" for \"%s\"", c->name);
    if (rc == 0)
        rc = must_be_text(c, on_fail, "onFail");
    if (rc == 0 && on_fail && !is_on_fail(cpm_json_str(on_fail)))
        rc = cpm_error_set(c->err, CPM_EUNKNOWN, "Invalid onFail value \"%.*s\" for \"%s\"",
                           CPM_STR_ARG(cpm_json_str(on_fail)), c->name);
    return rc;
}

static const char *version_reason(const struct check *c, struct cpm_str wanted)
{
    struct cpm_str have = c->here->v[c->engine].version;
    const struct cpm_range *range = cpm_range_parse(c->arena, wanted, 0);
    struct cpm_version v;
    bool suits = range ? cpm_version_parse(have, 0, &v) && cpm_range_satisfies(range, &v, 0)
                       : cpm_str_eq(have, wanted);
    if (suits)
        return NULL;
    return cpm_arena_printf(
        c->arena, "Invalid %sversion \"%.*s\" does not match \"%.*s\" for \"%s\"",
        range ? "semver " : "", CPM_STR_ARG(wanted), CPM_STR_ARG(have), c->name);
}

/* *reason: NULL when this alternative suits. */
static int check_one(const struct check *c, const struct cpm_json *dep, const char **reason)
{
    const struct cpm_json *version = cpm_json_get(dep, CPM_STR("version"));
    struct cpm_str name = cpm_json_get_str(dep, "name"), have = c->here->v[c->engine].name;
    int rc = check_form(c, dep);

    *reason = NULL;
    if (rc < 0)
        return rc;
    if (!cpm_str_eq(name, have)) {
        *reason =
            cpm_arena_printf(c->arena, "Invalid name \"%.*s\" does not match \"%.*s\" for \"%s\"",
                             CPM_STR_ARG(name), CPM_STR_ARG(have), c->name);
        return 0;
    }
    if (!version)
        return 0;
    rc = must_be_text(c, version, "version");
    if (rc == 0 && !c->here->v[c->engine].version.len)
        rc = cpm_error_set(c->err, CPM_EUNKNOWN,
                           "Unable to determine \"version\" for \"%s\" \"%.*s\"", c->name,
                           CPM_STR_ARG(name));
    if (rc == 0)
        *reason = version_reason(c, cpm_json_str(version));
    return rc;
}

static void fail(struct cpm_dev_engine_failures *out, const struct check *c,
                 const struct cpm_json *last, struct cpm_dev_engine_failure failure)
{
    struct cpm_str on_fail = cpm_json_get_str(last, "onFail");
    failure.engine = c->engine;
    failure.on_fail = cpm_str_is(on_fail, "warn")     ? CPM_DEV_ENGINE_WARN
                      : cpm_str_is(on_fail, "ignore") ? CPM_DEV_ENGINE_IGNORE
                                                      : CPM_DEV_ENGINE_ERROR;
    out->v[out->count++] = failure;
}

static int check_engine(const struct check *c, const struct cpm_json *wanted,
                        struct cpm_dev_engine_failures *out)
{
    bool several = cpm_json_is(wanted, CPM_JSON_ARRAY);
    const struct cpm_json *dep = several ? cpm_json_first(wanted) : wanted, *last = NULL;
    struct cpm_dev_engine_failure failure = {.required = wanted};
    struct cpm_buf reasons = CPM_BUF_INIT(1 << 20);
    size_t count = 0;
    int rc = 0;

    for (; dep && rc == 0; last = dep, dep = several ? cpm_json_next(dep) : NULL, count++) {
        const char *reason;
        rc = check_one(c, dep, &reason);
        if (rc == 0 && reason)
            cpm_buf_addf(&reasons, "%s%s", failure.reason_count++ ? "\n" : "", reason);
    }
    failure.reasons = cpm_arena_str(c->arena, cpm_buf_str(&reasons));
    if (rc == 0 && count && failure.reason_count == count)
        fail(out, c, last, failure);
    cpm_buf_release(&reasons);
    return rc;
}

int cpm_dev_engines_check(struct cpm_arena *arena, const struct cpm_json *wanted,
                          const struct cpm_dev_engines_here *here,
                          struct cpm_dev_engine_failures *out, struct cpm_error *err)
{
    struct check c = {.arena = arena, .here = here, .err = err};
    int rc = 0;

    out->count = 0;
    if (!cpm_json_is(wanted, CPM_JSON_OBJECT))
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid non-object value for \"devEngines\"");
    for (struct cpm_json *each = cpm_json_first(wanted); each && rc == 0;
         each = cpm_json_next(each)) {
        if (!is_engine(cpm_json_key(each), &c.engine))
            return cpm_error_set(err, CPM_EUNKNOWN, "Invalid property \"devEngines.%.*s\"",
                                 CPM_STR_ARG(cpm_json_key(each)));
        c.name = engine_names[c.engine];
        rc = check_engine(&c, each, out);
    }
    return rc;
}
