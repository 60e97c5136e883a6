/* An answer is remembered under its parent's folder, its mode and its specifier, as nothing else
 * decides it; an error only for its parent's whole path, as Node's words name it. So a repeated
 * question is one hash and one comparison, and an answer is never copied: it stands in the
 * resolver's memory, its path is the place's own. */
#include "cpm/resolver.h"

#include "base/mem.h"
#include "resolver/module/bundler.h"
#include "resolver/module/disk.h"
#include "resolver/module/import.h"
#include "resolver/module/index.h"
#include "resolver/module/memory.h"
#include "resolver/module/require.h"
#include "resolver/module/settings.h"

#include <assert.h>
#include <stdalign.h>

enum { BUCKETS = 1 << 15, SEARCH_ROOM = 4096 };

struct answer {
    struct cpm_resolution public;
    struct answer *next; /* in its bucket */
    uint32_t hash;
    enum cpm_resolve_mode mode;
    struct cpm_str parent; /* folder of a success (with its '/'), file of an error */
    struct cpm_str specifier;
};

struct cpm_resolver {
    struct cpm_settings settings;
    struct cpm_resolver_fs fs;
    const char *index_of; /* a node_modules, or NULL */
    struct cpm_index index;
    struct cpm_memory memory;
    struct cpm_places places;
    _Atomic(struct answer *) *answers;
};

static void open_memory(struct cpm_resolver *r)
{
    cpm_memory_init(&r->memory);
    cpm_places_init(&r->places, &r->memory, &r->fs);
    if (r->index_of && cpm_index_open(&r->index, &r->places, r->index_of))
        r->places.index = &r->index;
    r->places.whole_packages = r->settings.bundler != NULL;
    r->answers = cpm_calloc(BUCKETS, sizeof(*r->answers));
}

static void close_memory(struct cpm_resolver *r)
{
    if (r->places.index)
        cpm_index_close(&r->index);
    r->places.index = NULL;
    cpm_free(r->answers);
    cpm_places_release(&r->places);
    cpm_memory_release(&r->memory);
}

struct cpm_resolver *cpm_resolver_new(const struct cpm_resolver_options *options,
                                      struct cpm_error *err)
{
    static const struct cpm_resolver_options defaults = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r;

    if (!options)
        options = &defaults;
    if (options->size != sizeof(*options)) {
        cpm_error_set(err, CPM_EINVAL, "make a resolver: the options are of another version");
        return NULL;
    }
    r = cpm_calloc(1, sizeof(*r));
    r->fs = options->fs ? *options->fs : cpm_disk;
    if (cpm_settings_init(&r->settings, options, err) < 0) {
        cpm_settings_release(&r->settings);
        cpm_free(r);
        return NULL;
    }
    if (options->index && !options->fs) /* it tells of the machine's files */
        r->index_of = cpm_arena_strndup(&r->settings.arena, options->index, strlen(options->index));
    open_memory(r);
    return r;
}

void cpm_resolver_free(struct cpm_resolver *r)
{
    if (!r)
        return;
    close_memory(r);
    cpm_settings_release(&r->settings);
    cpm_free(r);
}

void cpm_resolver_forget(struct cpm_resolver *r)
{
    close_memory(r);
    open_memory(r);
}

/* remembered answers */

struct question {
    enum cpm_resolve_mode mode;
    struct cpm_str specifier;
    struct cpm_str parent; /* the file */
    struct cpm_str folder; /* its folder, without the slash at the end */
    uint32_t folder_hash, hash;
};

static struct question ask(enum cpm_resolve_mode mode, const char *specifier, const char *parent)
{
    struct question q = {.mode = mode, .specifier = cpm_str(specifier), .parent = cpm_str(parent)};
    size_t slash = cpm_str_rchr(q.parent, '/');

    q.folder = cpm_str_sub(q.parent, 0, slash == CPM_NPOS ? 0 : slash);
    q.folder_hash = cpm_memory_hash(0, q.folder);
    q.hash = cpm_memory_hash((uint64_t)q.folder_hash << 32 | (unsigned)mode, q.specifier);
    return q;
}

static bool answers(const struct answer *a, const struct question *q)
{
    return a->hash == q->hash && a->mode == q->mode && cpm_str_eq(a->specifier, q->specifier) &&
           cpm_str_eq(a->parent, a->public.code ? q->parent : q->folder);
}

