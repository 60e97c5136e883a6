/* The module resolver: which file Node would load for a specifier that a file names.
 *
 * Make one resolver for a program, ask it from any thread, free it at the end. It remembers what it
 * saw of the file system (folders, links, package.json, failures too) until cpm_resolver_forget.
 * Answers belong to the resolver and live until it is freed or told to forget. Paths are absolute.
 * Where an error is the answer, it is Node's own: code, message, and the places that were tried. */
#ifndef CPM_RESOLVER_H
#define CPM_RESOLVER_H

#include "cpm/error.h"

#include <stdbool.h>
#include <stddef.h>

CPM_BEGIN_DECLS

/* How the specifier is used: require(), import, or a bundler's rules (those of webpack's
 * enhanced-resolve; the only mode that heeds struct cpm_bundler_options). */
enum cpm_resolve_mode { CPM_RESOLVE_REQUIRE, CPM_RESOLVE_IMPORT, CPM_RESOLVE_BUNDLER };

enum cpm_format {
    CPM_FORMAT_NONE, /* nothing that Node knows by its name; also a URL that is no file */
    CPM_FORMAT_COMMONJS,
    CPM_FORMAT_MODULE,
    CPM_FORMAT_JSON,
    CPM_FORMAT_WASM,
    CPM_FORMAT_ADDON,
    CPM_FORMAT_BUILTIN
};

/* An answer. On success `code` is NULL; on failure `path` is. */
struct cpm_resolution {
    const char *path;         /* real path; a builtin as Node spells it; a URL that is no file */
    const char *query;        /* "?a#b" of an import, else "" */
    const char *package_json; /* of the package that the file belongs to, or NULL */
    const char *code;         /* "MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED", … */
    const char *message;      /* Node's words */
    const char *const *tried; /* on failure: files and folders looked for, in order */
    size_t tried_count;
    enum cpm_format format;
    bool typeless; /* a .js file whose package.json says no "type": Node looks at its syntax */
    bool ignored;  /* the browser field or an alias says false; path and code are NULL */
};

/* What the resolver asks of a file system; `data` is handed back. Called from any thread. */
enum cpm_file_kind { CPM_FILE_NONE, CPM_FILE_PLAIN, CPM_FILE_FOLDER, CPM_FILE_LINK };
typedef void cpm_entry_fn(void *to, const char *name, size_t length, enum cpm_file_kind kind);
struct cpm_resolver_fs {
    void *data;
    /* What stands at the path; the last component is not followed when it is a link. */
    enum cpm_file_kind (*kind)(void *data, const char *path);
    /* Fills `into` with the file's beginning (size 0: NULL); gives its whole size, -1: no file. */
    long (*read)(void *data, const char *path, char *into, size_t size);
    /* The link's text, without NUL; gives its length, or -1. */
    long (*read_link)(void *data, const char *path, char *into, size_t size);
    /* Optional: names a folder's entries; false when it cannot, or when there are more than `most`
     * (what it named until then does not count). An entry of kind NONE is asked for again. */
    bool (*list)(void *data, const char *path, size_t most, cpm_entry_fn *entry, void *to);
};

/* An alias: `name` (exact when `only_module`; one * may stand for any text) becomes a target; none
 * (count 0) ignores the module. */
struct cpm_alias {
    const char *name;
    const char *const *targets;
    size_t target_count;
    bool only_module;
};

/* ".js" is tried as each of the others. */
struct cpm_extension_alias {
    const char *extension;
    const char *const *others;
    size_t other_count;
};

/* Lists end with NULL; a NULL list means the default named beside it. A field may be a path of keys
 * with '\x1f' between them. */
