/* npm's words for a conflict. Lines of requirers are indented two further spaces a level. */
#include "resolver/tree/conflict.h"

#define NAMES_MAX 50 /* bytes of requirers' names that are only counted */
#define TEXT_MAX  (1 << 20)

struct way { /* nodes that are being explained, so that a cycle ends */
    const struct cpm_explained_node *node;
    const struct way *up;
};

static void explain_edge(const struct cpm_explained_edge *e, int depth, const struct way *way,
                         struct cpm_buf *out);
static void explain_node(const struct cpm_explained_node *n, int depth, const struct way *way,
                         struct cpm_buf *out);

static void print_node(const struct cpm_explained_node *n, struct cpm_buf *out)
{
    cpm_buf_addf(out, "%.*s@%.*s", CPM_STR_ARG(n->name),
                 CPM_STR_ARG(n->version.len ? n->version : CPM_STR("undefined")));
    if (n->location.len)
        cpm_buf_addf(out, "\n%.*s", CPM_STR_ARG(n->location));
}

/* Adds "\n" and the text, every line two spaces deeper. */
static void add_indented(struct cpm_buf *out, const struct cpm_buf *text)
{
    struct cpm_str rest = cpm_buf_str(text), line;

    if (!rest.ptr)
        rest = CPM_STR("");
    while (cpm_str_split(&rest, '\n', &line))
        cpm_buf_addf(out, "\n  %.*s", CPM_STR_ARG(line));
}

static struct cpm_str from_name(const struct cpm_explained_edge *e)
{
    return e->from->name.len ? e->from->name : CPM_STR("the root project");
}

static void add_overflow(const struct cpm_explained_node *n, size_t first, struct cpm_buf *out)
{
    size_t len = 0;

    cpm_buf_addf(out, "\n%zu more (", n->dependent_count - first);
    for (size_t i = first; i < n->dependent_count; i++) {
        struct cpm_str name = from_name(n->dependents[i]);

        cpm_buf_add_text(out, i > first ? ", " : "");
        len += name.len;
        if (len >= NAMES_MAX && i + 1 < n->dependent_count) {
            cpm_buf_add_text(out, "...");
            break;
        }
        cpm_buf_add_str(out, name);
    }
    cpm_buf_add_char(out, ')');
}

static void explain_dependents(const struct cpm_explained_node *n, int depth, const struct way *way,
                               struct cpm_buf *out)
{
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX);
    size_t max = (size_t)(depth + 1) / 2;

    if (!n->dependent_count || depth <= 0)
        return;
    for (size_t i = 0; i < n->dependent_count && i < max; i++) {
        cpm_buf_add_text(&text, i ? "\n" : "");
        explain_edge(n->dependents[i], depth, way, &text);
    }
    if (n->dependent_count > max)
        add_overflow(n, max, &text);
    add_indented(out, &text);
    cpm_buf_release(&text);
}

static void explain_links(const struct cpm_explained_node *n, int depth, const struct way *way,
                          struct cpm_buf *out)
{
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX);

    if (!n->link_count || depth <= 0)
        return;
    for (size_t i = 0; i < n->link_count; i++) {
        cpm_buf_add_text(&text, i ? "\n" : "");
        explain_node(n->links[i], depth - 1, way, &text);
    }
    add_indented(out, &text);
    cpm_buf_release(&text);
}

static void explain_node(const struct cpm_explained_node *n, int depth, const struct way *way,
                         struct cpm_buf *out)
{
    print_node(n, out);
    explain_dependents(n, depth, way, out);
    explain_links(n, depth, way, out);
}

static bool same_node(const struct cpm_explained_node *a, const struct cpm_explained_node *b)
{
    return cpm_str_eq(a->name, b->name) && cpm_str_eq(a->version, b->version) &&
           cpm_str_eq(a->location, b->location);
}

static void explain_from(const struct cpm_explained_node *n, int depth, const struct way *way,
                         struct cpm_buf *out)
{
    struct way here = {n, way};

    if (!n->name.len && !n->version.len) {
        cpm_buf_add_text(out, "the root project");
        return;
    }
    print_node(n, out);
    for (; way; way = way->up)
        if (same_node(way->node, n))
            return;
    explain_dependents(n, depth - 1, &here, out);
    explain_links(n, depth - 1, &here, out);
}

static void explain_edge(const struct cpm_explained_edge *e, int depth, const struct way *way,
                         struct cpm_buf *out)
{
    bool workspace = cpm_str_is(e->type, "workspace");

    if (!cpm_str_is(e->type, "prod"))
        cpm_buf_addf(out, "%.*s ", CPM_STR_ARG(e->type));
    cpm_buf_add_text(out, e->bundled ? "bundled " : "");
    cpm_buf_add_text(out, e->overridden ? "overridden " : "");
    if (workspace)
        cpm_buf_add_str(out, e->relative);
    else
        cpm_buf_addf(out, "%.*s@\"%.*s\"", CPM_STR_ARG(e->name), CPM_STR_ARG(e->spec));
    if (e->overridden)
        cpm_buf_addf(out, " (was \"%.*s\")", CPM_STR_ARG(e->raw_spec));
    cpm_buf_add_text(out, " from ");
    explain_from(e->from, depth, way, out);
}

static const struct cpm_explained_node *who_is_installing(const struct cpm_conflict *c)
{
    if (c->dep && c->dep->installing_name.len)
        return c->dep;
    if (c->current && c->current->installing_name.len)
        return c->current;
    return c->edge->from->installing_name.len ? c->edge->from : NULL;
}

void cpm_conflict_describe(const struct cpm_conflict *c, unsigned depth, struct cpm_buf *out)
{
    const struct cpm_explained_node *who = who_is_installing(c);
    int d = (int)depth;

    if (who)
        cpm_buf_addf(out, "While resolving: %.*s@%.*s\n", CPM_STR_ARG(who->installing_name),
                     CPM_STR_ARG(who->installing_version.len ? who->installing_version
                                                             : CPM_STR("undefined")));
    cpm_buf_add_text(out, "Found: ");
    if (c->current || c->peer_current)
        explain_node(c->current ? c->current : c->peer_current, d, NULL, out);
    else
        explain_edge(c->current_edge ? c->current_edge : c->edge, d, NULL, out);
    cpm_buf_add_text(out, "\n\nCould not resolve dependency:\n");
    explain_edge(c->edge, d, NULL, out);
    if (c->peer) {
        cpm_buf_add_text(out, "\n\nConflicting peer dependency: ");
        explain_node(c->peer, d, NULL, out);
    }
}

void cpm_conflict_explain(const struct cpm_conflict *c, struct cpm_buf *out)
{
    cpm_conflict_describe(c, 4, out);
    cpm_buf_addf(
        out,
        "\n\nFix the upstream dependency conflict, or retry this command with %s to accept "
        "an incorrect (and potentially broken) dependency resolution.",
        c->strict_peer_deps ? "--no-strict-peer-deps, --force, or --legacy-peer-deps"
                            : "--force or --legacy-peer-deps");
}
