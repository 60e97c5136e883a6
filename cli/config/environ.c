/* What children see of the configuration (npm's set-envs). A value is exported when it is not the
 * default; one that is the default is exported only to undo what the environment says otherwise.
 * Scoped, address-bound and private (_) keys never are, so no token of a file gets to a script. */
#include "base/grow.h"
#include "base/path.h"
#include "cli/config/internal.h"

#include <ctype.h>
#include <unistd.h>

struct env_list {
    struct cpm_config *c;
    struct cpm_arena *arena;
    const char **v;
    size_t count, cap;
};

static void add(struct env_list *l, const char *name, const char *value)
{
    l->v = cpm_arena_grow(l->arena, l->v, l->count + 1, &l->cap, sizeof(*l->v)); /* and an end */
    l->v[l->count++] = cpm_arena_printf(l->arena, "%s=%s", name, value ? value : "");
}

/* Lists have an empty line between their elements; null and false are "". */
static void print_value(const struct cpm_value *v, struct cpm_buf *out)
{
    if (v->kind == CPM_VALUE_LIST) {
        for (size_t i = 0; i < v->count; i++) {
            if (i)
                cpm_buf_add_text(out, "\n\n");
            print_value(&v->items[i], out);
        }
    } else if (v->kind > CPM_VALUE_NULL && (v->kind != CPM_VALUE_BOOL || v->truth)) {
        cpm_value_print(v, out);
    }
}

static void export_value(struct env_list *l, struct cpm_str key, const struct cpm_value *v)
{
    struct cpm_buf text = CPM_BUF_INIT(1u << 20);
    if (key.len == 0 || strchr("/@_", key.ptr[0]) || v->kind == CPM_VALUE_OBJECT ||
        v->kind == CPM_VALUE_DATE)
        return;
    char *name = cpm_arena_printf(l->arena, "npm_config_%.*s", CPM_STR_ARG(key));
    for (char *p = name; *p; p++)
        *p = *p == '-' ? '_' : (char)tolower((unsigned char)*p);
    print_value(v, &text);
    add(l, name, cpm_buf_text(&text));
    cpm_buf_release(&text);
}

/* The default as the table writes it: "~/.npm" is not what the path became. */
static bool is_written_default(const struct cpm_definition *d, const struct cpm_value *v,
                               const struct cpm_value *computed)
{
    if (d->fallback[0] == '=' && cpm_value_same(v, computed))
        return v->kind == CPM_VALUE_STRING &&
               (cpm_str_is(v->text, d->fallback + 1) ||
                (strcmp(d->key, "prefix") != 0 && strcmp(d->key, "globalconfig") != 0 &&
                 !strstr(d->types, "Path")) ||
                strcmp(d->key, "node-gyp") == 0);
    return cpm_value_same(v, computed);
}

static void export_key(struct env_list *l, struct cpm_str key)
{
    struct cpm_config *c = l->c;
    const struct cpm_definition *d = cpm_definition_find(key);
    const struct cpm_value *v = cpm_level_find(c->plain, CPM_CONFIG_CLI, key);
    const struct cpm_value *in_env = cpm_level_find(c->plain, CPM_CONFIG_ENV, key);
    if (d && (d->deprecated || d->not_exported))
        return;
    if (d && is_written_default(d, v, cpm_level_own(c->plain, CPM_CONFIG_DEFAULT, key))) {
        if (!in_env || !cpm_value_same(in_env, v))
            export_value(l, key, v);
    } else if (!cpm_level_own(c->plain, CPM_CONFIG_ENV, key) ||
               cpm_level_own(c->plain, CPM_CONFIG_CLI, key)) {
        export_value(l, key, v);
    }
}

static bool seen_above(const struct cpm_config *c, int where, struct cpm_str key)
{
    for (int above = CPM_CONFIG_CLI; above > where; above--)
        if (cpm_level_own(c->plain, (enum cpm_config_source)above, key))
            return true;
    return false;
}

static void add_places(struct env_list *l)
{
    struct cpm_config *c = l->c;
    const struct cpm_value *gyp = cpm_config_plain(c, "node-gyp");
    const struct cpm_value *editor = cpm_config_plain(c, "editor");
    const struct cpm_value *options = cpm_config_plain(c, "node-options");
    const struct cpm_value *color = cpm_config_seen(c, CPM_STR("color"));
    bool colors =
        cpm_value_is(color, "always") || (cpm_value_truthy(color) && isatty(STDOUT_FILENO));
    add(l, "INIT_CWD", c->in.cwd);
    add(l, "HOME", c->home);
    add(l, "npm_config_global_prefix", c->global_prefix);
    add(l, "npm_config_local_prefix", c->local_prefix);
    if (cpm_value_truthy(editor))
        add(l, "EDITOR", cpm_value_text(l->arena, editor));
    if (cpm_value_truthy(options))
        add(l, "NODE_OPTIONS", cpm_value_text(l->arena, options));
    add(l, "npm_config_node_gyp", cpm_value_text(l->arena, gyp));
    add(l, "npm_config_npm_version", CPM_NPM_COMPATIBLE);
    add(l, "npm_config_user_agent", cpm_config_user_agent(c));
    add(l, "npm_execpath", c->exe);
    add(l, "COLOR", colors ? "1" : "0");
    if (c->node) {
        add(l, "NODE", c->node);
        add(l, "npm_node_execpath", c->node);
    }
    if (c->command)
        add(l, "npm_command", c->command);
}

/* npm lets programs know that development packages are left out. */
static void add_production(struct env_list *l)
{
    for (const char *const *kind = cpm_config_list(l->c, "omit"); *kind; kind++)
        if (strcmp(*kind, "dev") == 0)
            add(l, "NODE_ENV", "production");
}

const char *const *cpm_config_environment(struct cpm_config *c, struct cpm_arena *arena)
{
    struct env_list l = {.c = c, .arena = arena};
    for (int where = CPM_CONFIG_CLI; where >= 0; where--)
        for (size_t i = 0; i < c->plain[where].count; i++) {
            struct cpm_str key = c->plain[where].v[i].key;
            if (!cpm_str_is(key, "npm-version") && !cpm_str_is(key, "user-agent") &&
                !seen_above(c, where, key))
                export_key(&l, key);
        }
    add_places(&l);
    add_production(&l);
    l.v[l.count] = NULL;
    return l.v;
}
