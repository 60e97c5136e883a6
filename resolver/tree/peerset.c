/* A package never comes alone: it is tried out with its peers in a virtual root, a copy of the
 * requirer in which only the requirer's own wishes stand beside them. What conflicts there
 * conflicts wherever the set would go; whether that is an error depends on whose wishes they are.
 */
#include "base/collate.h"
#include "base/path.h"
#include "resolver/tree/conflict.h"
#include "resolver/tree/solver.h"

#include <stdlib.h>

/* Guard (b): npm asks again and again in fresh virtual roots when two versions of a package want
 * each other's peers. One question is answered once on the way down. */
struct cpm_peer_frame {
    const struct cpm_pkg *requirer, *chosen;
    const struct cpm_name *name, *spec;
    struct cpm_peer_frame *up;
};

static struct cpm_node *load_peers(struct cpm_solver *s, struct cpm_node *node);
static struct cpm_node *from_edge(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_node *vr,
                                  struct cpm_edge *second_edge);

/* Link targets below the project's folder look up into the virtual root for what they need. */
static void add_satellites(struct cpm_solver *s, struct cpm_node *vr)
{
    for (struct cpm_node *k = vr->source->first_kid; k && vr->source->link_kids; k = k->next_kid) {
        struct cpm_node *copy;

        if (!k->target || k->target->fs_parent != vr->source)
            continue;
        copy = cpm_node_new(s, k->target->name, k->target->pkg);
        copy->source = k->target;
        copy->path = cpm_node_path(s, k->target);
        copy->root = vr;
        copy->fs_parent = vr;
        copy->next_fs_kid = vr->first_fs_kid;
        vr->first_fs_kid = copy;
        copy->lazy_edges = true;
        cpm_node_load_edges(s, copy);
    }
}

struct cpm_node *cpm_virtual_root(struct cpm_solver *s, struct cpm_node *source, bool reuse)
{
    struct cpm_node *vr;

    if (reuse && source->latest_virtual)
        return source->latest_virtual;
    vr = cpm_node_new(s, source->name, source->pkg);
    vr->resolved = source->resolved;
    vr->source = source;
    if (!source->parent)
        vr->path = cpm_node_path(s, source);
    vr->overrides = source->overrides;
    vr->lazy_edges = true;
    cpm_node_load_edges(s, vr);
    add_satellites(s, vr);
    source->latest_virtual = vr;
    return vr;
}

/* Later visits of `source` would look at the last virtual root for its peers, and else find there
 * what they would pick again. */
void cpm_virtual_forget(struct cpm_solver *s, struct cpm_node *source, struct cpm_node *dep)
{
    struct cpm_node *vr = dep->parent;

    if (!dep->edges_later || !vr || vr->source != source || vr->first_fs_kid ||
        (vr == source->latest_virtual && source->wants->peers))
        return;
    if (vr == source->latest_virtual)
        source->latest_virtual = NULL;
    cpm_node_recycle(s, dep);
    cpm_node_recycle(s, vr);
}

static bool is_workspace_name(struct cpm_solver *s, const struct cpm_name *name)
{
    for (size_t i = 0; i < s->in->workspace_count; i++)
        if (s->in->workspaces[i].name == name)
            return true;
    return false;
}

static const struct cpm_tree_workspace *workspace_at(struct cpm_solver *s, struct cpm_str path)
{
    const char *root = s->opts->path;
    size_t len = strlen(root);

    if (!cpm_str_starts(path, root))
        return NULL;
    for (size_t i = 0; i < s->in->workspace_count; i++)
        if (cpm_str_eq(cpm_str_sub(path, len + 1, CPM_NPOS), s->in->workspaces[i].location))
            return &s->in->workspaces[i];
    return NULL;
}

/* The package.json of a folder; an empty one when it cannot be read, as in npm. NULL: pending. */
static const struct cpm_pkg *folder_pkg(struct cpm_solver *s, const struct cpm_name *name,
                                        const struct cpm_spec *spec)
{
    const struct cpm_tree_workspace *ws = workspace_at(s, spec->fetch);
    const struct cpm_pkg *pkg;
    struct cpm_pkg *own;

    if (ws)
        return cpm_pkg_new(s, ws->manifest);
    pkg = cpm_pkg_fetch(s, name, spec);
    if (!pkg)
        return NULL;
    own = cpm_pkg_new(s, pkg->failure ? CPM_NEW(s->keep, struct cpm_manifest) : pkg->manifest);
    own->resolved = own->integrity = CPM_STR_NONE;
    return own;
}

