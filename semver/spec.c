/* The order of the questions is npm's and decides everything: a path first, then an alias, a known
 * git host, any other address, what looks like a path after all, and last the registry. */
#include "semver/spec.h"

#include "semver/package_name.h"
#include "semver/percent.h"
#include "semver/scan.h"
#include "semver/spec_kinds.h"

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The prefix begins with a small letter. */
static bool starts_nocase(struct cpm_str s, const char *prefix)
{
    return s.len && (s.ptr[0] | 32) == prefix[0] &&
           cpm_str_eq_nocase(cpm_str_sub(s, 0, strlen(prefix)), cpm_str(prefix));
}

/* (git+)?letters: */
static bool is_url(struct cpm_str s)
{
    size_t n = starts_nocase(s, "git+") ? 4 : 0;
    size_t from = n;

    while (n < s.len && is_letter(s.ptr[n]))
        n++;
    return n > from && n < s.len && s.ptr[n] == ':';
}

/* user@host.tld:path, as scp takes it. */
static bool is_scp(struct cpm_str s)
{
    size_t at = cpm_str_chr(s, '@');
    struct cpm_str host = at == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(s, at + 1, s.len);
    size_t colon = cpm_str_chr(host, ':');
    size_t dot = cpm_str_chr(host, '.');

    return at != CPM_NPOS && at > 0 && colon != CPM_NPOS && dot != CPM_NPOS && dot > 0 &&
           colon > dot + 1 && colon + 1 < host.len;
}

static bool is_file(struct cpm_str s)
{
    return starts_nocase(s, "file:") || cpm_str_starts(s, ".") || cpm_str_starts(s, "~/") ||
           cpm_str_starts(s, "/") || (s.len >= 2 && is_letter(s.ptr[0]) && s.ptr[1] == ':');
}

static bool looks_like_path(struct cpm_str s)
{
    return cpm_str_chr(s, '/') != CPM_NPOS || cpm_spec_is_tarball(s);
}

static int set_name(struct cpm_arena *arena, struct cpm_str name, struct cpm_spec *out,
                    struct cpm_error *err)
{
    struct cpm_package_name verdict;
    const char *reasons = "";

    out->name = name;
    if (cpm_str_starts(name, "@"))
        out->scope = cpm_str_sub(name, 0, cpm_str_chr(name, '/'));
    if (!name.len || cpm_package_name_ok(name))
        return 0;
    cpm_package_name_check(arena, name, &verdict);
    for (size_t i = 0; i < 10 && verdict.errors[i]; i++)
        reasons = cpm_arena_printf(arena, "%s%s%s", reasons, i ? "; " : "", verdict.errors[i]);
    return cpm_error_set(err, CPM_EINVALIDPACKAGENAME,
                         "Invalid package name \"%.*s\" of package \"%.*s\": %s.",
                         CPM_STR_ARG(name), CPM_STR_ARG(out->raw), reasons);
}

static int read_registry(struct cpm_arena *arena, struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_str text = cpm_scan_trim(out->raw_spec);
    bool operator= text.len && cpm_scan_is(text.ptr[0], CPM_SCAN_OP) && text.ptr[0] != '=';
    struct cpm_version version;
    bool exact = !operator&& cpm_version_parse(text, CPM_SEMVER_LOOSE, &version);

    out->registry = true;
    out->fetch = text;
    out->range = cpm_range_parse(arena, text, CPM_SEMVER_LOOSE);
    if (exact) {
        out->type = CPM_SPEC_VERSION;
        out->version = memcpy(CPM_NEW(arena, struct cpm_version), &version, sizeof(version));
        return 0;
    }
    if (out->range) {
        out->type = CPM_SPEC_RANGE;
        return 0;
    }
    if (!cpm_percent_is_plain(text))
        return cpm_error_set(err, CPM_EINVALIDTAGNAME,
                             "Invalid tag name \"%.*s\" of package \"%.*s\": Tags may not have any "
                             "characters that encodeURIComponent encodes.",
                             CPM_STR_ARG(text), CPM_STR_ARG(out->raw));
    out->type = CPM_SPEC_TAG;
    return 0;
}

