/* A name may stand in several groups at once (dev and peer, dev and optional): the save type
 * decides which it must leave. */
#include "install/request.h"

#include "base/collate.h"
#include "base/path.h"
#include "semver/hosted.h"

#include <stdlib.h>

static struct cpm_json *group_find(const struct cpm_package *package, enum cpm_dep_group g)
{
    struct cpm_json *map = cpm_json_get(package->doc, cpm_str(cpm_dep_group_key(g)));

    return cpm_json_is(map, CPM_JSON_OBJECT) ? map : NULL;
}

static bool has(const struct cpm_package *package, enum cpm_dep_group g, struct cpm_str name)
{
    return cpm_json_get(group_find(package, g), name) != NULL;
}

static bool is_optional_peer(const struct cpm_package *package, struct cpm_str name)
{
    const struct cpm_json *meta = cpm_json_get(package->doc, CPM_STR("peerDependenciesMeta"));

    return cpm_json_truthy(cpm_json_get(cpm_json_get(meta, name), CPM_STR("optional")));
}

static enum cpm_save_type infer(const struct cpm_package *package, struct cpm_str name)
{
    if (has(package, CPM_DEPS_DEV, name))
        return CPM_SAVE_DEV;
    if (has(package, CPM_DEPS_OPTIONAL, name))
        return CPM_SAVE_OPTIONAL;
    if (has(package, CPM_DEPS_PROD, name))
        return CPM_SAVE_PROD;
    if (has(package, CPM_DEPS_PEER, name))
        return is_optional_peer(package, name) ? CPM_SAVE_PEER_OPTIONAL : CPM_SAVE_PEER;
    return CPM_SAVE_PROD;
}

/* The group a save type writes to, and those that the name then leaves. */
static const struct {
    enum cpm_dep_group into;
    enum cpm_dep_group leave[2];
    unsigned leave_count, told; /* npm says nothing of leaving those behind `told` */
} rules[] = {
    [CPM_SAVE_PROD] = {CPM_DEPS_PROD, {CPM_DEPS_DEV, CPM_DEPS_PEER}, 2, 2},
    [CPM_SAVE_DEV] = {CPM_DEPS_DEV, {CPM_DEPS_PROD}, 1, 1},
    [CPM_SAVE_OPTIONAL] = {CPM_DEPS_OPTIONAL, {CPM_DEPS_PEER, CPM_DEPS_PROD}, 2, 1},
    [CPM_SAVE_PEER] = {CPM_DEPS_PEER, {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL}, 2, 2},
    [CPM_SAVE_PEER_OPTIONAL] = {CPM_DEPS_PEER, {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL}, 2, 2},
};

static void mark_optional_peer(struct cpm_package *package, struct cpm_str name, bool optional)
{
    struct cpm_json *meta = cpm_json_get(package->doc, CPM_STR("peerDependenciesMeta"));
    struct cpm_json *entry = cpm_json_get(meta, name);

    if (!optional && !cpm_json_truthy(cpm_json_get(entry, CPM_STR("optional"))))
        return;
    if (!meta) {
        cpm_json_set(package->doc, CPM_STR("peerDependenciesMeta"), cpm_json_new_object());
        meta = cpm_json_get(package->doc, CPM_STR("peerDependenciesMeta"));
    }
    if (!entry) {
        cpm_json_set(meta, name, cpm_json_new_object());
        entry = cpm_json_get(meta, name);
    }
    cpm_json_set(entry, CPM_STR("optional"), cpm_json_new_bool(optional));
}

/* With a peer goes what peerDependenciesMeta says of it; the lock shows that. */
static bool drop(struct cpm_package *package, enum cpm_dep_group g, struct cpm_str name)
{
    struct cpm_json *meta = cpm_json_get(package->doc, CPM_STR("peerDependenciesMeta"));
    bool found = cpm_package_del_dep(package, g, name);

    if (!found || g != CPM_DEPS_PEER || !cpm_json_is(meta, CPM_JSON_OBJECT))
        return found;
    cpm_json_del(meta, name);
    if (cpm_json_count(meta) == 0)
        cpm_json_del(package->doc, CPM_STR("peerDependenciesMeta"));
    return true;
}

static int by_collation(const void *a, const void *b)
{
    return cpm_collate(*(const struct cpm_str *)a, *(const struct cpm_str *)b);
}

