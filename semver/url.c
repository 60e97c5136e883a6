/* The standard's state machine, unrolled: an absolute address is scheme, then perhaps authority,
 * path, query and fragment, each ended by the first of its delimiters. */
#include "semver/url.h"

#include "semver/percent.h"

#include <strings.h>

struct scheme {
    const char *name;
    const char *port;
};

/* The standard's special schemes: an authority always follows, "\" is "/". */
static const struct scheme special_schemes[] = {
    {"http:", "80"}, {"https:", "443"}, {"ftp:", "21"},
    {"ws:", "80"},   {"wss:", "443"},   {"file:", ""},
};

static const struct scheme *find_special(struct cpm_str protocol)
{
    for (size_t i = 0; i < sizeof(special_schemes) / sizeof(special_schemes[0]); i++)
        if (cpm_str_is(protocol, special_schemes[i].name))
            return &special_schemes[i];
    return NULL;
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Without controls and blanks at the ends, without tabs and line breaks anywhere. */
static struct cpm_str strip(struct cpm_arena *arena, struct cpm_str s)
{
    char *text;
    size_t len = 0;

    while (s.len && (unsigned char)s.ptr[0] <= ' ')
        s = cpm_str_sub(s, 1, s.len);
    while (s.len && (unsigned char)s.ptr[s.len - 1] <= ' ')
        s.len--;
    text = cpm_arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '\t' && s.ptr[i] != '\n' && s.ptr[i] != '\r')
            text[len++] = s.ptr[i];
    return cpm_str_n(text, len);
}

static struct cpm_str lower(struct cpm_arena *arena, struct cpm_str s)
{
    char *text = cpm_arena_strndup(arena, s.ptr, s.len);

    for (size_t i = 0; i < s.len; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] |= 32;
    return cpm_str_n(text, s.len);
}

static struct cpm_str encode(struct cpm_arena *arena, struct cpm_str s, const char *set)
{
    struct cpm_buf buf = CPM_BUF_INIT(3 * s.len + 1);
    struct cpm_str out;

    cpm_percent_add(&buf, s, set);
    out = cpm_arena_str(arena, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
    return out;
}

/* Takes "scheme:" off the front. */
static bool take_scheme(struct cpm_arena *arena, struct cpm_str *rest, struct cpm_str *protocol)
{
    size_t n = 0;

    while (n < rest->len && (is_letter(rest->ptr[n]) ||
                             (n && (is_digit(rest->ptr[n]) || strchr("+-.", rest->ptr[n])))))
        n++;
    if (n == 0 || n == rest->len || rest->ptr[n] != ':')
        return false;
    *protocol = lower(arena, cpm_str_sub(*rest, 0, n + 1));
    *rest = cpm_str_sub(*rest, n + 1, rest->len);
    return true;
}

/* Takes what begins with `mark` off the end; gives it with its mark, encoded. */
static struct cpm_str take_tail(struct cpm_arena *arena, struct cpm_str *rest, char mark,
                                const char *set)
{
    size_t at = cpm_str_chr(*rest, mark);
    struct cpm_str tail, text;

    if (at == CPM_NPOS)
        return CPM_STR_NONE;
    tail = cpm_str_sub(*rest, at + 1, rest->len);
    rest->len = at;
    if (!tail.len)
        return CPM_STR_NONE;
    text = encode(arena, tail, set);
    return cpm_str(cpm_arena_printf(arena, "%c%.*s", mark, CPM_STR_ARG(text)));
}

static bool forbidden_in_host(char c, bool special)
{
    if (strchr(" #/:<>?@[\\]^|", c) || c == '\0')
        return true;
    return special && ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f || c == '%');
}

static bool set_host(struct cpm_arena *arena, struct cpm_str host, bool special,
                     struct cpm_url *out)
{
    struct cpm_str decoded;

    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        out->hostname = lower(arena, host);
        return true;
    }
    if (special) {
        if (!host.len || !cpm_percent_decode(arena, host, &decoded))
            return false;
        host = lower(arena, decoded);
    }
    for (size_t i = 0; i < host.len; i++)
        if (forbidden_in_host(host.ptr[i], special))
            return false;
    out->hostname = special ? host : encode(arena, host, CPM_PERCENT_OPAQUE);
    return true;
}

static bool set_port(struct cpm_arena *arena, struct cpm_str port, const struct scheme *special,
                     struct cpm_url *out)
{
    uint64_t number;

    if (!port.len)
        return true;
    if (!cpm_str_u64(port, &number) || number > 65535)
        return false;
    out->port = cpm_str(cpm_arena_printf(arena, "%u", (unsigned)number));
    if (special && cpm_str_is(out->port, special->port))
        out->port = CPM_STR_NONE;
    return true;
}

static void set_credentials(struct cpm_arena *arena, struct cpm_str text, struct cpm_url *out)
{
    size_t colon = cpm_str_chr(text, ':');

    out->username = encode(arena, cpm_str_sub(text, 0, colon == CPM_NPOS ? text.len : colon),
                           CPM_PERCENT_USERINFO);
    if (colon != CPM_NPOS)
        out->password = encode(arena, cpm_str_sub(text, colon + 1, text.len), CPM_PERCENT_USERINFO);
}

