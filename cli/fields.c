/* A list on the way to a key that is no index is spread: one value for each of its elements. */
#include "cli/fields.h"

#include "cli/field_path.h"

static void add_each(struct cpm_arena *arena, const struct cpm_json *list, const char *label,
                     struct cpm_str key, struct cpm_json *out)
{
    size_t i = 0;
    CPM_JSON_EACH (list, element) {
        const struct cpm_json *value = cpm_json_get(element, key);
        const char *name = cpm_arena_printf(arena, "%s[%zu].%.*s", label, i++, CPM_STR_ARG(key));
        if (value)
            cpm_json_set(out, cpm_str(name), cpm_json_copy(value));
    }
}

int cpm_field_get(struct cpm_arena *arena, const struct cpm_json *doc, struct cpm_str path,
                  bool unwrap, struct cpm_json *out, struct cpm_error *err)
{
    struct cpm_field_path keys;
    const struct cpm_json *at = doc;
    const char *label = "";
    if (!cpm_field_path_parse(path, &keys))
        return cpm_error_set(err, CPM_ETOOBIG, "'%.*s' goes too deep", CPM_STR_ARG(path));
    for (size_t i = 0; i < keys.count; i++) {
        const struct cpm_field_key *key = &keys.keys[i];
        size_t index;
        if (key->append)
            return cpm_error_set(err, CPM_EINVALIDSYNTAX,
                                 "Empty brackets are not valid syntax for retrieving values.");
        if (cpm_json_is(at, CPM_JSON_ARRAY) && !cpm_field_index(key, &index)) {
            add_each(arena, at, label, key->text, out);
            return 0;
        }
        at = cpm_json_is(at, CPM_JSON_ARRAY) ? cpm_json_at(at, index) : cpm_json_get(at, key->text);
        if (!at)
            return 0;
        label = cpm_arena_printf(arena, "%s%.*s", label, CPM_STR_ARG(key->text));
    }
    if (unwrap && cpm_json_is(at, CPM_JSON_ARRAY) && cpm_json_count(at) <= 1)
        at = cpm_json_first(at);
    if (at)
        cpm_json_set(out, path, cpm_json_copy(at));
    return 0;
}
