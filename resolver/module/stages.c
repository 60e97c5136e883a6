/* enhanced-resolve is a net of hooks with plugins; here each hook is one function, named after it,
 * and its plugins are the parts it tries in order. A result or an error ends everything; a part
 * that stops its hook makes the hook's caller go on with its next part. */
#include "resolver/module/bundler.h"
#include "resolver/module/url.h"

enum { MOST_REWRITES = 64 };

static enum cpm_verdict as_stage(enum cpm_verdict v)
{
    return v == CPM_STOP ? CPM_PASS : v;
}

static const struct cpm_bundler *rules(const struct cpm_search *s)
{
    return s->settings->bundler;
}

struct cpm_request cpm_request_joined(struct cpm_search *s, struct cpm_request r)
{
    r.path = cpm_place_walk(s->places, r.path, r.text);
    r.text = CPM_STR_NONE;
    return r;
}

struct cpm_str cpm_request_relative(struct cpm_search *s, const struct cpm_request *r)
{
    size_t n;

    if (!r->root)
        return CPM_STR_NONE;
    if (r->path == r->root)
        return CPM_STR(".");
    n = r->root->path_len > 1 ? r->root->path_len : 0;
    if (r->path->path_len <= n || memcmp(r->path->path, r->root->path, n) != 0)
        return CPM_STR_NONE;
    return cpm_search_join(s, CPM_STR("."),
                           cpm_str_sub(cpm_place_path(r->path), n, r->path->path_len));
}

/* The nearest package.json upward, from the folder itself; false with an error. */
static bool describe(struct cpm_search *s, struct cpm_request *r, struct cpm_place *folder)
{
    for (;; folder = folder->parent) {
        const struct cpm_package *p = cpm_package_in(s->places, folder);

        if (p->exists && p->invalid)
            return cpm_bundler_fail_config(s, folder);
        if (p->exists || folder == folder->parent) {
            r->package = p->exists ? p : NULL;
            r->root = p->exists ? folder : NULL;
            return true;
        }
    }
}

/* resolved, existing-file */

static bool within(struct cpm_str folder, struct cpm_str path)
{
    while (folder.len > 1 && folder.ptr[folder.len - 1] == '/')
        folder.len--;
    return path.len >= folder.len && memcmp(path.ptr, folder.ptr, folder.len) == 0 &&
           (path.len == folder.len || folder.len == 1 || path.ptr[folder.len] == '/');
}

static bool is_allowed(const struct cpm_bundler *b, struct cpm_str path)
{
    bool suffix = b->restriction_suffixes.count == 0;

    for (size_t i = 0; i < b->restrictions.count; i++)
        if (!within(b->restrictions.names[i], path))
            return false;
    for (size_t i = 0; i < b->restriction_suffixes.count; i++) {
        struct cpm_str ending = b->restriction_suffixes.names[i];

        suffix =
            suffix || (path.len >= ending.len &&
                       cpm_str_eq(cpm_str_sub(path, path.len - ending.len, ending.len), ending));
    }
    return suffix;
}

static enum cpm_verdict resolved(struct cpm_search *s, const struct cpm_request *r,
                                 struct cpm_place *place)
{
    if (!is_allowed(rules(s), cpm_place_path(place))) {
        cpm_search_tell(s, "%s is outside of the restrictions", place->path);
        s->restricted = true;
        return CPM_PASS;
    }
    s->found = place;
    s->query = cpm_search_join(s, r->query, r->fragment);
    cpm_search_tell(s, "found %s", place->path);
    return CPM_DONE;
}

static enum cpm_verdict final_file(struct cpm_search *s, const struct cpm_request *r)
{
    if (!cpm_search_file(s, r->path))
        return CPM_PASS;
    return resolved(s, r,
                    s->settings->preserve_symlinks ? r->path : cpm_place_real(s->places, r->path));
}

/* file, raw-file */

static enum cpm_verdict file(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v = cpm_alias_apply(s, &r, &rules(s)->alias);

    if (v == CPM_PASS)
        v = cpm_alias_fields(s, &r);
    if (v == CPM_PASS)
        v = final_file(s, &r);
    return as_stage(v);
}