/* In a chain as far as `end`. */
static const struct answer *find_answer(const struct answer *a, const struct answer *end,
                                        const struct question *q)
{
    while (a != end && !answers(a, q))
        a = a->next;
    return a != end ? a : NULL;
}

/* the outcome of a search as an answer */

static enum cpm_format by_type(const struct cpm_package *package)
{
    return package && package->type == CPM_PACKAGE_MODULE ? CPM_FORMAT_MODULE : CPM_FORMAT_COMMONJS;
}

static bool heeds_type(struct cpm_str name)
{
    return cpm_str_ends(name, ".js") || cpm_str_ends(name, ".ts");
}

static enum cpm_format format_of(const struct cpm_search *s, const struct cpm_package *package)
{
    static const struct {
        const char *ending;
        enum cpm_format format;
    } endings[] = {
        {".mjs", CPM_FORMAT_MODULE},   {".cjs", CPM_FORMAT_COMMONJS}, {".json", CPM_FORMAT_JSON},
        {".node", CPM_FORMAT_ADDON},   {".wasm", CPM_FORMAT_WASM},    {".mts", CPM_FORMAT_MODULE},
        {".cts", CPM_FORMAT_COMMONJS},
    };
    struct cpm_str name = cpm_place_name(s->found);

    if (heeds_type(name))
        return by_type(package);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (cpm_str_ends(name, endings[i].ending))
            return endings[i].format;
    if (s->require)
        return CPM_FORMAT_COMMONJS; /* what has no loader of its own is read as .js */
    return cpm_str_chr(name, '.') == CPM_NPOS ? by_type(package) : CPM_FORMAT_NONE;
}

/* False with Node's error when the file's format hangs on a package.json that does not parse. */
static bool fill_file(struct cpm_search *s, struct cpm_resolution *out)
{
    struct cpm_place *folder = s->found->parent;
    const struct cpm_package *package = cpm_package_above(s->places, &folder);
    bool typed = heeds_type(cpm_place_name(s->found));

    if (package && package->invalid && typed && !s->require)
        return cpm_import_bad_config(s, folder);
    out->path = s->found->path;
    if (package && cpm_place_real(s->places, folder) == folder)
        out->package_json = package->path;
    else if (package)
        out->package_json = cpm_place_child(s->places, folder, CPM_STR("package.json"))->path;
    out->format = format_of(s, package);
    out->typeless = typed && (!package || package->type == CPM_PACKAGE_TYPELESS);
    return true;
}

static void fill_error(const struct cpm_search *s, struct cpm_arena *arena,
                       struct cpm_resolution *out)
{
    const char **tried = CPM_NEW_ARRAY(arena, const char *, s->tried_count);

    out->code = s->code;
    out->message = cpm_arena_strndup(arena, s->message, strlen(s->message));
    for (size_t i = 0; i < s->tried_count; i++)
        tried[i] = s->tried[i]->path;
    out->tried = tried;
    out->tried_count = s->tried_count;
}

static void fill_answer(struct cpm_search *s, struct cpm_arena *arena, struct answer *a)
{
    struct cpm_resolution *out = &a->public;

    out->query = s->query.len ? cpm_arena_strndup(arena, s->query.ptr, s->query.len) : "";
    out->ignored = s->ignored;
    if (s->text.ptr) {
        out->path = cpm_arena_strndup(arena, s->text.ptr, s->text.len);
        out->format = s->builtin ? CPM_FORMAT_BUILTIN : CPM_FORMAT_NONE;
    }
    if (s->code)
        fill_error(s, arena, out);
}

/* The folder's text is mostly that of its place. */
static struct cpm_str keep_parent(const struct cpm_search *s, struct cpm_arena *arena,
                                  const struct question *q)
{
    if (s->code)
        return cpm_arena_str(arena, q->parent);
    if (cpm_str_eq(cpm_place_path(s->folder), q->folder))
        return cpm_place_path(s->folder);
    return cpm_arena_str(arena, q->folder);
}

static struct answer *make_answer(struct cpm_search *s, struct cpm_arena *arena,
                                  const struct question *q, const struct cpm_resolution *file)
{
    struct answer *a = CPM_NEW(arena, struct answer);

    a->public = *file;
    a->hash = q->hash;
    a->mode = q->mode;
    a->parent = keep_parent(s, arena, q);
    a->specifier = cpm_arena_str(arena, q->specifier);
    fill_answer(s, arena, a);
    return a;
}

