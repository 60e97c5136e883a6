/* Errors forbid a name, warnings only a new one. */
#include "semver/package_name.h"

#include "base/builtins.h"
#include "semver/percent.h"
#include "semver/scan.h"

struct verdict {
    const char *errors[10], *warnings[10];
    size_t error_count, warning_count;
};

static void add_error(struct verdict *v, const char *text)
{
    v->errors[v->error_count++] = text;
}

static void add_warning(struct verdict *v, const char *text)
{
    v->warnings[v->warning_count++] = text;
}

static void check_shape(struct cpm_str name, struct verdict *v)
{
    if (!name.len)
        add_error(v, "name length must be greater than zero");
    if (cpm_str_starts(name, "."))
        add_error(v, "name cannot start with a period");
    if (cpm_str_starts(name, "-"))
        add_error(v, "name cannot start with a hyphen");
    if (cpm_str_starts(name, "_"))
        add_error(v, "name cannot start with an underscore");
    if (cpm_scan_trim(name).len != name.len)
        add_error(v, "name cannot contain leading or trailing spaces");
    if (cpm_str_eq_nocase(name, CPM_STR("node_modules")))
        add_error(v, "node_modules is not a valid package name");
    if (cpm_str_eq_nocase(name, CPM_STR("favicon.ico")))
        add_error(v, "favicon.ico is not a valid package name");
}

/* @scope/name, each part without a slash. */
static bool split_scope(struct cpm_str name, struct cpm_str *scope, struct cpm_str *rest)
{
    size_t slash = cpm_str_chr(name, '/');

    *scope = CPM_STR_NONE;
    *rest = name;
    if (slash == CPM_NPOS)
        return name.len > 0;
    if (name.ptr[0] != '@' || slash < 2)
        return false;
    *scope = cpm_str_sub(name, 1, slash - 1);
    *rest = cpm_str_sub(name, slash + 1, name.len);
    return rest->len && cpm_str_chr(*rest, '/') == CPM_NPOS;
}

static void check_characters(struct cpm_str name, struct verdict *v)
{
    struct cpm_str scope, rest;

    if (cpm_percent_is_plain(name))
        return;
    if (split_scope(name, &scope, &rest)) {
        if (cpm_str_starts(rest, "."))
            add_error(v, "name cannot start with a period");
        if (cpm_percent_is_plain(scope) && cpm_percent_is_plain(rest))
            return;
    }
    add_error(v, "name can only contain URL-friendly characters");
}

static bool is_core_module(struct cpm_str name)
{
    bool schemed = name.len > 5 && cpm_str_eq_nocase(cpm_str_sub(name, 0, 5), CPM_STR("node:"));
    struct cpm_str bare = schemed ? cpm_str_sub(name, 5, CPM_NPOS) : name;
    const char *const *list = schemed ? cpm_node_schemed_builtins : cpm_node_builtins;

    for (; *list; list++)
        if (cpm_str_eq_nocase(bare, cpm_str(*list)))
            return true;
    return false;
}

static bool has_capital(struct cpm_str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
            return true;
    return false;
}

static bool has_special(struct cpm_str name)
{
    size_t slash = cpm_str_rchr(name, '/');

    for (size_t i = slash == CPM_NPOS ? 0 : slash + 1; i < name.len; i++)
        if (name.ptr[i] && strchr("~'!()*", name.ptr[i]))
            return true;
    return false;
}

static void check_age(struct cpm_arena *arena, struct cpm_str name, struct verdict *v)
{
    if (is_core_module(name))
        add_warning(v, cpm_arena_printf(arena, "%.*s is a core module name", CPM_STR_ARG(name)));
    if (cpm_str_js_length(name) > 214)
        add_warning(v, "name can no longer contain more than 214 characters");
    if (has_capital(name))
        add_warning(v, "name can no longer contain capital letters");
    if (has_special(name))
        add_warning(v, "name can no longer contain special characters (\"~'!()*\")");
}

static bool is_usual_text(struct cpm_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!cpm_scan_is(text.ptr[i], CPM_SCAN_ID) && text.ptr[i] != '.' && text.ptr[i] != '_')
            return false;
    return text.len && text.ptr[0] != '.' && text.ptr[0] != '-' && text.ptr[0] != '_';
}

/* Nearly every name: nothing is wrong with it. (Those with no scope that are as long as a forbidden
 * one are looked at.) */
static bool is_usual(struct cpm_str name)
{
    size_t slash = name.len && name.ptr[0] == '@' ? cpm_str_chr(name, '/') : 0;

    if (slash == 0)
        return name.len != strlen("node_modules") && name.len != strlen("favicon.ico") &&
               is_usual_text(name);
    return slash != CPM_NPOS && is_usual_text(cpm_str_sub(name, 1, slash - 1)) &&
           is_usual_text(cpm_str_sub(name, slash + 1, CPM_NPOS));
}

static bool has_no_errors(struct cpm_str name)
{
    struct verdict v = {.error_count = 0};

    check_shape(name, &v);
    check_characters(name, &v);
    return v.error_count == 0;
}

bool cpm_package_name_ok(struct cpm_str name)
{
    return is_usual(name) || has_no_errors(name);
}

void cpm_package_name_check(struct cpm_arena *arena, struct cpm_str name,
                            struct cpm_package_name *out)
{
    struct verdict v = {.error_count = 0};

    check_shape(name, &v);
    check_age(arena, name, &v);
    check_characters(name, &v);
    *out = (struct cpm_package_name){
        .valid_new = !v.error_count && !v.warning_count,
        .valid_old = !v.error_count,
    };
    memcpy(out->errors, v.errors, sizeof(v.errors));
    memcpy(out->warnings, v.warnings, sizeof(v.warnings));
}