static struct cpm_request appended(struct cpm_search *s, struct cpm_request r, struct cpm_str text)
{
    r.path = cpm_place_child(s->places, r.path->parent,
                             cpm_search_join(s, cpm_place_name(r.path), text));
    return r;
}

static enum cpm_verdict raw_file(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_bundler *b = rules(s);
    enum cpm_verdict v = CPM_PASS;

    if (r.fully_specified)
        return file(s, r);
    if (!b->enforce_extension)
        v = file(s, r);
    for (size_t i = 0; v == CPM_PASS && i < b->extensions.count; i++)
        v = b->extensions.names[i].len ? file(s, appended(s, r, b->extensions.names[i]))
                                       : file(s, r);
    return v;
}

static enum cpm_verdict undescribed_raw_file(struct cpm_search *s, struct cpm_request r)
{
    if (!describe(s, &r, r.path->parent))
        return CPM_FAILED;
    return raw_file(s, r);
}

/* folders */

static enum cpm_verdict main_files(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_words *files = &rules(s)->main_files;
    struct cpm_place *folder = r.path;
    enum cpm_verdict v = CPM_PASS;

    for (size_t i = 0; v == CPM_PASS && i < files->count; i++) {
        r.path = cpm_place_walk(s->places, folder, files->names[i]);
        v = undescribed_raw_file(s, r);
    }
    return v;
}

static enum cpm_verdict main_field(struct cpm_search *s, struct cpm_request r, struct cpm_str field)
{
    const struct cpm_value *v = cpm_fields_get(r.package, field);

    if (r.path != r.root || r.main_tried == r.root || !v || v->type != CPM_VALUE_STRING ||
        !v->text.len || cpm_str_is(v->text, ".") || cpm_str_is(v->text, "./"))
        return CPM_PASS;
    cpm_search_tell(s, "\"%.*s\" of %s is %.*s", CPM_STR_ARG(field), r.root->path,
                    CPM_STR_ARG(v->text));
    r.main_tried = r.root;
    r.module = false;
    r.folder = cpm_str_ends(v->text, "/");
    r.text = cpm_search_join(s, CPM_STR("./"), v->text);
    return cpm_stage_relative(s, cpm_request_joined(s, r));
}

static enum cpm_verdict existing_folder(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_words *fields = &rules(s)->main_fields;
    enum cpm_verdict v = CPM_PASS;

    if (rules(s)->resolve_to_folder)
        return resolved(s, &r, r.path);
    if (!describe(s, &r, r.path))
        return CPM_FAILED;
    for (size_t i = 0; r.package && v == CPM_PASS && i < fields->count; i++)
        v = main_field(s, r, fields->names[i]);
    return v == CPM_PASS ? main_files(s, r) : v;
}

static enum cpm_verdict folder(struct cpm_search *s, struct cpm_request r)
{
    if (cpm_place_is_folder(s->places, r.path))
        return existing_folder(s, r);
    cpm_search_note(s, r.path);
    return CPM_PASS;
}

enum cpm_verdict cpm_stage_relative(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v = CPM_PASS;

    if (!describe(s, &r, r.path->parent))
        return CPM_FAILED;
    if (rules(s)->resolve_to_folder)
        return folder(s, r);
    if (!r.folder)
        v = raw_file(s, r);
    if (v == CPM_PASS && !r.fully_specified)
        v = folder(s, r);
    return v;
}

/* modules */

static enum cpm_verdict in_package(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v;

    if (!describe(s, &r, r.path))
        return CPM_FAILED;
    v = cpm_fields_exports(s, &r);
    if (v == CPM_PASS)
        v = cpm_stage_relative(s, cpm_request_joined(s, r));
    return as_stage(v);
}

enum cpm_verdict cpm_stage_as_module(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v = CPM_PASS;

    if (!rules(s)->resolve_to_folder && !r.folder && cpm_str_is(r.text, "."))
        v = undescribed_raw_file(s, r);
    if (v == CPM_PASS && cpm_place_is_folder(s->places, r.path))
        v = in_package(s, r);
    return v;
}

