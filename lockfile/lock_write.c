/* An entry's keys are known, so their order is a table and costs no sorting: it is walked twice,
 * first for scalars and arrays, then for objects. Only locations, dependency maps and raw values
 * are sorted, and only when they are not in order already. */
#include "lockfile/lock.h"
#include "lockfile/nice.h"
#include "lockfile/raw.h"

#include <stddef.h>

enum { LOCK_MAX = CPM_JSON_MAX, NO_LEGACY_FROM = 3 };

enum field_kind { NAME, VERSION, RESOLVED, INTEGRITY, ENTRY_FLAG, MANIFEST_FLAG, RAW, DEPS };

/* In npm's order: the preferred keys, then by collation. */
static const struct field {
    const char *key;
    enum field_kind kind;
    size_t at; /* offset of the flag, or the raw field, or the group */
} fields[] = {
    {"name", NAME, 0},
    {"version", VERSION, 0},
    {"resolved", RESOLVED, 0},
    {"integrity", INTEGRITY, 0},
    {"dependencies", DEPS, CPM_DEPS_PROD},
    {"acceptDependencies", DEPS, CPM_DEPS_ACCEPT},
    {"bin", RAW, CPM_RAW_BIN},
    {"bundleDependencies", RAW, CPM_RAW_BUNDLE},
    {"cpu", RAW, CPM_RAW_CPU},
    {"deprecated", RAW, CPM_RAW_DEPRECATED},
    {"dev", ENTRY_FLAG, offsetof(struct cpm_lock_entry, dev)},
    {"devDependencies", DEPS, CPM_DEPS_DEV},
    {"devOptional", ENTRY_FLAG, offsetof(struct cpm_lock_entry, dev_optional)},
    {"engines", RAW, CPM_RAW_ENGINES},
    {"extraneous", ENTRY_FLAG, offsetof(struct cpm_lock_entry, extraneous)},
    {"funding", RAW, CPM_RAW_FUNDING},
    {"hasInstallScript", MANIFEST_FLAG, offsetof(struct cpm_manifest, has_install_script)},
    {"hasShrinkwrap", MANIFEST_FLAG, offsetof(struct cpm_manifest, has_shrinkwrap)},
    {"inBundle", ENTRY_FLAG, offsetof(struct cpm_lock_entry, in_bundle)},
    {"libc", RAW, CPM_RAW_LIBC},
    {"license", RAW, CPM_RAW_LICENSE},
    {"link", ENTRY_FLAG, offsetof(struct cpm_lock_entry, link)},
    {"optional", ENTRY_FLAG, offsetof(struct cpm_lock_entry, optional)},
    {"optionalDependencies", DEPS, CPM_DEPS_OPTIONAL},
    {"os", RAW, CPM_RAW_OS},
    {"peer", ENTRY_FLAG, offsetof(struct cpm_lock_entry, peer)},
    {"peerDependencies", DEPS, CPM_DEPS_PEER},
    {"peerDependenciesMeta", RAW, CPM_RAW_PEER_META},
    {"workspaces", RAW, CPM_RAW_WORKSPACES},
};

/* The entry as npm would have it in memory: what a link does not say, and what the flags hide, is
 * gone. */
static struct cpm_lock_entry as_written(const struct cpm_lock_entry *entry)
{
    struct cpm_lock_entry e = *entry;

    if (e.link)
        return (struct cpm_lock_entry){
            .location = e.location, .resolved = e.resolved, .link = true};
    if (e.extraneous)
        e.dev = e.optional = e.dev_optional = e.peer = false;
    if (e.dev || e.optional)
        e.dev_optional = false;
    return e;
}

static struct cpm_str text_of(const struct cpm_lock_entry *e, enum field_kind kind)
{
    switch (kind) {
    case NAME:
        return cpm_name_str(e->name);
    case VERSION:
        return e->manifest ? cpm_name_str(e->manifest->version) : CPM_STR_NONE;
    case RESOLVED:
        return e->resolved;
    case INTEGRITY:
        return e->integrity;
    default:
        return CPM_STR_NONE;
    }
}

