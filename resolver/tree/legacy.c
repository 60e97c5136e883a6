/* The `dependencies` section that npm 6 reads: the tree by node_modules folders. As JSON text in
 * tree order; the lock writer sorts it. */
#include "resolver/tree/legacy.h"

#include "base/buf.h"
#include "base/collate.h"
#include "base/jsonread.h"
#include "base/path.h"
#include "resolver/tree/override.h"

struct path { /* real paths on the way down: a link back to one of them is left out */
    struct cpm_str real;
    const struct path *up;
};

struct writer {
    struct cpm_solver *s;
    struct cpm_buf *out;
};

static void put_children(struct writer *w, struct cpm_node *n, const struct path *up);

static void key(struct writer *w, bool *first, struct cpm_str name)
{
    if (!*first)
        cpm_buf_add_char(w->out, ',');
    *first = false;
    cpm_json_quote(w->out, name);
    cpm_buf_add_char(w->out, ':');
}

static void put_text(struct writer *w, const char *name, struct cpm_str value)
{
    bool first = w->out->len && w->out->ptr[w->out->len - 1] == '{';

    key(w, &first, cpm_str(name));
    cpm_json_quote(w->out, value);
}

static void put_flag(struct writer *w, const char *name, bool set)
{
    bool first = w->out->len && w->out->ptr[w->out->len - 1] == '{';

    if (!set)
        return;
    key(w, &first, cpm_str(name));
    cpm_buf_add_text(w->out, "true");
}

static unsigned levels(struct cpm_str location, struct cpm_str *last)
{
    unsigned count = 0;
    size_t at;

    while ((at = cpm_str_find(location, "node_modules")) != CPM_NPOS) {
        location = cpm_str_sub(location, at + strlen("node_modules"), CPM_NPOS);
        count++;
    }
    *last = location;
    return count;
}

/* The wish that stands for all: of the shallowest requirer, then the first by name. */
static struct cpm_edge *representative(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_edge *best = NULL;
    unsigned best_level = 0;
    struct cpm_str best_tail = CPM_STR_NONE, tail;

    for (struct cpm_edge *e = n->first_in; e; e = e->next_in) {
        unsigned level = levels(e->from->location, &tail);

        if (!cpm_edge_valid(s, e))
            continue;
        if (best &&
            (level > best_level || (level == best_level && cpm_collate(tail, best_tail) >= 0)))
            continue;
        best = e;
        best_level = level;
        best_tail = tail;
    }
    return best;
}

static struct cpm_str file_text(struct cpm_solver *s, struct cpm_str path)
{
    const char *text = cpm_arena_strndup(&s->work, path.ptr, path.len);

    return cpm_str(
        cpm_arena_printf(&s->work, "file:%s", cpm_path_relative(&s->work, s->opts->path, text)));
}

static bool is_path_or_git(struct cpm_str resolved)
{
    return cpm_str_starts(resolved, "file:") || cpm_str_starts(resolved, "git");
}

static void put_version(struct writer *w, struct cpm_node *n, const struct cpm_spec *spec)
{
    struct cpm_solver *s = w->s;
    bool alias = n->pkg->name && n->pkg->name != n->name;

    if (n->target) {
        put_text(w, "version", file_text(s, cpm_node_path(s, n->target)));
    } else if (spec && (spec->type == CPM_SPEC_FILE || spec->type == CPM_SPEC_REMOTE)) {
        put_text(w, "version", spec->save);
    } else if ((spec && spec->type == CPM_SPEC_GIT) || cpm_str_starts(n->resolved, "git")) {
        put_text(w, "version", n->resolved);
        if (spec && spec->raw.len)
            put_text(w, "from", spec->raw);
    } else if (alias) {
        put_text(w, "version",
                 cpm_str(cpm_arena_printf(&s->work, "npm:%s@%.*s", n->pkg->name->text,
                                          CPM_STR_ARG(cpm_node_version(n)))));
    } else if (n->pkg->version) {
        put_text(w, "version", cpm_node_version(n));
    }
}

static void put_origin(struct writer *w, struct cpm_node *n, const struct cpm_spec *spec)
{
    bool registry = !spec || spec->registry;

    put_flag(w, "bundled", cpm_node_in_dep_bundle(w->s, n));
    if (n->resolved.len && !n->target && registry && !is_path_or_git(n->resolved) &&
        !w->s->opts->omit_registry_resolved)
        put_text(w, "resolved", n->resolved);
    if (n->integrity.len)
        put_text(w, "integrity", n->integrity);
}

