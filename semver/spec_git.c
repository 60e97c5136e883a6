/* Git in its many spellings, and the other addresses. */
#include "semver/percent.h"
#include "semver/scan.h"
#include "semver/spec_kinds.h"
#include "semver/url.h"

#include <strings.h>

static int fail(struct cpm_error *err, const char *text)
{
    return cpm_error_set(err, CPM_EINVAL, "%s", text);
}

static int set_range(struct cpm_arena *arena, struct cpm_str value, struct cpm_spec *out,
                     struct cpm_error *err)
{
    if (out->committish.len)
        return fail(err, "cannot override existing committish with a semver range");
    if (out->git_range)
        return fail(err, "cannot override existing semver range with a second semver range");
    if (!cpm_percent_decode(arena, value, &out->git_range_text))
        return fail(err, "URI malformed");
    out->git_range = cpm_range_parse(arena, out->git_range_text, CPM_SEMVER_LOOSE);
    if (!out->git_range)
        out->git_range = cpm_range_parse(arena, CPM_STR("<0.0.0-0"), 0);
    return 0;
}

static int set_committish(struct cpm_str part, struct cpm_spec *out, struct cpm_error *err)
{
    if (out->git_range)
        return fail(err, "cannot override existing semver range with a committish");
    if (out->committish.len)
        return fail(err, "cannot override existing committish with a second committish");
    out->committish = part;
    return 0;
}

/* name:value, or a committish alone. Unknown names are passed over. */
static int set_part(struct cpm_arena *arena, struct cpm_str part, struct cpm_spec *out,
                    struct cpm_error *err)
{
    size_t colon = cpm_str_chr(part, ':');
    struct cpm_str name, value;

    if (colon == CPM_NPOS)
        return set_committish(part, out, err);
    name = cpm_str_sub(part, 0, colon);
    value = cpm_str_sub(part, colon + 1, part.len);
    colon = cpm_str_chr(value, ':');
    if (colon != CPM_NPOS)
        value.len = colon;
    if (cpm_str_is(name, "semver"))
        return set_range(arena, value, out, err);
    if (!cpm_str_is(name, "path"))
        return 0;
    if (out->git_subdir.len)
        return fail(err, "cannot override existing path with a second path");
    out->git_subdir = cpm_str(cpm_arena_printf(arena, "/%.*s", CPM_STR_ARG(value)));
    return 0;
}

/* What stands behind #, its parts joined by "::". */
static int set_fragment(struct cpm_arena *arena, struct cpm_str fragment, struct cpm_spec *out,
                        struct cpm_error *err)
{
    while (fragment.len) {
        size_t at = cpm_str_find(fragment, "::");
        size_t len = at == CPM_NPOS ? fragment.len : at;
        int rc = set_part(arena, cpm_str_sub(fragment, 0, len), out, err);

        if (rc < 0)
            return rc;
        fragment = cpm_str_sub(fragment, len + 2, fragment.len);
    }
    return 0;
}

int cpm_spec_read_hosted(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                         struct cpm_spec *out, struct cpm_error *err)
{
    static const struct cpm_hosted_options plain = {.no_git_plus = true, .no_committish = true};

    out->type = CPM_SPEC_GIT;
    out->hosted = hosted;
    out->save = cpm_hosted_text(arena, hosted, NULL);
    if (strcmp(hosted->by, "shortcut") != 0)
        out->fetch = cpm_hosted_text(arena, hosted, &plain);
    return set_fragment(arena, hosted->committish, out, err);
}

/* "host:1234/x": the number is a port, not a path. */
static bool has_port(struct cpm_str address)
{
    for (size_t i = 0; i < address.len; i++) {
        size_t n = i + 1;

        if (address.ptr[i] != ':')
            continue;
        while (n < address.len && address.ptr[n] >= '0' && address.ptr[n] <= '9')
            n++;
        if (n > i + 1 && (n == address.len || address.ptr[n] == '/'))
            return true;
    }
    return false;
}

/* git+ssh://git@host:user/project.git is scp's form, no address. */
static bool split_scp(struct cpm_str raw, struct cpm_str *address, struct cpm_str *fragment)
{
    struct cpm_str rest = cpm_str_sub(raw, strlen("git+ssh://"), raw.len);
    size_t hash = cpm_str_chr(rest, '#');
    size_t colon;

    if (!cpm_str_starts(raw, "git+ssh://"))
        return false;
    *address = cpm_str_sub(rest, 0, hash == CPM_NPOS ? rest.len : hash);
    *fragment = hash == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(rest, hash + 1, rest.len);
    colon = cpm_str_chr(*address, ':');
    return colon != CPM_NPOS && colon > 0 && colon + 1 < address->len && !has_port(*address);
}

static bool is_git_protocol(struct cpm_str protocol)
{
    static const char *const names[] = {
        "git:", "git+http:", "git+https:", "git+rsync:", "git+ftp:", "git+file:", "git+ssh:"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (cpm_str_is(protocol, names[i]))
            return true;
    return false;
}

static struct cpm_str git_address(struct cpm_arena *arena, const struct cpm_url *url)
{
    struct cpm_str text = cpm_url_text(arena, url, false);

    return cpm_str_starts(text, "git+") ? cpm_str_sub(text, 4, text.len) : text;
}

static struct cpm_str without_backslashes(struct cpm_arena *arena, struct cpm_str raw)
{
    struct cpm_str copy = cpm_arena_str(arena, raw);
    char *text = (char *)copy.ptr;

    for (size_t i = 0; i < copy.len; i++)
        if (text[i] == '\\')
            text[i] = '/';
    return copy;
}

int cpm_spec_read_url(struct cpm_arena *arena, struct cpm_spec *out, struct cpm_error *err)
{
    struct cpm_str raw = out->raw_spec;
    struct cpm_str address, fragment;
    struct cpm_url url;

    out->save = raw;
    if (split_scp(raw, &address, &fragment)) {
        out->type = CPM_SPEC_GIT;
        out->fetch = address;
        return set_fragment(arena, fragment, out, err);
    }
    if (cpm_str_starts(raw, "git+file://"))
        raw = without_backslashes(arena, raw);
    if (!cpm_url_parse(arena, raw, &url))
        return fail(err, "Invalid URL");
    if (is_git_protocol(url.protocol)) {
        out->type = CPM_SPEC_GIT;
        out->fetch = git_address(arena, &url);
        return set_fragment(arena, cpm_str_sub(url.hash, 1, url.hash.len), out, err);
    }
    if (!cpm_str_is(url.protocol, "http:") && !cpm_str_is(url.protocol, "https:"))
        return cpm_error_set(err, CPM_EUNSUPPORTEDPROTOCOL, "Unsupported URL Type \"%.*s\": %.*s",
                             CPM_STR_ARG(url.protocol), CPM_STR_ARG(raw));
    out->type = CPM_SPEC_REMOTE;
    out->fetch = out->save;
    return 0;
}

bool cpm_spec_is_commit(struct cpm_str committish)
{
    if (committish.len < 40 || committish.len > 64)
        return false;
    for (size_t i = 0; i < committish.len; i++)
        if (!strchr("0123456789abcdefABCDEF", committish.ptr[i]))
            return false;
    return true;
}
