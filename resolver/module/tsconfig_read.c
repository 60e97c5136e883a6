/* JSON with comments and commas at the end becomes JSON by putting spaces over both. A file that
 * extends itself, on whatever way, counts once. */
#include "resolver/module/tsconfig.h"

enum { MOST_BYTES = 4 << 20, MOST_EXTENDS = 64 };

struct reading {
    struct cpm_search *s;
    struct cpm_arena *arena;
    const char *fault;
    struct cpm_place *visited[MOST_EXTENDS];
    size_t visited_count;
};

static bool read_file(struct reading *r, struct cpm_place *file, struct cpm_tsconfig_options *out);

static size_t comment_end(const char *text, size_t at, size_t len)
{
    bool line = text[at + 1] == '/';

    for (at += 2; at < len; at++) {
        if (line && text[at] == '\n')
            return at;
        if (!line && text[at] == '/' && text[at - 1] == '*')
            return at + 1;
    }
    return len;
}

static size_t string_end(const char *text, size_t at, size_t len)
{
    for (at++; at < len && text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at < len ? at + 1 : len;
}

static void blank(char *text, size_t from, size_t to)
{
    for (; from < to; from++)
        if (text[from] != '\n')
            text[from] = ' ';
}

static void strip_comments(char *text, size_t len)
{
    size_t comma = SIZE_MAX, end;

    for (size_t i = 0; i < len;) {
        if (text[i] == '/' && i + 1 < len && (text[i + 1] == '/' || text[i + 1] == '*')) {
            end = comment_end(text, i, len);
            blank(text, i, end);
            i = end;
            continue;
        }
        if (comma != SIZE_MAX && (text[i] == '}' || text[i] == ']'))
            text[comma] = ' ';
        if (text[i] == ',')
            comma = i;
        else if (!strchr(" \t\r\n", text[i]))
            comma = SIZE_MAX;
        i = text[i] == '"' ? string_end(text, i, len) : i + 1;
    }
}

static const struct cpm_value *parse_file(struct reading *r, struct cpm_place *file)
{
    const struct cpm_resolver_fs *fs = &r->s->places->fs;
    long size = fs->read(fs->data, file->path, NULL, 0);
    const struct cpm_value *v = NULL;
    char *text;

    if (size < 0) {
        r->fault =
            cpm_arena_printf(r->arena, "ENOENT: no such file or directory, open '%s'", file->path);
        return NULL;
    }
    if (size <= MOST_BYTES) {
        text = cpm_arena_alloc(r->arena, (size_t)size + 1);
        size = fs->read(fs->data, file->path, text, (size_t)size);
        strip_comments(text, size > 0 ? (size_t)size : 0);
        v = cpm_value_parse(r->arena, cpm_str(text));
    }
    if (!v || v->type != CPM_VALUE_OBJECT)
        r->fault = cpm_arena_printf(r->arena, "Invalid tsconfig %s", file->path);
    return r->fault ? NULL : v;
}

static struct cpm_place *as_file(struct reading *r, struct cpm_place *folder, struct cpm_str text)
{
    struct cpm_place *p = cpm_place_walk(r->s->places, folder, text);

    if (cpm_str_ends(text, ".json") || cpm_place_is_file(r->s->places, p))
        return p;
    return cpm_place_child(r->s->places, p->parent,
                           cpm_search_join(r->s, cpm_place_name(p), CPM_STR(".json")));
}

/* "extends" of a package is found as require() of a configuration would be. */
static struct cpm_place *as_package(struct reading *r, struct cpm_place *folder,
                                    struct cpm_str text)
{
    static const char *const extensions[] = {".json", NULL}, *const names[] = {"tsconfig", NULL};
    static const struct cpm_bundler_options options = {
        .extensions = extensions, .main_fields = names, .main_files = names};
    static const struct cpm_str conditions[] = {{"require", 7}, {"types", 5}, {"node", 4}};
    struct cpm_settings settings = {.bundler = NULL};
    struct cpm_search s = {.places = r->s->places,
                           .settings = &settings,
                           .arena = CPM_ARENA_INIT,
                           .specifier = text,
                           .parent = cpm_place_path(folder),
                           .folder = folder,
                           .query = CPM_STR(""),
                           .conditions = {conditions, 3}};
    struct cpm_place *found = NULL;

    if (cpm_bundler_new(&settings.bundler, &options, &s.arena, NULL) == 0 &&
        cpm_bundler_resolve(&s))
        found = s.found;
    cpm_arena_release(&s.arena);
    return found;
}

static struct cpm_place *extended_file(struct reading *r, struct cpm_place *folder,
                                       struct cpm_str text)
{
    struct cpm_place *p = NULL;

    if (!cpm_str_starts(text, "./") && !cpm_str_starts(text, "../") && !cpm_str_starts(text, "/"))
        p = as_package(r, folder, text);
    return p ? p : as_file(r, folder, text);
}

/* "${configDir}" stays: it means the folder of the first file. */
static void merge(struct reading *r, struct cpm_tsconfig_options *out,
                  const struct cpm_tsconfig_options *base, struct cpm_place *folder)
{
    if (base->paths) {
        out->paths = base->paths;
        out->paths_folder = base->paths_folder;
    }
    if (!base->base_url.ptr)
        return;
    out->base_url = base->base_url;
    if (cpm_str_find(base->base_url, "${configDir}") == CPM_NPOS && base->base_url.len)
        out->base_url = cpm_place_path(cpm_place_walk(r->s->places, folder, base->base_url));
    else if (!base->base_url.len)
        out->base_url = cpm_place_path(folder);
}

static bool extend(struct reading *r, struct cpm_place *folder, const struct cpm_value *v,
                   struct cpm_tsconfig_options *out)
{
    struct cpm_tsconfig_options base = {.paths = NULL};
    struct cpm_place *file;

    if (v->type != CPM_VALUE_STRING)
        return true;
    file = extended_file(r, folder, cpm_tsconfig_substitute(r->arena, v->text, folder));
    if (!read_file(r, file, &base))
        return false;
    merge(r, out, &base, file->parent);
    return true;
}

static bool extend_all(struct reading *r, struct cpm_place *folder, const struct cpm_value *v,
                       struct cpm_tsconfig_options *out)
{
    if (!v || v->type != CPM_VALUE_ARRAY)
        return !v || extend(r, folder, v, out);
    for (uint32_t i = 0; i < v->count; i++)
        if (!extend(r, folder, &v->items[i], out))
            return false;
    return true;
}

static void take_options(const struct cpm_value *config, struct cpm_place *folder,
                         struct cpm_tsconfig_options *out)
{
    const struct cpm_value *options = cpm_value_get(config, CPM_STR("compilerOptions"));
    const struct cpm_value *paths = cpm_value_get(options, CPM_STR("paths"));
    const struct cpm_value *base_url = cpm_value_get(options, CPM_STR("baseUrl"));

    if (paths && paths->type == CPM_VALUE_OBJECT) {
        out->paths = paths;
        out->paths_folder = folder;
    }
    if (base_url && base_url->type == CPM_VALUE_STRING)
        out->base_url = base_url->text.len ? base_url->text : CPM_STR("");
    out->references = cpm_value_get(config, CPM_STR("references"));
}

static bool read_file(struct reading *r, struct cpm_place *file, struct cpm_tsconfig_options *out)
{
    const struct cpm_value *config;

    for (size_t i = 0; i < r->visited_count; i++)
        if (r->visited[i] == file)
            return true;
    if (r->visited_count == MOST_EXTENDS) {
        r->fault = "too many files extend each other";
        return false;
    }
    r->visited[r->visited_count++] = file;
    config = parse_file(r, file);
    if (!config || !extend_all(r, file->parent, cpm_value_get(config, CPM_STR("extends")), out))
        return false;
    take_options(config, file->parent, out);
    return true;
}

bool cpm_tsconfig_read(struct cpm_search *s, struct cpm_arena *arena, struct cpm_place *file,
                       struct cpm_tsconfig_options *out, const char **fault)
{
    struct reading r = {.s = s, .arena = arena};
    bool ok;

    *out = (struct cpm_tsconfig_options){.paths = NULL};
    ok = read_file(&r, file, out);
    *fault = r.fault;
    return ok;
}
