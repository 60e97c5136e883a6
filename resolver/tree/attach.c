/* Attaching, cutting off and replacing nodes. The trick that keeps this linear: the ideal tree
 * knows its edges by name, so that a node that comes or goes makes exactly the edges of its name
 * resolve again; the small trees (virtual roots, what was cut off) are walked instead. */
#include "base/path.h"
#include "resolver/tree/solver.h"

#include <stdlib.h>

enum { FEW_KIDS = 6 }; /* that are searched one by one */

/* The lists of a parent. */

static void index_kids(struct cpm_solver *s, struct cpm_node *parent)
{
    parent->kids_indexed = true;
    for (struct cpm_node *k = parent->first_kid; k; k = k->next_kid)
        cpm_pairs_set(&s->kids, parent, k->fold, k);
}

static void kid_link(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent)
{
    n->parent = parent;
    n->prev_kid = parent->last_kid;
    n->next_kid = NULL;
    if (parent->last_kid)
        parent->last_kid->next_kid = n;
    else
        parent->first_kid = n;
    parent->last_kid = n;
    parent->kid_count++;
    parent->link_kids += n->target != NULL;
    if (parent == s->root)
        cpm_solver_name(s, n->fold)->root_kid = n;
    else if (parent->kids_indexed)
        cpm_pairs_set(&s->kids, parent, n->fold, n);
    else if (parent->kid_count > FEW_KIDS)
        index_kids(s, parent);
}

static void kid_unlink(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_node *parent = n->parent;

    if (n->prev_kid)
        n->prev_kid->next_kid = n->next_kid;
    else
        parent->first_kid = n->next_kid;
    if (n->next_kid)
        n->next_kid->prev_kid = n->prev_kid;
    else
        parent->last_kid = n->prev_kid;
    n->prev_kid = n->next_kid = n->parent = NULL;
    parent->kid_count--;
    parent->link_kids -= n->target != NULL;
    if (parent == s->root)
        cpm_solver_name(s, n->fold)->root_kid = NULL;
    else if (parent->kids_indexed)
        cpm_pairs_del(&s->kids, parent, n->fold);
}

static void fs_unlink(struct cpm_node *n)
{
    struct cpm_node **at = &n->fs_parent->first_fs_kid;

    while (*at != n)
        at = &(*at)->next_fs_kid;
    *at = n->next_fs_kid;
    n->fs_parent = n->next_fs_kid = NULL;
}

static void fs_link(struct cpm_node *n, struct cpm_node *parent)
{
    struct cpm_node **at = &parent->first_fs_kid;

    while (*at)
        at = &(*at)->next_fs_kid;
    *at = n;
    n->fs_parent = parent;
}

static void unlink_node(struct cpm_solver *s, struct cpm_node *n)
{
    if (n->parent)
        kid_unlink(s, n);
    else if (n->fs_parent)
        fs_unlink(n);
}

/* The ideal tree's indexes. */

static void index_edge(struct cpm_solver *s, struct cpm_edge *e)
{
    struct cpm_by_name *list = cpm_solver_name(s, e->want->fold);

    if (e->indexed)
        return;
    e->indexed = true;
    e->serial = ++s->serial;
    list->edge_count++;
    e->prev_named = list->last_edge;
    e->next_named = NULL;
    if (list->last_edge)
        list->last_edge->next_named = e;
    else
        list->first_edge = e;
    list->last_edge = e;
}

static void unindex_edge(struct cpm_solver *s, struct cpm_edge *e)
{
    struct cpm_by_name *list = cpm_solver_name(s, e->want->fold);

    if (!e->indexed)
        return;
    e->indexed = false;
    list->edge_count--;
    if (e->prev_named)
        e->prev_named->next_named = e->next_named;
    else
        list->first_edge = e->next_named;
    if (e->next_named)
        e->next_named->prev_named = e->prev_named;
    else
        list->last_edge = e->prev_named;
}

static void index_node(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_by_name *list = cpm_solver_name(s, n->name);

    n->serial = ++s->serial;
    list->node_count++;
    s->node_count++;
    n->prev_named = list->last_node;
    n->next_named = NULL;
    if (list->last_node)
        list->last_node->next_named = n;
    else
        list->first_node = n;
    list->last_node = n;
    for (uint32_t i = 0; i < n->edge_count; i++)
        index_edge(s, &n->edges[i]);
}

static void unindex_node(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_by_name *list = cpm_solver_name(s, n->name);

    list->node_count--;
    s->node_count--;
    if (n->prev_named)
        n->prev_named->next_named = n->next_named;
    else
        list->first_node = n->next_named;
    if (n->next_named)
        n->next_named->prev_named = n->prev_named;
    else
        list->last_node = n->prev_named;
    n->prev_named = n->next_named = NULL;
    for (uint32_t i = 0; i < n->edge_count; i++)
        unindex_edge(s, &n->edges[i]);
}

