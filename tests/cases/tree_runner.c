/* Runs case files of the tree solver. A file holds scenes, separated by blank lines:
 *
 *     # what it shows
 *     registry   a 1.0.0  needs b ^1, peer c *   what is published: name, version, its wishes
 *     tag        a next 2.0.0                    a dist-tag; latest is the last version listed
 *     folder     packages/a a 1.0.0  needs …     a folder's package.json; "workspace" for a
 * workspace package    needs a ^1, dev b *             the project's wishes overrides  {"a":
 * "1.0.0"} lock       node_modules/a 1.0.0  needs …   start from this lock; "-> x" is a link add a
 * asked for by name; also: update, remove options    force strict legacy dedupe … tree
 * node_modules/a 1.0.0 dev        every entry, in any order trace      ROOT a@1.0.0 OK for: … the
 * placements, in order; checked when given warning    overriding peer dependency      in some
 * warning's text error      ERESOLVE could not resolve      code and part of the text report Found:
 * a@1.0.0                  a line of the conflict's report
 *
 * Wishes: needs, dev, optional, peer, peer? (optional peer), accept; also os X, cpu X, libc X,
 * engine X, bundle NAME.
 *     tree_runner FILE… */
#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "cases/tree_world.h"
#include "resolver/tree/conflict.h"

#include <stdio.h>

#define LINES_MAX  200
#define INSIDE_MAX 8
#define PROJECT    "/project"
#define REGISTRY   "http://localhost/"

struct line {
    struct cpm_str key, text;
};

struct scene {
    const char *file;
    struct cpm_str title;
    struct line lines[LINES_MAX];
    size_t n;
    struct world world;
    struct cpm_json *packages, *package, *tags;
    struct cpm_buf lock;
    struct cpm_tree_workspace workspaces[8];
    struct cpm_tree_add adds[8];
    const struct cpm_name *updates[8];
    struct cpm_tree_input in;
    struct cpm_tree_options opts;
    bool failed;
};

static void fail(struct scene *s, const char *what, struct cpm_str got)
{
    if (!s->failed)
        printf("%s: %.*s\n", s->file, CPM_STR_ARG(s->title));
    s->failed = true;
    printf("    %s: %.*s\n", what, CPM_STR_ARG(got));
}

static struct cpm_str word(struct cpm_str *text)
{
    struct cpm_str w = CPM_STR("");

    *text = cpm_str_trim(*text);
    if (text->len && !cpm_str_split(text, ' ', &w))
        w = CPM_STR("");
    *text = cpm_str_trim(*text);
    return w;
}

/* Wishes. */

static struct cpm_json *member(struct cpm_json *object, const char *key)
{
    if (!cpm_json_get(object, cpm_str(key)))
        cpm_json_set(object, cpm_str(key), cpm_json_new_object());
    return cpm_json_get(object, cpm_str(key));
}

static void add_to_list(struct cpm_json *object, const char *key, struct cpm_str value)
{
    if (!cpm_json_get(object, cpm_str(key)))
        cpm_json_set(object, cpm_str(key), cpm_json_new_array());
    cpm_json_add(cpm_json_get(object, cpm_str(key)), cpm_json_new_str(value));
}