static bool flag_of(const struct cpm_lock_entry *e, const struct field *f)
{
    if (f->kind == ENTRY_FLAG)
        return *(const bool *)((const char *)e + f->at);
    return f->kind == MANIFEST_FLAG && e->manifest &&
           *(const bool *)((const char *)e->manifest + f->at);
}

static struct cpm_str raw_of(const struct cpm_lock_entry *e, const struct field *f)
{
    return f->kind == RAW && e->manifest ? e->manifest->raw[f->at] : CPM_STR_NONE;
}

static void write_scalars(struct cpm_nice *n, const struct cpm_lock_entry *e, bool *first)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct field *f = &fields[i];
        struct cpm_str text = text_of(e, f->kind), raw = raw_of(e, f);
        bool flag = flag_of(e, f);

        if (text.len == 0 && !flag && (raw.len == 0 || raw.ptr[0] == '{'))
            continue;
        cpm_nice_key(n, cpm_str(f->key), 2, first);
        if (flag)
            cpm_buf_add_text(n->out, "true");
        else if (raw.len)
            cpm_nice_raw(n, raw, 3);
        else
            cpm_json_quote(n->out, text);
    }
}

static bool has_name(const struct cpm_dep *dep)
{
    return !cpm_str_is(cpm_name_str(dep->name), "__proto__"); /* JavaScript loses it */
}

static void write_deps(struct cpm_nice *n, const struct cpm_deps *deps)
{
    struct cpm_nice_member *members = CPM_NEW_ARRAY(n->scratch, struct cpm_nice_member, deps->n);
    uint32_t count = 0;

    for (uint32_t i = 0; i < deps->n; i++)
        if (has_name(&deps->v[i]))
            members[count++] = (struct cpm_nice_member){.key = cpm_name_str(deps->v[i].name),
                                                        .text = cpm_name_str(deps->v[i].spec)};
    cpm_nice_sort(members, count);
    cpm_nice_members(n, members, count, 3);
}

/* A group is written when it has names; devDependencies only for tops, but there even if empty. */
static bool has_group(const struct cpm_lock_entry *e, size_t group)
{
    const struct cpm_deps *deps = &e->manifest->deps[group];

    if (group == CPM_DEPS_DEV)
        return deps->present && cpm_location_is_top(e->location);
    return deps->n > 1 || (deps->n == 1 && has_name(&deps->v[0]));
}

static void write_objects(struct cpm_nice *n, const struct cpm_lock_entry *e, bool *first)
{
    for (size_t i = 0; e->manifest && i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct field *f = &fields[i];
        struct cpm_str raw = raw_of(e, f);

        if (f->kind == DEPS && has_group(e, f->at)) {
            cpm_nice_key(n, cpm_str(f->key), 2, first);
            write_deps(n, &e->manifest->deps[f->at]);
        } else if (raw.len && raw.ptr[0] == '{') {
            cpm_nice_key(n, cpm_str(f->key), 2, first);
            cpm_nice_raw(n, raw, 3);
        }
    }
}

static void write_entry(struct cpm_nice *n, const struct cpm_lock_entry *entry)
{
    struct cpm_lock_entry e = as_written(entry);
    bool first = true;

    cpm_nice_open(n);
    write_scalars(n, &e, &first);
    write_objects(n, &e, &first);
    cpm_nice_close(n, 2, first);
}

static bool is_empty_entry(struct cpm_nice *n, const struct cpm_lock_entry *entry)
{
    struct cpm_buf text = CPM_BUF_INIT(LOCK_MAX);
    struct cpm_nice trial = *n;
    bool empty;

    trial.out = &text;
    write_entry(&trial, entry);
    empty = text.len == 2;
    cpm_buf_release(&text);
    return empty;
}

static bool is_written(struct cpm_nice *n, const struct cpm_lock_entry *e, bool hidden)
{
    if (e->location.len == 0)
        return !hidden && !is_empty_entry(n, e);
    if (e->inert) /* what could not even be fetched has no version */
        return (!hidden || cpm_location_is_top(e->location)) &&
               (e->link || (e->manifest && e->manifest->version));
    return true;
}

