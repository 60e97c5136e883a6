/* The package's own files, then those of each bundled dependency and of what that one needs, each
 * walked as a package. The order of the tarball is npm's, which packs like by like: extension, then
 * base name, then path. */
#include "registry/publish/packlist.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/path.h"
#include "registry/publish/manifest_files.h"
#include "registry/publish/packlist_walk.h"

#include <stdlib.h>

#define IGNORE_MAX (16u << 20)
#define NODES_MAX  10000

struct node {         /* a package of the tree that is packed */
    const char *path; /* where it was found: a link, maybe */
    const char *real;
    bool link, root;
    struct cpm_json *doc; /* owned; NULL without package.json */
};

struct pack {
    struct cpm_arena *arena;
    const struct cpm_packlist_options *opts;
    struct cpm_packlist *out;
    struct cpm_map files;
    struct cpm_map seen; /* real paths of packages */
};

static int add_package(struct pack *p, const struct node *node, struct cpm_error *err);

/* A file of rules, or nothing. */
static void add_file_lines(struct pack *p, const char *path, struct cpm_buf *out)
{
    struct cpm_str text;
    if (cpm_fs_read(path, IGNORE_MAX, p->arena, &text, NULL) == 0) {
        cpm_buf_add_str(out, text);
        cpm_buf_add_char(out, '\n');
    }
}

static void add_folder_lines(struct pack *p, const char *folder, struct cpm_buf *out)
{
    const char *npm = cpm_path_join(p->arena, folder, ".npmignore");
    add_file_lines(p, cpm_fs_exists(npm) ? npm : cpm_path_join(p->arena, folder, ".gitignore"),
                   out);
}

/* From the project's folder down to the one that holds the workspace. */
static void add_lines_above(struct pack *p, struct cpm_buf *out)
{
    const char *prefix = p->opts->prefix;
    const char *rel =
        cpm_path_relative(p->arena, prefix, cpm_path_dirname(p->arena, p->opts->path));
    struct cpm_str rest = cpm_str(rel), part;
    const char *folder = prefix;
    add_folder_lines(p, folder, out);
    while (rest.len && cpm_str_split(&rest, '/', &part)) {
        folder = cpm_arena_printf(p->arena, "%s/%.*s", folder, CPM_STR_ARG(part));
        add_folder_lines(p, folder, out);
    }
}

/* In a run in workspaces: a workspace obeys the rules above it, the root leaves workspaces out. */
static void add_workspace_lines(struct pack *p, struct cpm_buf *out)
{
    const struct cpm_packlist_options *o = p->opts;
    bool at_root = o->prefix && strcmp(o->path, o->prefix) == 0;
    for (const char *const *w = o->workspaces; o->prefix && w && *w; w++)
        if (at_root)
            cpm_buf_addf(out, "%s\n", cpm_path_relative(p->arena, o->path, *w));
        else if (strcmp(*w, o->path) == 0)
            add_lines_above(p, out);
}

static bool pattern_has_package(struct pack *p, const char *path, const char *pattern)
{
    struct cpm_glob_list dirs = {0};
    if (strncmp(pattern, "./", 2) == 0)
        pattern += 2;
    cpm_glob_dirs(p->arena, path, pattern, &dirs);
    for (size_t i = 0; i < dirs.count; i++)
        if (cpm_fs_exists(cpm_arena_printf(p->arena, "%s/%s/package.json", path, dirs.v[i])))
            return true;
    return false;
}

static bool has_workspaces(struct pack *p, const struct node *node)
{
    const struct cpm_json *list = cpm_json_get(node->doc, CPM_STR("workspaces"));
    if (cpm_json_is(list, CPM_JSON_OBJECT))
        list = cpm_json_get(list, CPM_STR("packages"));
    struct cpm_glob_list patterns = {0};
    if (cpm_json_is(list, CPM_JSON_ARRAY))
        CPM_JSON_EACH (list, pattern)
            cpm_glob_expand(p->arena, cpm_json_str(pattern), &patterns);
    for (size_t i = 0; i < patterns.count; i++)
        if (pattern_has_package(p, node->real, patterns.v[i]))
            return true;
    return false;
}