static const char *group_of(struct cpm_str kind)
{
    static const char *const groups[][2] = {
        {"needs", "dependencies"},
        {"dev", "devDependencies"},
        {"optional", "optionalDependencies"},
        {"peer", "peerDependencies"},
        {"peer?", "peerDependencies"},
        {"accept", "acceptDependencies"},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
        if (cpm_str_is(kind, groups[i][0]))
            return groups[i][1];
    return NULL;
}

static void add_wish(struct scene *s, struct cpm_json *manifest, struct cpm_str text)
{
    struct cpm_str kind = word(&text), name = word(&text);
    const char *group = group_of(kind);

    if (group)
        cpm_json_set(member(manifest, group), name, cpm_json_new_str(text));
    if (cpm_str_is(kind, "peer?"))
        cpm_json_set(member(member(manifest, "peerDependenciesMeta"),
                            cpm_arena_strndup(&s->world.arena, name.ptr, name.len)),
                     CPM_STR("optional"), cpm_json_new_bool(true));
    else if (cpm_str_is(kind, "engine"))
        cpm_json_set(member(manifest, "engines"), CPM_STR("node"), cpm_json_new_str(name));
    else if (cpm_str_is(kind, "bundle"))
        add_to_list(manifest, "bundleDependencies", name);
    else if (!group)
        add_to_list(manifest, cpm_arena_strndup(&s->world.arena, kind.ptr, kind.len), name);
}

static void add_wishes(struct scene *s, struct cpm_json *manifest, struct cpm_str text)
{
    struct cpm_str part;

    while (text.len && cpm_str_split(&text, ',', &part))
        add_wish(s, manifest, cpm_str_trim(part));
}

/* The lines before the solve. */

static void read_registry(struct scene *s, struct cpm_str text)
{
    struct cpm_str name = word(&text), version = word(&text);
    struct cpm_json *m = cpm_json_new_object();

    add_wishes(s, m, text);
    cpm_json_set(s->packages,
                 cpm_str(cpm_arena_printf(&s->world.arena, "%.*s@%.*s", CPM_STR_ARG(name),
                                          CPM_STR_ARG(version))),
                 m);
}

static void read_tag(struct scene *s, struct cpm_str text)
{
    struct cpm_str name = word(&text), tag = word(&text);

    cpm_json_set(member(s->tags, cpm_arena_strndup(&s->world.arena, name.ptr, name.len)), tag,
                 cpm_json_new_str(text));
}

static void read_folder(struct scene *s, struct cpm_str text, bool workspace)
{
    struct cpm_str location = word(&text), name = word(&text), version = word(&text);
    struct cpm_json *m = cpm_json_new_object();
    const struct cpm_manifest *manifest;
    const char *path;

    cpm_json_set_str(m, "name", name);
    cpm_json_set_str(m, "version", version);
    add_wishes(s, m, text);
    manifest = world_manifest(&s->world, world_json_text(&s->world, m));
    path = cpm_path_resolve(&s->world.arena, PROJECT,
                            cpm_arena_strndup(&s->world.arena, location.ptr, location.len));
    cpm_map_set(&s->world.folders, cpm_str(path), (void *)manifest);
    if (workspace)
        s->workspaces[s->in.workspace_count++] =
            (struct cpm_tree_workspace){manifest->name, location, manifest};
    cpm_json_free(m);
}

static void read_inside(struct scene *s, struct cpm_str text)
{
    struct cpm_arena *arena = &s->world.arena;
    struct cpm_str name = word(&text), version = word(&text), location = word(&text);
    struct cpm_str id =
        cpm_str(cpm_arena_printf(arena, "%.*s@%.*s", CPM_STR_ARG(name), CPM_STR_ARG(version)));
    struct cpm_lock *lock = cpm_map_get(&s->world.contents, id);
    struct cpm_json *m = cpm_json_new_object();

    if (!lock) {
        lock = CPM_NEW(arena, struct cpm_lock);
        lock->entries = CPM_NEW_ARRAY(arena, struct cpm_lock_entry, INSIDE_MAX);
        cpm_map_set(&s->world.contents, id, lock);
    }
    cpm_json_set_str(m, "name", cpm_location_name(location));
    cpm_json_set_str(m, "version", word(&text));
    add_wishes(s, m, text);
    if (lock->count < INSIDE_MAX)
        lock->entries[lock->count++] = (struct cpm_lock_entry){
            .location = location,
            .manifest = world_manifest(&s->world, world_json_text(&s->world, m))};
    cpm_json_free(m);
}

static void add_flags(struct cpm_json *m, struct cpm_str *text)
{
    static const char *const flags[] = {"dev", "optional", "devOptional", "peer", "extraneous"};
    struct cpm_str rest = *text, w = word(&rest);

    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (cpm_str_is(w, flags[i]) && (rest.len == 0 || rest.ptr[0] == ',')) {
            cpm_json_set(m, cpm_str(flags[i]), cpm_json_new_bool(true));
            *text = rest;
        }
}

static void read_lock(struct scene *s, struct cpm_str text)
{
    struct cpm_str location = word(&text), version = word(&text);
    struct cpm_json *m = cpm_json_new_object(), *dist;

    if (cpm_str_is(version, "->")) {
        cpm_json_set_str(m, "resolved", text);
        cpm_json_set(m, CPM_STR("link"), cpm_json_new_bool(true));
    } else {
        cpm_json_set_str(m, "version", version);
        add_flags(m, &text);
        add_wishes(s, m, text);
    }
    if (!cpm_str_is(version, "->") && !cpm_location_is_top(location)) {
        dist = world_dist(&s->world, cpm_location_name(location), version, REGISTRY);
        cpm_json_set_str(m, "resolved", cpm_json_get_str(dist, "tarball"));
        cpm_json_set_str(m, "integrity", cpm_json_get_str(dist, "integrity"));
        cpm_json_free(dist);
    }
    cpm_buf_add_text(&s->lock, s->lock.len ? "," : "");
    cpm_json_quote(&s->lock, location);
    cpm_buf_add_char(&s->lock, ':');
    cpm_json_write(m, CPM_STR(""), CPM_STR("\n"), &s->lock);
    cpm_json_free(m);
}

static void read_request(struct scene *s, struct cpm_str key, struct cpm_str text)
{
    struct cpm_str name = word(&text);

    if (cpm_str_is(key, "remove"))
        s->in.has_removals = true;
    else if (cpm_str_is(key, "add"))
        s->adds[s->in.add_count++] =
            (struct cpm_tree_add){cpm_names_get(s->world.names, name), text};
    else if (cpm_str_is(name, "*"))
        s->opts.update_all = true;
    else
        s->updates[s->in.update_count++] = cpm_names_get(s->world.names, name);
}

static void read_option(struct scene *s, struct cpm_str o)
{
    struct cpm_tree_options *opts = &s->opts;
    const struct {
        const char *word;
        bool *flag;
        bool value;
    } flags[] = {
        {"force", &opts->force, true},
        {"strict", &opts->strict_peer_deps, true},
        {"legacy", &opts->legacy_peer_deps, true},
        {"dedupe", &opts->prefer_dedupe, true},
        {"engine-strict", &opts->engine_strict, true},
        {"global", &opts->global, true},
        {"no-save", &opts->save, false},
        {"no-prune", &opts->prune, false},
        {"install-links", &opts->install_links, true},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (cpm_str_is(o, flags[i].word))
            *flags[i].flag = flags[i].value;
    if (cpm_str_is(o, "nested"))
        opts->strategy = CPM_NESTED;
    if (cpm_str_is(o, "shallow"))
        opts->strategy = CPM_SHALLOW;
    if (cpm_str_is(o, "actual"))
        s->in.lock_is_actual = true;
}

static void read_line(struct scene *s, const struct line *l)
{
    struct cpm_str rest = l->text;

    if (cpm_str_is(l->key, "registry"))
        read_registry(s, rest);
    else if (cpm_str_is(l->key, "tag"))
        read_tag(s, rest);
    else if (cpm_str_is(l->key, "folder") || cpm_str_is(l->key, "workspace"))
        read_folder(s, rest, cpm_str_is(l->key, "workspace"));
    else if (cpm_str_is(l->key, "inside"))
        read_inside(s, rest);
    else if (cpm_str_is(l->key, "package"))
        add_wishes(s, s->package, rest);
    else if (cpm_str_is(l->key, "lock"))
        read_lock(s, rest);
    else if (cpm_str_is(l->key, "add") || cpm_str_is(l->key, "update") ||
             cpm_str_is(l->key, "remove"))
        read_request(s, l->key, rest);
    while (cpm_str_is(l->key, "options") && rest.len)
        read_option(s, word(&rest));
}

static void read_overrides(struct scene *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct cpm_json *rules = NULL;
        struct cpm_error err;

        if (cpm_str_is(s->lines[i].key, "overrides") &&
            cpm_json_parse(s->lines[i].text, s->file, 0, &rules, &err) == 0)
            cpm_json_set(s->package, CPM_STR("overrides"), rules);
    }
}

/* The lines after it. */

static void check_tree(struct scene *s, const struct cpm_tree_result *out)
{
    bool given = false;

    for (size_t k = 0; k < s->n; k++)
        given |= cpm_str_is(s->lines[k].key, "tree");
    for (size_t i = 1; given && i < out->lock.count; i++) {
        const struct cpm_lock_entry *e = &out->lock.entries[i];
        const char *got =
            cpm_arena_printf(&s->world.arena, "%.*s %s%s", CPM_STR_ARG(e->location),
                             world_entry_text(&s->world, e), e->inert ? " inert" : "");
        bool found = false;

        for (size_t k = 0; k < s->n && !found; k++)
            if (cpm_str_is(s->lines[k].key, "tree") && cpm_str_is(s->lines[k].text, got)) {
                found = true;
                s->lines[k].key = CPM_STR("seen");
            }
        if (!found)
            fail(s, "unexpected", cpm_str(got));
    }
    for (size_t k = 0; k < s->n; k++)
        if (cpm_str_is(s->lines[k].key, "tree") && !cpm_str_is(s->lines[k].text, "(empty)"))
            fail(s, "missing", s->lines[k].text);
}

static void check_trace(struct scene *s, const struct cpm_tree_result *out)
{
    size_t at = 0;
    bool given = false;

    for (size_t k = 0; k < s->n; k++) {
        if (!cpm_str_is(s->lines[k].key, "trace"))
            continue;
        given = true;
        if (at >= out->trace_count)
            fail(s, "not placed", s->lines[k].text);
        else if (!cpm_str_eq(out->trace[at], s->lines[k].text))
            fail(s, "placed instead", out->trace[at]);
        at++;
    }
    for (; given && at < out->trace_count; at++)
        fail(s, "placed too", out->trace[at]);
}

static void check_warnings(struct scene *s, const struct cpm_tree_result *out)
{
    for (size_t k = 0; k < s->n; k++) {
        const char *want =
            cpm_arena_strndup(&s->world.arena, s->lines[k].text.ptr, s->lines[k].text.len);
        bool found = !cpm_str_is(s->lines[k].key, "warning");

        for (size_t i = 0; i < out->warning_count; i++)
            found |= cpm_str_find(out->warnings[i].text, want) != CPM_NPOS;
        if (!found)
            fail(s, "no such warning", s->lines[k].text);
    }
}

static void check_report(struct scene *s, const struct cpm_tree_result *out)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);

    if (out->conflict)
        cpm_conflict_explain(out->conflict, 4, &text);
    for (size_t k = 0; k < s->n; k++) {
        const char *want =
            cpm_arena_strndup(&s->world.arena, s->lines[k].text.ptr, s->lines[k].text.len);

        if (cpm_str_is(s->lines[k].key, "report") &&
            cpm_str_find(cpm_buf_str(&text), want) == CPM_NPOS)
            fail(s, "not in the report", cpm_buf_str(&text));
    }
    cpm_buf_release(&text);
}

