/* A version 1 lock nests what it depends on; npm flattens it into locations first (load_all), then
 * splits every `requires` by what the lock says of the required package (split_requires), and finds
 * out which packages came in their parent's tarball (assign_bundles). A drafted entry is kept by
 * its location until all are known, because the second step looks around in the first one's result.
 */
#include "lockfile/lock_v1.h"

#include "base/map.h"
#include "base/path.h"
#include "lockfile/raw.h"
#include "lockfile/tgz_name.h"
#include "semver/hosted.h"
#include "semver/spec.h"

/* One node of the nested `dependencies`, as the file has it. */
struct old_node {
    struct cpm_str version, resolved, integrity, from;
    struct cpm_str requires, dependencies; /* raw objects */
    bool optional, dev, bundled;
};

struct draft {
    struct cpm_lock_entry entry;
    struct cpm_manifest manifest;
    struct cpm_str requires; /* raw object; the root has none */
};

struct migration {
    const struct cpm_lock_source *src;
    struct cpm_lock *lock;
    const char *file;
    const char *root;
    struct cpm_map drafts; /* location → struct draft */
    struct cpm_error *err;
};

/* reading one node */

static void read_node(struct cpm_str raw, struct cpm_arena *arena, struct old_node *out)
{
    struct cpm_jsonread r;
    struct cpm_str key;

    *out = (struct old_node){.optional = false};
    cpm_raw_open(&r, raw, arena);
    if (!cpm_jsonread_object(&r))
        return;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "version"))
            cpm_jsonread_str(&r, &out->version);
        else if (cpm_str_is(key, "resolved"))
            cpm_jsonread_str(&r, &out->resolved);
        else if (cpm_str_is(key, "integrity"))
            cpm_jsonread_str(&r, &out->integrity);
        else if (cpm_str_is(key, "from"))
            cpm_jsonread_str(&r, &out->from);
        else if (cpm_str_is(key, "requires"))
    out->requires = cpm_jsonread_raw(&r);
    else if (cpm_str_is(key, "dependencies")) out->dependencies = cpm_jsonread_raw(&r);
    else if (cpm_str_is(key, "optional")) out->optional = cpm_raw_truthy(cpm_jsonread_raw(&r));
    else if (cpm_str_is(key, "dev")) out->dev = cpm_raw_truthy(cpm_jsonread_raw(&r));
    else if (cpm_str_is(key, "bundled")) out->bundled = cpm_raw_truthy(cpm_jsonread_raw(&r));
    else cpm_jsonread_skip(&r);
}

static bool resolve_spec(const struct migration *mg, struct cpm_str name, struct cpm_str text,
                         struct cpm_spec *out)
{
    return cpm_spec_resolve(mg->src->arena, name, text.ptr ? text : CPM_STR(""), mg->root, out,
                            NULL) == 0;
}

/* The spec a node stands for; false: none could be made of it (npm goes on with an empty one). */
static bool spec_of_node(const struct migration *mg, struct cpm_str name,
                         const struct old_node *node, struct cpm_spec *out)
{
    bool ok = true;

    if (node->version.len) {
        ok = resolve_spec(mg, name, node->version, out);
        if (ok && (node->integrity.len || out->type == CPM_SPEC_GIT))
            return true;
    }
    if (ok && node->from.len) {
        ok = resolve_spec(mg, name, node->from, out);
        if (ok && out->registry && node->version.len)
            return resolve_spec(mg, name, node->version, out);
        if (ok && !node->resolved.len)
            return true;
    }
    if (ok && node->resolved.len && resolve_spec(mg, name, node->resolved, out))
        return true;
    return resolve_spec(mg, name, node->version, out);
}

/* entries */

static struct draft *new_draft(struct migration *mg, struct cpm_str location)
{
    struct draft *d = CPM_NEW(mg->src->arena, struct draft);

    d->entry.location = location;
    cpm_map_set(&mg->drafts, location, d);
    return d;
}

static void set_version(const struct migration *mg, struct draft *d, struct cpm_str version)
{
    d->manifest.version = version.len ? cpm_names_get(mg->src->names, version) : NULL;
}

