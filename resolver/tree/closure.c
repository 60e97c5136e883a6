/* A breadth-first walk that knows no tree: every spec that is asked for picks a version, and that
 * version's dependencies are asked for in turn. It names too much where the tree would dedupe, and
 * too little where a peer is taken from elsewhere: it is a guess, and the solver decides. What the
 * lock has at the top level and a spec is content with is not asked for; nor is a second version
 * where the root's own choice, or for a peer any choice so far, will do. */
#include "base/map.h"
#include "base/mem.h"
#include "resolver/tree/pairs.h"
#include "resolver/tree/picked.h"
#include "resolver/tree/platform.h"

struct wish { /* of one name, before its packument came */
    const struct cpm_spec *spec;
    bool optional, top, peer;
    struct wish *next;
};

struct pick { /* a version that was chosen */
    struct cpm_version version;
    bool top;
    struct pick *next;
};

struct target { /* one name */
    const struct cpm_name *name;
    const struct cpm_packument *packument;
    struct wish *wishes;
    struct pick *picks;
    struct target *next; /* to be fetched */
    bool arrived;
};

struct cpm_tree_closure {
    const struct cpm_tree_input *in;
    const struct cpm_tree_options *opts;
    struct cpm_arena arena;
    struct cpm_pairs targets; /* (name, NULL) -> struct target */
    struct cpm_pairs asked;   /* (name, spec) -> itself */
    struct cpm_pairs picked;  /* (packument, version + 1) -> itself */
    struct cpm_map locked;    /* name -> lock entry at the top level */
    struct cpm_map workspaces;
    struct target *first, *last;
    void (*on_pick)(void *data, const struct cpm_manifest *m);
    void *data;
};

static void walk_manifest(struct cpm_tree_closure *c, const struct cpm_manifest *m, bool top,
                          bool optional);

static struct target *target_of(struct cpm_tree_closure *c, const struct cpm_name *name)
{
    struct target *t = cpm_pairs_get(&c->targets, name, NULL);

    if (t)
        return t;
    t = CPM_NEW(&c->arena, struct target);
    t->name = name;
    cpm_pairs_set(&c->targets, name, NULL, t);
    if (c->last)
        c->last->next = t;
    else
        c->first = t;
    c->last = t;
    return t;
}

/* The root's choice stands at the top of the tree, where everybody finds it. */
static bool has_enough(const struct target *t, const struct wish *wish)
{
    for (const struct pick *p = t->picks; p && !wish->top; p = p->next)
        if ((p->top || wish->peer) && wish->spec->range &&
            cpm_range_satisfies(wish->spec->range, &p->version, CPM_SEMVER_LOOSE))
            return true;
    return false;
}

static void remember(struct cpm_tree_closure *c, struct target *t, uint32_t index, bool top)
{
    struct cpm_packument_facts facts;
    struct pick *pick = CPM_NEW(&c->arena, struct pick);

    cpm_packument_facts(t->packument, index, &facts);
    *pick = (struct pick){facts.version, top, t->picks};
    t->picks = pick;
}

static void fulfil(struct cpm_tree_closure *c, struct target *t, const struct wish *wish)
{
    const struct cpm_manifest *m;
    const void *key;
    uint32_t index;
    bool elsewhere;

    if (!t->packument || has_enough(t, wish) ||
        cpm_pick(t->packument, wish->spec, &c->opts->pick, &index, NULL) < 0)
        return;
    key = (const void *)((uintptr_t)index + 1);
    if (cpm_pairs_get(&c->picked, t->packument, key))
        return;
    cpm_pairs_set(&c->picked, t->packument, key, t);
    remember(c, t, index, wish->top);
    m = cpm_tree_manifest(c->in, t->packument, index);
    elsewhere = wish->optional && !cpm_platform_suits(&c->arena, c->opts, m);
    if (c->on_pick && !elsewhere)
        c->on_pick(c->data, m);
    walk_manifest(c, m, false, wish->optional);
}

static bool lock_suffices(struct cpm_tree_closure *c, const struct cpm_name *name,
                          const struct cpm_spec *spec)
{
    const struct cpm_lock_entry *e = cpm_map_get(&c->locked, cpm_name_str(name));
    struct cpm_version v;

    if (!e)
        return false;
    if (e->link || spec->type == CPM_SPEC_TAG)
        return true;
    return spec->range && e->manifest && e->manifest->version &&
           cpm_version_parse(cpm_name_str(e->manifest->version), CPM_SEMVER_LOOSE, &v) &&
           cpm_range_satisfies(spec->range, &v, CPM_SEMVER_LOOSE);
}

