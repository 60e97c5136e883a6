/* publishConfig may hold any key of npm's; those that publishing reads are looked up one by one. */
#include "cli/publish_options.h"

#include "cli/config/config.h"
#include "semver/range.h"

static const struct cpm_json *own(const struct cpm_cli *cli, const struct cpm_json *publish_config,
                                  const char *key)
{
    if (cpm_config_where(cli->config, key) == CPM_CONFIG_CLI)
        return NULL;
    return cpm_json_get(publish_config, cpm_str(key));
}

static const char *text(struct cpm_cli *cli, const struct cpm_json *publish_config, const char *key)
{
    const struct cpm_json *value = own(cli, publish_config, key);
    const char *configured = cpm_config_str(cli->config, key);
    if (cpm_json_is(value, CPM_JSON_STRING))
        return cpm_arena_str(cli->arena, cpm_json_str(value)).ptr;
    return configured && *configured ? configured : NULL;
}

static const char *with_slash(struct cpm_cli *cli, struct cpm_str url)
{
    return cpm_arena_printf(cli->arena, "%.*s%s", CPM_STR_ARG(url),
                            cpm_str_ends(url, "/") ? "" : "/");
}

/* "@scope:registry" of publishConfig, else its registry. */
static const char *registry(struct cpm_cli *cli, const struct cpm_json *manifest,
                            const struct cpm_json *publish_config)
{
    struct cpm_str name = cpm_json_get_str(manifest, "name");
    size_t slash = cpm_str_chr(name, '/');
    if (slash != CPM_NPOS) {
        const char *key = cpm_arena_printf(cli->arena, "%.*s:registry", (int)slash, name.ptr);
        struct cpm_str url = cpm_json_get_str(publish_config, key);
        if (url.len && cpm_config_where(cli->config, key) != CPM_CONFIG_CLI)
            return with_slash(cli, url);
    }
    const struct cpm_json *value = own(cli, publish_config, "registry");
    return cpm_json_str(value).len ? with_slash(cli, cpm_json_str(value)) : NULL;
}

int cpm_publish_options_fill(struct cpm_cli *cli, const struct cpm_json *manifest,
                             struct cpm_publish_options *out, struct cpm_error *err)
{
    const struct cpm_json *config = cpm_json_get(manifest, CPM_STR("publishConfig"));
    const struct cpm_json *provenance = own(cli, config, "provenance");
    *out = (struct cpm_publish_options){
        .registry = registry(cli, manifest, config),
        .tag = text(cli, config, "tag"),
        .tag_given =
            cpm_config_where(cli->config, "tag") != CPM_CONFIG_DEFAULT || own(cli, config, "tag"),
        .access = text(cli, config, "access"),
        .otp = text(cli, config, "otp"),
        .provenance_file = text(cli, config, "provenance-file"),
        .provenance =
            provenance ? cpm_json_truthy(provenance) : cpm_config_bool(cli->config, "provenance")};
    if (!out->tag)
        out->tag = "latest";
    if (cpm_range_parse(cli->arena, cpm_str_trim(cpm_str(out->tag)), 0))
        return cpm_error_set(err, CPM_EUNKNOWN, "Tag name must not be a valid SemVer range: %s",
                             out->tag);
    return 0;
}
