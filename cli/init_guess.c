/* What a folder tells of the package in it. npm looks at names only, in the order of readdir, which
 * node sorts. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/init.h"
#include "semver/spec.h"

#include <dirent.h>
#include <stdlib.h>

#define FILE_MAX_ (16u << 20)

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void cpm_init_list_folder(struct cpm_arena *arena, const char *folder, struct cpm_glob_list *out)
{
    DIR *d = opendir(folder);
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            cpm_glob_list_add(arena, out, cpm_arena_strndup(arena, e->d_name, strlen(e->d_name)));
    if (d)
        closedir(d);
    if (out->count)
        qsort(out->v, out->count, sizeof(*out->v), by_name);
}

static const char *beside(const struct cpm_init *init, const char *name)
{
    return cpm_path_join(init->cli->arena, init->folder, name);
}

static struct cpm_str basename_of(const struct cpm_init *init)
{
    return cpm_path_basename(cpm_str(init->folder));
}

const char *cpm_init_config(const struct cpm_init *init, const char *key)
{
    struct cpm_arena *arena = init->cli->arena;
    const struct cpm_config *config = init->cli->config;
    const char *old = cpm_arena_printf(arena, "init.%s", key);
    char *name = cpm_arena_printf(arena, "init-%s", key);
    const char *text;

    for (char *dot = name; (dot = strchr(dot, '.'));)
        *dot = '-';
    if (cpm_config_where(config, old) != CPM_CONFIG_DEFAULT &&
        (text = cpm_config_str(config, old)) && *text)
        return text;
    text = cpm_config_str(config, name);
    return text ? text : "";
}

/* "node-x", "x.js" and "x-js" are x; blanks are hyphens. */
static struct cpm_str plain_name(const struct cpm_init *init, struct cpm_str raw)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    struct cpm_str copy;

    if (cpm_str_starts(raw, "node-"))
        raw = cpm_str_sub(raw, 5, raw.len);
    if (cpm_str_ends(raw, ".js") || cpm_str_ends(raw, "-js"))
        raw.len -= 3;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        bool blank = c == ' ' || (c >= '\t' && c <= '\r');

        if (blank && i && strchr(" \t\n\v\f\r", raw.ptr[i - 1]))
            continue;
        cpm_buf_add_char(&text, blank ? '-' : (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
    copy = cpm_arena_str(init->cli->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

struct cpm_str cpm_init_name(const struct cpm_init *init)
{
    struct cpm_arena *arena = init->cli->arena;
    struct cpm_str given = cpm_json_get_str(init->package.doc, "name");
    struct cpm_str name = plain_name(init, given.len ? given : basename_of(init));
    const char *scope = cpm_config_str(init->cli->config, "scope");
    size_t slash = cpm_str_chr(name, '/');

    if (!scope || !*scope)
        return name;
    if (name.len && name.ptr[0] == '@' && slash != CPM_NPOS)
        name = cpm_str_sub(name, slash + 1, name.len);
    return cpm_str(
        cpm_arena_printf(arena, "%s%s/%.*s", *scope == '@' ? "" : "@", scope, CPM_STR_ARG(name)));
}

static const char *find_file(const struct cpm_init *init, const char *name)
{
    for (size_t i = 0; i < init->files.count; i++)
        if (strcmp(init->files.v[i], name) == 0)
            return init->files.v[i];
    return NULL;
}

/* The first name that ends in ".js", or NULL. */
static const char *first_js(const struct cpm_glob_list *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (cpm_str_ends(cpm_str(files->v[i]), ".js"))
            return files->v[i];
    return NULL;
}

struct cpm_str cpm_init_main(const struct cpm_init *init)
{
    const char *own = cpm_arena_printf(init->cli->arena, "%.*s.js", CPM_STR_ARG(basename_of(init)));
    const char *const names[] = {"index.js", "main.js", own};
    const char *found = NULL;

    for (size_t i = 0; i < 3 && !found; i++)
        found = find_file(init, names[i]);
    if (!found)
        found = first_js(&init->files);
    return cpm_str(found ? found : "index.js");
}

struct cpm_str cpm_init_bin(const struct cpm_init *init)
{
    struct cpm_glob_list files = {0};
    const char *first;

    cpm_init_list_folder(init->cli->arena, beside(init, "bin"), &files);
    first = first_js(&files);
    return first ? cpm_str(cpm_arena_printf(init->cli->arena, "bin/%s", first)) : CPM_STR_NONE;
}

/* A test framework that is installed. */
struct cpm_str cpm_init_test(const struct cpm_init *init)
{
    static const struct {
        const char *name, *command;
    } rows[] = {{"tap", "tap test/*.js"}, {"expresso", "expresso test"}, {"mocha", "mocha"}};
    const char *modules = beside(init, "node_modules");
    struct cpm_str found = CPM_STR_NONE;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (cpm_fs_exists(cpm_path_join(init->cli->arena, modules, rows[i].name)))
            found = cpm_str(rows[i].command);
    return found;
}

/* "   url = X" of a line of git's configuration, or "". */
static struct cpm_str url_of(struct cpm_str line)
{
    size_t sign = cpm_str_find(line, "url = ");

    if (sign == CPM_NPOS || cpm_str_trim(cpm_str_sub(line, 0, sign)).len)
        return CPM_STR_NONE;
    return cpm_str_sub(line, sign + 6, line.len);
}

struct cpm_str cpm_init_repository(const struct cpm_init *init)
{
    struct cpm_str text, line, url = CPM_STR_NONE;
    int left = 0;

    if (cpm_fs_read(beside(init, ".git/config"), FILE_MAX_, init->cli->arena, &text, NULL) < 0)
        return CPM_STR_NONE;
    while (!url.len && cpm_str_split(&text, '\n', &line)) {
        if (cpm_str_ends(line, "\r"))
            line.len--;
        if (left-- > 0)
            url = url_of(line);
        if (cpm_str_is(line, "[remote \"origin\"]"))
            left = 2;
    }
    if (cpm_str_starts(url, "git@github.com:"))
        url = cpm_str(
            cpm_arena_printf(init->cli->arena, "https://github.com/%.*s",
                             CPM_STR_ARG(cpm_str_sub(url, strlen("git@github.com:"), url.len))));
    return url;
}

/* The field of `directories` that a folder of this name stands for, or NULL. */
static const char *directory_key(const char *name)
{
    static const struct {
        const char *name, *key;
    } rows[] = {{"example", "example"}, {"examples", "example"}, {"test", "test"},
                {"tests", "test"},      {"doc", "doc"},          {"docs", "doc"},
                {"man", "man"},         {"lib", "lib"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].key;
    return NULL;
}

struct cpm_json *cpm_init_directories(const struct cpm_init *init)
{
    struct cpm_json *out = cpm_json_new_object();

    for (size_t i = 0; i < init->files.count; i++) {
        const char *key = directory_key(init->files.v[i]);

        if (key)
            cpm_json_set_str(out, key, cpm_str(init->files.v[i]));
    }
    if (cpm_json_count(out))
        return out;
    cpm_json_free(out);
    return NULL;
}

static bool is_test_package(const char *name)
{
    static const char *const names[] = {"coco", "coffee-script", "expresso",   "jasmine",
                                        "jest", "mocha",         "streamline", "tap"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The spec of what stands in node_modules/NAME, "" when that is no package. */
static const char *installed_spec(const struct cpm_init *init, const char *name)
{
    struct cpm_arena *arena = init->cli->arena;
    const struct cpm_config *config = init->cli->config;
    const char *file =
        cpm_arena_printf(arena, "%s/node_modules/%s/package.json", init->folder, name);
    const char *prefix = cpm_config_str(config, "save-prefix"), *spec = "";
    struct cpm_package package;
    struct cpm_str version;

    if (cpm_package_read(file, arena, &package, NULL) < 0)
        return "";
    version = cpm_json_get_str(package.doc, "version");
    if (version.len)
        spec = cpm_arena_printf(arena, "%s%.*s",
                                cpm_config_bool(config, "save-exact") || !prefix ? "" : prefix,
                                CPM_STR_ARG(version));
    cpm_package_release(&package);
    return spec;
}

/* npm lists the node_modules of the folder in which it stands, and reads those of the package. */
struct cpm_json *cpm_init_deps(const struct cpm_init *init, bool test)
{
    struct cpm_arena *arena = init->cli->arena;
    const char *modules = cpm_path_join(arena, init->cli->cwd, "node_modules");
    const struct cpm_json *other = cpm_json_get(
        init->package.doc, test ? CPM_STR("dependencies") : CPM_STR("devDependencies"));
    struct cpm_glob_list names = {0};
    struct cpm_json *out;

    if (!cpm_fs_is_dir(modules))
        return NULL;
    out = cpm_json_new_object();
    cpm_init_list_folder(arena, modules, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.v[i], *spec;

        if (name[0] == '.' || test != is_test_package(name) || cpm_json_get(other, cpm_str(name)))
            continue;
        spec = installed_spec(init, name);
        if (*spec)
            cpm_json_set_str(out, name, cpm_str(spec));
    }
    return out;
}
