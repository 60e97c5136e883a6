/* Filling a host's template; see hosts.c for its letters. */
#include "semver/hosted.h"
#include "semver/percent.h"

struct filler {
    struct cpm_arena *arena;
    const struct cpm_hosted *hosted;
    struct cpm_str committish, path, fragment;
};

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* A heading's anchor: lower case, words joined by dashes, slashes dropped. */
static struct cpm_str anchor(struct cpm_arena *arena, struct cpm_str s)
{
    char *text;
    size_t len = 0;
    bool gap = false;

    while (s.len && !is_word(s.ptr[0]))
        s = cpm_str_sub(s, 1, s.len);
    while (s.len && !is_word(s.ptr[s.len - 1]))
        s.len--;
    text = cpm_arena_alloc(arena, 2 * s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '/')
            continue;
        if (is_word(c))
            text[len++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        else if (!gap)
            text[len++] = '-';
        gap = !is_word(c);
    }
    return cpm_str_n(text, len);
}

static struct cpm_str host_anchor(const struct filler *f, struct cpm_str text)
{
    struct cpm_str out = anchor(f->arena, text);

    if (f->hosted->host->shape != CPM_HOST_GIST || !text.len)
        return out;
    return cpm_str(cpm_arena_printf(f->arena, "file-%.*s", CPM_STR_ARG(out)));
}

static struct cpm_str user_and_project(const struct filler *f)
{
    const struct cpm_hosted *h = f->hosted;

    return cpm_percent_component(
        f->arena, cpm_str(cpm_arena_printf(f->arena, "%.*s/%.*s", CPM_STR_ARG(h->user),
                                           CPM_STR_ARG(h->project))));
}

static struct cpm_str value_of(const struct filler *f, char letter)
{
    const struct cpm_hosted *h = f->hosted;

    switch (letter) {
    case 'd':
        return cpm_str(h->host->domain);
    case 'u':
        return h->has_user ? h->user : CPM_STR("null"); /* npm's, for a gist without its owner */
    case 'U':
        return user_and_project(f);
    case 'p':
        return h->project;
    case 't':
        return cpm_str(h->host->name);
    case 'a':
        return h->auth;
    case '#':
        return f->committish;
    case 'c':
        return cpm_percent_component(f->arena, f->committish);
    case 'C':
        return f->committish.len ? cpm_percent_component(f->arena, f->committish) : CPM_STR("HEAD");
    case 'T':
        return cpm_str(h->host->treepath);
    case 'B':
        return cpm_str(h->host->blobpath);
    case 'E':
        return cpm_str(h->host->editpath);
    case 'P':
        return f->path;
    case 'h':
        return host_anchor(f, f->fragment);
    default:
        return host_anchor(f, f->path);
    }
}

static void fill(const struct filler *f, const char *template, struct cpm_buf *out)
{
    size_t group = 0; /* where the open group's text begins */
    bool empty = false;

    for (const char *p = template; *p; p++) {
        struct cpm_str value;

        if (*p == '(') {
            group = out->len;
            empty = false;
        } else if (*p == ')') {
            if (empty)
                out->len = group;
        } else if (*p == '%') {
            value = value_of(f, *++p);
            empty = empty || !value.len;
            cpm_buf_add_str(out, value);
        } else {
            cpm_buf_add_char(out, *p);
        }
    }
}

struct cpm_str cpm_hosted_url(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                              enum cpm_hosted_url kind, const struct cpm_hosted_options *options)
{
    static const struct cpm_hosted_options plain;
    const char *template = cpm_host_template(hosted->host, kind);
    struct filler f = {.arena = arena, .hosted = hosted, .committish = hosted->committish};
    struct cpm_buf buf = CPM_BUF_INIT(SIZE_MAX / 2);
    struct cpm_str out;

    if (!*template)
        return CPM_STR_NONE;
    options = options ? options : &plain;
    f.path = options->path;
    f.fragment = options->fragment;
    if (f.path.len && f.path.ptr[0] == '/')
        f.path = cpm_str_sub(f.path, 1, f.path.len);
    if (options->no_committish && kind != CPM_HOSTED_TARBALL)
        f.committish = CPM_STR_NONE;
    fill(&f, template, &buf);
    out = cpm_arena_str(arena, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
    return options->no_git_plus && cpm_str_starts(out, "git+") ? cpm_str_sub(out, 4, out.len) : out;
}

struct cpm_str cpm_hosted_text(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                               const struct cpm_hosted_options *options)
{
    enum cpm_hosted_url kind = CPM_HOSTED_SSHURL;

    if (strcmp(hosted->by, "shortcut") == 0)
        kind = CPM_HOSTED_SHORTCUT;
    else if (strcmp(hosted->by, "https") == 0)
        kind = CPM_HOSTED_HTTPS;
    else if (strcmp(hosted->by, "git") == 0)
        kind = CPM_HOSTED_GIT;
    return cpm_hosted_url(arena, hosted, kind, options);
}
