/* Strings of a JSON text are validated while their end is looked for; nearly all of them end there,
 * and only one with an escape is copied. */
#include "base/jsonscan.h"

static void fail_at(struct cpm_jsonread *r, const char *at, const char *fault)
{
    if (r->fault)
        return;
    r->at = at;
    cpm_jsonread_fail(r, fault);
}

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

const char *cpm_json_string_end(struct cpm_jsonread *r, const char *p, bool *escaped)
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
struct cpm_str cpm_json_unescape(struct cpm_arena *arena, const char *from, const char *end)
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
