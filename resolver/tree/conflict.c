/* The explanation is cut out of the tree when the conflict happens: nodes and the edges that hold
 * them. For a failure all of them, each once, since the full report shows everything; what is met
 * again while it is being explained ends in a short form, which npm remembers like any other. For a
 * warning only as deep as it is shown. */
#include "resolver/tree/conflict.h"

#include "base/map.h"
#include "resolver/tree/place.h"
#include "resolver/tree/solver.h"

enum { WARNING_DEPTH = 8, FAILURE_DEPTH = 1000 }; /* levels of requirers */
enum { WARNING_WIDTH = 2 }; /* requirers that a warning follows further; of others it has names */

struct explaining {
    struct cpm_solver *s;
    bool remember;
    struct cpm_map known; /* address of a node or an edge -> its explanation */
};

struct seen { /* the way here, so that cycles end */
    const struct cpm_node *node;
    const struct seen *up;
    unsigned depth; /* levels that are left */
};

static const struct cpm_explained_edge *edge_of(struct explaining *x, struct cpm_edge *e,
                                                const struct seen *seen);
static const struct cpm_explained_node *node_of(struct explaining *x, struct cpm_node *n,
                                                struct cpm_edge *only, const struct seen *seen);

static bool was_seen(const struct seen *seen, const struct cpm_node *n)
{
    for (; seen; seen = seen->up)
        if (seen->node == n)
            return true;
    return false;
}

static void *recall(const struct explaining *x, const void *what)
{
    return x->remember ? cpm_map_get(&x->known, cpm_str_n((const char *)&what, sizeof(what)))
                       : NULL;
}

static void remember(struct explaining *x, const void *what, void *explanation)
{
    struct cpm_str key = {(const char *)&what, sizeof(what)};

    if (x->remember)
        cpm_map_set(&x->known, cpm_arena_str(x->s->keep, key), explanation);
}

static void add_dependents(struct explaining *x, struct cpm_node *n, struct cpm_edge *only,
                           struct cpm_explained_node *out, const struct seen *seen)
{
    const struct cpm_explained_edge **list;
    struct seen brief = *seen;
    size_t count = only ? 1 : 0;

    brief.depth = 0;
    for (struct cpm_edge *e = only ? NULL : n->first_in; e; e = e->next_in)
        count++;
    list = CPM_NEW_ARRAY(x->s->keep, const struct cpm_explained_edge *, count);
    out->dependents = list;
    if (only)
        list[out->dependent_count++] = edge_of(x, only, seen);
    for (struct cpm_edge *e = only ? NULL : n->first_in; e; e = e->next_in)
        if (cpm_edge_valid(x->s, e) || e->from == e->from->root) {
            bool follow = x->remember || out->dependent_count < WARNING_WIDTH;

            list[out->dependent_count++] = edge_of(x, e, follow ? seen : &brief);
        }
}

static void add_links(struct explaining *x, struct cpm_node *n, struct cpm_edge *only,
                      struct cpm_explained_node *out, const struct seen *seen);

static const struct cpm_explained_node *describe(struct explaining *x, struct cpm_node *n,
                                                 struct cpm_edge *only, const struct seen *seen)
{
    struct cpm_solver *s = x->s;
    struct cpm_explained_node *out = CPM_NEW(s->keep, struct cpm_explained_node);
    unsigned depth = seen ? seen->depth : x->remember ? FAILURE_DEPTH : WARNING_DEPTH;
    struct seen here = {n, seen, depth - 1};

    if (n->source)
        return node_of(x, n->source, only, seen);
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
    add_dependents(x, n, only, out, &here);
    add_links(x, n, only, out, &here);
    return out;
}

static const struct cpm_explained_node *node_of(struct explaining *x, struct cpm_node *n,
                                                struct cpm_edge *only, const struct seen *seen)
{
    const struct cpm_explained_node *out = recall(x, n);

    if (!out) {
        out = describe(x, n, only, seen);
        remember(x, n, (void *)out);
    }
    return out;
}

static void add_links(struct explaining *x, struct cpm_node *n, struct cpm_edge *only,
                      struct cpm_explained_node *out, const struct seen *seen)
{
    const struct cpm_explained_node **list;
    struct cpm_nodes named = {0};

