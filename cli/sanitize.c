/* A byte passes only when it cannot move the cursor, change the terminal or reorder what is read:
 * printable ASCII, \n, \t and well-formed UTF-8 outside of C1 and the bidi controls. "\r\n" passes
 * as "\n"; a lone \r, which would let a text overwrite its own line, does not. */
#include "cli/term.h"

/* Length of the well-formed UTF-8 sequence at s, its code point in *cp; 0 when malformed. */
static size_t utf8_take(const unsigned char *s, size_t left, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] >= 0xf0 && s[0] < 0xf8 ? 4 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] >= 0xf8 || n > left)
        return 0;
    *cp = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *cp = *cp << 6 | (s[i] & 0x3f);
    }
    if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
        return 0;
    return n;
}

static bool is_hidden_control(uint32_t cp)
{
    return (cp >= 0x7f && cp < 0xa0) || cp == 0x200e || cp == 0x200f || cp == 0x061c ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static size_t sanitize_wide(struct cpm_buf *out, const unsigned char *s, size_t left)
{
    uint32_t cp = 0;
    size_t n = utf8_take(s, left, &cp);
    if (n == 0) {
        cpm_buf_addf(out, "\\x%02x", s[0]);
        return 1;
    }
    if (is_hidden_control(cp))
        cpm_buf_addf(out, "\\u%04x", (unsigned)cp);
    else
        cpm_buf_add(out, s, n);
    return n;
}

static bool is_plain(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

void cpm_sanitize(struct cpm_buf *out, struct cpm_str text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        size_t run = i;
        while (run < text.len && is_plain(s[run]))
            run++;
        cpm_buf_add(out, s + i, run - i);
        i = run;
        if (i >= text.len)
            break;
        if (s[i] >= 0x80) {
            i += sanitize_wide(out, s + i, text.len - i);
        } else if (s[i] == 0x7f) {
            cpm_buf_add_text(out, "\\u007f");
            i++;
        } else {
            bool line_end = s[i] == '\r' && i + 1 < text.len && s[i + 1] == '\n';
            if (!line_end)
                cpm_buf_addf(out, "^%c", s[i] + 64);
            i++;
        }
    }
}