static void write_packages(struct cpm_nice *n, const struct cpm_lock *lock, bool hidden)
{
    struct cpm_nice_member *members =
        CPM_NEW_ARRAY(n->scratch, struct cpm_nice_member, lock->count);
    size_t count = 0;
    bool first = true;

    for (size_t i = 0; i < lock->count; i++)
        if (is_written(n, &lock->entries[i], hidden))
            members[count++] = (struct cpm_nice_member){
                .key = lock->entries[i].location, .data = &lock->entries[i], .object = true};
    cpm_nice_sort(members, count);
    cpm_nice_open(n);
    for (size_t i = 0; i < count; i++) {
        cpm_nice_key(n, members[i].key, 1, &first);
        write_entry(n, members[i].data);
    }
    cpm_nice_close(n, 1, first);
}

/* Top-level members, in any order. */
static size_t gather_top(struct cpm_nice *n, const struct cpm_lock *lock, int version,
                         struct cpm_nice_member *members)
{
    size_t count = cpm_nice_gather(n, lock->unknown_top, members);

    if (lock->name.len)
        members[count++] = (struct cpm_nice_member){.key = CPM_STR("name"), .text = lock->name};
    if (lock->version.len)
        members[count++] =
            (struct cpm_nice_member){.key = CPM_STR("version"), .text = lock->version};
    members[count++] = (struct cpm_nice_member){
        .key = CPM_STR("lockfileVersion"),
        .raw = cpm_str(cpm_arena_printf(n->scratch, "%d", version)),
    };
    members[count++] = (struct cpm_nice_member){.key = CPM_STR("requires"), .raw = CPM_STR("true")};
    if (version > 1)
        members[count++] =
            (struct cpm_nice_member){.key = CPM_STR("packages"), .data = lock, .object = true};
    if (version < NO_LEGACY_FROM && lock->legacy.len)
        members[count++] = (struct cpm_nice_member){
            .key = CPM_STR("dependencies"), .raw = lock->legacy, .object = true};
    return count;
}

static void write_top(struct cpm_nice *n, const struct cpm_lock *lock, int version, bool hidden)
{
    size_t room = cpm_nice_count(lock->unknown_top) + 6;
    struct cpm_nice_member *members = CPM_NEW_ARRAY(n->scratch, struct cpm_nice_member, room);
    size_t count = gather_top(n, lock, version, members);
    bool first = true;

    cpm_nice_sort(members, count);
    cpm_nice_open(n);
    for (size_t i = 0; i < count; i++) {
        cpm_nice_key(n, members[i].key, 0, &first);
        if (members[i].data)
            write_packages(n, lock, hidden);
        else if (members[i].raw.len)
            cpm_nice_raw(n, members[i].raw, 1);
        else
            cpm_json_quote(n->out, members[i].text);
    }
    cpm_nice_close(n, 0, first);
    cpm_buf_add(n->out, n->breaks.ptr, n->newline_len);
}

static int write_lock(const struct cpm_lock *lock, const struct cpm_json_style *style, bool hidden,
                      struct cpm_buf *out, struct cpm_error *err)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    struct cpm_str indent = CPM_STR_NONE, newline = CPM_STR_NONE;
    struct cpm_nice n;
    int version = hidden ? NO_LEGACY_FROM : lock->lockfile_version;

    if (version < 1 || version > CPM_LOCK_NEWEST)
        return cpm_error_set(err, CPM_ELOCKFILEVERSION, "cannot write lockfileVersion %d", version);
    if (style) {
        indent = style->indent[0] ? cpm_str(style->indent) : CPM_STR("  ");
        newline = style->newline[0] ? cpm_str(style->newline) : CPM_STR("\n");
    }
    cpm_nice_init(&n, out, &scratch, indent, newline);
    write_top(&n, lock, version, hidden);
    cpm_arena_release(&scratch);
    if (out->overflow)
        return cpm_error_set(err, CPM_ETOOBIG, "the lock is larger than %zu bytes", out->max);
    return 0;
}

int cpm_lock_write(const struct cpm_lock *lock, const struct cpm_json_style *style,
                   struct cpm_buf *out, struct cpm_error *err)
{
    return write_lock(lock, style, false, out, err);
}

int cpm_lock_write_hidden(const struct cpm_lock *lock, const struct cpm_json_style *style,
                          struct cpm_buf *out, struct cpm_error *err)
{
    return write_lock(lock, style, true, out, err);
}