static bool set_authority(struct cpm_arena *arena, struct cpm_str text,
                          const struct scheme *special, struct cpm_url *out)
{
    size_t at = cpm_str_rchr(text, '@');
    struct cpm_str host = at == CPM_NPOS ? text : cpm_str_sub(text, at + 1, text.len);
    size_t bracket = cpm_str_rchr(host, ']');
    size_t colon = cpm_str_rchr(host, ':');

    out->has_host = true;
    if (at != CPM_NPOS) {
        set_credentials(arena, cpm_str_sub(text, 0, at), out);
        if (!host.len)
            return false;
    }
    if (colon != CPM_NPOS && bracket != CPM_NPOS && colon < bracket)
        colon = CPM_NPOS;
    if (colon == CPM_NPOS)
        return set_host(arena, host, special != NULL, out);
    if (colon == 0 || cpm_str_chr(cpm_str_sub(host, 0, colon), ':') < cpm_str_chr(host, '['))
        return false;
    return set_host(arena, cpm_str_sub(host, 0, colon), special != NULL, out) &&
           set_port(arena, cpm_str_sub(host, colon + 1, host.len), special, out);
}

/* 1 for ".", 2 for "..", also when their dots are escaped. */
static int count_dots(struct cpm_str segment)
{
    int dots = 0;

    while (segment.len) {
        size_t n = segment.ptr[0] == '.' ? 1 : 0;

        if (!n && segment.len >= 3 && strncasecmp(segment.ptr, "%2e", 3) == 0)
            n = 3;
        if (!n || ++dots > 2)
            return 0;
        segment = cpm_str_sub(segment, n, segment.len);
    }
    return dots;
}

static size_t path_segment(struct cpm_str path, bool special)
{
    size_t n = 0;

    while (n < path.len && path.ptr[n] != '/' && !(special && path.ptr[n] == '\\'))
        n++;
    return n;
}

static void pop_segment(struct cpm_buf *buf)
{
    while (buf->len && buf->ptr[--buf->len] != '/')
        ;
}

/* Dot segments resolved; every segment stands behind a slash. */
static struct cpm_str set_path(struct cpm_arena *arena, struct cpm_str path, bool special)
{
    struct cpm_buf buf = CPM_BUF_INIT(3 * path.len + 2);
    struct cpm_str out;
    bool more = path.len > 0 || special;

    if (path_segment(path, special) == 0)
        path = cpm_str_sub(path, 1, path.len);
    while (more) {
        size_t n = path_segment(path, special);
        struct cpm_str segment = cpm_str_sub(path, 0, n);
        int dots = count_dots(segment);

        more = n < path.len;
        path = cpm_str_sub(path, n + 1, path.len);
        if (dots == 2)
            pop_segment(&buf);
        if (dots && more)
            continue;
        cpm_buf_add_char(&buf, '/');
        if (!dots)
            cpm_percent_add(&buf, segment, CPM_PERCENT_PATH);
    }
    out = cpm_arena_str(arena, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
    return out;
}

static size_t count_slashes(struct cpm_str s, bool special)
{
    size_t n = 0;

    while (n < s.len && (s.ptr[n] == '/' || (special && s.ptr[n] == '\\')))
        n++;
    return n;
}

static bool parse_rest(struct cpm_arena *arena, struct cpm_str rest, struct cpm_url *out)
{
    const struct scheme *special = find_special(out->protocol);
    bool file = cpm_str_is(out->protocol, "file:");
    size_t slashes = count_slashes(rest, special != NULL);
    struct cpm_str authority;

    if (!special && slashes == 0) {
        out->opaque = true;
        out->pathname = encode(arena, rest, CPM_PERCENT_OPAQUE);
        return true;
    }
    if (special && !file) {
        rest = cpm_str_sub(rest, slashes, rest.len);
    } else if (slashes >= 2) {
        rest = cpm_str_sub(rest, 2, rest.len);
    } else {
        out->has_host = file;
        out->pathname = set_path(arena, rest, special != NULL);
        return true;
    }
    authority = cpm_str_sub(rest, 0, path_segment(rest, special != NULL));
    rest = cpm_str_sub(rest, authority.len, rest.len);
    out->has_host = true;
    out->pathname = set_path(arena, rest, special != NULL);
    if (!authority.len)
        return !special || file;
    return set_authority(arena, authority, special, out);
}

bool cpm_url_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_url *out)
{
    struct cpm_str rest = strip(arena, text);

    *out = (struct cpm_url){.opaque = false};
    if (!take_scheme(arena, &rest, &out->protocol))
        return false;
    out->hash = take_tail(arena, &rest, '#', CPM_PERCENT_FRAGMENT);
    out->search = take_tail(arena, &rest, '?', CPM_PERCENT_QUERY);
    return parse_rest(arena, rest, out);
}

static void add_authority(struct cpm_buf *buf, const struct cpm_url *url)
{
    cpm_buf_add_text(buf, "//");
    if (url->username.len || url->password.len) {
        cpm_buf_add_str(buf, url->username);
        if (url->password.len)
            cpm_buf_addf(buf, ":%.*s", CPM_STR_ARG(url->password));
        cpm_buf_add_char(buf, '@');
    }
    cpm_buf_add_str(buf, url->hostname);
    if (url->port.len)
        cpm_buf_addf(buf, ":%.*s", CPM_STR_ARG(url->port));
}

struct cpm_str cpm_url_text(struct cpm_arena *arena, const struct cpm_url *url, bool hash)
{
    struct cpm_buf buf = CPM_BUF_INIT(SIZE_MAX / 2);
    struct cpm_str out;

    cpm_buf_add_str(&buf, url->protocol);
    if (url->has_host)
        add_authority(&buf, url);
    cpm_buf_add_str(&buf, url->pathname);
    cpm_buf_add_str(&buf, url->search);
    if (hash)
        cpm_buf_add_str(&buf, url->hash);
    out = cpm_arena_str(arena, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
    return out;
}
