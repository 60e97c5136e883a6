/* A deny wins over an allow; the first layer that says anything wins over the others. */
#include "install/allow.h"

#include "base/path.h"
#include "install/allow_key.h"
#include "install/git/locked.h"
#include "install/script.h"
#include "lockfile/tgz_name.h"

struct cpm_allow {
    struct cpm_arena *arena;
    const char *path;
    bool allow_all, ignore;
    struct cpm_allow_key *keys;
    size_t count;
    const char **warnings;
    size_t warning_count;
};

static void note(struct cpm_allow *allow, const char *text)
{
    const char **v = CPM_NEW_ARRAY(allow->arena, const char *, allow->warning_count + 2);
    for (size_t i = 0; i < allow->warning_count; i++)
        v[i] = allow->warnings[i];
    v[allow->warning_count++] = text;
    allow->warnings = v;
}

/* A layer's keys; those that npm's rule refuses are left out with a warning. */
struct layer {
    const char *label;
    struct cpm_allow_key *keys;
    size_t count;
};

static void layer_add(struct cpm_allow *allow, struct layer *layer, struct cpm_str text,
                      enum cpm_allow_verdict verdict)
{
    const char *fault = NULL;
    struct cpm_allow_key *key = &layer->keys[layer->count];
    if (cpm_allow_key_parse(allow->arena, text, allow->path, key, &fault)) {
        key->verdict = verdict;
        layer->count++;
    } else {
        note(allow, cpm_arena_printf(allow->arena, "%s: ignoring %s\"%.*s\"%s", layer->label,
                                     *fault ? "" : "unparseable entry ", CPM_STR_ARG(text), fault));
    }
}

static void layer_from_package(struct cpm_allow *allow, const struct cpm_json *package,
                               struct layer *out)
{
    const struct cpm_json *map = cpm_json_get(package, CPM_STR("allowScripts"));
    out->label = "package.json";
    if (!cpm_json_is(map, CPM_JSON_OBJECT))
        return;
    out->keys = CPM_NEW_ARRAY(allow->arena, struct cpm_allow_key, cpm_json_count(map) + 1);
    CPM_JSON_EACH (map, v) {
        struct cpm_str key = cpm_arena_str(allow->arena, cpm_json_key(v)); /* outlives the JSON */
        if (cpm_json_is(v, CPM_JSON_BOOL))
            layer_add(allow, out, key, cpm_json_bool(v) ? CPM_ALLOW_YES : CPM_ALLOW_NO);
        else
            layer_add(allow, out, key, CPM_ALLOW_UNREVIEWED);
    }
}

static size_t count_parts(const char *const *texts)
{
    size_t n = 0;
    for (; texts && *texts; texts++)
        for (const char *c = *texts; c; c = strchr(c + 1, ','))
            n++;
    return n;
}

static void layer_from_config(struct cpm_allow *allow, const char *const *texts, struct layer *out)
{
    out->keys = CPM_NEW_ARRAY(allow->arena, struct cpm_allow_key, count_parts(texts) + 1);
    for (; texts && *texts; texts++) {
        struct cpm_str rest = cpm_str(*texts), part;
        while (cpm_str_split(&rest, ',', &part)) {
            part = cpm_str_trim(part);
            if (part.len)
                layer_add(allow, out, part, CPM_ALLOW_YES);
        }
    }
}

int cpm_allow_new(struct cpm_arena *arena, const struct cpm_allow_input *in, struct cpm_allow **out,
                  struct cpm_error *err)
{
    struct cpm_allow *allow = CPM_NEW(arena, struct cpm_allow);
    struct layer package = {0};
    struct layer config = {.label = in->config_is_explicit ? "CLI flag" : ".npmrc"};
    *allow = (struct cpm_allow){.arena = arena,
                                .path = in->path,
                                .allow_all = in->allow_all,
                                .ignore = in->ignore,
                                .warnings = CPM_NEW_ARRAY(arena, const char *, 1)};
    layer_from_config(allow, in->config, &config);
    if (in->config_is_explicit && config.count && !in->global)
        return cpm_error_set(err, CPM_EALLOWSCRIPTS,
                             "--allow-scripts is not allowed in project-scoped installs. Add the "
                             "entries to the \"allowScripts\" field in package.json, or to .npmrc, "
                             "instead.");
    if (!in->global)
        layer_from_package(allow, in->package, &package);
    const struct layer *used = package.count ? &package : &config;
    if (package.count && config.count)
        note(allow, ".npmrc allow-scripts setting is being ignored because package.json declares "
                    "its own allowScripts field");
    allow->keys = used->keys;
    allow->count = used->count;
    *out = allow;
    return 0;
}

const char *const *cpm_allow_warnings(const struct cpm_allow *allow)
{
    return allow->warnings;
}

/* A spec with a place in it: git, URL, file. An alias stands for a registry package. */
static bool is_foreign_spec(struct cpm_str spec)
{
    if (cpm_str_starts(spec, "npm:"))
        return false;
    return cpm_str_chr(spec, ':') != CPM_NPOS || cpm_str_chr(spec, '/') != CPM_NPOS;
}

/* Stricter than npm, which asks the edges that lead to the node: any requirer in the lock that
 * names it by a place makes it no registry package. */
