/* Reads the sources into levels, in npm's order: each may say where the next one is. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/expand.h"
#include "cli/config/ini.h"
#include "cli/config/internal.h"
#include "cli/config/nopt.h"

#include <ctype.h>
#include <errno.h>

static bool own(const struct cpm_config *c, enum cpm_config_source where, struct cpm_str key)
{
    return cpm_level_own(c->plain, where, key) != NULL;
}

static bool set_anywhere(const struct cpm_config *c, struct cpm_str key)
{
    for (int where = CPM_CONFIG_BUILTIN; where <= CPM_CONFIG_CLI; where++)
        if (own(c, (enum cpm_config_source)where, key))
            return true;
    return false;
}

/* Keys that exclude each other: 1 to skip this one (the command line said otherwise), 0, or an
 * error. */
static int check_exclusive(const struct cpm_config *c, enum cpm_config_source where,
                           const struct cpm_definition *d, struct cpm_error *err)
{
    struct cpm_str rest = cpm_str(d->exclusive), other;
    while (cpm_str_split(&rest, ' ', &other)) {
        if (!set_anywhere(c, other))
            continue;
        if (where == CPM_CONFIG_ENV && own(c, CPM_CONFIG_CLI, other))
            return 1;
        return cpm_error_set(err, CPM_ECONFIG, "--%s cannot be provided when using --%.*s", d->key,
                             CPM_STR_ARG(other));
    }
    return 0;
}

static void note_unknown_key(struct cpm_config *c, enum cpm_config_source where, struct cpm_str key)
{
    const char *name = cpm_config_source_name(where);
    const char *hint =
        where == CPM_CONFIG_CLI ? "" : " See `cpm help npmrc` for supported config options.";
    size_t colon = cpm_str_rchr(key, ':');
    if (cpm_definition_find(key) || cpm_str_is(key, "npm-version") ||
        cpm_str_is(key, "global-prefix") || cpm_str_is(key, "local-prefix"))
        return;
    if (colon == CPM_NPOS) {
        cpm_config_line(c, &c->unknown,
                        "Unknown %s config \"%s%.*s\". This will stop working in the next major "
                        "version of cpm.%s",
                        name, where == CPM_CONFIG_CLI ? "--" : "", CPM_STR_ARG(key), hint);
        return;
    }
    struct cpm_str base = cpm_str_sub(key, colon + 1, key.len);
    if (!cpm_definition_find(base) && !cpm_nerf_key(base))
        cpm_config_line(c, &c->unknown,
                        "Unknown %s config \"%.*s\" (%.*s). This will stop working in the next "
                        "major version of cpm.%s",
                        name, CPM_STR_ARG(base), CPM_STR_ARG(key), hint);
}

int cpm_config_object(struct cpm_config *c, enum cpm_config_source where,
                      const struct cpm_fields *raw, struct cpm_error *err)
{
    for (size_t i = 0; i < raw->count; i++) {
        struct cpm_str key = cpm_env_expand(c->arena, raw->v[i].key, c->in.environ_);
        const struct cpm_definition *d = cpm_definition_find(key);
        struct cpm_types types;
        if (d)
            cpm_types_parse(d->types, &types);
        struct cpm_value value = cpm_field_parse(&c->ctx, d ? &types : NULL, raw->v[i].value);
        if (d && d->deprecated)
            cpm_config_line(c, &c->notes, "config %s %s", d->key, d->deprecated);
        if (d && d->exclusive) {
            int rc = check_exclusive(c, where, d, err);
            if (rc < 0)
                return rc;
            if (rc > 0)
                continue;
        }
        note_unknown_key(c, where, raw->v[i].key);
        cpm_fields_set(c->arena, &c->plain[where], key, value);
    }
    return 0;
}

/* A file that is not there is an empty one; any other failure to read it is passed over as npm
 * does. */
