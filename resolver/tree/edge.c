/* What an edge resolves to and whether that satisfies it. The answer is remembered until the edge
 * resolves again, also when a node's rules change behind the edge's back: npm's trees have that. */
#include "resolver/tree/node.h"

#include "resolver/tree/depvalid.h"
#include "resolver/tree/lists.h"
#include "resolver/tree/override.h"
#include "resolver/tree/solver.h"

static void in_link(struct cpm_edge *e)
{
    struct cpm_node *to = e->to;

    e->prev_in = to->last_in;
    e->next_in = NULL;
    if (to->last_in)
        to->last_in->next_in = e;
    else
        to->first_in = e;
    to->last_in = e;
}

static void in_unlink(struct cpm_edge *e)
{
    if (e->prev_in)
        e->prev_in->next_in = e->next_in;
    else
        e->to->first_in = e->next_in;
    if (e->next_in)
        e->next_in->prev_in = e->prev_in;
    else
        e->to->last_in = e->prev_in;
    e->prev_in = e->next_in = NULL;
}

void cpm_edge_reload(struct cpm_solver *s, struct cpm_edge *e, bool hard)
{
    const struct cpm_override *before = e->overrides;
    bool changed = s->overrides && cpm_edge_update_rule(s, e);
    struct cpm_node *to = e->from ? cpm_node_resolve(s, e->from, e->want->fold) : NULL;
    struct cpm_node *old = e->to;

    if (to != old) {
        if (old)
            in_unlink(e);
        e->to = NULL;
        if (old && e->overrides)
            cpm_node_rules_removed(s, old, e->overrides);
        if (e->to) /* the change of rules came round to this edge */
            in_unlink(e);
        e->to = to;
        e->state = CPM_EDGE_UNKNOWN;
        if (to)
            in_link(e);
        if (to && e->overrides)
            cpm_node_rules_added(s, to, e->overrides);
    } else if (hard) {
        e->state = CPM_EDGE_UNKNOWN;
    } else if (changed && to) {
        cpm_node_rules_removed(s, to, before);
        cpm_node_rules_added(s, to, e->overrides);
    }
}

void cpm_edge_turn(struct cpm_edge *e, struct cpm_node *to)
{
    if (e->to)
        in_unlink(e);
    e->to = to;
    if (to)
        in_link(e);
}

void cpm_edge_begin(struct cpm_solver *s, struct cpm_edge *e)
{
    if (s->overrides) /* npm looks at the rules twice, which empty wishes notice */
        cpm_edge_update_rule(s, e);
    cpm_edge_reload(s, e, true);
}

void cpm_edge_detach(struct cpm_solver *s, struct cpm_edge *e)
{
    struct cpm_node *old = e->to;

    if (old)
        in_unlink(e);
    e->to = NULL;
    if (old && e->overrides)
        cpm_node_rules_removed(s, old, e->overrides);
    e->from = NULL;
    e->overrides = NULL;
    e->state = CPM_EDGE_UNKNOWN;
}

const struct cpm_name *cpm_edge_spec(struct cpm_solver *s, const struct cpm_edge *e)
{
    return e->overrides ? cpm_override_spec(s, e) : e->want->spec;
}

static bool either(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *n,
                   const struct cpm_name *spec)
{
    return cpm_dep_valid(s, e, n, spec) ||
           (e->want->accept && cpm_dep_valid(s, e, n, e->want->accept));
}

bool cpm_edge_accepts(struct cpm_solver *s, const struct cpm_edge *e, const struct cpm_node *n)
{
    const struct cpm_name *key;

    if (n->name != e->want->name || !e->from)
        return false;
    if (!e->overrides || n->has_shrinkwrap || cpm_node_in_shrinkwrap(n) ||
        cpm_node_bundler(s, (struct cpm_node *)n))
        return either(s, e, n, e->want->spec);
    key = cpm_override_key_spec(e->overrides);
    if (!key || either(s, e, n, cpm_edge_spec(s, e)))
        return key || either(s, e, n, cpm_edge_spec(s, e));
    /* Good by the raw spec, as long as the rule does not speak of this version. */
    return either(s, e, n, e->want->spec) && !either(s, e, n, key);
}

static enum cpm_edge_state find_error(struct cpm_solver *s, struct cpm_edge *e)
{
    if (!e->to)
        return cpm_edge_is_optional(e) ? CPM_EDGE_VALID : CPM_EDGE_MISSING;
    if (cpm_edge_is_peer(e) && e->to->parent == e->from && !cpm_node_is_top(s, e->from))
        return CPM_EDGE_PEER_LOCAL;
    if (!cpm_edge_accepts(s, e, e->to))
        return CPM_EDGE_INVALID;
    if (e->overrides && e->to->overrides && e->to->wants && e->to->wants->n &&
        cpm_overrides_conflict(s, e->overrides, e->to->overrides))
        return CPM_EDGE_INVALID;
    return CPM_EDGE_VALID;
}

enum cpm_edge_state cpm_edge_error(struct cpm_solver *s, struct cpm_edge *e)
{
    e->state = (unsigned char)find_error(s, e);
    return (enum cpm_edge_state)e->state;
}

static struct cpm_edge *find_lazy(struct cpm_solver *s, struct cpm_node *from, uint32_t i)
{
    struct cpm_edge *e = from->lazy;

    while (e && e->want != &from->wants->v[i])
        e = e->next_lazy;
    if (e)
        return e;
    e = s->spare_edges ? s->spare_edges : CPM_NEW(&s->work, struct cpm_edge);
    s->spare_edges = e->next_lazy;
    e->from = from;
    e->want = &from->wants->v[i];
    e->type = (unsigned char)e->want->type;
    e->next_lazy = from->lazy;
    from->lazy = e;
    cpm_edge_begin(s, e);
    return e;
}

static int64_t want_index(const struct cpm_wants *wants, const struct cpm_name *fold)
{
    uint32_t low = 0, high = wants->n;

    if (!wants->index) {
        for (uint32_t i = 0; i < wants->n; i++)
            if (wants->v[i].fold == fold)
                return i;
        return -1;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2, at = wants->index[middle];

        if (wants->v[at].fold == fold)
            return at;
        if ((uintptr_t)wants->v[at].fold < (uintptr_t)fold)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

struct cpm_edge *cpm_edge_find(struct cpm_solver *s, struct cpm_node *from,
                               const struct cpm_name *fold)
{
    int64_t i = from == s->root ? (int64_t)cpm_solver_name(s, fold)->root_want - 1
                : from->wants   ? want_index(from->wants, fold)
                                : -1;

    if (i < 0)
        return NULL;
    if (from->lazy_edges)
        return find_lazy(s, from, (uint32_t)i);
    return from->edges ? &from->edges[i] : NULL;
}

/* The edges of a node. */

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
        cpm_lists_add_edge(s, &n->edges[i]);
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

        cpm_lists_del_edge(s, e);
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