/* "./name/rest" or "./@scope/name/rest" in a folder of packages. */
enum cpm_verdict cpm_stage_module(struct cpm_search *s, struct cpm_request r)
{
    struct cpm_str name = cpm_str_sub(r.text, 2, r.text.len), rest;
    size_t slash = name.len > 1 ? cpm_str_chr(cpm_str_sub(name, 1, name.len), '/') : CPM_NPOS;

    slash = slash == CPM_NPOS ? slash : slash + 1;
    if (slash != CPM_NPOS && name.ptr[0] == '@') {
        size_t second = cpm_str_chr(cpm_str_sub(name, slash + 1, name.len), '/');

        slash = second == CPM_NPOS ? second : slash + 1 + second;
    }
    rest = slash == CPM_NPOS ? CPM_STR("") : cpm_str_sub(name, slash, name.len);
    r.fully_specified = rest.len && r.fully_specified;
    r.path = cpm_place_walk(
        s->places, r.path,
        cpm_search_join(s, CPM_STR("./"), cpm_str_sub(name, 0, name.len - rest.len)));
    r.text = cpm_search_join(s, CPM_STR("."), rest);
    return cpm_stage_as_module(s, r);
}

static enum cpm_verdict look_in(struct cpm_search *s, struct cpm_request r,
                                struct cpm_place *modules)
{
    if (!cpm_place_is_folder(s->places, modules))
        return CPM_PASS;
    cpm_search_tell(s, "looking in %s", modules->path);
    r.path = modules;
    r.module = false;
    r.text = cpm_search_join(s, CPM_STR("./"), r.text);
    return cpm_stage_module(s, r);
}

/* Names that follow each other are looked for together in each folder upward. */
static enum cpm_verdict look_upward(struct cpm_search *s, struct cpm_request r,
                                    const struct cpm_str *names, size_t count)
{
    enum cpm_verdict v = CPM_PASS;

    for (struct cpm_place *f = r.path; v == CPM_PASS; f = f->parent) {
        for (size_t i = 0; v == CPM_PASS && i < count; i++)
            v = look_in(s, r, cpm_place_walk(s->places, f, names[i]));
        if (f == f->parent)
            break;
    }
    return v;
}

static enum cpm_verdict raw_module(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_words *modules = &rules(s)->modules;
    enum cpm_verdict v = cpm_tsconfig_modules(s, &r);
    size_t i = 0, n;

    if (v == CPM_PASS)
        v = cpm_fields_self(s, &r);
    while (v == CPM_PASS && i < modules->count) {
        if (cpm_str_starts(modules->names[i], "/")) {
            v = look_in(s, r, cpm_place_walk(s->places, s->places->root, modules->names[i++]));
            continue;
        }
        for (n = 1; i + n < modules->count && !cpm_str_starts(modules->names[i + n], "/"); n++)
            ;
        v = look_upward(s, r, modules->names + i, n);
        i += n;
    }
    return as_stage(v);
}

/* the way in */

static enum cpm_verdict in_roots(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_words *roots = &rules(s)->roots;
    struct cpm_place *root;
    enum cpm_verdict v = CPM_PASS;

    for (size_t i = 0; v == CPM_PASS && cpm_str_starts(r.text, "/") && i < roots->count; i++) {
        struct cpm_request rooted = r;

        root = cpm_place_walk(s->places, s->places->root, roots->names[i]);
        rooted.path = cpm_place_walk(s->places, root, cpm_search_join(s, CPM_STR("."), r.text));
        rooted.text = CPM_STR_NONE;
        v = cpm_stage_relative(s, rooted);
    }
    return v;
}

enum cpm_verdict cpm_stage_normal(struct cpm_search *s, struct cpm_request r)
{
    const struct cpm_bundler *b = rules(s);
    enum cpm_verdict v = CPM_PASS;

    if (b->prefer_relative)
        v = cpm_stage_relative(s, cpm_request_joined(s, r));
    if (v == CPM_PASS && r.module)
        return raw_module(s, r);
    if (v == CPM_PASS && r.internal)
        return as_stage(cpm_fields_imports(s, &r));
    if (v == CPM_PASS && b->prefer_absolute)
        v = cpm_stage_relative(s, cpm_request_joined(s, r));
    if (v == CPM_PASS)
        v = in_roots(s, r);
    if (v == CPM_PASS && !b->prefer_relative && !b->prefer_absolute)
        v = cpm_stage_relative(s, cpm_request_joined(s, r));
    return v;
}

