/* A bundler's rules: those of webpack's enhanced-resolve, with its options.
 *
 * struct cpm_bundler is the options made ready (bundler.c); struct cpm_request is what is handed
 * from stage to stage (stages.c); alias.c, fields.c and tsconfig.c are what a stage may try. */
#ifndef CPM_RESOLVER_MODULE_BUNDLER_H
#define CPM_RESOLVER_MODULE_BUNDLER_H

#include "base/error.h"
#include "resolver/module/settings.h"

/* "name" is another name for the targets. One '*' in it stands for any text. */
struct cpm_alias_rule {
    struct cpm_str name;
    struct cpm_words targets;
    bool only_module;
    bool ignore; /* the alias is false */
};

struct cpm_alias_rules {
    const struct cpm_alias_rule *list;
    size_t count;
};

struct cpm_extension_rule {
    struct cpm_str extension;
    struct cpm_words others;
};

struct cpm_bundler {
    struct cpm_words extensions, main_files, modules, roots;
    struct cpm_words main_fields, alias_fields, exports_fields, imports_fields; /* key paths */
    struct cpm_words restrictions, restriction_suffixes;
    struct cpm_alias_rules alias, fallback;
    const struct cpm_extension_rule *extension_rules;
    size_t extension_rule_count;
    struct cpm_str tsconfig; /* ptr NULL: none, unless it is searched for */
    struct cpm_str tsconfig_base_url;
    struct cpm_words tsconfig_references;
    bool tsconfig_own_references, tsconfig_search;
    bool enforce_extension, fully_specified, resolve_to_folder;
    bool prefer_relative, prefer_absolute, extension_alias_for_exports;
};

struct cpm_request {
    struct cpm_place *path;  /* the folder to look in; the file once `text` is joined to it */
    struct cpm_str text;     /* what is asked for; ptr NULL once joined */
    struct cpm_str query;    /* "?…" */
    struct cpm_str fragment; /* "#…" */
    bool module, folder, internal, fully_specified;
    const struct cpm_package *package; /* the nearest one upward, or NULL */
    struct cpm_place *root;            /* its folder */
    struct cpm_place *main_tried;      /* the package whose main is being tried */
    unsigned depth;                    /* how often the request was rewritten */
};

/* What a stage or a part of it says. STOP ends the stage it is in without a result, PASS lets the
 * next part try. A stage itself says PASS, DONE or FAILED only. */
enum cpm_verdict { CPM_PASS, CPM_STOP, CPM_DONE, CPM_FAILED };

int cpm_bundler_new(struct cpm_bundler **out, const struct cpm_bundler_options *options,
                    struct cpm_arena *arena, struct cpm_error *err);
/* Fills the search's outcome; false with an error. */
bool cpm_bundler_resolve(struct cpm_search *s);

/* stages.c: where a rewritten request begins again, and where a joined one goes on. */
enum cpm_verdict cpm_stage_resolve(struct cpm_search *s, struct cpm_request r, bool fully_specified,
                                   bool internal);
enum cpm_verdict cpm_stage_relative(struct cpm_search *s, struct cpm_request r);
enum cpm_verdict cpm_stage_normal(struct cpm_search *s, struct cpm_request r);
enum cpm_verdict cpm_stage_module(struct cpm_search *s, struct cpm_request r);
/* A self reference: the package's folder and "./x". */
enum cpm_verdict cpm_stage_as_module(struct cpm_search *s, struct cpm_request r);
/* Path and text joined. */
struct cpm_request cpm_request_joined(struct cpm_search *s, struct cpm_request r);
/* "./x" below the package's folder, "." for itself; ptr NULL without a package. */
struct cpm_str cpm_request_relative(struct cpm_search *s, const struct cpm_request *r);

/* alias.c */
enum cpm_verdict cpm_alias_apply(struct cpm_search *s, const struct cpm_request *r,
                                 const struct cpm_alias_rules *rules);
enum cpm_verdict cpm_alias_fields(struct cpm_search *s, const struct cpm_request *r);
typedef enum cpm_verdict cpm_stage_fn(struct cpm_search *s, struct cpm_request r);
enum cpm_verdict cpm_alias_extensions(struct cpm_search *s, const struct cpm_request *r,
                                      cpm_stage_fn *next);

/* fields.c */
enum cpm_verdict cpm_fields_imports(struct cpm_search *s, const struct cpm_request *r);
enum cpm_verdict cpm_fields_exports(struct cpm_search *s, const struct cpm_request *r);
enum cpm_verdict cpm_fields_self(struct cpm_search *s, const struct cpm_request *r);
/* The value at a path of keys in a package; NULL when there is none. */
const struct cpm_value *cpm_fields_get(const struct cpm_package *package, struct cpm_str path);

/* tsconfig.c */
enum cpm_verdict cpm_tsconfig_alias(struct cpm_search *s, const struct cpm_request *r);
enum cpm_verdict cpm_tsconfig_modules(struct cpm_search *s, const struct cpm_request *r);

bool cpm_bundler_fail_config(struct cpm_search *s, const struct cpm_place *folder);

#endif