static struct cpm_node *link_to(struct cpm_solver *s, const struct cpm_name *name,
                                const struct cpm_spec *spec)
{
    const struct cpm_pkg *pkg;
    struct cpm_node *target = cpm_top_at(s, spec->fetch), *link;

    if (!target) {
        pkg = folder_pkg(s, name, spec);
        if (!pkg)
            return NULL;
        target = cpm_node_new(s, name, pkg);
        target->path = cpm_arena_str(&s->work, spec->fetch);
        cpm_node_load_edges(s, target);
    }
    link = cpm_link_new(s, name, target);
    link->of_wish = true;
    return link;
}

/* A folder inside the project is linked even with install-links. */
static bool lies_inside(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_node *vr)
{
    struct cpm_str raw = cpm_name_str(edge->want->spec), where;
    const char *path;

    if (!cpm_str_starts(raw, "file:../") && !cpm_str_starts(raw, "file:./"))
        return false;
    where = cpm_node_path(s, vr);
    path =
        cpm_path_resolve(&s->work, cpm_arena_strndup(&s->work, where.ptr, where.len), raw.ptr + 5);
    return cpm_path_within(s->opts->path, path);
}

static bool should_link(struct cpm_solver *s, const struct cpm_spec *spec, struct cpm_edge *edge,
                        struct cpm_node *vr)
{
    bool packed = cpm_str_starts(vr->resolved, "file:");

    if (spec->type != CPM_SPEC_DIRECTORY || (packed && s->opts->install_links))
        return false;
    return !s->opts->install_links || is_workspace_name(s, edge->want->name) ||
           lies_inside(s, edge, vr);
}

static struct cpm_node *workspace_for(struct cpm_solver *s, const struct cpm_edge *edge)
{
    struct cpm_edge *e;

    if (!is_workspace_name(s, edge->want->name))
        return NULL;
    e = cpm_edge_find(s, s->root, edge->want->fold);
    if (!e || !e->to || !cpm_node_is_workspace(s, e->to) || !cpm_edge_accepts(s, edge, e->to))
        return NULL;
    return cpm_link_new(s, e->to->name, e->to->target ? e->to->target : e->to);
}

/* npm's allow-git and its kind; NULL: this may be fetched. */
static const struct cpm_pkg *refused(struct cpm_solver *s, const struct cpm_edge *edge,
                                     const struct cpm_spec *spec)
{
    const struct {
        enum cpm_spec_type type;
        enum cpm_tree_allow allow;
        int code;
    } rules[] = {{CPM_SPEC_GIT, s->opts->allow_git, CPM_EALLOWGIT},
                 {CPM_SPEC_REMOTE, s->opts->allow_remote, CPM_EALLOWREMOTE},
                 {CPM_SPEC_FILE, s->opts->allow_file, CPM_EALLOWFILE},
                 {CPM_SPEC_DIRECTORY, s->opts->allow_directory, CPM_EALLOWDIRECTORY}};
    struct cpm_error err = CPM_ERROR_INIT;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].type != spec->type || rules[i].allow == CPM_ALLOW_ALL ||
            (rules[i].allow == CPM_ALLOW_ROOT && cpm_node_is_ours(s, edge->from)))
            continue;
        cpm_error_set(&err, rules[i].code,
                      "Fetching%s packages of type \"%s\" have been disabled\n"
                      "Refusing to fetch \"%.*s\"",
                      rules[i].allow == CPM_ALLOW_ROOT ? " non-root" : "",
                      cpm_spec_type_name(spec->type), CPM_STR_ARG(spec->raw));
        return cpm_pkg_failed(s, &err);
    }
    return NULL;
}

/* The folder that a packed folder names is found from where that one stood before. */
static const struct cpm_spec *at_original(struct cpm_solver *s, const struct cpm_spec *spec,
                                          const struct cpm_node *vr, const struct cpm_name *name,
                                          const struct cpm_name *text)
{
    struct cpm_spec *moved;
    struct cpm_str from = cpm_str_sub(vr->resolved, strlen("file:"), CPM_NPOS);

    if (spec->type != CPM_SPEC_DIRECTORY || !s->opts->install_links ||
        !cpm_str_starts(vr->resolved, "file:"))
        return spec;
    moved = CPM_NEW(&s->work, struct cpm_spec);
    return cpm_spec_resolve(&s->work, cpm_name_str(name), cpm_name_str(text),
                            cpm_arena_str(&s->work, from).ptr, moved, NULL) < 0
               ? spec
               : moved;
}

