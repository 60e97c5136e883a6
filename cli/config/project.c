/* A project's .npmrc comes with the project, so it must not carry the user's secrets to an address
 * of its own choice. ${VAR} in it stands for the variable only in a credential whose host the user
 * has named himself (in a user, global or builtin file, the environment or the command line) or
 * that is the public registry. Anywhere else the entry is refused: an address is an error, because
 * silently falling back to another registry would fetch other packages; the rest is left out with a
 * warning. The same holds for a user or global file that the project names. */
#include "cli/config/expand.h"
#include "cli/config/internal.h"
#include "registry/registry.h"

static bool mentions(const struct cpm_value *v)
{
    if (v->kind == CPM_VALUE_STRING)
        return cpm_env_mentions(v->text);
    for (size_t i = 0; v->kind == CPM_VALUE_LIST && i < v->count; i++)
        if (mentions(&v->items[i]))
            return true;
    return false;
}

/* "//host/path/:_authToken" and its like. */
static bool is_credential(struct cpm_str key)
{
    size_t colon = cpm_str_rchr(key, ':');
    return cpm_str_starts(key, "//") && colon != CPM_NPOS &&
           cpm_str_starts(cpm_str_sub(key, colon + 1, key.len), "_");
}

static bool is_address(struct cpm_str key)
{
    struct cpm_types types = {.has = 0};
    const struct cpm_definition *d = cpm_definition_find(key);
    if (d)
        cpm_types_parse(d->types, &types);
    return cpm_types_has(&types, CPM_TYPE_URL) || cpm_str_ends(key, ":registry");
}

int cpm_config_guard(struct cpm_config *c, enum cpm_config_source where, struct cpm_fields *raw,
                     struct cpm_error *err)
{
    struct cpm_fields kept = {.v = NULL};
    for (size_t i = 0; i < raw->count; i++) {
        struct cpm_str key = raw->v[i].key;
        bool in_key = cpm_env_mentions(key);
        if (cpm_str_is(key, "prefix")) {
            cpm_config_line(c, &c->notes, "config prefix cannot be changed from project config: %s",
                            c->sources[where].name);
        } else if (!in_key && !mentions(&raw->v[i].value)) {
            cpm_fields_set(c->arena, &kept, key, raw->v[i].value);
        } else if (!in_key && is_credential(key)) {
            cpm_fields_set(c->arena, &c->held, key, raw->v[i].value);
        } else if (is_address(key)) {
            return cpm_error_set(err, CPM_ECONFIG,
                                 "'%.*s' takes its address from an environment variable, which a "
                                 "project's file may not do: set it in your own .npmrc",
                                 CPM_STR_ARG(key));
        } else {
            cpm_config_line(c, &c->notes,
                            "config ignoring \"%.*s\" in project config: environment variables are "
                            "replaced there only in credentials",
                            CPM_STR_ARG(key));
        }
    }
    *raw = kept;
    return 0;
}

static bool names_host(struct cpm_config *c, const struct cpm_field *f, struct cpm_str host)
{
    if (cpm_str_starts(f->key, "//"))
        return cpm_str_eq(cpm_nerf_host(f->key), host);
    if (f->value.kind != CPM_VALUE_STRING ||
        (!cpm_str_is(f->key, "registry") && !cpm_str_ends(f->key, ":registry")))
        return false;
    const char *nerf = cpm_nerf_dart(c->arena, f->value.text);
    return nerf && cpm_str_eq(cpm_nerf_host(cpm_str(nerf)), host);
}

static bool host_is_trusted(struct cpm_config *c, struct cpm_str host)
{
    if (cpm_str_is(host, "registry." CPM_NPM_DOMAIN))
        return true;
    for (int where = CPM_CONFIG_BUILTIN; where <= CPM_CONFIG_CLI; where++) {
        const struct cpm_fields *data = &c->plain[where];
        for (size_t i = 0; !c->sources[where].untrusted && i < data->count; i++)
            if (names_host(c, &data->v[i], host))
                return true;
    }
    return false;
}

void cpm_config_release_held(struct cpm_config *c)
{
    for (size_t i = 0; i < c->held.count; i++) {
        const struct cpm_field *f = &c->held.v[i];
        struct cpm_str host = cpm_nerf_host(f->key);
        if (host_is_trusted(c, host))
            cpm_fields_set(c->arena, &c->plain[CPM_CONFIG_PROJECT], f->key,
                           cpm_field_parse(&c->ctx, NULL, f->value));
        else
            cpm_config_line(c, &c->notes,
                            "config ignoring \"%.*s\" in project config: '%.*s' is not named in "
                            "your own configuration, so no secret is taken from the environment "
                            "for it",
                            CPM_STR_ARG(f->key), CPM_STR_ARG(host));
    }
    c->held.count = 0;
}
