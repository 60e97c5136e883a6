/* The child's environment, later ones over earlier ones: the process's own; what the configuration
 * exports; what the script's caller adds; npm_package_* from package.json; the event itself. Every
 * variable that reads "path" in any case then gets the .bin folders in front. */
#include "base/jsonread.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/path.h"
#include "install/script.h"

#include <stdio.h>
#include <unistd.h>

struct env {
    struct cpm_arena *arena;
    struct cpm_map vars; /* key → the whole KEY=VALUE text */
};

static void env_add(struct env *env, const char *line)
{
    size_t eq = cpm_str_chr(cpm_str(line), '=');
    if (eq != CPM_NPOS && eq > 0)
        cpm_map_set(&env->vars, cpm_str_n(line, eq), (void *)(uintptr_t)line);
}

static void env_add_list(struct env *env, const char *const *lines)
{
    for (; lines && *lines; lines++)
        env_add(env, *lines);
}

static void env_set(struct env *env, const char *key, struct cpm_str value)
{
    env_add(env, cpm_arena_printf(env->arena, "%s=%.*s", key, CPM_STR_ARG(value)));
}

static struct cpm_str number_text(struct cpm_arena *arena, double n)
{
    struct cpm_buf text = CPM_BUF_INIT(64);
    cpm_json_put_number(&text, n);
    struct cpm_str copy = cpm_arena_str(arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

/* npm's packageEnvs: null and false are empty, lists are numbered, objects nest with "_". */
static void env_add_value(struct env *env, const char *key, const struct cpm_json *value)
{
    switch (cpm_json_type(value)) {
    case CPM_JSON_OBJECT:
    case CPM_JSON_ARRAY: {
        size_t i = 0;
        CPM_JSON_EACH (value, v) {
            struct cpm_str name = cpm_json_key(v);
            const char *sub = cpm_json_is(value, CPM_JSON_ARRAY)
                                  ? cpm_arena_printf(env->arena, "%s_%zu", key, i++)
                                  : cpm_arena_printf(env->arena, "%s_%.*s", key, CPM_STR_ARG(name));
            env_add_value(env, sub, v);
        }
        break;
    }
    case CPM_JSON_STRING:
        env_set(env, key, cpm_json_str(value));
        break;
    case CPM_JSON_NUMBER:
        env_set(env, key, number_text(env->arena, cpm_json_number(value)));
        break;
    case CPM_JSON_BOOL:
        env_set(env, key, cpm_json_bool(value) ? CPM_STR("true") : CPM_STR_NONE);
        break;
    case CPM_JSON_NULL:
        env_set(env, key, CPM_STR_NONE);
        break;
    }
}

static void env_add_package(struct env *env, const struct cpm_json *json)
{
    static const char *const fields[] = {"name", "version", "config", "engines", "bin"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct cpm_json *value = cpm_json_get(json, cpm_str(fields[i]));
        if (value)
            env_add_value(env, cpm_arena_printf(env->arena, "npm_package_%s", fields[i]), value);
    }
}

static bool is_path_key(struct cpm_str key)
{
    return cpm_str_eq_nocase(key, CPM_STR("PATH"));
}

static bool path_has(const struct cpm_buf *path, size_t len, struct cpm_str part)
{
    struct cpm_str rest = cpm_str_n(cpm_buf_text(path), len), other;
    while (cpm_str_split(&rest, ':', &other))
        if (cpm_str_eq(other, part))
            return true;
    return false;
}

/* The values of PATH, Path … in one: of a later one only what an earlier one has not. */
static void add_old_paths(const struct env *env, struct cpm_buf *out)
{
    struct cpm_buf all = CPM_BUF_INIT(16u << 20);
    CPM_MAP_EACH (&env->vars, e) {
        struct cpm_str value = cpm_str((const char *)e->value + e->key.len + 1), part;
        if (!is_path_key(e->key) || value.len == 0)
            continue;
        size_t before = all.len;
        while (cpm_str_split(&value, ':', &part))
            if (before == 0 || !path_has(&all, before, part)) {
                if (all.len)
                    cpm_buf_add_char(&all, ':');
                cpm_buf_add_str(&all, part);
            }
    }
    cpm_buf_add_str(out, cpm_buf_str(&all));
    cpm_buf_release(&all);
}

static void env_set_path(struct env *env, const char *folder, const struct cpm_script_options *opts)
{
    struct cpm_buf path = CPM_BUF_INIT(32u << 20);
    struct cpm_str at = cpm_str(folder);
    if (opts->bin_dir)
        cpm_buf_addf(&path, "%s:", opts->bin_dir);
    while (at.len > 1) {
        cpm_buf_addf(&path, "%.*s/node_modules/.bin:", CPM_STR_ARG(at));
        size_t slash = cpm_str_rchr(at, '/');
        at.len = slash == CPM_NPOS ? 0 : slash;
    }
    cpm_buf_add_text(&path, "/node_modules/.bin:");
    if (opts->node_gyp_bin)
        cpm_buf_addf(&path, "%s:", opts->node_gyp_bin);
    if (opts->node_bin)
        cpm_buf_addf(&path, "%s:", opts->node_bin);
    add_old_paths(env, &path);
    CPM_MAP_EACH (&env->vars, e)
        if (is_path_key(e->key))
            e->value =
                cpm_arena_printf(env->arena, "%.*s=%s", CPM_STR_ARG(e->key), cpm_buf_text(&path));
    cpm_buf_release(&path);
}

char **cpm_script_environ(struct cpm_arena *arena, const struct cpm_script *script,
                          const struct cpm_script_options *opts)
{
    struct env env = {.arena = arena, .vars = CPM_MAP_INIT};
    const char *path = script->package->path;
    env_add_list(&env, (const char *const *)environ);
    env_add_list(&env, opts->environment);
    env_add_package(&env, script->package->json);
    env_set(&env, "npm_package_json", cpm_str(cpm_path_join(arena, path, "package.json")));
    env_add_list(&env, script->env);
    env_set(&env, "npm_lifecycle_event", cpm_str(script->event));
    env_set(&env, "npm_lifecycle_script", script->command);
    if (opts->node_gyp)
        env_set(&env, "npm_config_node_gyp", cpm_str(opts->node_gyp));
    env_set_path(&env, path, opts);
    char **out = CPM_NEW_ARRAY(arena, char *, env.vars.count + 1);
    size_t n = 0;
    CPM_MAP_EACH (&env.vars, e)
        out[n++] = e->value;
    cpm_map_release(&env.vars);
    return out;
}
