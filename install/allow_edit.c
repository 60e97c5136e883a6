/* npm RFC 54's table of pins. A deny is always of the whole package and always wins; an allow names
 * versions that somebody has looked at. */
#include "install/allow_edit.h"

#include "install/allow_key.h"
#include "semver/hosted.h"

static bool read_key(const struct cpm_allow_edit *edit, struct cpm_str text,
                     struct cpm_allow_key *out)
{
    const char *fault;
    return cpm_allow_key_parse(edit->arena, cpm_arena_str(edit->arena, text), NULL, out, &fault);
}

static bool targets(const struct cpm_allow_edit *edit, struct cpm_str text,
                    const struct cpm_lock_entry *entry)
{
    struct cpm_allow_subject subject;
    struct cpm_allow_key key;
    cpm_allow_identify(edit->arena, edit->lock, entry, &subject);
    return read_key(edit, text, &key) && cpm_allow_key_targets(edit->arena, &key, &subject);
}

static bool is_name_only(const struct cpm_allow_edit *edit, struct cpm_str text)
{
    struct cpm_allow_key key;
    return read_key(edit, text, &key) && key.any_version;
}

static bool is_pin(const struct cpm_allow_edit *edit, struct cpm_str text)
{
    struct cpm_allow_key key;
    return read_key(edit, text, &key) && key.spec.type == CPM_SPEC_VERSION;
}

/* "github:u/p", with "#commit" when asked for; NULL for a repository on no known host. */
static const char *git_key(const struct cpm_allow_edit *edit, struct cpm_str resolved, bool commit)
{
    struct cpm_spec spec;
    const struct cpm_hosted_options bare = {.no_committish = true};
    if (cpm_spec_parse(edit->arena, resolved, NULL, &spec, NULL) < 0 || !spec.hosted)
        return NULL;
    struct cpm_str base = cpm_hosted_url(edit->arena, spec.hosted, CPM_HOSTED_SHORTCUT, &bare);
    if (!commit || !spec.committish.len)
        return cpm_arena_str(edit->arena, base).ptr;
    return cpm_arena_printf(edit->arena, "%.*s#%.*s", CPM_STR_ARG(base),
                            CPM_STR_ARG(spec.committish));
}

static const char *key_of(const struct cpm_allow_edit *edit, const struct cpm_lock_entry *entry,
                          bool versioned)
{
    struct cpm_allow_subject subject;
    if (cpm_str_starts(entry->resolved, "git"))
        return git_key(edit, entry->resolved, versioned);
    if (cpm_str_starts(entry->resolved, "file:") || cpm_str_starts(entry->resolved, "/"))
        return cpm_arena_str(edit->arena, entry->resolved).ptr;
    cpm_allow_identify(edit->arena, edit->lock, entry, &subject);
    if (!subject.registry || (versioned && !subject.version.len))
        return NULL;
    if (!versioned)
        return cpm_arena_str(edit->arena, subject.name).ptr;
    return cpm_arena_printf(edit->arena, "%.*s@%.*s", CPM_STR_ARG(subject.name),
                            CPM_STR_ARG(subject.version));
}

const char *cpm_allow_edit_name(const struct cpm_allow_edit *edit,
                                const struct cpm_lock_entry *entry)
{
    return key_of(edit, entry, false);
}

void cpm_allow_edit_display(const struct cpm_allow_edit *edit, const struct cpm_lock_entry *entry,
                            struct cpm_str *name, struct cpm_str *version)
{
    struct cpm_allow_subject subject;
    cpm_allow_identify(edit->arena, edit->lock, entry, &subject);
    *name = subject.name.len ? subject.name : cpm_location_name(entry->location);
    *version = subject.version.len ? subject.version
               : entry->manifest   ? cpm_name_str(entry->manifest->version)
                                   : CPM_STR_NONE;
}

static void note(struct cpm_json *changes, const char *key, const char *change)
{
    struct cpm_json *one = cpm_json_new_object();
    cpm_json_set_str(one, "key", cpm_str(key));
    cpm_json_set_str(one, "change", cpm_str(change));
    cpm_json_add(changes, one);
}

static bool is_set_to(const struct cpm_json *value, bool wanted)
{
    return cpm_json_is(value, CPM_JSON_BOOL) && cpm_json_bool(value) == wanted;
}

static void put(const struct cpm_allow_edit *edit, const char *key, bool value,
                struct cpm_json *changes)
{
    if (is_set_to(cpm_json_get(edit->map, cpm_str(key)), value))
        return;
    cpm_json_set(edit->map, cpm_str(key), cpm_json_new_bool(value));
    note(changes, key, "added");
}

static bool is_among(const char *const *keys, struct cpm_str text)
{
    for (; *keys; keys++)
        if (cpm_str_is(text, *keys))
            return true;
    return false;
}

/* Takes allowed single versions of the package away, but for `kept` (NULL-ended); `change` NULL
 * does not tell. */
