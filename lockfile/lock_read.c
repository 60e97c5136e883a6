/* One pass over the text: an entry's package fields go through cpm_manifest_read, which offers the
 * entry's own ("resolved", "dev" …) to entry_field. A pass before it (cpm_json_check) refuses
 * duplicate keys everywhere, so that no two readers of one lock see two trees. */
#include "base/mem.h"
#include "lockfile/lock_conflict.h"
#include "lockfile/lock_v1.h"
#include "lockfile/raw.h"

#include <stddef.h>

enum { VERSION_FOR_OLD = 3 };

struct reading {
    struct cpm_jsonread r;
    const struct cpm_lock_source *src;
    struct cpm_lock *lock;
    struct cpm_lock_entry *entries;
    size_t count, room;
    struct cpm_lock_entry *current;
    struct cpm_buf unknown;
    bool has_packages;
    const char *feature;       /* that the lock relies on and this program lacks; NULL: none */
    struct cpm_str feature_at; /* the location that has it */
};

/* npm 12's repairs of a tree. Whoever passes over them installs another tree than the lock's. */
static const struct {
    const char *key, *feature;
} repairs[] = {
    {"patched", "a patch (patchedDependencies)"},
    {"packageExtensionsApplied", "a change by packageExtensions"},
    {"npmExtensionApplied", "a change by .npm-extension"},
    {"packageExtensionsHash", "packageExtensions"},
    {"npmExtensionHash", "a .npm-extension file"},
};

static const struct entry_flag {
    const char *key;
    size_t at;
} entry_flags[] = {
#define FLAG(key, member)                                                                          \
    {                                                                                              \
        key, offsetof(struct cpm_lock_entry, member)                                               \
    }
    FLAG("link", link),          FLAG("dev", dev),
    FLAG("optional", optional),  FLAG("devOptional", dev_optional),
    FLAG("peer", peer),          FLAG("extraneous", extraneous),
    FLAG("inBundle", in_bundle),
#undef FLAG
};

static bool note_repair(struct reading *rd, struct cpm_str key)
{
    for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++)
        if (cpm_str_is(key, repairs[i].key)) {
            if (cpm_raw_truthy(cpm_jsonread_raw(&rd->r)) && !rd->feature) {
                rd->feature = repairs[i].feature;
                rd->feature_at = rd->current->location;
            }
            return true;
        }
    return false;
}

static bool entry_field(struct cpm_jsonread *r, struct cpm_str key, void *data)
{
    struct cpm_lock_entry *entry = ((struct reading *)data)->current;

    if (cpm_str_is(key, "resolved")) {
        cpm_jsonread_str(r, &entry->resolved);
        return true;
    }
    if (cpm_str_is(key, "integrity")) {
        cpm_jsonread_str(r, &entry->integrity);
        return true;
    }
    for (size_t i = 0; i < sizeof(entry_flags) / sizeof(entry_flags[0]); i++)
        if (cpm_str_is(key, entry_flags[i].key)) {
            *(bool *)((char *)entry + entry_flags[i].at) = cpm_raw_truthy(cpm_jsonread_raw(r));
            return true;
        }
    return note_repair(data, key);
}

static void read_entry(struct reading *rd, struct cpm_str location)
{
    struct cpm_manifest_source source = {
        .names = rd->src->names,
        .arena = rd->src->arena,
        .from = CPM_MANIFEST_LOCK,
        .field = entry_field,
        .data = rd,
    };
    struct cpm_manifest *m = CPM_NEW(rd->src->arena, struct cpm_manifest);
    struct cpm_lock_entry *entry = rd->current;

    *entry = (struct cpm_lock_entry){.location = location};
    if (cpm_jsonread_peek(&rd->r) != CPM_JSON_OBJECT) {
        cpm_jsonread_fail(&rd->r, "a package entry must be an object");
        return;
    }
    cpm_manifest_read(&rd->r, &source, m);
    if (entry->link)
        return;
    entry->name = m->name;
    if (!m->name && location.len)
        m->name = cpm_names_get(rd->src->names, cpm_location_name(location));
    entry->manifest = m;
}

static void read_packages(struct reading *rd)
{
    struct cpm_str location;

    if (!cpm_jsonread_object(&rd->r)) {
        cpm_jsonread_skip(&rd->r);
        return;
    }
    rd->has_packages = true;
    while (cpm_jsonread_key(&rd->r, &location)) {
        if (!cpm_location_safe(location)) {
            cpm_jsonread_fail(&rd->r, "a package location leads outside or is reserved");
            return;
        }
        if (rd->count == rd->room) {
            rd->room = rd->room ? 2 * rd->room : 64;
            rd->entries = cpm_realloc(rd->entries, rd->room, sizeof(*rd->entries));
        }
        rd->current = &rd->entries[rd->count++];
        read_entry(rd, location);
    }
}

static void keep_unknown(struct reading *rd, struct cpm_str key)
{
    struct cpm_str raw = cpm_jsonread_raw(&rd->r);

    cpm_buf_add_char(&rd->unknown, rd->unknown.len ? ',' : '{');
    cpm_json_quote(&rd->unknown, key);
    cpm_buf_add_char(&rd->unknown, ':');
    cpm_buf_add_str(&rd->unknown, raw);
}

