/* The public face: values by key after precedence. Reading never changes anything but the arena. */
#include "cli/config/internal.h"

#include "base/grow.h"

#include <assert.h>
#include <stdio.h>

const char *cpm_config_source_name(enum cpm_config_source where)
{
    static const char *const names[CPM_CONFIG_SOURCES] = {
        "default", "builtin", "global", "user", "project", "env", "cli",
    };
    return names[where];
}

struct cpm_value *cpm_level_own(const struct cpm_fields *levels, enum cpm_config_source level,
                                struct cpm_str key)
{
    if (level != CPM_CONFIG_DEFAULT)
        return cpm_fields_find(&levels[level], key);
    const struct cpm_definition *d = cpm_definition_find(key);
    size_t i = d ? (size_t)(d - cpm_definitions) : cpm_definition_count;
    return d || cpm_str_is(key, "npm-version") ? &levels[level].v[i].value : NULL;
}

struct cpm_value *cpm_level_find(const struct cpm_fields *levels, enum cpm_config_source level,
                                 struct cpm_str key)
{
    for (int where = (int)level; where >= 0; where--) {
        struct cpm_value *v = cpm_level_own(levels, (enum cpm_config_source)where, key);
        if (v)
            return v;
    }
    return NULL;
}

struct cpm_value *cpm_config_plain(const struct cpm_config *c, const char *key)
{
    return cpm_level_find(c->plain, CPM_CONFIG_CLI, cpm_str(key));
}

struct cpm_value *cpm_config_seen(const struct cpm_config *c, struct cpm_str key)
{
    return cpm_level_find(c->seen, CPM_CONFIG_CLI, key);
}

/* The derived value where there is one. Asking for a key that npm does not have is a bug. */
static const struct cpm_value *value_of(const struct cpm_config *c, const char *key)
{
    assert(cpm_definition_find(cpm_str(key)));
    const struct cpm_value *v = cpm_fields_find(&c->flat, cpm_str(key));
    return v ? v : cpm_config_seen(c, cpm_str(key));
}

const char **cpm_config_args(const struct cpm_config *c, int *argc, int *rest)
{
    *argc = c->argc;
    *rest = c->rest;
    return c->args;
}

const char *cpm_config_str(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = value_of(c, key);
    if (!v || v->kind <= CPM_VALUE_NULL || (v->kind == CPM_VALUE_BOOL && !v->truth))
        return NULL;
    return cpm_value_text(c->arena, v);
}

bool cpm_config_bool(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = value_of(c, key);
    return v && v->kind == CPM_VALUE_LIST ? v->count > 0 : cpm_value_truthy(v);
}

double cpm_config_num(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = value_of(c, key);
    double number = 0;
    if (v && v->kind == CPM_VALUE_STRING && cpm_js_number(v->text, &number))
        return number;
    return v && (v->kind == CPM_VALUE_NUMBER || v->kind == CPM_VALUE_DATE) ? v->number : 0;
}

const char *const *cpm_config_list(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = value_of(c, key);
    size_t count = v && v->kind == CPM_VALUE_LIST ? v->count : v && v->kind > CPM_VALUE_NULL;
    const struct cpm_value *items = v && v->kind == CPM_VALUE_LIST ? v->items : v;
    const char **out = CPM_NEW_ARRAY(c->arena, const char *, count + 1);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = cpm_value_text(c->arena, &items[i]);
        if (*text)
            out[used++] = text;
    }
    return out;
}

enum cpm_config_source cpm_config_where(const struct cpm_config *c, const char *key)
{
    int where = CPM_CONFIG_CLI;
    while (where > 0 && !cpm_level_own(c->seen, (enum cpm_config_source)where, cpm_str(key)))
        where--;
    return (enum cpm_config_source)where;
}

const char *cpm_config_raw(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = cpm_config_seen(c, cpm_str(key));
    return v && v->kind > CPM_VALUE_NULL ? cpm_value_text(c->arena, v) : NULL;
}

bool cpm_config_global_mode(const struct cpm_config *c)
{
    return cpm_value_truthy(cpm_config_plain(c, "global")) ||
           cpm_value_is(cpm_config_plain(c, "location"), "global");
}

const char *cpm_config_local_prefix(const struct cpm_config *c)
{
    return c->local_prefix;
}

const char *cpm_config_global_prefix(const struct cpm_config *c)
{
    return c->global_prefix;
}

void cpm_config_set_command(struct cpm_config *c, const char *command)
{
    c->command = command;
}

void cpm_config_line(struct cpm_config *c, struct cpm_config_lines *lines, const char *fmt, ...)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    char one[1024];
    va_list args;
    va_start(args, fmt);
    int length = vsnprintf(one, sizeof(one), fmt, args);
    va_end(args);
    cpm_buf_add_text(&text, one);
    if (length >= (int)sizeof(one))
        cpm_buf_add_text(&text, "…");
    lines->v = cpm_arena_grow(c->arena, lines->v, lines->count, &lines->cap, sizeof(*lines->v));
    lines->v[lines->count++] = cpm_arena_strndup(c->arena, cpm_buf_text(&text), text.len);
    cpm_buf_release(&text);
}

const char *const *cpm_config_warnings(const struct cpm_config *c)
{
    size_t count = c->notes.count + c->unknown.count;
    const char **out = CPM_NEW_ARRAY(c->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        out[i] = i < c->notes.count ? c->notes.v[i] : c->unknown.v[i - c->notes.count];
    return out;
}
