/* Defaults, most of them from the table, a few from the machine: colours, editor, shell, node-gyp.
 */
#include "cli/config/internal.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/expand.h"

#include <math.h>
#include <unistd.h>

static const char *env(const struct cpm_config *c, const char *name)
{
    const char *text = cpm_environ_get(c->in.environ_, cpm_str(name));
    return text && *text ? text : NULL;
}

static bool env_is(const struct cpm_config *c, const char *name, const char *value)
{
    const char *text = env(c, name);
    return text && strcmp(text, value) == 0;
}

static struct cpm_value text_value(const char *text)
{
    return (struct cpm_value){.kind = CPM_VALUE_STRING, .text = cpm_str(text)};
}

static struct cpm_value default_color(struct cpm_config *c)
{
    return cpm_value_bool(!env(c, "NO_COLOR") || env_is(c, "NO_COLOR", "0"));
}

static struct cpm_value default_editor(struct cpm_config *c)
{
    const char *editor = env(c, "EDITOR") ? env(c, "EDITOR") : env(c, "VISUAL");
    return text_value(editor ? editor : "vi");
}

static struct cpm_value default_shell(struct cpm_config *c)
{
    return text_value(env(c, "SHELL") ? env(c, "SHELL") : "sh");
}

static struct cpm_value default_omit(struct cpm_config *c)
{
    struct cpm_value list = cpm_value_list();
    if (env_is(c, "NODE_ENV", "production"))
        cpm_value_push(c->arena, &list, text_value("dev"));
    return list;
}

static struct cpm_value default_progress(struct cpm_config *c)
{
    return cpm_value_bool(!cpm_in_ci(c->in.environ_) && !env_is(c, "TERM", "dumb") &&
                          isatty(STDERR_FILENO) && isatty(STDOUT_FILENO));
}

static struct cpm_value default_unicode(struct cpm_config *c)
{
    const char *locale = env(c, "LC_ALL")     ? env(c, "LC_ALL")
                         : env(c, "LC_CTYPE") ? env(c, "LC_CTYPE")
                                              : env(c, "LANG");
    struct cpm_str s = cpm_str(locale ? locale : "");
    struct cpm_str tail = s.len >= 5 ? cpm_str_sub(s, s.len - 5, 5) : s;
    struct cpm_str tail4 = s.len >= 4 ? cpm_str_sub(s, s.len - 4, 4) : s;
    return cpm_value_bool(cpm_str_eq_nocase(tail, CPM_STR("UTF-8")) ||
                          cpm_str_eq_nocase(tail4, CPM_STR("UTF8")));
}

/* The one that comes with the npm beside node, when it is there. */
static struct cpm_value default_node_gyp(struct cpm_config *c)
{
    const char *path = c->node ? cpm_path_resolve(c->arena, c->node,
                                                  "../../lib/node_modules/npm/node_modules/"
                                                  "node-gyp/bin/node-gyp.js")
                               : NULL;
    return text_value(path && cpm_fs_exists(path) ? path : "");
}

static struct cpm_value default_prefix(struct cpm_config *c)
{
    return text_value(c->global_prefix);
}

static const struct {
    const char *key;
    struct cpm_value (*make)(struct cpm_config *c);
} computed[] = {
    {"color", default_color},       {"editor", default_editor},     {"shell", default_shell},
    {"omit", default_omit},         {"progress", default_progress}, {"unicode", default_unicode},
    {"node-gyp", default_node_gyp}, {"prefix", default_prefix},
};

static struct cpm_value from_table(struct cpm_config *c, const struct cpm_definition *d)
{
    struct cpm_types types;
    double number;
    if (d->own)
        return (struct cpm_value){.kind = CPM_VALUE_UNDEFINED};
    if (d->fallback[0] == '=') {
        cpm_types_parse(d->types, &types);
        return cpm_field_parse(&c->ctx, &types, text_value(d->fallback + 1));
    }
    if (strcmp(d->fallback, "[]") == 0)
        return cpm_value_list();
    if (strcmp(d->fallback, "true") == 0 || strcmp(d->fallback, "false") == 0)
        return cpm_value_bool(d->fallback[0] == 't');
    if (cpm_js_number(cpm_str(d->fallback), &number))
        return cpm_value_number(number);
    return cpm_value_null();
}

void cpm_config_defaults(struct cpm_config *c)
{
    struct cpm_fields *data = &c->plain[CPM_CONFIG_DEFAULT];
    data->cap = data->count = cpm_definition_count + 1;
    data->v = CPM_NEW_ARRAY(c->arena, struct cpm_field, data->cap);
    for (size_t i = 0; i < cpm_definition_count; i++) {
        const struct cpm_definition *d = &cpm_definitions[i];
        data->v[i] = (struct cpm_field){.key = cpm_str(d->key), .value = from_table(c, d)};
    }
    for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++)
        *cpm_level_own(c->plain, CPM_CONFIG_DEFAULT, cpm_str(computed[i].key)) =
            computed[i].make(c);
    data->v[cpm_definition_count] =
        (struct cpm_field){.key = CPM_STR("npm-version"), .value = text_value(CPM_NPM_COMPATIBLE)};
    c->sources[CPM_CONFIG_DEFAULT].name = "default values";
    c->sources[CPM_CONFIG_DEFAULT].loaded = true;
}