static void ask(struct cpm_tree_closure *c, const struct cpm_dep *dep, struct wish like)
{
    const struct cpm_name *name = dep->name, *text = dep->spec;
    struct cpm_spec *spec;
    struct target *t;
    struct wish *wish;

    if (cpm_pairs_get(&c->asked, name, text))
        return;
    cpm_pairs_set(&c->asked, name, text, c);
    spec = CPM_NEW(&c->arena, struct cpm_spec);
    if (cpm_spec_resolve(&c->arena, cpm_name_str(name), cpm_name_str(text), c->opts->path, spec,
                         NULL) < 0 ||
        !spec->registry || cpm_map_get(&c->workspaces, cpm_name_str(name)))
        return;
    if (spec->type == CPM_SPEC_ALIAS) {
        name = cpm_names_get(c->in->names, spec->sub->name);
        spec = (struct cpm_spec *)spec->sub;
    } else if (lock_suffices(c, name, spec)) {
        return;
    }
    t = target_of(c, name);
    wish = CPM_NEW(&c->arena, struct wish);
    *wish = like;
    wish->spec = spec;
    wish->next = t->wishes;
    if (t->arrived)
        fulfil(c, t, wish);
    else
        t->wishes = wish;
}

static bool is_bundled(const struct cpm_manifest *m, const struct cpm_name *name)
{
    for (uint32_t i = 0; i < m->bundle_count; i++)
        if (m->bundle[i] == name)
            return true;
    return false;
}

static void walk_manifest(struct cpm_tree_closure *c, const struct cpm_manifest *m, bool top,
                          bool optional)
{
    for (int g = 0; g < CPM_DEPS_ACCEPT; g++) {
        bool skip =
            (g == CPM_DEPS_DEV && !top) || (g == CPM_DEPS_PEER && c->opts->legacy_peer_deps);

        for (uint32_t i = 0; !skip && i < m->deps[g].n; i++) {
            const struct cpm_dep *d = &m->deps[g].v[i];

            if (!d->optional_peer && (top || !is_bundled(m, d->name)))
                ask(c, d,
                    (struct wish){.optional = optional || g == CPM_DEPS_OPTIONAL,
                                  .top = top,
                                  .peer = g == CPM_DEPS_PEER});
        }
    }
}

static void read_lock(struct cpm_tree_closure *c)
{
    const struct cpm_lock *lock = c->opts->update_all ? NULL : c->in->lock;

    for (size_t i = 0; lock && i < lock->count; i++) {
        struct cpm_str name = cpm_location_name(lock->entries[i].location);

        if (lock->entries[i].location.len == name.len + strlen("node_modules/"))
            cpm_map_set(&c->locked, name, &lock->entries[i]);
    }
    for (size_t i = 0; lock && i < c->in->update_count; i++)
        cpm_map_del(&c->locked, cpm_name_str(c->in->updates[i]));
    for (size_t i = 0; lock && i < c->in->add_count; i++)
        cpm_map_del(&c->locked, cpm_name_str(c->in->adds[i].name));
}

struct cpm_tree_closure *cpm_tree_closure_new(const struct cpm_tree_input *in,
                                              const struct cpm_tree_options *opts)
{
    struct cpm_tree_closure *c = cpm_calloc(1, sizeof(*c));

    c->in = in;
    c->opts = opts;
    cpm_arena_init(&c->arena);
    read_lock(c);
    for (size_t i = 0; i < in->workspace_count; i++)
        cpm_map_set(&c->workspaces, cpm_name_str(in->workspaces[i].name),
                    (void *)&in->workspaces[i]);
    walk_manifest(c, in->root, true, false);
    for (size_t i = 0; i < in->workspace_count; i++)
        walk_manifest(c, in->workspaces[i].manifest, true, false);
    return c;
}

void cpm_tree_closure_free(struct cpm_tree_closure *c)
{
    if (!c)
        return;
    cpm_pairs_release(&c->targets);
    cpm_pairs_release(&c->asked);
    cpm_pairs_release(&c->picked);
    cpm_map_release(&c->locked);
    cpm_map_release(&c->workspaces);
    cpm_arena_release(&c->arena);
    cpm_free(c);
}

const struct cpm_name *cpm_tree_closure_next(struct cpm_tree_closure *c)
{
    struct target *t = c->first;

    if (!t)
        return NULL;
    c->first = t->next;
    if (!c->first)
        c->last = NULL;
    return t->name;
}

void cpm_tree_closure_feed(struct cpm_tree_closure *c, const struct cpm_name *name,
                           const struct cpm_packument *p,
                           void (*picked)(void *data, const struct cpm_manifest *m), void *data)
{
    struct target *t = cpm_pairs_get(&c->targets, name, NULL);
    struct wish *wishes;

    if (!t || t->arrived)
        return;
    c->on_pick = picked;
    c->data = data;
    t->arrived = true;
    t->packument = p;
    wishes = t->wishes;
    t->wishes = NULL;
    for (struct wish *w = wishes; w; w = w->next)
        if (w->top)
            fulfil(c, t, w);
    for (struct wish *w = wishes; w; w = w->next)
        if (!w->top)
            fulfil(c, t, w);
}
