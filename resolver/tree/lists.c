/* The trick that keeps this linear: the ideal tree knows its edges and nodes by name, and a parent
 * with many children finds them in the solver's map. */
#include "resolver/tree/lists.h"

#include "resolver/tree/solver.h"

enum { FEW_KIDS = 6 }; /* that are searched one by one */

static void index_kids(struct cpm_solver *s, struct cpm_node *parent)
{
    parent->kids_indexed = true;
    for (struct cpm_node *k = parent->first_kid; k; k = k->next_kid)
        cpm_pairs_set(&s->kids, parent, k->fold, k);
}

void cpm_lists_add_kid(struct cpm_solver *s, struct cpm_node *n, struct cpm_node *parent)
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

void cpm_lists_add_folder(struct cpm_node *n, struct cpm_node *parent)
{
    struct cpm_node **at = &parent->first_fs_kid;

    while (*at)
        at = &(*at)->next_fs_kid;
    *at = n;
    n->fs_parent = parent;
}

void cpm_lists_leave(struct cpm_solver *s, struct cpm_node *n)
{
    if (n->parent)
        kid_unlink(s, n);
    else if (n->fs_parent)
        fs_unlink(n);
}

/* The ideal tree's. */

void cpm_lists_add_edge(struct cpm_solver *s, struct cpm_edge *e)
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

void cpm_lists_del_edge(struct cpm_solver *s, struct cpm_edge *e)
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

void cpm_lists_add_node(struct cpm_solver *s, struct cpm_node *n)
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
        cpm_lists_add_edge(s, &n->edges[i]);
}

void cpm_lists_del_node(struct cpm_solver *s, struct cpm_node *n)
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
        cpm_lists_del_edge(s, &n->edges[i]);
}
