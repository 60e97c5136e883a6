/* npm's flattening: keys that stand for others. It goes from the defaults up to the command line
 * and writes the derived value at the level of the key that caused it, so that precedence between
 * the two is precedence between their sources. */
#include "cli/config/internal.h"

#include <math.h>
#include <time.h>

struct level {
    struct cpm_config *c;
    enum cpm_config_source where;
};

static const struct cpm_value *get(const struct level *l, const char *key)
{
    return cpm_level_find(l->c->seen, l->where, cpm_str(key));
}

static bool truthy(const struct level *l, const char *key)
{
    return cpm_value_truthy(get(l, key));
}

static bool is_false(const struct level *l, const char *key)
{
    const struct cpm_value *v = get(l, key);
    return v && v->kind == CPM_VALUE_BOOL && !v->truth;
}

static void set(const struct level *l, const char *key, struct cpm_value value)
{
    struct cpm_value *old = cpm_level_own(l->c->seen, l->where, cpm_str(key));
    if (old)
        *old = value;
    else
        cpm_fields_set(l->c->arena, &l->c->seen[l->where], cpm_str(key), value);
}

static struct cpm_value text_value(const char *text)
{
    return (struct cpm_value){.kind = CPM_VALUE_STRING, .text = cpm_str(text)};
}

static bool contains(const struct cpm_value *list, const struct cpm_value *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (cpm_value_same(&list->items[i], item))
            return true;
    return false;
}

static void add_once(struct cpm_arena *arena, struct cpm_value *list, struct cpm_value item)
{
    if (!contains(list, &item))
        cpm_value_push(arena, list, item);
}

static struct cpm_value copy_list(const struct level *l, const char *key)
{
    const struct cpm_value *from = get(l, key);
    struct cpm_value out = cpm_value_list();
    for (size_t i = 0; from && from->kind == CPM_VALUE_LIST && i < from->count; i++)
        add_once(l->c->arena, &out, from->items[i]);
    return out;
}

static void derive_omit(const struct level *l)
{
    struct cpm_arena *arena = l->c->arena;
    struct cpm_value include = copy_list(l, "include"), omit = copy_list(l, "omit");
    struct cpm_value kept = cpm_value_list();
    const struct cpm_value *only = get(l, "only"), *also = get(l, "also");
    if (cpm_value_is(only, "prod") || cpm_value_is(only, "production") || truthy(l, "production"))
        add_once(arena, &omit, text_value("dev"));
    else if (is_false(l, "production"))
        add_once(arena, &include, text_value("dev"));
    if (cpm_value_is(also, "dev") || cpm_value_is(also, "development") || truthy(l, "dev"))
        add_once(arena, &include, text_value("dev"));
    if (is_false(l, "optional"))
        add_once(arena, &omit, text_value("optional"));
    else if (truthy(l, "optional"))
        add_once(arena, &include, text_value("optional"));
    for (size_t i = 0; i < omit.count; i++)
        if (!contains(&include, &omit.items[i]))
            cpm_value_push(arena, &kept, omit.items[i]);
    set(l, "omit", kept);
    set(l, "include", include);
}

static void derive_save_prefix(const struct level *l)
{
    if (truthy(l, "save-exact"))
        set(l, "save-prefix", text_value(""));
}

static void derive_global_style(const struct level *l)
{
    if (truthy(l, "global-style"))
        set(l, "install-strategy", text_value("shallow"));
}

static void derive_legacy_bundling(const struct level *l)
{
    if (truthy(l, "legacy-bundling"))
        set(l, "install-strategy", text_value("nested"));
}

static void derive_shrinkwrap(const struct level *l)
{
    if (l->where != CPM_CONFIG_DEFAULT)
        set(l, "package-lock", cpm_value_bool(truthy(l, "shrinkwrap")));
}

static void derive_otp(const struct level *l)
{
    if (truthy(l, "otp"))
        set(l, "auth-type", text_value("legacy"));
}

static void derive_scope(const struct level *l)
{
    const struct cpm_value *scope = get(l, "scope");
    if (scope && scope->kind == CPM_VALUE_STRING && scope->text.len && scope->text.ptr[0] != '@')
        set(l, "scope", text_value(cpm_arena_printf(l->c->arena, "@%s", scope->text.ptr)));
}

static void flat_set(const struct level *l, const char *key, struct cpm_value value)
{
    cpm_fields_set(l->c->arena, &l->c->flat, cpm_str(key), value);
}