static struct cpm_node *fail_unread(struct cpm_solver *s, const struct cpm_name *name,
                                    const struct cpm_edge *edge, const struct cpm_name *text)
{
    struct cpm_error err = CPM_ERROR_INIT;

    cpm_edge_parse_as(s, edge, name, text, &err);
    cpm_solver_fail(s, err.code, "%s", err.text);
    return NULL;
}

/* nodeFromSpec: not attached yet. */
static struct cpm_node *from_spec(struct cpm_solver *s, const struct cpm_name *name,
                                  struct cpm_edge *edge, struct cpm_node *vr)
{
    const struct cpm_name *text = cpm_edge_spec(s, edge);
    const struct cpm_spec *spec = cpm_edge_parse_as(s, edge, name, text, NULL);
    const struct cpm_pkg *pkg;
    struct cpm_node *node;

    if (!spec)
        return fail_unread(s, name, edge, text);
    if (!spec->registry && (pkg = refused(s, edge, spec)))
        return cpm_node_new(s, name, pkg);
    if (should_link(s, spec, edge, vr))
        return link_to(s, name, spec);
    if ((node = workspace_for(s, edge)))
        return node;
    spec = at_original(s, spec, vr, name, text);
    pkg = cpm_pkg_fetch(s, name, spec);
    return pkg ? cpm_node_new(s, name, pkg) : NULL;
}

/* Most packages have no peers and stay alone in their virtual root: there is nothing that their
 * edges could lead to. They are made when another comes in. */
static bool load_alone(struct cpm_solver *s, struct cpm_node *vr, struct cpm_node *node)
{
    if (vr->kid_count != 1 || s->overrides || node->target)
        return false;
    node->wants = cpm_pkg_wants(s, node->pkg, false);
    node->edges_later = node->wants->peers == 0;
    return node->edges_later;
}

static struct cpm_node *load_first(struct cpm_solver *s, const struct cpm_name *name,
                                   struct cpm_edge *edge, struct cpm_node *vr)
{
    struct cpm_node *node = from_spec(s, name, edge, vr), *alone = vr->first_kid;

    if (!node)
        return NULL;
    if (alone && alone->edges_later) {
        alone->edges_later = false;
        cpm_node_load_edges(s, alone);
    }
    cpm_node_attach(s, node, vr);
    if (!load_alone(s, vr, node))
        cpm_node_load_edges(s, node);
    return node;
}

static bool requires_it(struct cpm_solver *s, const struct cpm_edge *e)
{
    return e && e->from->required == s->required && e->type != CPM_EDGE_PEER_OPTIONAL;
}

static bool on_the_way(const struct cpm_solver *s, const struct cpm_peer_frame *frame)
{
    for (const struct cpm_peer_frame *f = s->frames; f; f = f->up)
        if (f->requirer == frame->requirer && f->chosen == frame->chosen &&
            f->name == frame->name && f->spec == frame->spec)
            return true;
    return false;
}

static struct cpm_node *load_peers_once(struct cpm_solver *s, struct cpm_edge *edge,
                                        struct cpm_node *node)
{
    struct cpm_peer_frame frame = {edge->from->pkg, node->pkg, edge->want->name,
                                   cpm_edge_spec(s, edge), s->frames};

    if (!node->wants || !node->wants->peers || on_the_way(s, &frame))
        return node;
    s->frames = &frame;
    node = load_peers(s, node);
    s->frames = frame.up;
    return node;
}

/* nodeFromEdge. Of a second edge only the spec counts, not how it writes the name. */
static struct cpm_node *from_edge(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_node *vr,
                                  struct cpm_edge *second_edge)
{
    struct cpm_node *first, *second = NULL, *node;

