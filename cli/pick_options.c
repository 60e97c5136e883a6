#include "cli/pick_options.h"

#include "base/glob.h"
#include "cli/config/config.h"
#include "registry/isotime.h"

static int64_t before(const struct cpm_cli *cli)
{
    const char *date = cpm_config_str(cli->config, "before");
    int64_t ms;

    return date && cpm_isotime_parse(cpm_str(date), &ms) ? ms : CPM_TIME_NONE;
}

/* Patterns with parentheses would be extglobs, which npm turns off here: they name no package. */
static const char *const *always(const struct cpm_cli *cli)
{
    struct cpm_glob_list list = {0};

    for (const char *const *p = cpm_config_list(cli->config, "min-release-age-exclude"); p && *p;
         p++)
        if (!strchr(*p, '('))
            cpm_glob_expand(cli->arena, cpm_str(*p), &list);
    cpm_glob_list_add(cli->arena, &list, NULL);
    return list.v;
}

void cpm_pick_options_fill(struct cpm_cli *cli, struct cpm_pick_options *out)
{
    const char *tag = cpm_config_str(cli->config, "tag");

    out->default_tag = cpm_str(tag ? tag : "latest");
    out->before = before(cli);
    out->always = always(cli);
    out->node_version = cpm_str(cpm_config_node_version(cli->config));
    out->npm_version = cpm_str(cpm_config_npm_version(cli->config));
}
