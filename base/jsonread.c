/* One cursor, no recursion: nesting is a counter and a bit per level (1 = object). A fault leaves
 * the cursor where the text is wrong and makes every further call say "end". Strings are validated
 * while their end is looked for, so a view handed out is always good UTF-8. */
#include "base/jsonread.h"

#include "base/jsonscan.h"

#include <assert.h>
#include <locale.h>
#include <stdlib.h>

static const char too_large[] = "the text is larger than the limit";

static void fail_at(struct cpm_jsonread *r, const char *at, const char *fault)
{
    if (r->fault)
        return;
    r->fault = fault;
    r->at = at;
}

void cpm_jsonread_fail(struct cpm_jsonread *r, const char *fault)
{
    fail_at(r, r->at, fault);
}

void cpm_jsonread_init(struct cpm_jsonread *r, struct cpm_str text, const char *file,
                       struct cpm_arena *arena)
{
    *r = (struct cpm_jsonread){.file = file, .arena = arena, .first = true};
    r->begin = text.ptr ? text.ptr : "";
    r->at = r->begin;
    r->end = r->begin + text.len;
    if (cpm_str_starts(text, "\xEF\xBB\xBF"))
        r->at += 3;
    if (text.len > CPM_JSON_MAX)
        cpm_jsonread_fail(r, too_large);
}

