/* Drives the cases of @npmcli/package-json, normalize-package-data and npm-normalize-package-bin.
 * Have no meaning here:
 * - `strict`, `steps` and `root`, options of the library that no command of npm gives;
 * - the words of normalize-package-data's warnings (safe_format, make_warning), which npm's present
 *   library no longer has;
 * - a colon in the path of a bin: the old library keeps it, the one that npm asks takes it for '/';
 * - a regular expression in the place of `bin`.
 * What that library does otherwise than the old one, on purpose, is taken out of the old answers:
 * see forget_old_ways. */
#include "base/fs.h"
#include "base/path.h"
#include "corpus.h"
#include "lockfile/manifest_bin.h"
#include "lockfile/package.h"
#include "registry/publish/normalize.h"

#include <stdio.h>
#include <stdlib.h>

static const struct cpm_json *member(const struct cpm_json *object, const char *key)
{
    return cpm_json_get(object, cpm_str(key));
}

/* Deeply, in any order of keys. */
static bool same(const struct cpm_json *a, const struct cpm_json *b)
{
    if (!a || !b || cpm_json_type(a) != cpm_json_type(b))
        return !a && !b;
    if (cpm_json_is(a, CPM_JSON_OBJECT) || cpm_json_is(a, CPM_JSON_ARRAY)) {
        const struct cpm_json *other = cpm_json_first(b);
        bool object = cpm_json_is(a, CPM_JSON_OBJECT);

        CPM_JSON_EACH (a, each) {
            if (!same(each, object ? cpm_json_get(b, cpm_json_key(each)) : other))
                return false;
            other = object ? NULL : cpm_json_next(other);
        }
        return cpm_json_count(a) == cpm_json_count(b);
    }
    return cpm_str_eq(cpm_json_str(a), cpm_json_str(b)) && cpm_json_bool(a) == cpm_json_bool(b) &&
           cpm_json_number(a) == cpm_json_number(b);
}

static bool same_told(const struct cpm_json *want, const struct cpm_json *have)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    bool ok = same(want, have);

    if (!ok) {
        cpm_json_write(have, CPM_STR(""), CPM_STR(""), &text);
        printf("got %s\n", cpm_buf_text(&text));
    }
    cpm_buf_release(&text);
    return ok;
}

static void make_files(struct corpus *c, const char *dir, const struct cpm_json *files)
{
    CPM_JSON_EACH (files, file) {
        const char *path =
            cpm_path_join(&c->arena, dir, cpm_arena_str(&c->arena, cpm_json_key(file)).ptr);
        bool folder = cpm_json_truthy(member(file, "$dir"));

        cpm_fs_mkdirs(folder ? path : cpm_path_dirname(&c->arena, path), 0777, NULL);
        if (!folder)
            cpm_fs_replace(path, cpm_json_str(file), 0644, false, NULL);
    }
}

static int run_steps(struct corpus *c, const char *dir, struct cpm_str op, struct cpm_json *doc,
                     struct cpm_error *err)
{
    struct cpm_normalize n = {.arena = &c->arena, .folder = dir, .doc = doc, .as_node = true};

    if (cpm_str_is(op, "normalize"))
        cpm_normalize_read(&n);
    n.as_node = false;
    if (cpm_str_is(op, "fix"))
        return cpm_normalize_fix(&n, err);
    return cpm_str_is(op, "prepare") ? cpm_normalize_prepare(&n, err) : 0;
}

static bool same_error(const struct cpm_json *want, const struct cpm_package *package,
                       const struct cpm_error *err)
{
    struct cpm_str code = cpm_json_get_str(want, "code");

    if (cpm_str_is(code, "ENOENT"))
        return !package->exists;
    if (code.len)
        return err->code == CPM_EJSONPARSE;
    return cpm_str_is(cpm_json_get_str(want, "message"), err->text);
}

/* The package lies at the top or, where several are alike but for white space, in the first folder.
 */
static const char *package_folder(struct corpus *c, const char *dir, const struct cpm_json *files)
{
    const struct cpm_json *first = cpm_json_first(files);

    if (!first || member(files, "package.json"))
        return dir;
    return cpm_path_dirname(
        &c->arena,
        cpm_path_join(&c->arena, dir, cpm_arena_str(&c->arena, cpm_json_key(first)).ptr));
}

/* Where an error is wanted, a missing file is one; a command decides that for itself. */
static bool package_case(struct corpus *c, const char *dir, const struct cpm_json *test)
{
    const struct cpm_json *want = member(test, "error");
    struct cpm_package package = {0};
    struct cpm_error err = CPM_ERROR_INIT;
    bool ok;

    make_files(c, dir, member(test, "files"));
    dir = package_folder(c, dir, member(test, "files"));
    int rc =
        cpm_package_read(cpm_path_join(&c->arena, dir, "package.json"), &c->arena, &package, &err);
    if (rc == 0 && (package.exists || !want))
        rc = run_steps(c, dir, cpm_json_get_str(test, "op"), package.doc, &err);
    if (want)
        ok = (rc < 0 || !package.exists) && same_error(want, &package, &err);
    else
        ok = rc == 0 && same_told(member(test, "expect"), package.doc);
    cpm_package_release(&package);
    return ok;
}