static int walk_node(struct pack *p, const struct node *node, struct cpm_error *err)
{
    const char *rel = cpm_path_relative(p->arena, p->opts->path, node->path);
    struct cpm_buf extra = CPM_BUF_INIT(IGNORE_MAX);
    struct cpm_pack_walk walk = {.arena = p->arena,
                                 .path = node->path,
                                 .prefix = *rel ? cpm_arena_printf(p->arena, "%s/", rel) : "",
                                 .slots = CPM_PACK_BIT(PACKAGE) | CPM_PACK_BIT(STRICT),
                                 .has_workspaces = has_workspaces(p, node),
                                 .files = &p->files};
    if (node->root || node->link) /* a bundled copy was filtered when it was packed itself */
        walk.slots = CPM_PACK_ALL;
    if (node->root) {
        if (p->opts->global_ignore)
            add_file_lines(p, p->opts->global_ignore, &extra);
        add_workspace_lines(p, &extra);
    }
    walk.extra = cpm_buf_str(&extra);
    int rc = cpm_pack_walk_run(&walk, err);
    if (node->root)
        p->out->gitignore_fallback = walk.gitignore_fallback;
    cpm_buf_release(&extra);
    return rc;
}

static const struct cpm_json *group(const struct node *node, const char *key)
{
    return cpm_json_get(node->doc, cpm_str(key));
}

/* The edge of that name is one that may be bundled: neither peer nor development. */
static bool may_bundle(const struct node *node, struct cpm_str name)
{
    if ((node->root || node->link) && cpm_json_get(group(node, "devDependencies"), name))
        return false;
    return cpm_json_get(group(node, "dependencies"), name) ||
           cpm_json_get(group(node, "optionalDependencies"), name);
}

static void add_keys(struct pack *p, const struct cpm_json *object, struct cpm_glob_list *out)
{
    if (cpm_json_is(object, CPM_JSON_OBJECT))
        CPM_JSON_EACH (object, dep)
            cpm_glob_list_add(p->arena, out, cpm_arena_str(p->arena, cpm_json_key(dep)).ptr);
}

static void names_to_bundle(struct pack *p, const struct node *node, struct cpm_glob_list *out)
{
    const struct cpm_json *list = group(node, "bundleDependencies");
    if (!list)
        list = group(node, "bundledDependencies");
    if (!node->root || (cpm_json_is(list, CPM_JSON_BOOL) && cpm_json_bool(list))) {
        add_keys(p, group(node, "dependencies"), out);
        if (!node->root)
            add_keys(p, group(node, "optionalDependencies"), out);
    } else if (cpm_json_is(list, CPM_JSON_ARRAY)) {
        CPM_JSON_EACH (list, name)
            cpm_glob_list_add(p->arena, out, cpm_arena_str(p->arena, cpm_json_str(name)).ptr);
    } else {
        add_keys(p, list, out);
    }
}

/* Upwards through node_modules, inside the packed folder. */
static const char *find_node(struct pack *p, const struct node *from, const char *name)
{
    for (const char *dir = from->real;; dir = cpm_path_dirname(p->arena, dir)) {
        const char *found = cpm_arena_printf(p->arena, "%s/node_modules/%s", dir, name);
        if (!cpm_str_is(cpm_path_basename(cpm_str(dir)), "node_modules") && cpm_fs_is_dir(found))
            return found;
        if (strcmp(dir, p->opts->path) == 0 || !cpm_path_within(p->opts->path, dir))
            return NULL;
    }
}