static void set_name(const struct migration *mg, struct draft *d, struct cpm_str name)
{
    d->entry.name = name.len ? cpm_names_get(mg->src->names, name) : NULL;
}

/* npm's consistent address of a git repository: ssh for a known host, https with credentials. */
static struct cpm_str git_address(const struct migration *mg, const struct cpm_spec *spec)
{
    struct cpm_arena *arena = mg->src->arena;

    if (!spec->hosted)
        return spec->save;
    return cpm_hosted_url(arena, spec->hosted,
                          spec->hosted->has_auth ? CPM_HOSTED_HTTPS : CPM_HOSTED_SSHURL, NULL);
}

static struct cpm_str relative_to_root(const struct migration *mg, struct cpm_str path)
{
    struct cpm_arena *arena = mg->src->arena;

    return cpm_str(
        cpm_path_relative(arena, mg->root, cpm_arena_strndup(arena, path.ptr, path.len)));
}

static void set_resolved(const struct migration *mg, struct draft *d, const struct old_node *node,
                         const struct cpm_spec *spec, bool has_spec)
{
    if (!has_spec)
        return;
    if (spec->registry) {
        d->entry.resolved = node->resolved;
    } else if (spec->type == CPM_SPEC_FILE) {
        struct cpm_str path = relative_to_root(mg, spec->fetch);

        d->entry.resolved =
            cpm_str(cpm_arena_printf(mg->src->arena, "file:%.*s", CPM_STR_ARG(path)));
    } else {
        d->entry.resolved = spec->fetch;
    }
}

/* A version that the lock does not name, from the tarball's name or the spec. */
static void infer_version(const struct migration *mg, struct draft *d, struct cpm_str name,
                          const struct cpm_spec *spec)
{
    struct cpm_str tgz_name, version;

    if (spec->type == CPM_SPEC_FILE || spec->type == CPM_SPEC_REMOTE) {
        if (!cpm_tgz_name(mg->src->arena, spec->name, spec->fetch, &tgz_name, &version) &&
            !cpm_tgz_name(mg->src->arena, spec->name, d->entry.resolved, &tgz_name, &version))
            return;
        set_version(mg, d, version);
        if (!cpm_str_eq(tgz_name, name))
            set_name(mg, d, tgz_name);
    } else if (spec->type == CPM_SPEC_ALIAS) {
        set_name(mg, d, spec->sub->name);
        set_version(mg, d, spec->sub->fetch);
    } else if (spec->type == CPM_SPEC_VERSION) {
        set_version(mg, d, spec->fetch);
    }
}

static struct draft *draft_of_node(struct migration *mg, struct cpm_str location,
                                   struct cpm_str name, const struct old_node *node);

static struct draft *draft_link(struct migration *mg, struct cpm_str location, struct cpm_str name,
                                const struct old_node *node, struct cpm_str folder)
{
    struct cpm_str target = relative_to_root(mg, folder);
    struct draft *link = new_draft(mg, location);
    struct old_node unversioned = *node;

    link->entry.link = true;
    link->entry.resolved = target;
    unversioned.version = CPM_STR_NONE;
    if (!cpm_map_get(&mg->drafts, target))
        draft_of_node(mg, target, name, &unversioned);
    return link;
}

static struct draft *draft_of_node(struct migration *mg, struct cpm_str location,
                                   struct cpm_str name, const struct old_node *node)
{
    struct cpm_spec spec = {.registry = false};
    bool has_spec = spec_of_node(mg, name, node, &spec);
    struct draft *d;

    if (has_spec && spec.type == CPM_SPEC_DIRECTORY)
        return draft_link(mg, location, name, node, spec.fetch);
    d = new_draft(mg, location);
    d->requires = cpm_raw_is(node->requires, CPM_JSON_OBJECT) ? node->requires : CPM_STR_NONE;
    d->entry.optional = node->optional;
    d->entry.dev = node->dev;
    d->entry.integrity = node->integrity;
    if (has_spec && node->version.len && !node->integrity.len) {
        if (spec.type == CPM_SPEC_GIT) {
            d->entry.resolved = git_address(mg, &spec);
            return d;
        }
        if (spec.registry)
            set_version(mg, d, node->version);
    }
    set_resolved(mg, d, node, &spec, has_spec);
    if (has_spec && !d->manifest.version)
        infer_version(mg, d, name, &spec);
    d->entry.in_bundle = node->bundled;
    return d;
}

