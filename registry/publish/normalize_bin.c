/* `bin` is an object of plain names and of paths inside the package; `man` a list of such paths. */
#include "base/fs.h"
#include "base/path.h"
#include "registry/publish/normalize_steps.h"

struct cpm_str cpm_normalize_inside(struct cpm_arena *arena, struct cpm_str path)
{
    char *copy = cpm_arena_printf(arena, "/%.*s", CPM_STR_ARG(path));
    for (char *c = copy; *c; c++)
        if (*c == '\\' || *c == ':')
            *c = '/';
    return cpm_str(cpm_path_normalize(arena, cpm_str(copy)) + 1);
}

static void add_bin(struct cpm_normalize *n, struct cpm_json *bins, struct cpm_str key,
                    const struct cpm_json *value)
{
    struct cpm_str base = cpm_path_basename(cpm_normalize_inside(n->arena, key));
    struct cpm_str target = cpm_normalize_inside(n->arena, cpm_json_str(value));
    if (!cpm_json_is(value, CPM_JSON_STRING) || !base.len || !target.len) {
        cpm_normalize_changed(n, "removed invalid \"bin[%.*s]\"", CPM_STR_ARG(key));
        return;
    }
    if (!cpm_str_eq(base, key))
        cpm_normalize_changed(n, "\"bin[%.*s]\" was renamed to \"bin[%.*s]\"", CPM_STR_ARG(key),
                              CPM_STR_ARG(base));
    if (!cpm_str_eq(target, cpm_json_str(value)))
        cpm_normalize_changed(n, "\"bin[%.*s]\" script name %.*s was invalid and removed",
                              CPM_STR_ARG(base), CPM_STR_ARG(target));
    cpm_json_set(bins, base, cpm_json_new_str(target));
}

void cpm_normalize_bin(struct cpm_normalize *n)
{
    const struct cpm_json *bin = cpm_json_get(n->doc, CPM_STR("bin"));
    struct cpm_str name = cpm_json_get_str(n->doc, "name");
    struct cpm_json *bins = cpm_json_new_object();
    if (cpm_json_is(bin, CPM_JSON_STRING) && name.len) {
        cpm_normalize_changed(n, "\"bin\" was converted to an object");
        size_t slash = cpm_str_rchr(name, '/');
        add_bin(n, bins, slash == CPM_NPOS ? name : cpm_str_sub(name, slash + 1, name.len), bin);
    } else if (cpm_json_is(bin, CPM_JSON_ARRAY)) {
        cpm_normalize_changed(n, "\"bin\" was converted to an object");
        CPM_JSON_EACH (bin, v)
            add_bin(n, bins, cpm_path_basename(cpm_json_str(v)), v);
    } else if (cpm_json_is(bin, CPM_JSON_OBJECT)) {
        CPM_JSON_EACH (bin, v)
            add_bin(n, bins, cpm_json_key(v), v);
    }
    if (cpm_json_count(bins)) {
        cpm_json_set(n->doc, CPM_STR("bin"), bins);
        return;
    }
    cpm_json_free(bins);
    cpm_json_del(n->doc, CPM_STR("bin"));
}

void cpm_normalize_man(struct cpm_normalize *n)
{
    const struct cpm_json *man = cpm_json_get(n->doc, CPM_STR("man"));
    struct cpm_json *list = cpm_json_new_array();
    if (cpm_json_is(man, CPM_JSON_STRING))
        cpm_json_add(list, cpm_json_new_str(cpm_normalize_inside(n->arena, cpm_json_str(man))));
    else if (cpm_json_is(man, CPM_JSON_ARRAY))
        CPM_JSON_EACH (man, v)
            if (cpm_json_is(v, CPM_JSON_STRING))
                cpm_json_add(list,
                             cpm_json_new_str(cpm_normalize_inside(n->arena, cpm_json_str(v))));
    if (cpm_json_count(list)) {
        cpm_json_set(n->doc, CPM_STR("man"), list);
        return;
    }
    cpm_json_free(list);
    cpm_json_del(n->doc, CPM_STR("man"));
}

void cpm_normalize_bin_files(struct cpm_normalize *n)
{
    CPM_JSON_EACH (cpm_json_get(n->doc, CPM_STR("bin")), bin) {
        struct cpm_str path = cpm_arena_str(n->arena, cpm_json_str(bin));
        if (n->folder && !cpm_fs_exists(cpm_path_join(n->arena, n->folder, path.ptr)))
            cpm_glob_list_add(n->arena, &n->missing, path.ptr);
    }
}