static void check_error(struct scene *s, int code, const struct cpm_error *err)
{
    const struct line *want = NULL;
    struct cpm_str text, name;

    for (size_t k = 0; k < s->n; k++)
        if (cpm_str_is(s->lines[k].key, "error"))
            want = &s->lines[k];
    if (!want) {
        if (code)
            fail(s, cpm_error_name(code), cpm_str(err->text));
        return;
    }
    text = want->text;
    name = word(&text);
    if (!code || !cpm_str_is(name, cpm_error_name(code)))
        fail(s, "other outcome", cpm_str(code ? cpm_error_name(code) : "a tree"));
    else if (cpm_str_find(cpm_str(err->text),
                          cpm_arena_strndup(&s->world.arena, text.ptr, text.len)) == CPM_NPOS)
        fail(s, "other text", cpm_str(err->text));
}

/* A scene. */

static int start_lock(struct scene *s, struct cpm_lock *lock, struct cpm_error *err)
{
    struct cpm_lock_source src = {
        .names = s->world.names, .arena = &s->world.arena, .root = PROJECT};
    const char *text = cpm_arena_printf(
        &s->world.arena,
        "{\"lockfileVersion\": 3, \"requires\": true, \"packages\": {\"\": {},%s}}",
        cpm_buf_text(&s->lock));

    src.package = s->in.root;
    return cpm_lock_read(cpm_str(text), "package-lock.json", &src, lock, err);
}