static void put_flags(struct writer *w, const struct cpm_node *n)
{
    put_flag(w, "extraneous", n->extraneous);
    if (n->extraneous || n->target)
        return;
    put_flag(w, "peer", n->peer);
    put_flag(w, "devOptional", n->dev_optional && !n->dev && !n->optional);
    put_flag(w, "dev", n->dev);
    put_flag(w, "optional", n->optional);
}

/* Paths are said from the requirer on. */
static struct cpm_str spec_text(struct cpm_solver *s, struct cpm_edge *e)
{
    struct cpm_str spec = cpm_name_str(cpm_edge_spec(s, e)), at = cpm_node_path(s, e->from);
    const struct cpm_name *reference = s->in->saves ? cpm_override_reference(s, e) : NULL;
    const char *from, *to;

    if (reference)
        return cpm_name_str(reference);
    if (!cpm_str_starts(spec, "file:"))
        return spec;
    from = cpm_arena_strndup(&s->work, at.ptr, at.len);
    to = cpm_path_resolve(&s->work, from, spec.ptr + 5);
    return cpm_str(cpm_arena_printf(&s->work, "file:%s", cpm_path_relative(&s->work, from, to)));
}

static void put_requires(struct writer *w, struct cpm_node *n)
{
    struct cpm_node *of = n->target ? n->target : n;
    bool first = false, none = true;

    if (!of->edges || !of->wants->n)
        return;
    key(w, &first, CPM_STR("requires"));
    cpm_buf_add_char(w->out, '{');
    for (uint32_t i = 0; i < of->wants->n; i++) {
        if (cpm_edge_is_peer(&of->edges[i]))
            continue;
        key(w, &none, cpm_name_str(of->wants->v[i].name));
        cpm_json_quote(w->out, spec_text(w->s, &of->edges[i]));
    }
    cpm_buf_add_char(w->out, '}');
}

static bool on_the_way(const struct path *p, struct cpm_str real)
{
    for (; p; p = p->up)
        if (cpm_str_eq(p->real, real))
            return true;
    return false;
}

static bool has_members(struct writer *w, const struct cpm_node *n, const struct path *up)
{
    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        if (!on_the_way(up, cpm_node_path(w->s, k->target ? k->target : k)))
            return true;
    return false;
}

/* Where nobody rightly asks for the node, it is as if its address had been asked for. */
static const struct cpm_spec *spec_of(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_edge *e = representative(s, n);
    struct cpm_spec *own;

    if (e)
        return cpm_edge_parse(s, e, cpm_edge_spec(s, e), NULL);
    own = CPM_NEW(&s->work, struct cpm_spec);
    if (!n->resolved.len || cpm_spec_parse(&s->work, n->resolved, s->opts->path, own, NULL) < 0)
        return NULL;
    return own;
}

static void put_node(struct writer *w, struct cpm_node *n, const struct path *up)
{
    const struct cpm_spec *spec = spec_of(w->s, n);
    struct cpm_node *of = n->target ? n->target : n;

    cpm_buf_add_char(w->out, '{');
    put_version(w, n, spec);
    put_origin(w, n, spec);
    put_flags(w, n);
    put_requires(w, n);
    if (has_members(w, of, up))
        put_children(w, of, up);
    cpm_buf_add_char(w->out, '}');
}

static void put_members(struct writer *w, struct cpm_node *n, const struct path *up)
{
    struct path here = {cpm_node_path(w->s, n), up};
    bool first = true;

    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid) {
        if (on_the_way(up, cpm_node_path(w->s, k->target ? k->target : k)))
            continue;
        key(w, &first, cpm_name_str(k->name));
        put_node(w, k, &here);
    }
}

static void put_children(struct writer *w, struct cpm_node *n, const struct path *up)
{
    bool first = false;

    key(w, &first, CPM_STR("dependencies"));
    cpm_buf_add_char(w->out, '{');
    put_members(w, n, up);
    cpm_buf_add_char(w->out, '}');
}

struct cpm_str cpm_legacy_section(struct cpm_solver *s)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct writer w = {s, &text};
    struct cpm_str kept = CPM_STR_NONE;

    if (!s->root->first_kid)
        return kept;
    cpm_buf_add_char(&text, '{');
    put_members(&w, s->root, NULL);
    cpm_buf_add_char(&text, '}');
    if (!text.overflow)
        kept = cpm_arena_str(s->keep, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return kept;
}
