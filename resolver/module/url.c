/* A URL's path is walked segment by segment straight into places: "." and ".." (in any encoding)
 * move, everything else is decoded and names a child. A folder's own path never holds escapes, as
 * it comes from a file's path. */
#include "resolver/module/url.h"

static bool is_alpha(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_scheme_char(char c)
{
    return is_alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* Schemes whose URLs have a host that may not be empty. */
static bool needs_host(struct cpm_str scheme)
{
    static const char *const hosted[] = {"http", "https", "ws", "wss", "ftp"};

    for (size_t i = 0; i < sizeof(hosted) / sizeof(hosted[0]); i++)
        if (cpm_str_eq_nocase(scheme, cpm_str(hosted[i])))
            return true;
    return false;
}

size_t cpm_url_scheme(struct cpm_str text)
{
    size_t n = 0, after;

    if (!text.len || !is_alpha(text.ptr[0]))
        return 0;
    while (n < text.len && is_scheme_char(text.ptr[n]))
        n++;
    if (n == text.len || text.ptr[n] != ':')
        return 0;
    if (needs_host(cpm_str_n(text.ptr, n))) {
        for (after = n + 1; after < text.len && strchr("/\\", text.ptr[after]); after++)
            ;
        if (after == text.len || strchr("?#", text.ptr[after]))
            return 0;
    }
    return n + 1;
}

/* Without the white space and control characters that URL parsing drops. */
static struct cpm_str cleaned(struct cpm_arena *arena, struct cpm_str text)
{
    bool inner = false;
    char *copy, *to;

    while (text.len && (unsigned char)text.ptr[text.len - 1] <= ' ')
        text.len--;
    while (text.len && (unsigned char)text.ptr[0] <= ' ')
        text = cpm_str_sub(text, 1, text.len);
    for (size_t i = 0; i < text.len && !inner; i++)
        inner = text.ptr[i] == '\t' || text.ptr[i] == '\n' || text.ptr[i] == '\r' ||
                text.ptr[i] == '\\';
    if (!inner)
        return text;
    copy = to = cpm_arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("\t\n\r", text.ptr[i]))
            *to++ = text.ptr[i] == '\\' ? '/' : text.ptr[i];
    return cpm_str_n(copy, (size_t)(to - copy));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return is_alpha(c) && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static int escaped_byte(struct cpm_str text, size_t at)
{
    int high, low;

    if (at + 2 >= text.len || text.ptr[at] != '%')
        return -1;
    high = hex_digit(text.ptr[at + 1]);
    low = hex_digit(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool has_encoded_slash(struct cpm_str text)
{
    if (cpm_str_chr(text, '%') == CPM_NPOS)
        return false;
    for (size_t i = 0; i + 2 < text.len; i++) {
        int byte = escaped_byte(text, i);

        if (byte == '/' || byte == '\\')
            return true;
    }
    return false;
}

static bool is_continuation(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* decodeURIComponent refuses escapes that are no UTF-8. */
static bool is_utf8(struct cpm_str s)
{
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : 3;

        if ((c >= 0x80 && c < 0xC2) || c > 0xF4 || i + more >= s.len ||
            !is_continuation(s.ptr + i + 1, more))
            return false;
        i += more + 1;
    }
    return true;
}

/* False when an escape is malformed; a NUL byte gives a name that no folder can hold. */
static bool decode(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out)
{
    char *copy, *to;

    *out = text;
    if (cpm_str_chr(text, '%') == CPM_NPOS)
        return true;
    copy = to = cpm_arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        int byte = escaped_byte(text, i);

        if (text.ptr[i] != '%') {
            *to++ = text.ptr[i];
            continue;
        }
        if (byte < 0)
            return false;
        *to++ = byte ? (char)byte : '/';
        i += 2;
    }
    *out = cpm_str_n(copy, (size_t)(to - copy));
    return is_utf8(*out);
}

/* 1 for ".", 2 for "..", in any encoding; else 0. */
static unsigned count_dots(struct cpm_str part)
{
    unsigned dots = 0;

    for (size_t i = 0; i < part.len; dots++) {
        if (part.ptr[i] == '.')
            i++;
        else if (escaped_byte(part, i) == '.')
            i += 3;
        else
            return 0;
    }
    return dots <= 2 ? dots : 0;
}

static struct cpm_str cut_query(struct cpm_str *text)
{
    struct cpm_str query = CPM_STR("");

    for (size_t i = 0; i < text->len; i++) {
        if (text->ptr[i] == '?' || text->ptr[i] == '#') {
            query = cpm_str_sub(*text, i, text->len);
            text->len = i;
            break;
        }
    }
    return query;
}

/* Takes "file:" and "//host" off. */
static bool cut_host(struct cpm_search *s, struct cpm_str *text)
{
    struct cpm_str host;
    size_t end;

    if (cpm_url_scheme(*text))
        *text = cpm_str_sub(*text, cpm_url_scheme(*text), text->len);
    if (!cpm_str_starts(*text, "//"))
        return true;
    host = cpm_str_sub(*text, 2, text->len);
    end = cpm_str_chr(host, '/');
    *text = end == CPM_NPOS ? CPM_STR("/") : cpm_str_sub(host, end, host.len);
    host.len = end == CPM_NPOS ? host.len : end;
    if (host.len && !cpm_str_eq_nocase(host, CPM_STR("localhost")))
        return cpm_search_fail(s, CPM_FAULT_URL_HOST,
                               "File URL host must be \"localhost\" or empty on linux");
    return true;
}

static bool walk(struct cpm_search *s, struct cpm_place *folder, struct cpm_str rest,
                 struct cpm_url *out)
{
    struct cpm_str part, name;

    out->folder = rest.len == 0;
    while (rest.len && cpm_str_split(&rest, '/', &part)) {
        unsigned dots = count_dots(part);

        out->folder = dots || part.len == 0;
        if (dots == 2)
            folder = folder->parent;
        if (out->folder)
            continue;
        if (!decode(&s->arena, part, &name))
            return cpm_search_fail(s, CPM_FAULT_URI, "URI malformed");
        folder = cpm_str_chr(name, '/') == CPM_NPOS ? cpm_place_child(s->places, folder, name)
                                                    : s->places->nowhere;
    }
    out->place = folder;
    return true;
}

static bool encoded_slash(struct cpm_search *s, struct cpm_place *folder, struct cpm_str text,
                          struct cpm_str base)
{
    const char *before = "";

    if (!cpm_str_starts(text, "/"))
        before = cpm_arena_printf(&s->arena, "%s/", folder->path_len > 1 ? folder->path : "");
    if (cpm_str_starts(text, "./"))
        text = cpm_str_sub(text, 2, text.len);
    return cpm_search_fail(
        s, CPM_FAULT_SPECIFIER,
        "Invalid module \"%s%.*s\" must not include encoded \"/\" or \"\\\" characters%s", before,
        CPM_STR_ARG(text), cpm_search_from(s, base));
}

bool cpm_url_resolve(struct cpm_search *s, struct cpm_place *folder, struct cpm_str text,
                     struct cpm_str base, struct cpm_url *out)
{
    bool ends_in_slash;

    text = cleaned(&s->arena, text);
    out->query = cut_query(&text);
    if (!cut_host(s, &text))
        return false;
    if (has_encoded_slash(text))
        return encoded_slash(s, folder, text, base);
    if (text.len && text.ptr[0] == '/')
        folder = s->places->root;
    ends_in_slash = cpm_str_ends(text, "/");
    if (!walk(s, folder, text, out))
        return false;
    out->folder = out->folder || ends_in_slash;
    return true;
}
