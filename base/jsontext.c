/* JSON text as JavaScript makes it: strings, numbers, array-index keys and a text's style. */
#include "base/jsonread.h"

#include "base/jsonscan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* strings */

enum { SURROGATE_LEAD = 0xED }; /* with a second byte from 0xA0: a lone surrogate's three bytes */

static bool is_surrogate(const unsigned char *p, const unsigned char *end)
{
    return end - p >= 3 && p[0] == SURROGATE_LEAD && p[1] >= 0xA0;
}

/* Past all that is written as it is, non-ASCII included. */
static const unsigned char *skip_unescaped(const unsigned char *p, const unsigned char *end)
{
    for (;; p++) {
        p = (const unsigned char *)cpm_json_skip_plain((const char *)p, (const char *)end);
        if (p == end || *p < 0x80 || is_surrogate(p, end))
            return p;
    }
}

/* Appends the escape for what stands at p; returns its bytes. */
static size_t put_escape(struct cpm_buf *out, const unsigned char *p, const unsigned char *end)
{
    static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";
    const char *value = *p ? strchr(values, *p) : NULL;

    if (is_surrogate(p, end)) {
        cpm_buf_addf(out, "\\u%04x", (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu));
        return 3;
    }
    if (value)
        cpm_buf_add(out, (const char[]){'\\', names[value - values]}, 2);
    else
        cpm_buf_addf(out, "\\u%04x", *p);
    return 1;
}

void cpm_json_quote(struct cpm_buf *out, struct cpm_str text)
{
    const unsigned char *p = (const unsigned char *)(text.ptr ? text.ptr : "");
    const unsigned char *end = p + text.len, *plain = p;

    cpm_buf_reserve(out, text.len + 2);
    cpm_buf_add_char(out, '"');
    while ((p = skip_unescaped(p, end)) < end) {
        cpm_buf_add(out, plain, (size_t)(p - plain));
        p += put_escape(out, p, end);
        plain = p;
    }
    cpm_buf_add(out, plain, (size_t)(end - plain));
    cpm_buf_add_char(out, '"');
}

/* numbers */

enum { MOST_DIGITS = 17 };

struct decimal {
    char digits[MOST_DIGITS + 1]; /* without trailing zeros, at least one */
    int count;
    int point; /* value = 0.digits × 10^point */
};

/* The fewest digits that read back as n (> 0, finite). The process's locale may have another
 * decimal point: everything that is no digit is passed over. */
static struct decimal shortest(double n)
{
    struct decimal d = {.count = 0};
    char text[64];
    const char *p;
    uint64_t exponent = 0;
    int precision = 0;

    do
        snprintf(text, sizeof(text), "%.*e", precision, n);
    while (strtod(text, NULL) != n && ++precision < MOST_DIGITS);
    for (p = text; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9' && d.count < MOST_DIGITS)
            d.digits[d.count++] = *p;
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.count--;
    cpm_str_u64(cpm_str(p + 2), &exponent);
    d.point = (p[1] == '-' ? -(int)exponent : (int)exponent) + 1;
    return d;
}

static void put_zeros(struct cpm_buf *out, int count)
{
    while (count-- > 0)
        cpm_buf_add_char(out, '0');
}

/* Number::toString of ECMAScript, radix 10. */
static void put_decimal(struct cpm_buf *out, const struct decimal *d)
{
    if (d->point > 0 && d->point <= 21) {
        int whole = d->count < d->point ? d->count : d->point;

        cpm_buf_add(out, d->digits, (size_t)whole);
        put_zeros(out, d->point - whole);
        if (whole < d->count)
            cpm_buf_add_char(out, '.');
        cpm_buf_add(out, d->digits + whole, (size_t)(d->count - whole));
    } else if (d->point > -6 && d->point <= 0) {
        cpm_buf_add_text(out, "0.");
        put_zeros(out, -d->point);
        cpm_buf_add(out, d->digits, (size_t)d->count);
    } else {
        cpm_buf_add_char(out, d->digits[0]);
        if (d->count > 1)
            cpm_buf_add_char(out, '.');
        cpm_buf_add(out, d->digits + 1, (size_t)d->count - 1);
        cpm_buf_addf(out, "e%+d", d->point - 1);
    }
}

void cpm_json_put_number(struct cpm_buf *out, double n)
{
    struct decimal d;

    if (!isfinite(n)) {
        cpm_buf_add_text(out, "null");
        return;
    }
    if (n == 0) { /* minus zero too */
        cpm_buf_add_char(out, '0');
        return;
    }
    if (n < 0)
        cpm_buf_add_char(out, '-');
    d = shortest(fabs(n));
    put_decimal(out, &d);
}

int64_t cpm_json_array_index(struct cpm_str key)
{
    uint64_t n;

    if (key.len == 0 || key.len > 10 || (key.ptr[0] == '0' && key.len > 1))
        return -1;
    return cpm_str_u64(key, &n) && n < UINT32_MAX ? (int64_t)n : -1;
}

/* style */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes of the line break at s[from], or 0. */
static size_t break_len(struct cpm_str s, size_t from)
{
    if (from < s.len && s.ptr[from] == '\n')
        return 1;
    return from + 1 < s.len && s.ptr[from] == '\r' && s.ptr[from + 1] == '\n' ? 2 : 0;
}

/* The end of the run of line breaks from `from` on. */
static size_t breaks_end(struct cpm_str s, size_t from)
{
    size_t n;

    while ((n = break_len(s, from)) > 0)
        from += n;
    return from;
}

static void keep(char *to, size_t size, struct cpm_str from)
{
    size_t n = from.len < size ? from.len : size - 1;

    if (n)
        memcpy(to, from.ptr, n);
    to[n] = '\0';
}

/* "{}" or "[]", with line breaks behind: two spaces, and those breaks or '\n'. */
static bool detect_empty(struct cpm_str text, struct cpm_json_style *out)
{
    if (!cpm_str_starts(text, "{}") && !cpm_str_starts(text, "[]"))
        return false;
    if (breaks_end(text, 2) != text.len)
        return false;
    keep(out->newline, sizeof(out->newline),
         text.len > 2 ? cpm_str_sub(text, 2, text.len) : CPM_STR("\n"));
    keep(out->indent, sizeof(out->indent), CPM_STR("  "));
    return true;
}

void cpm_json_style_detect(struct cpm_str text, struct cpm_json_style *out)
{
    size_t at = 0, breaks, indent;

    *out = (struct cpm_json_style){.final_newline = text.len && text.ptr[text.len - 1] == '\n'};
    if (cpm_str_starts(text, "\xEF\xBB\xBF"))
        text = cpm_str_sub(text, 3, text.len);
    if (detect_empty(text, out))
        return;
    while (at < text.len && is_space(text.ptr[at]))
        at++;
    if (at == text.len || (text.ptr[at] != '{' && text.ptr[at] != '['))
        return;
    breaks = at + 1;
    indent = breaks_end(text, breaks);
    if (indent == breaks)
        return;
    for (at = indent; at < text.len && is_space(text.ptr[at]);)
        at++;
    keep(out->newline, sizeof(out->newline), cpm_str_sub(text, breaks, indent - breaks));
    keep(out->indent, sizeof(out->indent), cpm_str_sub(text, indent, at - indent));
}
