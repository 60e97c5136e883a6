/* From the tree to the flat lock. Which nodes have an entry, which fields it has and what they say
 * is npm's rule (Shrinkwrap.commit); the order is the writer's. */
#include "base/path.h"
#include "resolver/tree/legacy.h"

#include "semver/hosted.h"

/* The name that the folder implies; npm leaves the name out where it would say the same. */
static bool name_is_implied(struct cpm_solver *s, struct cpm_node *n)
{
    const struct cpm_name *name = n->pkg->name;

    return n != s->root && name == n->name &&
           (n->parent || cpm_str_eq(cpm_location_name(cpm_node_path(s, n)), cpm_name_str(name)));
}

static struct cpm_str relative_file(struct cpm_solver *s, struct cpm_str resolved)
{
    const char *path = cpm_arena_strndup(&s->work, resolved.ptr + 5, resolved.len - 5);

    if (path[0] != '/')
        return resolved;
    return cpm_str(
        cpm_arena_printf(s->keep, "file:%s", cpm_path_relative(&s->work, s->opts->path, path)));
}

/* npm's consistentResolve: paths relative to the project, git hosts by one form of address. */
static struct cpm_str resolved_text(struct cpm_solver *s, struct cpm_str resolved)
{
    const struct cpm_hosted *hosted;

    if (cpm_str_starts(resolved, "file:"))
        return relative_file(s, resolved);
    if (cpm_str_starts(resolved, "http"))
        return resolved;
    hosted = cpm_hosted_parse(&s->work, resolved, NULL, 0);
    if (!hosted)
        return resolved;
    return cpm_arena_str(
        s->keep, cpm_hosted_url(&s->work, hosted,
                                hosted->has_auth ? CPM_HOSTED_HTTPS : CPM_HOSTED_SSHURL, NULL));
}

/* Everyone who needs it asked a registry for it. */
static bool is_from_registry(struct cpm_solver *s, const struct cpm_node *n)
{
    for (struct cpm_edge *e = n->first_in; e; e = e->next_in) {
        const struct cpm_spec *spec = cpm_edge_parse(s, e, cpm_edge_spec(s, e), NULL);

        if (!spec || !spec->registry)
            return false;
    }
    return n->first_in != NULL;
}

static void copy_flags(const struct cpm_node *n, struct cpm_lock_entry *e)
{
    e->extraneous = n->extraneous;
    e->inert = n->inert;
    e->peer = n->peer;
    e->dev = n->dev;
    e->optional = n->optional;
    e->dev_optional = n->dev_optional && !n->dev && !n->optional;
}

static struct cpm_lock_entry entry_of(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_lock_entry e = {.location = cpm_arena_str(s->keep, n->location)};

    if (n->target) {
        e.link = true;
        e.resolved = cpm_arena_str(s->keep, n->target->location);
        e.inert = n->inert;
        copy_flags(n, &e);
        return e;
    }
    e.manifest = n->pkg->manifest;
    if (n->pkg->name && !name_is_implied(s, n))
        e.name = n->pkg->name;
    if (n->resolved.len && !(s->opts->omit_registry_resolved && is_from_registry(s, n)))
        e.resolved = resolved_text(s, n->resolved);
    e.integrity = n->integrity.len ? n->integrity : n->pkg->integrity;
    e.in_bundle = cpm_node_bundler(s, n) != NULL;
    if (n->entry)
        e.unknown = n->entry->unknown;
    copy_flags(n, &e);
    return e;
}

static bool is_written(const struct cpm_solver *s, const struct cpm_node *n)
{
    bool inside = cpm_str_starts(n->location, "node_modules/") ||
                  cpm_str_find(n->location, "/node_modules/") != CPM_NPOS;

    if (n->extraneous && !inside && (!n->fs_parent || n->fs_parent == s->root))
        return false; /* a workspace or folder that nobody asks for any more */
    return !(n->inert && !n->pkg->version);
}

static bool same_entry(const struct cpm_lock_entry *a, const struct cpm_lock_entry *b)
{
    if (a->link != b->link || !cpm_str_eq(a->resolved, b->resolved))
        return false;
    if (a->link)
        return true;
    return a->manifest == b->manifest && a->name == b->name &&
           cpm_str_eq(a->integrity, b->integrity) && a->extraneous == b->extraneous &&
           a->in_bundle == b->in_bundle &&
           (a->extraneous || (a->dev == b->dev && a->optional == b->optional &&
                              a->dev_optional == b->dev_optional && a->peer == b->peer));
}

static bool differs(const struct cpm_lock *old, const struct cpm_lock *new)
{
    struct cpm_map by_location = CPM_MAP_INIT;
    bool change = !old || old->count != new->count;

    for (size_t i = 0; old && !change && i < old->count; i++)
        cpm_map_set(&by_location, old->entries[i].location, &old->entries[i]);
    /* The root's entry is package.json's, which the caller compares. */
    for (size_t i = 1; !change && i < new->count; i++) {
        const struct cpm_lock_entry *e = cpm_map_get(&by_location, new->entries[i].location);

        change = !e || !same_entry(e, &new->entries[i]);
    }
    cpm_map_release(&by_location);
    return change;
}

/* npm saves a package.json that was asked to change before it writes the lock, and its edges begin
 * anew then: by which rules packages are wished for may have changed. Only the old section says so.
 */
static void begin_asked_anew(struct cpm_solver *s)
{
    bool changes = s->in->add_count || s->in->has_removals;
    struct cpm_node *n;

    if (!s->overrides || !s->opts->save || !changes)
        return;
    if (!s->in->asked_count)
        cpm_node_reload_edges(s, s->root);
    for (size_t i = 0; i < s->in->asked_count; i++)
        if ((n = cpm_requirer_at(s, s->in->asked[i])))
            cpm_node_reload_edges(s, n);
}

static void take_header(struct cpm_solver *s, struct cpm_lock *lock)
{
    const struct cpm_lock *old = s->in->lock;
    const struct cpm_manifest *root = s->in->root;

    lock->lockfile_version = 3;
    if (old) {
        lock->lockfile_version = old->lockfile_version ? old->lockfile_version : 3;
        lock->original_version = old->original_version;
        lock->version = old->version;
        lock->unknown_top = old->unknown_top;
    }
    if (s->opts->lockfile_version)
        lock->lockfile_version = s->opts->lockfile_version;
    if (lock->lockfile_version < 3) {
        begin_asked_anew(s);
        lock->legacy = cpm_legacy_section(s);
    }
    lock->requires = true;
    if (lock->lockfile_version > 3) { /* npm keeps what stands there */
        lock->name = old ? old->name : CPM_STR_NONE;
        return;
    }
    lock->name = root->name ? cpm_name_str(root->name) : cpm_path_basename(cpm_str(s->opts->path));
    if (root->version)
        lock->version = cpm_name_str(root->version);
}

void cpm_commit(struct cpm_solver *s)
{
    struct cpm_lock *lock = &s->out->lock;
    struct cpm_nodes all = {0};

    cpm_all_nodes(s, &all);
    *lock = (struct cpm_lock){.entries = CPM_NEW_ARRAY(s->keep, struct cpm_lock_entry, all.n)};
    take_header(s, lock);
    for (size_t i = 0; i < all.n; i++)
        if (is_written(s, all.v[i]))
            lock->entries[lock->count++] = entry_of(s, all.v[i]);
    cpm_nodes_release(&all);
    s->out->changed = differs(s->in->lock, lock);
}
