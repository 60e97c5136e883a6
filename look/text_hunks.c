/* A hunk is open from its first change until more unchanged lines follow than two contexts hold;
 * its lines are gathered meanwhile, since its head counts them. */
#include "look/text_hunks.h"

struct hunk {
    const struct cpm_text_lines *lines;
    size_t context;
    struct cpm_buf *out;
    struct cpm_buf body;
    bool open;
    size_t from, to;             /* lines passed */
    size_t from_start, to_start; /* of the hunk */
};

static void add_line(struct hunk *h, char mark, struct cpm_str line)
{
    cpm_buf_add_char(&h->body, mark);
    cpm_buf_add_str(&h->body, line);
    if (!cpm_str_ends(line, "\n"))
        cpm_buf_add_text(&h->body, "\n\\ No newline at end of file\n");
}

/* `count` lines that are in both texts, as the new one has them. */
static void add_same(struct hunk *h, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_line(h, ' ', h->lines->to.v[first + i]);
}

static void open(struct hunk *h, size_t same_before)
{
    size_t context = same_before < h->context ? same_before : h->context;
    if (h->open)
        return;
    h->open = true;
    h->from_start = h->from - context;
    h->to_start = h->to - context;
    add_same(h, h->to_start, context);
}

static void close(struct hunk *h, size_t same_after)
{
    size_t context = same_after < h->context ? same_after : h->context;
    if (!h->open)
        return;
    add_same(h, h->to, context);
    size_t from_count = h->from - h->from_start + context;
    size_t to_count = h->to - h->to_start + context;
    /* an empty side is said to begin one line earlier */
    cpm_buf_addf(h->out, "@@ -%zu,%zu +%zu,%zu @@\n", h->from_start + (from_count > 0), from_count,
                 h->to_start + (to_count > 0), to_count);
    cpm_buf_add_str(h->out, cpm_buf_str(&h->body));
    cpm_buf_clear(&h->body);
    h->open = false;
}

static void change(struct hunk *h, const struct cpm_text_run *run)
{
    bool added = run->kind == CPM_TEXT_ADDED;
    const struct cpm_text_side *side = added ? &h->lines->to : &h->lines->from;
    size_t *at = added ? &h->to : &h->from;
    for (size_t i = 0; i < run->count; i++)
        add_line(h, added ? '+' : '-', side->v[*at + i]);
    *at += run->count;
}

void cpm_text_hunks(const struct cpm_text_lines *lines, const struct cpm_text_runs *runs,
                    size_t context, struct cpm_buf *out)
{
    struct hunk h = {.lines = lines, .context = context, .out = out};
    size_t before = 0;
    cpm_buf_init(&h.body, out->max);
    for (size_t i = 0; i < runs->count; i++) {
        const struct cpm_text_run *run = &runs->v[i];
        if (run->kind != CPM_TEXT_SAME) {
            open(&h, before);
            change(&h, run);
            before = 0;
            continue;
        }
        if (h.open && run->count <= 2 * context && i + 1 < runs->count)
            add_same(&h, h.to, run->count);
        else
            close(&h, run->count);
        h.from += run->count;
        h.to += run->count;
        before = run->count;
    }
    close(&h, 0);
    out->overflow |= h.body.overflow;
    cpm_buf_release(&h.body);
}
