/* npm's order matters twice: a positive pattern cancels negations written before it, and workspaces
 * are listed pattern by pattern, each in collation order, because that order decides what is
 * hoisted. */
#include "install/workspaces.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/glob.h"
#include "base/jsonread.h"
#include "base/map.h"
#include "base/path.h"

#include <stdlib.h>

enum { PACKAGE_JSON_MAX = 16 << 20 };

struct reader {
    const char *root;
    struct cpm_names *names;
    struct cpm_arena *arena;
    struct cpm_glob_list positive, negative;
    struct cpm_map by_name; /* name -> struct cpm_tree_workspace */
    struct cpm_map by_path;
    struct cpm_workspaces *out;
    size_t cap;
};

struct cpm_str cpm_name_from_folder(struct cpm_arena *arena, const char *path)
{
    struct cpm_str base = cpm_path_basename(cpm_str(path));
    struct cpm_str parent = cpm_path_basename(cpm_str(cpm_path_dirname(arena, path)));

    if (parent.len && parent.ptr[0] == '@')
        return cpm_str(
            cpm_arena_printf(arena, "%.*s/%.*s", CPM_STR_ARG(parent), CPM_STR_ARG(base)));
    return base;
}

static void remove_at(struct cpm_glob_list *list, size_t i)
{
    memmove(&list->v[i], &list->v[i + 1], (list->count - i - 1) * sizeof(list->v[0]));
    list->count--;
}

/* "!./packages/x" is a negation of "packages/x"; "!!x" is x again. */
static void add_pattern(struct reader *r, struct cpm_str text)
{
    bool negate = false;
    const char *pattern;

    for (; text.len && text.ptr[0] == '!'; text = cpm_str_sub(text, 1, CPM_NPOS))
        negate = !negate;
    if (cpm_str_starts(text, "./"))
        text = cpm_str_sub(text, 1, CPM_NPOS);
    while (cpm_str_starts(text, "/"))
        text = cpm_str_sub(text, 1, CPM_NPOS);
    while (text.len > 1 && text.ptr[text.len - 1] == '/')
        text.len--;
    pattern = cpm_arena_strndup(r->arena, text.ptr, text.len);
    if (negate) {
        cpm_glob_list_add(r->arena, &r->negative, pattern);
        return;
    }
    for (size_t i = 0; i < r->negative.count; i++)
        if (cpm_glob_match(r->negative.v[i], pattern))
            remove_at(&r->negative, i);
    cpm_glob_list_add(r->arena, &r->positive, pattern);
}

static int read_patterns(struct reader *r, struct cpm_str raw, struct cpm_error *err)
{
    struct cpm_json *doc = NULL;
    const struct cpm_json *list;
    int rc = cpm_json_parse(raw, "workspaces", CPM_JSON_LAST_WINS, &doc, err);

    if (rc < 0)
        return rc;
    list = cpm_json_get(doc, CPM_STR("packages"));
    if (!cpm_json_is(list, CPM_JSON_ARRAY))
        list = doc;
    if (!cpm_json_is(list, CPM_JSON_ARRAY)) {
        rc = cpm_error_set(err, CPM_ECONFIG, "workspaces config expects an Array");
    } else {
        CPM_JSON_EACH (list, v)
            add_pattern(r, cpm_json_str(v));
        for (size_t n = 0; n < r->negative.count; n++)
            for (size_t i = r->positive.count; i-- > 0;)
                if (cpm_glob_match(r->negative.v[n], r->positive.v[i]))
                    remove_at(&r->positive, i);
    }
    cpm_json_free(doc);
    return rc;
}

static bool is_negated(const struct reader *r, const char *path)
{
    for (size_t i = 0; i < r->negative.count; i++)
        if (cpm_glob_match(r->negative.v[i], path))
            return true;
    return false;
}

static int duplicate(const struct reader *r, const struct cpm_tree_workspace *first,
                     const char *second, struct cpm_error *err)
{
    return cpm_error_set(
        err, CPM_EDUPLICATEWORKSPACE,
        "must not have multiple workspaces with the same name\n"
        "package '%s' has conflicts in the following paths:\n    %s/%.*s\n    %s/%s",
        first->name->text, r->root, CPM_STR_ARG(first->location), r->root, second);
}