struct cpm_bundler_options {
    const char *const *extensions;           /* .js .json .node */
    const char *const *main_fields;          /* main */
    const char *const *main_files;           /* index */
    const char *const *alias_fields;         /* none; "browser" for browsers */
    const char *const *exports_fields;       /* exports */
    const char *const *imports_fields;       /* imports */
    const char *const *modules;              /* node_modules; absolute folders too */
    const char *const *roots;                /* where "/x" is looked for, besides "/" */
    const char *const *restrictions;         /* results lie in one of these folders */
    const char *const *restriction_suffixes; /* and end in one of these */
    const struct cpm_alias *alias, *fallback;
    size_t alias_count, fallback_count;
    const struct cpm_extension_alias *extension_alias;
    size_t extension_alias_count;
    const char *tsconfig;                   /* a tsconfig.json whose paths are heeded, or NULL */
    const char *tsconfig_base_url;          /* instead of its baseUrl, or NULL */
    const char *const *tsconfig_references; /* projects it refers to, each with a tsconfig.json */
    bool tsconfig_own_references;           /* instead: those that it names itself */
    bool tsconfig_search;                   /* instead of a file: the nearest tsconfig.json */
    bool enforce_extension;                 /* never try the name without extension */
    bool fully_specified, resolve_to_folder, prefer_relative, prefer_absolute;
    bool extension_alias_for_exports;
};

struct cpm_resolver_options {
    size_t size;                      /* sizeof(struct cpm_resolver_options): set by the INIT */
    const char *const *conditions;    /* besides Node's own; NULL-ended, or NULL */
    bool only_conditions;             /* no others than those ("default" always counts) */
    bool preserve_symlinks;           /* the path as found, not the real one */
    const char *const *builtins;      /* NULL: Node 24's; NULL-ended, without "node:" */
    const char *const *extensions;    /* of require(); NULL: .js .json .node */
    const char *node_path;            /* folders, ':' between them, as NODE_PATH has them */
    const struct cpm_resolver_fs *fs; /* NULL: the machine's */
    const struct cpm_bundler_options *bundler;
    const char *index; /* the node_modules whose index is used, or NULL; absolute */
};

#define CPM_RESOLVER_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(struct cpm_resolver_options), NULL, false, false, NULL, NULL, NULL, NULL, NULL,     \
            NULL                                                                                   \
    }

struct cpm_resolver;

/* Options are copied; NULL means all defaults. NULL and err on a bad option. */
CPM_API struct cpm_resolver *cpm_resolver_new(const struct cpm_resolver_options *options,
                                              struct cpm_error *err);
CPM_API void cpm_resolver_free(struct cpm_resolver *resolver);
/* Drops all that was seen and every answer given. No other call may be under way. */
CPM_API void cpm_resolver_forget(struct cpm_resolver *resolver);

/* `parent` is the file that names the specifier: an absolute path (another one is read from "/");
 * one that ends in '/' stands for a file in that folder. It need not exist. Never gives NULL. */
CPM_API const struct cpm_resolution *cpm_resolver_resolve(struct cpm_resolver *resolver,
                                                          enum cpm_resolve_mode mode,
                                                          const char *specifier,
                                                          const char *parent);
/* The same, telling each step in words. */
typedef void cpm_trace_fn(void *to, const char *step);
CPM_API const struct cpm_resolution *cpm_resolver_explain(struct cpm_resolver *resolver,
                                                          enum cpm_resolve_mode mode,
                                                          const char *specifier, const char *parent,
                                                          cpm_trace_fn *trace, void *to);

/* Writes the index of a node_modules into it, as this file: the names in its folders and
 * what resolution wants to know of each package.json, so that a resolver needs to ask for neither.
 * Each is believed only while its folder or file is untouched. What cannot be read is left out. */
#define CPM_RESOLVER_INDEX ".cpm/resolve-index"
CPM_API int cpm_resolver_index_write(const char *modules, struct cpm_error *err);

/* "commonjs", "module", "json", "wasm", "addon", "builtin"; NULL for CPM_FORMAT_NONE. */
CPM_API const char *cpm_format_name(enum cpm_format format);

CPM_END_DECLS

#endif
