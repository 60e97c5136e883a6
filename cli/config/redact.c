/* Secrets that hide in values which are none themselves. */
#include "cli/config/show.h"

#include <ctype.h>

#define TOKEN_MIN 36

/* The length of "npm_…" at `i`, 0 when none stands there. */
static size_t token_length(struct cpm_str s, size_t i)
{
    size_t n = 4;
    if (cpm_str_sub(s, i, 4).len < 4 || strncmp(s.ptr + i, "npm_", 4) != 0)
        return 0;
    while (i + n < s.len && isalnum((unsigned char)s.ptr[i + n]))
        n++;
    return n >= 4 + TOKEN_MIN ? n : 0;
}

/* The length of "user:password" at `i`, which must stand behind "//" and before '@'. */
static size_t userinfo_length(struct cpm_str s, size_t i)
{
    size_t n = 0;
    if (i < 2 || s.ptr[i - 1] != '/' || s.ptr[i - 2] != '/')
        return 0;
    while (i + n < s.len && !strchr("/?# \"'", s.ptr[i + n])) {
        if (s.ptr[i + n] == '@')
            return n;
        n++;
    }
    return 0;
}

struct cpm_str cpm_config_redact(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_buf out = CPM_BUF_INIT(16u << 20);
    for (size_t i = 0; i < text.len;) {
        size_t token = token_length(text, i), user = userinfo_length(text, i);
        struct cpm_str info = cpm_str_sub(text, i, user);
        size_t colon = cpm_str_chr(info, ':');
        if (token) {
            cpm_buf_add_text(&out, "npm_***");
            i += token;
        } else if (user && colon != CPM_NPOS) {
            cpm_buf_addf(&out, "%.*s:***", (int)colon, info.ptr);
            i += user;
        } else {
            cpm_buf_add_char(&out, text.ptr[i++]);
        }
    }
    struct cpm_str copy = cpm_arena_str(arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return copy;
}
