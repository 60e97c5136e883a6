/* The explanation is cut out of the tree when the conflict happens: nodes and the edges that hold
 * them, as deep as npm's report can show. */
#include "resolver/tree/conflict.h"

#include "resolver/tree/place.h"
#include "resolver/tree/solver.h"

#define DEPTH 8 /* levels of requirers; a report of npm's depth 4 shows fewer */

struct seen { /* the way here, so that cycles end */
    const struct cpm_node *node;
    const struct seen *up;
};

static const struct cpm_explained_edge *edge_of(struct cpm_solver *s, struct cpm_edge *e,
                                                const struct seen *seen, unsigned depth);

static bool was_seen(const struct seen *seen, const struct cpm_node *n)
{
    for (; seen; seen = seen->up)
        if (seen->node == n)
            return true;
    return false;
}

static void add_dependents(struct cpm_solver *s, struct cpm_node *n, struct cpm_edge *only,
                           struct cpm_explained_node *out, const struct seen *seen, unsigned depth)
{
    const struct cpm_explained_edge **list;
    size_t count = only ? 1 : 0;

    for (struct cpm_edge *e = only ? NULL : n->first_in; e; e = e->next_in)
        count++;
    list = CPM_NEW_ARRAY(s->keep, const struct cpm_explained_edge *, count);
    out->dependents = list;
    if (only)
        list[out->dependent_count++] = edge_of(s, only, seen, depth);
    for (struct cpm_edge *e = only ? NULL : n->first_in; e; e = e->next_in)
        if (cpm_edge_valid(s, e) || e->from == e->from->root)
            list[out->dependent_count++] = edge_of(s, e, seen, depth);
}

static void add_links(struct cpm_solver *s, struct cpm_node *n, struct cpm_edge *only,
                      struct cpm_explained_node *out, const struct seen *seen, unsigned depth);

static const struct cpm_explained_node *node_of(struct cpm_solver *s, struct cpm_node *n,
                                                struct cpm_edge *only, const struct seen *seen,
                                                unsigned depth)
{
    struct cpm_explained_node *out = CPM_NEW(s->keep, struct cpm_explained_node);
    struct seen here = {n, seen};

    if (n->source)
        return node_of(s, n->source, only, seen, depth);
    if (n == s->root) {
        out->location = cpm_str(s->opts->path);
        return out;
    }
    out->name = cpm_name_str(cpm_node_is_top(s, n) ? n->pkg->name : n->name);
    out->version = cpm_arena_str(s->keep, cpm_node_version(n));
    if (n->root->source) {
        out->installing_name = cpm_name_str(n->root->pkg->name);
        out->installing_version = cpm_name_str(n->root->pkg->version);
    }
    if (was_seen(seen, n) || depth == 0)
        return out;
    out->location = n->root == s->root
                        ? cpm_arena_str(s->keep, n->location)
                        : cpm_str(cpm_arena_printf(s->keep, "node_modules/%s", n->name->text));
    out->workspace = cpm_node_is_workspace(s, n);
    add_dependents(s, n, only, out, &here, depth - 1);
    add_links(s, n, only, out, &here, depth - 1);
    return out;
}

static void add_links(struct cpm_solver *s, struct cpm_node *n, struct cpm_edge *only,
                      struct cpm_explained_node *out, const struct seen *seen, unsigned depth)
{
    const struct cpm_explained_node **list;
    struct cpm_nodes named = {0};

    if (n->root != s->root || n->parent)
        return;
    cpm_all_nodes(s, &named);
    list = CPM_NEW_ARRAY(s->keep, const struct cpm_explained_node *, named.n);
    for (size_t i = 0; i < named.n; i++)
        if (named.v[i]->target == n)
            list[out->link_count++] = node_of(s, named.v[i], only, seen, depth);
    out->links = list;
    cpm_nodes_release(&named);
}

static const char *type_name(enum cpm_edge_type type)
{
    static const char *const names[] = {"prod", "dev",          "optional",
                                        "peer", "peerOptional", "workspace"};

    return names[type];
}

static bool is_bundled(const struct cpm_edge *e)
{
    const struct cpm_manifest *m = e->from->pkg->manifest;

    for (uint32_t i = 0; m && i < m->bundle_count; i++)
        if (m->bundle[i] == e->want->name)
            return true;
    return false;
}

static struct cpm_str workspace_folder(struct cpm_solver *s, const struct cpm_edge *e)
{
    struct cpm_str spec = cpm_name_str(e->want->spec);

    return cpm_str_sub(spec, strlen("file:") + strlen(s->opts->path) + 1, CPM_NPOS);
}

