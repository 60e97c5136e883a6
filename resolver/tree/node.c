/* What a node is and where it stands. The root's children are found by their name's side table,
 * which is at hand anyway; of other nodes few are searched one by one and many are found by one
 * hash map for all trees, (parent, name) -> child, so that resolving a name costs a look-up a
 * level.
 */
#include "resolver/tree/node.h"

#include "base/mem.h"
#include "resolver/tree/solver.h"

#include <stdlib.h>

void cpm_nodes_add(struct cpm_nodes *list, struct cpm_node *node)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->v = cpm_realloc(list->v, list->cap, sizeof(struct cpm_node *));
    }
    list->v[list->n++] = node;
}

struct cpm_node *cpm_node_new(struct cpm_solver *s, const struct cpm_name *name,
                              const struct cpm_pkg *pkg)
{
    struct cpm_node *n = s->spare_nodes ? s->spare_nodes : CPM_NEW(&s->work, struct cpm_node);

    s->spare_nodes = n->next_kid;
    n->next_kid = NULL;
    n->name = name;
    n->fold = cpm_solver_fold(s, name);
    n->pkg = pkg;
    n->resolved = pkg->resolved;
    n->integrity = pkg->integrity;
    n->has_shrinkwrap = pkg->manifest && pkg->manifest->has_shrinkwrap;
    n->root = n;
    n->dev = n->optional = n->dev_optional = n->peer = n->extraneous = true;
    return n;
}

void cpm_node_recycle(struct cpm_solver *s, struct cpm_node *n)
{
    for (struct cpm_edge *e = n->lazy, *next; e; e = next) {
        next = e->next_lazy;
        *e = (struct cpm_edge){.next_lazy = s->spare_edges};
        s->spare_edges = e;
    }
    *n = (struct cpm_node){.next_kid = s->spare_nodes};
    s->spare_nodes = n;
}

struct cpm_node *cpm_link_new(struct cpm_solver *s, const struct cpm_name *name,
                              struct cpm_node *target)
{
    struct cpm_node *n = cpm_node_new(s, name, target->pkg);

    n->target = target;
    n->resolved = n->integrity = CPM_STR_NONE;
    n->has_shrinkwrap = false;
    return n;
}

struct cpm_node *cpm_node_child(const struct cpm_solver *s, const struct cpm_node *n,
                                const struct cpm_name *fold)
{
    if (n == s->root)
        return fold->id < s->by_name_size && s->by_name[fold->id] ? s->by_name[fold->id]->root_kid
                                                                  : NULL;
    if (n->kids_indexed)
        return cpm_pairs_get(&s->kids, n, fold);
    for (struct cpm_node *k = n->first_kid; k; k = k->next_kid)
        if (k->fold == fold)
            return k;
    return NULL;
}

struct cpm_node *cpm_node_resolve(const struct cpm_solver *s, const struct cpm_node *from,
                                  const struct cpm_name *fold)
{
    struct cpm_node *found;

    for (const struct cpm_node *n = from; n; n = cpm_node_above(n))
        if ((found = cpm_node_child(s, n, fold)))
            return found;
    return NULL;
}

bool cpm_node_within(const struct cpm_node *n, const struct cpm_node *top)
{
    for (; n; n = cpm_node_above(n))
        if (n == top)
            return true;
    return false;
}

bool cpm_node_is_global_top(const struct cpm_solver *s, const struct cpm_node *n)
{
    return s->opts->global && n->parent && n->parent == s->root;
}

bool cpm_node_is_top(const struct cpm_solver *s, const struct cpm_node *n)
{
    return !n->parent || cpm_node_is_global_top(s, n);
}

bool cpm_node_is_workspace(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_edge *e;

    if (!s->in->workspace_count || n->root != s->root || n == s->root || !n->pkg->name)
        return false;
    e = cpm_edge_find(s, s->root, cpm_solver_fold(s, n->pkg->name));
    return e && e->type == CPM_EDGE_WORKSPACE && e->to && (e->to == n || e->to->target == n);
}

bool cpm_node_is_ours(struct cpm_solver *s, struct cpm_node *n)
{
    return n == n->root || cpm_node_is_workspace(s, n);
}

unsigned cpm_node_depth(const struct cpm_solver *s, const struct cpm_node *n)
{
    unsigned depth = 0;

    for (; !cpm_node_is_top(s, n); n = n->parent)
        depth++;
    return depth;
}

struct cpm_str cpm_node_version(const struct cpm_node *n)
{
    return cpm_name_str(n->pkg->version);
}