static enum cpm_verdict raw_resolve(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v = cpm_alias_apply(s, &r, &rules(s)->alias);

    if (v == CPM_PASS)
        v = cpm_tsconfig_alias(s, &r);
    if (v == CPM_PASS)
        v = cpm_alias_fields(s, &r);
    if (v == CPM_PASS)
        v = cpm_alias_extensions(s, &r, cpm_stage_normal);
    if (v == CPM_PASS)
        v = cpm_stage_normal(s, r);
    return as_stage(v);
}

static enum cpm_verdict described(struct cpm_search *s, struct cpm_request r)
{
    enum cpm_verdict v;

    if (!describe(s, &r, r.path))
        return CPM_FAILED;
    v = raw_resolve(s, r);
    if (v == CPM_PASS)
        v = cpm_alias_apply(s, &r, &rules(s)->fallback);
    return as_stage(v);
}

static bool is_relative(struct cpm_str text)
{
    return cpm_str_starts(text, "./") || cpm_str_starts(text, "../") || cpm_str_is(text, ".") ||
           cpm_str_is(text, "..");
}

/* A '#' after the first byte begins a fragment, a '?' before it a query. */
static void parse(struct cpm_request *r, bool internal)
{
    struct cpm_str text = r->text, query = CPM_STR(""), fragment = CPM_STR("");

    for (size_t i = 0; i < r->text.len; i++) {
        if (r->text.ptr[i] == '#' && i) {
            fragment = cpm_str_sub(r->text, i, r->text.len);
            if (!query.len)
                text.len = i;
            else
                query.len -= fragment.len;
            break;
        }
        if (r->text.ptr[i] == '?' && !query.len) {
            query = cpm_str_sub(r->text, i, r->text.len);
            text.len = i;
        }
    }
    r->query = query.len ? query : r->query;
    r->fragment = fragment.len ? fragment : r->fragment;
    r->internal = internal && cpm_str_starts(text, "#");
    r->folder = cpm_str_ends(text, "/");
    r->module = text.len && !is_relative(text) && text.ptr[0] != '/' && text.ptr[0] != '#';
    if (r->folder)
        text.len--;
    r->text = text;
}

/* "x#y" may name a file of that name: that is tried first. */
static enum cpm_verdict with_fragment(struct cpm_search *s, struct cpm_request r)
{
    struct cpm_str between = r.folder ? CPM_STR("/") : CPM_STR("");
    struct cpm_str fragment = r.fragment;

    r.folder = cpm_str_ends(fragment, "/");
    fragment.len -= r.folder;
    r.text = cpm_search_join(s, cpm_search_join(s, r.text, between), fragment);
    r.fragment = CPM_STR("");
    return described(s, r);
}

static bool take_url(struct cpm_search *s, struct cpm_request *r)
{
    struct cpm_url url;

    if (!cpm_str_starts(r->text, "file:/"))
        return true;
    if (!cpm_url_resolve(s, s->places->root, r->text, s->parent, &url))
        return false;
    r->text = cpm_place_path(url.place); /* its query is dropped, as fileURLToPath does */
    return true;
}

enum cpm_verdict cpm_stage_resolve(struct cpm_search *s, struct cpm_request r, bool fully_specified,
                                   bool internal)
{
    enum cpm_verdict v = CPM_PASS;

    if (++r.depth > MOST_REWRITES)
        return cpm_search_fail(s, CPM_FAULT_NOT_FOUND, "Recursion in resolving '%.*s'",
                               CPM_STR_ARG(s->specifier)),
               CPM_FAILED;
    if (!take_url(s, &r))
        return CPM_FAILED;
    parse(&r, internal);
    r.fully_specified = fully_specified;
    if (r.text.len && !r.query.len && r.fragment.len)
        v = with_fragment(s, r);
    return v == CPM_PASS ? described(s, r) : v;
}
