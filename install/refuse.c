/* An address is a registry's unless somebody asked for it by that address. */
#include "install/refuse.h"

#include "install/git/locked.h"
#include "install/sources.h"
#include "semver/spec.h"

static bool is_ours(const struct cpm_lock_entry *e)
{
    return !e->location.len ||
           (cpm_location_is_top(e->location) && !cpm_str_starts(e->location, ".."));
}

/* The spec by which a package asks for the entry's name; NULL: it does not. */
static const struct cpm_name *asks_for(const struct cpm_lock_entry *from, struct cpm_str name)
{
    const struct cpm_manifest *m = from->manifest;

    for (int g = CPM_DEPS_PROD; m && g <= CPM_DEPS_PEER; g++)
        for (uint32_t i = 0; i < m->deps[g].n; i++)
            if (cpm_str_eq(cpm_name_str(m->deps[g].v[i].name), name))
                return m->deps[g].v[i].spec;
    return NULL;
}

struct asked {
    bool by_us, by_address;
};

static struct asked who_asks(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry)
{
    struct cpm_str name = cpm_location_name(entry->location);
    struct asked asked = {false, false};

    for (size_t i = 0; i < ideal->count; i++) {
        const struct cpm_name *spec = asks_for(&ideal->entries[i], name);

        asked.by_us |= spec && is_ours(&ideal->entries[i]);
        asked.by_address |= spec && cpm_str_eq(cpm_name_str(spec), entry->resolved);
    }
    return asked;
}

int cpm_refuse_source(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry,
                      const struct cpm_install_options *opts, struct cpm_error *err)
{
    bool git = cpm_git_is_locked(entry), file = cpm_str_starts(entry->resolved, "file:");
    bool remote = cpm_str_starts(entry->resolved, "http");
    enum cpm_tree_allow allow = git      ? opts->allow_git
                                : file   ? opts->allow_file
                                : remote ? opts->allow_remote
                                         : CPM_ALLOW_ALL;
    struct asked asked;

    if (entry->link || allow == CPM_ALLOW_ALL)
        return 0;
    asked = who_asks(ideal, entry);
    if ((remote && !asked.by_address) || (asked.by_us && allow == CPM_ALLOW_ROOT))
        return 0;
    return cpm_error_set(
        err,
        git    ? CPM_EALLOWGIT
        : file ? CPM_EALLOWFILE
               : CPM_EALLOWREMOTE,
        "Fetching%s packages of type \"%s\" have been disabled\nRefusing to fetch \"%.*s@%.*s\"",
        allow == CPM_ALLOW_ROOT ? " non-root" : "",
        git    ? "git"
        : file ? "file"
               : "remote",
        CPM_STR_ARG(cpm_location_name(entry->location)), CPM_STR_ARG(entry->resolved));
}

/* The project's folders, and what was packed from one, may name folders. */
static bool names_folders(const struct cpm_lock_entry *from)
{
    const struct cpm_manifest *m = from->manifest;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_spec spec;
    bool found = false;

    if (!is_ours(from) && !cpm_str_starts(from->resolved, "file:"))
        return false;
    for (int g = CPM_DEPS_PROD; m && g <= CPM_DEPS_PEER; g++)
        for (uint32_t i = 0; i < m->deps[g].n && !found; i++)
            found = cpm_spec_resolve(&arena, CPM_STR("x"), cpm_name_str(m->deps[g].v[i].spec), "/",
                                     &spec, NULL) == 0 &&
                    spec.type == CPM_SPEC_DIRECTORY;
    cpm_arena_release(&arena);
    return found;
}

/* An override is the project's own wish; that its text has the word is enough. */
static bool overrides_with(const struct cpm_lock *ideal, struct cpm_str word)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    bool found = false;

    cpm_buf_add_str(&text, word);
    for (size_t i = 0; i < ideal->count && word.len; i++)
        if (!ideal->entries[i].location.len && ideal->entries[i].manifest)
            found = cpm_str_find(ideal->entries[i].manifest->raw[CPM_RAW_OVERRIDES],
                                 cpm_buf_text(&text)) != CPM_NPOS;
    cpm_buf_release(&text);
    return found;
}

/* "project" of "git+ssh://git@host/user/project.git#commit". */
static struct cpm_str project_of(struct cpm_str resolved)
{
    size_t hash = cpm_str_chr(resolved, '#');
    struct cpm_str path = cpm_str_sub(resolved, 0, hash);
    struct cpm_str name = cpm_str_sub(path, cpm_str_rchr(path, '/') + 1, CPM_NPOS);

    if (cpm_str_ends(name, ".git"))
        name.len -= strlen(".git");
    return name;
}

static bool is_asked_for(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry)
{
    if (cpm_git_is_locked(entry))
        return cpm_git_is_asked_for(ideal, entry) ||
               overrides_with(ideal, project_of(entry->resolved));
    for (size_t i = 0; i < ideal->count; i++)
        if (names_folders(&ideal->entries[i]))
            return true;
    return overrides_with(ideal, CPM_STR("file:"));
}

int cpm_refuse_unasked(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry,
                       struct cpm_error *err)
{
    bool folder =
        cpm_str_starts(entry->resolved, "file:") && !cpm_source_is_tarball(entry->resolved);

    if (entry->link || (!folder && !cpm_git_is_locked(entry)) || is_asked_for(ideal, entry))
        return 0;
    return cpm_error_set(err, CPM_EUNSUPPORTED,
                         "'%.*s' comes from '%.*s', which nothing in this project asks for",
                         CPM_STR_ARG(entry->location), CPM_STR_ARG(entry->resolved));
}
