/* Look-up walks the 182 rows and compares where the first letter agrees: faster than building an
 * index for the few dozen look-ups of a run. */
#include "cli/config/definitions.h"

#include "registry/registry.h"

const struct cpm_definition cpm_definitions[] = {
#define CPM_CONFIG(name, words, value, synopsis, text, ...)                                        \
    {.key = (name),                                                                                \
     .types = (words),                                                                             \
     .fallback = (value),                                                                          \
     .usage = (synopsis),                                                                          \
     .summary = (text),                                                                            \
     ##__VA_ARGS__},
#include "cli/config/definitions.def"
#undef CPM_CONFIG
};
const size_t cpm_definition_count = sizeof(cpm_definitions) / sizeof(cpm_definitions[0]);

const struct cpm_shorthand cpm_shorthands[] = {
    {"enjoy-by", "--before"},
    {"d", "--loglevel info"},
    {"dd", "--loglevel verbose"},
    {"ddd", "--loglevel silly"},
    {"quiet", "--loglevel warn"},
    {"q", "--loglevel warn"},
    {"s", "--loglevel silent"},
    {"silent", "--loglevel silent"},
    {"verbose", "--loglevel verbose"},
    {"desc", "--description"},
    {"help", "--usage"},
    {"local", "--no-global"},
    {"n", "--no-yes"},
    {"no", "--no-yes"},
    {"porcelain", "--parseable"},
    {"readonly", "--read-only"},
    {"reg", "--registry"},
    {"iwr", "--include-workspace-root"},
    {"ws", "--workspaces"},
    {"a", "--all"},
    {"c", "--call"},
    {"f", "--force"},
    {"g", "--global"},
    {"L", "--location"},
    {"l", "--long"},
    {"m", "--message"},
    {"p", "--parseable"},
    {"C", "--prefix"},
    {"S", "--save"},
    {"B", "--save-bundle"},
    {"D", "--save-dev"},
    {"E", "--save-exact"},
    {"O", "--save-optional"},
    {"P", "--save-prod"},
    {"?", "--usage"},
    {"H", "--usage"},
    {"h", "--usage"},
    {"v", "--version"},
    {"w", "--workspace"},
    {"y", "--yes"},
};
const size_t cpm_shorthand_count = sizeof(cpm_shorthands) / sizeof(cpm_shorthands[0]);

const struct cpm_definition *cpm_definition_find(struct cpm_str key)
{
    if (key.len == 0)
        return NULL;
    for (size_t i = 0; i < cpm_definition_count; i++)
        if (cpm_definitions[i].key[0] == key.ptr[0] && cpm_str_is(key, cpm_definitions[i].key))
            return &cpm_definitions[i];
    return NULL;
}

bool cpm_nerf_key(struct cpm_str key)
{
    static const char *const keys[] = {"_auth", "_authToken", "_password", "certfile",
                                       "email", "keyfile",    "username"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (cpm_str_is(key, keys[i]))
            return true;
    return false;
}
