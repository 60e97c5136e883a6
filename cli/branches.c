/* Depth is bounded by the caller's tree. A label of several lines keeps the branch beside it. */
#include "cli/branches.h"

struct drawing {
    bool unicode;
    struct cpm_buf prefix;
    struct cpm_buf *out;
};

static void add_label(struct drawing *d, const struct cpm_branch *branch)
{
    struct cpm_str rest = branch->label, line;
    bool first = true;
    while (rest.ptr && cpm_str_split(&rest, '\n', &line)) {
        if (!first)
            cpm_buf_addf(d->out, "\n%s%s ", cpm_buf_text(&d->prefix),
                         !branch->first_kid ? " "
                         : d->unicode       ? "│"
                                            : "|");
        cpm_buf_add_str(d->out, line);
        first = false;
    }
    cpm_buf_add_char(d->out, '\n');
}

static void draw(struct drawing *d, const struct cpm_branch *branch)
{
    bool u = d->unicode;
    size_t len = d->prefix.len;
    add_label(d, branch);
    for (const struct cpm_branch *kid = branch->first_kid; kid; kid = kid->next) {
        cpm_buf_addf(d->out, "%s%s%s%s ", cpm_buf_text(&d->prefix),
                     !kid->next ? (u ? "└" : "`") : (u ? "├" : "+"), u ? "─" : "-",
                     kid->first_kid ? (u ? "┬" : "-") : (u ? "─" : "-"));
        cpm_buf_add_text(&d->prefix, !kid->next ? "  " : u ? "│ " : "| ");
        draw(d, kid);
        d->prefix.ptr[len] = '\0';
        d->prefix.len = len;
    }
}

void cpm_branches_write(const struct cpm_branch *root, bool unicode, struct cpm_buf *out)
{
    struct drawing d = {.unicode = unicode, .prefix = CPM_BUF_INIT(1u << 20), .out = out};
    draw(&d, root);
    cpm_buf_release(&d.prefix);
}
