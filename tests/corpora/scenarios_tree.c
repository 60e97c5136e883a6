/* Recorded runs of npm, as far as the tree solver alone answers them: install and update by
 * package.json, and added names with the package.json that came out. Compares error codes, locks
 * and the trace of placements. scenarios_tree FILE [NAME] */
#include "base/fs.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"
#include "cases/tree_world.h"
#include "lockfile/package.h"

#include <stdio.h>
#include <stdlib.h>

#define ADDS_MAX 8

struct run {
    const struct cpm_json *scenario, *step;
    const char *base, *path;
    struct world world;
    struct cpm_str package, lock;
    struct cpm_str request; /* package.json with the requests as given */
    struct cpm_tree_workspace workspaces[16];
    struct cpm_tree_add adds[ADDS_MAX];
    const struct cpm_name *updates[ADDS_MAX];
    struct cpm_tree_input in;
    struct cpm_tree_options opts;
    int lockfile_version;
    bool format, skip, duplicate;
    unsigned steps, locks, traces, errors, wrong, skipped;
};

static const char *path_of(struct run *r, struct cpm_str relative)
{
    return cpm_path_resolve(&r->world.arena, r->path,
                            cpm_arena_strndup(&r->world.arena, relative.ptr, relative.len));
}

static void add_workspace(struct run *r, struct cpm_str location, const struct cpm_manifest *m)
{
    struct cpm_tree_workspace *w = &r->workspaces[r->in.workspace_count];

    w->location = location;
    w->manifest = m;
    w->name = m->name ? m->name : cpm_names_get(r->world.names, cpm_path_basename(location));
    for (size_t i = 0; i < r->in.workspace_count; i++)
        r->duplicate |= r->workspaces[i].name == w->name;
    r->in.workspace_count++;
    r->in.workspaces = r->workspaces;
}

static bool is_workspace(struct run *r, const struct cpm_json *patterns, struct cpm_str location)
{
    const char *text = cpm_arena_strndup(&r->world.arena, location.ptr, location.len);
    bool yes = false;

    CPM_JSON_EACH (patterns, p) {
        struct cpm_str pattern = cpm_json_str(p);
        bool negated = cpm_str_starts(pattern, "!");
        const char *glob =
            cpm_arena_strndup(&r->world.arena, pattern.ptr + negated, pattern.len - negated);

        if (cpm_glob_match(glob, text))
            yes = !negated;
    }
    return yes;
}

static int by_path(const void *a, const void *b)
{
    const struct cpm_tree_workspace *x = a, *y = b;

    return cpm_str_cmp(x->location, y->location);
}

static void add_files(struct run *r, const struct cpm_json *package)
{
    CPM_JSON_EACH (cpm_json_get(r->scenario, CPM_STR("files")), f) {
        struct cpm_str file = cpm_json_key(f);
        struct cpm_str folder = cpm_str_sub(file, 0, file.len - strlen("/package.json"));
        const struct cpm_manifest *m;

        if (!cpm_str_ends(file, "/package.json"))
            continue;
        m = world_manifest(&r->world, cpm_json_is(f, CPM_JSON_STRING)
                                          ? cpm_json_str(f)
                                          : world_json_text(&r->world, f));
        cpm_map_set(&r->world.folders, cpm_str(path_of(r, folder)), (void *)m);
        if (is_workspace(r, cpm_json_get(package, CPM_STR("workspaces")), folder))
            add_workspace(r, folder, m);
    }
    qsort(r->workspaces, r->in.workspace_count, sizeof(*r->workspaces), by_path);
}

