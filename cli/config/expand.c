/* A match of npm's expression is: backslashes, "${", a name without $ { } ?, perhaps "?", "}". The
 * backslashes are halved; an odd number of them leaves the rest as it stands. */
#include "cli/config/expand.h"

#include "base/buf.h"

#include <ctype.h>

#define EXPANDED_MAX (1u << 20)

const char *cpm_environ_get(char *const *environ_, struct cpm_str name)
{
    for (; environ_ && *environ_; environ_++)
        if (strncmp(*environ_, name.ptr, name.len) == 0 && (*environ_)[name.len] == '=')
            return *environ_ + name.len + 1;
    return NULL;
}

struct reference {
    size_t slashes; /* before it */
    struct cpm_str name;
    bool optional;
    size_t end; /* offset behind '}' */
};

/* A reference whose run of backslashes begins at `at`. */
static bool reference_at(struct cpm_str s, size_t at, struct reference *out)
{
    size_t i = at;
    while (i < s.len && s.ptr[i] == '\\')
        i++;
    out->slashes = i - at;
    if (i + 1 >= s.len || s.ptr[i] != '$' || s.ptr[i + 1] != '{')
        return false;
    size_t from = i += 2;
    while (i < s.len && !strchr("${}?", s.ptr[i]))
        i++;
    out->name = cpm_str_sub(s, from, i - from);
    out->optional = i < s.len && s.ptr[i] == '?';
    i += out->optional;
    out->end = i + 1;
    return out->name.len > 0 && i < s.len && s.ptr[i] == '}';
}

static void replace(struct cpm_buf *out, struct cpm_str s, size_t at, const struct reference *r,
                    char *const *environ_)
{
    if (r->slashes % 2) {
        size_t from = at + (r->slashes + 1) / 2;
        cpm_buf_add_str(out, cpm_str_sub(s, from, r->end - from));
        return;
    }
    const char *value = cpm_environ_get(environ_, r->name);
    for (size_t i = 0; i < r->slashes / 2; i++)
        cpm_buf_add_char(out, '\\');
    if (value)
        cpm_buf_add_text(out, value);
    else if (!r->optional)
        cpm_buf_addf(out, "${%.*s}", CPM_STR_ARG(r->name));
}

struct cpm_str cpm_env_expand(struct cpm_arena *arena, struct cpm_str text, char *const *environ_)
{
    struct cpm_buf out = CPM_BUF_INIT(EXPANDED_MAX);
    struct reference r;
    if (cpm_str_find(text, "${") == CPM_NPOS)
        return text;
    for (size_t i = 0; i < text.len;) {
        if (reference_at(text, i, &r)) {
            replace(&out, text, i, &r, environ_);
            i = r.end;
        } else {
            size_t run = r.slashes ? r.slashes : 1;
            cpm_buf_add_str(&out, cpm_str_sub(text, i, run));
            i += run;
        }
    }
    struct cpm_str result = cpm_arena_str(arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return result;
}

bool cpm_env_mentions(struct cpm_str text)
{
    struct reference r;
    for (size_t i = 0; i < text.len;) {
        bool found = reference_at(text, i, &r);
        if (found && r.slashes % 2 == 0)
            return true;
        i = found ? r.end : i + (r.slashes ? r.slashes : 1);
    }
    return false;
}

struct cpm_str cpm_nerf_host(struct cpm_str nerf)
{
    if (!cpm_str_starts(nerf, "//"))
        return CPM_STR_NONE;
    struct cpm_str rest = cpm_str_sub(nerf, 2, nerf.len);
    size_t slash = cpm_str_chr(rest, '/');
    return slash == CPM_NPOS ? rest : cpm_str_sub(rest, 0, slash);
}

/* "scheme://" off the front; the WHATWG reading of a special scheme takes any number of slashes. */
static bool take_scheme(struct cpm_str *url, bool *https)
{
    size_t colon = cpm_str_chr(*url, ':');
    if (colon == CPM_NPOS || colon == 0 || !isalpha((unsigned char)url->ptr[0]))
        return false;
    struct cpm_str scheme = cpm_str_sub(*url, 0, colon);
    for (size_t i = 0; i < scheme.len; i++)
        if (!isalnum((unsigned char)scheme.ptr[i]) && !strchr("+-.", scheme.ptr[i]))
            return false;
    *https = cpm_str_eq_nocase(scheme, CPM_STR("https"));
    *url = cpm_str_sub(*url, colon + 1, url->len);
    if (!cpm_str_starts(*url, "//"))
        return false;
    *url = cpm_str_sub(*url, 2, url->len);
    return true;
}

static struct cpm_str until_any(struct cpm_str s, const char *stops)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr(stops, s.ptr[i]))
            return cpm_str_sub(s, 0, i);
    return s;
}

const char *cpm_nerf_dart(struct cpm_arena *arena, struct cpm_str url)
{
    bool https;
    url = cpm_str_trim(url);
    if (!take_scheme(&url, &https))
        return NULL;
    struct cpm_str authority = until_any(url, "/?#\\");
    struct cpm_str path = until_any(cpm_str_sub(url, authority.len, url.len), "?#");
    size_t at = cpm_str_rchr(authority, '@');
    struct cpm_str host =
        at == CPM_NPOS ? authority : cpm_str_sub(authority, at + 1, authority.len);
    const char *port = https ? ":443" : ":80";
    if (cpm_str_ends(host, port))
        host.len -= strlen(port);
    if (host.len == 0)
        return NULL;
    size_t slash = cpm_str_rchr(path, '/');
    path = slash == CPM_NPOS ? CPM_STR("/") : cpm_str_sub(path, 0, slash + 1);
    char *out = cpm_arena_printf(arena, "//%.*s%.*s", CPM_STR_ARG(host), CPM_STR_ARG(path));
    for (char *c = out + 2; c < out + 2 + host.len; c++)
        *c = (char)tolower((unsigned char)*c);
    return out;
}
