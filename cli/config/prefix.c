/* Where things are: node (whose folder is npm's global prefix), and the project. The project is the
 * nearest folder upward with a package.json or node_modules; a folder above it whose `workspaces`
 * name it takes its place, with the workspace selected by default. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/expand.h"
#include "cli/config/internal.h"
#include "install/workspaces.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define PACKAGE_JSON_MAX (16u << 20)

static const char *env(const struct cpm_config *c, const char *name)
{
    const char *text = cpm_environ_get(c->in.environ_, cpm_str(name));
    return text && *text ? text : NULL;
}

static bool is_file(struct cpm_arena *arena, const char *dir, const char *name)
{
    struct stat st;
    return stat(cpm_path_join(arena, dir, name), &st) == 0 && S_ISREG(st.st_mode);
}

static const char *find_on_path(struct cpm_config *c, const char *name)
{
    struct cpm_str rest = cpm_str(env(c, "PATH") ? env(c, "PATH") : "/usr/local/bin:/usr/bin:/bin");
    struct cpm_str dir;
    while (cpm_str_split(&rest, ':', &dir)) {
        if (dir.len == 0 || dir.ptr[0] != '/')
            continue;
        const char *path = cpm_arena_printf(c->arena, "%.*s/%s", CPM_STR_ARG(dir), name);
        if (access(path, X_OK) == 0 && !cpm_fs_is_dir(path))
            return path;
    }
    return NULL;
}

static const char *real_path(struct cpm_arena *arena, const char *path)
{
    char real[PATH_MAX];
    if (!path || !realpath(path, real))
        return path;
    return cpm_arena_strndup(arena, real, strlen(real));
}

static const char *home_of(struct cpm_config *c)
{
    char path[PATH_MAX];
    size_t size = sizeof(path);
    if (env(c, "HOME"))
        return env(c, "HOME");
    if (uv_os_homedir(path, &size) != 0)
        return "/";
    return cpm_arena_strndup(c->arena, path, size);
}

void cpm_config_places(struct cpm_config *c)
{
    c->home = home_of(c);
    c->exe = real_path(c->arena, "/proc/self/exe");
    c->node = real_path(c->arena, find_on_path(c, "node"));
    if (env(c, "PREFIX")) {
        c->global_prefix = env(c, "PREFIX");
        return;
    }
    c->global_prefix = cpm_path_resolve(c->arena, c->node ? c->node : c->exe, "../..");
    if (env(c, "DESTDIR"))
        c->global_prefix = cpm_path_join(c->arena, env(c, "DESTDIR"), c->global_prefix);
}

/* The raw `workspaces` of a package.json; empty when there are none or it cannot be read. */
static struct cpm_str workspaces_of(struct cpm_arena *arena, const char *dir)
{
    struct cpm_str text, out = CPM_STR_NONE;
    struct cpm_json *doc = NULL;
    const char *path = cpm_path_join(arena, dir, "package.json");
    if (cpm_fs_read(path, PACKAGE_JSON_MAX, arena, &text, NULL) != 0 ||
        cpm_str_find(text, "\"workspaces\"") == CPM_NPOS ||
        cpm_json_parse(text, path, CPM_JSON_LAST_WINS, &doc, NULL) != 0)
        return out;
    const struct cpm_json *value = cpm_json_get(doc, CPM_STR("workspaces"));
    if (cpm_json_truthy(value)) {
        struct cpm_buf raw = CPM_BUF_INIT(PACKAGE_JSON_MAX);
        cpm_json_write(value, CPM_STR(""), CPM_STR(""), &raw);
        out = cpm_arena_str(arena, cpm_buf_str(&raw));
        cpm_buf_release(&raw);
    }
    cpm_json_free(doc);
    return out;
}

/* Is `member` a workspace of the project in `root`? */
static bool has_workspace(struct cpm_config *c, const char *root, const char *member)
{
    struct cpm_workspaces list = {.v = NULL};
    struct cpm_str patterns = workspaces_of(c->arena, root);
    bool found = false;
    if (patterns.len == 0)
        return false;
    struct cpm_names *names = cpm_names_new();
    if (cpm_workspaces_read(root, patterns, names, c->arena, &list, NULL) == 0)
        for (size_t i = 0; i < list.count && !found; i++) {
            const char *dir = cpm_arena_printf(c->arena, "%.*s", CPM_STR_ARG(list.v[i].location));
            found = strcmp(cpm_path_resolve(c->arena, root, dir), member) == 0;
        }
    cpm_names_free(names);
    return found;
}

static void enter_workspace_root(struct cpm_config *c, const char *root)
{
    struct cpm_value list = cpm_value_list();
    if (is_file(c->arena, c->local_prefix, ".npmrc"))
        cpm_config_line(c, &c->notes, "config ignoring workspace config at %s/.npmrc",
                        c->local_prefix);
    cpm_value_push(c->arena, &list, cpm_value_str(c->arena, cpm_str(c->local_prefix)));
    *cpm_level_own(c->plain, CPM_CONFIG_DEFAULT, CPM_STR("workspace")) = list;
    c->local_prefix = root;
}

static bool workspaces_refused(const struct cpm_config *c)
{
    const struct cpm_value *v = cpm_level_own(c->plain, CPM_CONFIG_CLI, CPM_STR("workspaces"));
    return v && v->kind == CPM_VALUE_BOOL && !v->truth;
}

static const char *parent_of(struct cpm_arena *arena, const char *dir)
{
    return strcmp(dir, "/") == 0 ? NULL : cpm_path_dirname(arena, dir);
}

void cpm_config_find_project(struct cpm_config *c)
{
    const struct cpm_value *given = cpm_level_own(c->plain, CPM_CONFIG_CLI, CPM_STR("prefix"));
    if (given && given->kind == CPM_VALUE_STRING) {
        c->local_prefix = given->text.ptr;
        return;
    }
    for (const char *dir = c->in.cwd; dir; dir = parent_of(c->arena, dir)) {
        bool has_package = is_file(c->arena, dir, "package.json");
        if (!c->local_prefix) {
            if (!has_package && !cpm_fs_is_dir(cpm_path_join(c->arena, dir, "node_modules")))
                continue;
            c->local_prefix = dir;
            if (workspaces_refused(c) || cpm_config_global_mode(c))
                return;
        } else if (has_package && has_workspace(c, dir, c->local_prefix)) {
            enter_workspace_root(c, dir);
            return;
        }
    }
    if (!c->local_prefix)
        c->local_prefix = c->in.cwd;
}