static int read_manifest(struct reader *r, const char *file, struct cpm_manifest **out,
                         struct cpm_error *err)
{
    const struct cpm_manifest_source src = {
        .names = r->names, .arena = r->arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_jsonread json;
    struct cpm_str text;
    int rc = cpm_fs_read(file, PACKAGE_JSON_MAX, r->arena, &text, err);

    if (rc < 0)
        return rc;
    *out = CPM_NEW(r->arena, struct cpm_manifest);
    cpm_jsonread_init(&json, text, file, r->arena);
    rc = cpm_manifest_read(&json, &src, *out);
    return cpm_jsonread_finish(&json, err) < 0 ? CPM_EJSONPARSE : rc;
}

static int add_workspace(struct reader *r, const char *path, struct cpm_error *err)
{
    const char *file = cpm_arena_printf(r->arena, "%s/%s/package.json", r->root, path);
    const struct cpm_tree_workspace *other;
    struct cpm_tree_workspace *ws;
    struct cpm_manifest *manifest;
    struct cpm_str name;
    int rc;

    if (is_negated(r, path) || cpm_map_get(&r->by_path, cpm_str(path)) || !cpm_fs_exists(file))
        return 0;
    if ((rc = read_manifest(r, file, &manifest, err)) < 0)
        return rc;
    name = manifest->name && manifest->name->len ? cpm_name_str(manifest->name)
                                                 : cpm_name_from_folder(r->arena, path);
    if ((other = cpm_map_get(&r->by_name, name)))
        return duplicate(r, other, path, err);
    ws = CPM_NEW(r->arena, struct cpm_tree_workspace);
    ws->name = cpm_names_get(r->names, name);
    ws->location = cpm_str(path);
    ws->manifest = manifest;
    cpm_map_set(&r->by_name, cpm_name_str(ws->name), ws);
    cpm_map_set(&r->by_path, ws->location, ws);
    return 0;
}

static int by_collation(const void *a, const void *b)
{
    return cpm_collate(cpm_str(*(const char *const *)a), cpm_str(*(const char *const *)b));
}

static int read_pattern(struct reader *r, const char *pattern, struct cpm_error *err)
{
    struct cpm_glob_list expanded = {0}, found = {0};
    int rc = 0;

    if (!cpm_glob_expand(r->arena, cpm_str(pattern), &expanded))
        return cpm_error_set(err, CPM_ECONFIG,
                             "the workspace pattern '%s' stands for too many others", pattern);
    for (size_t i = 0; i < expanded.count; i++)
        cpm_glob_dirs(r->arena, r->root, expanded.v[i], &found);
    qsort(found.v, found.count, sizeof(found.v[0]), by_collation);
    for (size_t i = 0; i < found.count && rc == 0; i++)
        rc = add_workspace(r, found.v[i], err);
    return rc;
}

int cpm_workspaces_read(const char *root, struct cpm_str patterns, struct cpm_names *names,
                        struct cpm_arena *arena, struct cpm_workspaces *out, struct cpm_error *err)
{
    struct reader r = {.root = root, .names = names, .arena = arena};
    int rc;

    *out = (struct cpm_workspaces){0};
    if (patterns.len == 0)
        return 0;
    rc = read_patterns(&r, patterns, err);
    for (size_t i = 0; i < r.positive.count && rc == 0; i++)
        rc = read_pattern(&r, r.positive.v[i], err);
    if (rc == 0) {
        out->v = CPM_NEW_ARRAY(arena, struct cpm_tree_workspace, r.by_name.count);
        CPM_MAP_EACH (&r.by_name, e)
            out->v[out->count++] = *(struct cpm_tree_workspace *)e->value;
    }
    cpm_map_release(&r.by_name);
    cpm_map_release(&r.by_path);
    return rc;
}

bool cpm_workspaces_hold(const struct cpm_workspaces *workspaces, struct cpm_str location)
{
    for (size_t i = 0; i < workspaces->count; i++)
        if (cpm_str_eq(workspaces->v[i].location, location))
            return true;
    return false;
}