static int add_bundled(struct pack *p, const struct node *from, const char *name,
                       struct cpm_error *err)
{
    struct cpm_manifest_text text = {0};
    struct node node = {0};
    if (!may_bundle(from, cpm_str(name)) || strstr(name, ".."))
        return 0;
    node.path = find_node(p, from, name);
    if (!node.path)
        return 0;
    node.link = cpm_fs_readlink(p->arena, node.path) != NULL;
    node.real = node.link ? cpm_fs_realpath(p->arena, node.path, err) : node.path;
    if (!node.real)
        return err ? err->code : CPM_EIO;
    if (cpm_manifest_text_read(p->arena, node.real, &text, NULL) == 0)
        node.doc = text.doc;
    int rc = add_package(p, &node, err);
    cpm_json_free(node.doc);
    return rc;
}

static int add_package(struct pack *p, const struct node *node, struct cpm_error *err)
{
    struct cpm_glob_list names = {0};
    int rc = walk_node(p, node, err);
    if (rc < 0 || cpm_map_get(&p->seen, cpm_str(node->real)))
        return rc;
    if (p->seen.count >= NODES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "more than %d bundled packages", NODES_MAX);
    cpm_map_set(&p->seen, cpm_str(node->real), (void *)(uintptr_t)node->real);
    names_to_bundle(p, node, &names);
    for (size_t i = 0; i < names.count && rc == 0; i++)
        rc = add_bundled(p, node, names.v[i], err);
    return rc;
}

struct key {
    const char *path;
    struct cpm_str ext, base; /* in lower case */
};

static struct cpm_str lower(struct cpm_arena *arena, struct cpm_str text)
{
    char *copy = cpm_arena_strndup(arena, text.len ? text.ptr : "", text.len);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c += 32;
    return cpm_str_n(copy, text.len);
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = cpm_collate(x->ext, y->ext);
    if (!order)
        order = cpm_collate(x->base, y->base);
    return order ? order : cpm_collate(cpm_str(x->path), cpm_str(y->path));
}

/* node's extname: "" for ".x" and for names without a dot. */
static struct cpm_str extension(struct cpm_str base)
{
    size_t dot = cpm_str_rchr(base, '.');
    return dot == CPM_NPOS || dot == 0 ? CPM_STR("") : cpm_str_sub(base, dot, base.len);
}

static void sort_files(struct pack *p)
{
    struct key *keys = CPM_NEW_ARRAY(p->arena, struct key, p->files.count + 1);
    size_t n = 0;
    CPM_MAP_EACH (&p->files, e) {
        const char *path = e->value;
        if (*path == '@') /* which would name an archive */
            path = cpm_arena_printf(p->arena, "./%s", path);
        struct cpm_str base = lower(p->arena, cpm_path_basename(cpm_str(path)));
        keys[n++] = (struct key){.path = path, .ext = extension(base), .base = base};
    }
    qsort(keys, n, sizeof(*keys), compare_keys);
    for (size_t i = 0; i < n; i++)
        cpm_glob_list_add(p->arena, &p->out->files, keys[i].path);
}

int cpm_packlist_read(struct cpm_arena *arena, const struct cpm_packlist_options *opts,
                      struct cpm_packlist *out, struct cpm_error *err)
{
    struct pack p = {
        .arena = arena, .opts = opts, .out = out, .files = CPM_MAP_INIT, .seen = CPM_MAP_INIT};
    struct node root = {.path = opts->path, .real = opts->path, .root = true};
    struct cpm_manifest_text text = {0};
    *out = (struct cpm_packlist){0};
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = cpm_manifest_text_read(arena, opts->path, &text, &fault);
    root.doc = text.doc;
    if (rc < 0 && rc != CPM_EJSONPARSE) /* which whoever packs has seen, and refused */
        rc = cpm_error_set(err, rc, "%s", fault.text);
    else
        rc = add_package(&p, &root, err);
    if (rc == 0)
        sort_files(&p);
    cpm_json_free(root.doc);
    cpm_map_release(&p.files);
    cpm_map_release(&p.seen);
    return rc;
}
