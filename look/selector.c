/* One pass, no tokens. A slash is an ordinary character (paths and scoped names have it), a word
 * ends at CSS's delimiters and is then cut at its dots and hashes: "#a.dev" is two parts. */
#include "look/selector.h"

#include "base/buf.h"

struct parser {
    struct cpm_arena *arena;
    struct cpm_str text;
    size_t at;
    unsigned depth;
    struct cpm_error *err;
};

static int fail(struct parser *p, const char *what)
{
    return cpm_error_set(p->err, CPM_EUNKNOWN, "%s, in the selector '%.*s' at character %zu", what,
                         CPM_STR_ARG(p->text), p->at + 1);
}

static char peek(const struct parser *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool ends(const struct parser *p)
{
    return p->at >= p->text.len;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void skip_blanks(struct parser *p)
{
    while (!ends(p) && is_blank(peek(p)))
        p->at++;
}

static bool is_delimiter(char c)
{
    return is_blank(c) || (c && strchr("&*!,:;()[]'\"+|~>=$^", c));
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static void add_code_point(struct cpm_buf *out, unsigned code)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = 0xfffd;
    if (code < 0x80)
        cpm_buf_add_char(out, (char)code);
    else if (code < 0x800)
        cpm_buf_addf(out, "%c%c", 0xc0 | code >> 6, 0x80 | (code & 0x3f));
    else if (code < 0x10000)
        cpm_buf_addf(out, "%c%c%c", 0xe0 | code >> 12, 0x80 | (code >> 6 & 0x3f),
                     0x80 | (code & 0x3f));
    else
        cpm_buf_addf(out, "%c%c%c%c", 0xf0 | code >> 18, 0x80 | (code >> 12 & 0x3f),
                     0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
}

/* CSS's escapes: up to six hex digits and one blank, or any other character as it is. */
static struct cpm_str unescape(struct parser *p, struct cpm_str text)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_SELECTOR_MAX * 2);
    if (cpm_str_chr(text, '\\') == CPM_NPOS)
        return text;
    for (size_t i = 0; i < text.len; i++) {
        unsigned code = 0, digits = 0;
        if (text.ptr[i] != '\\' || i + 1 == text.len) {
            cpm_buf_add_char(&out, text.ptr[i]);
            continue;
        }
        for (; digits < 6 && i + 1 < text.len && hex(text.ptr[i + 1]) >= 0; digits++)
            code = code * 16 + (unsigned)hex(text.ptr[++i]);
        if (!digits)
            cpm_buf_add_char(&out, text.ptr[++i]);
        else
            add_code_point(&out, code);
        if (digits && i + 1 < text.len && text.ptr[i + 1] == ' ')
            i++;
    }
    struct cpm_str copy = cpm_arena_str(p->arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return copy;
}

static struct cpm_selector_part *add_part(struct parser *p, struct cpm_selector *s,
                                          enum cpm_selector_type type, struct cpm_str value)
{
    struct cpm_selector_part *part = CPM_NEW(p->arena, struct cpm_selector_part);
    part->type = type;
    part->value = value;
    if (s->last)
        s->last->next = part;
    else
        s->first = part;
    s->last = part;
    return part;
}

/* A backslash takes the next character with it. */
static struct cpm_str take_word(struct parser *p)
{
    size_t from = p->at;
    while (!ends(p) && !is_delimiter(peek(p)))
        p->at += peek(p) == '\\' && p->at + 1 < p->text.len ? 2 : 1;
    return cpm_str_sub(p->text, from, p->at - from);
}

static int take_string(struct parser *p, struct cpm_str *out)
{
    size_t from = p->at++;
    char quote = p->text.ptr[from];
    while (!ends(p) && peek(p) != quote)
        p->at += peek(p) == '\\' ? 2 : 1;
    if (ends(p))
        return fail(p, "Unclosed quote");
    p->at++;
    *out = cpm_str_sub(p->text, from, p->at - from);
    return 0;
}

/* "a#b.c" as a tag, an id and a class. The signs of ranges belong to it: they stand in arguments.
 */
static void parse_word(struct parser *p, struct cpm_selector *s)
{
    size_t from = p->at, start = 0;
    while (!ends(p) && (!is_delimiter(peek(p)) || strchr("=$^", peek(p))))
        p->at += peek(p) == '\\' && p->at + 1 < p->text.len ? 2 : 1;
    struct cpm_str word = cpm_str_sub(p->text, from, p->at - from);
    for (size_t i = 0; i < word.len; i++) {
        size_t next = i + 1;
        if (word.ptr[i] == '\\') {
            i++;
            next++;
        }
        if (next < word.len && word.ptr[next] != '.' && word.ptr[next] != '#')
            continue;
        struct cpm_str piece = cpm_str_sub(word, start, next - start);
        char sign = piece.ptr[0];
        bool signed_ = sign == '.' || sign == '#';
        add_part(p, s,
                 sign == '.'   ? CPM_SELECTOR_CLASS
                 : sign == '#' ? CPM_SELECTOR_ID
                               : CPM_SELECTOR_TAG,
                 unescape(p, cpm_str_sub(piece, signed_, piece.len)));
        start = next;
    }
}

/* Blanks around > + ~ | belong to them; blanks alone are one, too, but not at an end. */
static void parse_combinator(struct parser *p, struct cpm_selector *s)
{
    skip_blanks(p);
    size_t from = p->at;
    while (!ends(p) && strchr("+>~|", peek(p)))
        p->at++;
    struct cpm_str sign = cpm_str_sub(p->text, from, p->at - from);
    if (!sign.len && (ends(p) || peek(p) == ',' || peek(p) == ')'))
        return;
    add_part(p, s, CPM_SELECTOR_COMBINATOR, sign.len ? sign : CPM_STR(" "));
    skip_blanks(p);
}

static int parse_operator(struct parser *p, struct cpm_str *op)
{
    size_t from = p->at;
    if (!ends(p) && strchr("~|^$*", peek(p)))
        p->at++;
    if (peek(p) != '=')
        return fail(p, "Expected a closing square bracket");
    p->at++;
    *op = cpm_str_sub(p->text, from, p->at - from);
    return 0;
}

static int parse_value(struct parser *p, struct cpm_selector_attribute *a)
{
    bool quoted = peek(p) == '"' || peek(p) == '\'';
    if (quoted) {
        int rc = take_string(p, &a->value);
        if (rc < 0)
            return rc;
        a->value = cpm_str_sub(a->value, 1, a->value.len - 2);
    } else {
        size_t from = p->at;
        while (!ends(p) && peek(p) != ']' && !is_blank(peek(p)))
            p->at += peek(p) == '\\' && p->at + 1 < p->text.len ? 2 : 1;
        a->value = cpm_str_sub(p->text, from, p->at - from);
    }
    a->value = unescape(p, a->value);
    skip_blanks(p);
    struct cpm_str flag = take_word(p);
    a->insensitive = cpm_str_is(flag, "i") || cpm_str_is(flag, "I");
    skip_blanks(p);
    return 0;
}

static int parse_attribute(struct parser *p, struct cpm_selector *s)
{
    struct cpm_selector_part *part = add_part(p, s, CPM_SELECTOR_ATTRIBUTE, CPM_STR(""));
    struct cpm_selector_attribute *a = &part->attribute;
    int rc = 0;
    p->at++;
    skip_blanks(p);
    a->name = unescape(p, take_word(p));
    if (!a->name.len)
        return fail(p, "Expected an attribute");
    skip_blanks(p);
    if (peek(p) != ']')
        rc = parse_operator(p, &a->op);
    skip_blanks(p);
    if (rc == 0 && a->op.len)
        rc = parse_value(p, a);
    if (rc == 0 && peek(p) != ']')
        rc = fail(p, "Expected a closing square bracket");
    p->at++;
    return rc;
}

static int parse_list(struct parser *p, struct cpm_selector **out);

static int parse_pseudo(struct parser *p, struct cpm_selector *s)
{
    size_t from = p->at;
    while (peek(p) == ':')
        p->at++;
    size_t name = p->at;
    while (!ends(p) && !is_delimiter(peek(p)) && peek(p) != '.' && peek(p) != '#')
        p->at++;
    if (p->at == name)
        return fail(p, "Expected a pseudo-class or pseudo-element");
    struct cpm_selector_part *part =
        add_part(p, s, CPM_SELECTOR_PSEUDO, cpm_str_sub(p->text, from, p->at - from));
    if (peek(p) != '(')
        return 0;
    if (++p->depth > CPM_SELECTOR_DEPTH)
        return fail(p, "Cannot parse: nested too deep");
    p->at++;
    int rc = parse_list(p, &part->args);
    if (rc == 0 && peek(p) != ')')
        rc = fail(p, "Expected a closing parenthesis");
    for (const struct cpm_selector *arg = part->args; arg; arg = arg->next)
        part->arg_count++;
    p->at++;
    p->depth--;
    return rc;
}

static int parse_part(struct parser *p, struct cpm_selector *s)
{
    char c = peek(p);
    struct cpm_str text;
    int rc;
    if (is_blank(c) || strchr("+>~|", c)) {
        parse_combinator(p, s);
        return 0;
    }
    switch (c) {
    case '[':
        return parse_attribute(p, s);
    case ':':
        return parse_pseudo(p, s);
    case '"':
    case '\'':
        rc = take_string(p, &text);
        if (rc == 0)
            add_part(p, s, CPM_SELECTOR_STRING, text);
        return rc;
    case '*':
    case '&':
        p->at++;
        add_part(p, s, c == '*' ? CPM_SELECTOR_UNIVERSAL : CPM_SELECTOR_NESTING, CPM_STR(""));
        return 0;
    case '(':
        return fail(p, "Unexpected parenthesis");
    case ']':
        return fail(p, "Expected an opening square bracket");
    case ';':
    case '!':
        return fail(p, "Unexpected character; a backslash in front may help");
    default:
        parse_word(p, s);
        return 0;
    }
}

static int parse_one(struct parser *p, struct cpm_selector **out)
{
    struct cpm_selector *s = CPM_NEW(p->arena, struct cpm_selector);
    skip_blanks(p);
    size_t from = p->at;
    int rc = 0;
    while (rc == 0 && !ends(p) && peek(p) != ',' && peek(p) != ')')
        rc = peek(p) ? parse_part(p, s) : fail(p, "Unexpected character");
    s->text = cpm_str_trim(cpm_str_sub(p->text, from, p->at - from));
    *out = s;
    return rc;
}

static int parse_list(struct parser *p, struct cpm_selector **out)
{
    int rc = parse_one(p, out);
    while (rc == 0 && peek(p) == ',') {
        p->at++;
        out = &(*out)->next;
        rc = parse_one(p, out);
    }
    return rc;
}

int cpm_selector_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_selector **out,
                       struct cpm_error *err)
{
    struct parser p = {.arena = arena, .text = text, .err = err};
    *out = NULL;
    if (text.len > CPM_SELECTOR_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "a selector is of at most %d bytes",
                             CPM_SELECTOR_MAX);
    if (text.len == 0)
        return 0;
    int rc = parse_list(&p, out);
    if (rc == 0 && !ends(&p))
        rc = fail(&p, "Expected an opening parenthesis");
    return rc;
}
