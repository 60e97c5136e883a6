/* The steps come in npm's order, since later ones read what earlier ones made. */
#include "registry/publish/normalize.h"

#include "registry/publish/normalize_steps.h"
#include "semver/hosted.h"
#include "semver/version.h"

#include <stdio.h>

void cpm_normalize_changed(struct cpm_normalize *n, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    cpm_glob_list_add(n->arena, &n->changes, cpm_arena_strndup(n->arena, text, strlen(text)));
}

/* encodeURIComponent would leave it as it is. */
static bool plain_part(struct cpm_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (!c || !strchr("-_.!~*'()", c)))
            return false;
    }
    return s.len > 0;
}

static bool name_ok(struct cpm_str name)
{
    if (!name.len || *name.ptr == '.' || cpm_str_eq_nocase(name, CPM_STR("node_modules")) ||
        cpm_str_eq_nocase(name, CPM_STR("favicon.ico")))
        return false;
    if (*name.ptr != '@')
        return plain_part(name);
    struct cpm_str rest = cpm_str_sub(name, 1, name.len);
    size_t slash = cpm_str_chr(rest, '/');
    return slash != CPM_NPOS && plain_part(cpm_str_sub(rest, 0, slash)) &&
           plain_part(cpm_str_sub(rest, slash + 1, rest.len));
}

static int fix_name(struct cpm_normalize *n, struct cpm_error *err)
{
    struct cpm_json *value = cpm_json_get(n->doc, CPM_STR("name"));
    if (!cpm_json_truthy(value)) {
        cpm_normalize_changed(n, "Missing \"name\" field was set to an empty string");
        cpm_json_set_str(n->doc, "name", CPM_STR(""));
        return 0;
    }
    if (!cpm_json_is(value, CPM_JSON_STRING))
        return cpm_error_set(err, CPM_EUNKNOWN, "name field must be a string.");
    struct cpm_str name = cpm_arena_str(n->arena, cpm_json_str(value));
    struct cpm_str trimmed = cpm_str_trim(name);
    if (trimmed.len != name.len) {
        cpm_normalize_changed(n, "Whitespace was trimmed from \"name\"");
        cpm_json_set_str(n->doc, "name", trimmed);
    }
    if (!name_ok(trimmed))
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid name: \"%.*s\"", CPM_STR_ARG(trimmed));
    return 0;
}

static int fix_version(struct cpm_normalize *n, struct cpm_error *err)
{
    struct cpm_str version = cpm_json_get_str(n->doc, "version");
    if (!version.len) {
        cpm_json_set_str(n->doc, "version", CPM_STR(""));
        return 0;
    }
    const char *clean = cpm_version_clean(n->arena, version, CPM_SEMVER_LOOSE);
    if (!clean)
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid version: \"%.*s\"", CPM_STR_ARG(version));
    if (!cpm_str_is(version, clean)) {
        cpm_normalize_changed(n, "\"version\" was cleaned and set to \"%s\"", clean);
        cpm_json_set_str(n->doc, "version", cpm_str(clean));
    }
    return 0;
}

static void drop_underscored(struct cpm_normalize *n)
{
    for (struct cpm_json *v = cpm_json_first(n->doc), *next; v; v = next) {
        next = cpm_json_next(v);
        if (cpm_str_starts(cpm_json_key(v), "_"))
            cpm_json_del(n->doc, cpm_json_key(v));
    }
}

static void set_id(struct cpm_normalize *n)
{
    struct cpm_str name = cpm_json_get_str(n->doc, "name");
    struct cpm_str version = cpm_json_get_str(n->doc, "version");
    if (name.len && version.len)
        cpm_json_set_str(n->doc, "_id",
                         cpm_str(cpm_arena_printf(n->arena, "%.*s@%.*s", CPM_STR_ARG(name),
                                                  CPM_STR_ARG(version))));
}

/* Behind "node_modules/.bin/", with or without "./". */
static struct cpm_str without_bin_path(struct cpm_str command)
{
    struct cpm_str rest =
        cpm_str_starts(command, "./") ? cpm_str_sub(command, 2, command.len) : command;
    if (cpm_str_starts(rest, "node_modules/.bin/"))
        return cpm_str_sub(rest, strlen("node_modules/.bin/"), rest.len);
    return command;
}

static void fix_scripts(struct cpm_normalize *n)
{
    struct cpm_json *scripts = cpm_json_get(n->doc, CPM_STR("scripts"));
    if (scripts && !cpm_json_is(scripts, CPM_JSON_OBJECT)) {
        cpm_normalize_changed(n, "Removed invalid \"scripts\"");
        cpm_json_del(n->doc, CPM_STR("scripts"));
        return;
    }
    for (struct cpm_json *v = cpm_json_first(scripts), *next; v; v = next) {
        struct cpm_str name = cpm_arena_str(n->arena, cpm_json_key(v));
        struct cpm_str command = cpm_arena_str(n->arena, cpm_json_str(v));
        struct cpm_str plain = without_bin_path(command);
        next = cpm_json_next(v);
        if (!cpm_json_is(v, CPM_JSON_STRING)) {
            cpm_json_del(scripts, name);
            cpm_normalize_changed(n, "Invalid scripts.\"%.*s\" was removed", CPM_STR_ARG(name));
        } else if (plain.len != command.len && !n->as_node) {
            cpm_json_set(scripts, name, cpm_json_new_str(plain));
            cpm_normalize_changed(
                n, "scripts entry \"%.*s\" was fixed to remove node_modules/.bin reference",
                CPM_STR_ARG(name));
        }
    }
}

