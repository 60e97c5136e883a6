/* A dependency selector of npm's `query`, parsed: "#a > .dev:not([private])". Made from a text by
 * cpm_selector_parse, read by look/query.c. Lives in the arena, with views into the text.
 *
 * The grammar is CSS's with npm's meaning: #name, .kind, [attribute], :pseudo(arguments) and the
 * combinators. What some pseudo classes take is no selector (a version, a path), so that every
 * argument also keeps its text. */
#ifndef CPM_LOOK_SELECTOR_H
#define CPM_LOOK_SELECTOR_H

#include "base/arena.h"
#include "base/error.h"

enum { CPM_SELECTOR_MAX = 64 * 1024, CPM_SELECTOR_DEPTH = 32 };

enum cpm_selector_type {
    CPM_SELECTOR_UNIVERSAL,
    CPM_SELECTOR_ID,
    CPM_SELECTOR_CLASS,
    CPM_SELECTOR_ATTRIBUTE,
    CPM_SELECTOR_PSEUDO,
    CPM_SELECTOR_COMBINATOR,
    CPM_SELECTOR_TAG,    /* these are no selectors of npm's, but may stand in arguments */
    CPM_SELECTOR_STRING, /* with its quotes */
    CPM_SELECTOR_NESTING,
};

struct cpm_selector_attribute {
    struct cpm_str name;
    struct cpm_str op; /* "=", "^=" …; "" asks whether it is there */
    struct cpm_str value;
    bool insensitive;
};

struct cpm_selector_part {
    enum cpm_selector_type type;
    struct cpm_str value; /* without the sign in front, escapes resolved; ":name" of a pseudo; a
                             combinator without blanks, or " " */
    struct cpm_selector_attribute attribute;
    struct cpm_selector *args; /* of a pseudo; NULL without parentheses */
    size_t arg_count;
    struct cpm_selector_part *next;
};

/* Parts of a list that commas part. */
struct cpm_selector {
    struct cpm_str text; /* as written, without blanks around */
    struct cpm_selector_part *first, *last;
    struct cpm_selector *next;
};

/* *out is NULL for no text; a text of blanks is a selector without parts. Errors: CPM_EINVAL,
 * CPM_ETOOBIG. */
int cpm_selector_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_selector **out,
                       struct cpm_error *err);

#endif
