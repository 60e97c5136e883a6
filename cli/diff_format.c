/* The quirks are npm's: the title of a patch stands before it when both names are the same, one tab
 * at the end of a line is lost, and white space at both ends of the whole text. */
#include "cli/diff_format.h"

#include "base/path.h"
#include "cli/paint.h"
#include "look/text_diff.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const binary[] = {
#define DIFF_BINARY(extension) extension,
#include "cli/diff_binary.def"
#undef DIFF_BINARY
};

static int compare(const void *extension, const void *known)
{
    return cpm_str_cmp(*(const struct cpm_str *)extension, cpm_str(*(const char *const *)known));
}

static bool is_binary(struct cpm_str path)
{
    struct cpm_str name = cpm_path_basename(path);
    size_t dot = cpm_str_rchr(name, '.');
    if (cpm_str_starts(name, "."))
        dot = 0;
    if (dot == CPM_NPOS)
        return false;
    struct cpm_str extension = cpm_str_sub(name, dot + 1, name.len);
    return bsearch(&extension, binary, sizeof(binary) / sizeof(*binary), sizeof(*binary),
                   compare) != NULL;
}

struct patch {
    const struct cpm_diff_format *f;
    const char *from_name, *to_name; /* with their prefixes */
    const struct cpm_diff_file *from, *to;
    struct cpm_buf *out;
};

static void header(const struct patch *p, const char *fmt, ...)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    va_list args;
    va_start(args, fmt);
    const char *line = cpm_arena_vprintf(&scratch, fmt, args);
    va_end(args);
    if (p->f->color)
        cpm_paint(p->out, true, CPM_BLUE, cpm_str(line));
    else
        cpm_buf_add_text(p->out, line);
    cpm_buf_add_char(p->out, '\n');
    cpm_arena_release(&scratch);
}

static void add_modes(const struct patch *p)
{
    const char *mode = "";
    char text[16];
    if (p->from && p->to && p->from->mode == p->to->mode) {
        snprintf(text, sizeof(text), "100%o", p->from->mode & 07777);
        mode = text;
    } else if (!p->to) {
        header(p, "deleted file mode 100%o", p->from->mode);
    } else if (!p->from) {
        header(p, "new file mode 100%o", p->to->mode);
    } else {
        header(p, "old mode 100%o", p->from->mode);
        header(p, "new mode 100%o", p->to->mode);
    }
    header(p, "index %s%.*s..%s%.*s %s", p->f->version_prefix, CPM_STR_ARG(p->f->from->version),
           p->f->version_prefix, CPM_STR_ARG(p->f->to->version), mode);
}

static void add_colored(struct cpm_buf *out, struct cpm_str line)
{
    bool section = cpm_str_starts(line, "@@");
    enum cpm_paint paint = section                     ? CPM_CYAN
                           : cpm_str_starts(line, "-") ? CPM_RED
                           : cpm_str_starts(line, "+") ? CPM_GREEN
                                                       : CPM_PLAIN;
    cpm_paint(out, paint != CPM_PLAIN, paint, line);
}

static void add_hunks(const struct patch *p, struct cpm_str hunks)
{
    while (hunks.len) {
        size_t end = cpm_str_chr(hunks, '\n');
        struct cpm_str line = cpm_str_sub(hunks, 0, end);
        if (cpm_str_ends(line, "\t"))
            line.len--;
        if (p->f->color)
            add_colored(p->out, line);
        else
            cpm_buf_add_str(p->out, line);
        cpm_buf_add_char(p->out, '\n');
        hunks = cpm_str_sub(hunks, end + 1, hunks.len);
    }
}

static void add_patch(const struct patch *p, struct cpm_str path)
{
    struct cpm_buf hunks = CPM_BUF_INIT(p->out->max);
    struct cpm_text_diff diff = {.from = p->from ? p->from->text : CPM_STR(""),
                                 .to = p->to ? p->to->text : CPM_STR(""),
                                 .context = p->f->context,
                                 .ignore_space = p->f->ignore_space};
    header(p, "diff --git %s %s", p->from_name, p->to_name);
    add_modes(p);
    bool shown = p->f->all_text || !is_binary(path);
    if (shown && strcmp(p->from_name, p->to_name) == 0)
        header(p, "Index: %s", p->from_name);
    header(p, "--- %s", p->from_name);
    header(p, "+++ %s", p->to_name);
    if (shown)
        cpm_text_diff(&diff, &hunks);
    add_hunks(p, cpm_buf_str(&hunks));
    cpm_buf_release(&hunks);
}

static void add_file(const struct cpm_diff_format *f, struct cpm_str path, struct cpm_buf *out)
{
    struct cpm_arena *arena = f->from->cli->arena;
    struct patch p = {.f = f,
                      .from = cpm_map_get(&f->from->files, path),
                      .to = cpm_map_get(&f->to->files, path),
                      .out = out};
    if (p.from && p.to && p.from->mode == p.to->mode && cpm_str_eq(p.from->text, p.to->text))
        return;
    if (f->names_only) {
        cpm_buf_addf(out, "%.*s\n", CPM_STR_ARG(path));
        return;
    }
    p.from_name = cpm_arena_printf(arena, "%s%.*s", f->from_prefix, CPM_STR_ARG(path));
    p.to_name = cpm_arena_printf(arena, "%s%.*s", f->to_prefix, CPM_STR_ARG(path));
    add_patch(&p, path);
}

void cpm_diff_format(const struct cpm_diff_format *format, struct cpm_buf *out)
{
    struct cpm_buf text = CPM_BUF_INIT(out->max);
    CPM_MAP_EACH (&format->from->files, e)
        add_file(format, e->key, &text);
    CPM_MAP_EACH (&format->to->files, e)
        if (!cpm_map_get(&format->from->files, e->key))
            add_file(format, e->key, &text);
    cpm_buf_add_str(out, cpm_str_trim(cpm_buf_str(&text)));
    cpm_buf_release(&text);
}