static void add_bundle(struct cpm_package *package, struct cpm_str name)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const struct cpm_json *old = cpm_json_get(package->doc, CPM_STR("bundleDependencies"));
    struct cpm_str *names = CPM_NEW_ARRAY(&arena, struct cpm_str, cpm_json_count(old) + 1);
    struct cpm_json *list = cpm_json_new_array();
    size_t n = 0;

    names[n++] = name;
    CPM_JSON_EACH (old, v)
        if (cpm_json_is(v, CPM_JSON_STRING) && !cpm_str_eq(cpm_json_str(v), name))
            names[n++] = cpm_arena_str(&arena, cpm_json_str(v));
    qsort(names, n, sizeof(names[0]), by_collation);
    for (size_t i = 0; i < n; i++)
        cpm_json_add(list, cpm_json_new_str(names[i]));
    cpm_json_set(package->doc, CPM_STR("bundleDependencies"), list);
    cpm_arena_release(&arena);
}

static enum cpm_save_type type_of(const struct cpm_package *package,
                                  const struct cpm_request *request,
                                  const struct cpm_request_options *opts)
{
    return opts->save_type == CPM_SAVE_INFER ? infer(package, request->name) : opts->save_type;
}

size_t cpm_request_leaves(const struct cpm_package *package, const struct cpm_request *request,
                          const struct cpm_request_options *opts, enum cpm_dep_group left[2],
                          enum cpm_dep_group *into)
{
    enum cpm_save_type type = type_of(package, request, opts);
    size_t n = 0;

    *into = rules[type].into;
    for (unsigned i = 0; i < rules[type].told; i++)
        if (has(package, rules[type].leave[i], request->name))
            left[n++] = rules[type].leave[i];
    return n;
}

struct cpm_str cpm_request_write(struct cpm_package *package, const struct cpm_request *request,
                                 const struct cpm_request_options *opts)
{
    enum cpm_save_type type = type_of(package, request, opts);
    bool peer = type == CPM_SAVE_PEER || type == CPM_SAVE_PEER_OPTIONAL;
    enum cpm_dep_group into = rules[type].into;

    for (unsigned i = 0; i < rules[type].leave_count; i++)
        drop(package, rules[type].leave[i], request->name);
    if (!cpm_str_is(request->spec.raw_spec, "*") || !has(package, into, request->name))
        cpm_package_set_dep(package, into, request->name, request->spec.raw_spec);
    if (peer) {
        mark_optional_peer(package, request->name, type == CPM_SAVE_PEER_OPTIONAL);
        if (has(package, CPM_DEPS_DEV, request->name))
            cpm_package_set_dep(
                package, CPM_DEPS_DEV, request->name,
                cpm_json_str(cpm_json_get(group_find(package, into), request->name)));
    }
    if (opts->save_bundle && !peer)
        add_bundle(package, request->name);
    if (type != CPM_SAVE_OPTIONAL)
        return CPM_STR_NONE;
    return cpm_json_str(cpm_json_get(group_find(package, into), request->name));
}

bool cpm_request_remove(struct cpm_package *package, struct cpm_str name)
{
    struct cpm_json *bundle = cpm_json_get(package->doc, CPM_STR("bundleDependencies"));
    bool found = false;

    for (enum cpm_dep_group g = CPM_DEPS_PROD; g <= CPM_DEPS_PEER; g++)
        found |= drop(package, g, name);
    if (cpm_json_is(bundle, CPM_JSON_ARRAY)) {
        struct cpm_json *kept = cpm_json_new_array();

        CPM_JSON_EACH (bundle, v)
            if (!cpm_str_eq(cpm_json_str(v), name))
                cpm_json_add(kept, cpm_json_copy(v));
        if (cpm_json_count(kept) == 0) {
            cpm_json_free(kept);
            cpm_json_del(package->doc, CPM_STR("bundleDependencies"));
        } else {
            cpm_json_set(package->doc, CPM_STR("bundleDependencies"), kept);
        }
    }
    return found;
}

/* "^1.2.3", unless the user named a range that this would widen. */
static const char *saved_range(struct cpm_arena *arena, const struct cpm_spec *spec,
                               struct cpm_str version, const char *prefix)
{
    const struct cpm_spec *target = spec->sub ? spec->sub : spec;
    const char *wide =
        version.len ? cpm_arena_printf(arena, "%s%.*s", prefix, CPM_STR_ARG(version)) : "*";
    const struct cpm_range *asked, *given;

