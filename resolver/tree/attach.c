/* Attaching, cutting off and replacing nodes: the lists first (lists.h), then the edges that this
 * concerns (reload.h). */
#include "base/path.h"
#include "resolver/tree/lists.h"
#include "resolver/tree/reload.h"
#include "resolver/tree/solver.h"

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
            cpm_lists_add_node(s, n);
        }
    }
}

static void leave_tree(struct cpm_solver *s, const struct cpm_nodes *all, struct cpm_node *root)
{
    for (size_t i = 0; i < all->n; i++) {
        struct cpm_node *n = all->v[i];

        if (n->root == s->root)
            cpm_lists_del_node(s, n);
        n->root = root;
    }
}

static void reload_moved(struct cpm_solver *s, const struct cpm_nodes *all)
{
    for (size_t i = 0; i < all->n; i++)
        cpm_reload_crossing(s, all->v[i]);
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

/* npm's order. A node comes alone: who
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
        cpm_lists_leave(s, family.v[i]);
    for (size_t i = 0; i < family.n; i++) {
        struct cpm_node *k = family.v[i];

        if (i < folders)
            cpm_lists_add_folder(k, n);
        else
            cpm_lists_add_kid(s, k, n);
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
        cpm_reload_named(s, n->parent, n->fold);
    cpm_reload_crossing(s, n);
    bring_family(s, n);
}

static void cut(struct cpm_solver *s, struct cpm_node *n, struct cpm_nodes *all)
{
    if (!n->parent && !n->fs_parent)
        return;
    n->path = cpm_node_path(s, n);
    cpm_lists_leave(s, n);
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

    cpm_lists_add_kid(s, n, parent);
    if (cpm_solver_shows_order(s)) {
        come(s, n, parent->root);
        return;
    }
    if (in == &all)
        cpm_node_walk(n, &all);
    enter_tree(s, in, parent->root);
    cpm_reload_named(s, parent, n->fold);
    reload_moved(s, in);
    cpm_nodes_release(&all);
}

void cpm_node_attach(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent)
{
    struct cpm_nodes all = {0};
    struct cpm_node *old;

    if (n->parent == parent)
        return;
    if (cpm_solver_shows_order(s) && n->root != parent->root)
        cpm_lists_leave(s, n);
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
            cpm_lists_leave(s, t);
        cpm_lists_add_folder(t, n);
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
        cpm_lists_add_folder(n, best);
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
