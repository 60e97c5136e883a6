/* engines, os, cpu and libc: what does not suit is a warning or an error, and for optional packages
 * the reason to leave them out. */
#include "resolver/tree/platform.h"

#include "base/jsonread.h"
#include "resolver/tree/solver.h"

#if defined(__x86_64__)
#define THIS_CPU "x64"
#elif defined(__aarch64__)
#define THIS_CPU "arm64"
#elif defined(__i386__)
#define THIS_CPU "ia32"
#elif defined(__riscv)
#define THIS_CPU "riscv64"
#elif defined(__powerpc64__)
#define THIS_CPU "ppc64"
#elif defined(__s390x__)
#define THIS_CPU "s390x"
#else
#define THIS_CPU "arm"
#endif
#ifdef __GLIBC__
#define THIS_LIBC "glibc"
#else
#define THIS_LIBC "musl"
#endif

struct engines {
    struct cpm_str node, npm;
};

static void read_engines(struct cpm_arena *scratch, struct cpm_str raw, struct engines *out)
{
    struct cpm_jsonread r;
    struct cpm_str key;

    *out = (struct engines){CPM_STR_NONE, CPM_STR_NONE};
    cpm_jsonread_init(&r, raw, "engines", scratch);
    if (!raw.len || !cpm_jsonread_object(&r))
        return;
    while (cpm_jsonread_key(&r, &key)) {
        if (cpm_str_is(key, "node"))
            cpm_jsonread_str(&r, &out->node);
        else if (cpm_str_is(key, "npm"))
            cpm_jsonread_str(&r, &out->npm);
        else
            cpm_jsonread_skip(&r);
    }
}

static bool suits(struct cpm_arena *scratch, const char *version, struct cpm_str wanted)
{
    const struct cpm_range *range;
    struct cpm_version v;

    if (!version || !wanted.len)
        return true;
    range = cpm_range_parse(scratch, wanted, CPM_SEMVER_INCLUDE_PRERELEASE);
    return range && cpm_version_parse(cpm_str(version), 0, &v) &&
           cpm_range_satisfies(range, &v, CPM_SEMVER_INCLUDE_PRERELEASE);
}

bool cpm_engine_suits(struct cpm_arena *scratch, const struct cpm_tree_options *opts,
                      const struct cpm_manifest *m, bool force)
{
    struct engines e;

    if (!m->raw[CPM_RAW_ENGINES].len)
        return true;
    read_engines(scratch, m->raw[CPM_RAW_ENGINES], &e);
    return (force || suits(scratch, opts->node_version, e.node)) &&
           suits(scratch, opts->npm_version, e.npm);
}

struct list_check {
    struct cpm_str value;
    unsigned entries, negated;
    bool match, refused, any;
};

static void check_entry(struct list_check *c, struct cpm_str entry)
{
    bool negated = entry.len && entry.ptr[0] == '!';
    bool same = cpm_str_eq(negated ? cpm_str_sub(entry, 1, CPM_NPOS) : entry, c->value);

    c->any = ++c->entries == 1 && cpm_str_is(entry, "any");
    c->negated += negated;
    c->refused |= negated && same;
    c->match |= !negated && same;
}

static bool list_ok(struct cpm_arena *scratch, struct cpm_str raw, const char *value)
{
    struct list_check c = {.value = cpm_str(value)};
    struct cpm_jsonread r;
    struct cpm_str entry;

    if (!raw.len)
        return true;
    cpm_jsonread_init(&r, raw, "platform", scratch);
    if (cpm_jsonread_array(&r)) {
        while (cpm_jsonread_element(&r))
            if (cpm_jsonread_str(&r, &entry))
                check_entry(&c, entry);
    } else if (cpm_jsonread_str(&r, &entry)) {
        check_entry(&c, entry);
    }
    return c.any || (!c.refused && (c.match || c.negated == c.entries));
}

