/* The order is Node's: a builtin, the package's own imports, the package's own name, then one base
 * path after the other: the parent's folder for "./x", every node_modules upward and NODE_PATH for
 * the rest. A base path is a file, a file with an ending, or a folder with a main or index. */
#include "resolver/module/require.h"

#include "resolver/module/import.h"
#include "resolver/module/settings.h"
#include "resolver/module/target.h"

/* What one step of the search says: go on, or it is over (found, or failed for good). */
enum step { GO_ON, FOUND, FAILED };

static enum step step_of(bool ok)
{
    return ok ? FOUND : FAILED;
}

static bool not_found(struct cpm_search *s, struct cpm_str request)
{
    return cpm_search_fail(s, CPM_FAULT_NOT_FOUND, "Cannot find module '%.*s'",
                           CPM_STR_ARG(request));
}

/* finalizeEsmResolution of Node's loader: what exports and imports give is taken as it is. */
static bool take_target(struct cpm_search *s, const struct cpm_url *url)
{
    if (s->builtin) {
        s->builtin = false;
        s->text = CPM_STR_NONE;
        return cpm_search_fail(s, CPM_FAULT_URL_SCHEME, "The URL must be of scheme file");
    }
    if (!url->folder && cpm_search_file(s, url->place))
        return cpm_search_found(s, url->place);
    return not_found(s, cpm_place_path(url->place));
}

static bool take_export(struct cpm_search *s, const struct cpm_target_query *q)
{
    struct cpm_str target;
    struct cpm_url url;

    return cpm_target_find(s, q, &target) && cpm_url_resolve(s, q->folder, target, q->base, &url) &&
           take_target(s, &url);
}

static enum step try_imports(struct cpm_search *s)
{
    struct cpm_place *folder = s->folder;
    const struct cpm_package *package;
    struct cpm_url url;

    if (!cpm_str_starts(s->specifier, "#"))
        return GO_ON;
    package = cpm_package_above(s->places, &folder);
    if (!package || (!package->invalid && !package->imports))
        return GO_ON;
    if (cpm_import_internal(s, &url))
        return step_of(take_target(s, &url));
    if (cpm_search_failed_with(s, CPM_FAULT_NOT_FOUND))
        not_found(s, s->specifier);
    return FAILED;
}

/* "." + what follows the package's name in the request; ptr NULL when it does not name it. */
static struct cpm_str own_subpath(struct cpm_search *s, struct cpm_str name)
{
    struct cpm_str rest = cpm_str_sub(s->specifier, name.len, s->specifier.len);

    if (!cpm_str_eq(cpm_str_sub(s->specifier, 0, name.len), name) ||
        (rest.len && rest.ptr[0] != '/'))
        return CPM_STR_NONE;
    return cpm_search_join(s, CPM_STR("."), rest);
}

static enum step try_self(struct cpm_search *s)
{
    struct cpm_target_query q = {.base = s->parent, .folder = s->folder};
    const struct cpm_package *package = cpm_package_above(s->places, &q.folder);

    if (!package)
        return GO_ON;
    if (package->invalid)
        return step_of(cpm_import_bad_config(s, q.folder));
    if (!package->exports || !package->name.ptr)
        return GO_ON;
    q.subpath = own_subpath(s, package->name);
    q.field = package->exports;
    if (!q.subpath.ptr)
        return GO_ON;
    cpm_search_tell(s, "%s names itself", q.folder->path);
    return step_of(take_export(s, &q));
}

/* Node's EXPORTS_PATTERN: the length of the name in "name/sub" or "@scope/name/sub", 0 for what may
 * not be a package with exports. */
static size_t package_name_length(struct cpm_str request)
{
    size_t begin = 0, i;

    if (cpm_str_starts(request, "@")) {
        begin = cpm_str_chr(request, '/') + 1;
        if (begin <= 2 || begin >= request.len)
            begin = 0;
        for (i = 1; i + 1 < begin; i++)
            if (strchr("\\%", request.ptr[i]))
                begin = 0;
    }
    if (begin >= request.len || request.ptr[begin] == '.')
        return 0;
    for (i = begin; i < request.len && request.ptr[i] != '/'; i++)
        if (strchr("\\%", request.ptr[i]))
            return 0;
    return i > begin ? i : 0;
}

static enum step try_exports(struct cpm_search *s, struct cpm_place *modules)
{
    size_t length = package_name_length(s->specifier);
    struct cpm_target_query q = {.base = CPM_STR_NONE};
    const struct cpm_package *package;

    if (!length)
        return GO_ON;
    q.folder = cpm_place_walk(s->places, modules, cpm_str_sub(s->specifier, 0, length));
    package = cpm_package_in(s->places, q.folder);
    if (package->invalid)
        return step_of(cpm_import_bad_config(s, q.folder));
    if (!package->exists || !package->exports)
        return GO_ON;
    q.field = package->exports;
    q.subpath =
        cpm_search_join(s, CPM_STR("."), cpm_str_sub(s->specifier, length, s->specifier.len));
    cpm_search_tell(s, "%s has exports", q.folder->path);
    return step_of(take_export(s, &q));
}