static void begin_edge(struct cpm_solver *s, struct cpm_node *n, const struct cpm_want *want,
                       struct cpm_edge *e)
{
    e->from = n;
    e->want = want;
    e->type = (unsigned char)want->type;
    cpm_edge_begin(s, e);
}

static void begin_at(struct cpm_solver *s, struct cpm_node *n, uint32_t i)
{
    n->edges[i].want = &n->wants->v[i];
    if (n->root == s->root)
        index_edge(s, &n->edges[i]);
    begin_edge(s, n, &n->wants->v[i], &n->edges[i]);
}

/* npm makes an edge for each group that a name stands in, and ends the one before it: what that led
 * to may have got rules from it meanwhile. */
static void begin_with_replaced(struct cpm_solver *s, struct cpm_node *n)
{
    const struct cpm_wants *wants = n->wants;
    struct cpm_edge *brief = CPM_NEW_ARRAY(&s->work, struct cpm_edge, wants->all_n);
    uint32_t next = 0;

    for (uint32_t i = 0; i < wants->all_n; i++) {
        const struct cpm_want *want = &wants->all[i];

        for (uint32_t k = 0; k < i; k++)
            if (brief[k].from && brief[k].want->fold == want->fold)
                cpm_edge_detach(s, &brief[k]);
        if (want->replaced) {
            begin_edge(s, n, want, &brief[i]);
            continue;
        }
        begin_at(s, n, next++);
    }
}

void cpm_node_load_edges(struct cpm_solver *s, struct cpm_node *n)
{
    /* Folders that stand alone bring their devDependencies; so does the copy of one. */
    const struct cpm_node *from = n->source ? n->source : n;
    bool dev = !n->parent && n->path.len && !from->parent;

    if (n->target)
        return;
    if (n == s->root)
        cpm_root_take_wants(s);
    else
        n->wants = cpm_pkg_wants(s, n->pkg, dev);
    if (n->lazy_edges || !n->wants->n)
        return;
    n->edges = CPM_NEW_ARRAY(&s->work, struct cpm_edge, n->wants->n);
    n->edge_count = n->wants->n;
    if (n->wants->all) {
        begin_with_replaced(s, n);
        return;
    }
    for (uint32_t i = 0; i < n->edge_count; i++)
        begin_at(s, n, i);
}

void cpm_node_reload_edges(struct cpm_solver *s, struct cpm_node *n)
{
    for (uint32_t i = 0; i < n->edge_count; i++) {
        struct cpm_edge *e = &n->edges[i];

        unindex_edge(s, e);
        cpm_edge_detach(s, e);
    }
    n->edges = NULL;
    n->edge_count = 0;
    cpm_node_load_edges(s, n);
    for (struct cpm_edge *e = n->first_in, *next; e; e = next) {
        next = e->next_in;
        if (s->overrides) /* a rule may mean it by now */
            cpm_edge_reload(s, e, true);
        else
            e->state = CPM_EDGE_UNKNOWN;
    }
}

/* Attach and detach. */

static void set_location(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_str above = n->parent ? n->parent->location : CPM_STR_NONE;

    if (n->parent)
        n->location = CPM_CONCAT(&s->work, above, cpm_str(above.len ? "/" : ""),
                                 CPM_STR("node_modules/"), cpm_name_str(n->name));
}

static void enter_tree(struct cpm_solver *s, const struct cpm_nodes *all, struct cpm_node *root)
{
    for (size_t i = 0; i < all->n; i++) {
        struct cpm_node *n = all->v[i];

        n->root = root;
        if (root == s->root) {
            set_location(s, n);
            index_node(s, n);
        }
    }
}

static void leave_tree(struct cpm_solver *s, const struct cpm_nodes *all, struct cpm_node *root)
{
    for (size_t i = 0; i < all->n; i++) {
        struct cpm_node *n = all->v[i];

        if (n->root == s->root)
            unindex_node(s, n);
        n->root = root;
    }
}

static bool crosses(const struct cpm_edge *e)
{
    return !e->to || e->to->root != e->from->root;
}

/* Edges never cross trees: those into and out of a moved node that do, or that found nothing so
 * far, resolve again. */
static void reload_crossing(struct cpm_solver *s, struct cpm_node *n)
{
    /* An edge that resolves again leaves the list, and overrides may make others do so. */
    for (struct cpm_edge *e = n->first_in; e;) {
        bool moved = crosses(e);

        if (moved)
            cpm_edge_reload(s, e, false);
        e = moved && e->to != n ? n->first_in : e->next_in;
    }
    for (uint32_t k = 0; k < n->edge_count; k++)
        if (crosses(&n->edges[k]))
            cpm_edge_reload(s, &n->edges[k], false);
    for (struct cpm_edge *e = n->lazy; e; e = e->next_lazy)
        if (crosses(e))
            cpm_edge_reload(s, e, false);
}