/* The request as it stands in package.json while the tree is built: saving comes later. */
static void write_request(struct run *r, const struct cpm_spec *spec)
{
    const struct cpm_json *tags = cpm_json_get(r->step, CPM_STR("distTags"));
    enum cpm_dep_group group = CPM_DEPS_PROD;
    struct cpm_str text = spec->raw_spec;
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_package package;
    struct cpm_error err;

    if (cpm_package_parse(r->package.len ? r->package : CPM_STR("{}"), "package.json", &package,
                          &err) < 0)
        return;
    for (int g = 0; g < CPM_DEPS_ACCEPT; g++) {
        const struct cpm_json *deps = cpm_json_get(package.doc, cpm_str(cpm_dep_group_key(g)));

        if (cpm_json_get(deps, spec->name)) {
            group = g;
            if (cpm_str_is(text, "*"))
                text = cpm_json_str(cpm_json_get(deps, spec->name));
        }
    }
    tags = tags ? tags : cpm_json_get(r->scenario, CPM_STR("distTags"));
    if (spec->type == CPM_SPEC_TAG)
        text = cpm_json_str(cpm_json_get(cpm_json_get(tags, spec->name), spec->raw_spec));
    cpm_package_set_dep(&package, group, spec->name, text);
    cpm_package_text(&package, &out);
    r->request = cpm_arena_str(&r->world.arena, cpm_buf_str(&out));
    r->package = r->request;
    cpm_buf_release(&out);
    cpm_package_release(&package);
}

static void read_name(struct run *r, struct cpm_str arg, bool update)
{
    struct cpm_spec spec;
    struct cpm_error err;
    const struct cpm_name *name;

    if (cpm_spec_parse(&r->world.arena, arg, r->path, &spec, &err) < 0)
        return;
    name = cpm_names_get(r->world.names, spec.name);
    if (!update)
        write_request(r, &spec);
    if (update)
        r->updates[r->in.update_count++] = name;
    else
        r->adds[r->in.add_count++] = (struct cpm_tree_add){name, CPM_STR("")};
    r->in.updates = r->updates;
    r->in.adds = r->adds;
}

static void read_flag(struct run *r, struct cpm_str a)
{
    struct cpm_tree_options *o = &r->opts;

    o->force |= cpm_str_is(a, "--force");
    o->strict_peer_deps |= cpm_str_is(a, "--strict-peer-deps");
    o->legacy_peer_deps |= cpm_str_is(a, "--legacy-peer-deps");
    o->omit_registry_resolved |= cpm_str_is(a, "--omit-lockfile-registry-resolved");
    if (cpm_str_is(a, "--install-strategy=nested"))
        o->strategy = CPM_NESTED;
    if (cpm_str_is(a, "--before=2021-01-01"))
        o->pick.before = INT64_C(1609459200000);
    if (cpm_str_is(a, "--lockfile-version=2"))
        r->lockfile_version = 2;
    if (cpm_str_is(a, "--no-format-package-lock"))
        r->format = false;
    r->skip |= cpm_str_starts(a, "--min-release-age") || cpm_str_is(a, "-w") ||
               cpm_str_is(a, "--dry-run") || cpm_str_is(a, "--save");
}

static void read_args(struct run *r)
{
    const struct cpm_json *args = cpm_json_get(r->step, CPM_STR("args"));
    struct cpm_str command = cpm_json_str(cpm_json_first(args));
    bool update = cpm_str_is(command, "update"), install = cpm_str_is(command, "install");
    bool remove = cpm_str_is(command, "rm") || cpm_str_is(command, "uninstall");

    r->skip = !install && !update && !remove;
    r->in.has_removals = remove;
    CPM_JSON_EACH (args, a) {
        if (a == cpm_json_first(args))
            continue;
        if (cpm_str_starts(cpm_json_str(a), "-"))
            read_flag(r, cpm_json_str(a));
        else if (!remove)
            read_name(r, cpm_json_str(a), update);
    }
    r->opts.update_all = update && !r->in.update_count;
}

static struct cpm_str text_in(struct cpm_arena *arena, const struct cpm_json *value)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str kept;

    if (!value || cpm_json_is(value, CPM_JSON_NULL))
        return CPM_STR_NONE;
    if (cpm_json_is(value, CPM_JSON_STRING))
        return cpm_json_str(value);
    cpm_json_write(value, CPM_STR("  "), CPM_STR("\n"), &text);
    kept = cpm_arena_str(arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return kept;
}

/* "$ROOT" in recorded texts is the folder that the scenarios ran in. */
static struct cpm_str placed(struct run *r, struct cpm_str line)
{
    size_t at = cpm_str_find(line, "$ROOT");

    if (at == CPM_NPOS)
        return line;
    return cpm_str(cpm_arena_printf(&r->world.arena, "%.*s/root%.*s", (int)at, line.ptr,
                                    CPM_STR_ARG(cpm_str_sub(line, at + 5, CPM_NPOS))));
}