static void drop_pins(const struct cpm_allow_edit *edit, const struct cpm_allow_group *group,
                      const char *const *kept, const char *change, struct cpm_json *changes)
{
    for (struct cpm_json *v = cpm_json_first(edit->map), *next; v; v = next) {
        const char *key = cpm_arena_str(edit->arena, cpm_json_key(v)).ptr;
        next = cpm_json_next(v);
        if (!is_set_to(v, true) || is_among(kept, cpm_str(key)) ||
            (group->name && strcmp(key, group->name) == 0) || !is_pin(edit, cpm_str(key)) ||
            !targets(edit, cpm_str(key), group->entries[0]))
            continue;
        cpm_json_del(edit->map, cpm_str(key));
        if (change)
            note(changes, key, change);
    }
}

static const char *denied(const struct cpm_allow_edit *edit, const struct cpm_allow_group *group)
{
    CPM_JSON_EACH (edit->map, v)
        for (size_t i = 0; i < group->count && is_set_to(v, false); i++) {
            struct cpm_str key = cpm_json_key(v);
            if (!targets(edit, key, group->entries[i]))
                continue;
            if (is_name_only(edit, key))
                return cpm_arena_printf(
                    edit->arena,
                    "%.*s is denied; remove the entry from allowScripts to approve %s.",
                    CPM_STR_ARG(key), group->name);
            return cpm_arena_printf(
                edit->arena,
                "%.*s is a versioned deny; run `cpm install-scripts deny %s` to widen the deny to "
                "all versions of %s, or remove the entry to approve %s.",
                CPM_STR_ARG(key), group->name, group->name, group->name);
        }
    return NULL;
}

static const char *approve_name(const struct cpm_allow_edit *edit,
                                const struct cpm_allow_group *group, bool tell,
                                struct cpm_json *changes)
{
    const char *const none[] = {NULL};
    drop_pins(edit, group, none, tell ? "removed-pinned-allow" : NULL, changes);
    put(edit, group->name, true, changes);
    if (!tell || cpm_json_count(changes) == 0)
        return NULL;
    return cpm_arena_printf(
        edit->arena,
        "%s: approved by name (all versions) because its package-lock.json entry has no "
        "\"resolved\" URL, so cpm can't pin a specific version. Run `cpm install` to refresh the "
        "lockfile and enable pinning.",
        group->name);
}

const char *cpm_allow_edit_approve(const struct cpm_allow_edit *edit,
                                   const struct cpm_allow_group *group, bool pin,
                                   struct cpm_json *changes)
{
    const char **keys = CPM_NEW_ARRAY(edit->arena, const char *, group->count + 1);
    const char *warning = denied(edit, group);
    if (warning)
        return warning;
    if (!pin)
        return approve_name(edit, group, false, changes);
    for (size_t i = 0; i < group->count; i++)
        if (!(keys[i] = key_of(edit, group->entries[i], true)))
            return approve_name(edit, group, true, changes);
    drop_pins(edit, group, keys, "removed-stale", changes);
    for (const char **key = keys; *key; key++)
        put(edit, *key, true, changes);
    if (!is_among(keys, cpm_str(group->name)) &&
        is_set_to(cpm_json_get(edit->map, cpm_str(group->name)), true)) {
        cpm_json_del(edit->map, cpm_str(group->name));
        note(changes, group->name, "replaced-by-pin");
    }
    return NULL;
}

void cpm_allow_edit_deny(const struct cpm_allow_edit *edit, const struct cpm_allow_group *group,
                         struct cpm_json *changes)
{
    for (struct cpm_json *v = cpm_json_first(edit->map), *next; v; v = next) {
        const char *key = cpm_arena_str(edit->arena, cpm_json_key(v)).ptr;
        next = cpm_json_next(v);
        if (strcmp(key, group->name) == 0 || !targets(edit, cpm_str(key), group->entries[0]))
            continue;
        cpm_json_del(edit->map, cpm_str(key));
        note(changes, key, "removed-pinned-allow");
    }
    put(edit, group->name, false, changes);
}

/* NULL: the entry is of use. What cannot be read stays. */
static const char *why_unused(const struct cpm_allow_edit *edit, struct cpm_str text)
{
    struct cpm_allow_key key;
    bool found = false;
    if (!read_key(edit, text, &key))
        return NULL;
    key.verdict = CPM_ALLOW_NO; /* a version that is not known counts as meant */
    for (size_t i = 0; i < edit->lock->count; i++) {
        const struct cpm_lock_entry *e = &edit->lock->entries[i];
        struct cpm_allow_subject subject;
        if (!cpm_allow_is_subject(e))
            continue;
        cpm_allow_identify(edit->arena, edit->lock, e, &subject);
        if (!cpm_allow_key_matches(edit->arena, &key, &subject))
            continue;
        if (e->manifest->has_install_script)
            return NULL;
        found = true;
    }
    return found ? "no-scripts" : "not-installed";
}

void cpm_allow_edit_prune(const struct cpm_allow_edit *edit, struct cpm_json *removed)
{
    for (struct cpm_json *v = cpm_json_first(edit->map), *next; v; v = next) {
        struct cpm_str key = cpm_arena_str(edit->arena, cpm_json_key(v));
        const char *reason = why_unused(edit, key);
        next = cpm_json_next(v);
        if (!reason)
            continue;
        struct cpm_json *one = cpm_json_new_object();
        cpm_json_set_str(one, "key", key);
        cpm_json_set(one, CPM_STR("value"), cpm_json_copy(v));
        cpm_json_set_str(one, "reason", cpm_str(reason));
        cpm_json_add(removed, one);
        cpm_json_del(edit->map, key);
    }
}