static void play(struct scene *s)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_tree_result out = {0};
    struct cpm_lock lock;
    int code;

    for (size_t i = 0; i < s->n; i++)
        read_line(s, &s->lines[i]);
    read_overrides(s);
    s->in.workspaces = s->workspaces;
    s->in.adds = s->adds;
    s->in.updates = s->updates;
    s->in.root = world_manifest(&s->world, world_json_text(&s->world, s->package));
    code = world_add_packages(&s->world, s->packages, REGISTRY, s->tags, &err);
    if (code == 0 && s->lock.len) {
        code = start_lock(s, &lock, &err);
        s->in.lock = &lock;
    }
    if (code == 0)
        code = world_solve(&s->world, &s->in, &s->opts, &out, &err);
    check_error(s, code, &err);
    check_report(s, &out);
    if (code)
        return;
    check_tree(s, &out);
    check_trace(s, &out);
    check_warnings(s, &out);
}

static void begin(struct scene *s, const char *file)
{
    *s = (struct scene){.file = file, .opts = CPM_TREE_OPTIONS_INIT, .lock = CPM_BUF_INIT(1 << 20)};
    world_init(&s->world);
    s->packages = cpm_json_new_object();
    s->tags = cpm_json_new_object();
    s->package = cpm_json_new_object();
    cpm_json_set_str(s->package, "name", CPM_STR("root"));
    cpm_json_set_str(s->package, "version", CPM_STR("1.0.0"));
    s->opts.path = PROJECT;
    s->opts.trace = s->opts.complete = true;
    s->opts.os = "linux";
    s->opts.cpu = "x64";
    s->opts.libc = "glibc";
    s->opts.node_version = "20.0.0";
    s->opts.npm_version = "11.0.0";
}