static void derive_cache_max(const struct level *l)
{
    const struct cpm_value *v = get(l, "cache-max");
    if (v && v->kind == CPM_VALUE_NUMBER && v->number <= 0)
        flat_set(l, "prefer-online", cpm_value_bool(true));
}

static void derive_cache_min(const struct level *l)
{
    const struct cpm_value *v = get(l, "cache-min");
    if (v && v->kind == CPM_VALUE_NUMBER && v->number >= 9999)
        flat_set(l, "prefer-offline", cpm_value_bool(true));
}

/* An age counts unless the same level has a date. */
static void derive_before(const struct level *l)
{
    const struct cpm_value *before = cpm_level_own(l->c->seen, l->where, CPM_STR("before"));
    const struct cpm_value *age = cpm_level_own(l->c->seen, l->where, CPM_STR("min-release-age"));
    if (l->where == CPM_CONFIG_DEFAULT)
        return;
    if (before)
        flat_set(l, "before", *before);
    else if (age && age->kind == CPM_VALUE_NUMBER && age->number != 0)
        flat_set(l, "before",
                 cpm_value_date(l->c->arena, ((double)time(NULL) - 86400.0 * age->number) * 1000));
    else if (age && age->kind == CPM_VALUE_NUMBER)
        flat_set(l, "before", cpm_value_null());
}

static const struct {
    const char *key;
    void (*derive)(const struct level *l);
} rules[] = {
    {"also", derive_omit},
    {"dev", derive_omit},
    {"include", derive_omit},
    {"omit", derive_omit},
    {"only", derive_omit},
    {"optional", derive_omit},
    {"production", derive_omit},
    {"save-exact", derive_save_prefix},
    {"save-prefix", derive_save_prefix},
    {"global-style", derive_global_style},
    {"legacy-bundling", derive_legacy_bundling},
    {"shrinkwrap", derive_shrinkwrap},
    {"otp", derive_otp},
    {"scope", derive_scope},
    {"cache-max", derive_cache_max},
    {"cache-min", derive_cache_min},
    {"before", derive_before},
    {"min-release-age", derive_before},
};

static void derive_level(const struct level *l)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (cpm_level_own(l->c->seen, l->where, cpm_str(rules[i].key)))
            rules[i].derive(l);
}

/* "a, b" given once is the same as a and b given each. */
static void split_commas(const struct level *l, const char *key)
{
    const struct cpm_value *from = get(l, key);
    struct cpm_value out = cpm_value_list();
    for (size_t i = 0; from && from->kind == CPM_VALUE_LIST && i < from->count; i++) {
        struct cpm_str rest = from->items[i].text, part;
        while (rest.len && cpm_str_split(&rest, ',', &part))
            if (cpm_str_trim(part).len)
                add_once(l->c->arena, &out, cpm_value_str(l->c->arena, cpm_str_trim(part)));
    }
    flat_set(l, key, out);
}

static void derive_flat(struct cpm_config *c)
{
    const struct level top = {c, CPM_CONFIG_CLI};
    if (cpm_config_global_mode(c)) {
        flat_set(&top, "global", cpm_value_bool(true));
        flat_set(&top, "location", text_value("global"));
    }
    split_commas(&top, "allow-scripts");
    split_commas(&top, "min-release-age-exclude");
    if (truthy(&top, "package-lock-only"))
        flat_set(&top, "package-lock", cpm_value_bool(true));
    if (cpm_value_is(get(&top, "access"), "private"))
        flat_set(&top, "access", text_value("restricted"));
}

static struct cpm_fields copy_fields(struct cpm_arena *arena, const struct cpm_fields *from)
{
    struct cpm_fields out = *from;
    out.v = CPM_NEW_ARRAY(arena, struct cpm_field, from->count + 1);
    out.cap = from->count + 1;
    if (from->count)
        memcpy(out.v, from->v, from->count * sizeof(*out.v));
    return out;
}

void cpm_config_derive(struct cpm_config *c)
{
    c->flat.count = 0;
    for (int where = 0; where < CPM_CONFIG_SOURCES; where++)
        c->seen[where] = copy_fields(c->arena, &c->plain[where]);
    for (int where = 0; where < CPM_CONFIG_SOURCES; where++) {
        const struct level l = {c, (enum cpm_config_source)where};
        derive_level(&l);
    }
    derive_flat(c);
}