static void reload_moved(struct cpm_solver *s, const struct cpm_nodes *all)
{
    for (size_t i = 0; i < all->n; i++)
        reload_crossing(s, all->v[i]);
}

static void reload_named_small(struct cpm_solver *s, struct cpm_node *top,
                               const struct cpm_name *fold)
{
    struct cpm_nodes all = {0};

    cpm_node_walk(top, &all);
    for (size_t i = 0; i < all.n; i++) {
        struct cpm_edge *e = cpm_edge_find(s, all.v[i], fold);

        if (e)
            cpm_edge_reload(s, e, true);
    }
    cpm_nodes_release(&all);
}

static int by_serial(const void *a, const void *b)
{
    const struct cpm_edge *x = *(struct cpm_edge *const *)a, *y = *(struct cpm_edge *const *)b;

    return (x->serial > y->serial) - (x->serial < y->serial);
}

/* A name that many ask for mostly comes below nodes with little below them: those few are asked, in
 * the order of the list. False: they are many, or the list is short. */
static bool reload_few(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold)
{
    struct cpm_edge *edges[CPM_FEW_NODES], *e;
    struct cpm_nodes few = {0};
    size_t n = 0;
    bool whole = cpm_solver_name(s, fold)->edge_count > CPM_FEW_NODES &&
                 cpm_node_walk_few(top, CPM_FEW_NODES, &few);

    for (size_t i = 0; whole && i < few.n; i++)
        if ((e = cpm_edge_find(s, few.v[i], fold)))
            edges[n++] = e;
    if (n > 1)
        qsort(edges, n, sizeof(struct cpm_edge *), by_serial);
    for (size_t i = 0; i < n; i++)
        cpm_edge_reload(s, edges[i], true);
    cpm_nodes_release(&few);
    return whole;
}

/* With overrides the order in which edges find a node decides which rules it gets: npm's walk. An
 * edge that leads where it led before is left alone, with what it remembers. */
static void reload_in_order(struct cpm_solver *s, struct cpm_node *n, const struct cpm_node *top,
                            const struct cpm_name *fold)
{
    struct cpm_edge *e = cpm_edge_find(s, n, fold);

    if (e && ((e->to && e->to->parent == top) || cpm_node_resolve(s, n, fold) != e->to))
        cpm_edge_reload(s, e, true);
    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        reload_in_order(s, k, top, fold);
    for (struct cpm_node *k = n->first_fs_kid; k; k = k->next_fs_kid)
        reload_in_order(s, k, top, fold);
}

/* A node of this name came below `top`: who looks for it there finds it now. */
static void reload_named(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *fold)
{
    if (s->overrides) {
        reload_in_order(s, top, top, fold);
        return;
    }
    if (top->root != s->root) {
        reload_named_small(s, top, fold);
        return;
    }
    if (reload_few(s, top, fold))
        return;
    for (struct cpm_edge *e = cpm_solver_name(s, fold)->first_edge; e; e = e->next_named)
        if (cpm_node_within(e->from, top))
            cpm_edge_reload(s, e, true);
}

/* npm's quirk: what goes takes along the targets of links that lie below it. Targets that stand
 * alone (workspaces, folders) stay: npm would be left with a link to nowhere. */
static void take_targets_along(struct cpm_solver *s, const struct cpm_nodes *all)
{
    for (size_t i = 1; i < all->n; i++) {
        struct cpm_node *target = all->v[i]->target;

        if (target && target->root != all->v[i]->root && target->parent)
            cpm_node_detach(s, target);
    }
}

/* With overrides the order of a move decides which rules count: npm's. A node comes alone: who
 * looks for its name finds it, and what leads to and from it resolves again. Then its family comes,
 * one after the other; who has not come yet is nowhere. */
static void come(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *root);

static void bring_family(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_nodes family = {0};
    size_t folders;

    for (struct cpm_node *k = n->first_fs_kid; k; k = k->next_fs_kid)
        cpm_nodes_add(&family, k);
    folders = family.n;
    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        cpm_nodes_add(&family, k);
    for (size_t i = 0; i < family.n; i++)
        unlink_node(s, family.v[i]);
    for (size_t i = 0; i < family.n; i++) {
        struct cpm_node *k = family.v[i];

        if (i < folders)
            fs_link(k, n);
        else
            kid_link(s, k, n);
        come(s, k, n->root);
    }
    cpm_nodes_release(&family);
}

