/* A specifier is a URL first, a package second. Every package that the walk upward meets counts by
 * its folder alone, whether it has a package.json or not; unlike require(), the walk also looks
 * into a node_modules of node_modules. */
#include "resolver/module/import.h"

#include "resolver/module/target.h"

/* What PACKAGE_RESOLVE is asked: `base` is the file in messages, `folder` its folder. */
struct bare {
    struct cpm_str specifier;
    struct cpm_place *folder;
    struct cpm_str base;
    struct cpm_str name;    /* "@scope/name" */
    struct cpm_str subpath; /* "." or "./x" */
};

bool cpm_import_bad_config(struct cpm_search *s, const struct cpm_place *folder)
{
    const char *path = cpm_package_path(&s->arena, folder);

    if (s->require)
        return cpm_search_fail(s, CPM_FAULT_CONFIG, "Invalid package config %s.", path);
    return cpm_search_fail(s, CPM_FAULT_CONFIG,
                           "Invalid package config %s while importing \"%.*s\" from %.*s.", path,
                           CPM_STR_ARG(s->specifier), CPM_STR_ARG(s->parent));
}

static bool split_bare(struct cpm_search *s, struct bare *b)
{
    size_t slash = cpm_str_chr(b->specifier, '/');
    bool valid = true;
    size_t second;

    if (cpm_str_starts(b->specifier, "@")) {
        valid = slash != CPM_NPOS;
        if (valid) {
            second = cpm_str_chr(cpm_str_sub(b->specifier, slash + 1, b->specifier.len), '/');
            slash = second == CPM_NPOS ? second : slash + 1 + second;
        }
    }
    b->name = slash == CPM_NPOS ? b->specifier : cpm_str_sub(b->specifier, 0, slash);
    b->subpath = CPM_STR(".");
    if (slash != CPM_NPOS)
        b->subpath =
            cpm_search_join(s, CPM_STR("."), cpm_str_sub(b->specifier, slash, b->specifier.len));
    valid = valid && !cpm_str_starts(b->name, ".") && cpm_str_chr(b->name, '%') == CPM_NPOS &&
            cpm_str_chr(b->name, '\\') == CPM_NPOS;
    if (!valid)
        return cpm_search_fail(s, CPM_FAULT_SPECIFIER,
                               "Invalid module \"%.*s\" is not a valid package name%s",
                               CPM_STR_ARG(b->specifier), cpm_search_from(s, b->base));
    return true;
}

static bool export_target(struct cpm_search *s, const struct bare *b, struct cpm_place *folder,
                          const struct cpm_package *package, struct cpm_url *out)
{
    struct cpm_target_query q = {
        .field = package->exports, .subpath = b->subpath, .folder = folder, .base = b->base};
    struct cpm_str target;

    return cpm_target_find(s, &q, &target) && cpm_url_resolve(s, folder, target, b->base, out);
}

static struct cpm_place *with_suffix(struct cpm_search *s, struct cpm_place *place,
                                     const char *suffix)
{
    struct cpm_str name = cpm_place_name(place);

    if (!*suffix)
        return place;
    return cpm_place_child(s->places, place->parent, cpm_search_join(s, name, cpm_str(suffix)));
}

/* LEGACY_MAIN_RESOLVE: "main" with and without endings, then index. */
static struct cpm_place *legacy_main(struct cpm_search *s, struct cpm_place *folder,
                                     const struct cpm_package *package)
{
    static const char *const endings[] = {"", ".js", ".json", ".node"};
    struct cpm_place *main = NULL, *p;

    if (package->main.ptr)
        main = cpm_place_walk(s->places, folder, cpm_search_join(s, CPM_STR("./"), package->main));
    for (size_t i = 0; main && i < 4; i++) {
        p = with_suffix(s, main, endings[i]);
        if (cpm_search_file(s, p))
            return p;
    }
    for (size_t i = 1; main && i < 4; i++) {
        p = with_suffix(s, cpm_place_child(s->places, main, CPM_STR("index")), endings[i]);
        if (cpm_search_file(s, p))
            return p;
    }
    for (size_t i = 1; i < 4; i++) {
        p = with_suffix(s, cpm_place_child(s->places, folder, CPM_STR("index")), endings[i]);
        if (cpm_search_file(s, p))
            return p;
    }
    return NULL;
}

