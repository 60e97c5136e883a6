/* Drives the cases of npm-package-arg, hosted-git-info and validate-npm-package-name. */
#include "base/path.h"
#include "corpus.h"
#include "semver/hosted.h"
#include "semver/package_name.h"
#include "semver/spec.h"
#include "semver/url.h"

#define CWD "/cwd"

static const struct cpm_json *member(const struct cpm_json *object, const char *key)
{
    return cpm_json_get(object, cpm_str(key));
}

/* Empty stands for npm's null and undefined. */
static bool same_member(const struct cpm_json *expected, const char *key, struct cpm_str have)
{
    struct cpm_str want = cpm_json_get_str(expected, key);

    return cpm_str_eq(want.len ? want : CPM_STR_NONE, have);
}

/* With "$CWD" put in. */
static bool same_path(struct corpus *c, const struct cpm_json *expected, const char *key,
                      struct cpm_str have)
{
    struct cpm_str want = cpm_json_get_str(expected, key);

    if (cpm_str_starts(want, "$CWD"))
        want = cpm_str(cpm_arena_printf(&c->arena, CWD "%.*s", (int)want.len - 4, want.ptr + 4));
    return cpm_str_eq(want, have);
}

static bool same_nullable(const struct cpm_json *object, const char *key, bool has,
                          struct cpm_str have)
{
    const struct cpm_json *want = member(object, key);

    if (!cpm_json_is(want, CPM_JSON_STRING))
        return !has;
    return has && cpm_str_eq(cpm_json_str(want), have);
}

static bool same_hosted(const struct cpm_json *want, const struct cpm_hosted *have)
{
    if (!cpm_json_is(want, CPM_JSON_OBJECT) || member(want, "$undefined"))
        return have == NULL;
    return have && same_member(want, "type", cpm_str(have->host->name)) &&
           same_member(want, "domain", cpm_str(have->host->domain)) &&
           same_member(want, "default", cpm_str(have->by)) &&
           same_nullable(want, "user", have->has_user, have->user) &&
           same_nullable(want, "auth", have->has_auth, have->auth) &&
           same_nullable(want, "project", true, have->project) &&
           same_nullable(want, "committish", have->has_committish, have->committish);
}

static bool same_spec(struct corpus *c, const struct cpm_json *want, const struct cpm_spec *have)
{
    const struct cpm_json *sub = member(want, "subSpec");
    const struct cpm_json *hosted = member(want, "hosted");

    return same_member(want, "type", cpm_str(cpm_spec_type_name(have->type))) &&
           cpm_json_bool(member(want, "registry")) == have->registry &&
           same_member(want, "raw", have->raw) && same_member(want, "name", have->name) &&
           same_member(want, "scope", have->scope) &&
           same_member(want, "rawSpec", have->raw_spec) &&
           same_member(want, "saveSpec", have->save) &&
           same_path(c, want, "fetchSpec", have->fetch) &&
           same_member(want, "gitRange", have->git_range_text) &&
           same_member(want, "gitCommittish", have->committish) &&
           same_member(want, "gitSubdir", have->git_subdir) &&
           (hosted ? same_hosted(hosted, have->hosted) : true) &&
           (sub ? have->sub && same_spec(c, sub, have->sub) : have->sub == NULL);
}

/* The arguments of npa in their several forms. */
static void read_input(struct corpus *c, const struct cpm_json *test, struct cpm_spec_input *in)
{
    const struct cpm_json *args = member(test, "args");
    const struct cpm_json *first = corpus_at(args, 0);
    bool resolve = cpm_str_is(cpm_json_get_str(test, "fn"), "npa.resolve");
    struct cpm_str where = corpus_str(args, resolve ? 2 : 1);

    *in = (struct cpm_spec_input){.arg = cpm_json_str(first), .home = "/root"};
    if (resolve) {
        in->split = true;
        in->name = cpm_json_str(first);
        in->spec = corpus_str(args, 1);
    } else if (cpm_json_is(first, CPM_JSON_OBJECT)) {
        in->name = cpm_json_get_str(first, "name");
        in->spec = cpm_json_get_str(first, "rawSpec");
        in->split = in->name.len > 0 || !member(first, "raw");
        in->arg = cpm_json_get_str(first, "raw");
        if (!where.len)
            where = cpm_json_get_str(first, "where");
    }
    if (!where.len) /* recorded under a replaced process.cwd() */
        where = cpm_json_get_str(member(test, "result"), "where");
    if (!where.len || cpm_str_starts(where, "$CWD"))
        where = CPM_STR(CWD);
    in->where =
        cpm_path_resolve(&c->arena, CWD, cpm_arena_strndup(&c->arena, where.ptr, where.len));
}