static bool same_trace(struct run *r, const struct cpm_tree_result *out, bool talk)
{
    const struct cpm_json *trace = cpm_json_get(r->step, CPM_STR("placeDep"));
    const struct cpm_json *line = cpm_json_first(trace);
    bool same = true;

    for (size_t i = 0; i < out->trace_count; i++, line = line ? cpm_json_next(line) : NULL) {
        struct cpm_str want = line ? placed(r, cpm_json_str(line)) : CPM_STR_NONE;
        bool ok = cpm_str_eq(want, out->trace[i]);

        if (talk && !ok)
            printf("    ! %.*s\n      npm %.*s\n", CPM_STR_ARG(out->trace[i]), CPM_STR_ARG(want));
        same &= ok;
    }
    for (; line; line = cpm_json_next(line)) {
        same = false;
        if (talk)
            printf("    - %.*s\n", CPM_STR_ARG(cpm_json_str(line)));
    }
    return same;
}

static bool same_lock(struct run *r, const struct cpm_tree_result *out, bool talk)
{
    const struct cpm_json *lock = cpm_json_get(r->step, CPM_STR("lock"));
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_json_style style;
    struct cpm_error err;
    bool same;

    cpm_json_style_detect(r->package, &style);
    cpm_lock_write(&out->lock, r->format ? &style : NULL, &text, &err);
    same = cpm_str_eq(cpm_json_str(lock), cpm_buf_str(&text));
    if (talk && !same) {
        cpm_fs_replace("/tmp/ours.json", cpm_buf_str(&text), 0, false, &err);
        cpm_fs_replace("/tmp/npms.json", cpm_json_str(lock), 0, false, &err);
        printf("    locks differ: /tmp/ours.json, /tmp/npms.json\n");
    }
    cpm_buf_release(&text);
    return same;
}

static void judge(struct run *r, int code, const struct cpm_tree_result *out, const char *text,
                  bool talk)
{
    struct cpm_str want = cpm_json_get_str(r->step, "errorCode");
    struct cpm_str name = cpm_json_get_str(r->scenario, "name");
    bool timeout = cpm_str_is(cpm_json_get_str(r->step, "exit"), "TIMEOUT");

    r->steps++;
    if (timeout)
        return;
    if (code || want.len) {
        bool same = code && cpm_str_is(want, cpm_error_name(code));

        r->errors += same;
        r->wrong += !same;
        if (!same)
            printf("%.*s: %s (%s), npm has '%.*s'\n", CPM_STR_ARG(name),
                   code ? cpm_error_name(code) : "a tree", text, CPM_STR_ARG(want));
        if (!same && talk)
            same_trace(r, out, true);
        return;
    }
    if (same_lock(r, out, talk))
        r->locks++;
    else
        printf("%.*s: another lock, step %u\n", CPM_STR_ARG(name), r->steps);
    if (!cpm_json_get(r->step, CPM_STR("placeDep")) || same_trace(r, out, talk))
        r->traces++;
    else
        printf("%.*s: another trace, step %u\n", CPM_STR_ARG(name), r->steps);
}

static void solve_step(struct run *r, bool talk)
{
    struct cpm_lock_source src = {.names = r->world.names,
                                  .arena = &r->world.arena,
                                  .root = r->path,
                                  .lockfile_version = r->lockfile_version};
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_tree_result out = {0};
    struct cpm_lock lock;
    int code;

    r->opts.lockfile_version = r->lockfile_version;
    r->in.root = world_manifest(&r->world, r->request.len ? r->request : r->package);
    src.package = r->in.root;
    if (r->lock.len && cpm_lock_read(r->lock, "package-lock.json", &src, &lock, &err) == 0)
        r->in.lock = &lock;
    code = r->duplicate ? cpm_error_set(&err, CPM_EDUPLICATEWORKSPACE, "twice")
                        : world_solve(&r->world, &r->in, &r->opts, &out, &err);
    if (code == 0 && r->request.len)
        out.lock.entries[0].manifest = world_manifest(&r->world, r->package);
    judge(r, code, &out, err.text, talk);
}