/* What stands behind the folder, when URL syntax would change it. */
static bool reads_like_url(const struct cpm_place *place, const struct cpm_place *folder)
{
    if (place->path_len <= folder->path_len ||
        memcmp(place->path, folder->path, folder->path_len) != 0)
        return false;
    return strpbrk(place->path + folder->path_len, "%?#\\") != NULL;
}

/* Node looks for the main as a path and then makes a URL of its text: "a%20b.js" must be there, and
 * "a b.js" is what it loads. */
static bool main_as_url(struct cpm_search *s, const struct bare *b, struct cpm_place *folder,
                        struct cpm_url *out)
{
    struct cpm_str rest =
        cpm_str_sub(cpm_place_path(out->place), folder->path_len, out->place->path_len);

    return cpm_url_resolve(s, folder, cpm_search_join(s, CPM_STR("."), rest), b->base, out);
}

static bool main_of(struct cpm_search *s, const struct bare *b, struct cpm_place *folder,
                    const struct cpm_package *package, struct cpm_url *out)
{
    struct cpm_str main = package->main.ptr ? package->main : CPM_STR("index.js");

    *out = (struct cpm_url){.place = legacy_main(s, folder, package), .query = CPM_STR("")};
    if (out->place)
        return reads_like_url(out->place, folder) ? main_as_url(s, b, folder, out) : true;
    return cpm_search_fail(s, CPM_FAULT_NOT_FOUND, "Cannot find package '%s/%.*s'%s", folder->path,
                           CPM_STR_ARG(main), cpm_search_from(s, b->base));
}

static bool in_package(struct cpm_search *s, const struct bare *b, struct cpm_place *folder,
                       struct cpm_url *out)
{
    const struct cpm_package *package = cpm_package_in(s->places, folder);

    cpm_search_tell(s, "the package is %s", folder->path);
    if (package->invalid)
        return cpm_import_bad_config(s, folder);
    if (package->exports)
        return export_target(s, b, folder, package, out);
    if (cpm_str_is(b->subpath, "."))
        return main_of(s, b, folder, package, out);
    return cpm_url_resolve(s, folder, b->subpath, b->base, out);
}

/* PACKAGE_SELF_RESOLVE: 1 when the package names itself, 0 when not, -1 with an error. */
static int is_self(struct cpm_search *s, const struct bare *b, struct cpm_place **folder,
                   const struct cpm_package **package)
{
    *folder = b->folder;
    *package = cpm_package_above(s->places, folder);
    if (!*package)
        return 0;
    if ((*package)->invalid)
        return cpm_import_bad_config(s, *folder) ? 0 : -1;
    return (*package)->exports && (*package)->name.ptr && cpm_str_eq((*package)->name, b->name);
}

/* The package's folder in the nearest node_modules upward that has it; NULL when none has. */
static struct cpm_place *find_upward(struct cpm_search *s, const struct bare *b)
{
    for (struct cpm_place *f = b->folder;; f = f->parent) {
        struct cpm_place *modules = cpm_place_modules(s->places, f), *p;

        if (cpm_place_is_folder(s->places, modules)) {
            p = cpm_place_walk(s->places, modules, b->name);
            if (cpm_place_is_folder(s->places, p))
                return p;
            cpm_search_note(s, p);
        }
        if (f == f->parent)
            return NULL;
    }
}

static bool take_builtin(struct cpm_search *s, struct cpm_str name)
{
    s->builtin = true;
    s->text = CPM_CONCAT(&s->arena, CPM_STR("node:"), name);
    cpm_search_tell(s, "%s is built in", s->text.ptr);
    return true;
}

/* PACKAGE_RESOLVE. */
static bool resolve_bare(struct cpm_search *s, struct bare *b, struct cpm_url *out)
{
    const struct cpm_package *package;
    struct cpm_place *folder;
    int self;

    if (cpm_search_is_builtin(s, b->specifier))
        return take_builtin(s, b->specifier);
    if (!split_bare(s, b))
        return false;
    self = is_self(s, b, &folder, &package);
    if (self < 0)
        return false;
    if (self) {
        cpm_search_tell(s, "%s names itself", folder->path);
        return export_target(s, b, folder, package, out);
    }
    folder = find_upward(s, b);
    if (folder)
        return in_package(s, b, folder, out);
    return CPM_SEARCH_FAIL(s, CPM_FAULT_NOT_FOUND, CPM_STR("Cannot find package '"), b->name,
                           CPM_STR("'"), cpm_str(cpm_search_from(s, b->base)));
}

