/* Options are copied once: a bundler's resolver lives long and is asked often. */
#include "resolver/module/bundler.h"

#include "resolver/module/url.h"

static const char *const default_extensions[] = {".js", ".json", ".node", NULL};
static const char *const default_main_fields[] = {"main", NULL};
static const char *const default_main_files[] = {"index", NULL};
static const char *const default_exports[] = {"exports", NULL};
static const char *const default_imports[] = {"imports", NULL};
static const char *const default_modules[] = {"node_modules", NULL};
static const char *const nothing[] = {NULL};

/* A "file:" URL among paths becomes one. */
static struct cpm_str as_path(struct cpm_str text)
{
    if (cpm_str_starts(text, "file://"))
        return cpm_str_sub(text, strlen("file://"), text.len);
    return text;
}

static struct cpm_words paths(struct cpm_arena *arena, const char *const *list)
{
    struct cpm_words words = cpm_settings_words(arena, list ? list : nothing);

    for (size_t i = 0; i < words.count; i++)
        ((struct cpm_str *)words.names)[i] = as_path(words.names[i]);
    return words;
}

static struct cpm_words words_of(struct cpm_arena *arena, const char *const *list,
                                 const char *const *otherwise)
{
    return cpm_settings_words(arena, list ? list : otherwise);
}

static struct cpm_words counted(struct cpm_arena *arena, const char *const *list, size_t count)
{
    struct cpm_str *names = CPM_NEW_ARRAY(arena, struct cpm_str, count);

    for (size_t i = 0; i < count; i++)
        names[i] = as_path(cpm_arena_str(arena, cpm_str(list[i])));
    return (struct cpm_words){names, count};
}

static struct cpm_alias_rules alias_rules(struct cpm_arena *arena, const struct cpm_alias *list,
                                          size_t count)
{
    struct cpm_alias_rule *rules = CPM_NEW_ARRAY(arena, struct cpm_alias_rule, count);

    for (size_t i = 0; i < count; i++) {
        rules[i].name = cpm_arena_str(arena, cpm_str(list[i].name));
        rules[i].targets = counted(arena, list[i].targets, list[i].target_count);
        rules[i].only_module = list[i].only_module;
        rules[i].ignore = list[i].target_count == 0;
    }
    return (struct cpm_alias_rules){rules, count};
}

static const struct cpm_extension_rule *
extension_rules(struct cpm_arena *arena, const struct cpm_extension_alias *list, size_t count)
{
    struct cpm_extension_rule *rules = CPM_NEW_ARRAY(arena, struct cpm_extension_rule, count);

    for (size_t i = 0; i < count; i++) {
        rules[i].extension = cpm_arena_str(arena, cpm_str(list[i].extension));
        rules[i].others = counted(arena, list[i].others, list[i].other_count);
    }
    return rules;
}

static void take_lists(struct cpm_bundler *b, const struct cpm_bundler_options *o,
                       struct cpm_arena *arena)
{
    b->extensions = words_of(arena, o->extensions, default_extensions);
    b->main_fields = words_of(arena, o->main_fields, default_main_fields);
    b->main_files = words_of(arena, o->main_files, default_main_files);
    b->alias_fields = words_of(arena, o->alias_fields, nothing);
    b->exports_fields = words_of(arena, o->exports_fields, default_exports);
    b->imports_fields = words_of(arena, o->imports_fields, default_imports);
    b->modules = paths(arena, o->modules ? o->modules : default_modules);
    b->roots = paths(arena, o->roots);
    b->restrictions = paths(arena, o->restrictions);
    b->restriction_suffixes = words_of(arena, o->restriction_suffixes, nothing);
    b->alias = alias_rules(arena, o->alias, o->alias_count);
    b->fallback = alias_rules(arena, o->fallback, o->fallback_count);
    b->extension_rules = extension_rules(arena, o->extension_alias, o->extension_alias_count);
    b->extension_rule_count = o->extension_alias_count;
}

static bool absolute_or_none(const char *path)
{
    return !path || path[0] == '/' || strncmp(path, "file://", 7) == 0;
}

int cpm_bundler_new(struct cpm_bundler **out, const struct cpm_bundler_options *o,
                    struct cpm_arena *arena, struct cpm_error *err)
{
    struct cpm_bundler *b = CPM_NEW(arena, struct cpm_bundler);

    if (!absolute_or_none(o->tsconfig))
        return cpm_error_set(err, CPM_EINVAL, "tsconfig '%s' is no absolute path", o->tsconfig);
    take_lists(b, o, arena);
    if (o->tsconfig)
        b->tsconfig = as_path(cpm_arena_str(arena, cpm_str(o->tsconfig)));
    if (o->tsconfig_base_url)
        b->tsconfig_base_url = as_path(cpm_arena_str(arena, cpm_str(o->tsconfig_base_url)));
    b->tsconfig_references = paths(arena, o->tsconfig_references);
    b->tsconfig_own_references = o->tsconfig_own_references;
    b->tsconfig_search = o->tsconfig_search;
    b->enforce_extension = o->enforce_extension;
    b->fully_specified = o->fully_specified;
    b->resolve_to_folder = o->resolve_to_folder;
    b->prefer_relative = o->prefer_relative;
    b->prefer_absolute = o->prefer_absolute;
    b->extension_alias_for_exports = o->extension_alias_for_exports;
    *out = b;
    return 0;
}

bool cpm_bundler_fail_config(struct cpm_search *s, const struct cpm_place *folder)
{
    return cpm_search_fail(s, CPM_FAULT_CONFIG, "Invalid package config %s/package.json.",
                           folder->path_len > 1 ? folder->path : "");
}

bool cpm_bundler_resolve(struct cpm_search *s)
{
    const struct cpm_bundler *b = s->settings->bundler;
    struct cpm_request r = {.path = s->folder, .text = s->specifier};

    switch (cpm_stage_resolve(s, r, b->fully_specified, true)) {
    case CPM_DONE:
        return true;
    case CPM_FAILED:
        return false;
    default:
        return cpm_search_fail(s, CPM_FAULT_NOT_FOUND, "Can't resolve '%.*s' in '%s'",
                               CPM_STR_ARG(s->specifier), s->folder->path);
    }
}
