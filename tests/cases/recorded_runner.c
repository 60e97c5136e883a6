/* Plays what `cpm install --write-case FILE` wrote: the same question must get the same answer,
 * byte for byte. recorded_runner FILE... */
#include "base/fs.h"
#include "base/path.h"
#include "cases/tree_world.h"
#include "install/case.h"
#include "resolver/tree/conflict.h"

#include <limits.h>
#include <stdio.h>

struct recorded {
    const struct cpm_json *doc;
    struct world world;
    struct cpm_tree_input in;
    struct cpm_tree_options opts;
    struct cpm_lock lock;
    struct cpm_tree_result result;
};

static struct cpm_str kept(struct recorded *r, struct cpm_str text)
{
    return cpm_arena_str(&r->world.arena, text);
}

static const char *text_at(struct recorded *r, const struct cpm_json *object, const char *key)
{
    struct cpm_str text = cpm_json_get_str(object, key);

    return text.len ? kept(r, text).ptr : NULL;
}

static struct cpm_str joined(struct recorded *r, const struct cpm_json *lines)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str out;

    CPM_JSON_EACH (lines, line) {
        cpm_buf_add_text(&text, text.len || line != cpm_json_first(lines) ? "\n" : "");
        cpm_buf_add_str(&text, cpm_json_str(line));
    }
    out = kept(r, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return out;
}

static const struct cpm_manifest *manifest_of(struct recorded *r, const struct cpm_json *package)
{
    return world_manifest(&r->world, world_json_text(&r->world, package));
}

static void read_options(struct recorded *r, const struct cpm_json *o)
{
    struct cpm_tree_options *opts = &r->opts;
    const struct cpm_json *omit = cpm_json_get(o, CPM_STR("omit"));
    const struct cpm_json *before = cpm_json_get(o, CPM_STR("before"));
    const char **list = CPM_NEW_ARRAY(&r->world.arena, const char *, cpm_json_count(omit) + 1);
    size_t n = 0;

    *opts = (struct cpm_tree_options)CPM_TREE_OPTIONS_INIT;
    opts->path = CPM_CASE_PROJECT;
    for (const struct cpm_case_flag *f = cpm_case_flags; f->name; f++)
        *(bool *)((char *)opts + f->at) = cpm_json_bool(cpm_json_get(o, cpm_str(f->name)));
    opts->strategy =
        (enum cpm_install_strategy)cpm_json_number(cpm_json_get(o, CPM_STR("strategy")));
    opts->lockfile_version = (int)cpm_json_number(cpm_json_get(o, CPM_STR("lockfileVersion")));
    opts->os = text_at(r, o, "os");
    opts->cpu = text_at(r, o, "cpu");
    opts->libc = text_at(r, o, "libc");
    opts->node_version = text_at(r, o, "nodeVersion");
    opts->npm_version = text_at(r, o, "npmVersion");
    opts->pick.node_version = cpm_str(opts->node_version);
    opts->pick.npm_version = cpm_str(opts->npm_version);
    opts->pick.default_tag = kept(r, cpm_json_get_str(o, "tag"));
    if (before)
        opts->pick.before = (int64_t)cpm_json_number(before);
    CPM_JSON_EACH (omit, v)
        list[n++] = kept(r, cpm_json_str(v)).ptr;
    opts->omit = list;
}

static void read_workspaces(struct recorded *r)
{
    const struct cpm_json *list = cpm_json_get(r->doc, CPM_STR("workspaces"));
    struct cpm_tree_workspace *v =
        CPM_NEW_ARRAY(&r->world.arena, struct cpm_tree_workspace, cpm_json_count(list) + 1);

    r->in.workspaces = v;
    CPM_JSON_EACH (list, w)
        v[r->in.workspace_count++] = (struct cpm_tree_workspace){
            .name = cpm_names_get(r->world.names, cpm_json_get_str(w, "name")),
            .location = kept(r, cpm_json_get_str(w, "location")),
            .manifest = manifest_of(r, cpm_json_get(w, CPM_STR("package")))};
}

