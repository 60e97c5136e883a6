/* What people write for a repository is rarely an address. It is first put into the form of one
 * (shorthand, scp form, missing slashes), then read as one; a host is known by its shortcut
 * ("github:") or by its domain. */
#include "semver/hosted.h"

#include "semver/percent.h"
#include "semver/scan.h"

struct reader {
    struct cpm_arena *arena;
    const struct cpm_host *more;
    size_t count;
    struct cpm_url url;
};

struct protocol {
    const char *name;
    const char *by;
    bool auth;
};

static const struct protocol protocols[] = {
    {"git+ssh:", "sshurl", false},   {"ssh:", "sshurl", false}, {"git+https:", "https", true},
    {"git:", "git", true},           {"http:", "http", true},   {"https:", "https", true},
    {"git+http:", "git+http", true},
};

static const struct protocol *find_protocol(struct cpm_str name)
{
    for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
        if (cpm_str_is(name, protocols[i].name))
            return &protocols[i];
    return NULL;
}

static const struct cpm_host *host_at(const struct reader *r, size_t i)
{
    size_t built_in = 0;

    while (cpm_host_row(built_in))
        built_in++;
    if (i < built_in)
        return cpm_host_row(i);
    return i - built_in < r->count ? &r->more[i - built_in] : NULL;
}

static const struct cpm_host *host_by_shortcut(const struct reader *r, struct cpm_str protocol)
{
    const struct cpm_host *host;

    for (size_t i = 0; (host = host_at(r, i)); i++)
        if (protocol.len && cpm_str_is(cpm_str_sub(protocol, 0, protocol.len - 1), host->name))
            return host;
    return NULL;
}

static const struct cpm_host *host_by_domain(const struct reader *r, struct cpm_str domain)
{
    const struct cpm_host *host;

    if (cpm_str_starts(domain, "www."))
        domain = cpm_str_sub(domain, 4, domain.len);
    for (size_t i = 0; (host = host_at(r, i)); i++)
        if (cpm_str_is(domain, host->domain))
            return host;
    return NULL;
}

static size_t find_space(struct cpm_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (cpm_scan_space(s.ptr + i, s.ptr + s.len))
            return i;
    return CPM_NPOS;
}

/* user/project: one slash, and nothing before a # that would make it a path, an address or a
 * scoped name. */
static bool is_github_shorthand(struct cpm_str s)
{
    size_t hash = cpm_str_chr(s, '#');
    struct cpm_str head = hash == CPM_NPOS ? s : cpm_str_sub(s, 0, hash);
    size_t slash = cpm_str_chr(s, '/');

    if (slash == CPM_NPOS || slash == 0 || s.ptr[0] == '.')
        return false;
    if (head.len && head.ptr[head.len - 1] == '/')
        return false;
    if (cpm_str_chr(head, ':') != CPM_NPOS || cpm_str_chr(head, '@') != CPM_NPOS)
        return false;
    if (find_space(head) != CPM_NPOS)
        return false;
    return slash >= head.len || cpm_str_rchr(head, '/') == slash;
}

/* "git:github.com/x" gets its slashes, "user@host:x" its scheme. */
static struct cpm_str correct_protocol(const struct reader *r, struct cpm_str s)
{
    size_t colon = cpm_str_chr(s, ':');
    size_t at = cpm_str_chr(s, '@');
    struct cpm_str head = colon == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(s, 0, colon + 1);
    struct cpm_str tail = cpm_str_sub(s, head.len, s.len);

    if (head.len && (find_protocol(head) || host_by_shortcut(r, head)))
        return s;
    if (head.len && cpm_str_starts(tail, "//"))
        return s;
    if (at != CPM_NPOS && head.len && at < colon)
        return s;
    if (at != CPM_NPOS)
        return cpm_str(cpm_arena_printf(r->arena, "git+ssh://%.*s", CPM_STR_ARG(s)));
    return cpm_str(cpm_arena_printf(r->arena, "%.*s//%.*s", CPM_STR_ARG(head), CPM_STR_ARG(tail)));
}

