/* The public face (cpm/tree.h): a source that has what the caller gave, and says CPM_EAGAIN for the
 * rest, around cpm_tree_solve. */
#include "cpm/tree.h"

#include "base/map.h"
#include "base/mem.h"
#include "lockfile/lockfile.h"
#include "resolver/tree/tree.h"

/* What was said of one name. */
struct given {
    struct cpm_packument *packument; /* NULL: there is none */
    int code;                        /* and why */
    bool refused;
};

struct cpm_tree_solver {
    struct cpm_arena arena; /* of the solver */
    struct cpm_arena run;   /* of the last run */
    struct cpm_names *names;
    struct cpm_map given; /* by name */
    struct cpm_tree_options options;
    struct cpm_tree_input input;
    struct cpm_lock lock; /* to start from */
    struct cpm_json_style style;
    struct cpm_tree_result result;
    const char **needs, **warnings;
    size_t need_count, warning_count;
    struct cpm_lockfile *answer;
};

static int find_packument(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                          struct cpm_error *err)
{
    const struct cpm_tree_solver *s = data;
    const struct given *g = cpm_map_get(&s->given, cpm_name_str(name));

    if (!g)
        return CPM_EAGAIN;
    if (g->refused)
        return cpm_error_set(err, g->code, "%s - %s", cpm_error_default(g->code), name->text);
    *out = g->packument;
    return 0;
}

static int find_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                         struct cpm_error *err)
{
    (void)data;
    (void)out;
    return cpm_error_set(err, CPM_EUNSUPPORTED,
                         "'%.*s' is in no registry: the solver takes packuments alone",
                         CPM_STR_ARG(spec->raw));
}

static const char *copy(struct cpm_tree_solver *s, const char *text)
{
    return text ? cpm_arena_strndup(&s->arena, text, strlen(text)) : NULL;
}