static bool try_file(struct cpm_search *s, struct cpm_place *place)
{
    return cpm_search_file(s, place) && cpm_search_found(s, place);
}

static bool try_extensions(struct cpm_search *s, struct cpm_place *place)
{
    const struct cpm_words *extensions = &s->settings->extensions;
    struct cpm_str name = cpm_place_name(place);

    for (size_t i = 0; i < extensions->count; i++) {
        struct cpm_str full = cpm_search_join(s, name, extensions->names[i]);

        if (try_file(s, cpm_place_child(s->places, place->parent, full)))
            return true;
    }
    return false;
}

static bool try_index(struct cpm_search *s, struct cpm_place *folder)
{
    return cpm_place_is_folder(s->places, folder) &&
           try_extensions(s, cpm_place_child(s->places, folder, CPM_STR("index")));
}

static enum step try_folder(struct cpm_search *s, struct cpm_place *folder)
{
    const struct cpm_package *package = cpm_package_in(s->places, folder);
    struct cpm_place *main;

    if (package->invalid)
        return step_of(cpm_import_bad_config(s, folder));
    if (!package->main.len)
        return try_index(s, folder) ? FOUND : GO_ON;
    main = cpm_place_walk(s->places, folder, package->main);
    cpm_search_tell(s, "the main of %s is %s", folder->path, main->path);
    if (try_file(s, main) || try_extensions(s, main) || try_index(s, main) || try_index(s, folder))
        return FOUND;
    cpm_search_fail(s, CPM_FAULT_NOT_FOUND,
                    "Cannot find module '%s'. Please verify that the package.json has a valid "
                    "\"main\" entry",
                    main->path);
    return FAILED;
}

/* "x/", ".", "..", "x/.", "x/..": only a folder will do. */
static bool wants_folder(struct cpm_str request)
{
    size_t slash = cpm_str_rchr(request, '/');
    struct cpm_str last =
        slash == CPM_NPOS ? request : cpm_str_sub(request, slash + 1, request.len);

    return (last.len == 0 && request.len) || cpm_str_is(last, ".") || cpm_str_is(last, "..");
}

static enum step try_base(struct cpm_search *s, struct cpm_place *base)
{
    enum cpm_place_state state = cpm_place_settle(s->places, base);

    if (!wants_folder(s->specifier) && (try_file(s, base) || try_extensions(s, base)))
        return FOUND;
    return state == CPM_PLACE_FOLDER ? try_folder(s, base) : GO_ON;
}

static enum step try_modules(struct cpm_search *s, struct cpm_place *modules)
{
    enum step step;

    if (!cpm_place_is_folder(s->places, modules))
        return GO_ON;
    step = try_exports(s, modules);
    return step == GO_ON ? try_base(s, cpm_place_walk(s->places, modules, s->specifier)) : step;
}

static enum step try_upward(struct cpm_search *s)
{
    enum step step = GO_ON;

    for (struct cpm_place *f = s->folder; step == GO_ON; f = f->parent) {
        if (!cpm_str_is(cpm_place_name(f), "node_modules"))
            step = try_modules(s, cpm_place_modules(s->places, f));
        if (f == f->parent)
            break;
    }
    for (size_t i = 0; step == GO_ON && i < s->settings->node_path.count; i++)
        step =
            try_modules(s, cpm_place_walk(s->places, s->folder, s->settings->node_path.names[i]));
    return step;
}

static enum step try_paths(struct cpm_search *s)
{
    struct cpm_str r = s->specifier;

    if (cpm_str_starts(r, "/"))
        return try_base(s, cpm_place_walk(s->places, s->places->root, r));
    if (cpm_str_is(r, ".") || cpm_str_starts(r, "..") || cpm_str_starts(r, "./"))
        return try_base(s, cpm_place_walk(s->places, s->folder, r));
    return try_upward(s);
}

bool cpm_require_resolve(struct cpm_search *s)
{
    enum step step;

    if (cpm_search_is_builtin(s, s->specifier) || cpm_search_is_schemed_builtin(s, s->specifier)) {
        s->builtin = true;
        s->text = s->specifier;
        cpm_search_tell(s, "%.*s is built in", CPM_STR_ARG(s->specifier));
        return true;
    }
    step = try_imports(s);
    if (step == GO_ON)
        step = try_self(s);
    if (step == GO_ON)
        step = try_paths(s);
    if (step != GO_ON)
        return step == FOUND;
    return CPM_SEARCH_FAIL(s, CPM_FAULT_NOT_FOUND, CPM_STR("Cannot find module '"), s->specifier,
                           CPM_STR("'\nRequire stack:\n- "), s->parent);
}
