/* paths are aliases, longest prefix first; what "*" maps to and the baseUrl are folders of modules.
 * A file heeds the project whose folder is nearest above it. What was read is kept in a list that
 * only grows at its head: two threads may read the same file once each, which does no harm. */
#include "resolver/module/tsconfig.h"

#include "resolver/module/memory.h"

#include <stdlib.h>

enum { MOST_PROJECTS = 256 };

struct loading {
    struct cpm_search *s;
    struct cpm_arena *arena;
    struct cpm_tsconfig *config;
};

static struct cpm_str join(struct cpm_arena *arena, struct cpm_str a, struct cpm_str b)
{
    return cpm_str(cpm_arena_printf(arena, "%.*s%.*s", CPM_STR_ARG(a), CPM_STR_ARG(b)));
}

struct cpm_str cpm_tsconfig_substitute(struct cpm_arena *arena, struct cpm_str text,
                                       const struct cpm_place *folder)
{
    static const char word[] = "${configDir}";
    struct cpm_str out = CPM_STR("");
    size_t at;

    while ((at = cpm_str_find(text, word)) != CPM_NPOS) {
        out = join(arena, join(arena, out, cpm_str_sub(text, 0, at)), cpm_place_path(folder));
        text = cpm_str_sub(text, at + strlen(word), text.len);
    }
    return join(arena, out, text);
}

static size_t prefix_length(struct cpm_str pattern)
{
    size_t star = cpm_str_chr(pattern, '*');

    return star == CPM_NPOS ? pattern.len : star;
}

/* Longest prefix first, otherwise as written. */
static size_t *sorted_keys(struct cpm_arena *arena, const struct cpm_value *paths)
{
    size_t *order = CPM_NEW_ARRAY(arena, size_t, paths->count), at;

    for (size_t i = 0; i < paths->count; i++) {
        for (at = i;
             at > 0 && prefix_length(paths->keys[order[at - 1]]) < prefix_length(paths->keys[i]);
             at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

static struct cpm_words targets_of(struct loading *l, const struct cpm_value *list,
                                   struct cpm_place *base, const struct cpm_place *folder)
{
    struct cpm_str *names = CPM_NEW_ARRAY(l->arena, struct cpm_str, list->count);
    size_t count = 0;

    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].type == CPM_VALUE_STRING)
            names[count++] = cpm_place_path(
                cpm_place_walk(l->s->places, base,
                               cpm_tsconfig_substitute(l->arena, list->items[i].text, folder)));
    return (struct cpm_words){names, count};
}

static void take_paths(struct loading *l, struct cpm_tsconfig_project *p,
                       const struct cpm_value *paths, struct cpm_place *base)
{
    struct cpm_alias_rule *rules = CPM_NEW_ARRAY(l->arena, struct cpm_alias_rule, paths->count);
    struct cpm_str *modules = (struct cpm_str *)p->modules.names;
    size_t *order = sorted_keys(l->arena, paths);

    p->alias.list = rules;
    for (size_t i = 0; i < paths->count; i++) {
        const struct cpm_value *list = &paths->items[order[i]];
        struct cpm_words targets;

        if (list->type != CPM_VALUE_ARRAY)
            continue;
        targets = targets_of(l, list, base, p->folder);
        if (!cpm_str_is(paths->keys[order[i]], "*")) {
            if (targets.count)
                rules[p->alias.count++] =
                    (struct cpm_alias_rule){.name = paths->keys[order[i]], .targets = targets};
            continue;
        }
        for (size_t j = 0; j < targets.count; j++)
            if (cpm_str_ends(targets.names[j], "/*"))
                modules[p->modules.count++] =
                    cpm_str_sub(targets.names[j], 0, targets.names[j].len - 2);
    }
}

static void make_project(struct loading *l, struct cpm_place *folder,
                         const struct cpm_tsconfig_options *o)
{
    struct cpm_tsconfig_project *p = &l->config->projects[l->config->count++];
    struct cpm_place *base = o->paths_folder ? o->paths_folder : folder;
    const struct cpm_value *star = cpm_value_get(o->paths, CPM_STR("*"));
    struct cpm_str *modules = CPM_NEW_ARRAY(l->arena, struct cpm_str, (star ? star->count : 0) + 1);

    p->folder = folder;
    p->modules.names = modules;
    if (o->base_url.ptr)
        base = cpm_place_walk(l->s->places, folder,
                              cpm_tsconfig_substitute(l->arena, o->base_url, folder));
    if (o->paths)
        take_paths(l, p, o->paths, base);
    if (o->base_url.ptr)
        modules[p->modules.count++] = cpm_place_path(base);
}

static void refer(struct loading *l, struct cpm_place *folder, struct cpm_str path, bool deeper);

static void refer_all(struct loading *l, struct cpm_place *folder, const struct cpm_value *list)
{
    if (!list || list->type != CPM_VALUE_ARRAY)
        return;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct cpm_value *path = cpm_value_get(&list->items[i], CPM_STR("path"));

        if (path && path->type == CPM_VALUE_STRING)
            refer(l, folder, path->text, true);
    }
}