int cpm_config_file(struct cpm_config *c, enum cpm_config_source where, const char *path,
                    struct cpm_error *err)
{
    struct cpm_str text;
    struct cpm_fields raw = {.v = NULL};
    c->sources[where].name = path;
    if (cpm_fs_read(path, CPM_INI_MAX, c->arena, &text, NULL) != 0)
        return 0;
    c->sources[where].loaded = true;
    if (cpm_str_starts(text, "\xef\xbb\xbf"))
        text = cpm_str_sub(text, 3, text.len);
    int rc = cpm_ini_parse(c->arena, text, &raw, err);
    if (rc == 0 && c->sources[where].untrusted)
        rc = cpm_config_guard(c, where, &raw, err);
    if (rc == 0)
        rc = cpm_config_object(c, where, &raw, err);
    return rc == 0 ? 0 : cpm_error_prefix(err, "%s: ", path);
}

static int load_environment(struct cpm_config *c, struct cpm_error *err)
{
    static const char prefix[] = "npm_config_";
    struct cpm_fields raw = {.v = NULL};
    for (char *const *e = c->in.environ_; e && *e; e++) {
        const char *equals = strchr(*e, '=');
        if (!equals || equals[1] == '\0' || strncasecmp(*e, prefix, sizeof(prefix) - 1) != 0)
            continue;
        const char *name = *e + sizeof(prefix) - 1;
        size_t length = (size_t)(equals - name);
        char *key = cpm_arena_strndup(c->arena, name, equals > name ? length : 0);
        if (strncmp(key, "//", 2) != 0)
            for (size_t i = 0; key[i]; i++)
                key[i] = i && key[i] == '_' ? '-' : (char)tolower((unsigned char)key[i]);
        cpm_fields_set(c->arena, &raw, cpm_str(key), cpm_value_str(c->arena, cpm_str(equals + 1)));
    }
    c->sources[CPM_CONFIG_ENV].name = "environment";
    c->sources[CPM_CONFIG_ENV].loaded = true;
    return cpm_config_object(c, CPM_CONFIG_ENV, &raw, err);
}

static void note_argv(void *data, const struct cpm_nopt_note *note)
{
    struct cpm_config *c = data;
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    switch (note->event) {
    case CPM_NOPT_ABBREVIATED:
        cpm_config_line(c, &c->notes,
                        "Expanding --%s to --%s. This will stop working in the next major version "
                        "of cpm.",
                        note->word, note->other);
        break;
    case CPM_NOPT_UNKNOWN:
        if (note->other)
            cpm_config_line(c, &c->unknown,
                            "\"%s\" is being parsed as a normal command line argument.",
                            note->other);
        break;
    case CPM_NOPT_INVALID:
        cpm_value_json(note->value, 0, &text);
        cpm_config_line(c, &c->notes, "invalid config %s=%s set in command line options",
                        note->word, cpm_buf_text(&text));
        cpm_buf_clear(&text);
        cpm_types_describe(note->types, &text);
        cpm_config_line(c, &c->notes, "invalid config %s", cpm_buf_text(&text));
        break;
    }
    cpm_buf_release(&text);
}

/* "-ws" and the like: npm takes them, and warns. */
static void note_long_shorts(struct cpm_config *c)
{
    for (size_t s = 0; s < cpm_shorthand_count; s++)
        for (int i = 1; i < c->in.argc; i++)
            if (cpm_shorthands[s].name[1] && c->in.argv[i][0] == '-' &&
                strcmp(c->in.argv[i] + 1, cpm_shorthands[s].name) == 0) {
                cpm_config_line(c, &c->notes,
                                "-%s is not a valid single-hyphen cli flag and will be removed in "
                                "the future",
                                cpm_shorthands[s].name);
                break;
            }
}

