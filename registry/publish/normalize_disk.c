/* Fields that stand for files: a readme, a list of authors, git's head, a declaration file beside
 * main, and the scripts that binding.gyp and server.js imply. */
#include "base/fs.h"
#include "base/path.h"
#include "registry/publish/normalize_steps.h"

#include <dirent.h>
#include <stdlib.h>
#include <strings.h>

#define FILE_MAX_ (16u << 20)

static const char *beside(const struct cpm_normalize *n, const char *name)
{
    return cpm_path_join(n->arena, n->folder, name);
}

static bool has_text(const struct cpm_normalize *n, const char *key)
{
    return cpm_json_truthy(cpm_json_get(n->doc, cpm_str(key)));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_folder(struct cpm_normalize *n, struct cpm_glob_list *out)
{
    DIR *d = opendir(n->folder);
    struct dirent *e;
    while (d && (e = readdir(d)))
        cpm_glob_list_add(n->arena, out, cpm_arena_strndup(n->arena, e->d_name, strlen(e->d_name)));
    if (d)
        closedir(d);
    if (out->count)
        qsort(out->v, out->count, sizeof(*out->v), by_name);
}

/* Any shortening of ".markdown" that npm knows: the letters of it in order, each at most once. */
static bool is_markdown(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *letters = "markdown";
    if (!dot || (dot[1] != 'm' && dot[1] != 'M'))
        return false;
    for (const char *c = dot + 1; *c; c++) {
        while (*letters && *letters != (*c | 0x20))
            letters++;
        if (!*letters++)
            return false;
    }
    return true;
}

static void add_readme(struct cpm_normalize *n, const struct cpm_glob_list *files)
{
    const char *found = NULL;
    struct cpm_str text;
    if (has_text(n, "readme"))
        return;
    for (size_t i = 0; i < files->count; i++) {
        const char *name = files->v[i];
        bool readme = strncasecmp(name, "readme", 6) == 0 && (!name[6] || name[6] == '.');
        if (!readme || cpm_fs_is_dir(beside(n, name)))
            continue;
        if (is_markdown(name)) {
            found = name;
            break;
        }
        if (cpm_str_ends(cpm_str(name), "README"))
            found = name;
    }
    if (!found || cpm_fs_read(beside(n, found), FILE_MAX_, n->arena, &text, NULL) < 0)
        return;
    cpm_json_set_str(n->doc, "readme", text);
    cpm_json_set_str(n->doc, "readmeFilename", cpm_str(found));
}

static void set_script(struct cpm_normalize *n, const char *event, const char *command)
{
    struct cpm_json *scripts = cpm_json_get(n->doc, CPM_STR("scripts"));
    if (!cpm_json_is(scripts, CPM_JSON_OBJECT)) {
        cpm_json_set(n->doc, CPM_STR("scripts"), cpm_json_new_object());
        scripts = cpm_json_get(n->doc, CPM_STR("scripts"));
    }
    cpm_json_set_str(scripts, event, cpm_str(command));
}

static void add_scripts(struct cpm_normalize *n, const struct cpm_glob_list *files)
{
    const struct cpm_json *scripts = cpm_json_get(n->doc, CPM_STR("scripts"));
    const struct cpm_json *gypfile = cpm_json_get(n->doc, CPM_STR("gypfile"));
    bool refused = cpm_json_is(gypfile, CPM_JSON_BOOL) && !cpm_json_bool(gypfile);
    bool builds = cpm_json_get_str(scripts, "install").len ||
                  cpm_json_get_str(scripts, "preinstall").len || refused;
    for (size_t i = 0; i < files->count && !builds; i++)
        if (*files->v[i] != '.' && cpm_str_ends(cpm_str(files->v[i]), ".gyp")) {
            set_script(n, "install", "node-gyp rebuild");
            cpm_json_set(n->doc, CPM_STR("gypfile"), cpm_json_new_bool(true));
            builds = true;
        }
    if (!cpm_json_get_str(scripts, "start").len && cpm_fs_exists(beside(n, "server.js")))
        set_script(n, "start", "node server.js");
}

static void add_authors(struct cpm_normalize *n)
{
    struct cpm_str text, line;
    if (has_text(n, "contributors") ||
        cpm_fs_read(beside(n, "AUTHORS"), FILE_MAX_, n->arena, &text, NULL) < 0)
        return;
    struct cpm_json *list = cpm_json_new_array();
    while (text.len && cpm_str_split(&text, '\n', &line)) {
        line = cpm_str_trim(line);
        if (line.len && *line.ptr != '#')
            cpm_json_add(list, cpm_json_new_str(line));
    }
    cpm_json_set(n->doc, CPM_STR("contributors"), list);
}

static struct cpm_str read_trimmed(struct cpm_normalize *n, const char *path)
{
    struct cpm_str text;
    if (cpm_fs_read(path, FILE_MAX_, n->arena, &text, NULL) < 0)
        return CPM_STR("");
    return cpm_str_trim(text);
}

static struct cpm_str packed_ref(struct cpm_normalize *n, const char *git, struct cpm_str ref)
{
    struct cpm_str rest = read_trimmed(n, cpm_path_join(n->arena, git, "packed-refs")), line;
    while (rest.len && cpm_str_split(&rest, '\n', &line)) {
        line = cpm_str_trim(line);
        if (line.len > 41 && line.ptr[40] == ' ' &&
            cpm_str_eq(cpm_str_sub(line, 41, line.len), ref))
            return cpm_str_sub(line, 0, 40);
    }
    return CPM_STR("");
}

static void add_git_head(struct cpm_normalize *n)
{
    const char *folder = n->folder;
    if (has_text(n, "gitHead"))
        return;
    while (!cpm_fs_exists(cpm_path_join(n->arena, folder, ".git")) && strcmp(folder, "/") != 0)
        folder = cpm_path_dirname(n->arena, folder);
    const char *git = cpm_path_join(n->arena, folder, ".git");
    struct cpm_str head = read_trimmed(n, cpm_path_join(n->arena, git, "HEAD"));
    if (cpm_str_starts(head, "ref: ")) {
        struct cpm_str ref = cpm_arena_str(n->arena, cpm_str_trim(cpm_str_sub(head, 5, head.len)));
        if (cpm_str_find(ref, "..") != CPM_NPOS)
            return;
        head = read_trimmed(n, cpm_path_join(n->arena, git, ref.ptr));
        if (!head.len)
            head = packed_ref(n, git, ref);
    }
    if (head.len)
        cpm_json_set_str(n->doc, "gitHead", head);
}

static int add_types(struct cpm_normalize *n, struct cpm_error *err)
{
    const struct cpm_json *entry = cpm_json_get(n->doc, CPM_STR("main"));
    if (cpm_json_truthy(entry) && !cpm_json_is(entry, CPM_JSON_STRING))
        return cpm_error_set(err, CPM_EUNKNOWN, "The \"main\" attribute must be of type string.");
    struct cpm_str main = cpm_json_get_str(n->doc, "main");
    const char *index = main.len ? cpm_arena_str(n->arena, main).ptr : "index.js";
    struct cpm_str base = cpm_path_basename(cpm_str(index));
    size_t dot = cpm_str_rchr(base, '.');
    const char *stem = cpm_arena_printf(
        n->arena, "%.*s.d.ts",
        CPM_STR_ARG(cpm_str_sub(base, 0, dot == CPM_NPOS || dot == 0 ? base.len : dot)));
    const char *path = cpm_path_join(n->arena, cpm_path_dirname(n->arena, index), stem);
    if (cpm_json_get(n->doc, CPM_STR("types")) || cpm_json_get(n->doc, CPM_STR("typings")))
        return 0;
    path = cpm_arena_printf(n->arena, "./%s", path);
    if (cpm_fs_exists(beside(n, path)))
        cpm_json_set_str(n->doc, "types", cpm_str(path));
    return 0;
}

#define BELOW_MAX 10000 /* entries listed below one folder */

/* All entries below `dir` (relative to it), folders too, in the order of names; none that begins
 * with a dot. */
static void list_below(struct cpm_normalize *n, const char *dir, const char *prefix,
                       struct cpm_glob_list *out)
{
    struct cpm_normalize in = *n;
    struct cpm_glob_list files = {0};
    in.folder = dir;
    list_folder(&in, &files);
    for (size_t i = 0; i < files.count && out->count < BELOW_MAX; i++) {
        const char *path = beside(&in, files.v[i]);
        if (*files.v[i] == '.')
            continue;
        cpm_glob_list_add(n->arena, out, cpm_arena_printf(n->arena, "%s%s", prefix, files.v[i]));
        if (cpm_fs_is_dir(path) && !cpm_fs_readlink(n->arena, path))
            list_below(n, path, cpm_arena_printf(n->arena, "%s%s/", prefix, files.v[i]), out);
    }
}

/* What directories.KEY names, rooted in the package; NULL when it or KEY itself says otherwise. */
static const char *directory(struct cpm_normalize *n, const char *key)
{
    struct cpm_str dir = cpm_json_get_str(cpm_json_get(n->doc, CPM_STR("directories")), key);
    if (!dir.len || has_text(n, key))
        return NULL;
    const char *rel = cpm_normalize_inside(n->arena, dir).ptr;
    size_t len = strlen(rel);
    return len && rel[len - 1] == '/' ? cpm_arena_strndup(n->arena, rel, len - 1) : rel;
}

void cpm_normalize_disk_bins(struct cpm_normalize *n)
{
    const char *rel = directory(n, "bin");
    struct cpm_glob_list files = {0};
    if (!rel)
        return;
    struct cpm_json *bins = cpm_json_new_object();
    list_below(n, beside(n, rel), "", &files);
    for (size_t i = 0; i < files.count; i++)
        cpm_json_set(bins, cpm_path_basename(cpm_str(files.v[i])),
                     cpm_json_new_str(cpm_str(cpm_path_join(n->arena, rel, files.v[i]))));
    cpm_json_set(n->doc, CPM_STR("bin"), bins);
}

static void add_mans(struct cpm_normalize *n)
{
    const char *rel = directory(n, "man");
    struct cpm_glob_list files = {0};
    if (!rel)
        return;
    struct cpm_json *mans = cpm_json_new_array();
    list_below(n, beside(n, rel), "", &files);
    for (size_t i = 0; i < files.count; i++)
        if (cpm_glob_match("**/*.[0-9]", files.v[i]))
            cpm_json_add(mans, cpm_json_new_str(cpm_str(cpm_path_join(n->arena, rel, files.v[i]))));
    cpm_json_set(n->doc, CPM_STR("man"), mans);
}

int cpm_normalize_disk(struct cpm_normalize *n, struct cpm_error *err)
{
    struct cpm_glob_list files = {0};
    list_folder(n, &files);
    add_scripts(n, &files);
    add_authors(n);
    add_readme(n, &files);
    add_mans(n);
    cpm_normalize_disk_bins(n);
    add_git_head(n);
    return add_types(n, err);
}

int cpm_normalize_disk_init(struct cpm_normalize *n, struct cpm_error *err)
{
    struct cpm_glob_list files = {0};
    list_folder(n, &files);
    add_scripts(n, &files);
    add_readme(n, &files);
    return add_types(n, err);
}