struct cpm_str cpm_node_path(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_str above;

    if (n->path.len)
        return n->path;
    if (!n->parent)
        return n->source ? cpm_node_path(s, n->source) : CPM_STR_NONE;
    above = cpm_node_path(s, n->parent);
    return CPM_CONCAT(&s->work, above, CPM_STR("/node_modules/"), cpm_name_str(n->name));
}

struct cpm_node *cpm_top_at(const struct cpm_solver *s, struct cpm_str path)
{
    if (cpm_str_eq(path, s->root->path))
        return s->root;
    for (size_t i = 0; i < s->tops.n; i++)
        if (s->tops.v[i]->root == s->root && cpm_str_eq(s->tops.v[i]->path, path))
            return s->tops.v[i];
    return NULL;
}

/* The target of a link that stands in a lock has its folder's name, which need not be the link's.
 */
static bool same_target(const struct cpm_node *a, const struct cpm_node *b)
{
    const struct cpm_node *x = a->target, *y = b->target;

    if (!y || x == x->root || (!a->of_wish && !b->of_wish))
        return y && cpm_node_matches(x, y);
    return (a->of_wish ? a->name : x->name) == (b->of_wish ? b->name : y->name) && x->pkg->name &&
           x->pkg->name == y->pkg->name && x->pkg->version && x->pkg->version == y->pkg->version;
}

bool cpm_node_matches(const struct cpm_node *a, const struct cpm_node *b)
{
    if (a == b)
        return true;
    if (a->name != b->name)
        return false;
    if (a->target)
        return same_target(a, b);
    if (b->target && a->resolved.len) /* a link is resolved to the way to its target */
        return false;
    if (a->integrity.len && b->integrity.len)
        return cpm_str_eq(a->integrity, b->integrity);
    if (a->resolved.len && b->resolved.len)
        return cpm_str_eq(a->resolved, b->resolved);
    return a->pkg->name && a->pkg->name == b->pkg->name && a->pkg->version &&
           a->pkg->version == b->pkg->version;
}

void cpm_node_walk(struct cpm_node *top, struct cpm_nodes *out)
{
    cpm_nodes_add(out, top);
    for (struct cpm_node *k = top->first_fs_kid; k; k = k->next_fs_kid)
        cpm_node_walk(k, out);
    for (struct cpm_node *k = top->first_kid; k; k = k->next_kid)
        cpm_node_walk(k, out);
}

bool cpm_node_walk_few(struct cpm_node *top, size_t most, struct cpm_nodes *out)
{
    cpm_nodes_add(out, top);
    for (size_t i = 0; i < out->n && out->n <= most; i++) {
        for (struct cpm_node *k = out->v[i]->first_fs_kid; k; k = k->next_fs_kid)
            cpm_nodes_add(out, k);
        if (out->v[i]->kid_count > most)
            return false;
        for (struct cpm_node *k = out->v[i]->first_kid; k; k = k->next_kid)
            cpm_nodes_add(out, k);
    }
    return out->n <= most;
}

static int by_serial(const void *a, const void *b)
{
    const struct cpm_node *x = *(struct cpm_node *const *)a, *y = *(struct cpm_node *const *)b;

    return (x->serial > y->serial) - (x->serial < y->serial);
}

static void keep_named(struct cpm_nodes *list, const struct cpm_name *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n; i++)
        if (list->v[i]->name == name)
            list->v[kept++] = list->v[i];
    list->n = kept;
}

void cpm_nodes_named_below(struct cpm_solver *s, struct cpm_node *top, const struct cpm_name *name,
                           struct cpm_nodes *out)
{
    size_t kept = 0;

    if (top->root == s->root && cpm_solver_name(s, name)->node_count > CPM_FEW_NODES) {
        if (cpm_node_walk_few(top, CPM_FEW_NODES, out)) {
            keep_named(out, name);
            qsort(out->v, out->n, sizeof(*out->v), by_serial);
            return;
        }
        out->n = 0;
    }
    cpm_nodes_of_name(s, top->root, name, out);
    for (size_t i = 0; i < out->n; i++)
        if (cpm_node_within(out->v[i], top))
            out->v[kept++] = out->v[i];
    out->n = kept;
}

void cpm_nodes_of_name(struct cpm_solver *s, struct cpm_node *root, const struct cpm_name *name,
                       struct cpm_nodes *out)
{
    if (root == s->root) {
        for (struct cpm_node *n = cpm_solver_name(s, name)->first_node; n; n = n->next_named)
            cpm_nodes_add(out, n);
        return;
    }
    cpm_node_walk(root, out);
    keep_named(out, name);
}
