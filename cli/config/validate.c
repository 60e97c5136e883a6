/* npm checks types only when a command starts, so that `config` can show and repair what is wrong.
 * What does not fit is taken out of its level, and the next one counts. */
#include "cli/config/expand.h"
#include "cli/config/internal.h"
#include "cli/config/show.h"

struct invalid {
    struct cpm_config *c;
    enum cpm_config_source where;
    const struct cpm_definition *definition;
    const struct cpm_types *types;
};

static void note_invalid(void *data, const struct cpm_value *value)
{
    const struct invalid *i = data;
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    cpm_value_json(value, 0, &text);
    cpm_config_line(i->c, &i->c->notes, "invalid config %s=%s set in %s", i->definition->key,
                    cpm_buf_text(&text), i->c->sources[i->where].name);
    cpm_buf_clear(&text);
    cpm_types_describe(i->types, &text);
    cpm_config_line(i->c, &i->c->notes, "invalid config %s", cpm_buf_text(&text));
    cpm_buf_release(&text);
}

static void clean_level(struct cpm_config *c, enum cpm_config_source where)
{
    struct cpm_fields kept = {.v = NULL};
    for (size_t i = 0; i < c->plain[where].count; i++) {
        struct cpm_field f = c->plain[where].v[i];
        struct cpm_types types;
        struct invalid note = {c, where, cpm_definition_find(f.key), &types};
        if (note.definition) {
            cpm_types_parse(note.definition->types, &types);
            if (!cpm_types_clean(&c->ctx, &types, &f.value, note_invalid, &note))
                continue;
        }
        cpm_fields_set(c->arena, &kept, f.key, f.value);
    }
    c->plain[where] = kept;
}

const char *const *cpm_config_try(struct cpm_config *c, enum cpm_config_source where,
                                  const struct cpm_config_change *change)
{
    struct cpm_str key = cpm_str(change->key);
    size_t before = c->notes.count;
    if (change->value)
        cpm_fields_set(c->arena, &c->plain[where], key,
                       cpm_value_str(c->arena, cpm_str(change->value)));
    else
        cpm_fields_del(&c->plain[where], key);
    clean_level(c, where);
    size_t count = c->notes.count - before;
    const char **out = CPM_NEW_ARRAY(c->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        out[i] = c->notes.v[before + i];
    return out;
}

static bool has(const struct cpm_config *c, enum cpm_config_source where, const char *key)
{
    return cpm_value_truthy(cpm_level_own(c->plain, where, cpm_str(key)));
}

size_t cpm_config_auth_problems(struct cpm_config *c, enum cpm_config_source where,
                                struct cpm_auth_problem out[CPM_AUTH_PROBLEMS_MAX])
{
    static const char *const banned[] = {"_authtoken", "-authtoken"};
    static const char *const bound[] = {"_auth", "_authToken", "username", "_password"};
    const struct cpm_value *registry = cpm_config_plain(c, "registry");
    const char *nerf = registry ? cpm_nerf_dart(c->arena, registry->text) : NULL;
    size_t n = 0;
    for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++)
        if (has(c, where, banned[i]))
            out[n++] = (struct cpm_auth_problem){.key = banned[i]};
    for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
        bool half = (strcmp(bound[i], "username") == 0 && !has(c, where, "_password")) ||
                    (strcmp(bound[i], "_password") == 0 && !has(c, where, "username"));
        if (has(c, where, bound[i]))
            out[n++] = (struct cpm_auth_problem){
                .key = bound[i],
                .renamed =
                    half ? NULL : cpm_arena_printf(c->arena, "%s:%s", nerf ? nerf : "", bound[i])};
    }
    return n;
}

static void describe_problems(struct cpm_config *c, enum cpm_config_source where,
                              struct cpm_buf *text)
{
    struct cpm_auth_problem problems[CPM_AUTH_PROBLEMS_MAX];
    size_t count = cpm_config_auth_problems(c, where, problems);
    for (size_t i = 0; i < count; i++) {
        cpm_buf_addf(text, "%s`%s` ", text->len ? ", " : "", problems[i].key);
        if (problems[i].renamed)
            cpm_buf_addf(text, "must be renamed to `%s`", problems[i].renamed);
        else
            cpm_buf_add_text(text, "is not allowed");
        cpm_buf_addf(text, " in %s config", cpm_config_source_name(where));
    }
}

int cpm_config_validate(struct cpm_config *c, struct cpm_error *err)
{
    struct cpm_buf problems = CPM_BUF_INIT(1 << 16);
    int rc = 0;
    for (int where = CPM_CONFIG_GLOBAL; where <= CPM_CONFIG_ENV; where++) {
        clean_level(c, (enum cpm_config_source)where);
        if (where != CPM_CONFIG_ENV)
            describe_problems(c, (enum cpm_config_source)where, &problems);
    }
    if (problems.len)
        rc = cpm_error_set(err, CPM_EINVALIDAUTH,
                           "Invalid auth configuration found: %s\n"
                           "Please run `cpm config fix` to repair your configuration.",
                           cpm_buf_text(&problems));
    cpm_buf_release(&problems);
    cpm_config_derive(c);
    return rc;
}