static const char *const *copy_list(struct cpm_tree_solver *s, const char *const *list)
{
    const char **out;
    size_t n = 0;

    while (list && list[n])
        n++;
    out = CPM_NEW_ARRAY(&s->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = copy(s, list[i]);
    return list ? out : NULL;
}

static void take_options(struct cpm_tree_solver *s, const struct cpm_tree_solver_options *o)
{
    struct cpm_tree_options *t = &s->options;

    *t = (struct cpm_tree_options)CPM_TREE_OPTIONS_INIT;
    t->path = o->path ? copy(s, o->path) : "/";
    t->omit = copy_list(s, o->omit);
    t->os = copy(s, o->os);
    t->cpu = copy(s, o->cpu);
    t->libc = copy(s, o->libc);
    t->node_version = copy(s, o->node_version);
    t->npm_version = copy(s, o->npm_version);
    t->pick.node_version = cpm_str(t->node_version);
    t->pick.npm_version = cpm_str(t->npm_version);
    t->legacy_peer_deps = o->legacy_peer_deps;
    t->strict_peer_deps = o->strict_peer_deps;
    t->force = o->force;
    t->prefer_dedupe = o->prefer_dedupe;
}

static int read_package(struct cpm_tree_solver *s, struct cpm_str text, struct cpm_error *err)
{
    struct cpm_manifest_source src = {
        .names = s->names, .arena = &s->arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_manifest *m = CPM_NEW(&s->arena, struct cpm_manifest);
    struct cpm_jsonread r;
    int rc, end;

    cpm_jsonread_init(&r, text, "package.json", &s->arena);
    rc = cpm_manifest_read(&r, &src, m);
    end = cpm_jsonread_finish(&r, err);
    s->input.root = m;
    cpm_json_style_detect(text, &s->style);
    return end < 0 ? end : rc;
}

static int read_lock(struct cpm_tree_solver *s, struct cpm_str text, struct cpm_error *err)
{
    struct cpm_lock_source src = {
        .names = s->names, .arena = &s->arena, .root = s->options.path, .package = s->input.root};
    int rc;

    if (!text.ptr)
        return 0;
    rc = cpm_lock_read(cpm_arena_str(&s->arena, text), "package-lock.json", &src, &s->lock, err);
    s->input.lock = &s->lock;
    return rc;
}

struct cpm_tree_solver *cpm_tree_solver_new(const char *package_json, size_t length,
                                            const struct cpm_tree_solver_options *options,
                                            struct cpm_error *err)
{
    static const struct cpm_tree_solver_options defaults = CPM_TREE_SOLVER_OPTIONS_INIT;
    struct cpm_tree_solver *s;

    if (!options)
        options = &defaults;
    if (options->size != sizeof(*options)) {
        cpm_error_set(err, CPM_EINVAL, "make a tree solver: the options are of another version");
        return NULL;
    }
    s = cpm_calloc(1, sizeof(*s));
    cpm_arena_init(&s->arena);
    cpm_arena_init(&s->run);
    cpm_map_init(&s->given);
    s->names = cpm_names_new();
    take_options(s, options);
    if (read_package(s, cpm_arena_str(&s->arena, cpm_str_n(package_json, length)), err) < 0 ||
        read_lock(s, cpm_str_n(options->lock, options->lock_length), err) < 0) {
        cpm_tree_solver_free(s);
        return NULL;
    }
    return s;
}

static void forget_run(struct cpm_tree_solver *s)
{
    cpm_lockfile_free(s->answer);
    s->answer = NULL;
    s->need_count = s->warning_count = 0;
    cpm_arena_release(&s->run);
}

void cpm_tree_solver_free(struct cpm_tree_solver *s)
{
    if (!s)
        return;
    forget_run(s);
    CPM_MAP_EACH (&s->given, e) {
        cpm_packument_free(((struct given *)e->value)->packument);
    }
    cpm_map_release(&s->given);
    cpm_names_free(s->names);
    cpm_arena_release(&s->arena);
    cpm_free(s);
}

static void keep_texts(struct cpm_tree_solver *s)
{
    s->needs = CPM_NEW_ARRAY(&s->run, const char *, s->result.need_count);
    for (size_t i = 0; i < s->result.need_count; i++)
        if (s->result.needs[i].name)
            s->needs[s->need_count++] = s->result.needs[i].name->text;
    s->warnings = CPM_NEW_ARRAY(&s->run, const char *, s->result.warning_count);
    for (size_t i = 0; i < s->result.warning_count; i++)
        s->warnings[s->warning_count++] = cpm_arena_str(&s->run, s->result.warnings[i].text).ptr;
}

int cpm_tree_solver_run(struct cpm_tree_solver *s, struct cpm_error *err)
{
    const struct cpm_tree_source source = {
        .data = s, .packument = find_packument, .manifest = find_manifest};
    int rc;

    forget_run(s);
    s->input.names = s->names;
    s->input.arena = &s->run;
    s->result = (struct cpm_tree_result){.need_count = 0};
    rc = cpm_tree_solve(&s->input, &s->options, &source, &s->result, err);
    keep_texts(s);
    if (rc == 0) {
        s->result.lock.style = s->style;
        s->answer = cpm_lockfile_of(&s->result.lock);
    }
    return rc;
}

size_t cpm_tree_solver_need_count(const struct cpm_tree_solver *s)
{
    return s->need_count;
}

const char *cpm_tree_solver_need(const struct cpm_tree_solver *s, size_t index)
{
    return index < s->need_count ? s->needs[index] : NULL;
}

static struct given *given_for(struct cpm_tree_solver *s, const char *name)
{
    struct given *g = cpm_map_get(&s->given, cpm_str(name));

    if (g) {
        forget_run(s); /* whose tree may refer to what goes */
    } else {
        g = CPM_NEW(&s->arena, struct given);
        cpm_map_set(&s->given, cpm_arena_str(&s->arena, cpm_str(name)), g);
    }
    cpm_packument_free(g->packument);
    *g = (struct given){.packument = NULL};
    return g;
}

int cpm_tree_solver_give(struct cpm_tree_solver *s, const char *name, const char *packument,
                         size_t length, struct cpm_error *err)
{
    struct cpm_packument *p;
    int rc = cpm_packument_build(cpm_str_n(packument, length), cpm_str(name), true, &p, err);

    if (rc == 0)
        given_for(s, name)->packument = p;
    return rc;
}

void cpm_tree_solver_refuse(struct cpm_tree_solver *s, const char *name, int code)
{
    struct given *g = given_for(s, name);

    g->refused = true;
    g->code = code;
}

const struct cpm_lockfile *cpm_tree_solver_lock(const struct cpm_tree_solver *s)
{
    return s->answer;
}

size_t cpm_tree_solver_warning_count(const struct cpm_tree_solver *s)
{
    return s->warning_count;
}

const char *cpm_tree_solver_warning(const struct cpm_tree_solver *s, size_t index)
{
    return index < s->warning_count ? s->warnings[index] : NULL;
}