/* A number; for npm its text will do. */
static void read_version(struct reading *rd)
{
    bool is_text = cpm_jsonread_peek(&rd->r) == CPM_JSON_STRING;
    struct cpm_str text;
    uint64_t number;
    double version = -1;

    if (is_text && cpm_jsonread_str(&rd->r, &text) && cpm_str_u64(text, &number))
        version = (double)number;
    else if (!is_text)
        cpm_jsonread_number(&rd->r, &version);
    if (version >= 0 && version < 1000)
        rd->lock->original_version = (int)version;
}

static void read_member(struct reading *rd, struct cpm_str key)
{
    struct cpm_jsonread *r = &rd->r;
    struct cpm_lock *lock = rd->lock;

    if (cpm_str_is(key, "packages"))
        read_packages(rd);
    else if (cpm_str_is(key, "dependencies"))
        lock->legacy = cpm_raw_worth(cpm_jsonread_raw(r));
    else if (cpm_str_is(key, "name"))
        cpm_jsonread_str(r, &lock->name);
    else if (cpm_str_is(key, "version"))
        cpm_jsonread_str(r, &lock->version);
    else if (cpm_str_is(key, "lockfileVersion"))
        read_version(rd);
    else if (cpm_str_is(key, "requires"))
    lock->requires = cpm_raw_truthy(cpm_jsonread_raw(r));
    else keep_unknown(rd, key);
}

/* Entries into the arena, the root first. */
static void keep_entries(struct reading *rd)
{
    struct cpm_lock *lock = rd->lock;

    lock->entries = CPM_NEW_ARRAY(rd->src->arena, struct cpm_lock_entry, rd->count);
    for (size_t i = 0; i < rd->count; i++)
        if (rd->entries[i].location.len == 0)
            lock->entries[lock->count++] = rd->entries[i];
    for (size_t i = 0; i < rd->count; i++)
        if (rd->entries[i].location.len > 0)
            lock->entries[lock->count++] = rd->entries[i];
}

static int settle_version(struct reading *rd, const char *file, struct cpm_error *err)
{
    struct cpm_lock *lock = rd->lock;

    if (lock->original_version > CPM_LOCK_NEWEST)
        return cpm_error_set(err, CPM_ELOCKFILEVERSION,
                             "%s: lockfileVersion %d is newer than this program knows (at most "
                             "%d); use a newer one, or write the lock with --lockfile-version=3",
                             file, lock->original_version, CPM_LOCK_NEWEST);
    if (rd->feature)
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             "%s: %s%.*s has %s, which this program does not know yet; install "
                             "with npm 12, or take it out of the project with npm 12 first",
                             file, rd->feature_at.len ? "" : "the project",
                             CPM_STR_ARG(rd->feature_at), rd->feature);
    lock->old = lock->original_version < 2;
    lock->ancient = lock->old && !lock->requires;
    lock->lockfile_version = rd->src->lockfile_version ? rd->src->lockfile_version
                             : lock->old               ? VERSION_FOR_OLD
                                                       : lock->original_version;
    return 0;
}

static int read_document(struct reading *rd, const char *file, struct cpm_error *err)
{
    struct cpm_str key;
    int rc;

    if (!cpm_jsonread_object(&rd->r))
        cpm_jsonread_fail(&rd->r, "a lock must be an object");
    while (cpm_jsonread_key(&rd->r, &key))
        read_member(rd, key);
    rc = cpm_jsonread_finish(&rd->r, err);
    if (rc < 0)
        return rc;
    keep_entries(rd);
    if (rd->unknown.len) {
        cpm_buf_add_char(&rd->unknown, '}');
        rd->lock->unknown_top = cpm_raw_keep(&rd->unknown, rd->src->arena);
    }
    return settle_version(rd, file, err);
}

int cpm_lock_read(struct cpm_str text, const char *file, const struct cpm_lock_source *src,
                  struct cpm_lock *out, struct cpm_error *err)
{
    struct reading rd = {.src = src, .lock = out, .unknown = CPM_BUF_INIT(CPM_JSON_MAX)};
    int rc = 0;

    *out = (struct cpm_lock){.name = CPM_STR_NONE};
    if (cpm_conflict_found(text))
        rc = cpm_conflict_merge(text, file, src->arena, &text, err);
    cpm_json_style_detect(text, &out->style);
    if (rc == 0)
        rc = cpm_json_check(text, file, err);
    if (rc == 0) {
        cpm_jsonread_init(&rd.r, text, file, src->arena);
        rc = read_document(&rd, file, err);
    }
    if (rc == 0 && !rd.has_packages && out->legacy.len)
        rc = cpm_lock_migrate_v1(out, file, src, err);
    cpm_free(rd.entries);
    cpm_buf_release(&rd.unknown);
    if (rc == CPM_EJSONPARSE)
        cpm_error_advise(err, "Mend the lock, or remove it and run `cpm install`.");
    return rc;
}
