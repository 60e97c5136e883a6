/* Node 24's defaults, as tables. */
#include "resolver/module/settings.h"

#include "base/builtins.h"
#include "resolver/module/bundler.h"

#include <stdlib.h>

static const char *const require_conditions[] = {"node", "require", "module-sync", "node-addons",
                                                 NULL};
static const char *const import_conditions[] = {"node", "import", "module-sync", "node-addons",
                                                NULL};
static const char *const no_names[] = {NULL};
static const char *const extensions[] = {".js", ".json", ".node", NULL};

struct cpm_words cpm_settings_words(struct cpm_arena *arena, const char *const *list)
{
    struct cpm_words out = {NULL, 0};
    struct cpm_str *names;

    while (list[out.count])
        out.count++;
    names = CPM_NEW_ARRAY(arena, struct cpm_str, out.count);
    for (size_t i = 0; i < out.count; i++)
        names[i] = cpm_arena_str(arena, cpm_str(list[i]));
    out.names = names;
    return out;
}

static int cmp_names(const void *a, const void *b)
{
    return cpm_str_cmp(*(const struct cpm_str *)a, *(const struct cpm_str *)b);
}

bool cpm_words_have(const struct cpm_words *sorted, struct cpm_str name)
{
    return sorted->count &&
           bsearch(&name, sorted->names, sorted->count, sizeof(name), cmp_names) != NULL;
}

static struct cpm_words sorted_names(struct cpm_arena *arena, const char *const *list)
{
    struct cpm_words out = cpm_settings_words(arena, list);

    qsort((void *)out.names, out.count, sizeof(*out.names), cmp_names);
    return out;
}

static struct cpm_conditions join_conditions(struct cpm_arena *arena, struct cpm_words a,
                                             struct cpm_words b)
{
    struct cpm_str *names = CPM_NEW_ARRAY(arena, struct cpm_str, a.count + b.count);

    if (a.count)
        memcpy(names, a.names, a.count * sizeof(*names));
    if (b.count)
        memcpy(names + a.count, b.names, b.count * sizeof(*names));
    return (struct cpm_conditions){names, a.count + b.count};
}

static void take_conditions(struct cpm_settings *s, const struct cpm_resolver_options *o)
{
    struct cpm_words given =
        cpm_settings_words(&s->arena, o->conditions ? o->conditions : no_names);
    bool only = o->only_conditions;

    s->require = join_conditions(
        &s->arena, cpm_settings_words(&s->arena, only ? no_names : require_conditions), given);
    s->import = join_conditions(
        &s->arena, cpm_settings_words(&s->arena, only ? no_names : import_conditions), given);
    s->bundler_conditions = (struct cpm_conditions){given.names, given.count};
}

/* As Node reads NODE_PATH: empty parts are dropped. */
static struct cpm_words split_node_path(struct cpm_arena *arena, const char *text)
{
    struct cpm_str rest = cpm_str(text), part;
    struct cpm_words out = {NULL, 0};
    struct cpm_str *names;

    if (!text)
        return out;
    names = CPM_NEW_ARRAY(arena, struct cpm_str, rest.len + 1);
    while (cpm_str_split(&rest, ':', &part))
        if (part.len)
            names[out.count++] = cpm_arena_str(arena, part);
    out.names = names;
    return out;
}

static void note_lengths(struct cpm_settings *s)
{
    for (size_t i = 0; i < s->builtins.count; i++) {
        struct cpm_str name = s->builtins.names[i];

        if (name.len)
            s->builtin_lengths[(unsigned char)name.ptr[0]] |= 1u << (name.len < 31 ? name.len : 31);
    }
}

int cpm_settings_init(struct cpm_settings *s, const struct cpm_resolver_options *o,
                      struct cpm_error *err)
{
    int rc = 0;

    memset(s, 0, sizeof(*s));
    cpm_arena_init(&s->arena);
    take_conditions(s, o);
    s->preserve_symlinks = o->preserve_symlinks;
    s->builtins = sorted_names(&s->arena, o->builtins ? o->builtins : cpm_node_builtins);
    s->schemed = sorted_names(&s->arena, o->builtins ? no_names : cpm_node_schemed_builtins);
    note_lengths(s);
    s->extensions = cpm_settings_words(&s->arena, o->extensions ? o->extensions : extensions);
    s->node_path = split_node_path(&s->arena, o->node_path);
    if (o->bundler)
        rc = cpm_bundler_new(&s->bundler, o->bundler, &s->arena, err);
    return rc;
}

void cpm_settings_release(struct cpm_settings *s)
{
    cpm_arena_release(&s->arena);
}
