/* From a manifest's dependency groups to the list of wishes, in npm's order: workspaces, peers,
 * optional peers, prod, optional, dev. A later wish of the same name replaces an earlier one and
 * stands at the end; only workspaces are never replaced. */
#include "resolver/tree/solver.h"

#include <stdlib.h>

#define FEW 8 /* wishes that are searched one by one */

struct maker {
    struct cpm_solver *s;
    const struct cpm_manifest *manifest;
    struct cpm_wants *wants;
    bool few;              /* searched one by one, without `seen` */
    struct cpm_pairs seen; /* (fold, NULL) -> place + 1 */
};

/* The place + 1 of a wish for this name, or 0. */
static uint32_t find_seen(const struct maker *m, const struct cpm_name *fold)
{
    if (!m->few)
        return (uint32_t)(uintptr_t)cpm_pairs_get(&m->seen, fold, NULL);
    for (uint32_t i = m->wants->n; i > 0; i--)
        if (m->wants->v[i - 1].fold == fold)
            return i;
    return 0;
}

static const struct cpm_name *accept_of(const struct cpm_manifest *m, const struct cpm_name *name)
{
    const struct cpm_deps *accept = &m->deps[CPM_DEPS_ACCEPT];

    for (uint32_t i = 0; i < accept->n; i++)
        if (accept->v[i].name == name)
            return accept->v[i].spec;
    return NULL;
}

static void add(struct maker *m, const struct cpm_dep *dep, enum cpm_edge_type type)
{
    const struct cpm_name *fold = cpm_solver_fold(m->s, dep->name);
    uint32_t old = find_seen(m, fold);

    if (old && m->wants->v[old - 1].type == CPM_EDGE_WORKSPACE)
        return;
    if (old)
        m->wants->v[old - 1].replaced = true;
    m->wants->v[m->wants->n++] = (struct cpm_want){
        dep->name, fold, dep->spec, accept_of(m->manifest, dep->name), type, false, NULL};
    if (!m->few)
        cpm_pairs_set(&m->seen, fold, NULL, (void *)(uintptr_t)m->wants->n);
}

static void add_group(struct maker *m, enum cpm_dep_group group, enum cpm_edge_type type)
{
    const struct cpm_deps *deps = &m->manifest->deps[group];

    for (uint32_t i = 0; i < deps->n; i++)
        if (group != CPM_DEPS_PEER || deps->v[i].optional_peer == (type == CPM_EDGE_PEER_OPTIONAL))
            add(m, &deps->v[i], type);
}

static void remember_replaced(struct cpm_solver *s, struct cpm_wants *wants)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < wants->n; i++)
        n += wants->v[i].replaced;
    if (!n || !s->overrides)
        return;
    wants->all_n = wants->n;
    wants->all = CPM_NEW_ARRAY(&s->work, struct cpm_want, wants->n);
    memcpy(wants->all, wants->v, wants->n * sizeof(*wants->v));
}

static void drop_replaced(struct cpm_wants *wants)
{
    uint32_t kept = 0;

    wants->peers = 0;
    for (uint32_t i = 0; i < wants->n; i++) {
        if (wants->v[i].replaced)
            continue;
        wants->peers +=
            wants->v[i].type == CPM_EDGE_PEER || wants->v[i].type == CPM_EDGE_PEER_OPTIONAL;
        wants->v[kept++] = wants->v[i];
    }
    wants->n = kept;
}

static int by_fold(const void *a, const void *b, void *data)
{
    const struct cpm_want *v = data;
    uintptr_t x = (uintptr_t)v[*(const uint32_t *)a].fold;
    uintptr_t y = (uintptr_t)v[*(const uint32_t *)b].fold;

    return (x > y) - (x < y);
}

static void make_index(struct cpm_solver *s, struct cpm_wants *wants)
{
    if (wants->n <= FEW)
        return;
    wants->index = CPM_NEW_ARRAY(&s->work, uint32_t, wants->n);
    for (uint32_t i = 0; i < wants->n; i++)
        wants->index[i] = i;
    qsort_r(wants->index, wants->n, sizeof(uint32_t), by_fold, wants->v);
}

static void add_workspaces(struct maker *m)
{
    const struct cpm_tree_input *in = m->s->in;

    for (size_t i = 0; i < in->workspace_count; i++) {
        const char *spec = cpm_arena_printf(&m->s->work, "file:%s/%.*s", m->s->opts->path,
                                            CPM_STR_ARG(in->workspaces[i].location));
        struct cpm_dep dep = {in->workspaces[i].name, cpm_names_get(m->s->names, cpm_str(spec)),
                              false};

        add(m, &dep, CPM_EDGE_WORKSPACE);
    }
}

static struct cpm_wants *make(struct cpm_solver *s, const struct cpm_manifest *manifest, bool dev,
                              bool workspaces)
{
    struct maker m = {.s = s, .manifest = manifest};
    size_t most = workspaces ? s->in->workspace_count : 0;

    for (int g = 0; g < CPM_DEPS_ACCEPT; g++)
        most += manifest->deps[g].n;
    m.few = most <= 2 * FEW;
    m.wants = CPM_NEW(&s->work, struct cpm_wants);
    m.wants->v = CPM_NEW_ARRAY(&s->work, struct cpm_want, most ? most : 1);
    if (workspaces)
        add_workspaces(&m);
    if (!s->opts->legacy_peer_deps) {
        add_group(&m, CPM_DEPS_PEER, CPM_EDGE_PEER);
        add_group(&m, CPM_DEPS_PEER, CPM_EDGE_PEER_OPTIONAL);
    }
    add_group(&m, CPM_DEPS_PROD, CPM_EDGE_PROD);
    add_group(&m, CPM_DEPS_OPTIONAL, CPM_EDGE_OPTIONAL);
    if (dev)
        add_group(&m, CPM_DEPS_DEV, CPM_EDGE_DEV);
    cpm_pairs_release(&m.seen);
    remember_replaced(s, m.wants);
    drop_replaced(m.wants);
    make_index(s, m.wants);
    return m.wants;
}

const struct cpm_wants *cpm_pkg_wants(struct cpm_solver *s, const struct cpm_pkg *pkg, bool dev)
{
    static const struct cpm_wants none;
    struct cpm_pkg *cache = (struct cpm_pkg *)pkg;

    if (!pkg->manifest)
        return &none;
    if (!cache->wants[dev])
        cache->wants[dev] = make(s, pkg->manifest, dev, false);
    return cache->wants[dev];
}

const struct cpm_wants *cpm_root_wants(struct cpm_solver *s, const struct cpm_manifest *manifest)
{
    return make(s, manifest, true, true);
}

void cpm_root_take_wants(struct cpm_solver *s)
{
    const struct cpm_wants *old = s->root->wants, *wants = s->root_wants;

    for (uint32_t i = 0; old && i < old->n; i++)
        cpm_solver_name(s, old->v[i].fold)->root_want = 0;
    for (uint32_t i = 0; i < wants->n; i++)
        cpm_solver_name(s, wants->v[i].fold)->root_want = i + 1;
    s->root->wants = wants;
}