    if (n->root != x->s->root || n->parent)
        return;
    cpm_all_nodes(x->s, &named);
    list = CPM_NEW_ARRAY(x->s->keep, const struct cpm_explained_node *, named.n);
    for (size_t i = 0; i < named.n; i++)
        if (named.v[i]->target == n)
            list[out->link_count++] = describe(x, named.v[i], only, seen);
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

static const struct cpm_explained_edge *edge_of(struct explaining *x, struct cpm_edge *e,
                                                const struct seen *seen)
{
    struct cpm_explained_edge *out = recall(x, e);

    if (out)
        return out;
    out = CPM_NEW(x->s->keep, struct cpm_explained_edge);
    out->type = cpm_str(type_name(e->type));
    out->name = cpm_name_str(e->want->name);
    out->spec = cpm_name_str(cpm_edge_spec(x->s, e));
    out->raw_spec = cpm_name_str(e->want->spec);
    out->overridden = !cpm_str_eq(out->spec, out->raw_spec);
    out->bundled = is_bundled(e);
    if (e->type == CPM_EDGE_WORKSPACE)
        out->relative = workspace_folder(x->s, e);
    out->from = node_of(x, e->from, NULL, seen);
    remember(x, e, out);
    return out;
}

static struct cpm_conflict *new_conflict(struct cpm_solver *s, const char *summary)
{
    struct cpm_conflict *c = CPM_NEW(s->keep, struct cpm_conflict);

    c->summary = summary;
    c->strict_peer_deps = s->opts->strict_peer_deps;
    c->force = s->opts->force;
    return c;
}

static const struct cpm_explained_node *explained(struct explaining *x, struct cpm_node *n,
                                                  struct cpm_edge *only)
{
    return n ? node_of(x, n, only, NULL) : NULL;
}

/* The order of the three is npm's, and shows in what is short. */
void cpm_conflict_unable(struct cpm_solver *s, struct cpm_edge *edge, struct cpm_edge *current)
{
    struct explaining x = {.s = s, .remember = true};
    struct cpm_conflict *c;

    if (s->status)
        return;
    c = new_conflict(s, "unable to resolve dependency tree");
    c->current = explained(&x, cpm_node_resolve(s, edge->from, edge->want->fold), NULL);
    c->current_edge = current ? edge_of(&x, current, NULL) : NULL;
    c->edge = edge_of(&x, edge, NULL);
    s->out->conflict = c;
    cpm_solver_fail(s, CPM_ERESOLVE, "%s", c->summary);
    cpm_map_release(&x.known);
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

static void describe_placing(struct explaining *x, struct cpm_placing *p, struct cpm_edge *edge,
                             struct cpm_node *dep, struct cpm_conflict *c)
{
    struct cpm_node *current = cpm_node_resolve(x->s, edge->from, edge->want->fold);
    const struct cpm_can *peer;

    c->edge = edge_of(x, edge, NULL);
    c->dep = explained(x, dep, edge);
    c->is_mine = cpm_placing_is_mine(x->s, p);
    if (p->parent) {
        c->current = explained(x, current, edge);
        c->peer = explained(x, p->before, p->edge);
        return;
    }
    c->current = explained(x, current, NULL);
    if (p->can_alone && p->can_alone->alone != CPM_CONFLICT) {
        peer = conflicting_peer(p->can_alone);
        c->peer_current = peer ? explained(x, peer->current, NULL) : NULL;
        c->peer = peer ? explained(x, peer->dep, peer->edge) : NULL;
    } else {
        c->peer_current = explained(x, p->before, NULL);
        c->peer = explained(x, p->dep, p->edge);
    }
}

void cpm_conflict_could_not(struct cpm_solver *s, struct cpm_placing *p)
{
    struct explaining x = {.s = s, .remember = true};
    struct cpm_placing *top = p;
    struct cpm_conflict *c;

    if (s->status)
        return;
    while (top->parent)
        top = top->parent;
    c = new_conflict(s, "could not resolve");
    describe_placing(&x, p, top->edge, top->dep, c);
    s->out->conflict = c;
    cpm_solver_fail(s, CPM_ERESOLVE, "%s", c->summary);
    cpm_map_release(&x.known);
}

void cpm_conflict_override(struct cpm_solver *s, struct cpm_placing *p, struct cpm_edge *edge,
                           struct cpm_node *dep)
{
    struct explaining x = {.s = s};
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_conflict *c = new_conflict(s, NULL);

    edge->peer_conflicted = true;
    describe_placing(&x, p, edge, dep, c);
    cpm_buf_add_text(&text, "overriding peer dependency\n");
    cpm_conflict_describe(c, 2, &text);
    cpm_solver_warn(s, CPM_ERESOLVE, cpm_arena_str(s->keep, cpm_buf_str(&text)));
    cpm_buf_release(&text);
}
