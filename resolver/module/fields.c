/* exports and imports as bundlers read them: Node's rules, and keys that end in a slash still stand
 * for folders. A target that does not exist is an error, not a reason to look further up. */
#include "resolver/module/bundler.h"
#include "resolver/module/target.h"

const struct cpm_value *cpm_fields_get(const struct cpm_package *package, struct cpm_str path)
{
    const struct cpm_value *v = package ? package->whole : NULL;
    struct cpm_str key;

    while (v && path.len && cpm_str_split(&path, '\x1f', &key))
        v = cpm_value_get(v, key);
    return v;
}

static bool is_map(const struct cpm_value *v)
{
    return v && (v->type == CPM_VALUE_STRING || v->type == CPM_VALUE_OBJECT ||
                 v->type == CPM_VALUE_ARRAY);
}

/* What the request says, with its query and fragment, as keys are compared with it. */
static struct cpm_str remaining(struct cpm_search *s, const struct cpm_request *r)
{
    struct cpm_str text = r->text;

    if (!r->query.len && !r->fragment.len)
        return text;
    if (cpm_str_is(text, "."))
        text = CPM_STR("./");
    return cpm_search_join(s, cpm_search_join(s, text, r->query), r->fragment);
}

/* Query and fragment of a target move to the request; the path is joined to the package's. */
static struct cpm_request at_target(struct cpm_request r, struct cpm_str target)
{
    size_t end = 0;

    while (end < target.len && target.ptr[end] != '?' && (target.ptr[end] != '#' || !end))
        end++;
    r.path = r.root;
    r.text = cpm_str_sub(target, 0, end);
    r.query = cpm_str_sub(target, end, target.len);
    r.fragment = CPM_STR("");
    return r;
}

static enum cpm_verdict relative_with(struct cpm_search *s, struct cpm_request r, bool alias)
{
    enum cpm_verdict v = alias ? cpm_alias_extensions(s, &r, cpm_stage_relative) : CPM_PASS;

    if (v == CPM_PASS)
        v = cpm_stage_relative(s, r);
    return v;
}

static enum cpm_verdict no_folder(struct cpm_search *s, const struct cpm_request *r,
                                  const char *field)
{
    cpm_search_fail(s, CPM_FAULT_FOLDER,
                    "Resolving to directories is not possible with the %s field (request was "
                    "%.*s/)",
                    field, CPM_STR_ARG(r->text));
    return CPM_FAILED;
}

static enum cpm_verdict take_export(struct cpm_search *s, const struct cpm_request *r,
                                    struct cpm_str target)
{
    bool alias = s->settings->bundler->extension_alias_for_exports;
    struct cpm_request next = cpm_request_joined(s, at_target(*r, target));
    enum cpm_verdict v = relative_with(s, next, alias);

    if (v == CPM_DONE || v == CPM_FAILED)
        return v;
    if (s->restricted)
        return CPM_STOP;
    cpm_search_fail(s, CPM_FAULT_NOT_FOUND,
                    "Package path %.*s is exported from package %s, but no valid target file was "
                    "found",
                    CPM_STR_ARG(r->text), r->root->path);
    return CPM_FAILED;
}

static enum cpm_verdict one_exports(struct cpm_search *s, const struct cpm_request *r,
                                    const struct cpm_value *field)
{
    struct cpm_target_query q = {.field = field, .folder = r->root, .folder_keys = true};
    struct cpm_str target;

    if (!is_map(field) || (field->type == CPM_VALUE_STRING && !field->text.len))
        return CPM_PASS;
    if (r->folder)
        return no_folder(s, r, "exports");
    q.subpath = remaining(s, r);
    return cpm_target_find(s, &q, &target) ? take_export(s, r, target) : CPM_FAILED;
}

enum cpm_verdict cpm_fields_exports(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_words *fields = &s->settings->bundler->exports_fields;
    enum cpm_verdict v = CPM_PASS;

    if (!r->package || r->path != r->root || !r->text.ptr)
        return v;
    for (size_t i = 0; v == CPM_PASS && i < fields->count; i++)
        v = one_exports(s, r, cpm_fields_get(r->package, fields->names[i]));
    return v;
}

static enum cpm_verdict take_import(struct cpm_search *s, const struct cpm_request *r,
                                    struct cpm_str target)
{
    struct cpm_request next = at_target(*r, target);
    enum cpm_verdict v;

    if (cpm_str_starts(target, "."))
        v = relative_with(s, cpm_request_joined(s, next), true);
    else
        v = cpm_stage_resolve(s, next, false, false);
    return v == CPM_PASS ? CPM_STOP : v;
}

static enum cpm_verdict one_imports(struct cpm_search *s, const struct cpm_request *r,
                                    const struct cpm_value *field)
{
    struct cpm_target_query q = {
        .field = field, .folder = r->root, .imports = true, .folder_keys = true};
    struct cpm_str target;

    if (!field || field->type != CPM_VALUE_OBJECT)
        return CPM_PASS;
    if (r->folder)
        return no_folder(s, r, "imports");
    q.subpath = remaining(s, r);
    return cpm_target_find(s, &q, &target) ? take_import(s, r, target) : CPM_FAILED;
}

enum cpm_verdict cpm_fields_imports(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_words *fields = &s->settings->bundler->imports_fields;
    enum cpm_verdict v = CPM_PASS;

    for (size_t i = 0; r->package && v == CPM_PASS && i < fields->count; i++)
        v = one_imports(s, r, cpm_fields_get(r->package, fields->names[i]));
    return v;
}

enum cpm_verdict cpm_fields_self(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_words *fields = &s->settings->bundler->exports_fields;
    struct cpm_request next = *r;
    bool exports = false;
    struct cpm_str name;

    for (size_t i = 0; r->package && i < fields->count; i++)
        exports = exports || is_map(cpm_fields_get(r->package, fields->names[i]));
    if (!exports || !r->package->name.len)
        return CPM_PASS;
    name = r->package->name;
    if (!cpm_str_eq(cpm_str_sub(r->text, 0, name.len), name) ||
        (r->text.len > name.len && r->text.ptr[name.len] != '/'))
        return CPM_PASS;
    cpm_search_tell(s, "%s names itself", r->root->path);
    next.text = cpm_search_join(s, CPM_STR("."), cpm_str_sub(r->text, name.len, r->text.len));
    next.path = r->root;
    return cpm_stage_as_module(s, next);
}
