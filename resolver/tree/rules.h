/* The tree of rules of package.json's `overrides`, and npm's order among them: a set is a place in
 * that tree. The solver asks while it places (override.h), look/ asks of a tree that stands. Rules
 * live in the arena that they were read with, texts in its names. */
#ifndef CPM_RESOLVER_TREE_RULES_H
#define CPM_RESOLVER_TREE_RULES_H

#include "base/error.h"
#include "base/name.h"
#include "lockfile/manifest.h"
#include "semver/spec.h"

struct cpm_override {
    const struct cpm_override *parent; /* NULL: the root, which is no rule itself */
    const struct cpm_name *name, *key, *key_spec, *value;
    const struct cpm_range *key_range; /* NULL: the key spec is none */
    struct cpm_override *first, *last, *next;
    bool any; /* the key spec is "*" */
};

struct cpm_rules {
    struct cpm_arena *arena;
    struct cpm_names *names;
    const char *path; /* the project, against whose folder specs are read */
};

/* `raw` is the JSON value; *root is NULL when it holds no rule. Errors: CPM_EOVERRIDE for a key
 * without name and for rules that nest too deep, those of cpm_spec_parse. */
int cpm_rules_read(const struct cpm_rules *in, struct cpm_str raw, const struct cpm_override **root,
                   struct cpm_error *err);

/* The rules that a set sees, nearest first: its own, itself, those beside it, its parent … Begins
 * with the set and zeros; NULL: there are no more. */
struct cpm_rule_walk {
    const struct cpm_override *set;  /* whose rules come now */
    const struct cpm_override *rule; /* the current one, or NULL */
    bool self;                       /* the set itself was given */
};
const struct cpm_override *cpm_rules_next(struct cpm_rule_walk *walk);

/* What an edge of this name gets from the set of its node: the nearest rule that speaks of it, as
 * `speaks` says of those that name it; the set itself when there is none. */
const struct cpm_override *
cpm_rules_find(const struct cpm_override *set, const struct cpm_name *name,
               bool (*speaks)(void *data, const struct cpm_override *rule), void *data);
/* The rule's key has a version in common with what is asked for. npm asks that only of ranges: a
 * tag, a file or a folder (and NULL) is overridden by any key. */
bool cpm_rule_speaks_of(const struct cpm_override *rule, const struct cpm_spec *asked);
/* Of two sets the more specific one, or what they have in common; NULL when they contradict each
 * other. */
const struct cpm_override *cpm_rules_more_specific(const struct cpm_rules *in,
                                                   const struct cpm_override *a,
                                                   const struct cpm_override *b);

/* npm's order of the groups in which it looks for NAME when a rule's value is "$NAME". */
extern const enum cpm_dep_group cpm_rule_groups[4];
/* What a package wishes for `name`, looked for in that order; NULL: nothing, or nothing but "". */
const struct cpm_name *cpm_rule_wish(const struct cpm_manifest *m, struct cpm_str name,
                                     bool empty_too);

#endif