/* Stands at the next byte that is no white space; '\0' at the end of the text and after a fault. */
static char next_byte(struct cpm_jsonread *r)
{
    const char *p = r->at;

    if (r->fault)
        return '\0';
    while (p < r->end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    r->at = p;
    return p < r->end ? *p : '\0';
}

static void fail_unexpected(struct cpm_jsonread *r, const char *fault)
{
    cpm_jsonread_fail(r, r->at == r->end ? "unexpected end of JSON input" : fault);
}

/* strings */

static bool in_range(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Bytes of the UTF-8 sequence at p (which is no ASCII), 0 when it is none: no overlong forms, no
 * surrogates, nothing over U+10FFFF. */
static size_t utf8_len(const char *text, const char *end)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = (size_t)(end - text);

    if (in_range(p[0], 0xC2, 0xDF))
        return left >= 2 && in_range(p[1], 0x80, 0xBF) ? 2 : 0;
    if (in_range(p[0], 0xE0, 0xEF)) {
        if (left < 3 || !in_range(p[1], 0x80, 0xBF) || !in_range(p[2], 0x80, 0xBF))
            return 0;
        return (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ? 0 : 3;
    }
    if (in_range(p[0], 0xF0, 0xF4)) {
        if (left < 4 || !in_range(p[1], 0x80, 0xBF) || !in_range(p[2], 0x80, 0xBF) ||
            !in_range(p[3], 0x80, 0xBF))
            return 0;
        return (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F) ? 0 : 4;
    }
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The four hex digits at p, or -1. */
static int hex4(const char *p, const char *end)
{
    int unit = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);

        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* Bytes of the escape at p (a backslash), 0 after a fault. A lone surrogate is let through, as
 * JavaScript does. */
static size_t escape_len(struct cpm_jsonread *r, const char *p)
{
    int unit;

    if (r->end - p < 2) {
        fail_at(r, r->end, "unexpected end of JSON input");
        return 0;
    }
    if (p[1] != 'u') {
        if (p[1] && strchr("\"\\/bfnrt", p[1]))
            return 2;
        fail_at(r, p, "bad escape in a string");
        return 0;
    }
    unit = hex4(p + 2, r->end);
    if (unit > 0)
        return 6;
    fail_at(r, p, unit ? "bad \\u escape in a string" : "NUL escape in a string");
    return 0;
}

/* The closing quote of the string whose text begins at p; NULL after a fault. */
static const char *string_end(struct cpm_jsonread *r, const char *p, bool *escaped)
{
    for (;;) {
        size_t n;

        p = cpm_json_skip_plain(p, r->end);
        if (p == r->end) {
            fail_at(r, p, "unexpected end of JSON input in a string");
            return NULL;
        }
        if (*p == '"')
            return p;
        if (*p == '\\') {
            *escaped = true;
            n = escape_len(r, p);
        } else if ((unsigned char)*p < 0x20) {
            fail_at(r, p, "control character in a string");
            return NULL;
        } else {
            n = utf8_len(p, r->end);
            if (n == 0)
                fail_at(r, p, "invalid UTF-8 in a string");
        }
        if (n == 0)
            return NULL;
        p += n;
    }
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

/* The \u escape at *from (checked before), with its second half when it is a pair. A lone surrogate
 * becomes the three bytes that UTF-8 would have for it; cpm_json_quote turns them back. */
static char *put_unicode_escape(char *to, const char **from, const char *end)
{
    unsigned code = (unsigned)hex4(*from + 2, end);

    *from += 6;
    if (code >= 0xD800 && code < 0xDC00 && end - *from >= 6 && (*from)[0] == '\\' &&
        (*from)[1] == 'u') {
        int low = hex4(*from + 2, end);

        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + ((unsigned)low - 0xDC00);
            *from += 6;
        }
    }
    return put_utf8(to, code);
}

/* No escape is shorter than what it stands for. */
static struct cpm_str unescape(struct cpm_arena *arena, const char *from, const char *end)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    char *text = cpm_arena_alloc(arena, (size_t)(end - from) + 1), *to = text;

    while (from < end) {
        const char *name;

        if (*from != '\\') {
            *to++ = *from++;
        } else if (from[1] == 'u') {
            to = put_unicode_escape(to, &from, end);
        } else {
            name = strchr(names, from[1]);
            *to++ = name ? values[name - names] : from[1];
            from += 2;
        }
    }
    return cpm_str_n(text, (size_t)(to - text));
}

/* Reads the string at the cursor; out may be NULL. */
static bool read_string(struct cpm_jsonread *r, struct cpm_str *out)
{
    const char *text = r->at + 1, *end;
    bool escaped = false;

    end = string_end(r, text, &escaped);
    if (!end)
        return false;
    if (out)
        *out = escaped ? unescape(r->arena, text, end) : cpm_str_n(text, (size_t)(end - text));
    r->at = end + 1;
    return true;
}

/* numbers and words */

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* The end of the number at p by JSON's grammar, or NULL. */
static const char *number_end(const char *p, const char *end)
{
    const char *digits;

    if (p < end && *p == '-')
        p++;
    digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    return p;
}

/* strtod without the process's locale; a short run of digits, the usual case, without it at all. */
static double to_double(struct cpm_arena *arena, struct cpm_str s)
{
    uint64_t whole;
    locale_t plain;
    double n;

    if (s.len <= 15 && cpm_str_u64(s, &whole))
        return (double)whole;
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    n = strtod_l(cpm_arena_strndup(arena, s.ptr, s.len), NULL, plain);
    freelocale(plain);
    return n;
}

static bool skip_number(struct cpm_jsonread *r)
{
    const char *end = number_end(r->at, r->end);

    if (!end) {
        cpm_jsonread_fail(r, "bad number");
        return false;
    }
    r->at = end;
    return true;
}

static bool skip_word(struct cpm_jsonread *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) {
        cpm_jsonread_fail(r, "unexpected token");
        return false;
    }
    r->at += n;
    return true;
}

/* values */

enum cpm_json_type cpm_jsonread_peek(struct cpm_jsonread *r)
{
    switch (next_byte(r)) {
    case '{':
        return CPM_JSON_OBJECT;
    case '[':
        return CPM_JSON_ARRAY;
    case '"':
        return CPM_JSON_STRING;
    case 't':
    case 'f':
        return CPM_JSON_BOOL;
    case 'n':
        return CPM_JSON_NULL;
    case '-':
    case '0' ... '9':
        return CPM_JSON_NUMBER;
    default:
        fail_unexpected(r, "unexpected token");
        return CPM_JSON_NULL;
    }
}

static bool in_object(const struct cpm_jsonread *r)
{
    return r->depth && (r->stack[(r->depth - 1) / 8] >> ((r->depth - 1) % 8) & 1);
}

static bool enter(struct cpm_jsonread *r, enum cpm_json_type type)
{
    unsigned char bit = (unsigned char)(1u << (r->depth % 8));

    if (cpm_jsonread_peek(r) != type || r->fault)
        return false;
    if (r->depth == CPM_JSON_DEPTH) {
        cpm_jsonread_fail(r, "nested too deeply");
        return false;
    }
    if (type == CPM_JSON_OBJECT)
        r->stack[r->depth / 8] |= bit;
    else
        r->stack[r->depth / 8] &= (unsigned char)~bit;
    r->depth++;
    r->at++;
    r->first = true;
    return true;
}

bool cpm_jsonread_object(struct cpm_jsonread *r)
{
    return enter(r, CPM_JSON_OBJECT);
}

bool cpm_jsonread_array(struct cpm_jsonread *r)
{
    return enter(r, CPM_JSON_ARRAY);
}

/* At the next key or element of the container, past its comma; false when the container ends here
 * (it is left) or the text is wrong. */
static bool next_item(struct cpm_jsonread *r, char close)
{
    char c = next_byte(r);

    if (r->fault)
        return false;
    if (c == close) {
        r->at++;
        r->depth--;
        r->first = false;
        return false;
    }
    if (!r->first) {
        if (c != ',') {
            fail_unexpected(r, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
            return false;
        }
        r->at++;
    }
    r->first = false;
    return true;
}

static bool next_key(struct cpm_jsonread *r, struct cpm_str *key)
{
    assert(r->fault || in_object(r));
    if (!next_item(r, '}'))
        return false;
    if (next_byte(r) != '"') {
        fail_unexpected(r, "expected a key in double quotes");
        return false;
    }
    if (!read_string(r, key))
        return false;
    if (next_byte(r) != ':') {
        fail_unexpected(r, "expected ':' after a key");
        return false;
    }
    r->at++;
    return true;
}

bool cpm_jsonread_key(struct cpm_jsonread *r, struct cpm_str *key)
{
    return next_key(r, key);
}

bool cpm_jsonread_element(struct cpm_jsonread *r)
{
    assert(r->fault || (r->depth && !in_object(r)));
    return next_item(r, ']');
}

/* Skips a scalar or enters a container. */
static void step_into(struct cpm_jsonread *r)
{
    enum cpm_json_type type = cpm_jsonread_peek(r);

    if (r->fault)
        return;
    if (type == CPM_JSON_OBJECT || type == CPM_JSON_ARRAY)
        enter(r, type);
    else if (type == CPM_JSON_STRING)
        read_string(r, NULL);
    else if (type == CPM_JSON_NUMBER)
        skip_number(r);
    else
        skip_word(r, *r->at == 't' ? "true" : *r->at == 'f' ? "false" : "null");
}

void cpm_jsonread_skip(struct cpm_jsonread *r)
{
    unsigned outside = r->depth;

    step_into(r);
    while (!r->fault && r->depth > outside)
        if (in_object(r) ? next_key(r, NULL) : next_item(r, ']'))
            step_into(r);
}

struct cpm_str cpm_jsonread_raw(struct cpm_jsonread *r)
{
    const char *from;

    next_byte(r);
    from = r->at;
    cpm_jsonread_skip(r);
    return r->fault ? CPM_STR_NONE : cpm_str_n(from, (size_t)(r->at - from));
}

bool cpm_jsonread_str(struct cpm_jsonread *r, struct cpm_str *out)
{
    if (cpm_jsonread_peek(r) == CPM_JSON_STRING)
        return read_string(r, out);
    cpm_jsonread_skip(r);
    return false;
}

bool cpm_jsonread_bool(struct cpm_jsonread *r, bool *out)
{
    bool is_bool = cpm_jsonread_peek(r) == CPM_JSON_BOOL, value = is_bool && *r->at == 't';

    cpm_jsonread_skip(r);
    if (!is_bool || r->fault)
        return false;
    *out = value;
    return true;
}

bool cpm_jsonread_number(struct cpm_jsonread *r, double *out)
{
    bool is_number = cpm_jsonread_peek(r) == CPM_JSON_NUMBER;
    struct cpm_str raw = cpm_jsonread_raw(r);

    if (!is_number || r->fault)
        return false;
    *out = to_double(r->arena, raw);
    return true;
}

/* the end */

static void find_place(const struct cpm_jsonread *r, size_t *line, size_t *column)
{
    const char *p = r->begin;

    *line = *column = 1;
    for (; p < r->at; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            ++*column; /* in characters, as editors count */
        }
    }
}

int cpm_jsonread_finish(struct cpm_jsonread *r, struct cpm_error *err)
{
    size_t line, column;

    assert(r->fault || r->depth == 0);
    next_byte(r);
    if (!r->fault && r->at != r->end)
        cpm_jsonread_fail(r, "unexpected text after the end of the JSON");
    if (!r->fault)
        return 0;
    if (r->fault == too_large)
        return cpm_error_set(err, CPM_ETOOBIG, "%s: %s (%u bytes)", r->file, r->fault,
                             CPM_JSON_MAX);
    find_place(r, &line, &column);
    return cpm_error_set(err, CPM_EJSONPARSE, "%s:%zu:%zu: %s", r->file, line, column, r->fault);
}