/* `target`: the platform that the user names counts, not this one. */
static bool platform_ok(struct cpm_arena *scratch, const struct cpm_tree_options *opts,
                        const struct cpm_manifest *m, bool target)
{
    const char *os = target && opts->os ? opts->os : "linux";
    const char *cpu = target && opts->cpu ? opts->cpu : THIS_CPU;
    const char *libc = strcmp(os, "linux") == 0 ? THIS_LIBC : NULL;

    if (target && opts->libc)
        libc = opts->libc;
    return list_ok(scratch, m->raw[CPM_RAW_OS], os) && list_ok(scratch, m->raw[CPM_RAW_CPU], cpu) &&
           (!m->raw[CPM_RAW_LIBC].len || (libc && list_ok(scratch, m->raw[CPM_RAW_LIBC], libc)));
}

bool cpm_platform_suits(struct cpm_arena *scratch, const struct cpm_tree_options *opts,
                        const struct cpm_manifest *m)
{
    return platform_ok(scratch, opts, m, true);
}

static const char *pkg_id(struct cpm_solver *s, const struct cpm_node *n)
{
    return cpm_arena_printf(&s->work, "%s@%.*s", n->pkg->name ? n->pkg->name->text : n->name->text,
                            CPM_STR_ARG(cpm_node_version(n)));
}

/* As node prints the object: { node: '>=99' }. */
static const char *required_text(struct cpm_solver *s, const struct engines *e)
{
    const char *node =
        e->node.len ? cpm_arena_printf(&s->work, "node: '%.*s'", CPM_STR_ARG(e->node)) : "";
    const char *npm =
        e->npm.len ? cpm_arena_printf(&s->work, "npm: '%.*s'", CPM_STR_ARG(e->npm)) : "";

    return cpm_arena_printf(&s->work, "{ %s%s%s }", node, *node && *npm ? ", " : "", npm);
}

static int complain_engine(struct cpm_solver *s, const struct cpm_node *n)
{
    struct engines e;
    const char *required, *id = pkg_id(s, n);

    read_engines(&s->work, n->pkg->manifest->raw[CPM_RAW_ENGINES], &e);
    required = required_text(s, &e);
    if (s->opts->engine_strict)
        return cpm_solver_fail(s, CPM_EBADENGINE,
                               "Not compatible with your version of node/npm: %s\nRequired: %s\n"
                               "Actual:   { node: '%s', npm: '%s' }",
                               id, required,
                               s->opts->node_version ? s->opts->node_version : "unknown",
                               s->opts->npm_version ? s->opts->npm_version : "unknown");
    cpm_solver_warn(
        s, CPM_EBADENGINE,
        cpm_str(cpm_arena_printf(s->keep,
                                 "Unsupported engine {\n  package: '%s',\n  required: %s,\n"
                                 "  current: { node: '%s', npm: '%s' }\n}",
                                 id, required, s->opts->node_version ? s->opts->node_version : "",
                                 s->opts->npm_version ? s->opts->npm_version : "")));
    return 0;
}

/* "win32,darwin" of ["win32", "darwin"]. */
static struct cpm_str list_text(struct cpm_arena *arena, struct cpm_str raw)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    struct cpm_jsonread r;
    struct cpm_str entry, text;

    cpm_jsonread_init(&r, raw, "platform", arena);
    if (cpm_jsonread_array(&r)) {
        while (cpm_jsonread_element(&r))
            if (cpm_jsonread_str(&r, &entry))
                cpm_buf_addf(&out, "%s%.*s", out.len ? "," : "", CPM_STR_ARG(entry));
    } else if (cpm_jsonread_str(&r, &entry)) {
        cpm_buf_addf(&out, "%.*s", CPM_STR_ARG(entry));
    }
    text = cpm_arena_str(arena, cpm_buf_str(&out));
    cpm_buf_release(&out);
    return text;
}

static void add_member(struct cpm_buf *out, const char *key, struct cpm_str value)
{
    cpm_buf_addf(out, "%s\"%s\":", out->len ? "," : "", key);
    cpm_json_quote(out, value);
}