static void read_request(struct recorded *r)
{
    const struct cpm_json *adds = cpm_json_get(r->doc, CPM_STR("adds"));
    const struct cpm_json *updates = cpm_json_get(r->doc, CPM_STR("updates"));
    const struct cpm_json *pins = cpm_json_get(r->doc, CPM_STR("pins"));
    struct cpm_arena *arena = &r->world.arena;
    struct cpm_tree_add *a = CPM_NEW_ARRAY(arena, struct cpm_tree_add, cpm_json_count(adds) + 1);
    const struct cpm_name **u =
        CPM_NEW_ARRAY(arena, const struct cpm_name *, cpm_json_count(updates) + 1);
    struct cpm_tree_pin *p = CPM_NEW_ARRAY(arena, struct cpm_tree_pin, cpm_json_count(pins) + 1);

    r->in.adds = a;
    r->in.updates = u;
    r->in.pins = p;
    CPM_JSON_EACH (adds, v)
        a[r->in.add_count++] = (struct cpm_tree_add){
            .name = cpm_names_get(r->world.names, cpm_json_get_str(v, "name")),
            .workspace = kept(r, cpm_json_get_str(v, "workspace"))};
    CPM_JSON_EACH (updates, v)
        u[r->in.update_count++] = cpm_names_get(r->world.names, cpm_json_str(v));
    CPM_JSON_EACH (pins, v)
        p[r->in.pin_count++] =
            (struct cpm_tree_pin){.wish = kept(r, cpm_json_get_str(v, "wish")),
                                  .wanted = kept(r, cpm_json_get_str(v, "wanted")),
                                  .integrity = kept(r, cpm_json_get_str(v, "integrity"))};
    r->in.has_removals = cpm_json_bool(cpm_json_get(r->doc, CPM_STR("removals")));
    r->in.has_dev_engines = cpm_json_bool(cpm_json_get(r->doc, CPM_STR("devEngines")));
    r->in.lock_is_actual = cpm_json_bool(cpm_json_get(r->doc, CPM_STR("lockIsActual")));
}

static int read_lock(struct recorded *r, const struct cpm_json *lines, struct cpm_lock *out,
                     struct cpm_error *err)
{
    const struct cpm_lock_source src = {.names = r->world.names,
                                        .arena = &r->world.arena,
                                        .lockfile_version = r->opts.lockfile_version,
                                        .root = CPM_CASE_PROJECT,
                                        .package = r->in.root};

    return cpm_lock_read(joined(r, lines), "package-lock.json", &src, out, err);
}

static int read_world(struct recorded *r, struct cpm_error *err)
{
    struct cpm_arena *arena = &r->world.arena;
    int rc = 0;

    CPM_JSON_EACH (cpm_json_get(r->doc, CPM_STR("packuments")), p)
        if (rc == 0)
            rc = world_add_packument(&r->world, kept(r, cpm_json_key(p)),
                                     world_json_text(&r->world, p), err);
    CPM_JSON_EACH (cpm_json_get(r->doc, CPM_STR("manifests")), m) {
        struct cpm_tree_manifest *given = CPM_NEW(arena, struct cpm_tree_manifest);

        given->manifest = manifest_of(r, cpm_json_get(m, CPM_STR("package")));
        given->resolved = kept(r, cpm_json_get_str(m, "resolved"));
        given->integrity = kept(r, cpm_json_get_str(m, "integrity"));
        cpm_map_set(&r->world.given, kept(r, cpm_json_key(m)), given);
    }
    CPM_JSON_EACH (cpm_json_get(r->doc, CPM_STR("contents")), c) {
        struct cpm_lock *lock = CPM_NEW(arena, struct cpm_lock);

        if (rc == 0)
            rc = read_lock(r, c, lock, err);
        cpm_map_set(&r->world.contents, kept(r, cpm_json_key(c)), lock);
    }
    return rc;
}