static const struct cpm_explained_edge *edge_of(struct cpm_solver *s, struct cpm_edge *e,
                                                const struct seen *seen, unsigned depth)
{
    struct cpm_explained_edge *out = CPM_NEW(s->keep, struct cpm_explained_edge);

    out->type = cpm_str(type_name(e->want->type));
    out->name = cpm_name_str(e->want->name);
    out->spec = cpm_name_str(cpm_edge_spec(s, e));
    out->raw_spec = cpm_name_str(e->want->spec);
    out->overridden = !cpm_str_eq(out->spec, out->raw_spec);
    out->bundled = is_bundled(e);
    if (e->want->type == CPM_EDGE_WORKSPACE)
        out->relative = workspace_folder(s, e);
    out->from = node_of(s, e->from, NULL, seen, depth);
    return out;
}

static struct cpm_conflict *new_conflict(struct cpm_solver *s, struct cpm_edge *edge)
{
    struct cpm_conflict *c = CPM_NEW(s->keep, struct cpm_conflict);

    c->edge = edge_of(s, edge, NULL, DEPTH);
    c->strict_peer_deps = s->opts->strict_peer_deps;
    c->force = s->opts->force;
    return c;
}

static const struct cpm_explained_node *explained(struct cpm_solver *s, struct cpm_node *n,
                                                  struct cpm_edge *only)
{
    return n ? node_of(s, n, only, NULL, DEPTH) : NULL;
}

void cpm_conflict_unable(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_edge *current)
{
    struct cpm_conflict *c;

    if (s->status)
        return;
    c = new_conflict(s, edge);
    c->summary = "unable to resolve dependency tree";
    c->current = explained(s, cpm_node_resolve(s, edge->from, edge->want->fold), NULL);
    c->current_edge = current ? edge_of(s, current, NULL, DEPTH) : NULL;
    s->out->conflict = c;
    cpm_solver_fail(s, CPM_ERESOLVE, "%s", c->summary);
}

static const struct cpm_can *conflicting_peer(const struct cpm_can *can)
{
    for (const struct cpm_can *k = can->first_peer; k; k = k->next_peer)
        if (k->with_peers == CPM_CONFLICT && k->current)
            return k;
    for (const struct cpm_can *k = can->first_peer; k; k = k->next_peer) {
        const struct cpm_can *below = conflicting_peer(k);

        if (below)
            return below;
    }
    return NULL;
}

static struct cpm_conflict *placing_conflict(struct cpm_solver *s, struct cpm_placing *p,
                                             struct cpm_edge *edge, struct cpm_node *dep)
{
    struct cpm_conflict *c = new_conflict(s, edge);
    struct cpm_node *current = cpm_node_resolve(s, edge->from, edge->want->fold);
    const struct cpm_can *peer;

    c->dep = explained(s, dep, edge);
    c->is_mine = cpm_placing_is_mine(s, p);
    if (p->parent) {
        c->current = explained(s, current, edge);
        c->peer = explained(s, p->before, p->edge);
        return c;
    }
    c->current = explained(s, current, NULL);
    if (p->can_alone && p->can_alone->alone != CPM_CONFLICT) {
        peer = conflicting_peer(p->can_alone);
        c->peer_current = peer ? explained(s, peer->current, NULL) : NULL;
        c->peer = peer ? explained(s, peer->dep, peer->edge) : NULL;
    } else {
        c->peer_current = explained(s, p->before, NULL);
        c->peer = explained(s, p->dep, p->edge);
    }
    return c;
}

void cpm_conflict_could_not(struct cpm_solver *s, struct cpm_placing *p)
{
    struct cpm_placing *top = p;
    struct cpm_conflict *c;

    if (s->status)
        return;
    while (top->parent)
        top = top->parent;
    c = placing_conflict(s, p, top->edge, top->dep);
    c->summary = "could not resolve";
    s->out->conflict = c;
    cpm_solver_fail(s, CPM_ERESOLVE, "%s", c->summary);
}

void cpm_conflict_override(struct cpm_solver *s, struct cpm_placing *p, struct cpm_edge *edge,
                           struct cpm_node *dep)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_conflict *c;

    edge->peer_conflicted = true;
    c = placing_conflict(s, p, edge, dep);
    cpm_buf_add_text(&text, "overriding peer dependency\n");
    cpm_conflict_describe(c, 2, &text);
    cpm_solver_warn(s, CPM_ERESOLVE, cpm_arena_str(s->keep, cpm_buf_str(&text)));
    cpm_buf_release(&text);
}