/* "host:user/project" gets a slash for its colon. */
static struct cpm_str correct_scp(struct cpm_arena *arena, struct cpm_str s)
{
    size_t hash = cpm_str_chr(s, '#');
    struct cpm_str head = hash == CPM_NPOS ? s : cpm_str_sub(s, 0, hash);
    size_t at = cpm_str_rchr(head, '@');
    size_t colon = cpm_str_rchr(head, ':');
    char *text = cpm_arena_strndup(arena, s.ptr, s.len);

    if (colon != CPM_NPOS && (at == CPM_NPOS || colon > at)) {
        text[colon] = '/';
        head = cpm_str_n(text, head.len);
    }
    if (cpm_str_chr(head, ':') != CPM_NPOS ||
        cpm_str_find(cpm_str_n(text, s.len), "//") != CPM_NPOS)
        return cpm_str_n(text, s.len);
    return cpm_str(cpm_arena_printf(arena, "git+ssh://%s", text));
}

bool cpm_hosted_address(struct cpm_arena *arena, struct cpm_str text, struct cpm_url *out)
{
    return cpm_url_parse(arena, text, out) || cpm_url_parse(arena, correct_scp(arena, text), out);
}

static struct cpm_str without_git(struct cpm_str project)
{
    if (cpm_str_ends(project, ".git"))
        project.len -= 4;
    return project;
}

static struct cpm_str fragment(const struct cpm_url *url)
{
    return cpm_str_sub(url->hash, 1, url->hash.len);
}

static bool decode_parts(struct reader *r, struct cpm_hosted *out)
{
    return cpm_percent_decode(r->arena, out->user, &out->user) &&
           cpm_percent_decode(r->arena, out->project, &out->project) &&
           cpm_percent_decode(r->arena, out->committish, &out->committish);
}

/* github:user/project — who is named for signing in does not matter here. */
static bool read_shortcut(struct reader *r, struct cpm_hosted *out)
{
    struct cpm_str path = r->url.pathname;
    size_t at, slash;

    if (cpm_str_starts(path, "/"))
        path = cpm_str_sub(path, 1, path.len);
    at = cpm_str_chr(path, '@');
    if (at != CPM_NPOS)
        path = cpm_str_sub(path, at + 1, path.len);
    slash = cpm_str_rchr(path, '/');
    out->user = cpm_str_sub(path, 0, slash == CPM_NPOS ? 0 : slash);
    out->project = slash == CPM_NPOS ? path : cpm_str_sub(path, slash + 1, path.len);
    out->committish = fragment(&r->url);
    out->by = "shortcut";
    if (!decode_parts(r, out))
        return false;
    out->project = without_git(out->project);
    out->has_user = out->user.len > 0;
    out->has_committish = r->url.hash.len > 0;
    return true;
}

/* The path's segments, those behind the last one joined to it no more. */
static void split_path(struct cpm_str path, struct cpm_str segments[4])
{
    struct cpm_str rest = cpm_str_sub(path, 1, path.len);

    for (int i = 0; i < 4; i++)
        segments[i] = CPM_STR_NONE;
    for (int i = 0; i < 4 && rest.ptr && cpm_str_split(&rest, '/', &segments[i]); i++)
        ;
}

static bool read_gitlab(struct reader *r, struct cpm_hosted *out)
{
    struct cpm_str path = cpm_str_sub(r->url.pathname, 1, r->url.pathname.len);
    size_t slash = cpm_str_rchr(path, '/');

    if (cpm_str_find(path, "/-/") != CPM_NPOS || cpm_str_find(path, "/archive.tar.gz") != CPM_NPOS)
        return false;
    if (slash == CPM_NPOS)
        return false;
    out->user = cpm_str_sub(path, 0, slash);
    out->project = without_git(cpm_str_sub(path, slash + 1, path.len));
    out->committish = fragment(&r->url);
    return out->user.len && out->project.len;
}

