/* In a package's own folder package.json decides alone if it has `files`, else .npmignore, else
 * .gitignore. In the folders below package.json has no say. (When the package has workspaces, npm
 * reads a package.json below as if its lines were patterns; what counts is that the folder's
 * .npmignore and .gitignore are then not read.) */
#include "registry/publish/packlist_walk.h"

#include "base/fs.h"
#include "base/path.h"
#include "registry/publish/manifest_files.h"

#include <dirent.h>
#include <errno.h>

#define FILES_MAX  (1u << 20)
#define DEPTH_MAX  256
#define IGNORE_MAX (16u << 20)

static const char default_lines[] = ".npmignore\n.gitignore\n"
                                    "**/.git\n**/.svn\n**/.hg\n**/CVS\n"
                                    "**/.git/**\n**/.svn/**\n**/.hg/**\n**/CVS/**\n"
                                    "/.lock-wscript\n/.wafpickle-*\n/build/config.gypi\n"
                                    "npm-debug.log\n**/.npmrc\n.*.swp\n"
                                    ".DS_Store\n**/.DS_Store/**\n._*\n**/._*/**\n*.orig\n"
                                    "/archived-packages/**\n";

static const char *const slot_files[CPM_PACK_SLOTS] = {
    [CPM_PACK_PACKAGE] = "package.json",
    [CPM_PACK_NPMIGNORE] = ".npmignore",
    [CPM_PACK_GITIGNORE] = ".gitignore",
};

struct folder {
    struct cpm_pack_walk *walk;
    const struct folder *parent;
    const char *path;
    const char *below; /* path from the package, with its last slash; "" */
    unsigned depth, slots;
    struct cpm_ignore_rules rules[CPM_PACK_SLOTS];
    const struct cpm_ignore_rules *in_force[CPM_PACK_SLOTS + 1];
    struct cpm_ignore ignore;
    struct cpm_glob_list required; /* files that stay, from here */
    struct cpm_glob_list entries;
};

static int read_entries(struct folder *f, struct cpm_error *err)
{
    DIR *d = opendir(f->path);
    struct dirent *e;
    if (!d)
        return cpm_error_sys(err, errno, "read the folder '%s'", f->path);
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            cpm_glob_list_add(f->walk->arena, &f->entries,
                              cpm_arena_strndup(f->walk->arena, e->d_name, strlen(e->d_name)));
    closedir(d);
    return 0;
}

static void set_rules(struct folder *f, enum cpm_pack_slot slot, struct cpm_str text)
{
    cpm_ignore_parse(f->walk->arena, cpm_arena_str(f->walk->arena, text), &f->rules[slot]);
}

static void set_defaults(struct folder *f)
{
    struct cpm_str extra = f->parent ? CPM_STR_NONE : f->walk->extra;
    const char *text =
        cpm_arena_printf(f->walk->arena, "%s%.*s", default_lines, CPM_STR_ARG(extra));
    set_rules(f, CPM_PACK_DEFAULTS, cpm_str(text));
}

static int read_package(struct folder *f, struct cpm_error *err)
{
    struct cpm_manifest_text text = {0};
    struct cpm_manifest_files files;
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = cpm_manifest_text_read(f->walk->arena, f->path, &text, &fault);
    if (rc < 0 && rc != CPM_EJSONPARSE)
        return cpm_error_set(err, rc, "%s", fault.text);
    cpm_manifest_files_read(f->walk->arena, &text, &files);
    if (files.has_files)
        set_rules(f, CPM_PACK_PACKAGE, cpm_buf_str(&files.files));
    set_rules(f, CPM_PACK_STRICT, cpm_buf_str(&files.strict));
    f->required = files.required;
    cpm_buf_release(&files.files);
    cpm_buf_release(&files.strict);
    cpm_json_free(text.doc);
    return 0;
}