static void come(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *root)
{
    struct cpm_nodes alone = {&n, 1, 1};

    leave_tree(s, &alone, n);
    enter_tree(s, &alone, root);
    if (n->parent)
        reload_in_order(s, n->parent, n->parent, n->fold);
    reload_crossing(s, n);
    bring_family(s, n);
}

static void cut(struct cpm_solver *s, struct cpm_node *n, struct cpm_nodes *all)
{
    if (!n->parent && !n->fs_parent)
        return;
    n->path = cpm_node_path(s, n);
    unlink_node(s, n);
    if (s->overrides)
        come(s, n, n);
    cpm_node_walk(n, all);
    if (s->overrides)
        return;
    leave_tree(s, all, n);
    reload_moved(s, all);
}

void cpm_node_detach(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_nodes all = {0};

    cut(s, n, &all);
    take_targets_along(s, &all);
    cpm_nodes_release(&all);
}

/* Two links to one folder were made before either came in: they share the target of the first. */
static void share_target(struct cpm_solver *s, struct cpm_node *link)
{
    struct cpm_node *there;

    if (link->target->root == s->root || !(there = cpm_top_at(s, link->target->path)))
        return;
    link->target = there;
    link->pkg = there->pkg;
}

/* Below `parent`, with all that is below it. */
static void move_in(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent)
{
    struct cpm_nodes all = {0}, alone = {&n, 1, 1}; /* most come with nothing below them */
    struct cpm_nodes *in = n->first_kid || n->first_fs_kid ? &all : &alone;

    kid_link(s, n, parent);
    if (s->overrides) {
        come(s, n, parent->root);
        return;
    }
    if (in == &all)
        cpm_node_walk(n, &all);
    enter_tree(s, in, parent->root);
    reload_named(s, parent, n->fold);
    reload_moved(s, in);
    cpm_nodes_release(&all);
}

void cpm_node_attach(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent)
{
    struct cpm_nodes all = {0};
    struct cpm_node *old;

    if (n->parent == parent)
        return;
    if (s->overrides && n->root != parent->root)
        unlink_node(s, n);
    else
        cut(s, n, &all);
    cpm_nodes_release(&all);
    old = cpm_node_child(s, parent, n->fold);
    if (old)
        cpm_node_detach(s, old);
    n->path = CPM_STR_NONE;
    if (n->target && parent->root == s->root)
        share_target(s, n);
    move_in(s, n, parent);
    if (n->target && parent->root == s->root && n->target->root != s->root)
        cpm_node_attach_top(s, n->target);
}

/* Tops that were there first and lie in the new one's folder are its own now. */
static void adopt_tops(struct cpm_solver *s, struct cpm_node *n)
{
    for (size_t i = 0; i < s->tops.n; i++) {
        struct cpm_node *t = s->tops.v[i];

        if (t->root != s->root || t->path.len <= n->path.len ||
            !cpm_path_within(n->path.ptr, t->path.ptr) ||
            (t->fs_parent && t->fs_parent->path.len >= n->path.len))
            continue;
        if (t->fs_parent)
            fs_unlink(t);
        fs_link(t, n);
    }
}

void cpm_node_attach_top(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_node *best = NULL;
    struct cpm_nodes all = {0};
    const char *path = cpm_arena_strndup(&s->work, n->path.ptr, n->path.len);

    if (cpm_path_within(s->root->path.ptr, path))
        best = s->root;
    for (size_t i = 0; i < s->tops.n; i++) {
        struct cpm_node *t = s->tops.v[i];

        if (t->root == s->root && t->path.len && cpm_path_within(t->path.ptr, path) &&
            (!best || t->path.len > best->path.len))
            best = t;
    }
    n->path = cpm_str(path);
    n->location = cpm_str(cpm_path_relative(&s->work, s->root->path.ptr, path));
    if (best)
        fs_link(n, best);
    adopt_tops(s, n);
    cpm_node_walk(n, &all);
    enter_tree(s, &all, s->root);
    reload_moved(s, &all);
    cpm_nodes_release(&all);
    cpm_nodes_add(&s->tops, n);
}

/* Without the cascade of a removal: the children go below the new node first, so that its wishes
 * lead to nothing else when it comes in. */
void cpm_node_replace(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *old)
{
    struct cpm_node *parent = old->parent, *next;
    struct cpm_nodes all = {0};

    for (struct cpm_node *k = old->first_kid; k; k = next) {
        next = k->next_kid;
        cpm_node_attach(s, k, n);
    }
    cut(s, old, &all);
    cpm_nodes_release(&all);
    cpm_node_attach(s, n, parent);
    if (old->target && !n->target && old->target->root == n->root)
        cpm_node_detach(s, old->target);
}