/* npm's words, a line for each key that the package has. */
static int complain_platform(struct cpm_solver *s, const struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg->manifest;
    const struct {
        const char *key, *current;
        struct cpm_str raw;
    } parts[] = {{"os", "linux", m->raw[CPM_RAW_OS]},
                 {"cpu", THIS_CPU, m->raw[CPM_RAW_CPU]},
                 {"libc", THIS_LIBC, m->raw[CPM_RAW_LIBC]}};
    struct cpm_buf wanted = CPM_BUF_INIT(1 << 16), current = CPM_BUF_INIT(1 << 16);
    struct cpm_buf lines = CPM_BUF_INIT(1 << 16);
    int rc, longest = parts[2].raw.len ? 4 : parts[1].raw.len ? 3 : 2;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int pad = longest - (int)strlen(parts[i].key) + 1;
        struct cpm_str value;
        if (!parts[i].raw.len)
            continue;
        value = list_text(&s->work, parts[i].raw);
        add_member(&wanted, parts[i].key, value);
        add_member(&current, parts[i].key, cpm_str(parts[i].current));
        cpm_buf_addf(&lines, "\nValid %s:%*s%.*s\nActual %s:%*s%s", parts[i].key, pad + 1, "",
                     CPM_STR_ARG(value), parts[i].key, pad, "", parts[i].current);
    }
    rc = cpm_solver_fail(s, CPM_EBADPLATFORM,
                         "Unsupported platform for %s: wanted {%s} (current: {%s})%s", pkg_id(s, n),
                         cpm_buf_text(&wanted), cpm_buf_text(&current), cpm_buf_text(&lines));
    cpm_buf_release(&wanted);
    cpm_buf_release(&current);
    cpm_buf_release(&lines);
    return rc;
}

bool cpm_node_is_omitted(struct cpm_solver *s, struct cpm_node *n)
{
    struct cpm_node *top = n;
    bool dev = false, optional = false, peer = false;

    while (!cpm_node_is_top(s, top))
        top = top->parent;
    if (!s->opts->omit || !cpm_node_is_ours(s, top))
        return false;
    for (const char *const *o = s->opts->omit; *o; o++) {
        dev |= strcmp(*o, "dev") == 0;
        optional |= strcmp(*o, "optional") == 0;
        peer |= strcmp(*o, "peer") == 0;
    }
    return (n->peer && peer) || (n->dev && dev) || (n->optional && optional) ||
           (n->dev_optional && dev && optional);
}

/* Most packages ask for the same few versions. */
static bool engine_suits(struct cpm_solver *s, const struct cpm_manifest *m, bool force)
{
    static const bool verdicts[] = {false, true};
    struct cpm_str raw = m->raw[CPM_RAW_ENGINES];
    const bool *verdict;

    if (!raw.len || force)
        return cpm_engine_suits(&s->work, s->opts, m, force);
    verdict = cpm_map_get(&s->engines, raw);
    if (!verdict) {
        verdict = &verdicts[cpm_engine_suits(&s->work, s->opts, m, false)];
        cpm_map_set(&s->engines, raw, (void *)(uintptr_t)verdict);
    }
    return *verdict;
}

static int check_required(struct cpm_solver *s, struct cpm_node *n)
{
    const struct cpm_manifest *m = n->pkg->manifest;
    bool own_rules = n == s->root && s->in->has_dev_engines;

    if (!own_rules && !engine_suits(s, m, s->opts->force) && complain_engine(s, n) < 0)
        return s->status;
    if (!s->opts->force && !platform_ok(&s->work, s->opts, m, false))
        return complain_platform(s, n);
    return 0;
}

static int check_node(struct cpm_solver *s, struct cpm_node *n)
{
    if (!n->pkg->manifest)
        return 0;
    if (!n->optional && !cpm_node_is_omitted(s, n))
        return check_required(s, n);
    if (n->optional && !n->inert &&
        (!engine_suits(s, n->pkg->manifest, false) ||
         !cpm_platform_suits(&s->work, s->opts, n->pkg->manifest)))
        cpm_optional_set_inert(s, n);
    return 0;
}

int cpm_check_platforms(struct cpm_solver *s)
{
    struct cpm_nodes all = {0};

    cpm_all_nodes(s, &all);
    for (size_t i = 0; i < all.n && !s->status; i++)
        check_node(s, all.v[i]);
    cpm_nodes_release(&all);
    return s->status;
}

struct cpm_platform cpm_platform_here(void)
{
    return (struct cpm_platform){.os = "linux", .cpu = THIS_CPU, .libc = THIS_LIBC};
}
