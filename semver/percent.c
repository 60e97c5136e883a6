/* decodeURIComponent checks only what it decodes: a run of escapes must be whole UTF-8 sequences.
 */
#include "semver/percent.h"

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || (c && strchr("_!~*'()", c));
}

static void add_escape(struct cpm_buf *out, char c)
{
    static const char hex[] = "0123456789ABCDEF";
    char text[3] = {'%', hex[(unsigned char)c >> 4], hex[(unsigned char)c & 15]};

    cpm_buf_add(out, text, sizeof(text));
}

void cpm_percent_add(struct cpm_buf *out, struct cpm_str s, const char *set)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f || strchr(set, c))
            add_escape(out, c);
        else
            cpm_buf_add_char(out, c);
    }
}

struct cpm_str cpm_percent_component(struct cpm_arena *arena, struct cpm_str s)
{
    struct cpm_buf buf = CPM_BUF_INIT(3 * s.len + 1);
    struct cpm_str out;

    for (size_t i = 0; i < s.len; i++) {
        if (is_unreserved(s.ptr[i]))
            cpm_buf_add_char(&buf, s.ptr[i]);
        else
            add_escape(&buf, s.ptr[i]);
    }
    out = cpm_arena_str(arena, cpm_buf_str(&buf));
    cpm_buf_release(&buf);
    return out;
}

bool cpm_percent_is_plain(struct cpm_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_unreserved(s.ptr[i]))
            return false;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

/* The byte that an escape at s.ptr[i] stands for, or -1. */
static int escaped_byte(struct cpm_str s, size_t i)
{
    int high, low;

    if (s.len - i < 3 || s.ptr[i] != '%')
        return -1;
    high = hex_digit(s.ptr[i + 1]);
    low = hex_digit(s.ptr[i + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static int sequence_length(int lead)
{
    if (lead > 0 && lead < 0x80) /* NUL would cut the text for whoever reads it later */
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Overlong forms, surrogates and what lies beyond Unicode show in the second byte. */
static bool bad_second(int lead, int second)
{
    return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
           (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
}

/* Decodes one code point's escapes; gives the bytes written, 0 when they are broken. */
static int decode_sequence(struct cpm_str s, size_t i, char *to)
{
    int lead = escaped_byte(s, i);
    int n = lead < 0 ? 0 : sequence_length(lead);

    for (int k = 0; k < n; k++) {
        int byte = escaped_byte(s, i + 3 * (size_t)k);

        if (byte < 0 || (k && (byte & 0xc0) != 0x80) || (k == 1 && bad_second(lead, byte)))
            return 0;
        to[k] = (char)byte;
    }
    return n;
}

bool cpm_percent_decode(struct cpm_arena *arena, struct cpm_str s, struct cpm_str *out)
{
    char *text = cpm_arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < s.len;) {
        int n;

        if (s.ptr[i] != '%') {
            text[len++] = s.ptr[i++];
            continue;
        }
        n = decode_sequence(s, i, text + len);
        if (n == 0)
            return false;
        len += (size_t)n;
        i += 3 * (size_t)n;
    }
    *out = cpm_str_n(text, len);
    return true;
}