static bool named_by_place(const struct cpm_lock *lock, struct cpm_str name)
{
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_manifest *m = lock->entries[i].manifest;
        for (size_t g = 0; m && g < CPM_DEPS_ACCEPT; g++)
            for (uint32_t d = 0; d < m->deps[g].n; d++)
                if (cpm_str_eq(cpm_name_str(m->deps[g].v[d].name), name) &&
                    is_foreign_spec(cpm_name_str(m->deps[g].v[d].spec)))
                    return true;
    }
    return false;
}

/* Without a URL (omit-lockfile-registry-resolved) the name is known, the version is not. */
void cpm_allow_identify(struct cpm_arena *arena, const struct cpm_lock *lock,
                        const struct cpm_lock_entry *entry, struct cpm_allow_subject *out)
{
    struct cpm_str folder = cpm_location_name(entry->location);
    *out = (struct cpm_allow_subject){.resolved = entry->resolved};
    bool http =
        cpm_str_starts(entry->resolved, "https://") || cpm_str_starts(entry->resolved, "http://");
    if ((entry->resolved.len && !http) || named_by_place(lock, folder))
        return;
    if (http) {
        out->registry =
            cpm_str_find(entry->resolved, "/-/") != CPM_NPOS &&
            cpm_tgz_name(arena, CPM_STR_NONE, entry->resolved, &out->name, &out->version);
    } else if (!entry->name) {
        out->registry = true;
        out->name = folder;
    }
}

enum cpm_allow_verdict cpm_allow_check(const struct cpm_allow *allow, const struct cpm_lock *lock,
                                       const struct cpm_lock_entry *entry)
{
    struct cpm_allow_subject subject;
    enum cpm_allow_verdict verdict = CPM_ALLOW_UNREVIEWED;
    if (entry->in_bundle)
        return CPM_ALLOW_UNREVIEWED;
    if (allow->allow_all)
        return CPM_ALLOW_YES;
    if (allow->count == 0)
        return CPM_ALLOW_UNREVIEWED;
    cpm_allow_identify(allow->arena, lock, entry, &subject);
    for (size_t i = 0; i < allow->count; i++) {
        const struct cpm_allow_key *key = &allow->keys[i];
        if (key->verdict == CPM_ALLOW_UNREVIEWED ||
            !cpm_allow_key_matches(allow->arena, key, &subject))
            continue;
        if (key->verdict == CPM_ALLOW_NO)
            return CPM_ALLOW_NO;
        verdict = CPM_ALLOW_YES;
    }
    return verdict;
}

static void describe_scripts(const struct cpm_script_package *package, bool with_prepare,
                             struct cpm_buf *out)
{
    static const char *const events[] = {"preinstall", "install", "postinstall", "prepare"};
    for (size_t i = 0; i < (with_prepare ? 4u : 3u); i++) {
        struct cpm_str command = cpm_script_find(package, events[i]);
        if (command.len)
            cpm_buf_addf(out, "%s%s: %.*s", out->len ? "; " : "", events[i], CPM_STR_ARG(command));
    }
}

/* NULL when it has none after all. */
static const char *scripts_of(const struct cpm_allow *allow, const struct cpm_lock_entry *entry,
                              struct cpm_arena *arena)
{
    struct cpm_script_package package;
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    const char *location = cpm_arena_str(arena, entry->location).ptr;
    bool placed = entry->resolved.len && !cpm_str_starts(entry->resolved, "http");
    if (cpm_script_package_read(cpm_path_join(arena, allow->path, location), arena, &package,
                                NULL) == 0) {
        describe_scripts(&package, placed, &text);
        cpm_script_package_release(&package);
    }
    if (text.len == 0 && !entry->manifest->has_install_script)
        return NULL;
    if (text.len == 0)
        cpm_buf_add_text(&text, "install: (install scripts present)");
    const char *copy = cpm_arena_strndup(arena, text.ptr, text.len);
    cpm_buf_release(&text);
    return copy;
}

bool cpm_allow_is_subject(const struct cpm_lock_entry *entry)
{
    return entry->manifest && !entry->link && !entry->in_bundle && !entry->inert &&
           !cpm_location_is_top(entry->location);
}

/* A git dependency that has to be prepared is named too, which no lock records. */
static bool is_reviewable(const struct cpm_lock_entry *entry)
{
    return cpm_allow_is_subject(entry) &&
           (entry->manifest->has_install_script || cpm_git_is_locked(entry));
}

void cpm_allow_review(const struct cpm_allow *allow, const struct cpm_lock *lock,
                      struct cpm_arena *arena, struct cpm_allow_row **rows, size_t *count)
{
    size_t n = 0;
    *rows = NULL;
    *count = 0;
    for (size_t i = 0; i < lock->count; i++)
        n += is_reviewable(&lock->entries[i]);
    if (n == 0 || allow->ignore)
        return;
    *rows = CPM_NEW_ARRAY(arena, struct cpm_allow_row, n);
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *entry = &lock->entries[i];
        struct cpm_allow_subject subject;
        if (!is_reviewable(entry))
            continue;
        const char *scripts = scripts_of(allow, entry, arena);
        if (!scripts)
            continue;
        cpm_allow_identify(allow->arena, lock, entry, &subject);
        (*rows)[(*count)++] = (struct cpm_allow_row){
            .location = entry->location,
            .name = subject.name.len ? subject.name : cpm_location_name(entry->location),
            .version =
                subject.version.len ? subject.version : cpm_name_str(entry->manifest->version),
            .scripts = scripts,
            .verdict = cpm_allow_check(allow, lock, entry),
        };
    }
}