static void set_strict_below(struct folder *f)
{
    struct cpm_buf text = CPM_BUF_INIT(IGNORE_MAX);
    cpm_buf_add_text(&text, "/.git\n");
    for (size_t i = 0; i < f->required.count; i++)
        cpm_buf_addf(&text, "!%s\n", f->required.v[i]);
    set_rules(f, CPM_PACK_STRICT, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static int read_ignore_file(struct folder *f, enum cpm_pack_slot slot, struct cpm_error *err)
{
    struct cpm_str text;
    if (slot == CPM_PACK_PACKAGE && !f->parent)
        return read_package(f, err);
    int rc = cpm_fs_read(cpm_path_join(f->walk->arena, f->path, slot_files[slot]), IGNORE_MAX,
                         f->walk->arena, &text, err);
    if (rc == 0)
        cpm_ignore_parse(f->walk->arena, text, &f->rules[slot]);
    return rc;
}

static bool has_entry(const struct folder *f, const char *name)
{
    for (size_t i = 0; i < f->entries.count; i++)
        if (strcmp(f->entries.v[i], name) == 0)
            return true;
    return false;
}

static void choose_rules(struct folder *f)
{
    bool package = f->rules[CPM_PACK_PACKAGE].v, npm = f->rules[CPM_PACK_NPMIGNORE].v;
    size_t n = 0;
    for (int slot = 0; slot < CPM_PACK_SLOTS; slot++) {
        bool overruled = (slot == CPM_PACK_NPMIGNORE && package) ||
                         (slot == CPM_PACK_GITIGNORE && (package || npm));
        if ((f->slots & 1u << slot) && f->rules[slot].v && !overruled)
            f->in_force[n++] = &f->rules[slot];
    }
    if (!f->parent && !package && !npm && f->rules[CPM_PACK_GITIGNORE].v)
        f->walk->gitignore_fallback = true;
    f->ignore.rules = f->in_force;
}

static int read_rules(struct folder *f, struct cpm_error *err)
{
    int rc = 0;
    set_defaults(f);
    if (f->parent)
        set_strict_below(f);
    for (int slot = 0; slot < CPM_PACK_SLOTS && rc == 0; slot++)
        if (slot_files[slot] && (f->slots & 1u << slot) && has_entry(f, slot_files[slot]))
            rc = read_ignore_file(f, (enum cpm_pack_slot)slot, err);
    choose_rules(f);
    return rc;
}

static int walk_folder(struct folder *f, struct cpm_error *err);

/* npm hands on only what lies right in the folder. */
static void hand_on_required(const struct folder *f, const char *name, struct folder *child)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < f->required.count; i++) {
        const char *file = f->required.v[i];
        if (strncmp(file, name, len) == 0 && file[len] == '/' && !strchr(file + len + 1, '/'))
            cpm_glob_list_add(f->walk->arena, &child->required, file + len + 1);
    }
}

static int enter(struct folder *f, const char *name, bool exact, struct cpm_error *err)
{
    struct cpm_arena *arena = f->walk->arena;
    struct folder child = {.walk = f->walk,
                           .parent = f,
                           .path = cpm_arena_printf(arena, "%s/%s", f->path, name),
                           .below = cpm_arena_printf(arena, "%s%s/", f->below, name),
                           .depth = f->depth + 1,
                           .slots = f->walk->has_workspaces ? CPM_PACK_ALL
                                                            : CPM_PACK_ALL & ~CPM_PACK_BIT(PACKAGE),
                           .ignore = {.parent = &f->ignore, .name = cpm_str(name), .exact = exact}};
    if (child.depth > DEPTH_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "'%s' is too deep", child.path);
    hand_on_required(f, name, &child);
    return walk_folder(&child, err);
}

static int add_file(struct folder *f, const char *name, struct cpm_error *err)
{
    struct cpm_pack_walk *walk = f->walk;
    const char *path = cpm_path_normalize(
        walk->arena,
        cpm_str(cpm_arena_printf(walk->arena, "%s%s%s", walk->prefix, f->below, name)));
    if (walk->files->count >= FILES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "'%s' has more than %u files", walk->path,
                             FILES_MAX);
    cpm_map_set(walk->files, cpm_str(path), (void *)(uintptr_t)path);
    return 0;
}

static int visit(struct folder *f, const char *name, struct cpm_error *err)
{
    struct cpm_arena *arena = f->walk->arena;
    struct cpm_str entry = cpm_str(name);
    struct stat st;
    bool as_file = cpm_ignore_keeps(&f->ignore, arena, entry, CPM_IGNORE_FILE);
    bool as_dir = cpm_ignore_keeps(&f->ignore, arena, entry, CPM_IGNORE_DIR);
    if ((!as_file && !as_dir) || strchr(name, '*')) /* Windows has no name with a star */
        return 0;
    if (lstat(cpm_arena_printf(arena, "%s/%s", f->path, name), &st) < 0)
        return cpm_error_sys(err, errno, "stat '%s/%s'", f->path, name);
    if (S_ISREG(st.st_mode) && as_file)
        return add_file(f, name, err);
    if (!S_ISDIR(st.st_mode) || !as_dir)
        return 0;
    bool exact = as_file || cpm_ignore_keeps(&f->ignore, arena, entry, CPM_IGNORE_EXACT);
    return enter(f, name, exact, err);
}

static int walk_folder(struct folder *f, struct cpm_error *err)
{
    int rc = read_entries(f, err);
    if (rc == 0)
        rc = read_rules(f, err);
    for (size_t i = 0; i < f->entries.count && rc == 0; i++)
        rc = visit(f, f->entries.v[i], err);
    return rc;
}

int cpm_pack_walk_run(struct cpm_pack_walk *walk, struct cpm_error *err)
{
    struct folder top = {.walk = walk, .path = walk->path, .below = "", .slots = walk->slots};
    return walk_folder(&top, err);
}