/* Two threads may have asked the same: the first answer stays, but for who wants it explained. */
static const struct answer *remember(struct cpm_resolver *r, struct cpm_search *s,
                                     const struct question *q, const struct cpm_resolution *file)
{
    _Atomic(struct answer *) *bucket = &r->answers[q->hash % BUCKETS];
    struct answer *head = atomic_load_explicit(bucket, memory_order_acquire);
    const struct answer *known = s->trace ? NULL : find_answer(head, NULL, q);
    struct cpm_arena *arena;
    struct answer *a;

    if (known)
        return known;
    arena = cpm_memory_borrow(&r->memory);
    a = make_answer(s, arena, q, file);
    a->next = head;
    while (!known && !atomic_compare_exchange_weak_explicit(bucket, &head, a, memory_order_release,
                                                            memory_order_acquire)) {
        known = s->trace ? NULL : find_answer(head, a->next, q);
        a->next = head;
    }
    cpm_memory_return(arena);
    return known ? known : a;
}

static const struct cpm_conditions *conditions_of(const struct cpm_settings *settings,
                                                  enum cpm_resolve_mode mode)
{
    if (mode == CPM_RESOLVE_BUNDLER)
        return &settings->bundler_conditions;
    return mode == CPM_RESOLVE_REQUIRE ? &settings->require : &settings->import;
}

static bool resolve_by_mode(struct cpm_search *s, enum cpm_resolve_mode mode)
{
    if (mode == CPM_RESOLVE_BUNDLER)
        return s->settings->bundler ? cpm_bundler_resolve(s)
                                    : cpm_search_fail(s, CPM_FAULT_ARGUMENT,
                                                      "the resolver was made without a bundler's "
                                                      "options");
    return mode == CPM_RESOLVE_REQUIRE ? cpm_require_resolve(s) : cpm_import_resolve(s);
}

static const struct cpm_resolution *search(struct cpm_resolver *r, struct cpm_search *s,
                                           const struct question *q)
{
    struct cpm_resolution file = {.format = CPM_FORMAT_NONE};
    alignas(max_align_t) char room[SEARCH_ROOM];
    const struct answer *a;
    bool ok;

    cpm_arena_init_in(&s->arena, room, sizeof(room));
    s->places = &r->places;
    s->settings = &r->settings;
    s->specifier = q->specifier;
    s->parent = q->parent;
    s->query = CPM_STR("");
    s->require = q->mode == CPM_RESOLVE_REQUIRE;
    s->conditions = *conditions_of(&r->settings, q->mode);
    s->folder = cpm_place_folder(&r->places, q->folder, q->folder_hash);
    ok = resolve_by_mode(s, q->mode);
    if (ok && s->found)
        ok = fill_file(s, &file);
    assert(ok == !s->code);
    a = remember(r, s, q, &file);
    cpm_arena_release(&s->arena);
    return &a->public;
}

static const struct cpm_resolution *no_specifier(void)
{
    static const struct cpm_resolution wrong = {
        .query = "",
        .code = "ERR_INVALID_ARG_TYPE",
        .message = "The \"request\" argument must be of type string. Received undefined",
    };

    return &wrong;
}

const struct cpm_resolution *cpm_resolver_resolve(struct cpm_resolver *r,
                                                  enum cpm_resolve_mode mode, const char *specifier,
                                                  const char *parent)
{
    struct cpm_search s = {.trace = NULL};
    const struct answer *a;
    struct question q;

    if (!specifier)
        return no_specifier();
    q = ask(mode, specifier, parent);
    a = find_answer(atomic_load_explicit(&r->answers[q.hash % BUCKETS], memory_order_acquire), NULL,
                    &q);
    return a ? &a->public : search(r, &s, &q);
}

const struct cpm_resolution *cpm_resolver_explain(struct cpm_resolver *r,
                                                  enum cpm_resolve_mode mode, const char *specifier,
                                                  const char *parent, cpm_trace_fn *trace, void *to)
{
    struct cpm_search s = {.trace = trace, .trace_to = to};
    struct question q;

    if (!specifier)
        return no_specifier();
    q = ask(mode, specifier, parent);
    return search(r, &s, &q);
}

const char *cpm_format_name(enum cpm_format format)
{
    static const char *const names[] = {NULL,   "commonjs", "module", "json",
                                        "wasm", "addon",    "builtin"};

    return names[format];
}