static enum verdict run_package(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *opts = member(test, "opts");
    bool fix = cpm_str_is(cpm_json_get_str(test, "op"), "fix"); /* its steps are fixed */
    char pattern[] = "/tmp/cpm-package-json-XXXXXX";

    if (cpm_json_truthy(member(opts, "strict")) || member(opts, "root") ||
        (member(opts, "steps") && !fix))
        return FOREIGN;
    if (!mkdtemp(pattern))
        return FAILED;
    bool ok = package_case(c, pattern, test);
    cpm_fs_remove(pattern, NULL);
    return ok ? PASSED : FAILED;
}

/* The old library gave an `_id` to the nameless, copied optional dependencies among the others,
 * told of a gypfile by the script alone, and kept "./" before a manual page. */
static void forget_old_ways(struct corpus *c, struct cpm_json *want)
{
    struct cpm_json *mans = cpm_json_get(want, CPM_STR("man"));

    if (cpm_str_is(cpm_json_get_str(want, "_id"), "@"))
        cpm_json_del(want, CPM_STR("_id"));
    cpm_json_del(want, CPM_STR("gypfile"));
    CPM_JSON_EACH (member(want, "optionalDependencies"), optional)
        cpm_json_del(cpm_json_get(want, CPM_STR("dependencies")), cpm_json_key(optional));
    for (size_t i = 0; i < cpm_json_count(mans); i++) {
        struct cpm_str path = cpm_arena_str(&c->arena, cpm_json_str(cpm_json_at(mans, i)));

        cpm_json_put(mans, i, cpm_json_new_str(cpm_str_sub(path, 2, path.len)));
    }
}

static bool data_case(struct corpus *c, const struct cpm_json *test, struct cpm_json *doc, bool fix)
{
    const struct cpm_json *after = corpus_at(member(test, "argsAfter"), 0);
    struct cpm_normalize n = {.arena = &c->arena, .doc = doc};
    struct cpm_error err = CPM_ERROR_INIT;
    int rc = fix ? cpm_normalize_fix(&n, &err) : cpm_normalize_prepare(&n, &err);
    struct cpm_json *want = after ? cpm_json_copy(after) : NULL;
    bool ok = rc == 0;

    if (member(test, "error"))
        ok = rc < 0 && cpm_str_is(cpm_json_get_str(member(test, "error"), "message"), err.text);
    else if (fix)
        ok = rc == 0 && (!want || same_told(member(want, "bin"), member(doc, "bin")));
    else
        forget_old_ways(c, want);
    if (ok && want && !fix)
        ok = same_told(want, doc);
    cpm_json_free(want);
    return ok;
}

/* The first paragraph of a readme is what a package without a description gets. */
static bool description_case(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *readme = corpus_at(member(test, "args"), 0);
    struct cpm_json *doc = cpm_json_new_object();
    struct cpm_normalize n = {.arena = &c->arena, .doc = doc};

    if (readme)
        cpm_json_set(doc, CPM_STR("readme"), cpm_json_copy(readme));
    bool ok = cpm_normalize_prepare(&n, NULL) == 0;
    struct cpm_str got = cpm_json_get_str(doc, "description");
    ok = ok && corpus_same(member(test, "result"), got.len ? got : CPM_STR_NONE);
    cpm_json_free(doc);
    return ok;
}

static enum verdict run_data(struct corpus *c, const struct cpm_json *test)
{
    struct cpm_str fn = cpm_json_get_str(test, "fn");
    const struct cpm_json *args = member(test, "args");
    bool fix = cpm_str_starts(fn, "fixer.");

    if (cpm_str_is(fn, "extract_description"))
        return description_case(c, test) ? PASSED : FAILED;
    if ((!fix && !cpm_str_is(fn, "normalize")) || cpm_json_truthy(corpus_at(args, 1)))
        return FOREIGN;
    struct cpm_json *doc = cpm_json_copy(corpus_at(args, 0));
    bool ok = data_case(c, test, doc, fix);
    cpm_json_free(doc);
    return ok ? PASSED : FAILED;
}

static bool has_colon(const struct cpm_json *bin)
{
    CPM_JSON_EACH (bin, each)
        if (cpm_str_chr(cpm_json_str(each), ':') != CPM_NPOS)
            return true;
    return cpm_str_chr(cpm_json_str(bin), ':') != CPM_NPOS;
}

static enum verdict run_bin(struct corpus *c, const struct cpm_json *test)
{
    const struct cpm_json *package = corpus_at(member(test, "args"), 0);
    const struct cpm_json *bin = member(package, "bin");
    struct cpm_buf raw = CPM_BUF_INIT(1 << 20);
    struct cpm_json *got = NULL;

    if (has_colon(bin) || member(bin, "$regexp"))
        return FOREIGN;
    if (bin)
        cpm_json_write(bin, CPM_STR(""), CPM_STR(""), &raw);
    struct cpm_str text =
        cpm_bin_normalize(cpm_buf_str(&raw), cpm_json_get_str(package, "name"), &c->arena);
    bool ok = !text.len || cpm_json_parse(text, "bin", 0, &got, NULL) == 0;
    ok = ok && same_told(member(member(test, "result"), "bin"), got);
    cpm_json_free(got);
    cpm_buf_release(&raw);
    return ok ? PASSED : FAILED;
}

int corpus_package_json(struct corpus *c)
{
    return corpus_run(c, "libs/package-json.jsonl", run_package) ? 0 : -1;
}

int corpus_package_data(struct corpus *c)
{
    return corpus_run(c, "libs/normalize-package-data.jsonl", run_data) ? 0 : -1;
}

int corpus_package_bin(struct corpus *c)
{
    return corpus_run(c, "libs/npm-normalize-package-bin.jsonl", run_bin) ? 0 : -1;
}