static int read_alias(struct cpm_arena *arena, const struct cpm_spec_input *input,
                      struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_spec *sub = CPM_NEW(arena, struct cpm_spec);
    struct cpm_spec_input inner = {.where = input->where, .home = input->home};
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc;

    inner.arg = cpm_str_sub(out->raw_spec, strlen("npm:"), out->raw_spec.len);
    /* A target that is an alias itself is refused before it is read, so that the depth is one. */
    size_t at = cpm_str_chr(cpm_str_sub(inner.arg, 1, inner.arg.len), '@');
    if (at != CPM_NPOS && !is_url(inner.arg) &&
        starts_nocase(cpm_str_sub(inner.arg, at + 2, inner.arg.len), "npm:"))
        return cpm_error_set(err, CPM_EINVAL, "nested aliases not supported");
    if (starts_nocase(inner.arg, "npm:"))
        return cpm_error_set(err, CPM_EINVAL, "nested aliases not supported");
    rc = cpm_spec_read(arena, &inner, sub, &fault);
    if (rc < 0)
        return cpm_error_set(err, rc, "%s", fault.text);
    if (!sub->registry)
        return cpm_error_set(err, CPM_EINVAL, "aliases only work for registry deps");
    if (!sub->name.len)
        return cpm_error_set(err, CPM_EINVAL, "aliases must have a name");
    out->type = CPM_SPEC_ALIAS;
    out->registry = true;
    out->sub = sub;
    return 0;
}

static int read_workspace(struct cpm_arena *arena, struct cpm_spec *out)
{
    out->type = CPM_SPEC_WORKSPACE;
    out->save = out->raw_spec;
    out->fetch = cpm_str_sub(out->raw_spec, strlen("workspace:"), out->raw_spec.len);
    out->range = cpm_range_parse(arena, out->fetch, CPM_SEMVER_LOOSE);
    return 0;
}

static int read_kind(struct cpm_arena *arena, const struct cpm_spec_input *input,
                     struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_str spec = out->raw_spec;
    const struct cpm_hosted *hosted;

    if (is_file(spec))
        return cpm_spec_read_file(arena, input, out, err);
    if (starts_nocase(spec, "npm:"))
        return read_alias(arena, input, out, err);
    if (input->flags & CPM_SPEC_ALLOW_WORKSPACE && cpm_str_starts(spec, "workspace:"))
        return read_workspace(arena, out);
    /* No host is named without one of these: spare nearly all specs the search. */
    hosted = cpm_str_chr(spec, '/') != CPM_NPOS || cpm_str_chr(spec, ':') != CPM_NPOS ||
                     cpm_str_chr(spec, '@') != CPM_NPOS
                 ? cpm_hosted_parse(arena, spec, NULL, 0)
                 : NULL;
    if (hosted)
        return cpm_spec_read_hosted(arena, hosted, out, err);
    if (is_url(spec))
        return cpm_spec_read_url(arena, out, err);
    if (looks_like_path(spec))
        return cpm_spec_read_file(arena, input, out, err);
    return read_registry(arena, out, err);
}

/* Where the name ends in "name@spec"; a leading @ is the scope's. */
static void split_arg(struct cpm_arena *arena, struct cpm_str arg, struct cpm_spec *out)
{
    size_t at = cpm_str_chr(cpm_str_sub(arg, 1, arg.len), '@');
    struct cpm_str name = at == CPM_NPOS ? arg : cpm_str_sub(arg, 0, at + 1);

    out->raw = out->raw_spec = arg;
    if (is_url(arg))
        return;
    if (is_scp(arg)) {
        out->raw_spec = cpm_str(cpm_arena_printf(arena, "git+ssh://%.*s", CPM_STR_ARG(arg)));
    } else if (!cpm_str_starts(name, "@") && looks_like_path(name)) {
        return;
    } else if (at != CPM_NPOS) {
        out->name = name;
        out->raw_spec = cpm_str_sub(arg, at + 2, arg.len);
        if (!out->raw_spec.len)
            out->raw_spec = CPM_STR("*");
    } else if (cpm_package_name_ok(arg)) {
        out->name = arg;
        out->raw_spec = CPM_STR("*");
    }
}