static void fix_repository(struct cpm_normalize *n)
{
    static const struct cpm_str key = {"repository", 10};
    const struct cpm_json *several = cpm_json_get(n->doc, CPM_STR("repositories"));
    if (cpm_json_at(several, 0)) {
        cpm_json_set(n->doc, key, cpm_json_copy(cpm_json_at(several, 0)));
        cpm_normalize_changed(n, "\"repository\" was set to the first entry in \"repositories\"");
    }
    struct cpm_json *value = cpm_json_get(n->doc, key);
    if (cpm_json_is(value, CPM_JSON_STRING) && cpm_json_truthy(value)) {
        struct cpm_json *object = cpm_json_new_object();
        cpm_json_set_str(object, "type", CPM_STR("git"));
        cpm_json_set_str(object, "url", cpm_json_str(value));
        cpm_json_set(n->doc, key, object);
        cpm_normalize_changed(n, "\"repository\" was changed from a string to an object");
        value = object;
    }
    struct cpm_str url = cpm_arena_str(n->arena, cpm_json_get_str(value, "url"));
    const struct cpm_hosted *hosted = url.len ? cpm_hosted_parse(n->arena, url, NULL, 0) : NULL;
    if (!hosted)
        return;
    bool shortcut = strcmp(hosted->by, "shortcut") == 0;
    struct cpm_str text = shortcut ? cpm_hosted_url(n->arena, hosted, CPM_HOSTED_HTTPS, NULL)
                                   : cpm_hosted_text(n->arena, hosted, NULL);
    if (text.len && !cpm_str_eq(text, url)) {
        cpm_json_set_str(value, "url", text);
        cpm_normalize_changed(n, "\"repository.url\" was normalized to \"%.*s\"",
                              CPM_STR_ARG(text));
    }
}

int cpm_normalize_fix(struct cpm_normalize *n, struct cpm_error *err)
{
    cpm_normalize_bin(n);
    cpm_normalize_bin_files(n);
    int rc = fix_name(n, err);
    if (rc == 0)
        rc = fix_version(n, err);
    if (rc < 0)
        return rc;
    cpm_normalize_bundle(n, true);
    fix_scripts(n);
    fix_repository(n);
    cpm_normalize_dependencies(n);
    return 0;
}

static void fix_funding(struct cpm_normalize *n)
{
    struct cpm_str url = cpm_json_get_str(n->doc, "funding");
    struct cpm_json *object;
    if (!url.len)
        return;
    object = cpm_json_new_object();
    cpm_json_set_str(object, "url", url);
    cpm_json_set(n->doc, CPM_STR("funding"), object);
}

void cpm_normalize_read(struct cpm_normalize *n)
{
    if (n->as_node && n->folder)
        cpm_normalize_disk_bins(n);
    drop_underscored(n);
    if (n->as_node)
        set_id(n);
    cpm_normalize_bundled_name(n);
    cpm_normalize_bundle(n, true);
    cpm_normalize_overrides(n);
    cpm_normalize_optional(n);
    fix_scripts(n);
    fix_funding(n);
    cpm_normalize_bin(n);
}

int cpm_normalize_init(struct cpm_normalize *n, struct cpm_error *err)
{
    int rc = cpm_normalize_disk_init(n, err);
    cpm_normalize_bin(n);
    if (rc == 0)
        rc = fix_name(n, err);
    if (rc == 0)
        rc = fix_version(n, err);
    if (rc < 0)
        return rc;
    cpm_normalize_bundle(n, true);
    fix_scripts(n);
    fix_repository(n);
    cpm_normalize_dependencies(n);
    cpm_normalize_data(n);
    return 0;
}

int cpm_normalize_prepare(struct cpm_normalize *n, struct cpm_error *err)
{
    struct cpm_glob_list changes = n->changes; /* only a fix is worth telling */
    int rc = n->folder ? cpm_normalize_disk(n, err) : 0;
    cpm_normalize_man(n);
    cpm_normalize_bin(n);
    if (rc == 0)
        rc = fix_name(n, err);
    if (rc == 0)
        rc = fix_version(n, err);
    if (rc < 0)
        return rc;
    drop_underscored(n);
    set_id(n);
    cpm_normalize_bundled_name(n);
    cpm_normalize_bundle(n, false);
    cpm_normalize_overrides(n);
    fix_scripts(n);
    fix_repository(n);
    cpm_normalize_dependencies(n);
    cpm_normalize_data(n);
    n->changes = changes;
    return 0;
}
