/* Dependencies, bundled ones and overrides as the fields of package.json hold them: objects of
 * texts and a list of names, whatever was written. */
#include "registry/publish/normalize_steps.h"
#include "semver/hosted.h"

static struct cpm_json *keys_of(const struct cpm_json *object)
{
    struct cpm_json *list = cpm_json_new_array();
    if (cpm_json_is(object, CPM_JSON_OBJECT))
        CPM_JSON_EACH (object, v)
            cpm_json_add(list, cpm_json_new_str(cpm_json_key(v)));
    return list;
}

void cpm_normalize_bundled_name(struct cpm_normalize *n)
{
    const struct cpm_json *old = cpm_json_get(n->doc, CPM_STR("bundledDependencies"));
    if (old && !cpm_json_get(n->doc, CPM_STR("bundleDependencies")))
        cpm_json_set(n->doc, CPM_STR("bundleDependencies"), cpm_json_copy(old));
    cpm_json_del(n->doc, CPM_STR("bundledDependencies"));
}

void cpm_normalize_bundle(struct cpm_normalize *n, bool keep_false)
{
    static const struct cpm_str key = {"bundleDependencies", 18};
    const struct cpm_json *bundle = cpm_json_get(n->doc, key);
    bool is_bool = cpm_json_is(bundle, CPM_JSON_BOOL);
    if (!bundle || cpm_json_is(bundle, CPM_JSON_ARRAY))
        return;
    if (is_bool && !cpm_json_bool(bundle) && keep_false) {
        cpm_normalize_changed(n, "\"bundleDependencies\" was changed from \"false\" to \"[]\"");
        cpm_json_set(n->doc, key, cpm_json_new_array());
    } else if (is_bool && cpm_json_bool(bundle)) {
        cpm_normalize_changed(n, "\"bundleDependencies\" was auto-populated from \"dependencies\"");
        cpm_json_set(n->doc, key, keys_of(cpm_json_get(n->doc, CPM_STR("dependencies"))));
    } else if (cpm_json_is(bundle, CPM_JSON_OBJECT)) {
        cpm_normalize_changed(n, "\"bundleDependencies\" was changed from an object to an array");
        cpm_json_set(n->doc, key, keys_of(bundle));
    } else {
        cpm_normalize_changed(n, "\"bundleDependencies\" was removed");
        cpm_json_del(n->doc, key);
    }
}

void cpm_normalize_optional(struct cpm_normalize *n)
{
    struct cpm_json *deps = cpm_json_get(n->doc, CPM_STR("dependencies"));
    const struct cpm_json *optional = cpm_json_get(n->doc, CPM_STR("optionalDependencies"));
    if (!deps || !cpm_json_is(optional, CPM_JSON_OBJECT))
        return;
    CPM_JSON_EACH (optional, v)
        cpm_json_del(deps, cpm_json_key(v));
    if (!cpm_json_count(deps))
        cpm_json_del(n->doc, CPM_STR("dependencies"));
}

/* "name@spec", "name >=1": the name ends at the first '@', sign or space, so that of a scoped name
 * nothing is left; npm reads it so. */
static void add_entry(struct cpm_json *group, struct cpm_str entry)
{
    size_t end = 0;
    entry = cpm_str_trim(entry);
    while (end < entry.len && !strchr("@><= \t\n\r", entry.ptr[end]))
        end++;
    struct cpm_str spec = cpm_str_sub(entry, end, entry.len);
    if (end && end < entry.len && entry.ptr[end - 1] == ':')
        spec = cpm_str_sub(entry, --end, entry.len);
    if (cpm_str_starts(spec, "@"))
        spec = cpm_str_sub(spec, 1, spec.len);
    cpm_json_set(group, cpm_str_sub(entry, 0, end), cpm_json_new_str(cpm_str_trim(spec)));
}

/* The forms of a group that are no object: a text of entries, a list of them. */
static void group_from_list(struct cpm_normalize *n, const char *key)
{
    const struct cpm_json *old = cpm_json_get(n->doc, cpm_str(key));
    bool text = cpm_json_is(old, CPM_JSON_STRING) && cpm_json_truthy(old);
    if (!text && !cpm_json_is(old, CPM_JSON_ARRAY))
        return;
    struct cpm_json *group = cpm_json_new_object();
    cpm_normalize_changed(n, "\"%s\" was converted from %s into an object", key,
                          text ? "a string" : "an array");
    CPM_JSON_EACH (old, each)
        if (cpm_json_is(each, CPM_JSON_STRING))
            add_entry(group, cpm_json_str(each));
    for (struct cpm_str rest = cpm_str_trim(cpm_json_str(old)); rest.len;) {
        size_t end = 0;
        while (end < rest.len && !strchr(" ,\t\n\r", rest.ptr[end]))
            end++;
        add_entry(group, cpm_str_sub(rest, 0, end));
        while (end < rest.len && strchr(" ,\t\n\r", rest.ptr[end]))
            end++;
        rest = cpm_str_sub(rest, end, rest.len);
    }
    cpm_json_set(n->doc, cpm_str(key), group);
}

static void fix_group(struct cpm_normalize *n, const char *key)
{
    struct cpm_json *group = cpm_json_get(n->doc, cpm_str(key));
    if (group && !cpm_json_is(group, CPM_JSON_OBJECT)) {
        cpm_json_del(n->doc, cpm_str(key));
        cpm_normalize_changed(n, "Removed invalid \"%s\"", key);
        return;
    }
    for (struct cpm_json *v = cpm_json_first(group), *next; v; v = next) {
        struct cpm_str name = cpm_arena_str(n->arena, cpm_json_key(v));
        struct cpm_str spec = cpm_arena_str(n->arena, cpm_json_str(v));
        next = cpm_json_next(v);
        if (!cpm_json_is(v, CPM_JSON_STRING)) {
            cpm_json_del(group, name);
            cpm_normalize_changed(n, "Removed invalid \"%s.%.*s\"", key, CPM_STR_ARG(name));
            continue;
        }
        const struct cpm_hosted *hosted = cpm_hosted_parse(n->arena, spec, NULL, 0);
        struct cpm_str text = hosted ? cpm_hosted_text(n->arena, hosted, NULL) : spec;
        if (!cpm_str_eq(text, spec)) {
            cpm_json_set(group, name, cpm_json_new_str(text));
            cpm_normalize_changed(n, "Normalized git reference to \"%s.%.*s\"", key,
                                  CPM_STR_ARG(name));
        }
    }
}

void cpm_normalize_dependencies(struct cpm_normalize *n)
{
    static const char *const groups[] = {"dependencies", "devDependencies", "optionalDependencies"};
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        group_from_list(n, groups[i]);
    fix_group(n, "dependencies");
    fix_group(n, "devDependencies");
}

void cpm_normalize_overrides(struct cpm_normalize *n)
{
    const struct cpm_json *overrides = cpm_json_get(n->doc, CPM_STR("overrides"));
    if (!overrides || (cpm_json_is(overrides, CPM_JSON_OBJECT) && cpm_json_count(overrides)))
        return;
    cpm_normalize_changed(n, "Removed invalid \"overrides\"");
    cpm_json_del(n->doc, CPM_STR("overrides"));
}