static bool end(struct scene *s)
{
    if (s->n)
        play(s);
    cpm_json_free(s->packages);
    cpm_json_free(s->tags);
    cpm_json_free(s->package);
    cpm_buf_release(&s->lock);
    world_release(&s->world);
    return !s->failed;
}

static void run_file(const char *file, struct cpm_str text, unsigned *scenes, unsigned *failed)
{
    static struct scene s;
    struct cpm_str line;

    begin(&s, file);
    while (cpm_str_split(&text, '\n', &line)) {
        struct cpm_str key;

        if (line.len && line.ptr[0] == '#') {
            s.title = cpm_str_trim(cpm_str_sub(line, 1, CPM_NPOS));
            continue;
        }
        if (cpm_str_trim(line).len == 0) {
            *scenes += s.n > 0;
            *failed += !end(&s);
            begin(&s, file);
            continue;
        }
        key = word(&line);
        if (s.n < LINES_MAX)
            s.lines[s.n++] = (struct line){key, line};
    }
    *scenes += s.n > 0;
    *failed += !end(&s);
}

int main(int argc, char **argv)
{
    unsigned scenes = 0, failed = 0;

    for (int i = 1; i < argc; i++) {
        struct cpm_arena arena = CPM_ARENA_INIT;
        struct cpm_error err = CPM_ERROR_INIT;
        struct cpm_str text;

        if (cpm_fs_read(argv[i], CPM_JSON_MAX, &arena, &text, &err) < 0) {
            printf("%s\n", err.text);
            failed++;
        } else {
            run_file(argv[i], text, &scenes, &failed);
        }
        cpm_arena_release(&arena);
    }
    printf("%u scenes, %u failed\n", scenes, failed);
    return failed || !scenes;
}