static bool read_segments(struct reader *r, const struct cpm_host *host, struct cpm_hosted *out)
{
    struct cpm_str part[4];

    split_path(r->url.pathname, part);
    out->user = part[0];
    out->project = part[1];
    out->committish = fragment(&r->url);
    if (host->refused && cpm_str_is(part[2], host->refused))
        return false;
    if (host->shape == CPM_HOST_GITHUB && part[2].len) {
        if (!cpm_str_is(part[2], "tree"))
            return false;
        /* hosted-git-info's own, for …/tree without a branch */
        out->committish = part[3].ptr ? part[3] : CPM_STR("undefined");
    }
    if (host->shape == CPM_HOST_GIST && !out->project.len) {
        out->project = out->user;
        out->user = CPM_STR_NONE;
        out->has_user = false;
    }
    out->project = without_git(out->project);
    return host->shape == CPM_HOST_GIST ? part[0].len || part[1].len
                                        : out->user.len && out->project.len;
}

static bool read_address(struct reader *r, const struct cpm_host *host, struct cpm_hosted *out)
{
    const struct protocol *protocol = find_protocol(r->url.protocol);
    bool accepted = false;
    bool found;

    for (size_t i = 0; i < 8 && host->protocols[i]; i++)
        accepted = accepted || cpm_str_is(r->url.protocol, host->protocols[i]);
    if (!accepted || !protocol)
        return false;
    out->by = protocol->by;
    out->has_user = out->has_committish = true;
    found = host->shape == CPM_HOST_GITLAB ? read_gitlab(r, out) : read_segments(r, host, out);
    return found && decode_parts(r, out);
}

static void set_auth(struct reader *r, struct cpm_hosted *out)
{
    const struct protocol *protocol = find_protocol(r->url.protocol);
    struct cpm_str user = r->url.username;
    struct cpm_str password = r->url.password;

    if (!protocol || !protocol->auth || (!user.len && !password.len))
        return;
    out->has_auth = true;
    out->auth = cpm_str(cpm_arena_printf(r->arena, "%.*s%s%.*s", CPM_STR_ARG(user),
                                         password.len ? ":" : "", CPM_STR_ARG(password)));
}

const struct cpm_hosted *cpm_hosted_parse(struct cpm_arena *arena, struct cpm_str text,
                                          const struct cpm_host *more, size_t count)
{
    struct reader r = {.arena = arena, .more = more, .count = count};
    struct cpm_hosted *out = CPM_NEW(arena, struct cpm_hosted);

    if (!text.len)
        return NULL;
    if (is_github_shorthand(text))
        text = cpm_str(cpm_arena_printf(arena, "github:%.*s", CPM_STR_ARG(text)));
    if (!cpm_hosted_address(arena, correct_protocol(&r, text), &r.url))
        return NULL;
    set_auth(&r, out);
    out->host = host_by_shortcut(&r, r.url.protocol);
    if (out->host)
        return read_shortcut(&r, out) ? out : NULL;
    out->host = host_by_domain(&r, r.url.hostname);
    if (!out->host || !read_address(&r, out->host, out))
        return NULL;
    return out;
}

/* An address to look at in a browser, for a host that is not known. */
static struct cpm_str unknown_address(struct cpm_arena *arena, struct cpm_str address)
{
    struct cpm_url url;
    struct cpm_str path;

    if (!cpm_url_parse(arena, address, &url) || !url.hostname.len)
        return CPM_STR_NONE;
    path = without_git(url.pathname);
    return cpm_str(cpm_arena_printf(arena, "%s//%.*s%.*s",
                                    cpm_str_is(url.protocol, "git+http:") ? "http:" : "https:",
                                    CPM_STR_ARG(url.hostname), CPM_STR_ARG(path)));
}

const struct cpm_hosted *cpm_hosted_repository(struct cpm_arena *arena, struct cpm_str address,
                                               struct cpm_str *unknown)
{
    struct cpm_str plain =
        cpm_str_starts(address, "git+") ? cpm_str_sub(address, 4, address.len) : address;
    const struct cpm_hosted *hosted = cpm_hosted_parse(arena, plain, NULL, 0);

    *unknown = CPM_STR_NONE;
    if (hosted)
        return hosted;
    *unknown = unknown_address(arena, address);
    return cpm_hosted_parse(arena, *unknown, NULL, 0);
}
