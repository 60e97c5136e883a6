/* One resolution under way: what is asked, what was tried, and the error or file that comes out.
 *
 * Made by resolver.c for each question that no remembered answer settles; require.c, import.c and
 * the bundler files fill it. Everything in it lives in its arena. */
#ifndef CPM_RESOLVER_MODULE_SEARCH_H
#define CPM_RESOLVER_MODULE_SEARCH_H

#include "base/error.h"
#include "resolver/module/package.h"

struct cpm_settings;

/* Names in the order given; "default" is always one of them. */
struct cpm_conditions {
    const struct cpm_str *names;
    size_t count;
};

struct cpm_search {
    struct cpm_places *places;
    const struct cpm_settings *settings;
    struct cpm_conditions conditions; /* of the mode */
    struct cpm_arena arena;
    struct cpm_str specifier;
    struct cpm_str parent;    /* the path of the file that names it, as given */
    struct cpm_place *folder; /* of the parent */
    bool require;             /* require()'s words in errors */

    /* the outcome: code is NULL on success */
    struct cpm_place *found;
    struct cpm_str text;  /* instead of `found`: a builtin or URL */
    struct cpm_str query; /* "?…#…" */
    bool builtin, ignored;
    bool restricted; /* a file was refused by the restrictions */
    const char *code;
    const char *message;

    struct cpm_place **tried;
    size_t tried_count, tried_size;

    cpm_trace_fn *trace; /* NULL: nobody listens */
    void *trace_to;
};

/* Errors, by Node's names. CPM_FAULT_… is an index into one table of codes. */
enum cpm_fault {
    CPM_FAULT_NOT_FOUND, /* MODULE_NOT_FOUND of require, ERR_MODULE_NOT_FOUND of import */
    CPM_FAULT_NOT_EXPORTED,
    CPM_FAULT_TARGET,
    CPM_FAULT_IMPORT,
    CPM_FAULT_FOLDER,
    CPM_FAULT_SPECIFIER,
    CPM_FAULT_CONFIG,
    CPM_FAULT_URL_HOST,
    CPM_FAULT_URL_SCHEME,
    CPM_FAULT_URI,
    CPM_FAULT_ARGUMENT,
    CPM_FAULT_UNSUPPORTED,
};

/* Sets the error and gives false, so that `return cpm_search_fail(…)` is the whole report. */
bool cpm_search_fail(struct cpm_search *s, enum cpm_fault fault, const char *fmt, ...)
    CPM_PRINTF(3, 4);
/* The same with a text of the search's arena: for the faults that are no rarity. */
bool cpm_search_fail_with(struct cpm_search *s, enum cpm_fault fault, const char *message);
#define CPM_SEARCH_FAIL(s, fault, ...)                                                             \
    cpm_search_fail_with((s), (fault), CPM_CONCAT(&(s)->arena, __VA_ARGS__).ptr)
bool cpm_search_failed_with(const struct cpm_search *s, enum cpm_fault fault);
/* Forgets an error that was passed over. */
void cpm_search_clear(struct cpm_search *s);

/* `a` and `b` behind each other. */
struct cpm_str cpm_search_join(struct cpm_search *s, struct cpm_str a, struct cpm_str b);

/* " imported from BASE", or "" without a base. */
const char *cpm_search_from(struct cpm_search *s, struct cpm_str base);

void cpm_search_tell(struct cpm_search *s, const char *fmt, ...) CPM_PRINTF(2, 3);
/* Notes a place that was looked at in vain. */
void cpm_search_note(struct cpm_search *s, struct cpm_place *place);

/* True when a file stands there; otherwise the place is noted. */
bool cpm_search_file(struct cpm_search *s, struct cpm_place *place);
/* Ends with a file: its real place, unless links are kept. */
bool cpm_search_found(struct cpm_search *s, struct cpm_place *place);

bool cpm_search_is_builtin(const struct cpm_search *s, struct cpm_str name);
/* The same with "node:" in front, where some names are only known so. */
bool cpm_search_is_schemed_builtin(const struct cpm_search *s, struct cpm_str specifier);

#endif