static void run_step(struct run *r, bool talk)
{
    const struct cpm_json *packages = cpm_json_get(r->step, CPM_STR("packages"));
    const struct cpm_json *tags = cpm_json_get(r->step, CPM_STR("distTags"));
    struct cpm_json *doc = NULL;
    struct cpm_error err;

    world_init(&r->world);
    r->in = (struct cpm_tree_input){0};
    r->opts = (struct cpm_tree_options)CPM_TREE_OPTIONS_INIT;
    r->opts.path = r->path;
    r->opts.trace = r->opts.complete = true;
    r->opts.pick.node_version = CPM_STR("20.20.2");
    r->opts.pick.npm_version = CPM_STR("11.21.2");
    r->opts.node_version = "20.20.2";
    r->opts.npm_version = "11.21.2";
    r->format = true;
    r->duplicate = false;
    r->lockfile_version = 0;
    r->request = CPM_STR_NONE;
    if (!r->package.len)
        r->package = CPM_STR("{}");
    read_args(r);
    if (r->in.add_count || r->in.has_removals)
        r->package = text_in(&r->world.arena, cpm_json_get(r->step, CPM_STR("packageJsonAfter")));
    if (cpm_json_parse(r->package, "package.json", 0, &doc, &err) == 0)
        add_files(r, doc);
    world_add_packages(&r->world,
                       packages ? packages : cpm_json_get(r->scenario, CPM_STR("packages")),
                       r->base, tags ? tags : cpm_json_get(r->scenario, CPM_STR("distTags")), &err);
    if (r->skip)
        r->skipped++;
    else
        solve_step(r, talk);
    cpm_json_free(doc);
    world_release(&r->world);
}

static void run_scenario(struct run *r, bool talk)
{
    const struct cpm_json *files = cpm_json_get(r->scenario, CPM_STR("files"));
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str name = cpm_json_get_str(r->scenario, "name");
    char *folder = cpm_arena_printf(&arena, "/project/%.*s", CPM_STR_ARG(name));
    size_t end = strlen("/project/");

    for (char *p = folder + end; *p; p++) {
        bool word = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9') || *p == '_';

        if (word || folder[end - 1] != '_')
            folder[end++] = word ? *p : '_';
    }
    folder[end] = '\0';
    r->path = folder;
    r->package = text_in(&arena, cpm_json_get(files, CPM_STR("package.json"))
                                     ? cpm_json_get(files, CPM_STR("package.json"))
                                     : cpm_json_get(r->scenario, CPM_STR("packageJson")));
    r->lock = text_in(&arena, cpm_json_get(files, CPM_STR("package-lock.json")));
    CPM_JSON_EACH (cpm_json_get(r->scenario, CPM_STR("steps")), step) {
        r->step = step;
        if (cpm_json_get(step, CPM_STR("packageJson")))
            r->package = text_in(&arena, cpm_json_get(step, CPM_STR("packageJson")));
        if (cpm_json_get(step, CPM_STR("remove")))
            r->lock = CPM_STR_NONE;
        run_step(r, talk);
        if (cpm_json_is(cpm_json_get(step, CPM_STR("lock")), CPM_JSON_STRING))
            r->lock = cpm_json_get_str(step, "lock");
        if (cpm_json_is(cpm_json_get(step, CPM_STR("packageJsonAfter")), CPM_JSON_STRING))
            r->package = cpm_json_get_str(step, "packageJsonAfter");
    }
    cpm_arena_release(&arena);
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json *doc = NULL;
    struct run r = {.steps = 0};
    struct cpm_str text;

    if (argc < 2 || cpm_fs_read(argv[1], CPM_JSON_MAX, &arena, &text, &err) < 0 ||
        cpm_json_parse(text, argv[1], 0, &doc, &err) < 0) {
        fprintf(stderr, "scenarios_tree: %s\n", argc < 2 ? "which file?" : err.text);
        return 2;
    }
    r.base = cpm_arena_strndup(&arena, cpm_json_get_str(doc, "registry").ptr,
                               cpm_json_get_str(doc, "registry").len);
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("scenarios")), s) {
        r.scenario = s;
        if (argc < 3 || cpm_str_is(cpm_json_get_str(s, "name"), argv[2]))
            run_scenario(&r, argc > 2);
    }
    printf("%u steps: %u locks and %u traces equal, %u equal errors, %u other outcomes; %u steps "
           "need more than the solver\n",
           r.steps, r.locks, r.traces, r.errors, r.wrong, r.skipped);
    cpm_json_free(doc);
    cpm_arena_release(&arena);
    return 0;
}