/* the walk */

static struct cpm_str below(const struct migration *mg, struct cpm_str location,
                            struct cpm_str name)
{
    return cpm_str(cpm_arena_printf(mg->src->arena, "%.*s%snode_modules/%.*s",
                                    CPM_STR_ARG(location), location.len ? "/" : "",
                                    CPM_STR_ARG(name)));
}

/* Recursion is bounded by the depth of JSON. */
static int load_all(struct migration *mg, struct cpm_str location, struct cpm_str dependencies)
{
    struct cpm_jsonread r;
    struct cpm_str name;

    cpm_raw_open(&r, dependencies, mg->src->arena);
    if (dependencies.len == 0 || !cpm_jsonread_object(&r))
        return 0;
    while (cpm_jsonread_key(&r, &name)) {
        struct old_node node;
        struct draft *d;
        int rc;

        if (!cpm_dep_name_safe(name))
            return cpm_error_set(mg->err, CPM_EINVALIDPACKAGENAME,
                                 "%s: '%.*s' cannot be the name of a dependency", mg->file,
                                 CPM_STR_ARG(name));
        read_node(cpm_jsonread_raw(&r), mg->src->arena, &node);
        d = draft_of_node(mg, below(mg, location, name), name, &node);
        rc = load_all(mg, d->entry.link ? d->entry.resolved : d->entry.location, node.dependencies);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* requires */

/* The draft that `name` means at a location: the nearest node_modules upwards, segment by segment.
 */
static struct draft *find_required(const struct migration *mg, struct cpm_str from,
                                   struct cpm_str name)
{
    for (;;) {
        struct draft *d = cpm_map_get(&mg->drafts, below(mg, from, name));
        size_t slash;

        if (d || from.len == 0)
            return d;
        slash = cpm_str_rchr(from, '/');
        from.len = slash == CPM_NPOS ? 0 : slash;
    }
}

static enum cpm_dep_group group_of(const struct draft *requirer, const struct draft *required)
{
    if (required && required->entry.optional && !requirer->entry.optional)
        return CPM_DEPS_OPTIONAL;
    if (required && required->entry.dev && !requirer->entry.dev)
        return CPM_DEPS_DEV;
    return CPM_DEPS_PROD;
}

static uint32_t count_members(struct cpm_str object)
{
    struct cpm_json *doc = NULL;
    uint32_t count = 0;

    if (cpm_json_parse(object, "requires", CPM_JSON_LAST_WINS, &doc, NULL) == 0)
        count = (uint32_t)cpm_json_count(doc);
    cpm_json_free(doc);
    return count;
}

static void split_requires(struct migration *mg, struct draft *d)
{
    struct cpm_dep *v[CPM_DEPS_COUNT];
    struct cpm_jsonread r;
    struct cpm_str name, spec;
    uint32_t room = d->requires.len ? count_members(d->requires) : 0;

    if (room == 0)
        return;
    for (size_t g = 0; g < CPM_DEPS_COUNT; g++)
        v[g] = CPM_NEW_ARRAY(mg->src->arena, struct cpm_dep, room);
    cpm_raw_open(&r, d->requires, mg->src->arena);
    cpm_jsonread_object(&r);
    while (cpm_jsonread_key(&r, &name)) {
        enum cpm_dep_group g = group_of(d, find_required(mg, d->entry.location, name));

        if (cpm_jsonread_str(&r, &spec))
            v[g][d->manifest.deps[g].n++] = (struct cpm_dep){
                cpm_names_get(mg->src->names, name), cpm_names_get(mg->src->names, spec), false};
    }
    for (size_t g = 0; g < CPM_DEPS_COUNT; g++) {
        d->manifest.deps[g].v = v[g];
        d->manifest.deps[g].present = d->manifest.deps[g].n > 0;
    }
}

/* bundles */

static bool depends_on(const struct draft *d, struct cpm_str name)
{
    for (size_t g = 0; g < CPM_DEPS_ACCEPT; g++)
        for (uint32_t i = 0; i < d->manifest.deps[g].n; i++)
            if (cpm_str_eq(cpm_name_str(d->manifest.deps[g].v[i].name), name))
                return true;
    return false;
}

static void append_bundle(const struct migration *mg, struct cpm_manifest *m, struct cpm_str name)
{
    const struct cpm_name **names =
        CPM_NEW_ARRAY(mg->src->arena, const struct cpm_name *, m->bundle_count + 1);
    struct cpm_buf raw = CPM_BUF_INIT(CPM_JSON_MAX);

    if (m->bundle_count)
        memcpy(names, m->bundle, m->bundle_count * sizeof(*names));
    names[m->bundle_count++] = cpm_names_get(mg->src->names, name);
    m->bundle = names;
    for (uint32_t i = 0; i < m->bundle_count; i++) {
        cpm_buf_add_char(&raw, i ? ',' : '[');
        cpm_json_quote(&raw, cpm_name_str(names[i]));
    }
    cpm_buf_add_char(&raw, ']');
    m->raw[CPM_RAW_BUNDLE] = cpm_raw_keep(&raw, mg->src->arena);
    cpm_buf_release(&raw);
}

/* What came in a tarball, whose parent did not and asks for it, is what the parent bundles. */
static void assign_bundle(const struct migration *mg, const struct draft *d)
{
    struct cpm_str location = d->entry.location, name = cpm_location_name(location);
    struct cpm_str owner = location;
    struct draft *parent;

    if (!d->entry.in_bundle || cpm_location_is_top(location))
        return;
    owner.len -= name.len + strlen("node_modules/");
    if (owner.len)
        owner.len--;
    parent = cpm_map_get(&mg->drafts, owner);
    if (parent && !parent->entry.in_bundle && depends_on(parent, name))
        append_bundle(mg, &parent->manifest, name);
}

/* the result */

static void draft_root(struct migration *mg)
{
    struct draft *root = new_draft(mg, CPM_STR(""));

    if (mg->src->package)
        root->manifest = *mg->src->package;
    /* Not on npm's copy list here: what loads the lock then sees that it must compute flags anew.
     */
    root->manifest.deps[CPM_DEPS_DEV] = (struct cpm_deps){.present = false};
    if (!root->manifest.version)
        set_version(mg, root, mg->lock->version);
    set_name(mg, root, mg->lock->name);
    root->manifest.name = root->entry.name;
}

static int keep_drafts(struct migration *mg)
{
    struct cpm_lock *lock = mg->lock;

    lock->entries = CPM_NEW_ARRAY(mg->src->arena, struct cpm_lock_entry, mg->drafts.count);
    lock->count = 0;
    CPM_MAP_EACH (&mg->drafts, e) {
        struct draft *d = e->value;

        if (!cpm_location_safe(e->key))
            return cpm_error_set(mg->err, CPM_EINVALIDPACKAGENAME,
                                 "%s: '%.*s' cannot be the place of a package", mg->file,
                                 CPM_STR_ARG(e->key));
        if (!d->entry.link)
            d->entry.manifest = &d->manifest;
        if (!d->manifest.name)
            d->manifest.name = d->entry.name
                                   ? d->entry.name
                                   : cpm_names_get(mg->src->names, cpm_location_name(e->key));
        lock->entries[lock->count++] = d->entry;
    }
    return 0;
}

int cpm_lock_migrate_v1(struct cpm_lock *lock, const char *file, const struct cpm_lock_source *src,
                        struct cpm_error *err)
{
    struct migration mg = {
        .src = src,
        .lock = lock,
        .file = file,
        .root = src->root ? src->root : "/",
        .drafts = CPM_MAP_INIT,
        .err = err,
    };
    int rc;

    draft_root(&mg);
    rc = load_all(&mg, CPM_STR(""), lock->legacy);
    if (rc == 0) {
        CPM_MAP_EACH (&mg.drafts, e)
            split_requires(&mg, e->value);
        CPM_MAP_EACH (&mg.drafts, e)
            assign_bundle(&mg, e->value);
        rc = keep_drafts(&mg);
    }
    cpm_map_release(&mg.drafts);
    return rc;
}
