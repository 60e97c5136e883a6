/* Bytes: context and flags, then two texts parted by a NUL. The patch, applied to the first text,
 * must give the second (where white space counts), and its heads must count its lines. */
#include "base/arena.h"
#include "look/text_diff.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

struct hunk {
    size_t from_start, from_count, to_count;
};

static struct cpm_str take_line(struct cpm_str *rest)
{
    size_t end = cpm_str_chr(*rest, '\n');
    struct cpm_str line = cpm_str_sub(*rest, 0, end == CPM_NPOS ? rest->len : end + 1);
    *rest = cpm_str_sub(*rest, line.len, rest->len);
    return line;
}

static size_t take_number(struct cpm_str *s)
{
    size_t n = 0;
    while (s->len && (*s->ptr < '0' || *s->ptr > '9'))
        *s = cpm_str_sub(*s, 1, s->len);
    while (s->len && *s->ptr >= '0' && *s->ptr <= '9') {
        n = n * 10 + (size_t)(*s->ptr - '0');
        *s = cpm_str_sub(*s, 1, s->len);
    }
    return n;
}

static struct hunk read_head(struct cpm_str line)
{
    struct hunk h;
    require(cpm_str_starts(line, "@@ -"));
    h.from_start = take_number(&line);
    h.from_count = take_number(&line);
    h.from_start -= h.from_count > 0;
    take_number(&line);
    h.to_count = take_number(&line);
    return h;
}

/* A line of a patch without its mark, and without the newline that is not in the text. */
static struct cpm_str body_of(struct cpm_str line, struct cpm_str *patch)
{
    line = cpm_str_sub(line, 1, line.len);
    if (cpm_str_starts(*patch, "\\ No newline at end of file\n")) {
        take_line(patch);
        line.len--;
    }
    return line;
}

static void apply_hunk(struct hunk h, struct cpm_str *patch, struct cpm_str *from,
                       struct cpm_buf *out)
{
    while (h.from_count + h.to_count) {
        struct cpm_str line = take_line(patch);
        char mark = *line.ptr;
        struct cpm_str body = body_of(line, patch);
        if (mark != '+')
            require(h.from_count-- && cpm_str_eq(body, take_line(from)));
        if (mark != '-') {
            require(h.to_count--);
            cpm_buf_add_str(out, body);
        }
    }
}

static void require_patch(struct cpm_str from, struct cpm_str to, struct cpm_str patch)
{
    struct cpm_buf out = CPM_BUF_INIT(1u << 24);
    size_t start = from.len, passed = 0;
    while (patch.len) {
        struct hunk h = read_head(take_line(&patch));
        for (; passed < h.from_start; passed++)
            cpm_buf_add_str(&out, take_line(&from));
        passed += h.from_count;
        apply_hunk(h, &patch, &from, &out);
    }
    require(from.len <= start);
    cpm_buf_add_str(&out, from);
    require(cpm_str_eq(cpm_buf_str(&out), to));
    cpm_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_buf patch = CPM_BUF_INIT(1u << 24);
    if (size < 1)
        return 0;
    struct cpm_str text = cpm_str_n((const char *)data + 1, size - 1);
    size_t cut = cpm_str_chr(text, '\0');
    struct cpm_text_diff diff = {.from = cpm_str_sub(text, 0, cut),
                                 .to =
                                     cpm_str_sub(text, cut == CPM_NPOS ? text.len : cut + 1, size),
                                 .context = data[0] & 7,
                                 .ignore_space = data[0] & 8};
    cpm_text_diff(&diff, &patch);
    if (!diff.ignore_space)
        require_patch(diff.from, diff.to, cpm_buf_str(&patch));
    cpm_buf_release(&patch);
    return 0;
}
