/* npm's words for who wants a package. A level of requirers is written apart and then indented, as
 * npm does it; a node that is being explained already is only named. */
#include "resolver/tree/explained.h"

#define NAMES_MAX 50 /* bytes of requirers' names that are only counted */

struct way { /* nodes that are being explained, so that a cycle ends */
    const struct cpm_explained_node *node;
    const struct way *up;
};

struct words {
    const struct cpm_explained_style *style;
    struct cpm_buf *out;
};

static void explain_edge(struct words w, const struct cpm_explained_edge *e, int depth,
                         const struct way *way);
static void explain_node(struct words w, const struct cpm_explained_node *n, int depth,
                         const struct way *way);

static void add(struct words w, enum cpm_explained_part part, struct cpm_str text)
{
    if (w.style->paint)
        w.style->paint(part, text, w.out);
    else
        cpm_buf_add_str(w.out, text);
}

static struct cpm_str or_undefined(struct cpm_str text)
{
    return text.len ? text : CPM_STR("undefined");
}

static void add_id(struct words w, const struct cpm_explained_node *n)
{
    enum cpm_explained_part part = n->workspace ? CPM_PART_WORKSPACE : CPM_PART_TEXT;
    struct cpm_buf id = CPM_BUF_INIT(w.out->max);

    cpm_buf_addf(&id, "%.*s@%.*s", CPM_STR_ARG(or_undefined(n->name)),
                 CPM_STR_ARG(or_undefined(n->version)));
    add(w, part, cpm_buf_str(&id));
    cpm_buf_release(&id);
}

static void print_node(struct words w, const struct cpm_explained_node *n)
{
    const struct {
        bool on;
        const char *word;
    } flags[] = {{n->extraneous, "extraneous"}, {n->dev, "dev"},
                 {n->optional, "optional"},     {n->peer, "peer"},
                 {n->bundled, "bundled"},       {n->overridden, "overridden"}};

    add_id(w, n);
    for (size_t i = 0; n->asked && i < sizeof(flags) / sizeof(flags[0]); i++)
        if (flags[i].on) {
            cpm_buf_add_char(w.out, ' ');
            add(w, CPM_PART_KIND, cpm_str(flags[i].word));
        }
    if (n->location.len) {
        cpm_buf_add_char(w.out, '\n');
        add(w, CPM_PART_LOCATION, n->location);
    }
}

/* Adds "\n" and the text, every line two spaces deeper. */
static void add_indented(struct words w, const struct cpm_buf *text)
{
    struct cpm_str rest = cpm_buf_str(text), line;

    if (!rest.ptr)
        rest = CPM_STR("");
    while (cpm_str_split(&rest, '\n', &line))
        cpm_buf_addf(w.out, "\n  %.*s", CPM_STR_ARG(line));
    w.out->overflow |= text->overflow;
}

static struct cpm_str from_name(const struct cpm_explained_edge *e)
{
    return e->from->name.len ? e->from->name : CPM_STR("the root project");
}

static void add_overflow(struct words w, const struct cpm_explained_node *n, size_t first)
{
    size_t len = 0;

    cpm_buf_addf(w.out, "\n%zu more (", n->dependent_count - first);
    for (size_t i = first; i < n->dependent_count; i++) {
        struct cpm_str name = from_name(n->dependents[i]);

        cpm_buf_add_text(w.out, i > first ? ", " : "");
        len += name.len;
        if (len >= NAMES_MAX && i + 1 < n->dependent_count) {
            cpm_buf_add_text(w.out, "...");
            break;
        }
        add(w, CPM_PART_TEXT, name);
    }
    cpm_buf_add_char(w.out, ')');
}

static void explain_dependents(struct words w, const struct cpm_explained_node *n, int depth,
                               const struct way *way)
{
    struct cpm_buf text = CPM_BUF_INIT(w.out->max);
    struct words inner = {w.style, &text};
    size_t max = ((size_t)depth + 1) / 2;

    if (!n->dependent_count || depth <= 0 || w.out->overflow)
        return;
    for (size_t i = 0; i < n->dependent_count && i < max && !text.overflow; i++) {
        cpm_buf_add_text(&text, i ? "\n" : "");
        explain_edge(inner, n->dependents[i], depth, way);
    }
    if (n->dependent_count > max)
        add_overflow(inner, n, max);
    add_indented(w, &text);
    cpm_buf_release(&text);
}

static void explain_links(struct words w, const struct cpm_explained_node *n, int depth,
                          const struct way *way)
{
    struct cpm_buf text = CPM_BUF_INIT(w.out->max);
    struct words inner = {w.style, &text};

    if (!n->link_count || depth <= 0 || w.out->overflow)
        return;
    for (size_t i = 0; i < n->link_count && !text.overflow; i++) {
        cpm_buf_add_text(&text, i ? "\n" : "");
        explain_node(inner, n->links[i], depth - 1, way);
    }
    add_indented(w, &text);
    cpm_buf_release(&text);
}

static void explain_node(struct words w, const struct cpm_explained_node *n, int depth,
                         const struct way *way)
{
    print_node(w, n);
    explain_dependents(w, n, depth, way);
    explain_links(w, n, depth, way);
}

static bool same_node(const struct cpm_explained_node *a, const struct cpm_explained_node *b)
{
    return cpm_str_eq(a->name, b->name) && cpm_str_eq(a->version, b->version) &&
           cpm_str_eq(a->location, b->location);
}

static void explain_from(struct words w, const struct cpm_explained_node *n, int depth,
                         const struct way *way)
{
    struct way here = {n, way};

    if (!n->name.len && !n->version.len) {
        cpm_buf_add_text(w.out, "the root project");
        return;
    }
    print_node(w, n);
    for (; way; way = way->up)
        if (same_node(way->node, n))
            return;
    explain_dependents(w, n, depth - 1, &here);
    explain_links(w, n, depth - 1, &here);
}

static void add_kind(struct words w, struct cpm_str kind)
{
    add(w, CPM_PART_KIND, kind);
    cpm_buf_add_char(w.out, ' ');
}

static void explain_edge(struct words w, const struct cpm_explained_edge *e, int depth,
                         const struct way *way)
{
    if (!cpm_str_is(e->type, "prod"))
        add_kind(w, e->type);
    if (e->bundled)
        add_kind(w, CPM_STR("bundled"));
    if (e->overridden)
        add_kind(w, CPM_STR("overridden"));
    if (cpm_str_is(e->type, "workspace")) {
        add(w, CPM_PART_FOLDER, e->relative);
    } else {
        add(w, CPM_PART_TEXT, e->name);
        cpm_buf_add_text(w.out, "@\"");
        add(w, CPM_PART_TEXT, e->spec);
        cpm_buf_add_char(w.out, '"');
    }
    if (e->overridden) {
        cpm_buf_add_text(w.out, " (was \"");
        add(w, CPM_PART_TEXT, e->raw_spec);
        cpm_buf_add_text(w.out, "\")");
    }
    cpm_buf_add_text(w.out, " from ");
    explain_from(w, e->from, depth, way);
}

void cpm_explained_node_write(const struct cpm_explained_node *n,
                              const struct cpm_explained_style *style, struct cpm_buf *out)
{
    explain_node((struct words){style, out}, n, style->depth, NULL);
}

void cpm_explained_edge_write(const struct cpm_explained_edge *e,
                              const struct cpm_explained_style *style, struct cpm_buf *out)
{
    explain_edge((struct words){style, out}, e, style->depth, NULL);
}