    if (target->type != CPM_SPEC_RANGE || cpm_str_is(target->raw_spec, "*"))
        return wide;
    asked = cpm_range_parse(arena, target->raw_spec, CPM_SEMVER_LOOSE);
    given = cpm_range_parse(arena, cpm_str(wide), CPM_SEMVER_LOOSE);
    if (asked && given && !cpm_range_subset(given, asked, CPM_SEMVER_LOOSE))
        return cpm_arena_strndup(arena, target->raw_spec.ptr, target->raw_spec.len);
    return wide;
}

/* The short form, unless credentials stand in the address. */
static const char *saved_hosted(struct cpm_arena *arena, const struct cpm_hosted *hosted)
{
    return cpm_hosted_url(arena, hosted, hosted->has_auth ? CPM_HOSTED_HTTPS : CPM_HOSTED_SHORTCUT,
                          NULL)
        .ptr;
}

static const char *saved_spec(struct cpm_arena *arena, const struct cpm_request *request,
                              const struct cpm_request_found *found, const char *prefix)
{
    const struct cpm_spec *spec = &request->spec;
    const char *range;

    if (found->workspace)
        return found->version.len
                   ? cpm_arena_printf(arena, "%s%.*s", prefix, CPM_STR_ARG(found->version))
                   : "*";
    if (spec->registry) {
        range = saved_range(arena, spec, found->version, prefix);
        if (cpm_str_eq(request->name, found->package_name))
            return range;
        return cpm_arena_printf(arena, "npm:%.*s@%s", CPM_STR_ARG(found->package_name), range);
    }
    if (spec->hosted)
        return saved_hosted(arena, spec->hosted);
    if (spec->type == CPM_SPEC_DIRECTORY || spec->type == CPM_SPEC_FILE) {
        const char *to = cpm_arena_strndup(arena, spec->fetch.ptr, spec->fetch.len);

        return cpm_arena_printf(arena, "file:%s", cpm_path_relative(arena, found->where, to));
    }
    return cpm_arena_strndup(arena, spec->save.ptr, spec->save.len);
}

/* A second group is rewritten only when its range no longer meets the saved one. */
static void save_beside_dev(struct cpm_arena *arena, struct cpm_package *package,
                            enum cpm_dep_group g, struct cpm_str name, struct cpm_str spec,
                            bool local)
{
    struct cpm_json *map = group_find(package, g);
    const struct cpm_range *a, *b;

    if (!cpm_json_get(map, name))
        return;
    a = cpm_range_parse(arena, spec, 0);
    b = cpm_range_parse(arena, cpm_json_str(cpm_json_get(map, name)), 0);
    if (local || !a || !b || !cpm_range_intersects(a, b, 0))
        cpm_package_set_dep(package, g, name, spec);
}

void cpm_request_save(struct cpm_arena *arena, struct cpm_package *package,
                      const struct cpm_request *request, const struct cpm_request_found *found,
                      const struct cpm_request_options *opts)
{
    struct cpm_str spec = cpm_str(saved_spec(arena, request, found, opts->save_prefix));
    bool local = request->spec.type == CPM_SPEC_DIRECTORY || request->spec.type == CPM_SPEC_FILE;
    struct cpm_str name = request->name;

    if (opts->save_type != CPM_SAVE_INFER) {
        cpm_package_set_dep(package, rules[opts->save_type].into, name, spec);
        if (opts->save_type == CPM_SAVE_PROD)
            cpm_package_del_dep(package, CPM_DEPS_OPTIONAL, name);
        return;
    }
    if (has(package, CPM_DEPS_PROD, name))
        cpm_package_set_dep(package, CPM_DEPS_PROD, name, spec);
    if (has(package, CPM_DEPS_DEV, name)) {
        cpm_package_set_dep(package, CPM_DEPS_DEV, name, spec);
        save_beside_dev(arena, package, CPM_DEPS_PEER, name, spec, local);
        save_beside_dev(arena, package, CPM_DEPS_OPTIONAL, name, spec, local);
        return;
    }
    if (has(package, CPM_DEPS_PEER, name))
        cpm_package_set_dep(package, CPM_DEPS_PEER, name, spec);
    if (has(package, CPM_DEPS_OPTIONAL, name))
        cpm_package_set_dep(package, CPM_DEPS_OPTIONAL, name, spec);
}