static int prepare(struct recorded *r, struct cpm_error *err)
{
    const struct cpm_json *lock = cpm_json_get(r->doc, CPM_STR("lock"));
    int rc;

    read_options(r, cpm_json_get(r->doc, CPM_STR("options")));
    r->in.root = manifest_of(r, cpm_json_get(r->doc, CPM_STR("package")));
    read_workspaces(r);
    read_request(r);
    rc = read_world(r, err);
    if (rc == 0 && lock) {
        rc = read_lock(r, lock, &r->lock, err);
        r->in.lock = &r->lock;
    }
    return rc;
}

/* Says where two texts part. */
static bool same_text(const char *file, struct cpm_str got, struct cpm_str wanted)
{
    struct cpm_str a = {got.ptr ? got.ptr : "", got.len},
                   b = {wanted.ptr ? wanted.ptr : "", wanted.len};
    struct cpm_str x = CPM_STR_NONE, y = CPM_STR_NONE;
    unsigned line = 0;
    bool more = true;

    if (cpm_str_eq(got, wanted))
        return true;
    while (more && cpm_str_eq(x, y)) {
        bool left = cpm_str_split(&a, '\n', &x), right = cpm_str_split(&b, '\n', &y);

        more = left && right;
        line++;
    }
    printf("%s: line %u of the answer: '%.*s', recorded: '%.*s'\n", file, line, CPM_STR_ARG(x),
           CPM_STR_ARG(y));
    return false;
}

static bool check_lock(struct recorded *r, const char *file, const struct cpm_json *wanted)
{
    const struct cpm_json_style style = {.indent = "  ", .newline = "\n"};
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    bool same = cpm_lock_write(&r->result.lock, &style, &text, NULL) == 0 &&
                same_text(file, cpm_buf_str(&text), joined(r, wanted));

    cpm_buf_release(&text);
    return same;
}

static bool check_failure(struct recorded *r, const char *file, const struct cpm_json *wanted,
                          const struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    const struct cpm_json *report = cpm_json_get(wanted, CPM_STR("report"));
    bool same = cpm_str_is(cpm_json_get_str(wanted, "error"), cpm_error_name(err->code));

    if (!same)
        printf("%s: %s: %s\n", file, cpm_error_name(err->code), err->text);
    if (same && report) {
        cpm_conflict_explain(r->result.conflict, INT_MAX, &text);
        same = same_text(file, cpm_buf_str(&text), joined(r, report));
    }
    cpm_buf_release(&text);
    return same;
}

static bool play(const char *file, struct cpm_json *doc)
{
    struct recorded r = {.doc = doc};
    const struct cpm_json *wanted = cpm_json_get(doc, CPM_STR("result"));
    struct cpm_error err = CPM_ERROR_INIT;
    bool same;

    world_init(&r.world);
    if (prepare(&r, &err) == 0)
        world_solve(&r.world, &r.in, &r.opts, &r.result, &err);
    if (err.code || cpm_json_get(wanted, CPM_STR("error")))
        same = check_failure(&r, file, wanted, &err);
    else
        same = check_lock(&r, file, cpm_json_get(wanted, CPM_STR("lock")));
    printf("%s  %.*s\n", same ? "ok  " : "FAIL", CPM_STR_ARG(cpm_json_get_str(doc, "about")));
    world_release(&r.world);
    return same;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++) {
        struct cpm_arena arena = CPM_ARENA_INIT;
        struct cpm_error err = CPM_ERROR_INIT;
        struct cpm_json *doc = NULL;
        struct cpm_str text;

        if (cpm_fs_read(argv[i], CPM_JSON_MAX, &arena, &text, &err) < 0 ||
            cpm_json_parse(text, argv[i], 0, &doc, &err) < 0) {
            printf("FAIL  %s: %s\n", argv[i], err.text);
            failed++;
        } else {
            failed += !play(argv[i], doc);
        }
        cpm_json_free(doc);
        cpm_arena_release(&arena);
    }
    return failed != 0;
}