/* A reference that cannot be read is passed over. */
static void refer(struct loading *l, struct cpm_place *folder, struct cpm_str path, bool deeper)
{
    struct cpm_place *to =
        cpm_place_walk(l->s->places, folder, cpm_tsconfig_substitute(l->arena, path, folder));
    struct cpm_tsconfig_options options;
    const char *fault;

    for (size_t i = 0; i < l->config->count; i++)
        if (l->config->projects[i].folder == to)
            return;
    if (l->config->count == MOST_PROJECTS ||
        !cpm_tsconfig_read(l->s, l->arena,
                           cpm_place_child(l->s->places, to, CPM_STR("tsconfig.json")), &options,
                           &fault))
        return;
    make_project(l, to, &options);
    if (deeper)
        refer_all(l, to, options.references);
}

static void load(struct loading *l)
{
    const struct cpm_bundler *b = l->s->settings->bundler;
    struct cpm_place *folder = l->config->file->parent;
    struct cpm_tsconfig_options options;

    if (!cpm_tsconfig_read(l->s, l->arena, l->config->file, &options, &l->config->fault))
        return;
    if (b->tsconfig_base_url.ptr)
        options.base_url = b->tsconfig_base_url;
    l->config->projects = CPM_NEW_ARRAY(l->arena, struct cpm_tsconfig_project, MOST_PROJECTS);
    make_project(l, folder, &options);
    for (size_t i = 0; i < b->tsconfig_references.count; i++)
        refer(l, folder, b->tsconfig_references.names[i], false);
    if (b->tsconfig_own_references)
        refer_all(l, folder, options.references);
}

const struct cpm_tsconfig *cpm_tsconfig_at(struct cpm_search *s, struct cpm_place *file)
{
    struct cpm_tsconfig *c = atomic_load_explicit(&s->places->tsconfigs, memory_order_acquire);
    struct loading l = {.s = s, .arena = &s->places->tsconfig_arena};

    for (; c; c = c->next)
        if (c->file == file)
            return c;
    pthread_mutex_lock(&s->places->tsconfig_lock);
    c = CPM_NEW(l.arena, struct cpm_tsconfig);
    c->file = file;
    l.config = c;
    load(&l);
    c->next = atomic_load_explicit(&s->places->tsconfigs, memory_order_relaxed);
    atomic_store_explicit(&s->places->tsconfigs, c, memory_order_release);
    pthread_mutex_unlock(&s->places->tsconfig_lock);
    return c;
}

/* The configuration for a request; NULL when there is none. */
static const struct cpm_tsconfig *config_for(struct cpm_search *s, struct cpm_place *folder)
{
    const struct cpm_bundler *b = s->settings->bundler;
    const struct cpm_tsconfig *c;

    if (b->tsconfig.ptr)
        return cpm_tsconfig_at(s, cpm_place_walk(s->places, s->places->root, b->tsconfig));
    for (; b->tsconfig_search; folder = folder->parent) {
        struct cpm_place *file = cpm_place_child(s->places, folder, CPM_STR("tsconfig.json"));

        if (cpm_place_is_file(s->places, file)) {
            c = cpm_tsconfig_at(s, file);
            return c->fault ? NULL : c;
        }
        if (folder == folder->parent)
            return NULL;
    }
    return NULL;
}

static bool is_above(const struct cpm_place *folder, const struct cpm_place *place)
{
    while (place != folder && place != place->parent)
        place = place->parent;
    return place == folder;
}

/* The project that a folder belongs to; false with an error, true without a project is possible. */
static bool project_for(struct cpm_search *s, struct cpm_place *folder,
                        const struct cpm_tsconfig_project **out)
{
    const struct cpm_tsconfig *c = config_for(s, folder);

    *out = NULL;
    if (c && c->fault)
        return cpm_search_fail(s, CPM_FAULT_CONFIG, "%s", c->fault);
    for (size_t i = 0; c && i < c->count; i++) {
        const struct cpm_tsconfig_project *p = &c->projects[i];

        if (is_above(p->folder, folder) &&
            (!*out || p->folder->path_len > (*out)->folder->path_len))
            *out = p;
    }
    return true;
}

enum cpm_verdict cpm_tsconfig_alias(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_tsconfig_project *p;
    enum cpm_verdict v;

    if (!project_for(s, r->path, &p))
        return CPM_FAILED;
    v = p ? cpm_alias_apply(s, r, &p->alias) : CPM_PASS;
    return v == CPM_STOP ? CPM_PASS : v;
}

enum cpm_verdict cpm_tsconfig_modules(struct cpm_search *s, const struct cpm_request *r)
{
    const struct cpm_tsconfig_project *p;
    enum cpm_verdict v = CPM_PASS;

    if (!project_for(s, r->path, &p))
        return CPM_FAILED;
    for (size_t i = 0; p && v == CPM_PASS && i < p->modules.count; i++) {
        struct cpm_request next = *r;

        next.path = cpm_place_walk(s->places, s->places->root, p->modules.names[i]);
        if (!cpm_place_is_folder(s->places, next.path))
            continue;
        next.module = false;
        next.text = cpm_search_join(s, CPM_STR("./"), r->text);
        v = cpm_stage_module(s, next);
    }
    return v;
}