    if (!vr)
        vr = cpm_virtual_root(s, edge->from, false);
    first = load_first(s, edge->want->name, edge, vr);
    if (first && second_edge && !cpm_edge_valid(s, second_edge) &&
        !(second = load_first(s, edge->want->name, second_edge, vr)))
        return NULL;
    if (!first)
        return NULL;
    node = second && cpm_edge_valid(s, edge) ? second : first;
    cpm_node_attach(s, node, vr);
    if (requires_it(s, edge) || requires_it(s, second_edge))
        node->required = s->required;
    if (s->opts->global && edge->from == s->root)
        return node;
    return load_peers_once(s, edge, node);
}

struct cpm_node *cpm_node_from_edge(struct cpm_solver *s, struct cpm_edge *edge,
                                    struct cpm_node *vr)
{
    edge->from->required = ++s->required;
    return from_edge(s, edge, vr, NULL);
}

static int by_name(const void *a, const void *b)
{
    const struct cpm_edge *x = *(struct cpm_edge *const *)a, *y = *(struct cpm_edge *const *)b;

    return cpm_collate(cpm_name_str(x->want->name), cpm_name_str(y->want->name));
}

static size_t unmet_peers(struct cpm_solver *s, struct cpm_node *node, struct cpm_edge **out)
{
    size_t n = 0;

    for (uint32_t i = 0; i < node->wants->n; i++) {
        struct cpm_edge *e = &node->edges[i];

        if (cpm_edge_is_peer(e) && !(e->to && cpm_edge_valid(s, e)))
            out[n++] = e;
    }
    qsort(out, n, sizeof(*out), by_name);
    return n;
}

/* The peer has no place in the virtual root yet, and the requirer has no wish of its own for it. */
static void add_peer(struct cpm_solver *s, struct cpm_edge *e, struct cpm_node *vr)
{
    if (e->type == CPM_EDGE_PEER_OPTIONAL) {
        struct cpm_node *there = cpm_node_resolve(s, vr->source, e->want->fold);

        if (!there || cpm_edge_accepts(s, e, there))
            return;
    }
    from_edge(s, e, vr, NULL);
}

/* The requirer wishes for it too: its wish comes first, the peer's is an advice. */
static void add_shared_peer(struct cpm_solver *s, struct cpm_edge *e, struct cpm_edge *wish,
                            bool conflict_ok)
{
    struct cpm_node *dep = from_edge(s, wish, e->from->parent, e);

    if (!dep || cpm_edge_valid(s, e))
        return;
    if (conflict_ok || dep->required != s->required) {
        e->peer_conflicted = true;
        return;
    }
    if (e->from->parent)
        cpm_conflict_unable(s, e, wish);
}

/* Something stands there that the peer does not like: does what it likes do for the others? */
static void replace_peer(struct cpm_solver *s, struct cpm_edge *e, struct cpm_edge *wish,
                         bool conflict_ok)
{
    struct cpm_node *current = e->to, *dep = from_edge(s, e, NULL, NULL);

    if (!dep)
        return;
    if (cpm_node_can_replace(s, dep, current, NULL)) {
        if (e->from->parent)
            from_edge(s, e, e->from->parent, NULL);
        return;
    }
    if (conflict_ok || e->from->required != s->required)
        return;
    cpm_conflict_unable(s, e, wish);
}

static void load_peer(struct cpm_solver *s, struct cpm_edge *e, struct cpm_node *vr)
{
    struct cpm_edge *wish = cpm_edge_find(s, vr, e->want->fold);
    bool mine = cpm_node_is_ours(s, vr->source);
    bool conflict_ok = s->opts->force || (!mine && !s->opts->strict_peer_deps);

    if (e->to)
        replace_peer(s, e, wish, conflict_ok);
    else if (wish)
        add_shared_peer(s, e, wish, conflict_ok);
    else
        add_peer(s, e, vr);
}

/* loadPeerSet. The node may lose its place meanwhile: then its other peers do not matter. */
static struct cpm_node *load_peers(struct cpm_solver *s, struct cpm_node *node)
{
    struct cpm_edge **list = CPM_NEW_ARRAY(&s->work, struct cpm_edge *, node->wants->peers);
    size_t n = unmet_peers(s, node, list);

    for (size_t i = 0; i < n; i++)
        cpm_pkg_ask(s, list[i]);
    for (size_t i = 0; i < n && node->parent; i++) {
        if (list[i]->to && cpm_edge_valid(s, list[i]))
            continue;
        load_peer(s, list[i], node->parent);
        if (s->status || s->pending)
            return NULL;
    }
    return node;
}