static int load_argv(struct cpm_config *c, struct cpm_error *err)
{
    struct cpm_nopt n = {.definitions = cpm_definitions,
                         .definition_count = cpm_definition_count,
                         .shorthands = cpm_shorthands,
                         .shorthand_count = cpm_shorthand_count,
                         .ctx = c->ctx,
                         .note = note_argv,
                         .data = c};
    note_long_shorts(c);
    int rc = cpm_nopt_parse(&n, (const char *const *)c->in.argv + 1,
                            c->in.argc > 0 ? (size_t)c->in.argc - 1 : 0, err);
    if (rc != 0)
        return rc;
    c->args = n.remain;
    c->argc = n.remain_count;
    c->rest = n.rest;
    c->sources[CPM_CONFIG_CLI].name = "command line options";
    c->sources[CPM_CONFIG_CLI].loaded = true;
    return cpm_config_object(c, CPM_CONFIG_CLI, &n.options, err);
}

static const char *plain_text(const struct cpm_config *c, const char *key)
{
    const struct cpm_value *v = cpm_config_plain(c, key);
    return v && v->kind == CPM_VALUE_STRING ? v->text.ptr : "";
}

static int load_builtin(struct cpm_config *c, struct cpm_error *err)
{
    const char *path = cpm_path_resolve(c->arena, c->exe, "../../lib/cpm/npmrc");
    return cpm_config_file(c, CPM_CONFIG_BUILTIN, path, err);
}

/* In the home folder the project's file would be the user's. */
static int load_project(struct cpm_config *c, struct cpm_error *err)
{
    cpm_config_find_project(c);
    c->sources[CPM_CONFIG_PROJECT].untrusted = true;
    const char *path = cpm_path_join(c->arena, c->local_prefix, ".npmrc");
    if (cpm_config_global_mode(c))
        c->sources[CPM_CONFIG_PROJECT].name = "(global mode enabled, ignored)";
    else if (strcmp(path, plain_text(c, "userconfig")) == 0)
        c->sources[CPM_CONFIG_PROJECT].name = "(same as \"user\" config, ignored)";
    else
        return cpm_config_file(c, CPM_CONFIG_PROJECT, path, err);
    return 0;
}

/* A project may say where the user's and the global file are; then they are no more trusted than
 * itself. */
static void inherit_trust(struct cpm_config *c, enum cpm_config_source where, const char *key)
{
    int from = CPM_CONFIG_CLI;
    while (from > 0 && !own(c, (enum cpm_config_source)from, cpm_str(key)))
        from--;
    c->sources[where].untrusted = c->sources[from].untrusted;
}

static int load_user(struct cpm_config *c, struct cpm_error *err)
{
    inherit_trust(c, CPM_CONFIG_USER, "userconfig");
    return cpm_config_file(c, CPM_CONFIG_USER, plain_text(c, "userconfig"), err);
}

static int load_global(struct cpm_config *c, struct cpm_error *err)
{
    const char *path = cpm_path_join(c->arena, plain_text(c, "prefix"), "etc/npmrc");
    *cpm_level_own(c->plain, CPM_CONFIG_DEFAULT, CPM_STR("globalconfig")) =
        cpm_value_str(c->arena, cpm_str(path));
    inherit_trust(c, CPM_CONFIG_GLOBAL, "globalconfig");
    return cpm_config_file(c, CPM_CONFIG_GLOBAL, plain_text(c, "globalconfig"), err);
}

int cpm_config_load(struct cpm_arena *arena, const struct cpm_config_input *in,
                    struct cpm_config **out, struct cpm_error *err)
{
    static int (*const steps[])(struct cpm_config *, struct cpm_error *) = {
        load_builtin, load_argv, load_environment, load_project, load_user, load_global,
    };
    struct cpm_config *c = CPM_NEW(arena, struct cpm_config);
    c->arena = arena;
    c->in = *in;
    cpm_config_places(c);
    c->ctx = (struct cpm_type_context){
        .arena = arena, .environ_ = in->environ_, .home = c->home, .cwd = in->cwd};
    cpm_config_defaults(c);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int rc = steps[i](c, err);
        if (rc != 0)
            return rc;
    }
    cpm_config_release_held(c);
    c->global_prefix = plain_text(c, "prefix");
    cpm_config_derive(c);
    *out = c;
    return 0;
}