static struct cpm_str raw_text(struct cpm_arena *arena, struct cpm_str name, struct cpm_str spec)
{
    return name.len ? CPM_CONCAT(arena, name, CPM_STR("@"), spec) : spec;
}

int cpm_spec_read(struct cpm_arena *arena, const struct cpm_spec_input *input, struct cpm_spec *out,
                  struct cpm_error *err)
{
    int rc;

    *out = (struct cpm_spec){.type = CPM_SPEC_TAG};
    if (!input->split) {
        split_arg(arena, input->arg, out);
    } else {
        out->name = input->name;
        out->raw_spec = input->spec;
        out->raw = raw_text(arena, input->name, input->spec);
    }
    rc = set_name(arena, out->name, out, err);
    return rc < 0 ? rc : read_kind(arena, input, out, err);
}

int cpm_spec_parse(struct cpm_arena *arena, struct cpm_str arg, const char *where,
                   struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_spec_input input = {.arg = arg, .where = where};

    return cpm_spec_read(arena, &input, out, err);
}

int cpm_spec_resolve(struct cpm_arena *arena, struct cpm_str name, struct cpm_str spec,
                     const char *where, struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_spec_input input = {.name = name, .spec = spec, .split = true, .where = where};

    return cpm_spec_read(arena, &input, out, err);
}

int cpm_spec_resolve_like(struct cpm_arena *arena, struct cpm_str name, const struct cpm_spec *like,
                          struct cpm_spec *out, struct cpm_error *err)
{
    *out = *like;
    out->raw = raw_text(arena, name, like->raw_spec);
    out->scope = CPM_STR_NONE;
    return set_name(arena, name, out, err);
}

const char *cpm_spec_type_name(enum cpm_spec_type type)
{
    static const char *const names[] = {
        [CPM_SPEC_VERSION] = "version",
        [CPM_SPEC_RANGE] = "range",
        [CPM_SPEC_TAG] = "tag",
        [CPM_SPEC_ALIAS] = "alias",
        [CPM_SPEC_GIT] = "git",
        [CPM_SPEC_REMOTE] = "remote",
        [CPM_SPEC_FILE] = "file",
        [CPM_SPEC_DIRECTORY] = "directory",
        [CPM_SPEC_WORKSPACE] = "workspace",
    };

    return names[type];
}

struct cpm_str cpm_spec_text(struct cpm_arena *arena, const struct cpm_spec *spec)
{
    struct cpm_str tail = spec->save.len ? spec->save : spec->fetch;

    if (!tail.len)
        tail = spec->raw_spec;
    if (!tail.len)
        return spec->name.len ? spec->name : spec->raw;
    if (!spec->name.len)
        return tail;
    return cpm_str(
        cpm_arena_printf(arena, "%.*s@%.*s", CPM_STR_ARG(spec->name), CPM_STR_ARG(tail)));
}

int cpm_spec_purl(struct cpm_arena *arena, const struct cpm_spec *spec, const char *registry,
                  struct cpm_str *out, struct cpm_error *err)
{
    bool scoped = cpm_str_starts(spec->name, "@");

    if (spec->type != CPM_SPEC_VERSION)
        return cpm_error_set(err, CPM_EINVALIDPURLTYPE,
                             "Invalid type \"%s\" of package \"%.*s\": Purl can only be generated "
                             "for \"version\" types.",
                             cpm_spec_type_name(spec->type), CPM_STR_ARG(spec->raw));
    *out = cpm_str(cpm_arena_printf(
        arena, "pkg:npm/%s%.*s@%.*s%s%s", scoped ? "%40" : "",
        CPM_STR_ARG(scoped ? cpm_str_sub(spec->name, 1, spec->name.len) : spec->name),
        CPM_STR_ARG(spec->raw_spec), registry ? "?repository_url=" : "", registry ? registry : ""));
    return 0;
}