static bool internal_target(struct cpm_search *s, struct cpm_place *folder, struct cpm_str target,
                            struct cpm_url *out)
{
    struct bare b = {.specifier = target, .folder = folder};

    if (cpm_str_starts(target, "./"))
        return cpm_url_resolve(s, folder, target, s->parent, out);
    b.base = cpm_str(cpm_package_path(&s->arena, folder));
    return resolve_bare(s, &b, out);
}

static bool not_imported(struct cpm_search *s, const struct cpm_place *folder)
{
    const char *in =
        folder ? cpm_arena_printf(&s->arena, " in package %s", cpm_package_path(&s->arena, folder))
               : "";

    return cpm_search_fail(s, CPM_FAULT_IMPORT,
                           "Package import specifier \"%.*s\" is not defined%s%s",
                           CPM_STR_ARG(s->specifier), in, cpm_search_from(s, s->parent));
}

bool cpm_import_internal(struct cpm_search *s, struct cpm_url *out)
{
    struct cpm_target_query q = {.subpath = s->specifier, .base = s->parent, .imports = true};
    const struct cpm_package *package;
    struct cpm_place *folder = s->folder;
    struct cpm_str target;

    if (cpm_str_is(s->specifier, "#") || cpm_str_starts(s->specifier, "#/") ||
        cpm_str_ends(s->specifier, "/"))
        return cpm_search_fail(
            s, CPM_FAULT_SPECIFIER,
            "Invalid module \"%.*s\" is not a valid internal imports specifier name%s",
            CPM_STR_ARG(s->specifier), cpm_search_from(s, s->parent));
    package = cpm_package_above(s->places, &folder);
    if (package && package->invalid)
        return cpm_import_bad_config(s, folder);
    if (!package || !package->imports)
        return not_imported(s, package ? folder : NULL);
    q.field = package->imports;
    q.folder = folder;
    return cpm_target_find(s, &q, &target) && internal_target(s, folder, target, out);
}

/* finalizeResolution of Node, less its check for encoded slashes, which url.c does. */
static bool finish(struct cpm_search *s, const struct cpm_url *url)
{
    enum cpm_place_state state;
    const char *slash = url->folder && url->place->path_len > 1 ? "/" : "";

    if (s->builtin)
        return true;
    s->query = url->query;
    state = cpm_place_settle(s->places, url->place);
    if (state == CPM_PLACE_FILE && !url->folder)
        return cpm_search_found(s, url->place);
    if (state == CPM_PLACE_FOLDER)
        return cpm_search_fail(s, CPM_FAULT_FOLDER,
                               "Directory import '%s%s' is not supported resolving ES modules%s",
                               url->place->path, slash, cpm_search_from(s, s->parent));
    cpm_search_note(s, url->place);
    return CPM_SEARCH_FAIL(s, CPM_FAULT_NOT_FOUND, CPM_STR("Cannot find module '"),
                           cpm_place_path(url->place), cpm_str(slash), CPM_STR("'"),
                           cpm_str(cpm_search_from(s, s->parent)));
}

static bool is_path(struct cpm_str specifier)
{
    return cpm_str_starts(specifier, "/") || cpm_str_starts(specifier, "./") ||
           cpm_str_starts(specifier, "../") || cpm_str_is(specifier, ".") ||
           cpm_str_is(specifier, "..");
}

static bool take_url(struct cpm_search *s)
{
    s->text = s->specifier;
    s->builtin = cpm_str_starts(s->specifier, "node:");
    cpm_search_tell(s, "%.*s is a URL of its own", CPM_STR_ARG(s->specifier));
    return true;
}

bool cpm_import_resolve(struct cpm_search *s)
{
    struct cpm_url url = {.place = NULL, .query = CPM_STR("")};
    struct bare b = {.specifier = s->specifier, .folder = s->folder, .base = s->parent};
    size_t scheme = cpm_url_scheme(s->specifier);
    bool ok;

    if (scheme && !cpm_str_eq_nocase(cpm_str_sub(s->specifier, 0, scheme), CPM_STR("file:")))
        return take_url(s);
    if (scheme)
        ok = cpm_url_resolve(s, s->places->root, s->specifier, s->parent, &url);
    else if (is_path(s->specifier))
        ok = cpm_url_resolve(s, s->folder, s->specifier, s->parent, &url);
    else if (cpm_str_starts(s->specifier, "#"))
        ok = cpm_import_internal(s, &url);
    else
        ok = resolve_bare(s, &b, &url);
    return ok && finish(s, &url);
}
