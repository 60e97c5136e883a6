/* First cut: positional arguments, -h and --usage only; files and environment come next. */
#include "cli/config/config.h"

struct cpm_config {
    const char **args;
    int argc, rest;
    bool usage;
    const char *cwd;
};

int cpm_config_load(struct cpm_arena *arena, const struct cpm_config_input *in,
                    struct cpm_config **out, struct cpm_error *err)
{
    (void)err;
    struct cpm_config *c = CPM_NEW(arena, struct cpm_config);
    c->args = CPM_NEW_ARRAY(arena, const char *, (size_t)in->argc + 1);
    c->cwd = in->cwd;
    for (int i = 1; i < in->argc; i++)
        if (in->argv[i][0] == '-')
            c->usage = c->usage || in->argv[i][1] == 'h' || strcmp(in->argv[i], "--help") == 0;
        else
            c->args[c->argc++] = in->argv[i];
    c->rest = c->argc;
    *out = c;
    return 0;
}

const char **cpm_config_args(const struct cpm_config *c, int *argc, int *rest)
{
    *argc = c->argc;
    *rest = c->rest;
    return c->args;
}

const char *cpm_config_str(const struct cpm_config *c, const char *key)
{
    (void)c, (void)key;
    return NULL;
}

bool cpm_config_bool(const struct cpm_config *c, const char *key)
{
    return c->usage && strcmp(key, "usage") == 0;
}

double cpm_config_num(const struct cpm_config *c, const char *key)
{
    (void)c, (void)key;
    return 0;
}

const char *const *cpm_config_list(const struct cpm_config *c, const char *key)
{
    static const char *const none[] = {NULL};
    (void)c, (void)key;
    return none;
}

enum cpm_config_source cpm_config_where(const struct cpm_config *c, const char *key)
{
    (void)c, (void)key;
    return CPM_CONFIG_DEFAULT;
}

const char *cpm_config_raw(const struct cpm_config *c, const char *key)
{
    return cpm_config_str(c, key);
}

const char *cpm_config_local_prefix(const struct cpm_config *c)
{
    return c->cwd;
}

const char *cpm_config_global_prefix(const struct cpm_config *c)
{
    return c->cwd;
}

const char *const *cpm_config_warnings(const struct cpm_config *c)
{
    return cpm_config_list(c, "");
}
