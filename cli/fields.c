/* A key in brackets is taken as it is, dots included; outside of them a dot parts two keys. */
#include "cli/fields.h"

#include "base/glob.h"

/* False for "[]". */
static bool split(struct cpm_arena *arena, struct cpm_str path, struct cpm_glob_list *out)
{
    struct cpm_str rest = cpm_str_trim(path), part;
    while (rest.len) {
        size_t end = 0;
        if (*rest.ptr == '[') {
            end = cpm_str_chr(rest, ']');
            if (end == 1)
                return false;
            if (end != CPM_NPOS) {
                cpm_glob_list_add(arena, out,
                                  cpm_arena_str(arena, cpm_str_sub(rest, 1, end - 1)).ptr);
                rest = cpm_str_sub(rest, end + 1, rest.len);
                rest = cpm_str_starts(rest, ".") ? cpm_str_sub(rest, 1, rest.len) : rest;
                continue;
            }
        }
        while (end < rest.len && rest.ptr[end] != '.' && (end == 0 || rest.ptr[end] != '['))
            end++;
        part = cpm_str_sub(rest, 0, end);
        cpm_glob_list_add(arena, out, cpm_arena_str(arena, part).ptr);
        rest = cpm_str_sub(rest, end + (end < rest.len && rest.ptr[end] == '.'), rest.len);
    }
    return true;
}

static void add_each(struct cpm_arena *arena, const struct cpm_json *list, const char *label,
                     const char *key, struct cpm_json *out)
{
    size_t i = 0;
    CPM_JSON_EACH (list, element) {
        const struct cpm_json *value = cpm_json_get(element, cpm_str(key));
        const char *name = cpm_arena_printf(arena, "%s[%zu].%s", label, i++, key);
        if (value)
            cpm_json_set(out, cpm_str(name), cpm_json_copy(value));
    }
}

int cpm_field_get(struct cpm_arena *arena, const struct cpm_json *doc, struct cpm_str path,
                  bool unwrap, struct cpm_json *out, struct cpm_error *err)
{
    struct cpm_glob_list keys = {0};
    const struct cpm_json *at = doc;
    const char *label = "";
    if (!split(arena, path, &keys))
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "Empty brackets are not valid syntax for retrieving values.");
    for (size_t i = 0; i < keys.count; i++) {
        uint64_t index;
        bool number = cpm_str_u64(cpm_str(keys.v[i]), &index);
        if (cpm_json_is(at, CPM_JSON_ARRAY) && !number) {
            add_each(arena, at, label, keys.v[i], out);
            return 0;
        }
        at = cpm_json_is(at, CPM_JSON_ARRAY) ? cpm_json_at(at, (size_t)index)
                                             : cpm_json_get(at, cpm_str(keys.v[i]));
        if (!at)
            return 0;
        label = cpm_arena_printf(arena, "%s%s", label, keys.v[i]);
    }
    if (unwrap && cpm_json_is(at, CPM_JSON_ARRAY) && cpm_json_count(at) <= 1)
        at = cpm_json_first(at);
    if (at)
        cpm_json_set(out, path, cpm_json_copy(at));
    return 0;
}
