/* The options of a resolver, copied and made ready. Filled by settings.c, read by every search. */
#ifndef CPM_RESOLVER_MODULE_SETTINGS_H
#define CPM_RESOLVER_MODULE_SETTINGS_H

#include "base/error.h"
#include "resolver/module/search.h"

struct cpm_words {
    const struct cpm_str *names;
    size_t count;
};

struct cpm_bundler;

struct cpm_settings {
    struct cpm_arena arena;
    struct cpm_conditions require, import, bundler_conditions;
    bool preserve_symlinks;
    struct cpm_words builtins;     /* sorted */
    struct cpm_words schemed;      /* those that need "node:", sorted */
    uint32_t builtin_lengths[256]; /* by first byte: bit n for a builtin of n bytes, 31 for more */
    struct cpm_words extensions;   /* of require() */
    struct cpm_words node_path;
    struct cpm_bundler *bundler; /* NULL: none was given */
};

int cpm_settings_init(struct cpm_settings *settings, const struct cpm_resolver_options *options,
                      struct cpm_error *err);
void cpm_settings_release(struct cpm_settings *settings);
/* A NULL-ended list, copied. */
struct cpm_words cpm_settings_words(struct cpm_arena *arena, const char *const *list);
/* False for sure, which most specifiers are, or perhaps. */
static inline bool cpm_settings_may_be_builtin(const struct cpm_settings *settings,
                                               struct cpm_str name)
{
    return name.len && (settings->builtin_lengths[(unsigned char)name.ptr[0]] >>
                            (name.len < 31 ? name.len : 31) &
                        1);
}
bool cpm_words_have(const struct cpm_words *sorted, struct cpm_str name);

#endif