static bool same_error(const struct cpm_json *test, const struct cpm_error *err)
{
    const struct cpm_json *want = member(test, "error");
    struct cpm_str code = cpm_json_get_str(want, "code");

    if (!cpm_str_is(cpm_json_get_str(want, "message"), err->text))
        return false;
    return !cpm_str_starts(code, "EINVALIDT") && !cpm_str_starts(code, "EINVALIDPA") &&
                   !cpm_str_starts(code, "EUNS")
               ? true
               : cpm_str_is(code, cpm_error_name(err->code));
}

static enum verdict run_purl(struct corpus *c, const struct cpm_json *test,
                             const struct cpm_spec *spec, struct cpm_error *err)
{
    struct cpm_str registry = corpus_str(member(test, "args"), 1);
    struct cpm_str out;

    if (cpm_str_is(registry, "https://registry.example.org")) /* npm's own, in the corpora */
        registry = CPM_STR_NONE;
    if (cpm_spec_purl(&c->arena, spec,
                      registry.len ? cpm_arena_strndup(&c->arena, registry.ptr, registry.len)
                                   : NULL,
                      &out, err) < 0)
        return same_error(test, err);
    return corpus_same(member(test, "result"), out);
}

static enum verdict run_npa(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *want = member(test, "result");
    struct cpm_str fn = cpm_json_get_str(test, "fn");
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_spec_input in;
    struct cpm_spec spec;

    /* Recorded with a URL that always throws. */
    if (cpm_str_is(corpus_str(member(test, "args"), 0), "file:./test") && !want)
        return FOREIGN;
    read_input(c, test, &in);
    if (cpm_spec_read(&c->arena, &in, &spec, &err) < 0)
        return same_error(test, &err);
    if (cpm_str_is(fn, "npa.toPurl"))
        return run_purl(c, test, &spec, &err);
    if (cpm_str_is(fn, "new npa.Result"))
        return same_member(want, "raw", spec.raw) && same_member(want, "name", spec.name) &&
               same_member(want, "rawSpec", spec.raw_spec);
    return want && same_spec(c, want, &spec);
}

int corpus_npm_package_arg(struct corpus *c)
{
    return corpus_run(c, "libs/npm-package-arg.jsonl", run_npa) ? 0 : -1;
}

static enum verdict run_manifest(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *repository = member(corpus_at(member(test, "args"), 0), "repository");
    struct cpm_str address = cpm_json_is(repository, CPM_JSON_STRING)
                                 ? cpm_json_str(repository)
                                 : cpm_json_get_str(repository, "url");
    struct cpm_str unknown;
    const struct cpm_hosted *hosted = cpm_hosted_repository(&c->arena, address, &unknown);

    if (cpm_json_is(member(test, "result"), CPM_JSON_STRING))
        return !hosted && cpm_str_eq(unknown, cpm_json_str(member(test, "result")));
    return same_hosted(member(test, "result"), hosted);
}

static enum verdict run_hosted(struct corpus *c, const struct cpm_json *test)
{
    /* The host that a case adds, for those behind it. */
    static const struct cpm_host localhost = {
        .name = "localhost", .domain = "localhost", .protocols = {"git:"}};
    struct cpm_str fn = cpm_json_get_str(test, "fn");
    struct cpm_str arg = corpus_str(member(test, "args"), 0);
    struct cpm_url url;

    if (cpm_str_is(fn, "addHost"))
        return FOREIGN;
    if (cpm_str_is(fn, "fromManifest"))
        return run_manifest(c, test);
    if (cpm_str_is(fn, "parse-url"))
        return cpm_hosted_address(&c->arena, arg, &url) &&
               same_member(member(test, "result"), "$url", cpm_url_text(&c->arena, &url, true));
    return same_hosted(member(test, "result"), cpm_hosted_parse(&c->arena, arg, &localhost, 1));
}

int corpus_hosted_git_info(struct corpus *c)
{
    return corpus_run(c, "libs/hosted-git-info.jsonl", run_hosted) ? 0 : -1;
}

static bool same_list(const struct cpm_json *want, const char *const have[10])
{
    size_t n = 0;

    CPM_JSON_EACH (want, text)
        if (n == 10 || !have[n] || !cpm_str_is(cpm_json_str(text), have[n++]))
            return false;
    return n == 10 || !have[n];
}

static enum verdict run_name(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *want = member(test, "result");
    const struct cpm_json *arg = corpus_at(member(test, "args"), 0);
    struct cpm_package_name have;

    if (!cpm_json_is(arg, CPM_JSON_STRING))
        return FOREIGN;
    cpm_package_name_check(&c->arena, cpm_json_str(arg), &have);
    return have.valid_new == cpm_json_bool(member(want, "validForNewPackages")) &&
           have.valid_old == cpm_json_bool(member(want, "validForOldPackages")) &&
           have.valid_old == cpm_package_name_ok(cpm_json_str(arg)) &&
           same_list(member(want, "errors"), have.errors) &&
           same_list(member(want, "warnings"), have.warnings);
}

int corpus_package_name(struct corpus *c)
{
    return corpus_run(c, "libs/validate-npm-package-name.jsonl", run_name) ? 0 : -1;
}
